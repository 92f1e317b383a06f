"""The progress of an execution, and waiting until it is done."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from threading import Timer

import boto3
import pytest

import sfn_mock
from sfn_mock.state import waiting

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
PASS = {"Type": "Pass", "End": True}
WAIT = {"Type": "Wait", "Seconds": 3600, "End": True}
ASK = {"Type": "Task", "Resource": f"{PREFIX}:activity:pack", "End": True}
CALL = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:send", "End": True}
REPORT = {"Check": {"Type": "Pass", "Next": "Sleep"}, "Sleep": {"Type": "Wait", "Seconds": 3600, "Next": "Send"}}
REPORT["Send"] = PASS
ITEMS = {
    "Type": "Map",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Item",
        "States": {"Item": ASK},
    },
    "End": True,
}


@pytest.fixture
def sfn(clock):
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        yield sfn


def start(sfn, states, input="{}"):
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    orders = sfn.add_state_machine("orders", definition=definition)
    client = boto3.client("stepfunctions", "us-east-1")
    client.create_activity(name="pack")
    client.start_execution(stateMachineArn=orders.arn, name="nightly", input=input)
    [run] = orders.executions
    return run


def test_visited(sfn, clock):
    """visited has the states entered so far, in order; if the clock goes back, those of that moment."""
    run = start(sfn, REPORT)

    assert run.visited == ["Check", "Sleep"]
    clock.tick(3600)
    assert run.visited == ["Check", "Sleep", "Send"]
    clock.move_to(NOW)
    assert run.visited == ["Check", "Sleep"]


def test_visited_of_seeds(sfn):
    """If the definition does not run, visited has the states of the history."""
    definition = json.dumps({"StartAt": "Check", "States": REPORT})
    orders = sfn.add_state_machine("orders", definition=definition)
    running = orders.add_execution(status="RUNNING")
    with pytest.warns(sfn_mock.SeedWarning):
        later = orders.add_execution(status="RUNNING", start_date=timedelta(hours=1))

    assert running.visited == ["Check", "Sleep"]
    assert orders.add_execution(status="SUCCEEDED").visited == ["Check", "Sleep", "Send"]
    assert later.visited == []


def test_visited_of_children(sfn):
    """Child executions that run have their own states, and seeded ones those of their history."""
    run = start(sfn, {"Items": ITEMS}, input="[1]")
    [batch] = run.map_runs
    [child] = batch.executions
    seeded = run.state_machine.add_execution(status="RUNNING").add_map_run("Items").add_execution(status="RUNNING")

    assert (run.visited, child.visited) == (["Items"], ["Item"])
    assert child.context["State"] == {"Name": "Item", "EnteredTime": "2026-01-10T03:00:00.000Z", "RetryCount": 0}
    assert batch.add_execution(status="SUCCEEDED").visited == seeded.visited == []


def test_visited_after_the_end_of_the_mock(clock):
    """After the end of the mock, visited can be read."""
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run = start(sfn, REPORT)
    clock.tick(3600)

    assert run.visited == ["Check", "Sleep"]


def test_context(sfn, clock):
    """context is the context object as the last entered state sees it, also if the clock goes back."""
    run = start(sfn, REPORT, input='{"amount": 7}')
    clock.tick(3600)

    assert run.context == {
        "Execution": {
            "Id": run.arn,
            "Input": {"amount": 7},
            "Name": "nightly",
            "RoleArn": run.state_machine.role_arn,
            "StartTime": "2026-01-10T03:00:00.000Z",
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": run.state_machine.arn, "Name": "orders"},
        "State": {"Name": "Send", "EnteredTime": "2026-01-10T04:00:00.000Z"},
    }
    clock.move_to(NOW)
    assert run.context["State"] == {"Name": "Sleep", "EnteredTime": "2026-01-10T03:00:00.000Z"}
    clock.tick(3600)
    assert run.context["State"]["Name"] == "Send"


def test_context_is_a_copy(sfn):
    """A change of the returned context object does not change the run."""
    run = start(sfn, REPORT, input='{"amount": 7}')
    run.context["Execution"]["Input"]["amount"] = 8

    assert run.context["Execution"]["Input"] == {"amount": 7}


def test_context_of_seeds(sfn, clock):
    """If the definition does not run, the context object follows from dates and history."""
    definition = json.dumps({"StartAt": "Check", "States": REPORT})
    orders = sfn.add_state_machine("orders", definition=definition, role_arn="arn:aws:iam::123456789012:role/orders")
    redriven = orders.add_execution("nightly", status="RUNNING", start_date=timedelta(hours=-1))
    redriven.fail()
    redriven.redrive()
    with pytest.warns(sfn_mock.SeedWarning):
        later = orders.add_execution("later", status="RUNNING", start_date=timedelta(hours=1))

    assert redriven.context == {
        "Execution": {
            "Id": redriven.arn,
            "Input": {},
            "Name": "nightly",
            "RoleArn": "arn:aws:iam::123456789012:role/orders",
            "StartTime": "2026-01-10T02:00:00.000Z",
            "RedriveCount": 1,
            "RedriveTime": "2026-01-10T03:00:00.000Z",
        },
        "StateMachine": {"Id": orders.arn, "Name": "orders"},
        "State": {"Name": "Send", "EnteredTime": "2026-01-10T03:00:00.000Z"},
    }
    assert later.context["Execution"]["StartTime"] == "2026-01-10T04:00:00.000Z"
    assert (later.context["Execution"]["RedriveCount"], "State" in later.context) == (0, False)


# --- Waiting -----------------------------------------------------------------------------------------------------


def test_wait_for_an_ended_execution(sfn):
    """For an ended execution wait_until_done returns at once."""
    assert start(sfn, {"Send": PASS}).wait_until_done() is None


def said(run):
    with pytest.raises(RuntimeError) as raised:
        run.wait_until_done()
    beginning = f"cannot wait until {run.arn} is done: the clock is frozen at 2026-01-10T03:00:00.000Z, and "
    end = "; move the clock, or end what it waits for, instead."
    message = str(raised.value)
    assert message.startswith(beginning)
    assert message.endswith(end)
    return message[len(beginning) : -len(end)]


def test_wait_under_a_frozen_clock(sfn, clock):
    """Under a frozen clock the error names the state, and when the run continues."""
    run = start(sfn, REPORT)

    assert said(run) == "it is RUNNING in state 'Sleep', and continues by itself at 2026-01-10T04:00:00.000Z"
    clock.tick(3600)
    run.wait_until_done()
    assert run.status == "SUCCEEDED"


def test_wait_for_a_token(sfn):
    """The error names the task tokens that the run waits for, including those of child executions."""
    run = start(sfn, {"Ask": {**ASK, "TimeoutSeconds": 600}})
    children = sfn.add_state_machine("items", definition=json.dumps({"StartAt": "Items", "States": {"Items": ITEMS}}))
    client = boto3.client("stepfunctions", "us-east-1")
    client.start_execution(stateMachineArn=children.arn, input="[1]")
    tokens = [client.get_activity_task(activityArn=ASK["Resource"])["taskToken"] for _ in range(2)]

    assert said(run) == (
        f"it is RUNNING in state 'Ask', waits for SendTaskSuccess or SendTaskFailure with the task token "
        f"{tokens[0]!r}, and continues by itself at 2026-01-10T03:10:00.000Z"
    )
    assert f"task token {tokens[1]!r}" in said(children.executions[0])


def test_wait_for_both_branches(sfn):
    """The error names all current states, the innermost last."""
    branches = [{"StartAt": name, "States": {name: WAIT}} for name in ("A", "B")]
    run = start(sfn, {"Both": {"Type": "Parallel", "Branches": branches, "End": True}})

    assert said(run).startswith("it is RUNNING in state 'Both' and 'A' and 'B', and continues")


def test_wait_for_seeds(sfn):
    """If the definition does not run, the error names dates, task and map run."""
    orders = sfn.add_state_machine("orders")
    open_end = orders.add_execution(status="RUNNING")
    asking = orders.add_execution(status="RUNNING")
    token = asking.wait_for_task()
    batch = open_end.add_map_run()
    waiting = batch.add_execution(status="PENDING_REDRIVE")
    with pytest.warns(sfn_mock.SeedWarning):
        later = orders.add_execution(status="RUNNING", start_date=timedelta(hours=1))

    assert said(open_end) == (
        "it is RUNNING in state 'Pass' until something ends it, such as succeed(), fail() or StopExecution"
    )
    assert said(asking) == (
        f"it is RUNNING in state 'Pass', waits for SendTaskSuccess or SendTaskFailure with the task token {token!r}"
    )
    assert said(orders.add_execution(status="SUCCEEDED", duration=timedelta(hours=1))) == (
        "it is RUNNING in state 'Pass', and continues by itself at 2026-01-10T04:00:00.000Z"
    )
    assert said(batch.add_execution(status="RUNNING")).startswith("it is RUNNING until something ends it")
    assert said(waiting) == "it is PENDING_REDRIVE"
    assert said(later) == "it starts only at 2026-01-10T04:00:00.000Z"


def test_wait_for_a_task_that_nothing_answers(clock):
    """A task that nothing answers is an error of wait_until_done too."""

    def wait():
        with sfn_mock.mock_sfn_executions(execute=True) as sfn:
            orders = sfn.add_state_machine("orders", definition=definition)
            with pytest.raises(sfn_mock.UnmockedServiceError):
                boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=orders.arn)
            orders.executions[0].wait_until_done()

    definition = json.dumps({"StartAt": "Send", "States": {"Send": CALL}})

    with pytest.raises(sfn_mock.UnmockedServiceError, match="'Send'"):
        wait()


def test_wait_on_a_moving_clock():
    """If the clock moves, the call returns when the execution has ended."""
    with sfn_mock.mock_sfn_executions() as sfn:
        run = sfn.add_state_machine("orders").add_execution(status="RUNNING")
        timer = Timer(0.05, run.succeed)
        timer.start()
        run.wait_until_done(timedelta(seconds=30))
        timer.join()

        assert run.status == "SUCCEEDED"


@pytest.fixture
def threads(monkeypatch):
    """Sets how many threads seem to be alive."""
    return lambda count: monkeypatch.setattr(waiting, "active_count", lambda: count)


def test_wait_for_a_token_without_another_thread(threads):
    """Without another thread, the wait for a token ends at once, and does not take a minute."""
    threads(1)
    with sfn_mock.mock_sfn_executions() as sfn:
        run = sfn.add_state_machine("orders").add_execution(status="RUNNING")
        token = run.wait_for_task()
        with pytest.raises(TimeoutError) as raised:
            run.wait_until_done()

    assert str(raised.value) == (
        f"{run.arn} cannot be done within 60 seconds: it is RUNNING in state 'Pass', waits for SendTaskSuccess or "
        f"SendTaskFailure with the task token {token!r}, and no other thread runs that could end it; end what it waits "
        "for before, or in another thread."
    )


def test_wait_for_a_step_after_the_timeout(threads):
    """A run that continues only after the timeout is not waited for."""
    threads(1)
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run = start(sfn, REPORT)
        with pytest.raises(
            TimeoutError, match=r"cannot be done within 60 seconds: it is RUNNING in state 'Sleep', and"
        ):
            run.wait_until_done()


def test_wait_for_a_nested_execution(threads):
    """A parent is waited for if its nested execution continues in time."""
    threads(1)
    with sfn_mock.mock_sfn_executions(execute=True, wait_scale=0.01) as sfn:
        inner = sfn.add_state_machine(
            "inner", definition={"StartAt": "Hold", "States": {"Hold": {**WAIT, "Seconds": 5}}}
        )
        nest = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": inner.arn},
            "End": True,
        }
        run = start(sfn, {"Nest": nest})
        run.wait_until_done()

    assert run.status == "SUCCEEDED"


def test_wait_for_a_planned_end(threads):
    """A seed whose stop is planned is waited for."""
    threads(1)
    with sfn_mock.mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        run = orders.add_execution(status="SUCCEEDED", duration=timedelta(milliseconds=50))
        run.wait_until_done()

    assert run.status == "SUCCEEDED"


def test_wait_too_long(threads):
    """After the timeout the error names what the execution waits for."""
    threads(2)
    with sfn_mock.mock_sfn_executions() as sfn:
        run = sfn.add_state_machine("orders").add_execution(status="RUNNING")

        with pytest.raises(TimeoutError) as raised:
            run.wait_until_done(timedelta(milliseconds=20))

    assert str(raised.value) == (
        f"{run.arn} was not done within 0.02 seconds: it is RUNNING in state 'Pass' until something "
        "ends it, such as succeed(), fail() or StopExecution."
    )


def test_timeout_is_checked(sfn):
    """The timeout must be a duration."""
    run = sfn.add_state_machine("orders").add_execution(status="SUCCEEDED")

    with pytest.raises(ValueError, match=r"^timeout must be a timedelta >= 0 or text like .*, got 5$"):
        run.wait_until_done(5)
