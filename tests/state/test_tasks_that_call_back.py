"""Tasks whose code calls Step Functions, in its own thread or in others that it waits for."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

from sfn_mock import TaskError, mock_sfn_executions
from sfn_mock.asl.host import Succeeded
from sfn_mock.operations.task_calls import ServicesOfMocks
from sfn_mock.state.records import Records

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
RUN = "arn:aws:states:us-east-1:123456789012:execution:orders:nightly"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function"
FUNCTION = f"{LAMBDA}:charge"
SHIFT = "arn:aws:states:us-east-1:123456789012:execution:night:shift"
NOON = datetime(2026, 1, 10, 12, tzinfo=timezone.utc)
DEFINITION = {
    "StartAt": "Charge",
    "States": {
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "q", "MessageBody": "m"},
            "End": True,
        }
    },
}


def in_this_thread(call):
    return call()


def in_another_thread(call):
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result(timeout=30)


def in_many_threads(call):
    with ThreadPoolExecutor(20) as threads:
        return [threads.submit(call) for _ in range(20)][-1].result(timeout=30)


@pytest.fixture(params=[in_this_thread, in_another_thread, in_many_threads])
def make(request):
    """Make a call somewhere, while the task waits for it."""
    return request.param


@pytest.fixture
def sfn():
    with mock_sfn_executions(execute=True) as sfn:
        sfn.add_state_machine("orders", definition=json.dumps(DEFINITION))
        yield sfn


@pytest.fixture
def client(sfn):
    return boto3.client("stepfunctions", "us-east-1")


@pytest.fixture
def start(monkeypatch, client):
    """Start an execution whose task runs the given code."""

    def start(code, name="nightly"):
        monkeypatch.setattr(ServicesOfMocks, "start_task", lambda *arguments: (Succeeded(code()), None))
        client.start_execution(stateMachineArn=MACHINE, name=name)

    return start


def test_a_task_may_inspect_its_own_execution(sfn, client, start, make):
    """While its task runs, the execution is RUNNING."""
    start(lambda: make(lambda: client.describe_execution(executionArn=RUN)["status"]))

    assert (sfn.get_execution(RUN).status, sfn.get_execution(RUN).output) == ("SUCCEEDED", '"RUNNING"')


def test_a_task_may_start_executions(sfn, client, start, make):
    """An execution that a task starts runs at once."""
    depths = iter(range(1000))

    def code():
        depth = next(depths)
        if depth < 3:
            make(lambda: client.start_execution(stateMachineArn=MACHINE))
        return depth

    start(code)

    assert {run.status for run in sfn.get_state_machine("orders").executions} == {"SUCCEEDED"}
    assert sfn.get_execution(RUN).output == "0"


def test_a_task_may_stop_its_own_execution(sfn, client, start, make):
    """If a task stops its own execution, the execution is ABORTED, whatever the task returns."""
    start(lambda: make(lambda: client.stop_execution(executionArn=RUN, error="Enough")) and None)

    run = sfn.get_execution(RUN)
    events = client.get_execution_history(executionArn=RUN)["events"]
    assert (run.status, run.error) == ("ABORTED", "Enough")
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "ExecutionAborted",
    ]


@pytest.fixture
def run_definition(sfn, client):
    """Run a definition of one state; return the events of function `note`, and the types of the history's events.

    Its function `stop` runs the given code.
    """

    def run_definition(state, stop, **options):
        notes = []
        sfn.mock_lambda("stop", lambda event, context: stop())
        sfn.mock_lambda("note", lambda event, context: notes.append(event))
        machine = sfn.add_state_machine("night", definition={"StartAt": "First", "States": {"First": state}})
        client.start_execution(stateMachineArn=machine.arn, name="shift", **options)
        return notes, types_of(client, SHIFT)

    return run_definition


def types_of(client, arn):
    return [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"Type": "Fail"}, id="fails"),
        pytest.param({"Type": "Task", "Resource": f"{LAMBDA}:note", "End": True}, id="calls a function"),
    ],
)
def test_a_stop_ends_the_other_branches_before_they_start(client, sfn, run_definition, other):
    """If a task stops its own execution, no other branch starts, and the history ends as the execution does."""
    branches = {"Stop": {"Type": "Task", "Resource": f"{LAMBDA}:stop", "End": True}, "Other": other}
    parallel = {
        "Type": "Parallel",
        "Branches": [{"StartAt": name, "States": {name: state}} for name, state in branches.items()],
        "End": True,
    }
    notes, types = run_definition(parallel, lambda: client.stop_execution(executionArn=SHIFT, error="Enough") and None)
    described = client.describe_execution(executionArn=SHIFT)

    assert (described["status"], described["error"], notes) == ("ABORTED", "Enough", [])
    assert types == [
        "ExecutionStarted",
        "ParallelStateEntered",
        "ParallelStateStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "ExecutionAborted",
    ]


def test_a_child_that_stops_its_parent(client, sfn, run_definition):
    """If a task of a child execution stops the parent, children that have not done anything yet do nothing."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Note",
        "States": {
            "Note": {"Type": "Task", "Resource": f"{LAMBDA}:note", "Next": "Stop"},
            "Stop": {"Type": "Task", "Resource": f"{LAMBDA}:stop", "End": True},
        },
    }
    each = {"Type": "Map", "ItemProcessor": processor, "End": True}
    notes, types = run_definition(
        each, lambda: client.stop_execution(executionArn=SHIFT) and None, input='["a", "b", "c"]'
    )
    [batch] = client.list_map_runs(executionArn=SHIFT)["mapRuns"]
    children = client.list_executions(mapRunArn=batch["mapRunArn"])["executions"]

    assert notes == ["a"]
    assert client.describe_execution(executionArn=SHIFT)["status"] == "ABORTED"
    beginning = ["ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted"]
    assert types == [*beginning, "MapRunAborted", "ExecutionAborted"]
    assert [child["status"] for child in children] == ["ABORTED"] * 3
    assert [types_of(client, child["executionArn"])[1:] for child in children] == [
        ["ExecutionAborted"],
        ["ExecutionAborted"],
        [
            *("TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"),
            *("TaskStateExited", "TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted"),
            "ExecutionAborted",
        ],
    ]


@pytest.mark.parametrize("times", [pytest.param(1, id="once"), pytest.param(2, id="twice")])
def test_a_task_that_stops_and_redrives_its_own_execution(client, sfn, run_definition, times):
    """A task may stop and redrive its own execution: it is called again, and the execution ends with that call."""
    calls = []

    def stop():
        calls.append(client.describe_execution(executionArn=SHIFT)["redriveCount"])
        if len(calls) <= times:
            client.stop_execution(executionArn=SHIFT)
            client.redrive_execution(executionArn=SHIFT)

    _, types = run_definition({"Type": "Task", "Resource": f"{LAMBDA}:stop", "End": True}, stop)
    described = client.describe_execution(executionArn=SHIFT)

    assert calls == list(range(times + 1))
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", times)
    assert types == [
        *("ExecutionStarted", "TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted"),
        *("ExecutionAborted", "ExecutionRedriven", "LambdaFunctionScheduled", "LambdaFunctionStarted") * times,
        *("LambdaFunctionSucceeded", "TaskStateExited", "ExecutionSucceeded"),
    ]


def test_a_stop_by_a_task_after_the_clock_went_back():
    """A run that is shown at an earlier moment, and then later again, repeats the stop by its own task."""
    hold = {"Type": "Wait", "Seconds": 60, "Next": "Stop"}
    states = {"Hold": hold, "Stop": {"Type": "Task", "Resource": f"{LAMBDA}:stop", "End": True}}
    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        calls = []
        client = boto3.client("stepfunctions", "us-east-1")
        sfn.mock_lambda("stop", lambda event, context: calls.append(client.stop_execution(executionArn=SHIFT)))
        machine = sfn.add_state_machine("night", definition={"StartAt": "Hold", "States": states})
        client.start_execution(stateMachineArn=machine.arn, name="shift")
        statuses = []
        for moment in (60, 30, 90):
            clock.move_to(NOON + timedelta(seconds=moment))
            statuses.append((client.describe_execution(executionArn=SHIFT)["status"], types_of(client, SHIFT)[-1]))

    aborted = ("ABORTED", "ExecutionAborted")
    assert statuses == [aborted, ("RUNNING", "WaitStateEntered"), aborted]
    assert len(calls) == 1


def test_another_thread_sees_what_is_due_while_a_task_runs():
    """A call of another thread, while a task runs, advances the other runs to the current moment."""
    hold = {"Type": "Wait", "Seconds": 10, "Next": "Charge"}
    states = {"Hold": hold, "Charge": {"Type": "Task", "Resource": FUNCTION, "End": True}}
    pause = {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 20, "End": True}}}
    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        orders = sfn.add_state_machine("orders", definition={"StartAt": "Hold", "States": states})
        pausing = sfn.add_state_machine("pausing", definition=pause)
        client.start_execution(stateMachineArn=MACHINE, name="nightly")
        other = client.start_execution(stateMachineArn=pausing.arn)["executionArn"]
        orders.mock_task(
            "Charge",
            lambda input: in_another_thread(lambda: client.describe_execution(executionArn=other)["status"]),
        )
        clock.tick(60)

        assert sfn.get_execution(RUN).output == '"SUCCEEDED"'


def test_a_stop_by_another_thread_comes_after_what_was_due_before():
    """A run that has to catch up with the clock does all that was due before a stop that another thread makes now."""
    states = {
        "Hold": {"Type": "Wait", "Seconds": 60, "Next": "Charge"},
        "Charge": {"Type": "Task", "Resource": FUNCTION, "Next": "Ship"},
        "Ship": {"Type": "Wait", "Seconds": 60, "End": True},
    }
    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        orders = sfn.add_state_machine("orders", definition={"StartAt": "Hold", "States": states})
        orders.mock_task(
            "Charge", lambda input: in_another_thread(lambda: client.stop_execution(executionArn=RUN)) and 7
        )
        client.start_execution(stateMachineArn=MACHINE, name="nightly")
        clock.tick(90)
        run = sfn.get_execution(RUN)

        assert (run.status, run.stop_date) == ("ABORTED", NOON + timedelta(seconds=90))
        assert run.visited == ["Hold", "Charge", "Ship"]


def test_a_stop_by_another_thread_aborts_a_map_run_that_catches_up():
    """A stop that another thread makes now aborts the children that are RUNNING now, and no end of theirs counts."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Hold",
        "States": {
            "Hold": {"Type": "Wait", "SecondsPath": "$", "Next": "Charge"},
            "Charge": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
                "End": True,
            },
        },
    }
    each = {"Type": "Map", "ToleratedFailureCount": 1, "ItemProcessor": processor, "End": True}

    def charge(seconds):
        if seconds == 10:
            in_another_thread(lambda: client.stop_execution(executionArn=RUN))
        if seconds == 20:
            raise TaskError("Declined")
        return seconds

    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        orders = sfn.add_state_machine("orders", definition={"StartAt": "Each", "States": {"Each": each}})
        orders.mock_task("Charge", charge)
        client.start_execution(stateMachineArn=MACHINE, name="nightly", input="[10, 20, 30, 600]")
        clock.tick(90)
        run = sfn.get_execution(RUN)
        [batch] = run.map_runs

        assert [child.status for child in batch.executions] == ["SUCCEEDED", "FAILED", "SUCCEEDED", "ABORTED"]
        assert [(of.status, of.stop_date) for of in (run, batch)] == [("ABORTED", NOON + timedelta(seconds=90))] * 2


def test_a_task_may_reset_the_mock(sfn, start, make):
    """If a task resets the mock, its own execution is deleted."""
    start(lambda: make(sfn.reset))

    assert sfn.state_machines == []


def test_a_call_during_which_a_task_resets(sfn, client, monkeypatch):
    """If a call continues a run whose task resets the mock, new records answer the call."""
    waiting = {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Charge"}, **DEFINITION["States"]}
    sfn.add_state_machine("waiting", definition=json.dumps({"StartAt": "Wait", "States": waiting}))
    monkeypatch.setattr(ServicesOfMocks, "start_task", lambda *arguments: (Succeeded(sfn.reset()), None))
    with freeze_time("2026-01-10") as clock:
        client.start_execution(stateMachineArn=MACHINE.replace("orders", "waiting"))
        clock.tick(2)
        names = [machine["name"] for machine in client.list_state_machines()["stateMachines"]]

    assert names == []


def test_a_task_that_fails_in_a_thread(sfn, client, start, make):
    """An exception of a task is raised by the call that continued the run, and locks are released."""

    def code():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        start(lambda: make(code))

    assert in_another_thread(lambda: sfn.get_execution(RUN).status) == "RUNNING"


def test_a_task_with_too_few_results(sfn, client):
    """The StopIteration of an exhausted iterator is raised once, unchanged, and the execution stays RUNNING."""
    results = iter([{"charged": True}])
    sfn.mock_task("Charge", lambda input: next(results), strict=False)
    client.start_execution(stateMachineArn=MACHINE, name="first")
    with pytest.raises(StopIteration):
        client.start_execution(stateMachineArn=MACHINE, name="second")

    listed = client.list_executions(stateMachineArn=MACHINE)["executions"]
    assert {item["name"]: item["status"] for item in listed} == {"first": "SUCCEEDED", "second": "RUNNING"}


@freeze_time("2026-01-10 03:00:00")
def test_a_task_may_use_its_own_mock(sfn, client):
    """The changes of a mock inside a task are undone, and the run continues."""

    def charge(input):
        with mock_sfn_executions() as inner:
            inner.add_state_machine("inner").add_execution("a", status="RUNNING")
            return {"machines": [machine.name for machine in inner.state_machines]}

    sfn.mock_task("Charge", charge, strict=False)
    client.start_execution(stateMachineArn=MACHINE, name="nightly")

    assert sfn.get_execution(RUN).output == '{"machines":["orders","inner"]}'
    assert [machine.name for machine in sfn.state_machines] == ["orders"]


def test_an_interrupt_during_a_task(sfn):
    """An interrupt before the lock is released leaves the records right."""
    records = Records("us-east-1", "123456789012", "aws")

    class Interrupted:
        def _release_save(self):
            raise KeyboardInterrupt

    lock, records._lock = records._lock, Interrupted()
    with pytest.raises(KeyboardInterrupt):
        records.call_unlocked(list)
    records._lock = lock

    with records.using() as moment:
        assert moment > 0
