"""The check of mocked results against what the state or the service can return."""

from functools import partial

import pytest
from named_operations import resource_of

from sfn_mock.integrations.mock_checks import (
    MockError,
    check_failure_count,
    check_mock_members,
    check_mocked_state,
    check_state_result,
    check_task_result,
    check_unmocked_configuration,
)

EXECUTION = {
    "ExecutionArn": "e",
    "StateMachineArn": "m",
    "Status": "SUCCEEDED",
    "StartDate": "2026-01-10T02:00:00Z",
}


def refusal(check, *arguments, **options):
    """Return the sentence with which a check refuses its arguments."""
    with pytest.raises(MockError) as raised:
        check(*arguments, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    ("action", "result", "mode"),
    [
        pytest.param("states:startExecution", {"ExecutionArn": "e", "StartDate": "d"}, "STRICT", id="whole"),
        pytest.param("states:startExecution", {}, "PRESENT", id="nothing present"),
        pytest.param("states:startExecution", {"StartDate": 5}, "NONE", id="no check"),
        pytest.param("states:startExecution", [], "NONE", id="no check of the type"),
        pytest.param("events:putEvents", {"random": 1}, "STRICT", id="unknown member"),
        pytest.param("events:putEvents", {"Entries": [{"EventId": "e"}], "FailedEntryCount": 0}, "STRICT", id="list"),
        pytest.param("lambda:invoke", {"Payload": {"any": [1]}, "StatusCode": 200}, "STRICT", id="payload"),
        pytest.param("bedrock:invokeModel", {"Body": {"a": 1}, "ContentType": "t"}, "STRICT", id="Bedrock's body"),
        pytest.param("dynamodb:getItem", {"Item": {"a": {"BOOL": True}, "b": {"N": "1"}}}, "STRICT", id="map"),
        pytest.param("aws-sdk:s3:putBucketTagging", {"any": 1}, "STRICT", id="operation without an answer"),
        pytest.param(
            "aws-sdk:bedrockagentruntime:retrieve",
            {"RetrievalResults": [{"Metadata": {"a": 5}, "Content": {"Text": "t"}}]},
            "STRICT",
            id="document",
        ),
        pytest.param("sqs:sendMessage.waitForTaskToken", "any", "STRICT", id="result by a token"),
        pytest.param("http:invoke", "any", "STRICT", id="http"),
        pytest.param("states:startExecution.sync", {**EXECUTION, "Output": "{}"}, "STRICT", id="sync"),
        pytest.param("states:startExecution.sync:2", {**EXECUTION, "Output": {"a": 1}}, "STRICT", id="sync:2"),
        pytest.param("codebuild:startBuild.sync", {"Build": {"Id": "b"}}, "STRICT", id="job within an object"),
        pytest.param("codebuild:startBuild.sync", {}, "PRESENT", id="no job within an object"),
        pytest.param("glue:startJobRun.sync", {"JobRunState": "SUCCEEDED"}, "STRICT", id="job as the result"),
        pytest.param(
            "batch:submitJob.sync",
            {"JobName": "n", "JobId": "i", "JobQueue": "q", "Status": "s", "StartedAt": 1, "JobDefinition": "d"},
            "STRICT",
            id="job out of a list",
        ),
    ],
)
def test_possible_result_is_accepted(action, result, mode):
    """Members that the model does not have, and results without a model, are accepted."""
    assert check_task_result(resource_of(action), result, mode) is None


@pytest.mark.parametrize(
    ("action", "result", "mode", "sentence"),
    [
        pytest.param(
            "states:startExecution", {}, "STRICT", "Required field 'ExecutionArn' is missing", id="missing member"
        ),
        pytest.param(
            "states:startExecution",
            {"executionArn": "e", "startDate": "d"},
            "STRICT",
            "Required field 'ExecutionArn' is missing",
            id="other capitals",
        ),
        pytest.param(
            "states:startExecution", {"StartDate": 5}, "PRESENT", "Field 'StartDate' must be a string", id="moment"
        ),
        pytest.param(
            "aws-sdk:kms:encrypt",
            {"CiphertextBlob": 5},
            "STRICT",
            "Field 'CiphertextBlob' must be a string",
            id="binary",
        ),
        pytest.param(
            "lambda:invoke", {"StatusCode": "200"}, "STRICT", "Field 'StatusCode' must be a number", id="number"
        ),
        pytest.param(
            "lambda:invoke", {"StatusCode": True}, "STRICT", "Field 'StatusCode' must be a number", id="no boolean"
        ),
        pytest.param("lambda:invoke", {"StatusCode": None}, "STRICT", "Field 'StatusCode' must be a number", id="null"),
        pytest.param(
            "dynamodb:putItem",
            {"ConsumedCapacity": {"CapacityUnits": "1"}},
            "STRICT",
            "Field 'CapacityUnits' must be a number",
            id="within an object",
        ),
        pytest.param(
            "dynamodb:putItem",
            {"ConsumedCapacity": 1},
            "STRICT",
            "Field 'ConsumedCapacity' must be an object",
            id="object",
        ),
        pytest.param(
            "dynamodb:getItem", {"Item": {"a": {"BOOL": 1}}}, "STRICT", "Field 'BOOL' must be a boolean", id="boolean"
        ),
        pytest.param("dynamodb:getItem", {"Item": []}, "STRICT", "Field 'Item' must be an object", id="map"),
        pytest.param(
            "dynamodb:getItem", {"Item": {"a": 1}}, "STRICT", "Field 'a' must be an object", id="within a map"
        ),
        pytest.param("events:putEvents", {"Entries": {}}, "STRICT", "Field 'Entries' must be an array", id="list"),
        pytest.param(
            "states:startExecution.sync",
            {"ExecutionArn": "e"},
            "STRICT",
            "Required field 'StateMachineArn' is missing",
            id="sync",
        ),
        pytest.param(
            "states:startExecution.sync",
            {**EXECUTION, "Output": {}},
            "STRICT",
            "Field 'Output' must be a string",
            id="sync's output is text",
        ),
        pytest.param("codebuild:startBuild.sync", {}, "STRICT", "Required field 'Build' is missing", id="job"),
        pytest.param(
            "codebuild:startBuild.sync", {"Build": 1}, "STRICT", "Field 'Build' must be an object", id="job's type"
        ),
        pytest.param("events:putEvents", [], "PRESENT", "Mock result must be an object", id="no object"),
    ],
)
def test_impossible_result_is_refused(action, result, mode, sentence):
    """The error names the first member that is missing or has a wrong type."""
    refused = refusal(check_task_result, resource_of(action), result, mode)

    assert refused == f"Mock result schema validation error: {sentence}"


def test_a_result_may_be_nested_deeply():
    """A wrong type is found at every depth."""
    value = {"N": 1}
    for _ in range(5000):
        value = {"L": [value]}
    refused = refusal(check_task_result, resource_of("dynamodb:getItem"), {"Item": {"a": value}})

    assert refused == "Mock result schema validation error: Field 'N' must be a string"


BRANCHES = {"Type": "Parallel", "Branches": [{}, {}]}


@pytest.mark.parametrize(
    ("state", "result"),
    [
        pytest.param({"Type": "Map"}, [1], id="map"),
        pytest.param({"Type": "Map", "ResultWriter": {}}, {"MapRunArn": "m"}, id="map that writes"),
        pytest.param(BRANCHES, [1, 2], id="parallel"),
    ],
)
def test_result_of_a_map_or_parallel_state_is_accepted(state, result):
    """The result is an array, of one item for each branch; that of a Map state with a ResultWriter is an object."""
    assert check_state_result(state, result) is None


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(partial(check_mocked_state, {"Type": "Task"}), id="mocked Task"),
        pytest.param(partial(check_mocked_state, {"Type": "Map"}), id="mocked Map"),
        pytest.param(partial(check_mocked_state, {"Type": "Parallel"}), id="mocked Parallel"),
        pytest.param(partial(check_mock_members, {"result": "{}"}), id="result"),
        pytest.param(partial(check_mock_members, {"errorOutput": {"error": "e"}}), id="error"),
        pytest.param(partial(check_failure_count, 3, 3), id="as many failures as iterations"),
        pytest.param(partial(check_unmocked_configuration, {"retrierRetryCount": 1}), id="retries without a mock"),
    ],
)
def test_possible_mock_is_accepted(check):
    """Task, Map and Parallel states may have a mock, with a result or an error."""
    assert check() is None


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        pytest.param(
            partial(check_state_result, {"Type": "Map"}, {}),
            "Mocked result must be an array.",
            id="map without an array",
        ),
        pytest.param(
            partial(check_state_result, {"Type": "Map", "ResultWriter": {}}, []),
            "Mocked result must be a JSON object.",
            id="map that writes an array",
        ),
        pytest.param(
            partial(check_state_result, BRANCHES, 1), "Mocked result must be an array.", id="parallel without an array"
        ),
        pytest.param(
            partial(check_state_result, BRANCHES, [1]),
            "Mocked result must contain the same number of items as number of Parallel branches.",
            id="parallel with fewer items",
        ),
        pytest.param(
            partial(check_mocked_state, {"Type": "Wait"}),
            "State type 'Wait' is not supported when a mock is specified",
            id="mocked Wait",
        ),
        pytest.param(
            partial(check_mocked_state, {"Type": "Task"}, reveal_secrets=True),
            "TestState does not support RevealSecrets when a mock is specified.",
            id="secrets",
        ),
        pytest.param(
            partial(check_mock_members, {"result": "{}", "errorOutput": {"error": "e"}}),
            "A test mock should have only one of the following fields: [result, errorOutput].",
            id="result and error",
        ),
        pytest.param(
            partial(check_mock_members, {}),
            "A test mock should have only one of the following fields: [result, errorOutput].",
            id="neither result nor error",
        ),
        pytest.param(
            partial(check_mock_members, {"errorOutput": {"cause": "c"}}),
            "The errorOutput of a test mock should have the field error.",
            id="error without a name",
        ),
        pytest.param(
            partial(check_failure_count, 4, 3),
            "Map iteration failure count must be less than or equal to the number of Map iterations",
            id="more failures than iterations",
        ),
        pytest.param(
            partial(check_unmocked_configuration, {"mapIterationFailureCount": 0}),
            "TestState does not support MapIterationFailureCount when a mock is not specified.",
            id="failed iterations without a mock",
        ),
    ],
)
def test_impossible_mock_is_refused(check, sentence):
    """Each rule of a mock has its own sentence."""
    assert refusal(check) == sentence
