"""Check the scopes of variables."""

from __future__ import annotations

from collections.abc import Iterator

from sfn_mock.asl.checks.diagnostics import Diagnostic, error
from sfn_mock.asl.checks.workflows import Workflow, rules_of


def check_scopes(workflows: list[Workflow]) -> Iterator[Diagnostic]:
    """Check that no state assigns a variable of an outer scope.

    The states of a workflow share a scope, and read the variables of the scopes around it. A Distributed Map is no
    scope within another: its child executions cannot read the variables of their parent.
    """
    language = workflows[0].value.get("QueryLanguage", "JSONPath")
    scopes: dict[str, set[str]] = {}
    for workflow in workflows:
        assigned = list(_assigned(workflow, language))
        names = scopes[workflow.location] = {name for _, name in assigned}
        taken = {name for outer in _outer_scopes(workflow) for name in names & scopes[outer.location]}
        for place, name in assigned:
            if name in taken:
                reason = "a variable of an outer scope has this name."
                yield error(f"Invalid variable name '{name}': {reason}", place, "INVALID_VARIABLE_NAME")


def _outer_scopes(workflow: Workflow) -> Iterator[Workflow]:
    while workflow.outer is not None and not workflow.is_distributed:
        workflow = workflow.outer
        yield workflow


def _assigned(workflow: Workflow, language: object) -> Iterator[tuple[str, str]]:
    """Yield the location of each Assign with each name in it."""
    for state_name, state in workflow.states.items():
        place = workflow.at(state_name)
        suffix = ".$" if state.get("QueryLanguage", language) == "JSONPath" else ""
        for owner_place, owner in ((place, state), *rules_of(state, place)):
            assign = owner.get("Assign")
            for name in assign if isinstance(assign, dict) else ():
                yield f"{owner_place}/Assign", name.removesuffix(suffix)
