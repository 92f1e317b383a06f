"""``failed_in``: the state in which an execution failed, and the path to it in its history."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import unchecked_machine

from sfn_mock import mock_sfn_executions

pytestmark = pytest.mark.usefixtures("clock")
NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "Parameters": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/orders", "MessageBody": "x"},
}
PASS = {"Type": "Pass"}
CHOICE = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Ship"}], "Default": "Reject"}
ELSEWHERE = {"Variable": "$.a", "IsPresent": True, "Next": "Reject"}
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


@pytest.fixture
def machine_of(sfn_executions):
    """Create a machine of states, beginning with the first."""
    return lambda states: sfn_executions.add_state_machine("orders", definition=json.dumps(workflow(states)))


def workflow(states):
    return {"StartAt": next(iter(states)), "States": states}


def inline(states):
    return {"Type": "Map", "ItemProcessor": workflow(states)}


def parallel(*branches):
    return {"Type": "Parallel", "Branches": [workflow(states) for states in branches]}


def catching(state, following, *errors):
    return {**state, "Catch": [{"ErrorEquals": list(errors), "Next": following}]}


def ended(state):
    return {**state, "End": True}


def before(state, following):
    return {**state, "Next": following}


def story(client, run):
    """Each event after the first as its type and, if it belongs to a state, the state's name."""
    events = client.get_execution_history(executionArn=run.arn)["events"]
    return [
        " ".join([event["type"], *[value["name"] for member, value in event.items() if member.startswith("state")]])
        for event in events[1:]
    ]


def chains(client, run):
    """The previousEventId of each event."""
    return [event["previousEventId"] for event in client.get_execution_history(executionArn=run.arn)["events"]]


FAILED = ["TaskStateEntered Ship", "TaskScheduled", "TaskStarted", "TaskFailed"]
SHIP_ALONE = {"Ship": ended(TASK)}


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param(SHIP_ALONE, [*FAILED, "ExecutionFailed"], id="the first state"),
        pytest.param(
            {"A": before(TASK, "B"), "B": before(PASS, "Ship"), "Ship": before(TASK, "C"), "C": ended(PASS)},
            [
                "TaskStateEntered A",
                "TaskScheduled",
                "TaskStarted",
                "TaskSucceeded",
                "TaskStateExited A",
                "PassStateEntered B",
                "PassStateExited B",
                *FAILED,
                "ExecutionFailed",
            ],
            id="along Next",
        ),
        pytest.param(
            {"Which": CHOICE, "Ship": ended(TASK), "Reject": {"Type": "Fail"}},
            ["ChoiceStateEntered Which", "ChoiceStateExited Which", *FAILED, "ExecutionFailed"],
            id="a choice",
        ),
        pytest.param(
            {
                "Which": {**CHOICE, "Choices": [ELSEWHERE], "Default": "Ship"},
                "Ship": ended(TASK),
                "Reject": {"Type": "Fail"},
            },
            ["ChoiceStateEntered Which", "ChoiceStateExited Which", *FAILED, "ExecutionFailed"],
            id="the default of a choice",
        ),
        pytest.param(
            {"Which": {"Type": "Choice", "Choices": 2 * CHOICE["Choices"]}, "Ship": ended(TASK)},
            ["ChoiceStateEntered Which", "ChoiceStateExited Which", *FAILED, "ExecutionFailed"],
            id="a choice without a default, whose rules lead to one state",
        ),
        pytest.param(
            {"A": ended(catching(TASK, "Ship", "States.ALL")), "Ship": ended(TASK)},
            [
                "TaskStateEntered A",
                "TaskScheduled",
                "TaskStarted",
                "TaskFailed",
                "TaskStateExited A",
                *FAILED,
                "ExecutionFailed",
            ],
            id="a catcher",
        ),
        pytest.param(
            {"A": ended(catching(TASK, "Ship", "States.Timeout", "Declined")), "Ship": ended(TASK)},
            [
                "TaskStateEntered A",
                "TaskScheduled",
                "TaskStarted",
                "TaskTimedOut",
                "TaskStateExited A",
                *FAILED,
                "ExecutionFailed",
            ],
            id="a catcher of timeouts",
        ),
        pytest.param(
            {"A": before(PASS, "Each"), "Each": ended(inline({"B": before(PASS, "Ship"), "Ship": ended(TASK)}))},
            [
                "PassStateEntered A",
                "PassStateExited A",
                "MapStateEntered Each",
                "MapStateStarted",
                "MapIterationStarted",
                "PassStateEntered B",
                "PassStateExited B",
                *FAILED,
                "MapIterationFailed",
                "MapStateFailed",
                "ExecutionFailed",
            ],
            id="an iteration of a Map state",
        ),
        pytest.param(
            {"Both": ended(parallel({"B": ended(PASS)}, SHIP_ALONE))},
            [
                "ParallelStateEntered Both",
                "ParallelStateStarted",
                *FAILED,
                "ParallelStateFailed",
                "ExecutionFailed",
            ],
            id="a branch of a Parallel state",
        ),
        pytest.param(
            {"Both": ended(parallel({"Each": ended(inline(SHIP_ALONE))}))},
            [
                *("ParallelStateEntered Both", "ParallelStateStarted"),
                *("MapStateEntered Each", "MapStateStarted", "MapIterationStarted"),
                *FAILED,
                *("MapIterationFailed", "MapStateFailed", "ParallelStateFailed", "ExecutionFailed"),
            ],
            id="an iteration inside a branch",
        ),
        pytest.param(
            {"Both": ended(catching(parallel({"B": ended(PASS)}), "Ship", "States.ALL")), "Ship": ended(TASK)},
            [
                "ParallelStateEntered Both",
                "ParallelStateStarted",
                "ParallelStateFailed",
                "ParallelStateExited Both",
                *FAILED,
                "ExecutionFailed",
            ],
            id="a catcher of a Parallel state",
        ),
        pytest.param(
            {"A": before(PASS, "Ship"), "Ship": {"Type": "Fail"}},
            ["PassStateEntered A", "PassStateExited A", "FailStateEntered Ship", "ExecutionFailed"],
            id="a Fail state",
        ),
        pytest.param({"Ship": ended(PASS)}, ["PassStateEntered Ship", "ExecutionFailed"], id="a state without work"),
    ],
)
def test_history_has_the_path_to_the_state(client, machine_of, states, expected):
    """The states before it succeed, or fail if only a catcher leads to the next; then the state fails."""
    run = machine_of(states).add_execution(status="FAILED", duration=MINUTE, start_date=-MINUTE, failed_in="Ship")

    assert story(client, run) == expected


def test_failed_iteration_has_its_own_chain_of_events(client, machine_of):
    """The failure of the Map state follows the event of the task, not those of the first iteration."""
    run = machine_of({"Each": ended(inline(SHIP_ALONE))}).add_execution(status="FAILED", failed_in="Ship")

    # MapIterationFailed is event 9, and MapStateFailed is event 10.
    assert chains(client, run) == [0, 0, 2, 3, 4, 5, 6, 7, 8, 8, 10]
    events = client.get_execution_history(executionArn=run.arn)["events"]
    iteration = {"name": "Each", "index": 0}
    assert events[3]["mapIterationStartedEventDetails"] == events[8]["mapIterationFailedEventDetails"] == iteration
    run.redrive()
    assert chains(client, run)[11:] == [11, 12, 13]


def test_error_and_cause_are_those_of_the_task(client, machine_of):
    """The task of the state fails with the error and cause of the execution."""
    run = machine_of(SHIP_ALONE).add_execution(status="FAILED", failed_in="Ship", error="OutOfStock", cause="Rain")
    events = client.get_execution_history(executionArn=run.arn)["events"]

    assert events[-2]["taskFailedEventDetails"] == {
        "resourceType": "sqs",
        "resource": "sendMessage",
        "error": "OutOfStock",
        "cause": "Rain",
    }
    assert events[-1]["executionFailedEventDetails"] == {"error": "OutOfStock", "cause": "Rain"}


# --- Starts, fail(), redrives ----------------------------------------------------------------------------------


STATES = {"A": before(PASS, "Which"), "Which": CHOICE, "Ship": ended(TASK), "Reject": {"Type": "Fail"}}
ON_THE_WAY = ["PassStateEntered A", "PassStateExited A", "ChoiceStateEntered Which", "ChoiceStateExited Which"]


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(lambda orders: orders.on_start(status="FAILED", failed_in="Ship"), id="keywords"),
        pytest.param(lambda orders: orders.on_start([{"status": "FAILED", "failed_in": "Ship"}]), id="a list"),
        pytest.param(
            lambda orders: orders.on_start(lambda name, input: {"status": "FAILED", "failed_in": "Ship"}),
            id="a callable",
        ),
    ],
)
def test_start_fails_in_the_state(client, machine_of, sfn_executions, plan):
    """on_start takes failed_in in every form of an outcome."""
    plan(machine_of(STATES))
    arn = client.start_execution(stateMachineArn=MACHINE)["executionArn"]

    assert story(client, sfn_executions.get_execution(arn)) == [*ON_THE_WAY, *FAILED, "ExecutionFailed"]


def test_fail_in_a_state(client, machine_of):
    """fail() takes failed_in too."""
    run = machine_of(STATES).add_execution(status="RUNNING")
    run.fail("Late", failed_in="Ship")

    assert story(client, run) == [*ON_THE_WAY, *FAILED, "ExecutionFailed"]


def test_seed_document_takes_it(client, sfn_executions):
    """Executions and outcomes of seed documents take failed_in."""
    machine = {"name": "orders", "definition": workflow(STATES)}
    failed = {"status": "FAILED", "failed_in": "Ship"}
    sfn_executions.seed({"state_machines": [{**machine, "executions": [failed], "on_start": failed}]})
    client.start_execution(stateMachineArn=MACHINE)

    events = [story(client, run) for run in sfn_executions.get_state_machine("orders").executions]
    assert events == 2 * [[*ON_THE_WAY, *FAILED, "ExecutionFailed"]]


def test_child_execution_fails_in_a_state_of_the_processor(client, machine_of):
    """A child execution may fail in a state of its Map state's processor."""
    each = {**inline(STATES), "Label": "items"}
    each["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    states = {
        "Begin": before(parallel({"Other": ended(TASK)}), "Both"),
        "Both": ended(parallel({"Inner": ended(inline({"Before": before(PASS, "Each"), "Each": ended(each)}))})),
    }
    batch = machine_of(states).add_execution(status="RUNNING").add_map_run("items")
    child = batch.add_execution(status="FAILED", failed_in="Ship")

    assert story(client, child) == [*ON_THE_WAY, *FAILED, "ExecutionFailed"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        pytest.param("succeed", ["TaskSucceeded", "TaskStateExited Ship", "ExecutionSucceeded"], id="succeeded"),
        pytest.param("fail", ["TaskFailed", "ExecutionFailed"], id="failed"),
        pytest.param("abort", ["ExecutionAborted"], id="aborted"),
    ],
)
def test_early_end_keeps_earlier_events(client, clock, machine_of, end, expected):
    """If an execution ends early, its history keeps the events so far."""
    run = machine_of(STATES).add_execution(status="FAILED", duration=MINUTE, failed_in="Ship")
    events = story(client, run)
    getattr(run, end)()

    assert events == [*ON_THE_WAY, *FAILED[:-1]]
    assert story(client, run) == [*events, *expected]


def test_assigned_details_keep_the_state(client, machine_of):
    """If an error is assigned to a seed, the state in which it failed does not change."""
    run = machine_of(STATES).add_execution(status="FAILED", failed_in="Ship")
    run.error = "Late"

    assert story(client, run) == [*ON_THE_WAY, *FAILED, "ExecutionFailed"]


EACH = {"Each": before(inline({"Ship": before(TASK, "Pack"), "Pack": ended(TASK)}), "Bill"), "Bill": ended(TASK)}
IN_EACH = ["MapStateEntered Each", "MapStateStarted", "MapIterationStarted", *FAILED]
AGAIN = ["TaskScheduled", "TaskStarted"]
SHIPPED = ["TaskSucceeded", "TaskStateExited Ship"]
PACKING = ["TaskStateEntered Pack", "TaskScheduled", "TaskStarted"]
PACKED = ["TaskSucceeded", "TaskStateExited Pack"]
EACH_DONE = ["MapIterationSucceeded", "MapStateSucceeded", "MapStateExited Each"]
BILLING = ["TaskStateEntered Bill", "TaskScheduled", "TaskStarted"]
EACH_FAILED = ["MapIterationFailed", "MapStateFailed", "ExecutionFailed"]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(
            {"status": "SUCCEEDED"},
            [
                *AGAIN,
                *SHIPPED,
                *PACKING,
                *PACKED,
                *EACH_DONE,
                *BILLING,
                "TaskSucceeded",
                "TaskStateExited Bill",
                "ExecutionSucceeded",
            ],
            id="succeeds",
        ),
        pytest.param({"status": "FAILED"}, [*AGAIN, "TaskFailed", *EACH_FAILED], id="fails again"),
        pytest.param(
            {"status": "FAILED", "failed_in": "Ship"},
            [*AGAIN, "TaskFailed", *EACH_FAILED],
            id="fails in the same state",
        ),
        pytest.param(
            {"status": "FAILED", "failed_in": "Pack"},
            [*AGAIN, *SHIPPED, *PACKING, "TaskFailed", *EACH_FAILED],
            id="fails in the next state",
        ),
        pytest.param(
            {"status": "FAILED", "failed_in": "Bill"},
            [*SHIPPED, *EACH_DONE, *BILLING, "TaskFailed", "ExecutionFailed"],
            id="fails after the Map state",
        ),
    ],
)
def test_redrive_continues_inside_the_map_state(client, machine_of, outcome, expected):
    """A redrive schedules the failed task again, in the iteration in which it failed."""
    machine = machine_of(EACH)
    machine.on_redrive(**outcome)
    run = machine.add_execution(status="FAILED", failed_in="Ship")
    run.redrive()

    assert story(client, run) == [*IN_EACH, *EACH_FAILED, "ExecutionRedriven", *expected]


def test_redrive_forgets_the_state_that_failed(client, machine_of, clock):
    """After a redrive without failed_in, the states pass as their definition says."""
    wait = {"Type": "Wait", "Seconds": 9}
    run = machine_of({"Ship": before(wait, "Pack"), "Pack": ended(TASK)}).add_execution(
        status="FAILED", failed_in="Ship"
    )
    run.redrive()
    clock.tick(9)

    assert story(client, run)[2:] == [
        *("ExecutionRedriven", "WaitStateExited Ship", "TaskStateEntered Pack", "TaskScheduled", "TaskStarted"),
    ]


def test_redrive_to_an_unreachable_state_begins_at_the_start(client, machine_of):
    """If no path leads from the failed state to failed_in, the path begins at the start."""
    machine = machine_of({"Ship": before(TASK, "Pack"), "Pack": ended(TASK)})
    machine.on_redrive(status="FAILED", failed_in="Ship")
    run = machine.add_execution(status="FAILED", failed_in="Pack")
    run.redrive()

    assert story(client, run)[-6:] == ["ExecutionRedriven", *FAILED, "ExecutionFailed"]


def test_redrive_into_another_branch(client, machine_of):
    """A redriven Parallel state may fail in another of its branches."""
    machine = machine_of({"Both": ended(parallel({"Pack": ended(TASK)}, SHIP_ALONE))})
    machine.on_redrive(status="FAILED", failed_in="Ship")
    run = machine.add_execution(status="FAILED", failed_in="Pack")
    run.redrive()

    events = story(client, run)
    assert events[events.index("ExecutionRedriven") + 1 :] == [
        "TaskSucceeded",
        "TaskStateExited Pack",
        *FAILED,
        "ParallelStateFailed",
        "ExecutionFailed",
    ]


@pytest.mark.parametrize("again", [None, "Ship"])
def test_redriven_fail_state_is_entered_again(client, machine_of, again):
    """A Fail state is entered again, not the states before it."""
    machine = machine_of({"A": before(PASS, "Ship"), "Ship": {"Type": "Fail"}})
    machine.on_redrive(status="FAILED", failed_in=again)
    run = machine.add_execution(status="FAILED", failed_in="Ship")
    run.redrive()

    assert story(client, run)[-3:] == ["ExecutionRedriven", "FailStateEntered Ship", "ExecutionFailed"]


# --- Refusals --------------------------------------------------------------------------------------------------


UNKNOWN = f"failed_in must be a state in the definition of {MACHINE}, got 'Shop'. Did you mean 'Ship'?"
UNREACHABLE = {"A": ended(PASS), "Ship": ended(TASK)}


@pytest.mark.parametrize(
    ("states", "arguments", "expected"),
    [
        pytest.param(STATES, {"status": "FAILED", "failed_in": "Shop"}, UNKNOWN, id="unknown"),
        pytest.param(
            STATES,
            {"status": "SUCCEEDED", "failed_in": "Ship"},
            "failed_in must be left out unless the status is FAILED, got it with SUCCEEDED",
            id="no failure",
        ),
    ],
)
def test_state_that_cannot_fail(machine_of, states, arguments, expected):
    """An unknown state, or a status without a failure, is a ValueError for seeds and starts."""
    machine = machine_of(states)
    for call in (machine.add_execution, machine.on_start):
        with pytest.raises(ValueError) as refusal:
            call(**arguments)

        assert str(refusal.value) == expected
    assert list(machine.executions) == []


@pytest.mark.parametrize(
    "states",
    [
        pytest.param(UNREACHABLE, id="not reached"),
        pytest.param({"Both": ended(parallel(UNREACHABLE))}, id="not reached inside"),
    ],
)
def test_unreachable_state(sfn_executions, states):
    """An execution cannot fail in a state that no state leads to."""
    machine = unchecked_machine(sfn_executions, json.dumps(workflow(states)))
    for call in (machine.add_execution, machine.on_start):
        with pytest.raises(ValueError) as refusal:
            call(status="FAILED", failed_in="Ship")

        assert str(refusal.value) == (
            "failed_in must be a state that an execution can reach, got 'Ship': no state leads to it"
        )
    assert list(machine.executions) == []


def test_task_of_an_unknown_kind(client, sfn_executions):
    """The history has no task for a resource of an unknown kind."""
    definition = json.dumps(workflow({"Ship": ended({**TASK, "Resource": "unknown"})}))
    run = unchecked_machine(sfn_executions, definition).add_execution(status="FAILED", failed_in="Ship")

    assert story(client, run) == ["TaskStateEntered Ship", "ExecutionFailed"]


def test_fail_in_an_unknown_state(machine_of):
    """fail() with an unknown state changes nothing."""
    run = machine_of(STATES).add_execution(status="RUNNING")
    with pytest.raises(ValueError) as refusal:
        run.fail(failed_in="Shop")

    assert (str(refusal.value), run.status) == (UNKNOWN, "RUNNING")


def test_definition_without_states(machine_of, client):
    """A child execution cannot fail in a state of its parent."""
    each = {**inline(SHIP_ALONE), "Label": "items"}
    each["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    machine = machine_of({"Each": ended(each)})
    batch = machine.add_execution(status="RUNNING").add_map_run("parcels")
    with pytest.raises(ValueError, match=r"got 'Ship'\. Known: Each\.$"):
        machine.add_execution(status="FAILED", failed_in="Ship")
    with pytest.raises(ValueError, match=r"got 'Ship'\. Known: none\.$"):
        batch.add_execution(status="FAILED", failed_in="Ship")
    with pytest.raises(ValueError, match=r"got 'Ship'\. Known: none\.$"):
        batch.on_redrive(status="FAILED", failed_in="Ship")


def test_failed_in_of_a_definition_that_runs():
    """fail(failed_in=...) of an execution that runs is a ValueError that names mock_task."""
    with mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine(
            "orders", definition=json.dumps(workflow({"Ship": ended({"Type": "Wait", "Seconds": 9})}))
        )
        arn = boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn)["executionArn"]
        with pytest.raises(ValueError) as refusal:
            sfn.get_execution(arn).fail(failed_in="Ship")

    assert str(refusal.value) == (
        f"failed_in must be left out, got 'Ship': the definition of {arn} runs and fails in its "
        "current state; give the state's task an error with mock_task() instead"
    )
