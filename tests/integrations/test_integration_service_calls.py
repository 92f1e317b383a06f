"""Calls of Tasks to services and functions, with given clients and with moto's."""

import io
import json
import zipfile
from datetime import datetime, timezone

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from given_clients import given, refusal
from moto import mock_aws
from named_operations import resource_of

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import parse_resource
from sfn_mock.integrations.lambda_functions import function_error, invocation_answer
from sfn_mock.integrations.requests import ParametersError
from sfn_mock.integrations.service_calls import (
    Caller,
    call_function,
    call_service,
    check_parameters,
    unknown_fields,
)

CALLER = Caller("execution-arn", "machine-arn")
FUNCTION = parse_resource("arn:aws:lambda:us-east-1:123456789012:function:charge")
NO_METADATA = {
    "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
    "SdkResponseMetadata": {"RequestId": ""},
}


def call(action, parameters, client_for):
    return call_service(resource_of(action), parameters, client_for=client_for, caller=CALLER)


@pytest.fixture
def moto_client():
    """Return the factory of moto's clients."""
    with mock_aws():
        yield lambda service: boto3.client(service, region_name="us-east-1")


# --- Answers of moto -------------------------------------------------------------------------------------------------


def test_an_item_is_put_and_read(moto_client):
    """An optimised integration reads what an aws-sdk integration has written."""
    moto_client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"id": {"S": "1"}, "total": {"N": "5"}}
    put = call("aws-sdk:dynamodb:putItem", {"TableName": "t", "Item": item}, moto_client)
    got = call("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "1"}}}, moto_client)

    assert (put.result, put.job) == ({}, None)
    assert got.result["Item"] == item
    assert got.result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert (
        got.result["SdkResponseMetadata"]["RequestId"]
        == got.result["SdkHttpMetadata"]["HttpHeaders"]["x-amzn-RequestId"]
    )


@pytest.mark.parametrize(
    ("action", "parameters", "error", "cause"),
    [
        pytest.param(
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"id": {"S": "1"}}},
            "DynamoDB.ResourceNotFoundException",
            "Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; "
            "Error Code: ResourceNotFoundException; Request ID: ",
            id="optimised",
        ),
        pytest.param(
            "aws-sdk:dynamodb:putItem",
            {"TableName": "t", "Item": {"id": {"S": "1"}}},
            "DynamoDb.ResourceNotFoundException",
            "Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: ",
            id="SDK",
        ),
        pytest.param(
            "aws-sdk:s3:getObject",
            {"Bucket": "b", "Key": "k"},
            "S3.NoSuchBucketException",
            "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: ",
            id="S3",
        ),
        pytest.param(
            "sqs:sendMessage",
            {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q", "MessageBody": "b"},
            "SQS.QueueDoesNotExistException",
            "The specified queue does not exist",
            id="SQS",
        ),
    ],
)
def test_a_refused_call_fails_the_task(moto_client, action, parameters, error, cause):
    """The error and the cause name the service."""
    with pytest.raises(StateError) as raised:
        call(action, parameters, moto_client)

    assert raised.value.error == error
    assert raised.value.cause.startswith(cause)


def test_an_object_is_put_as_json_and_read_as_text(moto_client):
    """An aws-sdk integration writes JSON, and returns streamed content as text."""
    moto_client("s3").create_bucket(Bucket="bucket")
    call("aws-sdk:s3:putObject", {"Bucket": "bucket", "Key": "k", "Body": {"a": 1}}, moto_client)
    result = call("aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "k"}, moto_client).result

    assert (result["Body"], result["ContentLength"]) == ('{"a":1}', 7)


def test_a_message_is_json(moto_client):
    """A message that is an object is sent as its text."""
    url = moto_client("sqs").create_queue(QueueName="q")["QueueUrl"]
    result = call("sqs:sendMessage", {"QueueUrl": url, "MessageBody": {"a": 1}}, moto_client).result
    messages = moto_client("sqs").receive_message(QueueUrl=url)["Messages"]

    assert [(message["Body"], message["MessageId"]) for message in messages] == [('{"a":1}', result["MessageId"])]


def test_a_function_of_moto_answers(moto_client):
    """moto's Lambda without containers answers with the payload."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "")
    with mock_aws(config={"lambda": {"use_docker": False}}):
        role = moto_client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
        moto_client("lambda").create_function(
            FunctionName="charge",
            Runtime="python3.12",
            Role=role,
            Handler="handler.f",
            Code={"ZipFile": code.getvalue()},
        )
        direct = call_function(FUNCTION, {"a": 1}, client_for=moto_client)
        invoked = call("lambda:invoke", {"FunctionName": "charge", "Payload": {"a": 1}}, moto_client).result

    assert direct == {"a": 1}
    assert (invoked["Payload"], invoked["StatusCode"]) == (direct, 200)


# --- Answers of given clients ----------------------------------------------------------------------------------------


def test_events_name_the_execution_that_sends_them():
    """The ARNs of the machine and the execution are added to the resources of each event."""
    client, client_for = given(put_events={"FailedEntryCount": 0, "Entries": [{"EventId": "e"}, {"EventId": "f"}]})
    entries = [{"Detail": "{}", "Resources": ["mine"]}, {"Detail": "{}"}]
    result = call("events:putEvents", {"Entries": entries}, client_for).result

    assert [entry["Resources"] for entry in client.calls[0][1]["Entries"]] == [
        ["mine", "machine-arn", "execution-arn"],
        ["machine-arn", "execution-arn"],
    ]
    assert result["Entries"] == [{"EventId": "e"}, {"EventId": "f"}]


@pytest.mark.parametrize(
    ("action", "parameters", "answers", "error", "cause"),
    [
        pytest.param(
            "events:putEvents",
            {"Entries": [{"Detail": "{}"}]},
            {"put_events": {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "c"}]}},
            "EventBridge.FailedEntry",
            {"Entries": [{"ErrorCode": "c"}], "FailedEntryCount": 1, **NO_METADATA},
            id="events",
        ),
        pytest.param(
            "ecs:runTask.sync",
            {"TaskDefinition": "t"},
            {"run_task": {"failures": [{"reason": "RESOURCE:CPU"}], "tasks": []}},
            "AmazonECS.Unknown",
            {"Failures": [{"Reason": "RESOURCE:CPU"}], **NO_METADATA, "Tasks": []},
            id="ECS",
        ),
        pytest.param(
            "ecs:runTask.waitForTaskToken",
            {"TaskDefinition": "t"},
            {"run_task": {"failures": [{"reason": "RESOURCE:CPU"}], "tasks": []}},
            "AmazonECS.Unknown",
            {"Failures": [{"Reason": "RESOURCE:CPU"}], **NO_METADATA, "Tasks": []},
            id="ECS with a task token",
        ),
    ],
)
def test_failed_entries_fail_the_task(action, parameters, answers, error, cause):
    """A successful answer with failed entries is a failure."""
    _, client_for = given(**answers)
    with pytest.raises(StateError) as raised:
        call(action, parameters, client_for)

    assert (raised.value.error, json.loads(raised.value.cause)) == (error, cause)


def test_failures_are_the_result_of_a_task_that_does_not_wait():
    """A task that does not wait for the tasks of ECS succeeds with its failures."""
    _, client_for = given(run_task={"failures": [{"reason": "RESOURCE:CPU"}], "tasks": []})

    expected = {"Failures": [{"Reason": "RESOURCE:CPU"}], **NO_METADATA, "Tasks": []}
    assert call("ecs:runTask", {"TaskDefinition": "t"}, client_for).result == expected


BATCH_JOB = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}
MANAGED = {"name": "MANAGED_BY_AWS", "value": "STARTED_BY_STEP_FUNCTIONS"}


@pytest.mark.parametrize(
    ("action", "parameters", "operation", "sent"),
    [
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t"},
            "run_task",
            {"taskDefinition": "t", "startedBy": "AWS Step Functions"},
            id="task of ECS",
        ),
        pytest.param(
            "batch:submitJob.sync",
            BATCH_JOB,
            "submit_job",
            {"jobName": "n", "jobQueue": "q", "jobDefinition": "d", "containerOverrides": {"environment": [MANAGED]}},
            id="job of Batch",
        ),
        pytest.param(
            "batch:submitJob.sync",
            {**BATCH_JOB, "ContainerOverrides": {"Command": ["x"], "Environment": [{"Name": "a", "Value": "b"}]}},
            "submit_job",
            {
                "jobName": "n",
                "jobQueue": "q",
                "jobDefinition": "d",
                "containerOverrides": {"command": ["x"], "environment": [{"name": "a", "value": "b"}, MANAGED]},
            },
            id="job of Batch with overrides",
        ),
        pytest.param(
            "batch:submitJob",
            BATCH_JOB,
            "submit_job",
            {"jobName": "n", "jobQueue": "q", "jobDefinition": "d"},
            id="job of Batch that no task waits for",
        ),
    ],
)
def test_marks_of_started_tasks_and_jobs(action, parameters, operation, sent):
    """A task of ECS has AWS Step Functions as its starter; a job of Batch that a task waits for has a variable."""
    client, client_for = given(**{operation: {}})
    call(action, parameters, client_for)

    assert client.calls == [(operation, sent)]


def test_name_of_a_glue_job_is_in_the_result():
    """The result of `glue:startJobRun` has the JobName of the request, in the order of the alphabet."""
    _, client_for = given(start_job_run={"JobRunId": "jr"})
    result = call("glue:startJobRun", {"JobName": "n"}, client_for).result

    assert list(result.items()) == [("JobName", "n"), ("JobRunId", "jr"), *NO_METADATA.items()]


def test_failed_entries_are_the_result_of_an_aws_sdk_integration():
    """In an aws-sdk integration failed entries are the result."""
    client, client_for = given(put_events={"FailedEntryCount": 1})

    assert call("aws-sdk:eventbridge:putEvents", {"Entries": [{}]}, client_for).result == {"FailedEntryCount": 1}
    assert client.calls == [("put_events", {"Entries": [{}]})]


@pytest.mark.parametrize(
    ("parameters", "sent"),
    [
        pytest.param({"StateMachineArn": "m"}, "{}", id="none"),
        pytest.param({"StateMachineArn": "m", "Input": {"a": 1}}, '{"a":1}', id="given"),
    ],
)
def test_a_nested_execution_has_an_input(parameters, sent):
    """Without an Input the nested execution gets an empty object."""
    client, client_for = given(start_execution={"executionArn": "e"})
    call("states:startExecution", parameters, client_for)

    assert client.calls == [("start_execution", {"stateMachineArn": "m", "input": sent})]


def test_a_sync_task_has_a_job():
    """The service's answer is in the history at once, and the job is polled later."""
    client, client_for = given(start_job_run={"JobRunId": "r"}, get_job_run={"JobRun": {"JobRunState": "SUCCEEDED"}})
    answer = call("glue:startJobRun.sync", {"JobName": "n"}, client_for)

    assert answer.result == {"JobName": "n", "JobRunId": "r", **NO_METADATA}
    assert answer.job.poll(client_for) == {"JobRunState": "SUCCEEDED"}
    assert client.calls[1] == ("get_job_run", {"JobName": "n", "RunId": "r"})


@pytest.mark.parametrize(
    ("action", "parameters", "answers", "sent", "result"),
    [
        pytest.param(
            "terminateCluster",
            {"ClusterId": "c"},
            {"terminate_job_flows": {}},
            ("terminate_job_flows", {"JobFlowIds": ["c"]}),
            {},
            id="terminate",
        ),
        pytest.param(
            "setClusterTerminationProtection",
            {"ClusterId": "c", "TerminationProtected": True},
            {"set_termination_protection": {}},
            ("set_termination_protection", {"JobFlowIds": ["c"], "TerminationProtected": True}),
            {},
            id="protect",
        ),
        pytest.param(
            "createCluster",
            {"Name": "n", "Instances": {}},
            {"run_job_flow": {"JobFlowId": "c", "ClusterArn": "a"}},
            ("run_job_flow", {"Name": "n", "Instances": {}}),
            {"ClusterArn": "a", "ClusterId": "c", "JobFlowId": "c"},
            id="create",
        ),
        pytest.param(
            "addStep",
            {"ClusterId": "c", "Step": {"Name": "s", "HadoopJarStep": {"Jar": "j"}}},
            {"add_job_flow_steps": {"StepIds": ["s-1"]}},
            ("add_job_flow_steps", {"JobFlowId": "c", "Steps": [{"Name": "s", "HadoopJarStep": {"Jar": "j"}}]}),
            {"StepId": "s-1"},
            id="add a step",
        ),
        pytest.param(
            "cancelStep",
            {"ClusterId": "c", "StepId": "s"},
            {"cancel_steps": {"CancelStepsInfoList": [{"StepId": "s", "Status": "SUBMITTED"}]}},
            ("cancel_steps", {"ClusterId": "c", "StepIds": ["s"]}),
            {"CancelStepsInfo": {"Status": "SUBMITTED", "StepId": "s"}},
            id="cancel a step",
        ),
        pytest.param(
            "modifyInstanceFleetByName",
            {"ClusterId": "c", "InstanceFleetName": "f", "InstanceFleet": {"TargetSpotCapacity": 2}},
            {
                "list_instance_fleets": {"InstanceFleets": [{"Name": "other", "Id": "1"}, {"Name": "f", "Id": "2"}]},
                "modify_instance_fleet": {},
            },
            (
                "modify_instance_fleet",
                {"ClusterId": "c", "InstanceFleet": {"TargetSpotCapacity": 2, "InstanceFleetId": "2"}},
            ),
            {},
            id="modify a fleet",
        ),
        pytest.param(
            "modifyInstanceGroupByName",
            {"ClusterId": "c", "InstanceGroupName": "g", "InstanceGroup": {"InstanceCount": 2}},
            {"list_instance_groups": {"InstanceGroups": [{"Name": "g", "Id": "1"}]}, "modify_instance_groups": {}},
            (
                "modify_instance_groups",
                {"ClusterId": "c", "InstanceGroups": [{"InstanceCount": 2, "InstanceGroupId": "1"}]},
            ),
            {},
            id="modify a group",
        ),
    ],
)
def test_actions_of_emr_have_their_own_parameters(action, parameters, answers, sent, result):
    """EMR's actions name one cluster, step, fleet or group."""
    client, client_for = given(**answers)
    answer = call(f"elasticmapreduce:{action}", parameters, client_for)

    assert client.calls[-1] == sent
    assert answer.result == {**result, **NO_METADATA}


def test_a_missing_fleet_fails_the_task():
    """A fleet is found by its name only if the cluster has one of that name."""
    _, client_for = given(list_instance_fleets={"InstanceFleets": []})
    with pytest.raises(StateError) as raised:
        call(
            "elasticmapreduce:modifyInstanceFleetByName",
            {"ClusterId": "c", "InstanceFleetName": "f", "InstanceFleet": {}},
            client_for,
        )

    assert (raised.value.error, raised.value.cause) == (
        "ElasticMapReduce.AmazonElasticMapReduceException",
        "No instance fleet is named f.",
    )


# --- Functions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "result"),
    [
        pytest.param(b'{"a": 1}', {"a": 1}, id="JSON"),
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"text", "text", id="text"),
    ],
)
def test_a_function_gives_its_payload(payload, result):
    """JSON is parsed, and other text is a string."""
    client, client_for = given(invoke={"StatusCode": 200, "Payload": io.BytesIO(payload)})

    assert call_function(FUNCTION, None, client_for=client_for) == result
    assert client.calls == [("invoke", {"FunctionName": FUNCTION.arn, "Payload": b"null"})]


def test_result_of_an_invocation_has_more_than_the_payload():
    """lambda:invoke returns the status, the version and the answer's metadata."""
    _, client_for = given(invoke={"StatusCode": 200, "ExecutedVersion": "1", "Payload": io.BytesIO(b"[1]")})
    result = call("lambda:invoke", {"FunctionName": "charge"}, client_for).result

    assert result == {"ExecutedVersion": "1", "Payload": [1], **NO_METADATA, "StatusCode": 200}
    assert list(result) == sorted(result)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        pytest.param('{"errorMessage": "no", "errorType": "Declined"}', "Declined", id="type"),
        pytest.param('{"errorMessage": "no"}', "Lambda.Unknown", id="no type"),
        pytest.param('{"errorType": ""}', "Lambda.Unknown", id="empty type"),
        pytest.param('{"errorType": 5}', "Lambda.Unknown", id="type that is not text"),
        pytest.param("gone", "Lambda.Unknown", id="no object"),
    ],
)
def test_a_function_that_raises_fails_the_task(payload, error):
    """The error is the exception's type, and the cause is Lambda's description of it."""
    _, client_for = given(invoke={"FunctionError": "Unhandled", "Payload": io.BytesIO(payload.encode())})
    with pytest.raises(StateError) as raised:
        call_function(FUNCTION, {}, client_for=client_for)

    assert (raised.value.error, raised.value.cause) == (error, payload)


def test_a_missing_function_fails_the_task():
    """A missing function is Lambda's error of lambda:invoke."""
    _, client_for = given(invoke=refusal("ResourceNotFoundException", "Function not found: charge"))
    with pytest.raises(StateError) as raised:
        call_function(FUNCTION, {}, client_for=client_for)

    assert (raised.value.error, raised.value.cause) == (
        "Lambda.ResourceNotFoundException",
        "Function not found: charge (Service: AWSLambda; Status Code: 400; Error Code: ResourceNotFoundException; "
        "Request ID: r-1; Proxy: null)",
    )


def test_a_python_function_answers_like_lambda():
    """Results and exceptions of a Python function have Lambda's form."""
    request_id = "0b7c3e9a-1111-4222-8333-444455556666"
    answer = invocation_answer({"a": 1}, request_id=request_id, moment=datetime(2026, 1, 10, 2, tzinfo=timezone.utc))
    error = function_error("Declined", "no", request_id=request_id, stack_trace=["  line\n"])

    assert answer == {
        "ExecutedVersion": "$LATEST",
        "Payload": {"a": 1},
        "SdkHttpMetadata": {
            "AllHttpHeaders": {
                "Connection": ["keep-alive"],
                "Content-Length": ["7"],
                "Content-Type": ["application/json"],
                "Date": ["Sat, 10 Jan 2026 02:00:00 GMT"],
                "X-Amz-Executed-Version": ["$LATEST"],
                "X-Amzn-Trace-Id": ["root=1-6961b2a0-0b7c3e9a1111422283334444;sampled=0"],
                "x-amzn-Remapped-Content-Length": ["0"],
                "x-amzn-RequestId": [request_id],
            },
            "HttpHeaders": {
                "Connection": "keep-alive",
                "Content-Length": "7",
                "Content-Type": "application/json",
                "Date": "Sat, 10 Jan 2026 02:00:00 GMT",
                "X-Amz-Executed-Version": "$LATEST",
                "X-Amzn-Trace-Id": "root=1-6961b2a0-0b7c3e9a1111422283334444;sampled=0",
                "x-amzn-Remapped-Content-Length": "0",
                "x-amzn-RequestId": request_id,
            },
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": 200,
    }
    assert (error.error, json.loads(error.cause)) == (
        "Declined",
        {"errorMessage": "no", "errorType": "Declined", "requestId": request_id, "stackTrace": ["  line\n"]},
    )


# --- Parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "parameters", "problems"),
    [
        pytest.param("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "b"}, (), id="usable"),
        pytest.param(
            "sqs:sendMessage", {"QueueUrl": "q"}, ("The field 'MessageBody' is required but was missing",), id="missing"
        ),
        pytest.param("eks:call", {}, (), id="not known"),
        pytest.param(
            "http:invoke",
            {"ApiEndpoint": "a", "Method": "GET", "Headers": 1},
            ("The value for the field 'Headers' must be an OBJECT",),
            id="HTTP",
        ),
        pytest.param("elasticmapreduce:cancelStep", {"ClusterId": "c", "StepId": "s"}, (), id="EMR, usable"),
        pytest.param(
            "elasticmapreduce:cancelStep",
            {"ClusterId": "c"},
            ("The field 'StepId' is required but was missing",),
            id="EMR, missing",
        ),
        pytest.param(
            "elasticmapreduce:addStep",
            {"ClusterId": "c", "Step": "s"},
            ("The value for the field 'Step' must be an OBJECT",),
            id="EMR, no object",
        ),
        pytest.param(
            "elasticmapreduce:addStep",
            {"ClusterId": "c", "Step": None},
            ("The field 'Step' is required but was missing",),
            id="EMR, null",
        ),
        pytest.param(
            "elasticmapreduce:cancelStep",
            [],
            ("The value for the field 'Parameters' must be an OBJECT",),
            id="EMR, an array",
        ),
    ],
)
def test_parameters_are_checked_before_a_task_starts(action, parameters, problems):
    """The check calls no service."""
    assert check_parameters(resource_of(action), parameters) == problems


@pytest.mark.parametrize(
    ("action", "parameters", "unknown"),
    [
        pytest.param(
            "states:startExecution",
            {"StateMachineArn": "m", "stateMachineArn": "m", "Input": {"any": 1}},
            ["stateMachineArn"],
            id="small letter",
        ),
        pytest.param("states:startExecution", {"StateMachineArn.$": "$.a", "X.$": "$.x"}, ["X"], id="paths"),
        pytest.param(
            "aws-sdk:rds:describeDBInstances",
            {"DbInstanceIdentifier": "d", "Static": 1},
            ["Static"],
            id="SDK's capitals",
        ),
        pytest.param(
            "ecs:runTask",
            {"TaskDefinition": "t", "Overrides": {"containers": [], "ContainerOverrides": [{"a": 1}, {"b.$": "$.b"}]}},
            ["containers", "a", "b"],
            id="within objects and lists",
        ),
        pytest.param(
            "dynamodb:putItem", {"TableName": "t", "Item": {"any": {"S": "s"}, "n": {"T": 1}}}, ["T"], id="within maps"
        ),
        pytest.param(
            "aws-sdk:bedrockagentruntime:retrieve",
            {
                "KnowledgeBaseId": "k",
                "RetrievalConfiguration": {
                    "VectorSearchConfiguration": {"Filter": {"Equals": {"Key": "k", "Value": {"any": 1}}}}
                },
            },
            [],
            id="documents",
        ),
        pytest.param("aws-sdk:organizations:describeOrganization", {"A": 1}, ["A"], id="no request"),
        pytest.param(
            "elasticmapreduce:addStep", {"ClusterId": "c", "Step": {"Name": "n"}, "A": 1}, ["A"], id="parameters of EMR"
        ),
        pytest.param("http:invoke", {"ApiEndpoint": "a", "Headers.$": "$.h", "A.$": "$.a"}, ["A"], id="HTTP"),
        pytest.param("apigateway:invoke", {"ApiEndpoint": "a", "Stage": "s", "Transform": {}}, ["Transform"], id="API"),
        pytest.param(
            "bedrock:invokeModel",
            {"ModelId": "m", "Input": {"S3Uri.$": "$.u"}, "A": 1},
            ["A"],
            id="locations of bodies",
        ),
        pytest.param("eks:call", {"A": 1}, [], id="not known"),
        pytest.param("aws-sdk:transcribestreaming:startTranscription", {}, None, id="no such service"),
        pytest.param("aws-sdk:sqs:sendMesage", {}, None, id="no such action"),
        pytest.param("aws-sdk:s3:selectObjectContent", {"A": 1}, [], id="a stream"),
    ],
)
def test_a_definition_names_only_parameters_that_the_service_knows(action, parameters, unknown):
    """At any depth, names of parameters begin with a capital; names of paths end in ``.$``."""
    assert unknown_fields(resource_of(action), parameters) == unknown


def test_unusable_parameters_are_not_sent():
    """With unusable parameters no client is created."""
    with pytest.raises(ParametersError) as raised:
        call("sqs:sendMessage", {"QueueUrl": "q"}, None)

    assert raised.value.problems == ("The field 'MessageBody' is required but was missing",)


def test_argument_that_boto3_refuses_fails_the_task():
    """An argument that boto3 refuses fails the task."""
    _, client_for = given(send_message=ParamValidationError(report="too short"))
    with pytest.raises(StateError) as raised:
        call("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": ""}, client_for)

    assert (raised.value.error, raised.value.cause) == (
        "SQS.AmazonSQSException",
        "Parameter validation failed:\ntoo short (Service: AmazonSQS; Status Code: 400; "
        "Error Code: ValidationException; Request ID: ; Proxy: null)",
    )


def test_resource_that_cannot_be_called_is_named():
    """The error names the resource."""
    with pytest.raises(LookupError) as raised:
        call("http:invoke", {}, None)

    assert str(raised.value) == "cannot call arn:aws:states:::http:invoke: boto3 has no such operation"
