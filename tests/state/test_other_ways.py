"""Runs that continue in another way, because something changed them after the clock had moved back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from answers import event_types

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:pack"
PACK = {"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 600, "End": True}


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def wait(seconds):
    return {"Type": "Wait", "Seconds": seconds, "End": True}


def then(next, state):
    """The state with another one after it."""
    return {**{name: value for name, value in state.items() if name != "End"}, "Next": next}


def each(state, name="One", **more):
    """A Distributed Map whose children run one state."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": name, "States": {name: state}}
    return {"Type": "Map", "Label": "Items", "ItemProcessor": processor, "End": True, **more}


def branch(name, state):
    return {"StartAt": name, "States": {name: state}}


def life(*executions):
    return [(execution.status, execution.start_date, execution.stop_date) for execution in executions]


@pytest.fixture
def start(sfn, client):
    """Starts an execution of the given states with three items as its input."""

    def start(**states):
        client.create_activity(name="pack")
        orders = sfn.add_state_machine("orders", definition={"StartAt": next(iter(states)), "States": states})
        client.start_execution(stateMachineArn=orders.arn, name="nightly", input="[1, 2, 3]")
        return orders.executions[0]

    return start


@pytest.fixture
def succeed(client):
    """Gives the task of an activity its result."""

    def succeed():
        task = client.get_activity_task(activityArn=ACTIVITY)
        client.send_task_success(taskToken=task["taskToken"], output="{}")

    return succeed


def test_a_task_that_does_not_time_out(clock, client, start, succeed):
    """A result before the timeout removes what followed the timeout."""
    run = start(Pack=then("Hold", PACK), Hold=wait(1000))
    clock.tick(900)
    assert life(run) == [("FAILED", NOW, after(600))]
    clock.move_to(after(300))
    succeed()
    clock.move_to(after(700))

    assert life(run) == [("RUNNING", NOW, None)]
    assert event_types(client, run)[-1] == "WaitStateEntered"
    clock.move_to(after(1300))
    assert life(run) == [("SUCCEEDED", NOW, after(1300))]


def test_a_child_that_does_not_time_out(clock, client, start, succeed):
    """A child execution that succeeds after all lets its parent succeed."""
    run = start(Each=each(PACK))
    children = run.map_runs[0].executions
    clock.tick(900)
    assert life(run, *children) == [("FAILED", NOW, after(600)), *[("FAILED", NOW, after(600))] * 3]
    clock.move_to(after(300))
    for _ in range(3):
        succeed()
        clock.tick(10)

    expected = [("SUCCEEDED", NOW, after(seconds)) for seconds in (320, 300, 310, 320)]
    assert life(run, *children) == expected
    assert life(run, *run.map_runs[0].executions) == expected
    assert event_types(client, run)[-3:] == ["MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"]


def test_children_of_a_branch_that_is_not_aborted(clock, start, succeed):
    """Children that were ABORTED with another branch run on if that branch does not fail."""
    run = start(
        Both={"Type": "Parallel", "Branches": [branch("Each", each(wait(800))), branch("Pack", PACK)], "End": True}
    )
    clock.tick(900)
    [batch] = run.map_runs
    assert life(run, batch, *batch.executions) == [("FAILED", NOW, after(600)), *[("ABORTED", NOW, after(600))] * 4]
    clock.move_to(after(300))
    succeed()
    clock.move_to(after(700))
    assert life(run, batch, *batch.executions) == [("RUNNING", NOW, None)] * 5
    clock.move_to(after(900))

    assert life(run, batch, *batch.executions) == [("SUCCEEDED", NOW, after(800))] * 5


def test_children_that_start_earlier(clock, client, start):
    """More concurrency at an earlier moment starts waiting children then, and none twice."""
    run = start(Each=each(wait(60), MaxConcurrency=1))
    [batch] = run.map_runs
    clock.tick(300)
    assert life(run) == [("SUCCEEDED", NOW, after(180))]
    clock.move_to(after(90))
    client.update_map_run(mapRunArn=batch.arn, maxConcurrency=2)
    clock.move_to(after(300))

    assert life(run, *batch.executions) == [
        ("SUCCEEDED", NOW, after(150)),
        ("SUCCEEDED", NOW, after(60)),
        ("SUCCEEDED", after(60), after(120)),
        ("SUCCEEDED", after(90), after(150)),
    ]
    described = client.describe_map_run(mapRunArn=batch.arn)
    assert (described["executionCounts"]["succeeded"], described["executionCounts"]["total"]) == (3, 3)


def test_a_map_run_that_does_not_start(clock, client, start):
    """A stop before a Distributed Map removes its map run and its children."""
    run = start(Hold=then("Each", wait(60)), Each=each(wait(60)))
    clock.tick(100)
    assert life(run) == [("RUNNING", NOW, None)]
    [arn] = [batch.arn for batch in run.map_runs]
    clock.move_to(after(30))
    client.stop_execution(executionArn=run.arn)
    clock.move_to(after(200))

    assert life(run) == [("ABORTED", NOW, after(30))]
    assert client.list_map_runs(executionArn=run.arn)["mapRuns"] == []
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.describe_map_run(mapRunArn=arn)


def test_children_of_a_redrive_that_moves_to_an_earlier_moment(clock, client, start, succeed):
    """A redrive at an earlier moment redrives the children then."""
    run = start(Each=each(PACK, MaxConcurrency=1))
    clock.tick(700)
    run.redrive()
    succeed()
    clock.tick(100)
    assert [child.status for child in run.map_runs[0].executions] == ["SUCCEEDED", "RUNNING"]
    clock.move_to(after(650))
    run.redrive()
    for _ in range(3):
        succeed()
        clock.tick(10)

    assert life(run) == [("SUCCEEDED", NOW, after(670))]
    assert (run.redrive_count, run.redrive_date) == (1, after(650))
    assert life(*run.map_runs[0].executions) == [
        ("SUCCEEDED", NOW, after(650)),
        ("SUCCEEDED", after(650), after(660)),
        ("SUCCEEDED", after(660), after(670)),
    ]


def test_redrives_that_do_not_happen(clock, client, start, succeed):
    """Results before the end of a run remove the redrives after that end."""
    run = start(Each=each(PACK, ToleratedFailureCount=1))
    children = run.map_runs[0].executions
    clock.tick(50)
    succeed()
    clock.tick(50)
    task = client.get_activity_task(activityArn=ACTIVITY)
    client.send_task_failure(taskToken=task["taskToken"])
    clock.move_to(after(700))
    run.redrive()
    assert [(child.status, child.redrive_count) for child in (run, *children)] == [
        ("RUNNING", 1),
        ("SUCCEEDED", 0),
        ("RUNNING", 1),
        ("RUNNING", 1),
    ]
    clock.move_to(after(300))
    succeed()
    clock.move_to(after(700))

    assert life(run, *children) == [
        ("SUCCEEDED", NOW, after(300)),
        ("SUCCEEDED", NOW, after(50)),
        ("FAILED", NOW, after(100)),
        ("SUCCEEDED", NOW, after(300)),
    ]
    assert [child.redrive_count for child in (run, *children)] == [0] * 4


def test_a_child_that_is_stopped_earlier(clock, client, start):
    """A stop of a child before its end fails its parent."""
    run = start(Each=each(wait(60)))
    children = run.map_runs[0].executions
    clock.tick(100)
    assert life(run, *children) == [("SUCCEEDED", NOW, after(60))] * 4
    clock.move_to(after(30))
    client.stop_execution(executionArn=children[1].arn)
    clock.move_to(after(100))

    expected = [("FAILED", NOW, after(30)), *[("ABORTED", NOW, after(30))] * 3]
    assert life(run, *run.map_runs[0].executions) == expected


def test_a_parent_that_is_stopped_earlier(clock, client, start):
    """A stop before the ends of children stops them."""
    run = start(Each=each(wait(60)))
    clock.tick(100)
    assert life(run, *run.map_runs[0].executions) == [("SUCCEEDED", NOW, after(60))] * 4
    clock.move_to(after(30))
    client.stop_execution(executionArn=run.arn)
    clock.move_to(after(100))

    assert life(run, *run.map_runs[0].executions) == [("ABORTED", NOW, after(30))] * 4


def test_children_of_two_map_runs_that_end_together(clock, start):
    """The end of an execution aborts the children of each of its map runs."""
    boxes, labels = each(wait(800)), each(wait(800), "Two", Label="Labels")
    branches = [branch("Boxes", boxes), branch("Labels", labels), branch("Pack", PACK)]
    run = start(All={"Type": "Parallel", "Branches": branches, "End": True})
    clock.tick(900)

    children = [child for batch in run.map_runs for child in batch.executions]
    assert life(run, *run.map_runs, *children) == [("FAILED", NOW, after(600)), *[("ABORTED", NOW, after(600))] * 8]


def test_map_runs_that_are_redriven_together(clock, client, start, succeed):
    """A redrive of two map runs waits in each for its own children."""
    boxes, labels = each(PACK, ItemBatcher={"MaxItemsPerBatch": 3}), each(PACK, "Two", Label="Labels")
    run = start(Both={"Type": "Parallel", "Branches": [branch("Boxes", boxes), branch("Labels", labels)], "End": True})
    client.get_activity_task(activityArn=ACTIVITY)
    task = client.get_activity_task(activityArn=ACTIVITY)
    clock.tick(10)
    client.send_task_failure(taskToken=task["taskToken"])
    children = [[child.status for child in batch.executions] for batch in run.map_runs]
    assert children == [["ABORTED"], ["FAILED", "ABORTED", "ABORTED"]]
    clock.tick(10)
    run.redrive()
    for _ in range(4):
        succeed()
        clock.tick(10)

    assert life(run, *run.map_runs) == [("SUCCEEDED", NOW, after(seconds)) for seconds in (50, 20, 50)]


def test_children_that_started_at_the_moment_of_a_change(clock, start, succeed):
    """A change at the start of an execution leaves the map run and the children that started with it."""
    run = start(Each=each(PACK))
    [batch] = run.map_runs
    children = batch.executions
    clock.tick(700)
    assert life(run, batch) == [("FAILED", NOW, after(600))] * 2
    clock.move_to(NOW)
    for _ in range(3):
        succeed()

    assert run.map_runs == [batch]
    assert batch.executions == children
    assert life(run, batch, *children) == [("SUCCEEDED", NOW, NOW)] * 5


def test_a_child_that_was_pending_at_the_moment_of_a_change(clock, start, succeed):
    """A child that waits for its redrive is redriven earlier if the one before it ends earlier."""
    run = start(Each=each(PACK, MaxConcurrency=1, ToleratedFailureCount=1))
    clock.tick(1300)
    children = run.map_runs[0].executions
    assert life(run) == [("FAILED", NOW, after(1200))]
    run.redrive()
    clock.tick(700)
    assert [(child.status, child.redrive_count) for child in children] == [("FAILED", 1), ("RUNNING", 1)]
    clock.move_to(after(1400))
    for _ in range(3):
        succeed()
        clock.tick(10)

    assert life(run, *run.map_runs[0].executions) == [
        ("SUCCEEDED", NOW, after(1420)),
        ("SUCCEEDED", NOW, after(1400)),
        ("SUCCEEDED", after(600), after(1410)),
        ("SUCCEEDED", after(1410), after(1420)),
    ]


def test_a_stopped_child_of_a_map_run_that_changes_before(clock, client, start):
    """The stop of a child fails its parent when it happens, also after a change before it."""
    run = start(Each=each(wait(80)))
    [batch] = run.map_runs
    clock.tick(60)
    client.stop_execution(executionArn=batch.executions[2].arn)
    clock.move_to(after(30))
    client.update_map_run(mapRunArn=batch.arn, maxConcurrency=3)
    clock.move_to(after(100))

    expected = [("FAILED", NOW, after(60))] * 2 + [("ABORTED", NOW, after(60))] * 3
    assert life(run, batch, *batch.executions) == expected


def test_a_stop_at_a_later_moment_remains(clock, client, sfn, start, succeed):
    """A run that continues in another way before it was stopped calls its tasks, and is still stopped then."""
    call = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:label", "End": True}
    run = start(Pack=then("Label", PACK), Label=then("Hold", call), Hold=wait(1000))
    sfn.get_state_machine("orders").mock_task("Label", [{"result": 7}])
    clock.tick(500)
    client.stop_execution(executionArn=run.arn)
    clock.move_to(after(300))
    succeed()

    assert life(run) == [("RUNNING", NOW, None)]
    assert run.visited == ["Pack", "Label", "Hold"]
    clock.move_to(after(900))
    assert life(run) == [("ABORTED", NOW, after(500))]
    assert event_types(client, run)[-2:] == ["WaitStateEntered", "ExecutionAborted"]


def test_a_redrive_after_a_stop_at_a_later_moment_remains(clock, client, start, succeed):
    """A child that succeeds before its parent was stopped changes neither the stop nor the redrive after it."""
    run = start(Each=each(PACK))
    [batch] = run.map_runs
    clock.tick(500)
    client.stop_execution(executionArn=run.arn)
    clock.tick(200)
    run.redrive()
    clock.move_to(after(300))
    succeed()
    assert life(run, batch) == [("RUNNING", NOW, None)] * 2
    clock.move_to(after(600))
    assert life(run, batch) == [("ABORTED", NOW, after(500))] * 2
    clock.move_to(after(700))

    assert life(run, batch) == [("RUNNING", NOW, None)] * 2
    described = client.describe_map_run(mapRunArn=batch.arn)
    assert (run.redrive_count, described["redriveCount"], described["redriveDate"]) == (1, 1, after(700))
    assert life(*batch.executions) == [("SUCCEEDED", NOW, after(300)), *[("RUNNING", NOW, None)] * 2]


def test_a_worker_that_asks_for_work_after_the_clock_went_back(clock, client, start):
    """A worker that gets no task changes no child execution that has ended."""
    run = start(Each=each(wait(60)))
    children = run.map_runs[0].executions
    clock.tick(100)
    before = life(run, *children)
    clock.move_to(after(30))
    task = client.get_activity_task(activityArn=ACTIVITY)
    clock.move_to(after(100))

    assert "taskToken" not in task
    assert before == life(run, *children) == [("SUCCEEDED", NOW, after(60))] * 4
    assert [event_types(client, child)[-1] for child in children] == ["ExecutionSucceeded"] * 3
