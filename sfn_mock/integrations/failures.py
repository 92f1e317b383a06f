"""Turn the errors of services into the errors of Tasks: their names and their causes."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from sfn_mock.asl.errors import StateError
from sfn_mock.integrations.naming import optimised_exception_name, sdk_exception_name, sdk_service_name
from sfn_mock.integrations.operations import Operation


@dataclass(frozen=True, slots=True)
class _OldService:
    """How version 1 of the SDK names a service: before an error, in its cause, and in the general exception."""

    prefix: str
    service: str
    exception: str


_OLD_SERVICES = {
    "athena": _OldService("Athena", "AmazonAthena", "AmazonAthenaException"),
    "batch": _OldService("Batch", "AWSBatch", "AWSBatchException"),
    "codebuild": _OldService("CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "databrew": _OldService("DataBrew", "AWSGlueDataBrew", "AWSGlueDataBrewException"),
    "dynamodb": _OldService("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "ecs": _OldService("ECS", "AmazonECS", "AmazonECSException"),
    "eks": _OldService("EKS", "AmazonEKS", "AmazonEKSException"),
    "emr": _OldService("ElasticMapReduce", "AmazonElasticMapReduce", "AmazonElasticMapReduceException"),
    "emr-containers": _OldService("EMRContainers", "AmazonEMRContainers", "AmazonEMRContainersException"),
    "events": _OldService("EventBridge", "AmazonEventBridge", "AmazonEventBridgeException"),
    "glue": _OldService("Glue", "AWSGlue", "AWSGlueException"),
    "lambda": _OldService("Lambda", "AWSLambda", "AWSLambdaException"),
    "sagemaker": _OldService("SageMaker", "AmazonSageMaker", "AmazonSageMakerException"),
    "sns": _OldService("SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": _OldService("SQS", "AmazonSQS", "AmazonSQSException"),
    "stepfunctions": _OldService("StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"),
}


def client_failure(operation: Operation, error: ClientError) -> StateError:
    """Return the error that a Task fails with when a service refuses its call.

    An error that the service's model declares goes by the name of its class, others by the service's general exception.

    Args:
        operation: What the Task has called.
        error: What the boto3 client raised.
    """
    code = error.response["Error"].get("Code", "Unknown")
    message = error.response["Error"].get("Message") or "null"
    metadata = error.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 400)
    request_id = metadata.get("RequestId", "")
    shape = operation.model.service_model.shape_for_error_code(code)
    if operation.has_new_sdk:
        service = sdk_service_name(operation.model.service_model.service_id)
        name = sdk_exception_name(shape.name) if shape else f"{service}Exception"
        host_id = metadata.get("HostId")
        extended = f", Extended Request ID: {host_id}" if host_id else ""
        cause = (
            f"{message} (Service: {service}, Status Code: {status}, Request ID: {request_id}{extended}) "
            f"(SDK Attempt Count: 1)"
        )
        return StateError(f"{service}.{name}", cause)
    old = _OLD_SERVICES[operation.client_name]
    name = optimised_exception_name(shape.name) if shape else old.exception
    cause = (
        f"{message} (Service: {old.service}; Status Code: {status}; Error Code: {code}; Request ID: {request_id}; "
        f"Proxy: null)"
    )
    return StateError(f"{old.prefix}.{name}", cause)


def invalid_request_failure(operation: Operation, message: str) -> StateError:
    """Return the error of a call that boto3 does not send because the service would refuse it.

    Args:
        operation: What the Task calls.
        message: What boto3 says is wrong.
    """
    error = {"Code": "ValidationException", "Message": message}
    return client_failure(operation, ClientError({"Error": error}, operation.model.name))
