"""The report of a failed test: its calls, and the executions in their last state."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest

from sfn_mock.instruments.calls import Calls
from sfn_mock.instruments.tables import table
from sfn_mock.state import clock
from sfn_mock.state.records import Execution, ExecutionScope

#: The most rows of each table, so that a report stays readable.
_ROWS = 20


def describe(calls: Calls, scopes: list[ExecutionScope], moment: int) -> str:
    """Return calls, and executions as of ``moment``, as text; empty if there are none."""
    parts = [_calls(calls), _executions(scopes, moment)]
    return "\n\n".join(part for part in parts if part)


def _calls(calls: Calls) -> str:
    if not calls:
        return ""
    newest = Calls(calls[-_ROWS:])
    which = f"the last {_ROWS} of {len(calls)}" if len(calls) > _ROWS else str(len(calls))
    return f"Calls ({which}):\n{newest}"


def _executions(scopes: list[ExecutionScope], moment: int) -> str:
    executions = [execution for scope in scopes for execution in scope.index.executions]
    if not executions:
        return ""
    newest = nlargest(_ROWS, executions, key=lambda execution: (execution.start, execution.sequence))
    which = f", the {_ROWS} that started last" if len(executions) > _ROWS else ""
    counts = Counter(map(_status, executions))
    summary = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    rows = table(("of", "name", "status", "start date", "stop date"), map(_row, newest))
    return f"Executions at {clock.describe(moment)} ({summary}{which}):\n{rows}"


def _row(execution: Execution) -> tuple[str, str, str, str, str]:
    owner = execution.owner.arn.split(":", 5)[-1]
    moment = execution.owner.now()
    attempt = execution.attempt_at(moment)
    stop = None if attempt is None else attempt.stop_at(moment)
    stopped = "" if stop is None else clock.describe(stop)
    return owner, execution.name, _status(execution), clock.describe(execution.start), stopped


def _status(execution: Execution) -> str:
    moment = execution.owner.now()
    attempt = execution.attempt_at(moment)
    return "not started" if attempt is None else attempt.status_at(moment)
