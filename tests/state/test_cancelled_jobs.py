"""Jobs of other services: the mock stops them with the task that waits for them, while their services are mocked."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from moto import mock_aws
from moto.moto_api import state_manager

from sfn_mock import mock_sfn_executions

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
BROKEN = {"Type": "Fail", "Error": "Broken"}


@pytest.fixture
def services():
    """The other services of mock_aws, which `close()` ends; tasks of ECS run there until they are stopped."""
    state_manager.set_transition("ecs::task", {"progression": "time", "seconds": 86_400})
    try:
        with ExitStack() as services:
            services.enter_context(mock_aws())
            yield services
    finally:
        state_manager.unset_transition("ecs::task")


@pytest.fixture
def ecs(services):
    """A client of ECS, whose default cluster has a task definition `load`."""
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="default")
    containers = [{"name": "load", "image": "load", "memory": 400}]
    ecs.register_task_definition(family="load", networkMode="awsvpc", containerDefinitions=containers)
    return ecs


@pytest.fixture
def job(ecs):
    """A state that runs a task of ECS and waits for its end."""
    subnet = boto3.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"AwsvpcConfiguration": {"Subnets": [subnet], "SecurityGroups": []}}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": {"LaunchType": "FARGATE", "TaskDefinition": "load", "NetworkConfiguration": network},
        "End": True,
    }


@pytest.fixture
def start(sfn, client):
    """Starts an execution of the given states."""

    def start(timeout=3600, **states):
        definition = {"StartAt": next(iter(states)), "States": states, "TimeoutSeconds": timeout}
        orders = sfn.add_state_machine("orders", definition=definition)
        client.start_execution(stateMachineArn=orders.arn)
        return orders.executions[0]

    return start


def tasks(ecs):
    """The status and the reason of the stop of each task of ECS."""
    arns = [arn for status in ("RUNNING", "STOPPED") for arn in ecs.list_tasks(desiredStatus=status)["taskArns"]]
    described = ecs.describe_tasks(tasks=arns)["tasks"]
    return [(task["lastStatus"], task.get("stoppedReason")) for task in described]


RUNNING = [("RUNNING", "")]
STOPPED = [("STOPPED", "The task of the execution was aborted.")]


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def test_a_stop_cancels_a_job(clock, client, start, ecs, job):
    """A job runs while its task waits, and is cancelled when the execution is stopped."""
    run = start(Job=job)
    clock.tick(30)
    before = tasks(ecs)
    client.stop_execution(executionArn=run.arn)

    assert (before, tasks(ecs)) == (RUNNING, STOPPED)
    assert (run.status, run.stop_date) == ("ABORTED", after(30))


def test_a_machine_that_times_out_cancels_a_job(clock, start, ecs, job):
    """A job is cancelled when the TimeoutSeconds of the state machine have passed."""
    run = start(timeout=20, Job=job)
    clock.tick(600)

    assert tasks(ecs) == STOPPED
    assert (run.status, run.stop_date) == ("TIMED_OUT", after(20))


def test_another_branch_that_fails_cancels_a_job(clock, start, ecs, job):
    """A job is cancelled when another branch of its Parallel state fails."""
    later = {"Later": {**WAIT, "Next": "Broken"}, "Broken": BROKEN}
    del later["Later"]["End"]
    branches = [{"StartAt": "Job", "States": {"Job": job}}, {"StartAt": "Later", "States": later}]
    run = start(Both={"Type": "Parallel", "Branches": branches, "End": True})
    clock.tick(600)

    assert tasks(ecs) == STOPPED
    assert (run.error, run.stop_date) == ("Broken", after(60))


def test_a_task_that_times_out_leaves_its_job(clock, sfn, start, ecs, job):
    """A task whose TimeoutSeconds have passed leaves its job running, and waits for it no longer."""
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Later"}]
    run = start(Job={**job, "TimeoutSeconds": 20, "Catch": catch}, Later=WAIT)
    clock.tick(30)
    visited = run.visited
    clock.tick(600)

    assert (visited, tasks(ecs)) == (["Job", "Later"], RUNNING)
    assert (run.status, run.stop_date) == ("SUCCEEDED", after(80))


@pytest.fixture
def cluster(services):
    """The id of a cluster of EMR."""
    instances = {"MasterInstanceType": "m5.large", "InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}
    answer = boto3.client("emr").run_job_flow(
        Name="nightly", Instances=instances, JobFlowRole="jobs", ServiceRole="jobs"
    )
    return answer["JobFlowId"]


def test_a_job_that_cannot_be_cancelled(client, start, cluster):
    """If moto cannot cancel the job of a service, the execution is stopped all the same."""
    emr = boto3.client("emr")
    step = {"Name": "load", "HadoopJarStep": {"Jar": "load.jar"}, "ActionOnFailure": "CONTINUE"}
    parameters = {"ClusterId": cluster, "Step": step}
    job = {"Type": "Task", "Resource": "arn:aws:states:::elasticmapreduce:addStep.sync", "Parameters": parameters}
    run = start(Job={**job, "End": True})
    before = run.status
    client.stop_execution(executionArn=run.arn)
    [step] = emr.list_steps(ClusterId=cluster)["Steps"]

    assert (before, run.status, step["Status"]["State"]) == ("RUNNING", "ABORTED", "RUNNING")


def test_a_job_whose_service_is_no_longer_mocked(clock, client, start, services, job):
    """After the end of mock_aws a task waits on for its job, until it times out; all calls are answered."""
    run = start(Job={**job, "TimeoutSeconds": 60})
    services.close()
    clock.tick(30)
    [listed] = client.list_executions(stateMachineArn=run.state_machine.arn)["executions"]
    status = run.status
    clock.tick(30)

    assert (listed["status"], status) == ("RUNNING", "RUNNING")
    assert (run.status, run.error, run.stop_date) == ("FAILED", "States.Timeout", after(60))


def test_no_call_for_a_job_whose_service_is_no_longer_mocked(client, start, services, job):
    """After the end of mock_aws a stop does not call the service, so that the mock reports nothing at its end."""
    run = start(Job=job)
    services.close()
    with mock_sfn_executions(execute=True):
        client.stop_execution(executionArn=run.arn)
        stopped = run.status

    assert (stopped, run.status) == ("ABORTED", "RUNNING")


def test_a_job_whose_service_is_mocked_again(client, start, services, job):
    """A new mock_aws does not know the job, and the task fails with what its service answers."""
    run = start(Job=job)
    services.close()
    with mock_aws():
        status = run.status

    assert (status, run.error) == ("FAILED", "ECS.ClusterNotFoundException")
