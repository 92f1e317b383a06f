"""Find the references in a parsed expression: variables, members of $states, and names at the top level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sfn_mock.asl.jsonata.engine import raised_recursion_limit

# The attributes with a node's children, and whether these are evaluated with the node's own context value. The children
# of a predicate, a sort or a transform have another one.
_CHILDREN = (
    *((name, True) for name in ("lhs", "rhs", "expression", "expressions", "procedure", "arguments", "condition")),
    *((name, True) for name in ("then", "_else", "body")),
    *((name, False) for name in ("stages", "predicate", "expr", "terms", "group", "pattern", "update", "delete")),
    ("lhs_object", True),
)


class References(NamedTuple):
    """The references of an expression.

    Attributes:
        variables: The names of the variables that the expression does not assign itself, without `$`, in order.
        states_members: The members of `$states` that it reads, such as `errorOutput`.
        top_level: The names and symbols at the top level, where there is no context value, in order.
    """

    variables: tuple[str, ...]
    states_members: tuple[str, ...]
    top_level: tuple[str, ...]

    def renamed(self, names: Mapping[str, str]) -> References:
        """Return these references with other names; a name without another one stays."""
        return References(*(tuple([names.get(name, name) for name in member]) for member in self))


class _Collector:
    """Collects the references of a tree in the order of its text."""

    def __init__(self) -> None:
        self.variables: dict[str, None] = {}
        self.members: dict[str, None] = {}
        self.top_level: dict[str, None] = {}

    def visit(self, node: Any, top: bool, bound: set[str]) -> None:
        """Visit a node.

        Args:
            node: The node.
            top: Whether the node is evaluated with the context value of the top level.
            bound: The names of the variables that are assigned around the node.
        """
        kind = node.type
        if kind == "path":
            self._visit_path(node, top, bound)
        elif kind == "variable":
            self._visit_variable(str(node.value), bound)
        elif kind == "name" and top:
            self.top_level[str(node.value)] = None
        elif kind == "lambda":
            self.visit(node.body, top, bound | {str(argument.value) for argument in node.arguments})
            return
        elif kind == "block":
            # An assignment in a block is visible until the end of the block.
            bound = set(bound)
        elif kind == "bind":
            name = str(node.lhs.value)
            # A function may call itself; any other value cannot refer to its own variable.
            self.visit(node.rhs, top, bound | {name} if node.rhs.type == "lambda" else bound)
            bound.add(name)
            return
        self._visit_children(node, top, bound)

    def _visit_path(self, path: Any, top: bool, bound: set[str]) -> None:
        """Visit the steps of a path; only the first has the context value of the path."""
        first, *others = path.steps
        is_states = first.type == "variable" and first.value == "states" and "states" not in bound
        if is_states and others and others[0].type == "name":
            self.members[str(others[0].value)] = None
        for step in path.steps:
            bound.update(str(name) for name in (step.focus, step.index) if name is not None)
            self.visit(step, top and step is first, bound)

    def _visit_variable(self, name: str, bound: set[str]) -> None:
        """Record a variable or the symbol `$$`; the symbol `$` is no variable."""
        if name == "$":
            self.top_level["$$"] = None
        elif name and name not in bound:
            self.variables[name] = None

    def _visit_children(self, node: Any, top: bool, bound: set[str]) -> None:
        """Visit the children of a node."""
        members = vars(node)
        for attribute, keeps_context in _CHILDREN:
            found = members.get(attribute)
            if found is not None:
                for child in _nodes(found):
                    self.visit(child, top and keeps_context, bound)


def _nodes(value: Any) -> Iterator[Any]:
    """Yield the nodes in an attribute, which holds a node, a list of nodes or pairs of nodes."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _nodes(item)
    else:
        yield value


def collect(tree: Any) -> References:
    """Return the references of a parsed expression."""
    collector = _Collector()
    with raised_recursion_limit():
        collector.visit(tree, True, set())
    return References(tuple(collector.variables), tuple(collector.members), tuple(collector.top_level))
