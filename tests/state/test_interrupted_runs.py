"""After an interrupt at any line, runs of definitions continue, and repeat no change of the records."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from freezegun import freeze_time
from interrupts import SOAK, check_sound, executed_lines, interrupted_at

from sfn_mock import mock_sfn_executions
from sfn_mock.state.map_run_states import state_at
from sfn_mock.state.records import Records

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
WAIT = {"Type": "Wait", "Seconds": 60, "Next": "Done"}
DONE = {"Type": "Pass", "Result": 7, "End": True}
WAITING = {"StartAt": "Pause", "States": {"Pause": WAIT, "Done": DONE}}
PACK = {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "End": True}
PACKING = {"StartAt": "Pack", "States": {"Pack": {**PACK, "HeartbeatSeconds": 90}}}
PROCESSOR = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **WAITING}
MAP = {"Type": "Map", "Label": "Each", "MaxConcurrency": 1, "End": True, "ItemProcessor": PROCESSOR}
EACH = {"StartAt": "Each", "States": {"Each": MAP}}


CHARGE = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge"}
#: The first attempt of the Task fails, and is tried again after a minute.
RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60}]
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
RETRYING = {
    "StartAt": "Charge",
    "States": {"Charge": {**CHARGE, "Retry": RETRY, "Catch": CATCH, "End": True}, "Done": DONE},
}
CHARGING = {"StartAt": "Charge", "States": {"Charge": {**CHARGE, "End": True}}}
BOTH = {"Type": "Parallel", "Branches": [CHARGING, WAITING], "End": True}
BRANCHING = {"StartAt": "Both", "States": {"Both": BOTH}}
INLINE = {
    "StartAt": "Each",
    "States": {"Each": {"Type": "Map", "MaxConcurrency": 1, "End": True, "ItemProcessor": CHARGING}},
}
CHARGE_EACH = {**MAP, "ItemProcessor": {**PROCESSOR, **CHARGING}}
CHARGING_EACH = {"StartAt": "Each", "States": {"Each": CHARGE_EACH}}
CHARGING_TWO = {"StartAt": "Each", "States": {"Each": {**CHARGE_EACH, "MaxConcurrency": 2}}}
NEST = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {
        "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:inner",
        "Name": "one",
        "Input": {},
    },
    "End": True,
}
NESTING = {"StartAt": "Nest", "States": {"Nest": NEST}}


def mock(sfn, client, clock):
    """Let the first call of the function take half a minute and fail, and later ones succeed at once."""
    declined = {"error": "Declined", "cause": "no funds", "duration": 30 * SECOND}
    sfn.get_state_machine("orders").mock_task("Charge", [declined, {"result": {"charged": True}}])


def mock_two(sfn, client, clock):
    """Let the first call of the function fail after two minutes, while the second takes an hour."""
    declined = {"error": "Declined", "duration": 2 * MINUTE}
    sfn.get_state_machine("orders").mock_task("Charge", [declined, {"result": 1, "duration": 60 * MINUTE}])


def add_inner(sfn, client, clock):
    sfn.add_state_machine("inner", definition=json.dumps(WAITING))


def start(sfn, client, clock):
    machine = sfn.get_state_machine("orders")
    client.start_execution(stateMachineArn=machine.arn, name="one", input='["a", "b"]')


def tick(sfn, client, clock):
    clock.tick(4 * MINUTE)


def tick_back(sfn, client, clock):
    clock.tick(-3 * MINUTE)


def look(sfn, client, clock):
    client.list_executions(stateMachineArn=sfn.get_state_machine("orders").arn)


def stop(sfn, client, clock):
    [run] = sfn.get_state_machine("orders").executions
    client.stop_execution(executionArn=run.arn)


def redrive(sfn, client, clock):
    [run] = sfn.get_state_machine("orders").executions
    client.redrive_execution(executionArn=run.arn)


def tolerate(sfn, client, clock):
    """Let the map run go on after one failure."""
    [run] = sfn.get_state_machine("orders").executions
    [map_run] = run.map_runs
    client.update_map_run(mapRunArn=map_run.arn, toleratedFailureCount=1)


def take_task(sfn, client, clock):
    return client.get_activity_task(activityArn=PACK["Resource"])


def send_success(sfn, client, clock):
    [token] = sfn._session.records().schedule.runs[sfn.get_state_machine("orders").executions[0]._record].open_tokens()
    client.send_task_success(taskToken=token, output="1")


def wait_a_little(sfn, client, clock):
    clock.tick(30 * SECOND)


def go_back_a_little(sfn, client, clock):
    clock.tick(-10 * SECOND)


def fail_earlier(sfn, client, clock):
    """Answer with the token again, after the clock went back to before the first answer."""
    answered = [call for call in sfn.calls if call.operation == "SendTaskSuccess"]
    client.send_task_failure(taskToken=answered[-1].parameters["taskToken"])


def replay(sfn, client, clock):
    """Replay the execution, with the child executions of its map run."""
    orders = sfn.get_state_machine("orders")
    [run] = orders.executions
    children = [child for map_run in run.map_runs for child in map_run.executions]
    histories = [client.get_execution_history(executionArn=each.arn) for each in (run, *children)]
    orders.replay(histories[0], children={"Each": histories[1:]} if children else None)


#: The modules with the state of runs. All others are called in one action of a run, which is repeated as a whole.
PLACES = ("asl/engine.py", "asl/recorded_host.py", "asl/map_runs.py", "asl/run.py", "state/store.py", "state/runs.py")
PLACES += ("state/child_runs.py", "state/execution_runs.py", "state/run_tasks.py")
#: The modules that only replays enter.
REPLAY_PLACES = ("instruments/replays.py", "instruments/replayed_runs.py", "state/status_changes.py")
#: What `tox -e interrupts` tries besides.
ALL_PLACES = ("asl", "state", "operations", "integrations", "instruments")
CASES = [
    pytest.param(WAITING, [], start, id="start"),
    pytest.param(WAITING, [start, tick, look, tick_back], stop, id="clock back"),
    pytest.param(EACH, [], start, id="start of a map run"),
    pytest.param(EACH, [start, tick], look, id="end of a map run"),
    pytest.param(EACH, [start], stop, id="stop of a map run"),
    pytest.param(EACH, [start, stop], redrive, id="redrive of a map run"),
    pytest.param(PACKING, [start], take_task, id="task taken"),
    pytest.param(PACKING, [start, take_task], send_success, id="task done"),
    pytest.param(PACKING, [start, take_task, tick], look, id="heartbeat missed"),
    pytest.param(RETRYING, [mock], start, id="start of a mocked task"),
    pytest.param(RETRYING, [mock, start, tick], look, id="retry of a mocked task"),
    pytest.param(RETRYING, [mock, start, tick, look, tick_back], stop, id="clock back before a retry"),
    pytest.param(CHARGING_EACH, [mock, start, tick], look, id="failure of a child"),
    pytest.param(CHARGING_EACH, [mock, start, tick, look], redrive, id="redrive of a child"),
    pytest.param(CHARGING_EACH, [mock, start, tick, look, go_back_a_little], redrive, id="clock back before a redrive"),
    pytest.param(CHARGING_TWO, [mock_two, start, tick, look, tick_back], tolerate, id="clock back before an abort"),
    pytest.param(CHARGING_EACH, [mock, start, tick, look, redrive, tick, look], replay, id="replay of a redrive"),
]
MORE_CASES = [
    pytest.param(BRANCHING, [mock, start, tick], look, id="failure of a branch"),
    pytest.param(BRANCHING, [mock, start, tick, look], redrive, id="redrive of a branch"),
    pytest.param(INLINE, [mock, start, tick], look, id="failure of an item"),
    pytest.param(INLINE, [mock, start, tick, look], redrive, id="redrive of an item"),
    pytest.param(NESTING, [add_inner], start, id="start of a nested execution"),
    pytest.param(NESTING, [add_inner, start, tick], look, id="end of a nested execution"),
    pytest.param(NESTING, [add_inner, start], stop, id="stop of a nested execution"),
    pytest.param(RETRYING, [mock, start, tick, look], replay, id="replay of a retry"),
    pytest.param(EACH, [start, tick, stop], replay, id="replay of a stop"),
    pytest.param(
        PACKING,
        [start, take_task, wait_a_little, send_success, go_back_a_little],
        fail_earlier,
        id="answer in the past",
    ),
]


def contents(records: Records) -> Any:
    """The parts of the records that do not depend on the ids of map runs and children."""
    with records.using() as moment:
        stored = [execution for scope in records.scopes() for execution in scope.index.executions]
        runs = [run for run in map(records.run_of, stored) if run is not None]
        events = [[(event.id, event.type, event.moment) for event in run.events(moment)] for run in runs]
        executions = [execution.attempts for execution in stored]
        map_runs = [(state_at(run, moment), run.max_concurrency) for run in records.map_runs.values()]
        return events, executions, map_runs, len(records.schedule.live)


# An interrupt in a generator that Python is removing is lost, and changes nothing.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("definition", "earlier", "action"), [*CASES, *(MORE_CASES if SOAK else [])])
def test_interrupted_run(definition: Any, earlier: list[Callable[..., Any]], action: Callable[..., Any]) -> None:
    """Each action of a run is done as a whole or not at all, whichever line is interrupted."""

    def outcome(watch: AbstractContextManager[Any]) -> Any:
        clock.move_to(NOW)
        with mock_sfn_executions():
            client.create_activity(name="pack")
            sfn.add_state_machine("orders", definition=json.dumps(definition))
            for step in earlier:
                step(sfn, client, clock)
            with watch:
                action(sfn, client, clock)
            check_sound(sfn)
            first = contents(sfn._session.records())
            clock.tick(10 * MINUTE)
            return first, contents(sfn._session.records())

    def nothing(sfn, client, clock):
        """Do nothing: only time passes."""

    with freeze_time(NOW) as clock, mock_sfn_executions(execute=True) as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        outcome(nullcontext())
        lines = executed_lines()
        after = outcome(lines)
        action, acted = nothing, action
        before = outcome(nullcontext())
        action = acted
        places = REPLAY_PLACES if action is replay else PLACES
        for line in lines.chosen(*(ALL_PLACES if SOAK else places)):
            assert outcome(interrupted_at(line)) in (before, after), line
