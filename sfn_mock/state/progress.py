"""The progress of an execution: entered states, context object, and what it waits for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from sfn_mock.asl.context import ExecutionInfo, execution_context, format_moment
from sfn_mock.asl.events import Event
from sfn_mock.state import clock
from sfn_mock.state.history import events_until
from sfn_mock.state.records import Execution
from sfn_mock.state.time_line_changes import describe_status
from sfn_mock.state.time_lines import Attempt
from sfn_mock.state.waiting_tasks import is_open

_ENTERED = "StateEntered"
_EXITED = "StateExited"


def execution_info(execution: Execution) -> ExecutionInfo:
    """Return the facts about an execution for its context object and its events."""
    machine = execution.state_machine
    return ExecutionInfo(
        id=execution.arn,
        name=execution.name,
        role_arn=execution.revision.role_arn,
        state_machine_id=machine.arn,
        state_machine_name=machine.name,
        region=machine.records.region,
        version_arn=execution.version_arn,
        alias_arn=execution.alias_arn,
        sequence=execution.sequence,
        is_express=execution.express_id is not None,
    )


def visited(execution: Execution, moment: int) -> list[str]:
    """Return the names of the states that an execution has entered until a moment, in order."""
    return [name for _, name in _entered(execution, moment)]


def context(execution: Execution, moment: int) -> dict[str, Any]:
    """Return the context object of the last entered state at a moment."""
    run = execution.owner.records.run_of(execution)
    if run is not None:
        return deepcopy(run.context(moment))
    attempt = execution.attempt_at(moment)
    redrives = (0, None) if attempt is None else (attempt.redrive_count, attempt.redrive)
    context_object = execution_context(
        execution_info(execution), json.loads(execution.input), execution.start, *redrives
    )
    for since, name in _entered(execution, moment):
        context_object["State"] = {"Name": name, "EnteredTime": format_moment(since)}
    return context_object


def describe_waiting(execution: Execution, attempt: Attempt | None, moment: int) -> str:
    """Return what an execution waits for in its current attempt, and until when, as the end of a sentence."""
    if attempt is None or attempt.status_at(moment) != "RUNNING":
        return f"it {describe_status(execution, moment)}"
    records = execution.owner.records
    states = " and ".join(repr(name) for name in _open_states(execution, moment))
    sentence = f"it is RUNNING in state {states}" if states else "it is RUNNING"
    run = records.run_of(execution)
    if run is not None:
        tokens, due = run.open_tokens(), run.next_due()
    else:
        task = records.task_of(execution)
        tokens = [task.token] if task is not None and is_open(task, moment) else []
        due = attempt.stop
    for token in tokens:
        sentence += f", waits for SendTaskSuccess or SendTaskFailure with the task token {token!r}"
    if due is not None:
        return f"{sentence}, and continues by itself at {clock.describe(due)}"
    return sentence if tokens else f"{sentence} until something ends it, such as succeed(), fail() or StopExecution"


def _entered(execution: Execution, moment: int) -> Iterator[tuple[int, str]]:
    """Yield the moment and the name of each entered state."""
    for event in _events(execution, moment):
        if event.type.endswith(_ENTERED):
            yield event.moment, _name(event)


def _open_states(execution: Execution, moment: int) -> list[str]:
    """Return the names of the states that were entered but not exited, the innermost last."""
    names: list[str] = []
    for event in _events(execution, moment):
        if event.type.endswith(_ENTERED):
            names.append(_name(event))
        elif event.type.endswith(_EXITED):
            names.remove(_name(event))
    return names


def _name(event: Event) -> str:
    assert event.details is not None, "events of states have details"
    return str(event.details["name"])


def _events(execution: Execution, moment: int) -> list[Event]:
    """Return the events of the run if the definition runs, otherwise those derived from the time line."""
    run = execution.owner.records.run_of(execution)
    if run is not None:
        return run.events(moment)
    return [] if execution.attempt_at(moment) is None else events_until(execution, moment)
