"""Executions that start one another: to any depth, but not without end at one moment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from sfn_mock import NestingError
from sfn_mock.state import nesting

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
MACHINES = "arn:aws:states:us-east-1:123456789012:stateMachine:"
START = "arn:aws:states:::states:startExecution"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
DONE = {"Type": "Succeed"}
WAIT = {"Type": "Wait", "Seconds": 60, "End": True}


def start(resource, machine_arn, input=None, **more):
    """A state that starts an execution of a state machine."""
    parameters = {"StateMachineArn": machine_arn, **({} if input is None else {"Input": input})}
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "ResultPath": None, "End": True, **more}


def add_countdown(sfn, resource, last=DONE, **options):
    """Add a state machine whose executions start the next one as long as something is left."""
    left = {"left.$": "States.MathAdd($.left, -1)"}
    more = {"Variable": "$.left", "NumericGreaterThan": 0, "Next": "Again"}
    states = {
        "More": {"Type": "Choice", "Choices": [more], "Default": "Last"},
        "Again": start(resource, f"{MACHINES}again", left),
        "Last": last,
    }
    return sfn.add_state_machine("again", definition={"StartAt": "More", "States": states}, **options)


def add_endless(sfn, name="again", *following):
    """Add a state machine whose executions start one of each of the following state machines."""
    branches = [
        {"StartAt": f"Start{number}", "States": {f"Start{number}": start(START, MACHINES + other)}}
        for number, other in enumerate(following or [name])
    ]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    return sfn.add_state_machine(name, definition={"StartAt": "Both", "States": {"Both": both}})


def sentence(name, count):
    return (
        f"{MACHINES}{name} keeps starting itself at 2026-01-10T03:00:00.000Z: one start of it has led to {count} "
        "others without a pause. Let the definition stop, or wait before it starts the next one; with wait_scale=0 no "
        "Wait state takes time."
    )


@pytest.fixture
def limit(monkeypatch):
    """How often a state machine may start itself at one moment: fewer times than usual, to be quick."""
    monkeypatch.setattr(nesting, "_MOST_REPEATS", 40)
    return 40


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(START, id="does not wait"),
        pytest.param("arn:aws:states:::aws-sdk:sfn:startExecution", id="SDK"),
        pytest.param(f"{START}.sync:2", id="waits"),
    ],
)
def test_executions_that_continue_as_new_ones(client, sfn, resource):
    """A workflow may start itself again many times at one moment; all have run when the first start returns."""
    machine = add_countdown(sfn, resource)
    client.start_execution(stateMachineArn=machine.arn, input='{"left": 100}')

    assert [(run.status, run.stop_date) for run in machine.executions] == [("SUCCEEDED", NOW)] * 101
    assert [json.loads(run.input)["left"] for run in machine.executions] == list(range(100, -1, -1))


@pytest.mark.parametrize("jump", [60, 600])
def test_executions_that_wait_for_one_another(client, sfn, clock, jump):
    """A hundred executions, each of which waits for the next, end together with the last one."""
    machine = add_countdown(sfn, f"{START}.sync:2", last=WAIT)
    client.start_execution(stateMachineArn=machine.arn, input='{"left": 100}')
    before = [run.status for run in machine.executions]
    clock.tick(jump)

    assert before == ["RUNNING"] * 101
    assert [(run.status, run.stop_date) for run in machine.executions] == [
        ("SUCCEEDED", NOW + timedelta(seconds=60))
    ] * 101


def test_a_stop_reaches_the_deepest_execution(client, sfn, clock):
    """If the outermost of a hundred executions is stopped, so are all that wait for one another."""
    machine = add_countdown(sfn, f"{START}.sync:2", last=WAIT)
    arn = client.start_execution(stateMachineArn=machine.arn, input='{"left": 100}')["executionArn"]
    clock.tick(20)
    client.stop_execution(executionArn=arn)
    clock.tick(600)

    assert [(run.status, run.stop_date) for run in machine.executions] == [
        ("ABORTED", NOW + timedelta(seconds=20))
    ] * 101


def test_an_answer_from_outside_starts_many(client, sfn):
    """Executions that start one another after SendTaskSuccess have all run when that call returns."""
    notes = []
    sfn.mock_lambda("note", lambda event, context: notes.append(event))
    machine = add_countdown(sfn, START, last={"Type": "Task", "Resource": f"{FUNCTION}note", "End": True})
    activity = client.create_activity(name="approve")["activityArn"]
    states = {
        "Approve": {"Type": "Task", "Resource": activity, "Next": "Start"},
        "Start": start(START, machine.arn, {"left": 20}),
    }
    outer = sfn.add_state_machine("outer", definition={"StartAt": "Approve", "States": states})
    client.start_execution(stateMachineArn=outer.arn)
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    before = list(notes)
    client.send_task_success(taskToken=token, output="{}")

    assert (before, notes) == ([], [{"left": 0}])


@pytest.fixture
def answer_next(client, sfn):
    """Starts executions that wait for an answer; the function of each then answers the next, and fails if it cannot.

    Returns the state machine, and a function that answers the first execution.
    """

    def answer_next(count):
        activity = client.create_activity(name="approve")["activityArn"]
        states = {
            "Approve": {"Type": "Task", "Resource": activity, "Next": "Answer"},
            "Answer": {"Type": "Task", "Resource": f"{FUNCTION}answer", "End": True},
        }
        machine = sfn.add_state_machine("chain", definition={"StartAt": "Approve", "States": states})
        for _ in range(count):
            client.start_execution(stateMachineArn=machine.arn)
        tokens = [client.get_activity_task(activityArn=activity)["taskToken"] for _ in range(count)]

        def answer(number):
            if number < count:
                client.send_task_success(taskToken=tokens[number], output=json.dumps(number))

        sfn.mock_lambda("answer", lambda number, context: answer(number + 1))
        return machine, answer

    return answer_next


@pytest.mark.parametrize("count", [3, 200])
def test_answers_that_lead_to_answers(answer_next, count):
    """A task may answer that of another execution, which then does so too; all have run when the first call returns."""
    machine, answer = answer_next(count)
    answer(0)

    assert [(run.status, run.output) for run in machine.executions] == [("SUCCEEDED", "null")] * count


def test_an_answered_execution_that_is_stopped_before_it_continues(client, sfn):
    """A stop after an answer ends the execution in the answered task, also if the run has not continued yet."""
    activity = client.create_activity(name="approve")["activityArn"]
    states = {
        "Approve": {"Type": "Task", "Resource": activity, "Next": "Answer"},
        "Answer": {"Type": "Task", "Resource": f"{FUNCTION}answer", "End": True},
    }
    machine = sfn.add_state_machine("chain", definition={"StartAt": "Approve", "States": states})
    runs = [client.start_execution(stateMachineArn=machine.arn)["executionArn"] for _ in range(11)]
    tokens = [client.get_activity_task(activityArn=activity)["taskToken"] for _ in runs]
    answered = []

    def answer(number, context):
        answered.append(number)
        client.send_task_success(taskToken=tokens[number + 1], output=str(number + 1))
        if number == 9:
            client.stop_execution(executionArn=runs[10])

    sfn.mock_lambda("answer", answer)
    client.send_task_success(taskToken=tokens[0], output="0")

    events = client.get_execution_history(executionArn=runs[10])["events"]
    assert answered == list(range(10))
    assert [client.describe_execution(executionArn=arn)["status"] for arn in runs] == ["SUCCEEDED"] * 10 + ["ABORTED"]
    assert [event["type"] for event in events[-2:]] == ["ActivityStarted", "ExecutionAborted"]


def test_a_task_that_is_answered_twice(client, sfn, answer_next):
    """A task that has its answer is no longer open, also while the execution that answers it has to run on first."""
    refused = []
    machine, answer = answer_next(30)

    def answer_twice(number, context):
        answer(number + 1)
        try:
            answer(number + 1)
        except client.exceptions.TaskTimedOut:
            refused.append(number + 1)

    sfn.mock_lambda("answer", answer_twice)
    answer(0)

    assert [run.status for run in machine.executions] == ["SUCCEEDED"] * 30
    assert sorted(refused) == list(range(1, 30))


def test_a_task_of_the_own_execution_that_is_answered_twice(client, sfn):
    """A branch may answer the task of another branch once; the first answer holds."""
    activity = client.create_activity(name="approve")["activityArn"]
    waiting = {"StartAt": "Approve", "States": {"Approve": {"Type": "Task", "Resource": activity, "End": True}}}
    task = {"Type": "Task", "Resource": f"{FUNCTION}answer", "End": True}
    branches = [waiting, {"StartAt": "Answer", "States": {"Answer": task}}]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    machine = sfn.add_state_machine("both", definition={"StartAt": "Both", "States": {"Both": both}})

    def answer_twice(event, context):
        token = client.get_activity_task(activityArn=activity)["taskToken"]
        client.send_task_success(taskToken=token, output="1")
        with pytest.raises(client.exceptions.TaskTimedOut):
            client.send_task_failure(taskToken=token)

    sfn.mock_lambda("answer", answer_twice)
    client.start_execution(stateMachineArn=machine.arn)

    assert [(run.status, run.output) for run in machine.executions] == [("SUCCEEDED", "[1,null]")]


def test_a_function_that_answers_several_tasks_of_its_execution(client, sfn):
    """A branch may start and answer the tasks of all other branches, and each is in the history."""
    activity = client.create_activity(name="approve")["activityArn"]
    waiting = [
        {"StartAt": name, "States": {name: {"Type": "Task", "Resource": activity, "End": True}}}
        for name in ("Price", "Stock")
    ]
    answering = {"StartAt": "Answer", "States": {"Answer": {"Type": "Task", "Resource": FUNCTION + "a", "End": True}}}
    states = {"All": {"Type": "Parallel", "Branches": [*waiting, answering], "End": True}}
    machine = sfn.add_state_machine("all", definition={"StartAt": "All", "States": states})

    def answer(event, context):
        for output in ("1", "2"):
            token = client.get_activity_task(activityArn=activity)["taskToken"]
            client.send_task_heartbeat(taskToken=token)
            client.send_task_success(taskToken=token, output=output)

    sfn.mock_lambda("a", answer)
    arn = client.start_execution(stateMachineArn=machine.arn)["executionArn"]
    types = [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]

    assert [(run.status, run.output) for run in machine.executions] == [("SUCCEEDED", "[1,2,null]")]
    assert (types.count("ActivityStarted"), types.count("ActivitySucceeded")) == (2, 2)


def test_a_workflow_that_starts_itself_without_end(client, sfn, limit):
    """The call that started the first execution raises an error that names the state machine."""
    machine = add_endless(sfn)
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=machine.arn)

    assert str(error.value) == sentence("again", limit)
    # The execution that wanted to start one more stays in its task.
    assert [run.status for run in machine.executions] == [*["SUCCEEDED"] * limit, "RUNNING"]


def test_other_executions_run_on_after_a_chain_without_end(client, sfn, clock):
    """An execution that does not belong to an endless chain still ends when it is due."""
    wait = {"StartAt": "Hold", "States": {"Hold": {"Type": "Wait", "Seconds": 60, "End": True}}}
    other = sfn.add_state_machine("other", definition=wait)
    client.start_execution(stateMachineArn=other.arn)
    with pytest.raises(NestingError):
        client.start_execution(stateMachineArn=add_endless(sfn).arn)
    clock.tick(60)

    assert [run.status for run in other.executions] == ["SUCCEEDED"]


def test_workflows_that_wait_for_one_another_without_end(client, sfn, limit):
    """An endless chain of nested executions raises the error too, and leaves all of them waiting."""
    machine = add_countdown(sfn, f"{START}.sync:2")
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=machine.arn, input='{"left": 1000000}')

    assert str(error.value) == sentence("again", limit)
    assert [run.status for run in machine.executions] == ["RUNNING"] * (limit + 1)


def test_two_workflows_that_start_each_other(client, sfn, limit):
    """The first state machine that has started itself too often, through another one, is in the error."""
    ping = add_endless(sfn, "ping", "pong")
    add_endless(sfn, "pong", "ping")
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=ping.arn)

    assert str(error.value) == sentence("ping", limit)


def test_a_tree_of_starts(client, sfn, limit):
    """All executions that one start leads to count, so that a workflow which starts itself twice has an end too."""
    machine = add_endless(sfn, "again", "again", "again")
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=machine.arn)

    assert str(error.value) == sentence("again", limit)
    # The other executions of the tree start no more either.
    assert len(machine.executions) == limit + 1


def test_a_function_that_starts_its_workflow_again(client, sfn, limit):
    """A handler that starts the execution is not what fails: the test gets the error, not a Catch."""

    def start_again(event, context):
        client.start_execution(stateMachineArn=f"{MACHINES}again")

    sfn.mock_lambda("start", start_again)
    task = {
        "Type": "Task",
        "Resource": f"{FUNCTION}start",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}],
        "Next": "Done",
    }
    machine = sfn.add_state_machine("again", definition={"StartAt": "Call", "States": {"Call": task, "Done": DONE}})
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=machine.arn)

    assert str(error.value) == sentence("again", limit)


def test_many_executions_of_another_workflow(client, sfn, limit):
    """A Map that starts many executions of another state machine is no chain."""
    inner = sfn.add_state_machine("inner", definition={"StartAt": "Done", "States": {"Done": DONE}})
    each = {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Start",
            "States": {"Start": start(START, inner.arn)},
        },
        "End": True,
    }
    outer = sfn.add_state_machine("outer", definition={"StartAt": "Each", "States": {"Each": each}})
    client.start_execution(stateMachineArn=outer.arn, input=json.dumps(list(range(2 * limit))))

    assert [run.status for run in (*outer.executions, *inner.executions)] == ["SUCCEEDED"] * (1 + 2 * limit)


def test_each_start_may_lead_to_many(client, sfn, limit):
    """The executions of another start, and those at another moment, do not count."""
    machine = add_countdown(sfn, START)
    for _ in range(3):
        client.start_execution(stateMachineArn=machine.arn, input=json.dumps({"left": limit}))

    assert [run.status for run in machine.executions] == ["SUCCEEDED"] * 3 * (limit + 1)


def test_a_workflow_that_starts_itself_after_a_pause(client, sfn, limit, clock):
    """A workflow that waits before it starts itself again may do so for ever."""
    states = {"Wait": {"Type": "Wait", "Seconds": 60, "Next": "Again"}, "Again": start(START, f"{MACHINES}again")}
    machine = sfn.add_state_machine("again", definition={"StartAt": "Wait", "States": states})
    client.start_execution(stateMachineArn=machine.arn)
    clock.tick(60 * 2 * limit)

    assert [run.status for run in machine.executions] == [*["SUCCEEDED"] * 2 * limit, "RUNNING"]


def nest_synchronously(client, sfn, depth):
    """Start a chain of EXPRESS executions, each of which calls StartSyncExecution; return their state machine."""
    resource = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    machine = add_countdown(sfn, resource, type="EXPRESS")
    client.start_sync_execution(stateMachineArn=machine.arn, input=json.dumps({"left": depth}))
    return machine


def test_synchronous_executions(client, sfn):
    """StartSyncExecution may be nested ten deep; each answer has the end."""
    machine = nest_synchronously(client, sfn, 9)

    assert [run.status for run in machine.executions] == ["SUCCEEDED"] * 10


def test_synchronous_executions_that_are_nested_too_deeply(client, sfn):
    """StartSyncExecution cannot answer before the end, so that a deeper call raises an error."""
    with pytest.raises(NestingError) as error:
        nest_synchronously(client, sfn, 10)

    assert str(error.value).endswith(
        " cannot run inside 10 executions, each of which waits in a task for StartSyncExecution: the mock runs them on "
        "Python's stack. Nest fewer of them, or mock_task() one."
    )
