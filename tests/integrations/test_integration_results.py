"""The conversion of services' answers and errors to the results and errors of Tasks."""

import io
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
from named_operations import operation_of

from sfn_mock.integrations.failures import client_failure, invalid_request_failure
from sfn_mock.integrations.results import moment_text, shape_answer

MOMENT = datetime(2026, 1, 10, 4, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=2)))
METADATA = {
    "HTTPStatusCode": 200,
    "RequestId": "r-1",
    "HTTPHeaders": {"content-type": "application/json", "x-amzn-requestid": "r-1", "x-other": "1"},
}
OF_HTTP = {
    "SdkHttpMetadata": {
        "AllHttpHeaders": {"Content-Type": ["application/json"], "x-amzn-RequestId": ["r-1"], "x-other": ["1"]},
        "HttpHeaders": {"Content-Type": "application/json", "x-amzn-RequestId": "r-1", "x-other": "1"},
        "HttpStatusCode": 200,
    },
    "SdkResponseMetadata": {"RequestId": "r-1"},
}


@pytest.mark.parametrize(
    ("action", "answer", "expected"),
    [
        pytest.param(
            "states:startExecution",
            {"executionArn": "a", "startDate": MOMENT, "ResponseMetadata": METADATA},
            {"ExecutionArn": "a", **OF_HTTP, "StartDate": 1_768_010_400_500},
            id="optimised: HTTP metadata, moments in milliseconds",
        ),
        pytest.param(
            "aws-sdk:sfn:startExecution",
            {"executionArn": "a", "startDate": MOMENT, "ResponseMetadata": METADATA},
            {"ExecutionArn": "a", "StartDate": "2026-01-10T02:00:00.500Z"},
            id="SDK: moments in ISO 8601",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"MessageId": "m", "MD5OfMessageBody": "d"},
            {
                "MD5OfMessageBody": "d",
                "MessageId": "m",
                "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
                "SdkResponseMetadata": {"RequestId": ""},
            },
            id="optimised: without metadata",
        ),
        pytest.param(
            "aws-sdk:sqs:sendMessage", {"MD5OfMessageBody": "d"}, {"Md5OfMessageBody": "d"}, id="SDK: capitals"
        ),
        pytest.param(
            "aws-sdk:rds:describeDBInstances",
            {"DBInstances": [{"DBInstanceIdentifier": "d", "Endpoint": None}], "Marker": None},
            {"DbInstances": [{"DbInstanceIdentifier": "d"}]},
            id="SDK: lists and objects, nothing for null",
        ),
        pytest.param(
            "aws-sdk:s3:getObject",
            {
                "Body": io.BytesIO("größe".encode()),
                "ETag": '"e"',
                "ContentLength": 7,
                "Metadata": {},
                "LastModified": datetime(2026, 1, 10, tzinfo=timezone.utc),
            },
            {
                "ContentLength": 7,
                "ETag": '"e"',
                "LastModified": "2026-01-10T00:00:00Z",
                "Metadata": {},
                "Body": "größe",
            },
            id="SDK: streamed content is text",
        ),
        pytest.param(
            "aws-sdk:kms:encrypt", {"CiphertextBlob": b"a"}, {"CiphertextBlob": "a"}, id="SDK: binary as text"
        ),
        pytest.param(
            "aws-sdk:kms:encrypt", {"CiphertextBlob": b"\xff"}, {"CiphertextBlob": "/w=="}, id="SDK: binary as base64"
        ),
        pytest.param(
            "dynamodb:getItem",
            {"Item": {"a": {"B": b"a"}, "b": {"L": [{"N": "1"}]}}, "ResponseMetadata": METADATA},
            {"Item": {"a": {"B": "YQ=="}, "b": {"L": [{"N": "1"}]}}, **OF_HTTP},
            id="optimised: binary in base64",
        ),
        pytest.param("aws-sdk:s3:putBucketTagging", {"ResponseMetadata": METADATA}, {}, id="no result"),
        pytest.param(
            "aws-sdk:bedrockagentruntime:retrieve",
            {"retrievalResults": [{"metadata": {"someKey": {"x": 1}}}]},
            {"RetrievalResults": [{"Metadata": {"someKey": {"x": 1}}}]},
            id="documents stay as they are",
        ),
    ],
)
def test_an_answer_becomes_a_result(action, answer, expected):
    """Members have the SDK's names and alphabetical order, streamed content last."""
    result = shape_answer(operation_of(action), answer)

    assert result == expected
    assert list(result) == list(expected)


def test_dates_have_milliseconds_only_if_needed():
    """Dates are in UTC, with milliseconds only if there are any."""
    assert (moment_text(MOMENT), moment_text(MOMENT.replace(microsecond=0))) == (
        "2026-01-10T02:00:00.500Z",
        "2026-01-10T02:00:00Z",
    )


@pytest.mark.parametrize(
    ("action", "code", "error"),
    [
        pytest.param("lambda:invoke", "ResourceNotFoundException", "Lambda.ResourceNotFoundException", id="Lambda"),
        pytest.param("lambda:invoke", "AccessDeniedException", "Lambda.AWSLambdaException", id="Lambda, undeclared"),
        pytest.param(
            "dynamodb:putItem",
            "ConditionalCheckFailedException",
            "DynamoDB.ConditionalCheckFailedException",
            id="DynamoDB",
        ),
        pytest.param(
            "dynamodb:putItem", "ValidationException", "DynamoDB.AmazonDynamoDBException", id="DynamoDB, undeclared"
        ),
        pytest.param(
            "states:startExecution",
            "ExecutionAlreadyExists",
            "StepFunctions.ExecutionAlreadyExistsException",
            id="Step Functions",
        ),
        pytest.param("sns:publish", "NotFound", "SNS.NotFoundException", id="code other than the name"),
        pytest.param(
            "aws-sdk:dynamodb:putItem",
            "ConditionalCheckFailedException",
            "DynamoDb.ConditionalCheckFailedException",
            id="SDK",
        ),
        pytest.param("aws-sdk:sfn:startExecution", "InvalidArn", "Sfn.InvalidArnException", id="SDK, suffix added"),
        pytest.param(
            "aws-sdk:secretsmanager:getSecretValue",
            "ValidationException",
            "SecretsManager.SecretsManagerException",
            id="SDK, undeclared",
        ),
        pytest.param("aws-sdk:s3:headObject", "404", "S3.NoSuchKeyException", id="object without an answer's body"),
        pytest.param("aws-sdk:s3:headBucket", "404", "S3.NoSuchBucketException", id="bucket without an answer's body"),
        pytest.param("aws-sdk:s3:headBucket", "403", "S3.S3Exception", id="bucket of others"),
        pytest.param("bedrock:invokeModel", "ThrottlingException", "BedrockRuntime.ThrottlingException", id="Bedrock"),
    ],
)
def test_errors_are_named_after_the_service(action, code, error):
    """An error that the model does not have gets the service's general exception."""
    raised = ClientError({"Error": {"Code": code, "Message": "m"}}, "Operation")

    assert client_failure(operation_of(action), raised).error == error


@pytest.mark.parametrize(
    ("action", "error", "metadata", "cause"),
    [
        pytest.param(
            "lambda:invoke",
            {"Code": "ResourceNotFoundException", "Message": "Function not found: f"},
            {"HTTPStatusCode": 404, "RequestId": "r-1"},
            "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
            "Request ID: r-1; Proxy: null)",
            id="optimised",
        ),
        pytest.param(
            "lambda:invoke",
            {},
            {},
            "null (Service: AWSLambda; Status Code: 400; Error Code: Unknown; Request ID: ; Proxy: null)",
            id="optimised, little known",
        ),
        pytest.param(
            "aws-sdk:sfn:sendTaskSuccess",
            {"Code": "InvalidToken", "Message": "Invalid Token: 'Invalid token'"},
            {"HTTPStatusCode": 400, "RequestId": "r-1"},
            "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)",
            id="SDK",
        ),
        pytest.param(
            "aws-sdk:s3:getObject",
            {"Code": "NoSuchKey", "Message": "The specified key does not exist."},
            {"HTTPStatusCode": 404, "RequestId": "r-1", "HostId": "h-1"},
            "The specified key does not exist. (Service: S3, Status Code: 404, Request ID: r-1, "
            "Extended Request ID: h-1) (SDK Attempt Count: 1)",
            id="SDK, with a second id",
        ),
        pytest.param(
            "aws-sdk:s3:headObject",
            {"Code": "404", "Message": "Not Found"},
            {"HTTPStatusCode": 404, "RequestId": "r-1"},
            "The specified key does not exist. (Service: S3, Status Code: 404, Request ID: r-1) (SDK Attempt Count: 1)",
            id="SDK, without an answer's body",
        ),
    ],
)
def test_causes_have_message_and_request(action, error, metadata, cause):
    """The cause has message and request, separated as in version 1 or 2 of the SDK."""
    raised = ClientError({"Error": error, "ResponseMetadata": metadata}, "Operation")

    assert client_failure(operation_of(action), raised).cause == cause


def test_refusal_of_boto3_is_like_one_of_the_service():
    """AWS's SDK for Java sends such a request, and the service validates it."""
    failure = invalid_request_failure(operation_of("aws-sdk:sfn:describeExecution"), "too long")

    assert (failure.error, failure.cause) == (
        "Sfn.ValidationException",
        "too long (Service: Sfn, Status Code: 400, Request ID: ) (SDK Attempt Count: 1)",
    )
