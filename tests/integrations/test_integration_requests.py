"""The conversion of a Task's parameters to the arguments of a boto3 call."""

import pytest
from named_operations import operation_of

from sfn_mock.integrations.requests import ParametersError, build_request


@pytest.mark.parametrize(
    ("action", "parameters", "expected"),
    [
        pytest.param(
            "aws-sdk:sfn:startExecution",
            {"StateMachineArn": "a", "Name": None, "Input": {"a": 1}},
            {"stateMachineArn": "a", "input": '{"a":1}'},
            id="SDK: capitals, null left out, object as text",
        ),
        pytest.param(
            "aws-sdk:rds:describeDBInstances",
            {"DbInstanceIdentifier": "d", "MaxRecords": 5.0},
            {"DBInstanceIdentifier": "d", "MaxRecords": 5},
            id="SDK: the SDK's capitals, whole number",
        ),
        pytest.param(
            "aws-sdk:rds:describeDBInstances",
            {"DBInstanceIdentifier": "d"},
            {"DBInstanceIdentifier": "d"},
            id="SDK: the model's capitals",
        ),
        pytest.param(
            "aws-sdk:s3:putObject",
            {"Bucket": "b", "Key": "k", "Body": "text", "Metadata": {"a": "1"}, "Expires": "2026-01-10T02:00:00Z"},
            {"Bucket": "b", "Key": "k", "Body": b'"text"', "Metadata": {"a": "1"}, "Expires": "2026-01-10T02:00:00Z"},
            id="SDK: binary values are JSON",
        ),
        pytest.param(
            "states:startExecution",
            {"StateMachineArn": "a", "Input": {"a": [1.5, None]}},
            {"stateMachineArn": "a", "input": '{"a":[1.5,null]}'},
            id="nested execution",
        ),
        pytest.param(
            "sqs:sendMessage",
            {
                "QueueUrl": "q",
                "MessageBody": 5,
                "MessageAttributes": {"x": {"DataType": "Binary", "BinaryValue": "YQ=="}},
            },
            {
                "QueueUrl": "q",
                "MessageBody": "5",
                "MessageAttributes": {"x": {"DataType": "Binary", "BinaryValue": b"a"}},
            },
            id="message of JSON, binary value in base64",
        ),
        pytest.param(
            "sqs:sendMessage",
            {
                "QueueUrl": "q",
                "MessageBody": "b",
                "MessageAttributes": {"x": {"DataType": "Binary", "BinaryValue": "?"}},
            },
            {
                "QueueUrl": "q",
                "MessageBody": "b",
                "MessageAttributes": {"x": {"DataType": "Binary", "BinaryValue": b"?"}},
            },
            id="binary value that is not base64",
        ),
        pytest.param("sns:publish", {"Message": {"a": 1}}, {"Message": '{"a":1}'}, id="SNS"),
        pytest.param(
            "events:putEvents",
            {"Entries": [{"Detail": {"a": 1}, "Source": "s"}]},
            {"Entries": [{"Detail": '{"a":1}', "Source": "s"}]},
            id="details of events",
        ),
        pytest.param(
            "events:putEvents",
            {"Entries": [{"Time": "2026-01-10T02:00:00Z"}, {"Time": 1_768_010_400}]},
            {"Entries": [{"Time": "2026-01-10T02:00:00Z"}, {"Time": 1_768_010_400}]},
            id="moments of events",
        ),
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t", "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["s"]}}},
            {"taskDefinition": "t", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
            id="names within objects",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"a": {"N": "1"}, "b": {"L": [{"BOOL": True}]}}},
            {"TableName": "t", "Item": {"a": {"N": "1"}, "b": {"L": [{"BOOL": True}]}}},
            id="DynamoDB",
        ),
        pytest.param(
            "emr-containers:startJobRun",
            {"VirtualClusterId": "v"},
            {"virtualClusterId": "v"},
            id="tokens that the SDK makes are not asked for",
        ),
        pytest.param(
            "bedrock:invokeModel",
            {"ModelId": "m", "Body": {"a": 1}},
            {"modelId": "m", "body": b'{"a":1}'},
            id="Bedrock",
        ),
        pytest.param(
            "aws-sdk:bedrockagentruntime:retrieve",
            {
                "KnowledgeBaseId": "k",
                "RetrievalQuery": {"Text": "q"},
                "RetrievalConfiguration": {
                    "VectorSearchConfiguration": {"Filter": {"Equals": {"Key": "k", "Value": {"x": [1]}}}}
                },
            },
            {
                "knowledgeBaseId": "k",
                "retrievalQuery": {"text": "q"},
                "retrievalConfiguration": {
                    "vectorSearchConfiguration": {"filter": {"equals": {"key": "k", "value": {"x": [1]}}}}
                },
            },
            id="documents are any JSON",
        ),
        pytest.param("aws-sdk:dynamodb:describeLimits", {}, {}, id="no members"),
        pytest.param("aws-sdk:organizations:describeOrganization", {}, {}, id="no request"),
        pytest.param("lambda:invoke", {"FunctionName": "f"}, {"FunctionName": "f", "Payload": b"{}"}, id="no payload"),
        pytest.param(
            "lambda:invoke",
            {"FunctionName": "f", "Payload": {"a": 1}},
            {"FunctionName": "f", "Payload": b'{"a":1}'},
            id="payload of JSON",
        ),
        pytest.param(
            "lambda:invoke",
            {"FunctionName": "f", "Payload": '{"a": 1}'},
            {"FunctionName": "f", "Payload": b'{"a": 1}'},
            id="payload of JSON text",
        ),
        pytest.param(
            "lambda:invoke",
            {"FunctionName": "f", "Payload": "bar"},
            {"FunctionName": "f", "Payload": b'"bar"'},
            id="payload of other text",
        ),
    ],
)
def test_parameters_become_arguments(action, parameters, expected):
    """Names become the service's, and values get the type of its model."""
    assert build_request(operation_of(action), parameters) == expected


@pytest.mark.parametrize(
    ("action", "parameters", "problems"),
    [
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"a": {"N": 1}}},
            ("The value for the field 'N' must be a STRING",),
            id="string",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"a": {"S": {}}}},
            ("The value for the field 'S' must be a STRING",),
            id="object for a string of an optimised integration",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"a": {"BOOL": "true"}}},
            ("The value for the field 'BOOL' must be a BOOLEAN",),
            id="boolean",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b", "DelaySeconds": "5"},
            ("The value for the field 'DelaySeconds' must be a NUMBER",),
            id="number",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b", "DelaySeconds": True},
            ("The value for the field 'DelaySeconds' must be a NUMBER",),
            id="boolean for a number",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b", "DelaySeconds": 1.5},
            ("The value for the field 'DelaySeconds' must be a NUMBER",),
            id="fraction for a whole number",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": "b", "MessageAttributes": {"x": {"DataType": "Binary", "BinaryValue": 1}}},
            ("The value for the field 'BinaryValue' must be a STRING",),
            id="number for a binary value",
        ),
        pytest.param(
            "events:putEvents",
            {"Entries": {}},
            ("The value for the field 'Entries' must be an ARRAY",),
            id="array",
        ),
        pytest.param(
            "events:putEvents",
            {"Entries": [{"Time": "no moment"}, {"Time": True}, {"Time": 1e300}]},
            ("The value for the field 'Time' must be a TIMESTAMP",) * 3,
            id="moment",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": []},
            ("The value for the field 'Item' must be an OBJECT",),
            id="map",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"a": 1}},
            ("The value for the field 'a' must be an OBJECT",),
            id="object",
        ),
        pytest.param(
            "dynamodb:putItem",
            "t",
            ("The value for the field 'Parameters' must be an OBJECT",),
            id="no object at all",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Itm": {}},
            ('The field "Itm" is not supported by Step Functions', "The field 'Item' is required but was missing"),
            id="unknown and missing",
        ),
        pytest.param(
            "aws-sdk:sfn:startExecution",
            {"stateMachineArn": "a"},
            (
                'The field "stateMachineArn" is not supported by Step Functions',
                "The field 'StateMachineArn' is required but was missing",
            ),
            id="small letter",
        ),
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t", "Overrides": {"ContainerOverrides": [{"Environment": [{"Value": 1}]}]}},
            ("The value for the field 'Value' must be a STRING",),
            id="deep within",
        ),
    ],
)
def test_faults_have_sentences_of_aws(action, parameters, problems):
    """Each unknown, missing or wrongly typed member has AWS's sentence."""
    with pytest.raises(ParametersError) as raised:
        build_request(operation_of(action), parameters)

    assert raised.value.problems == problems
    assert str(raised.value) == ", ".join(problems)


def test_objects_are_nested_up_to_a_limit():
    """Parameters that are nested too deeply are refused."""
    value = {"S": "x"}
    for _ in range(400):
        value = {"L": [value]}
    with pytest.raises(ParametersError) as raised:
        build_request(operation_of("dynamodb:putItem"), {"TableName": "t", "Item": {"a": value}})

    assert raised.value.problems == ("Nesting Levels have exceeded supported limits",)
