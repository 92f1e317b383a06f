"""Savepoints of records.

A savepoint visits all objects that the records refer to and saves their contents. A rollback restores the contents of
the same objects, so that references to older records stay valid.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache, partial
from types import CellType, FunctionType, MethodType
from typing import Any, cast

from sortedcontainers import SortedList

from sfn_mock.asl.run import Run
from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.records import Execution, ExecutionScope
from sfn_mock.state.time_lines import Attempt

#: The most common immutable types; their values need no saving.
_UNCHANGING = frozenset({str, int, float, bool, bytes, type(None), datetime, timedelta, Attempt})
_OWN_PACKAGE = "sfn_mock."
#: Parsed definitions never change, and runs have snapshots of their own.
_ENGINE = "sfn_mock.asl."


class Savepoint:
    """The contents of objects, and of all objects that they refer to, at the time of `keep`."""

    def __init__(self) -> None:
        #: The visited objects by id; holding the objects keeps their ids unique.
        self._seen: dict[int, object] = {}
        self._executions: list[tuple[Execution, int, Attempt, tuple[Attempt, ...]]] = []
        self._indexes: list[ExecutionIndex[Execution]] = []
        self._restores: list[Callable[[], None]] = []
        self._run_restores: list[Callable[[], None]] = []

    def keep(self, root: object) -> None:
        """Save the contents of an object and of all objects that it refers to."""
        waiting: list[Any] = [root]
        while waiting:
            value = waiting.pop()
            kind = type(value)
            if kind in _UNCHANGING or id(value) in self._seen:
                continue
            self._seen[id(value)] = value
            if kind is Execution:
                # There may be a million executions. Their other attributes are reached from their owner.
                self._executions.append((value, value.start, value.last, value.earlier))
            else:
                waiting.extend(self._keep(value, kind))

    def roll_back(self) -> None:
        """Restore the contents of all objects; executions that were added since are removed."""
        for index in self._indexes:
            for execution in index.executions:
                if id(execution) not in self._seen:
                    execution.owner = cast(ExecutionScope, _NoOwner(execution.arn))
        for execution, start, last, earlier in self._executions:
            execution.start, execution.last, execution.earlier = start, last, earlier
        for restore in (*self._restores, *self._run_restores):
            restore()

    def _keep(self, value: Any, kind: type) -> Iterable[object]:
        """Save the contents of one object, and return the objects that it refers to."""
        if issubclass(kind, tuple):
            return cast(Iterable[object], value)
        if issubclass(kind, SortedList):
            # The items are also in other lists, so they are not visited from here.
            self._restores.append(partial(_restore_list, value, list(value)))
            return ()
        if issubclass(kind, dict):
            contents = dict(value)
            self._restores.append(partial(_restore_dict, value, contents))
            return (*contents.keys(), *contents.values())
        if issubclass(kind, (list, set, deque)):
            items = list(value)
            self._restores.append(partial(_restore_list, value, items))
            return items
        if kind is Run:
            self._run_restores.append(value.snapshot())
            return ()
        if kind is MethodType:
            return (value.__self__,)
        if kind is partial:
            return (value.func, *value.args)
        if kind is FunctionType:
            # A function that was made outside of a module, such as by exec, has None as its module.
            is_own = str(value.__module__).startswith(_OWN_PACKAGE)
            return (value.__closure__ or ()) if is_own else ()
        if kind is CellType:
            return (value.cell_contents,)
        module = kind.__module__
        if not module.startswith(_OWN_PACKAGE) or module.startswith(_ENGINE):
            return ()
        if kind is ExecutionIndex:
            self._indexes.append(value)
        return self._keep_attributes(value, kind)

    def _keep_attributes(self, value: object, kind: type) -> Iterable[object]:
        attributes = dict(getattr(value, "__dict__", ()))
        slots = {name: getattr(value, name) for name in _slots(kind) if hasattr(value, name)}
        self._restores.append(partial(_restore_attributes, value, attributes, slots))
        return (*attributes.values(), *slots.values())


class _NoOwner:
    """The owner of an execution that was rolled back: every use raises RuntimeError."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"{self._arn} no longer exists: the inner mock, fixture or test that added it has ended.")


@cache
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for base in kind.__mro__ for name in vars(base).get("__slots__", ()))


def _restore_dict(value: dict[Any, Any], contents: dict[Any, Any]) -> None:
    value.clear()
    value.update(contents)


def _restore_list(value: Any, items: list[Any]) -> None:
    value.clear()
    # Lists and deques have extend, sets and sorted lists update.
    getattr(value, "extend" if isinstance(value, (list, deque)) else "update")(items)


def _restore_attributes(value: object, attributes: dict[str, Any], slots: dict[str, Any]) -> None:
    if attributes:
        current = vars(value)
        for name in current.keys() - attributes.keys():
            del current[name]
        current.update(attributes)
    for name, content in slots.items():
        object.__setattr__(value, name, content)
