"""The optimised integration of Amazon Bedrock's InvokeModel."""

import io

import pytest
from given_clients import given

from sfn_mock.asl.resources import parse_resource
from sfn_mock.integrations.requests import ParametersError
from sfn_mock.integrations.service_calls import Caller, call_service, check_parameters

INVOKE = parse_resource("arn:aws:states:::bedrock:invokeModel")
CALLER = Caller("execution-arn", "machine-arn")


def invoke(parameters, body=b'{"text":"Hi"}'):
    """Return the result of a task, and the calls that it makes."""
    client, client_for = given(
        get_object={"Body": io.BytesIO(b'{"prompt":"Hello"}')},
        invoke_model={"body": io.BytesIO(body), "contentType": "application/json"},
        put_object={},
    )
    answer = call_service(INVOKE, parameters, client_for=client_for, caller=CALLER)
    return answer.result, client.calls


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(b'{"text":"Hi"}', {"text": "Hi"}, id="JSON"),
        pytest.param(b"Hi", "Hi", id="text"),
        pytest.param(b"[" * 100_000, "[" * 100_000, id="endless levels"),
    ],
)
def test_body_of_the_answer(body, shown):
    """The result has the value of JSON in the body, and other text unchanged."""
    result, calls = invoke({"ModelId": "m", "Body": {"prompt": "Hello"}}, body)

    assert result == {"Body": shown, "ContentType": "application/json"}
    assert calls == [("invoke_model", {"modelId": "m", "body": b'{"prompt":"Hello"}'})]


def test_bodies_in_s3():
    """The body comes from the Input; the answer goes to the Output, and the result has its location."""
    locations = {"Input": {"S3Uri": "s3://prompts/a/b.json"}, "Output": {"S3Uri": "s3://texts/c"}}
    result, calls = invoke({"ModelId": "m", **locations})

    assert result == {"Body": "s3://texts/c", "ContentType": "application/json"}
    assert calls == [
        ("get_object", {"Bucket": "prompts", "Key": "a/b.json"}),
        ("invoke_model", {"modelId": "m", "body": b'{"prompt":"Hello"}'}),
        (
            "put_object",
            {"Bucket": "texts", "Key": "c", "Body": b'{"text":"Hi"}', "ContentType": "application/json"},
        ),
    ]


@pytest.mark.parametrize(
    ("parameters", "problems"),
    [
        pytest.param({"ModelId": "m", "Input": {"S3Uri": "s3://b/k"}, "Output": None}, (), id="good"),
        pytest.param(
            {"Input": {"S3Uri": "s3://b/k"}}, ("The field 'ModelId' is required but was missing",), id="model"
        ),
        pytest.param(
            {"ModelId": "m", "Input": "s3://b/k"}, ("The value for the field 'Input' must be an OBJECT",), id="text"
        ),
        pytest.param(
            {"ModelId": "m", "Body": {}, "Output": {}},
            ("The field 'S3Uri' is required but was missing",),
            id="no location",
        ),
        pytest.param(
            {"ModelId": "m", "Body": {}, "Output": {"S3Uri": "s3://b"}},
            ("The value for the field 'S3Uri' must be the URI of an Amazon S3 object",),
            id="no key",
        ),
        pytest.param([], ("The value for the field 'Parameters' must be an OBJECT",), id="list"),
    ],
)
def test_parameters(parameters, problems):
    """Input and Output are locations in S3."""
    assert check_parameters(INVOKE, parameters) == problems


def test_task_that_cannot_start():
    """An invalid location stops the task before any call."""
    with pytest.raises(ParametersError):
        invoke({"ModelId": "m", "Input": {}})
