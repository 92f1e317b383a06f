"""The jobs of `.sync` tasks: how to poll the status of a job, what its description means, and how to stop it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from botocore.exceptions import ClientError
from botocore.model import ListShape, StructureShape

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import Pattern, Resource
from sfn_mock.asl.texts import json_text
from sfn_mock.integrations.failures import client_failure
from sfn_mock.integrations.operations import ClientFactory, Operation
from sfn_mock.integrations.results import describe


@dataclass(frozen=True, slots=True)
class _Waiter:
    """How to poll a job, as a botocore waiter does.

    Attributes:
        operation: The operation that describes a job.
        request: Its parameters: JMESPath expressions over `{request, answer}` of the call that started the job.
        status: The status of the job: a JMESPath expression over the description.
        succeeded: The statuses of a successful job.
        failed: The statuses of a failed job.
        member: The member of the description that is the task's result; if it is a list, its first item is. Empty if
            the whole description is the result.
        wrapped: The only member of the task's result, which holds the job. Empty if the job itself is the result.
        added: Further members of the result: JMESPath expressions over the description.
        is_success: A further condition for success: a JMESPath expression over the description.
        gone: The error code of a successful deletion, None if the job is not a deletion.
        stop: The member of the result that tells when the job stopped, in UTC milliseconds. Empty if there is none.
        cancelling: The operation that stops the job, None if the service has none, and its parameters as in `request`.
    """

    operation: str
    request: dict[str, str]
    status: str
    succeeded: frozenset[str]
    failed: frozenset[str] = frozenset()
    member: str = ""
    wrapped: str = ""
    added: Mapping[str, str] = field(default_factory=dict)
    is_success: str = "`true`"
    gone: str | None = None
    stop: str = ""
    cancelling: tuple[str, dict[str, str]] | None = None


class JobFailedError(StateError):
    """The failure of a job, whose description is the cause.

    Attributes:
        result: The description.
    """

    def __init__(self, result: dict[str, Any]) -> None:
        """Create the error of a task that waited for the job."""
        super().__init__("States.TaskFailed", json_text(result))
        self.result = result


def _waiter(
    operation: str, request: dict[str, str], status: str, succeeded: str, failed: str = "", **more: Any
) -> _Waiter:
    return _Waiter(operation, request, status, frozenset(succeeded.split()), frozenset(failed.split()), **more)


def _sagemaker(kind: str) -> _Waiter:
    name = {f"{kind}Name": f"request.{kind}Name"}
    stop = (f"Stop{kind}", name)
    return _waiter(f"Describe{kind}", name, f"{kind}Status", "Completed", "Failed Stopped", cancelling=stop)


#: The reason of a stop, for services that require or show one.
_REASON = "'The task of the execution was aborted.'"
_CODEBUILD_FAILED = "FAILED FAULT TIMED_OUT STOPPED"
_BUILD_BATCH = _waiter(
    "BatchGetBuildBatches",
    {"ids": "[answer.buildBatch.id]"},
    "buildBatches[0].buildBatchStatus",
    "SUCCEEDED",
    _CODEBUILD_FAILED,
    member="buildBatches",
    wrapped="BuildBatch",
    cancelling=("StopBuildBatch", {"id": "answer.buildBatch.id"}),
)
_EMR_CLUSTER = ("DescribeCluster", "Cluster.Status.State")
_EKS_NODEGROUP = {"clusterName": "request.clusterName", "nodegroupName": "request.nodegroupName"}
_EKS_PROFILE = {"clusterName": "request.clusterName", "fargateProfileName": "request.fargateProfileName"}
_SERVERLESS = {"applicationId": "answer.applicationId || request.applicationId"}
_SERVERLESS_RUN = {**_SERVERLESS, "jobRunId": "answer.jobRunId || request.jobRunId"}
_EXECUTION = _waiter(
    "DescribeExecution",
    {"executionArn": "answer.executionArn"},
    "status",
    "SUCCEEDED",
    "FAILED TIMED_OUT ABORTED",
    stop="StopDate",
)

_WAITERS = {
    "athena:startQueryExecution": _waiter(
        "GetQueryExecution",
        {"QueryExecutionId": "answer.QueryExecutionId"},
        "QueryExecution.Status.State",
        "SUCCEEDED",
        "FAILED CANCELLED",
        cancelling=("StopQueryExecution", {"QueryExecutionId": "answer.QueryExecutionId"}),
    ),
    "batch:submitJob": _waiter(
        "DescribeJobs",
        {"jobs": "[answer.jobId]"},
        "jobs[0].status",
        "SUCCEEDED",
        "FAILED",
        member="jobs",
        cancelling=("TerminateJob", {"jobId": "answer.jobId", "reason": _REASON}),
    ),
    "bedrock:createModelCustomizationJob": _waiter(
        "GetModelCustomizationJob",
        {"jobIdentifier": "answer.jobArn"},
        "status",
        "Completed",
        "Failed Stopped",
        cancelling=("StopModelCustomizationJob", {"jobIdentifier": "answer.jobArn"}),
    ),
    "codebuild:retryBuildBatch": _BUILD_BATCH,
    "codebuild:startBuild": _waiter(
        "BatchGetBuilds",
        {"ids": "[answer.build.id]"},
        "builds[0].buildStatus",
        "SUCCEEDED",
        _CODEBUILD_FAILED,
        member="builds",
        wrapped="Build",
        cancelling=("StopBuild", {"id": "answer.build.id"}),
    ),
    "codebuild:startBuildBatch": _BUILD_BATCH,
    "databrew:startJobRun": _waiter(
        "DescribeJobRun",
        {"Name": "request.Name", "RunId": "answer.RunId"},
        "State",
        "SUCCEEDED",
        "FAILED STOPPED TIMEOUT",
        cancelling=("StopJobRun", {"Name": "request.Name", "RunId": "answer.RunId"}),
    ),
    "ecs:runTask": _waiter(
        "DescribeTasks",
        {"cluster": "answer.tasks[0].clusterArn", "tasks": "[answer.tasks[0].taskArn]"},
        "tasks[0].lastStatus",
        "STOPPED",
        member="tasks",
        is_success="length(tasks[0].containers[?exitCode && exitCode != `0`] || `[]`) == `0`",
        cancelling=(
            "StopTask",
            {"cluster": "answer.tasks[0].clusterArn", "task": "answer.tasks[0].taskArn", "reason": _REASON},
        ),
    ),
    "eks:createCluster": _waiter("DescribeCluster", {"name": "request.name"}, "cluster.status", "ACTIVE", "FAILED"),
    "eks:createFargateProfile": _waiter(
        "DescribeFargateProfile", _EKS_PROFILE, "fargateProfile.status", "ACTIVE", "CREATE_FAILED"
    ),
    "eks:createNodegroup": _waiter(
        "DescribeNodegroup", _EKS_NODEGROUP, "nodegroup.status", "ACTIVE", "CREATE_FAILED DEGRADED"
    ),
    "eks:deleteCluster": _waiter(
        "DescribeCluster", {"name": "request.name"}, "cluster.status", "", "FAILED", gone="ResourceNotFoundException"
    ),
    "eks:deleteFargateProfile": _waiter(
        "DescribeFargateProfile",
        _EKS_PROFILE,
        "fargateProfile.status",
        "",
        "DELETE_FAILED",
        gone="ResourceNotFoundException",
    ),
    "eks:deleteNodegroup": _waiter(
        "DescribeNodegroup", _EKS_NODEGROUP, "nodegroup.status", "", "DELETE_FAILED", gone="ResourceNotFoundException"
    ),
    "elasticmapreduce:addStep": _waiter(
        "DescribeStep",
        {"ClusterId": "request.JobFlowId", "StepId": "answer.StepIds[0]"},
        "Step.Status.State",
        "COMPLETED",
        "FAILED CANCELLED INTERRUPTED",
        cancelling=("CancelSteps", {"ClusterId": "request.JobFlowId", "StepIds": "answer.StepIds"}),
    ),
    "elasticmapreduce:createCluster": _waiter(
        _EMR_CLUSTER[0],
        {"ClusterId": "answer.JobFlowId"},
        _EMR_CLUSTER[1],
        "RUNNING WAITING",
        "TERMINATED TERMINATED_WITH_ERRORS",
        added={"ClusterId": "Cluster.Id"},
        cancelling=("TerminateJobFlows", {"JobFlowIds": "[answer.JobFlowId]"}),
    ),
    "elasticmapreduce:terminateCluster": _waiter(
        _EMR_CLUSTER[0], {"ClusterId": "request.JobFlowIds[0]"}, _EMR_CLUSTER[1], "TERMINATED TERMINATED_WITH_ERRORS"
    ),
    "emr-containers:deleteVirtualCluster": _waiter(
        "DescribeVirtualCluster", {"id": "request.id"}, "virtualCluster.state", "TERMINATED", "ARRESTED"
    ),
    "emr-containers:startJobRun": _waiter(
        "DescribeJobRun",
        {"id": "answer.id", "virtualClusterId": "request.virtualClusterId"},
        "jobRun.state",
        "COMPLETED",
        "FAILED CANCELLED",
        cancelling=("CancelJobRun", {"id": "answer.id", "virtualClusterId": "request.virtualClusterId"}),
    ),
    "emr-serverless:cancelJobRun": _waiter("GetJobRun", _SERVERLESS_RUN, "jobRun.state", "CANCELLED", "SUCCESS FAILED"),
    "emr-serverless:createApplication": _waiter(
        "GetApplication", _SERVERLESS, "application.state", "CREATED STARTED", "TERMINATED"
    ),
    "emr-serverless:deleteApplication": _waiter("GetApplication", _SERVERLESS, "application.state", "TERMINATED"),
    "emr-serverless:startApplication": _waiter(
        "GetApplication", _SERVERLESS, "application.state", "STARTED", "TERMINATED"
    ),
    "emr-serverless:startJobRun": _waiter(
        "GetJobRun",
        _SERVERLESS_RUN,
        "jobRun.state",
        "SUCCESS",
        "FAILED CANCELLED",
        cancelling=("CancelJobRun", _SERVERLESS_RUN),
    ),
    "emr-serverless:stopApplication": _waiter(
        "GetApplication", _SERVERLESS, "application.state", "STOPPED", "TERMINATED"
    ),
    "glue:startJobRun": _waiter(
        "GetJobRun",
        {"JobName": "request.JobName", "RunId": "answer.JobRunId"},
        "JobRun.JobRunState",
        "SUCCEEDED",
        "FAILED STOPPED TIMEOUT ERROR EXPIRED",
        member="JobRun",
        cancelling=("BatchStopJobRun", {"JobName": "request.JobName", "JobRunIds": "[answer.JobRunId]"}),
    ),
    "mediaconvert:createJob": _waiter(
        "GetJob",
        {"Id": "answer.Job.Id"},
        "Job.Status",
        "COMPLETE",
        "ERROR CANCELED",
        cancelling=("CancelJob", {"Id": "answer.Job.Id"}),
    ),
    "sagemaker:createHyperParameterTuningJob": _sagemaker("HyperParameterTuningJob"),
    "sagemaker:createLabelingJob": _sagemaker("LabelingJob"),
    "sagemaker:createProcessingJob": _sagemaker("ProcessingJob"),
    "sagemaker:createTrainingJob": _sagemaker("TrainingJob"),
    "sagemaker:createTransformJob": _sagemaker("TransformJob"),
    "states:startExecution": _EXECUTION,
}


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a `.sync` task has started.

    Attributes:
        resource: The Resource of the task.
        operation: The operation that describes the job.
        request: The parameters of that operation.
        cancelling: The operation that stops the job and its parameters, None if there is none.
    """

    resource: Resource
    operation: Operation
    request: dict[str, Any]
    cancelling: tuple[Operation, dict[str, Any]] | None

    @property
    def execution_arn(self) -> str | None:
        """The ARN of the nested execution that the job is, None for a job of another service."""
        return self.request.get("executionArn")

    def poll(self, client_for: ClientFactory) -> dict[str, Any] | None:
        """Poll the job.

        Args:
            client_for: A function that returns the boto3 client of a service.

        Returns:
            The result of the task, None while the job is running.

        Raises:
            JobFailedError: If the job has failed.
            StateError: If its service refuses to describe it.
        """
        waiter = _waiter_of(self.resource)
        try:
            description = self.operation.call(client_for, self.request)
        except ClientError as error:
            if waiter.gone is not None and error.response["Error"].get("Code") == waiter.gone:
                return {}
            raise client_failure(self.operation, error) from error
        return read_description(self.resource, self.operation, description)

    def cancel(self, client_for: ClientFactory) -> None:
        """Stop the job, if its service has an operation for that.

        Raises:
            Exception: Any exception of the client; moto may lack the operation.
        """
        if self.cancelling is not None:
            operation, request = self.cancelling
            operation.call(client_for, request)

    def stop_of(self, result: Mapping[str, Any]) -> int | None:
        """Return when the job stopped, in milliseconds since 1970; None if its description does not contain it."""
        return result.get(_waiter_of(self.resource).stop)


def start_job(resource: Resource, operation: Operation, request: dict[str, Any], answer: dict[str, Any]) -> Job:
    """Return the job that a call has started.

    Args:
        resource: The Resource of the task.
        operation: The called operation.
        request: The parameters of the call.
        answer: The answer of the boto3 client.
    """
    waiter = _waiter_of(resource)
    known = {"request": request, "answer": answer}
    cancelling = None
    if waiter.cancelling is not None:
        name, parameters = waiter.cancelling
        cancelling = operation.sibling(name), _find_members(parameters, known)
    return Job(resource, operation.sibling(waiter.operation), _find_members(waiter.request, known), cancelling)


def _find_members(members: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
    found = {member: jmespath.search(where, known) for member, where in members.items()}
    return {member: value for member, value in found.items() if value is not None}


def read_description(resource: Resource, operation: Operation, description: dict[str, Any]) -> dict[str, Any] | None:
    """Return the task's result from the description of a job; see `Job.poll`."""
    waiter = _waiter_of(resource)
    status = jmespath.search(waiter.status, description)
    if status not in waiter.succeeded | waiter.failed:
        return None
    result = _result(waiter, operation, description)
    if resource.pattern is Pattern.SYNC_2:
        result = {name: json.loads(value) if name in ("Input", "Output") else value for name, value in result.items()}
    if status in waiter.failed or not jmespath.search(waiter.is_success, description):
        raise JobFailedError(result)
    return result


def result_shape(resource: Resource, operation: Operation) -> tuple[Operation, StructureShape, str]:
    """Return the shape of the result of a `.sync` task.

    Args:
        resource: The Resource of the task.
        operation: The operation that starts the job.

    Returns:
        The operation that describes the job, the shape of the job, and the member of the result that holds the job,
        which is empty if the job itself is the result.
    """
    waiter = _waiter_of(resource)
    describing = operation.sibling(waiter.operation)
    shape = describing.model.output_shape
    if waiter.member:
        shape = shape.members[waiter.member]
    if isinstance(shape, ListShape):
        shape = shape.member
    return describing, shape, waiter.wrapped


def _result(waiter: _Waiter, operation: Operation, description: dict[str, Any]) -> dict[str, Any]:
    result = describe(operation, description)
    if waiter.member:
        result = result[operation.member_name(waiter.member)]
    if isinstance(result, list):
        result = result[0]
    if waiter.wrapped:
        result = {waiter.wrapped: result}
    return {**result, **{name: jmespath.search(where, description) for name, where in waiter.added.items()}}


def _waiter_of(resource: Resource) -> _Waiter:
    return _WAITERS[f"{resource.service}:{resource.action}"]
