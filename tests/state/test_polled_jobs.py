"""Runs that wait for jobs of other services: only the service knows when a job stops, so it is polled."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from answers import event_types

from sfn_mock.asl.host import Failed, Pending, Succeeded
from sfn_mock.operations.task_calls import ServicesOfMocks
from sfn_mock.state.jobs import Job

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::glue:startJobRun.sync",
    "Parameters": {"JobName": "nightly"},
    "End": True,
}
NEXT = {"Type": "Task", "Resource": TASK["Resource"], "Parameters": TASK["Parameters"], "Next": "Hold"}


def after(seconds):
    return NOW + timedelta(seconds=seconds)


class Service:
    """A service whose job ends when `end` is set, and that counts the polls."""

    def __init__(self):
        self.end = None
        self.polls = 0

    def poll(self):
        self.polls += 1
        return self.end

    def start_task(self, services, execution, call):
        return Pending(submitted={"JobRunId": "jr_1"}), Job(self.poll)


@pytest.fixture
def service(monkeypatch):
    service = Service()
    monkeypatch.setattr(ServicesOfMocks, "start_task", lambda *arguments: service.start_task(*arguments))
    return service


@pytest.fixture
def start(sfn, client):
    """Starts an execution of the given states."""

    def start(**states):
        orders = sfn.add_state_machine("orders", definition={"StartAt": next(iter(states)), "States": states})
        client.start_execution(stateMachineArn=orders.arn, name="nightly")
        return orders.executions[0]

    return start


def test_a_job_without_a_stop(clock, service, start):
    """A job whose service does not tell when it stopped ends its task at the use that sees its end."""
    run = start(Job=TASK)
    clock.tick(60)
    before = run.status
    service.end = Succeeded({"JobRunState": "SUCCEEDED"})
    clock.tick(60)

    assert (before, run.status, run.stop_date) == ("RUNNING", "SUCCEEDED", after(120))
    assert run.output == '{"JobRunState":"SUCCEEDED"}'
    # Each of the three uses after the start polls once.
    assert service.polls == 3


def test_a_job_that_stopped_in_the_past(clock, service, start):
    """If the service says when a job stopped, the task ends at that moment."""
    run = start(Job=NEXT, Hold={"Type": "Wait", "Seconds": 30, "End": True})
    service.end = Succeeded({}, stop=int(after(20).timestamp() * 1000))
    clock.tick(600)

    assert (run.status, run.stop_date) == ("SUCCEEDED", after(50))


def test_a_job_that_stopped_before_the_clock_went_back(clock, client, service, start):
    """A worker that asks for work at an earlier moment does not change when the job stops."""
    run = start(Job=NEXT, Hold={"Type": "Wait", "Seconds": 30, "End": True})
    activity = client.create_activity(name="pack")["activityArn"]
    service.end = Succeeded({}, stop=int(after(20).timestamp() * 1000))
    clock.tick(600)
    before = run.stop_date
    clock.move_to(after(10))
    task = client.get_activity_task(activityArn=activity)
    clock.move_to(after(30))
    between = (run.status, event_types(client, run)[-1])
    clock.move_to(after(600))

    assert "taskToken" not in task
    assert between == ("RUNNING", "WaitStateEntered")
    assert (before, run.status, run.stop_date) == (after(50), "SUCCEEDED", after(50))
    assert event_types(client, run).count("TaskSucceeded") == 1


def test_a_job_that_starts_during_a_jump(clock, service, start):
    """A job that starts long before the moment to which the clock jumps is polled at once."""
    wait = {"Type": "Wait", "Seconds": 60, "Next": "Job"}
    run = start(Wait=wait, Job={**TASK, "TimeoutSeconds": 1000})
    service.end = Succeeded({})
    clock.tick(600)

    assert (run.status, run.stop_date, service.polls) == ("SUCCEEDED", after(600), 1)


def test_a_job_that_takes_too_long(clock, client, service, start):
    """A task whose time is over waits for its job no longer."""
    run = start(Job={**TASK, "TimeoutSeconds": 60})
    clock.tick(600)

    assert event_types(client, run)[-2:] == ["TaskTimedOut", "ExecutionFailed"]
    assert (run.stop_date, service.polls) == (after(60), 2)


def test_a_job_whose_timeout_is_caught(clock, client, service, start):
    """A run that has caught the timeout of a task does not poll its job any more."""
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Hold"}]
    run = start(Job={**TASK, "TimeoutSeconds": 60, "Catch": catch}, Hold={"Type": "Wait", "Seconds": 600, "End": True})
    clock.tick(100)
    visited, polls = run.visited, service.polls
    clock.tick(100)
    client.list_state_machines()

    assert (visited, run.status) == (["Job", "Hold"], "RUNNING")
    assert service.polls == polls


def test_a_job_of_a_child_execution(clock, sfn, service, start):
    """A job that a child execution of a Distributed Map waits for is polled at each use too."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    run = start(
        Items={"Type": "Pass", "Result": [1], "Next": "Each"},
        Each={"Type": "Map", "ItemProcessor": {**processor, "StartAt": "Job", "States": {"Job": TASK}}, "End": True},
    )
    [child] = run.map_runs[0].executions
    clock.tick(60)
    before = run.status
    service.end = Succeeded({"JobRunState": "SUCCEEDED"})
    clock.tick(60)

    assert (before, run.status, run.stop_date) == ("RUNNING", "SUCCEEDED", after(120))
    assert (child.status, child.stop_date, child.output) == ("SUCCEEDED", after(120), '{"JobRunState":"SUCCEEDED"}')


def test_a_job_that_fails_after_the_clock_went_back(clock, client, service, start):
    """If it fails its map run, no child execution starts later, although one had, and its job is polled too."""
    waits = {"Wait": {"Type": "Wait", "Seconds": 50, "Next": "Go"}, "Go": {"Type": "Wait", "Seconds": 900, "End": True}}
    branches = [{"StartAt": "Run", "States": {"Run": TASK}}, {"StartAt": "Wait", "States": waits}]
    rule = {"Variable": "$", "IsNumeric": True, "Next": "Hold"}
    states = {
        "Kind": {"Type": "Choice", "Choices": [rule], "Default": "Both"},
        "Hold": {"Type": "Wait", "SecondsPath": "$", "End": True},
        "Both": {"Type": "Parallel", "Branches": branches, "End": True},
    }
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    activity = client.create_activity(name="pack")["activityArn"]
    run = start(
        Items={"Type": "Pass", "Result": [60, "a", "b"], "Next": "Each"},
        Each={
            "Type": "Map",
            "MaxConcurrency": 2,
            "ItemProcessor": {**processor, "StartAt": "Kind", "States": states},
            "End": True,
        },
    )
    [map_run] = run.map_runs
    clock.tick(300)
    before = [(child.status, child.start_date, child.stop_date) for child in map_run.executions]
    clock.move_to(after(40))
    task = client.get_activity_task(activityArn=activity)
    service.end = Failed("JobFailed", None)
    stopped = [(child.status, child.start_date, child.stop_date) for child in map_run.executions]

    assert "taskToken" not in task
    assert before == [("SUCCEEDED", NOW, after(60)), ("RUNNING", NOW, None), ("RUNNING", after(60), None)]
    assert stopped == [("ABORTED", NOW, after(40)), ("FAILED", NOW, after(40))]
    assert (run.status, run.stop_date, event_types(client, run).count("MapRunFailed")) == ("FAILED", after(40), 1)
