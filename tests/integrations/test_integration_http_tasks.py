"""HTTP requests of Tasks, and their results."""

import pytest

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import parse_resource
from sfn_mock.integrations.http_tasks import (
    HttpRequest,
    HttpResponse,
    build_http_request,
    is_http_task,
    read_http_response,
)
from sfn_mock.integrations.requests import ParametersError

HTTP = parse_resource("arn:aws:states:::http:invoke")
GATEWAY = parse_resource("arn:aws:states:::apigateway:invoke")
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        pytest.param(HTTP.arn, True, id="http"),
        pytest.param(GATEWAY.arn, True, id="gateway"),
        pytest.param("arn:aws:states:::aws-sdk:apigateway:getRestApis", False, id="SDK"),
        pytest.param("arn:aws:states:us-east-1:123456789012:activity:http", False, id="activity"),
    ],
)
def test_only_http_tasks_send_requests(arn, expected):
    """SDK calls, activities and functions are not HTTP tasks."""
    assert is_http_task(parse_resource(arn)) is expected


@pytest.mark.parametrize(
    ("resource", "parameters", "expected"),
    [
        pytest.param(
            HTTP,
            {"ApiEndpoint": "https://a.example/x", "Method": "get"},
            HttpRequest("GET", "https://a.example/x", {}, None),
            id="least",
        ),
        pytest.param(
            HTTP,
            {
                "ApiEndpoint": "https://a.example/x?y=1",
                "Method": "POST",
                "Authentication": {"ConnectionArn": "c"},
                "Headers": {"X-A": ["1", "2"], "X-B": True},
                "QueryParameters": {"q": ["a b", 1], "r": "s"},
                "RequestBody": {"a": [1]},
            },
            HttpRequest(
                "POST",
                "https://a.example/x?y=1&q=a+b&q=1&r=s",
                {"X-A": "1, 2", "X-B": "true", **JSON},
                '{"a":[1]}',
                "c",
            ),
            id="all",
        ),
        pytest.param(
            HTTP,
            {
                "ApiEndpoint": "https://a.example",
                "Method": "POST",
                "InvocationConfig": {"ConnectionArn": "c"},
                "RequestBody": "text",
                "Headers": {"Content-Type": "text/plain"},
                "Transform": {"RequestBodyEncoding": "URL_ENCODED"},
            },
            HttpRequest("POST", "https://a.example", {"Content-Type": "text/plain"}, "text", "c"),
            id="text goes as it is",
        ),
        *[
            pytest.param(
                HTTP,
                {
                    "ApiEndpoint": "https://a.example",
                    "Method": "POST",
                    "RequestBody": {"a": [1, {"b": 2}] if array_format not in ("COMMAS",) else [1, 2], "c": {"d": "e"}},
                    "Transform": {
                        "RequestBodyEncoding": "URL_ENCODED",
                        **({"RequestEncodingOptions": {"ArrayFormat": array_format}} if array_format else {}),
                    },
                },
                HttpRequest("POST", "https://a.example", {"Content-Type": "application/x-www-form-urlencoded"}, body),
                id=f"form, arrays by {array_format}",
            )
            for array_format, body in [
                (None, "a%5B0%5D=1&a%5B1%5D%5Bb%5D=2&c%5Bd%5D=e"),
                ("INDICES", "a%5B0%5D=1&a%5B1%5D%5Bb%5D=2&c%5Bd%5D=e"),
                ("BRACKETS", "a%5B%5D=1&a%5B%5D%5Bb%5D=2&c%5Bd%5D=e"),
                ("REPEAT", "a=1&a%5Bb%5D=2&c%5Bd%5D=e"),
                ("COMMAS", "a=1%2C2&c%5Bd%5D=e"),
            ]
        ],
        pytest.param(
            GATEWAY,
            {
                "ApiEndpoint": "id.execute-api.us-east-1.amazonaws.com",
                "Method": "GET",
                "Stage": "prod",
                "Path": "/orders/1",
                "QueryParameters": {"a": ["1"]},
            },
            HttpRequest(
                "GET",
                "https://id.execute-api.us-east-1.amazonaws.com/prod/orders/1?a=1",
                {"Accept": "application/json"},
                None,
            ),
            id="gateway",
        ),
    ],
)
def test_parameters_become_a_request(resource, parameters, expected):
    """The URL gets stage, path and query, and the body its encoding."""
    assert build_http_request(resource, parameters) == expected


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        pytest.param([], "The value for the field 'Parameters' must be an OBJECT", id="no object"),
        pytest.param({"Method": "GET"}, "The field 'ApiEndpoint' is required but was missing", id="missing"),
        pytest.param(
            {"ApiEndpoint": "a", "Method": "GET", "Headers": 1},
            "The value for the field 'Headers' must be an OBJECT",
            id="headers",
        ),
    ],
)
def test_unusable_parameters_are_refused(parameters, problem):
    """An address and a method are required, and headers must be an object."""
    with pytest.raises(ParametersError) as raised:
        build_http_request(HTTP, parameters)

    assert raised.value.problems == (problem,)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param(
            HttpResponse(200, {"A": ["1", "2"]}, '{"a": 1}'),
            {"Headers": {"A": ["1", "2"]}, "ResponseBody": {"a": 1}, "StatusCode": 200, "StatusText": "OK"},
            id="JSON",
        ),
        pytest.param(
            HttpResponse(299, {}, "text"),
            {"Headers": {}, "ResponseBody": "text", "StatusCode": 299, "StatusText": ""},
            id="text and an unusual status",
        ),
    ],
)
def test_a_response_becomes_a_result(response, expected):
    """A JSON body is parsed."""
    assert read_http_response(HTTP, response) == expected


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        pytest.param(HTTP, "States.Http.StatusCode.404", id="http"),
        pytest.param(GATEWAY, "ApiGateway.404", id="gateway"),
    ],
)
def test_a_status_of_failure_is_an_error(resource, error):
    """The error ends with the status, and its cause is the body."""
    with pytest.raises(StateError) as raised:
        read_http_response(resource, HttpResponse(404, {}, "not here"))

    assert (raised.value.error, raised.value.cause) == (error, "not here")
