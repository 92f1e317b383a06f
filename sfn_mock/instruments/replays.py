"""Replay a recorded history on a state machine: run its current definition with the recorded outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.nodes import StateMachine as Definition
from sfn_mock.instruments.execution_traces import Trace
from sfn_mock.instruments.recorded_events import History, read_events
from sfn_mock.instruments.replay_differences import ReplayDifference, find_differences
from sfn_mock.instruments.replayed_runs import Answers, replay_execution
from sfn_mock.state.records import Execution, StateMachine
from sfn_mock.state.state_machines import start
from sfn_mock.suggestions import did_you_mean

#: By name of a Distributed Map state: the histories of the child executions of its map run.
Children = Mapping[str, Iterable[History]]


class Recording(NamedTuple):
    """The events of an execution, and those of the child executions of its map runs by name of the Map state."""

    trace: Trace
    children: dict[str, list[Trace]]


def read_recording(history: History, children: Children | None) -> Recording:
    """Read the histories of an execution and of its child executions; ValueError for one that is wrong."""
    trace = Trace(read_events(history))
    given: object = {} if children is None else children
    if not isinstance(given, Mapping):
        raise ValueError(f"children must be a dict from names of Map states to lists of histories, got {given!r}.")
    names = list(dict.fromkeys(visit.name for visit in trace.visits.values() if visit.map_runs))
    read: dict[str, list[Trace]] = {}
    for name, histories in given.items():
        if name not in names:
            known = did_you_mean(name, names)
            raise ValueError(f"children must name Map states that started a map run in history, got {name!r}. {known}")
        if not isinstance(histories, Iterable) or isinstance(histories, (str, Mapping)):
            raise ValueError(f"children[{name!r}] must be a list of histories, got {histories!r}.")
        read[name] = [
            Trace(read_events(source, f"children[{name!r}][{number}]")) for number, source in enumerate(histories)
        ]
    return Recording(trace, read)


def read_definition(machine: StateMachine) -> Definition:
    """Return the definition of a machine; ValueError if it cannot run."""
    try:
        return parse_definition(machine.revision.definition)
    except ValueError as error:
        raise ValueError(f"definition must be one that can run, got {machine.arn}: {error}") from None


def replay(machine: StateMachine, recording: Recording) -> tuple[Execution, list[ReplayDifference]]:
    """Return the replayed execution on a state machine, whose records are locked, and its differences."""
    definition = read_definition(machine)
    trace = recording.trace
    unused = {name: list(children) for name, children in recording.children.items()}
    # EventBridge got the events of the recorded execution in its time.
    with machine.records.status_changes.silenced():
        execution = start(machine, trace.runs[0].begin.moment, machine.records.new_id(), trace.input)
        run = replay_execution(execution, definition, trace, Answers(unused))
    return execution, find_differences(run, trace, unused)
