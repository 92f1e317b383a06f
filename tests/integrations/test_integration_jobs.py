"""Jobs of ``.sync`` Tasks: how services are asked for their status, and what the answers mean."""

import json
from datetime import datetime, timezone

import pytest
from given_clients import given, refusal

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import OPTIMISED_ACTIONS, Pattern, parse_resource
from sfn_mock.integrations.jobs import result_shape, start_job
from sfn_mock.integrations.operations import find_operation

WITH_JOBS = [
    name for name, action in OPTIMISED_ACTIONS.items() if Pattern.SYNC in action.patterns and name != "eks:runJob"
]
REASON = "The task of the execution was aborted."
#: The actions whose work no operation stops, or whose nested execution the mock stops itself.
WITHOUT_STOP = {
    "eks:createCluster",
    "eks:createFargateProfile",
    "eks:createNodegroup",
    "eks:deleteCluster",
    "eks:deleteFargateProfile",
    "eks:deleteNodegroup",
    "elasticmapreduce:terminateCluster",
    "emr-containers:deleteVirtualCluster",
    "emr-serverless:cancelJobRun",
    "emr-serverless:createApplication",
    "emr-serverless:deleteApplication",
    "emr-serverless:startApplication",
    "emr-serverless:stopApplication",
    "states:startExecution",
}
MOMENT = datetime(2026, 1, 10, 2, tzinfo=timezone.utc)


def job_of(action, request, answer):
    resource = parse_resource(f"arn:aws:states:::{action}")
    operation = find_operation(resource)
    assert operation is not None
    return start_job(resource, operation, request, answer)


@pytest.mark.parametrize("action", [pytest.param(name, id=name) for name in WITH_JOBS])
def test_each_job_is_described_by_an_operation_of_its_service(action):
    """Operation, request members and result are in the service's model."""
    resource = parse_resource(f"arn:aws:states:::{action}.sync")
    operation = find_operation(resource)
    assert operation is not None
    describing, shape, _ = result_shape(resource, operation)
    job = start_job(resource, operation, {}, {})

    assert job.operation.model.name == describing.model.name
    assert set(job.request) <= set(describing.model.input_shape.members)
    assert shape.type_name == "structure"


@pytest.mark.parametrize(
    ("action", "request_", "answer", "method", "arguments", "description", "result"),
    [
        pytest.param(
            "batch:submitJob.sync",
            {},
            {"jobId": "j"},
            "describe_jobs",
            {"jobs": ["j"]},
            {"jobs": [{"jobId": "j", "status": "SUCCEEDED", "container": {"exitCode": 0}}]},
            {"Container": {"ExitCode": 0}, "JobId": "j", "Status": "SUCCEEDED"},
            id="batch",
        ),
        pytest.param(
            "codebuild:startBuild.sync",
            {},
            {"build": {"id": "b"}},
            "batch_get_builds",
            {"ids": ["b"]},
            {"builds": [{"id": "b", "buildStatus": "SUCCEEDED"}]},
            {"Build": {"BuildStatus": "SUCCEEDED", "Id": "b"}},
            id="within an object",
        ),
        pytest.param(
            "glue:startJobRun.sync",
            {"JobName": "n"},
            {"JobRunId": "r"},
            "get_job_run",
            {"JobName": "n", "RunId": "r"},
            {"JobRun": {"Id": "r", "JobRunState": "SUCCEEDED", "StartedOn": MOMENT}},
            {"Id": "r", "JobRunState": "SUCCEEDED", "StartedOn": 1_768_010_400_000},
            id="glue",
        ),
        pytest.param(
            "sagemaker:createTrainingJob.sync",
            {"TrainingJobName": "n"},
            {},
            "describe_training_job",
            {"TrainingJobName": "n"},
            {"TrainingJobName": "n", "TrainingJobStatus": "Completed"},
            {"TrainingJobName": "n", "TrainingJobStatus": "Completed"},
            id="whole description",
        ),
        pytest.param(
            "ecs:runTask.sync",
            {},
            {"tasks": [{"taskArn": "t", "clusterArn": "c"}]},
            "describe_tasks",
            {"cluster": "c", "tasks": ["t"]},
            {"tasks": [{"lastStatus": "STOPPED", "containers": [{"exitCode": 0}, {"name": "n"}]}]},
            {"Containers": [{"ExitCode": 0}, {"Name": "n"}], "LastStatus": "STOPPED"},
            id="stopped well",
        ),
        pytest.param(
            "elasticmapreduce:createCluster.sync",
            {},
            {"JobFlowId": "j"},
            "describe_cluster",
            {"ClusterId": "j"},
            {"Cluster": {"Id": "j", "Status": {"State": "WAITING"}}},
            {"Cluster": {"Id": "j", "Status": {"State": "WAITING"}}, "ClusterId": "j"},
            id="with an id besides",
        ),
        pytest.param(
            "emr-serverless:startApplication.sync",
            {"applicationId": "a"},
            {},
            "get_application",
            {"applicationId": "a"},
            {"application": {"applicationId": "a", "state": "STARTED"}},
            {"Application": {"ApplicationId": "a", "State": "STARTED"}},
            id="found in the request",
        ),
        pytest.param(
            "states:startExecution.sync",
            {},
            {"executionArn": "e"},
            "describe_execution",
            {"executionArn": "e"},
            {"executionArn": "e", "status": "SUCCEEDED", "output": '{"a":1}', "inputDetails": {"included": True}},
            {"ExecutionArn": "e", "InputDetails": {"Included": True}, "Output": '{"a":1}', "Status": "SUCCEEDED"},
            id="nested execution",
        ),
        pytest.param(
            "states:startExecution.sync:2",
            {},
            {"executionArn": "e"},
            "describe_execution",
            {"executionArn": "e"},
            {"executionArn": "e", "status": "SUCCEEDED", "input": "[]", "output": '{"a":1}'},
            {"ExecutionArn": "e", "Input": [], "Output": {"a": 1}, "Status": "SUCCEEDED"},
            id="nested execution with parsed output",
        ),
    ],
)
def test_a_job_that_has_succeeded_gives_the_result(action, request_, answer, method, arguments, description, result):
    """The description of a job that succeeded becomes the result."""
    client, client_for = given(**{method: {**description, "ResponseMetadata": {}}})

    assert job_of(action, request_, answer).poll(client_for) == result
    assert client.calls == [(method, arguments)]


@pytest.mark.parametrize(
    ("action", "method", "description", "cause"),
    [
        pytest.param(
            "batch:submitJob.sync",
            "describe_jobs",
            {"jobs": [{"jobId": "j", "status": "FAILED"}]},
            {"JobId": "j", "Status": "FAILED"},
            id="batch",
        ),
        pytest.param(
            "ecs:runTask.sync",
            "describe_tasks",
            {"tasks": [{"lastStatus": "STOPPED", "containers": [{"exitCode": 1}]}]},
            {"Containers": [{"ExitCode": 1}], "LastStatus": "STOPPED"},
            id="exit code",
        ),
        pytest.param(
            "states:startExecution.sync:2",
            "describe_execution",
            {"status": "FAILED", "error": "E", "input": "{}"},
            {"Error": "E", "Input": {}, "Status": "FAILED"},
            id="nested execution",
        ),
    ],
)
def test_a_job_that_has_failed_is_the_cause(action, method, description, cause):
    """The error is States.TaskFailed, and the cause is the description of the job."""
    _, client_for = given(**{method: description})
    with pytest.raises(StateError) as raised:
        job_of(action, {}, {}).poll(client_for)

    assert raised.value.error == "States.TaskFailed"
    assert json.loads(raised.value.cause) == cause


@pytest.mark.parametrize(
    ("action", "method", "description"),
    [
        pytest.param("glue:startJobRun.sync", "get_job_run", {"JobRun": {"JobRunState": "RUNNING"}}, id="running"),
        pytest.param("batch:submitJob.sync", "describe_jobs", {"jobs": []}, id="not there yet"),
        pytest.param("eks:deleteCluster.sync", "describe_cluster", {"cluster": {"status": "DELETING"}}, id="deleting"),
    ],
)
def test_a_job_that_runs_has_no_result(action, method, description):
    """If the status is not final, the job is running."""
    _, client_for = given(**{method: description})

    assert job_of(action, {}, {}).poll(client_for) is None


@pytest.mark.parametrize(
    ("action", "request_", "answer", "method", "arguments"),
    [
        pytest.param(
            "athena:startQueryExecution",
            {},
            {"QueryExecutionId": "q"},
            "stop_query_execution",
            {"QueryExecutionId": "q"},
            id="athena",
        ),
        pytest.param(
            "batch:submitJob", {}, {"jobId": "j"}, "terminate_job", {"jobId": "j", "reason": REASON}, id="batch"
        ),
        pytest.param(
            "bedrock:createModelCustomizationJob",
            {},
            {"jobArn": "j"},
            "stop_model_customization_job",
            {"jobIdentifier": "j"},
            id="bedrock",
        ),
        pytest.param("codebuild:startBuild", {}, {"build": {"id": "b"}}, "stop_build", {"id": "b"}, id="build"),
        pytest.param(
            "codebuild:startBuildBatch",
            {},
            {"buildBatch": {"id": "b"}},
            "stop_build_batch",
            {"id": "b"},
            id="batch of builds",
        ),
        pytest.param(
            "databrew:startJobRun",
            {"Name": "n"},
            {"RunId": "r"},
            "stop_job_run",
            {"Name": "n", "RunId": "r"},
            id="databrew",
        ),
        pytest.param(
            "ecs:runTask",
            {},
            {"tasks": [{"taskArn": "t", "clusterArn": "c"}]},
            "stop_task",
            {"cluster": "c", "task": "t", "reason": REASON},
            id="ecs",
        ),
        pytest.param(
            "elasticmapreduce:addStep",
            {"JobFlowId": "f"},
            {"StepIds": ["s"]},
            "cancel_steps",
            {"ClusterId": "f", "StepIds": ["s"]},
            id="step of a cluster",
        ),
        pytest.param(
            "elasticmapreduce:createCluster",
            {},
            {"JobFlowId": "f"},
            "terminate_job_flows",
            {"JobFlowIds": ["f"]},
            id="cluster",
        ),
        pytest.param(
            "emr-containers:startJobRun",
            {"virtualClusterId": "v"},
            {"id": "j"},
            "cancel_job_run",
            {"id": "j", "virtualClusterId": "v"},
            id="emr on eks",
        ),
        pytest.param(
            "emr-serverless:startJobRun",
            {},
            {"applicationId": "a", "jobRunId": "j"},
            "cancel_job_run",
            {"applicationId": "a", "jobRunId": "j"},
            id="emr serverless",
        ),
        pytest.param(
            "glue:startJobRun",
            {"JobName": "n"},
            {"JobRunId": "r"},
            "batch_stop_job_run",
            {"JobName": "n", "JobRunIds": ["r"]},
            id="glue",
        ),
        pytest.param("mediaconvert:createJob", {}, {"Job": {"Id": "j"}}, "cancel_job", {"Id": "j"}, id="mediaconvert"),
        pytest.param(
            "sagemaker:createTrainingJob",
            {"TrainingJobName": "n"},
            {},
            "stop_training_job",
            {"TrainingJobName": "n"},
            id="sagemaker",
        ),
    ],
)
def test_a_job_is_stopped_by_an_operation_of_its_service(action, request_, answer, method, arguments):
    """The service gets the id of the job, and a reason where it requires or shows one."""
    client, client_for = given(**{method: {}})
    job_of(f"{action}.sync", request_, answer).cancel(client_for)

    assert client.calls == [(method, arguments)]


@pytest.mark.parametrize("action", [pytest.param(name, id=name) for name in WITH_JOBS])
def test_the_operation_that_stops_a_job_is_in_the_model(action):
    """The service's model has the operation and its parameters; only what a job is not has none."""
    cancelling = job_of(f"{action}.sync", {}, {}).cancelling

    assert (cancelling is None) == (action in WITHOUT_STOP)
    if cancelling is not None:
        operation, parameters = cancelling
        assert set(parameters) <= set(operation.model.input_shape.members)


def test_a_cluster_is_not_deleted():
    """A task that creates or deletes what is no job leaves it when it is aborted."""
    client, client_for = given()
    job_of("eks:createCluster.sync", {"name": "c"}, {}).cancel(client_for)

    assert client.calls == []


def test_job_of_a_deletion():
    """A job of a deletion is done when the service does not find the resource."""
    _, client_for = given(describe_cluster=refusal("ResourceNotFoundException"))

    assert job_of("eks:deleteCluster.sync", {"name": "c"}, {}).poll(client_for) == {}


@pytest.mark.parametrize(
    ("action", "method", "code", "error"),
    [
        pytest.param(
            "eks:deleteCluster.sync", "describe_cluster", "ServerException", "EKS.ServerException", id="other"
        ),
        pytest.param(
            "glue:startJobRun.sync", "get_job_run", "EntityNotFoundException", "Glue.EntityNotFoundException", id="glue"
        ),
    ],
)
def test_a_refused_description_fails_the_task(action, method, code, error):
    """If the service refuses to describe a job, the task fails."""
    _, client_for = given(**{method: refusal(code)})
    with pytest.raises(StateError) as raised:
        job_of(action, {}, {}).poll(client_for)

    assert raised.value.error == error
