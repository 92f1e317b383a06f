"""Convert errors of services to errors of tasks, with AWS's names and causes."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from sfn_mock.asl.errors import StateError
from sfn_mock.integrations.naming import optimised_exception_name, sdk_exception_name, sdk_service_name
from sfn_mock.integrations.operations import Operation


@dataclass(frozen=True, slots=True)
class _SdkV1Names:
    """The names of a service in version 1 of the SDK: the prefix of errors, the service in causes, the base exception.

    The base exception is used for errors that the service's model does not declare.
    """

    prefix: str
    service: str
    exception: str


_SDK_V1_NAMES = {
    "athena": _SdkV1Names("Athena", "AmazonAthena", "AmazonAthenaException"),
    "batch": _SdkV1Names("Batch", "AWSBatch", "AWSBatchException"),
    "codebuild": _SdkV1Names("CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "databrew": _SdkV1Names("DataBrew", "AWSGlueDataBrew", "AWSGlueDataBrewException"),
    "dynamodb": _SdkV1Names("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "ecs": _SdkV1Names("ECS", "AmazonECS", "AmazonECSException"),
    "eks": _SdkV1Names("EKS", "AmazonEKS", "AmazonEKSException"),
    "emr": _SdkV1Names("ElasticMapReduce", "AmazonElasticMapReduce", "AmazonElasticMapReduceException"),
    "emr-containers": _SdkV1Names("EMRContainers", "AmazonEMRContainers", "AmazonEMRContainersException"),
    "events": _SdkV1Names("EventBridge", "AmazonEventBridge", "AmazonEventBridgeException"),
    "glue": _SdkV1Names("Glue", "AWSGlue", "AWSGlueException"),
    "lambda": _SdkV1Names("Lambda", "AWSLambda", "AWSLambdaException"),
    "sagemaker": _SdkV1Names("SageMaker", "AmazonSageMaker", "AmazonSageMakerException"),
    "sns": _SdkV1Names("SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": _SdkV1Names("SQS", "AmazonSQS", "AmazonSQSException"),
    "stepfunctions": _SdkV1Names("StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"),
}


#: What the SDK makes of an answer of S3 that has a status but no body, by operation: the code and the message.
_MISSING = {
    "HeadBucket": ("NoSuchBucket", "The specified bucket does not exist"),
    "HeadObject": ("NoSuchKey", "The specified key does not exist."),
}


def client_failure(operation: Operation, error: ClientError) -> StateError:
    """Convert the error of a boto3 call to the error of a task.

    The name is that of the SDK's exception class. Errors that the service's model does not declare have the name of the
    service's base exception.

    Args:
        operation: The called operation.
        error: The error of the boto3 client.
    """
    code = error.response["Error"].get("Code", "Unknown")
    message = error.response["Error"].get("Message") or "null"
    if code == "404" and operation.model.name in _MISSING:
        code, message = _MISSING[operation.model.name]
    metadata = error.response.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 400)
    request_id = metadata.get("RequestId", "")
    shape = operation.model.service_model.shape_for_error_code(code)
    if operation.uses_sdk_v2:
        service = sdk_service_name(operation.model.service_model.service_id)
        name = sdk_exception_name(shape.name) if shape else f"{service}Exception"
        host_id = metadata.get("HostId")
        extended = f", Extended Request ID: {host_id}" if host_id else ""
        cause = (
            f"{message} (Service: {service}, Status Code: {status}, Request ID: {request_id}{extended}) "
            f"(SDK Attempt Count: 1)"
        )
        return StateError(f"{service}.{name}", cause)
    old = _SDK_V1_NAMES[operation.client_name]
    name = optimised_exception_name(shape.name) if shape else old.exception
    cause = (
        f"{message} (Service: {old.service}; Status Code: {status}; Error Code: {code}; Request ID: {request_id}; "
        f"Proxy: null)"
    )
    return StateError(f"{old.prefix}.{name}", cause)


def s3_cause(error: ClientError) -> str:
    """Return the cause of a Map state's error when S3 refuses what its reader or writer asks for.

    Args:
        error: What the boto3 client raised.
    """
    told = error.response["Error"]
    metadata = error.response.get("ResponseMetadata", {})
    return (
        f"{told.get('Message', 'null')} (Service: Amazon S3; Status Code: {metadata.get('HTTPStatusCode', 400)}; "
        f"Error Code: {told.get('Code', 'Unknown')}; Request ID: {metadata.get('RequestId', '')}; "
        f"S3 Extended Request ID: {metadata.get('HostId', '')}; Proxy: null)"
    )


def invalid_request_failure(operation: Operation, message: str) -> StateError:
    """Return the error of a task whose request boto3 refuses to send.

    Args:
        operation: The called operation.
        message: The message of boto3's ParamValidationError.
    """
    error = {"Code": "ValidationException", "Message": message}
    return client_failure(operation, ClientError({"Error": error}, operation.model.name))
