"""Runs that wait for nested executions: the parent continues when the nested one stopped, even if the clock jumps."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
INNER = "arn:aws:states:us-east-1:123456789012:stateMachine:inner"
WAIT = {"Type": "Wait", "Seconds": 60, "Next": "End"}
DONE = {"Type": "Succeed"}
BROKEN = {"Type": "Fail", "Error": "Broken"}


@pytest.fixture
def start(sfn, client):
    """Starts an execution of the given states."""

    def start(input="{}", **states):
        definition = {"StartAt": next(iter(states)), "States": states}
        outer = sfn.add_state_machine("outer", definition=definition)
        client.start_execution(stateMachineArn=outer.arn, name="nightly", input=input)
        return outer.executions[0]

    return start


def inner(sfn, end=DONE, hold=WAIT):
    """A state machine whose executions take a minute."""
    return sfn.add_state_machine("inner", definition={"StartAt": "Hold", "States": {"Hold": hold, "End": end}})


def nest(**more):
    """A state that runs an execution of the inner state machine, and waits for its end."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": INNER, "Name.$": "$$.Execution.Name"},
        **({} if "Next" in more else {"End": True}),
        **more,
    }


def add_two_levels(sfn, end):
    """Add `inner`, which waits for an execution of `innermost`, whose last state is `end`; return both."""
    hold = {"StartAt": "Hold", "States": {"Hold": WAIT, "End": end}}
    innermost = sfn.add_state_machine("innermost", definition=hold)
    nested = nest(Parameters={"StateMachineArn": innermost.arn})
    return sfn.add_state_machine("inner", definition={"StartAt": "Nest", "States": {"Nest": nested}}), innermost


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def spans(executions):
    return [(run.status, run.start_date, run.stop_date) for run in executions]


@pytest.mark.parametrize(
    ("end", "status", "error"),
    [
        pytest.param(DONE, "SUCCEEDED", None, id="succeeds"),
        pytest.param(BROKEN, "FAILED", "States.TaskFailed", id="fails"),
    ],
)
@pytest.mark.parametrize("jump", [60, 600])
def test_the_parent_ends_when_the_nested_execution_does(clock, sfn, start, end, status, error, jump):
    """A parent continues at the moment at which the nested execution stopped."""
    machine = inner(sfn, end)
    run = start(Nest=nest())
    before = run.status
    clock.tick(jump)

    assert (before, run.status, run.error, run.stop_date) == ("RUNNING", status, error, after(60))
    assert spans(machine.executions) == [(status, NOW, after(60))]


@pytest.mark.parametrize("jump", [10, 600])
def test_a_retry_counts_from_the_failure(clock, sfn, client, start, jump):
    """A failed nested execution is retried from its end on, in one look after a jump as in many."""
    call = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pack", "End": True}
    machine = inner(sfn, call)
    machine.mock_task("End", [{"error": "Broken"}, {"result": 7}])
    nested = nest(Retry=[{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 5}])
    nested["Parameters"] = {"StateMachineArn": INNER}
    run = start(Nest=nested)
    for _ in range(600 // jump):
        clock.tick(jump)
        described = client.describe_execution(executionArn=run.arn)

    assert (described["status"], described["stopDate"]) == ("SUCCEEDED", after(125))
    assert spans(machine.executions) == [("FAILED", NOW, after(60)), ("SUCCEEDED", after(65), after(125))]


@pytest.mark.parametrize(
    ("limit", "status", "stop"),
    [
        pytest.param(100, "SUCCEEDED", 60, id="after its end"),
        pytest.param(60, "FAILED", 60, id="at its end"),
        pytest.param(30, "FAILED", 30, id="before its end"),
    ],
)
def test_a_timeout_is_compared_with_the_end(clock, sfn, start, limit, status, stop):
    """TimeoutSeconds ends the wait only if the nested execution stopped no earlier."""
    inner(sfn)
    run = start(Nest=nest(TimeoutSeconds=limit))
    clock.tick(600)

    assert (run.status, run.stop_date) == (status, after(stop))


def test_one_of_two_branches_fails_first(clock, sfn, start):
    """Of two nested executions that fail at one moment the first ends the Parallel state, and the other is stopped."""
    machine = inner(sfn, BROKEN)
    branches = []
    for name in ("a", "b"):
        nested = nest()
        nested["Parameters"] = {"StateMachineArn": INNER, "Name": name}
        branches.append({"StartAt": name, "States": {name: nested}})
    run = start(Both={"Type": "Parallel", "Branches": branches, "End": True})
    clock.tick(600)

    assert (run.status, run.stop_date) == ("FAILED", after(60))
    assert spans(machine.executions) == [("FAILED", NOW, after(60)), ("ABORTED", NOW, after(60))]


FAIL_LATER = {
    "StartAt": "Later",
    "States": {"Later": {"Type": "Wait", "Seconds": 30, "Next": "End"}, "End": BROKEN},
}


@pytest.mark.parametrize("jump", [10, 600])
@pytest.mark.parametrize(
    ("state", "stops"),
    [
        pytest.param(nest(), True, id="parent that is stopped"),
        pytest.param(
            {
                "Type": "Parallel",
                "Branches": [{"StartAt": "Nest", "States": {"Nest": nest()}}, FAIL_LATER],
                "End": True,
            },
            False,
            id="another branch that fails",
        ),
    ],
)
def test_an_aborted_task_stops_its_nested_execution(clock, sfn, client, start, state, stops, jump):
    """A nested execution is ABORTED with the task that waits for it, and so are those that it waits for."""
    middle, innermost = add_two_levels(sfn, DONE)
    run = start(State=state)
    if stops:
        clock.tick(30)
        client.stop_execution(executionArn=run.arn)
    for _ in range(600 // jump):
        clock.tick(jump)
        client.list_state_machines()

    assert (run.status, run.stop_date) == ("ABORTED" if stops else "FAILED", after(30))
    assert spans([*middle.executions, *innermost.executions]) == [("ABORTED", NOW, after(30))] * 2
    assert history(client, middle.executions[0])[-2:] == [(0, "TaskSubmitted"), (30, "ExecutionAborted")]


def test_a_machine_that_times_out_stops_its_nested_execution(clock, sfn, client):
    """A nested execution is ABORTED when the TimeoutSeconds of its parent's state machine have passed."""
    machine = inner(sfn)
    definition = {"StartAt": "Nest", "States": {"Nest": nest()}, "TimeoutSeconds": 20}
    outer = sfn.add_state_machine("outer", definition=definition)
    client.start_execution(stateMachineArn=outer.arn)
    clock.tick(600)

    assert spans([*outer.executions, *machine.executions]) == [
        ("TIMED_OUT", NOW, after(20)),
        ("ABORTED", NOW, after(20)),
    ]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"TimeoutSeconds": 30}, id="task that times out"),
        pytest.param({"Resource": "arn:aws:states:::states:startExecution"}, id="task that does not wait"),
    ],
)
def test_a_nested_execution_that_continues(clock, sfn, start, more):
    """A nested execution is not stopped by the timeout of its task, nor with a parent that does not wait for it."""
    machine = inner(sfn)
    start(Nest=nest(**more))
    clock.tick(600)

    assert spans(machine.executions) == [("SUCCEEDED", NOW, after(60))]


def test_a_nested_execution_that_has_been_stopped(clock, sfn, start):
    """A nested execution that another branch stops, and then fails, keeps the error of its stop."""
    machine = inner(sfn)
    stop = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:stopExecution",
        "Parameters": {"ExecutionArn": INNER.replace("stateMachine", "execution") + ":nightly", "Error": "Enough"},
    }
    both = beside(stop, BROKEN)
    both["Branches"][1]["States"]["Step1"] = BROKEN
    run = start(Both=both)
    clock.tick(600)

    assert (run.error, run.stop_date) == ("Broken", after(30))
    assert [(nested.error, nested.stop_date) for nested in machine.executions] == [("Enough", after(30))]


def beside(*states):
    """A Parallel state that nests an execution, and runs the given states half a minute later."""
    names = [f"Step{number}" for number in range(len(states))]
    steps = {
        name: {**state, **({"Next": following} if following else {"End": True})}
        for name, state, following in zip(names, states, [*names[1:], None], strict=True)
    }
    other = {"StartAt": "Later", "States": {"Later": {"Type": "Wait", "Seconds": 30, "Next": names[0]}, **steps}}
    return {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Nest", "States": {"Nest": nest()}}, other],
        "End": True,
    }


def test_a_nested_execution_that_the_run_stops(clock, sfn, start):
    """A nested execution that another branch stops has failed its parent at that moment, not at its own end."""
    machine = inner(sfn)
    stop = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:stopExecution",
        "Parameters": {"ExecutionArn": INNER.replace("stateMachine", "execution") + ":nightly"},
    }
    run = start(Both=beside(stop))
    clock.tick(600)

    assert spans(machine.executions) == [("ABORTED", NOW, after(30))]
    assert (run.status, run.error, run.stop_date) == ("FAILED", "States.TaskFailed", after(30))


def test_a_nested_execution_that_a_task_redrives(clock, sfn, start):
    """A nested execution that a task of the run has redriven continues, and so does its parent."""
    machine = sfn.add_state_machine("inner")
    machine.on_start(status="FAILED", duration="60s")

    def redrive(input):
        [nested] = machine.executions
        nested.fail()
        nested.redrive()
        return input

    run = start(Both=beside({"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:redrive"}))
    sfn.get_state_machine("outer").mock_task("Step0", redrive)
    clock.tick(600)
    before = run.status
    machine.executions[0].succeed()

    assert (before, run.status, run.stop_date) == ("RUNNING", "SUCCEEDED", after(600))


@pytest.mark.parametrize("jump", [10, 600])
def test_nested_executions_of_a_map_run(clock, sfn, client, start, jump):
    """Each child of a map run waits for its own nested execution; with one at a time they follow one another."""
    machine = inner(sfn)
    nested = nest()
    nested["Parameters"] = {"StateMachineArn": INNER}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    each = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ItemProcessor": {**processor, "StartAt": "Nest", "States": {"Nest": nested}},
        "End": True,
    }
    run = start(input="[1, 2, 3]", Each=each)
    for _ in range(600 // jump):
        clock.tick(jump)
        status = client.describe_execution(executionArn=run.arn)["status"]
    [batch] = run.map_runs

    expected = [("SUCCEEDED", after(start), after(start + 60)) for start in (0, 60, 120)]
    assert spans(machine.executions) == spans(batch.executions) == expected
    assert (status, run.stop_date) == ("SUCCEEDED", after(180))


def test_an_execution_nested_in_a_nested_one(clock, sfn, start):
    """Three levels end at one moment, in a single look after a jump."""
    middle, innermost = add_two_levels(sfn, BROKEN)
    run = start(Nest=nest())
    clock.tick(600)

    assert (run.status, run.stop_date) == ("FAILED", after(60))
    assert spans([*middle.executions, *innermost.executions]) == [("FAILED", NOW, after(60))] * 2


def test_a_nested_execution_that_the_test_ends(clock, sfn, start):
    """What a test does to a nested execution ends its parent's wait at that moment."""
    machine = sfn.add_state_machine("inner")
    machine.on_start(status="RUNNING")
    run = start(Nest=nest())
    clock.tick(20)
    machine.executions[0].abort(error="Stop", cause="by hand")
    clock.tick(20)

    assert (run.status, run.error, run.stop_date) == ("FAILED", "States.TaskFailed", after(20))
    assert (json.loads(run.cause)["Error"], json.loads(run.cause)["Status"]) == ("Stop", "ABORTED")


def test_many_parents_wait(clock, sfn, client):
    """The cost of parents that wait does not multiply: each is polled a few times at a call."""
    machine = inner(sfn)
    outer = sfn.add_state_machine("outer", definition={"StartAt": "Nest", "States": {"Nest": nest()}})
    for number in range(100):
        client.start_execution(stateMachineArn=outer.arn, name=f"run-{number}")
    before = len(sfn.calls)
    clock.tick(600)
    client.list_executions(stateMachineArn=outer.arn)

    assert spans([*outer.executions, *machine.executions]) == [("SUCCEEDED", NOW, after(60))] * 200
    assert len(sfn.calls) - before < 500


# --- Order and histories ---------------------------------------------------------------------------------------------


def history(client, run):
    """The history of an execution: the seconds since the start and the type of each event."""
    events = client.get_execution_history(executionArn=run.arn, maxResults=1000)["events"]
    return [((event["timestamp"] - NOW).total_seconds(), event["type"]) for event in events]


def nesting_history(stop, end="ExecutionSucceeded", begin=0):
    """The history of an execution that only nests another one."""
    finished = {
        "ExecutionSucceeded": ["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"],
        "ExecutionFailed": ["TaskFailed", "ExecutionFailed"],
    }
    begun = ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted"]
    return [(begin, type) for type in begun] + [(stop, type) for type in finished[end]]


@pytest.mark.parametrize("jump", [20, 60, 600])
@pytest.mark.parametrize("levels", [2, 3, 4])
@pytest.mark.parametrize(
    ("end", "ending"),
    [pytest.param(DONE, "ExecutionSucceeded", id="succeeds"), pytest.param(BROKEN, "ExecutionFailed", id="fails")],
)
def test_each_level_ends_at_the_same_moment(clock, sfn, client, start, end, ending, levels, jump):
    """Each execution that nests another one ends when the innermost does, with the history that AWS gives it."""
    machine, machines = inner(sfn, end), []
    for level in range(1, levels):
        nested = nest()
        nested["Parameters"] = {"StateMachineArn": machine.arn}
        definition = {"StartAt": "Nest", "States": {"Nest": nested}}
        machine = sfn.add_state_machine(f"level-{level}", definition=definition)
        machines.append(machine)
    client.start_execution(stateMachineArn=machine.arn)
    for _ in range(600 // jump):
        clock.tick(jump)
        client.list_state_machines()

    assert [history(client, machine.executions[0]) for machine in machines] == [nesting_history(60, ending)] * (
        levels - 1
    )


def test_a_parent_that_starts_while_others_wait(clock, sfn, client):
    """A parent that starts while other parents wait ends with its own nested execution."""
    inner(sfn)
    outer = sfn.add_state_machine("outer", definition={"StartAt": "Nest", "States": {"Nest": nest()}})
    for number in range(10):
        client.start_execution(stateMachineArn=outer.arn, name=f"run-{number}")
        clock.tick(7)
    clock.tick(600)

    assert [history(client, run) for run in outer.executions] == [
        nesting_history(begin + 60, begin=begin) for begin in range(0, 70, 7)
    ]


@pytest.mark.parametrize("jump", [10, 600])
def test_tasks_after_nested_executions_run_in_order(clock, sfn, client, jump):
    """Tasks of parents and of nested executions run in order of their moments, also after one jump of the clock."""
    calls = []

    def note(event, context):
        calls.append((event["of"], event["by"]))

    sfn.mock_lambda("note", note)
    below = None
    for name in ("inner", "middle", "outer"):
        states = {
            "Pause": {"Type": "Wait", "SecondsPath": "$.pause", "Next": "Note"},
            "Note": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:note",
                "Parameters": {"by": name, "of.$": "$.of"},
                "End": True,
            },
        }
        if below is not None:
            nested = nest(Next="Pause", ResultPath=None)
            nested["Parameters"] = {"StateMachineArn": below.arn, "Input.$": "$"}
            states = {"Nest": nested, **states}
        below = sfn.add_state_machine(name, definition={"StartAt": next(iter(states)), "States": states})
    for of, pause in (("a", 31), ("b", 20), ("c", 43)):
        client.start_execution(stateMachineArn=below.arn, input=json.dumps({"of": of, "pause": pause}))
    for _ in range(600 // jump):
        clock.tick(jump)
        client.list_state_machines()

    # After so many seconds:
    assert calls == [
        ("b", "inner"),  # 20
        ("a", "inner"),  # 31
        ("b", "middle"),  # 40
        ("c", "inner"),  # 43
        ("b", "outer"),  # 60
        ("a", "middle"),  # 62
        ("c", "middle"),  # 86
        ("a", "outer"),  # 93
        ("c", "outer"),  # 129
    ]


def test_a_run_that_another_thread_stops_later(clock, sfn, client, start):
    """A run whose task takes a while follows a stop that another thread makes meanwhile, at a later moment."""
    run_arn = INNER.replace("stateMachine:inner", "execution:outer:nightly")

    def stop_later(input):
        clock.tick(5)
        with ThreadPoolExecutor(1) as threads:
            threads.submit(client.stop_execution, executionArn=run_arn).result(timeout=30)
        return input

    definition = {"StartAt": "Call", "States": {"Call": nest(Next="Hold"), "Hold": WAIT, "End": DONE}}
    outer = sfn.add_state_machine("outer", definition=definition)
    outer.mock_task("Call", stop_later, strict=False)
    client.start_execution(stateMachineArn=outer.arn, name="nightly")
    clock.tick(600)
    [run] = outer.executions

    assert (run.status, run.stop_date, run.visited) == ("ABORTED", after(5), ["Call"])
    assert history(client, run)[-1] == (5, "ExecutionAborted")


def test_a_run_that_is_stopped_after_the_clock_went_back(clock, client, sfn):
    """A run that ended shows what a stop at an earlier moment makes of it, without a look at its history first."""
    outer = sfn.add_state_machine("outer", definition={"StartAt": "Hold", "States": {"Hold": WAIT, "End": DONE}})
    client.start_execution(stateMachineArn=outer.arn)
    [run] = outer.executions
    clock.tick(600)
    before = run.visited
    clock.tick(-570)
    client.stop_execution(executionArn=run.arn)
    clock.tick(570)

    assert (before, run.visited, run.status) == (["Hold", "End"], ["Hold"], "ABORTED")


@pytest.mark.parametrize("ahead", [pytest.param(0, id="clock that stays"), pytest.param(600, id="clock that returns")])
def test_a_stop_after_the_clock_went_back(clock, sfn, client, start, ahead):
    """A parent that is stopped while the clock is back before the end of its nested executions stops those too."""
    middle, innermost = add_two_levels(sfn, DONE)
    run = start(Nest=nest())
    clock.tick(30 + ahead)
    before = client.describe_execution(executionArn=run.arn)["status"]
    clock.tick(-ahead)
    client.stop_execution(executionArn=run.arn)
    clock.tick(600)

    assert before == ("SUCCEEDED" if ahead else "RUNNING")
    assert spans([run, *middle.executions, *innermost.executions]) == [("ABORTED", NOW, after(30))] * 3
    assert history(client, run)[-2:] == [(0, "TaskSubmitted"), (30, "ExecutionAborted")]


@pytest.mark.parametrize("ahead", [pytest.param(0, id="clock that stays"), pytest.param(600, id="clock that returns")])
def test_a_nested_execution_that_is_stopped_after_the_clock_went_back(clock, sfn, client, start, ahead):
    """A parent that has continued fails with its nested execution if that is stopped while the clock is back."""
    machine = inner(sfn)
    run = start(Nest=nest())
    clock.tick(30 + ahead)
    before = client.describe_execution(executionArn=run.arn)["status"]
    clock.tick(-ahead)
    client.stop_execution(executionArn=machine.executions[0].arn)
    clock.tick(600)

    assert before == ("SUCCEEDED" if ahead else "RUNNING")
    assert spans([run, *machine.executions]) == [("FAILED", NOW, after(30)), ("ABORTED", NOW, after(30))]
    assert history(client, run)[-2:] == [(30, "TaskFailed"), (30, "ExecutionFailed")]


@pytest.mark.parametrize("ahead", [pytest.param(0, id="clock that stays"), pytest.param(600, id="clock that returns")])
def test_an_execution_nested_in_a_child_is_stopped_after_the_clock_went_back(clock, sfn, client, start, ahead):
    """A child of a map run that has succeeded fails if its nested execution is stopped while the clock is back."""
    machine = inner(sfn)
    nested = nest(Parameters={"StateMachineArn": INNER})
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    each = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ItemProcessor": {**processor, "StartAt": "Nest", "States": {"Nest": nested}},
        "End": True,
    }
    run = start(input="[1, 2]", Each=each)
    clock.tick(30 + ahead)
    before = client.describe_execution(executionArn=run.arn)["status"]
    clock.tick(-ahead)
    client.stop_execution(executionArn=machine.executions[0].arn)
    clock.tick(600)

    assert before == ("SUCCEEDED" if ahead else "RUNNING")
    assert spans([run, *run.map_runs[0].executions]) == [("FAILED", NOW, after(30))] * 2
    assert spans(machine.executions)[0] == ("ABORTED", NOW, after(30))


def beside_activity(client):
    """A Parallel state that nests an execution, and waits for a worker of an activity."""
    activity = client.create_activity(name="approve")["activityArn"]
    approve = {"Type": "Task", "Resource": activity, "End": True}
    branches = [
        {"StartAt": "Nest", "States": {"Nest": nest()}},
        {"StartAt": "Approve", "States": {"Approve": approve}},
    ]
    return activity, {"Type": "Parallel", "Branches": branches, "End": True}


def test_an_answer_after_the_clock_went_back(clock, sfn, client, start):
    """A parent that another task continues while the clock is back waits for its nested execution again."""
    machine = inner(sfn)
    activity, both = beside_activity(client)
    run = start(Both=both)
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    clock.tick(600)
    before = history(client, run)[-1]
    clock.tick(-570)
    client.send_task_success(taskToken=token, output="{}")
    running = run.status
    clock.tick(570)

    assert (before, running) == ((60, "TaskStateExited"), "RUNNING")
    assert spans([run, *machine.executions]) == [("SUCCEEDED", NOW, after(60))] * 2


def test_a_refused_answer_after_the_clock_went_back(clock, sfn, client, start):
    """An answer that is refused while the clock is back changes neither the nested execution nor later answers."""
    inner(sfn)
    activity, both = beside_activity(client)
    wait = {"Type": "Wait", "Seconds": 40, "Next": "Both"}
    run = start(Wait=wait, Both=both)
    clock.tick(50)
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    clock.tick(100)
    client.send_task_success(taskToken=token, output="{}")
    before = history(client, run)
    clock.tick(-130)
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")
    clock.tick(130)

    assert history(client, run) == before
    assert (run.status, run.stop_date) == ("SUCCEEDED", after(150))


def test_an_execution_that_a_task_starts_runs_at_once(sfn, client, start):
    """A started execution has done what takes no time before the task that starts it returns."""
    noted, noted_at_return = [], []

    def run_inner(event, context):
        client.start_execution(stateMachineArn=INNER)
        noted_at_return.extend(noted)

    inner(sfn, hold={"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:note", "Next": "End"})
    sfn.mock_lambda("note", lambda event, context: noted.append(event))
    sfn.mock_lambda("start", run_inner)
    run = start(Start={"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:start", "End": True})

    assert run.status == "SUCCEEDED"
    assert noted_at_return == [{}]
