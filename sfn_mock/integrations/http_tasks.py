"""The HTTP requests of tasks: `http:invoke` for any API and `apigateway:invoke` for Amazon API Gateway.

boto3 does not send these requests; the caller passes a function that does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import Resource
from sfn_mock.asl.texts import java_text, json_text
from sfn_mock.integrations.requests import ParametersError, missing_parameter_message


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """The HTTP request of a task.

    Attributes:
        method: The HTTP method.
        url: The URL with its query.
        headers: The headers, without those of authentication.
        body: The text of the body, None for none.
        connection_arn: The EventBridge connection that authenticates the request, None without one.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None
    connection_arn: str | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The response to the HTTP request of a task.

    Attributes:
        status: The status code.
        headers: The headers, each with all its values.
        body: The text of the body.
    """

    status: int
    headers: Mapping[str, list[str]]
    body: str


HttpSender = Callable[[HttpRequest], HttpResponse]

#: The parameters of HTTP Tasks, by service.
_PARAMETERS = {
    "apigateway": (
        "ApiEndpoint",
        "Method",
        "Headers",
        "Stage",
        "Path",
        "QueryParameters",
        "RequestBody",
        "AllowNullValues",
        "AuthType",
    ),
    "http": (
        "ApiEndpoint",
        "Method",
        "Authentication",
        "InvocationConfig",
        "Headers",
        "QueryParameters",
        "RequestBody",
        "Transform",
    ),
}


def is_http_task(resource: Resource) -> bool:
    """Return whether a resource is `http:invoke` or `apigateway:invoke`."""
    return resource.is_service and resource.event_resource_type in ("http", "apigateway")


def unknown_http_parameters(resource: Resource, parameters: dict[str, Any]) -> list[str]:
    """Return the names in a definition's parameters that an HTTP Task does not have, without ``.$`` at their end."""
    names = [name.removesuffix(".$") for name in parameters]
    return [name for name in names if name not in _PARAMETERS[resource.service]]


def build_http_request(resource: Resource, parameters: Any) -> HttpRequest:
    """Build the HTTP request of a task.

    Args:
        resource: `http:invoke` or `apigateway:invoke`.
        parameters: The evaluated parameters.

    Raises:
        ParametersError: If ApiEndpoint or Method is missing, or a parameter has the wrong type.
    """
    given = _Parameters(parameters, resource.required_parameters)
    headers = {name: _joined(value) for name, value in given.mapping("Headers").items()}
    body = given.get("RequestBody")
    url = str(given.get("ApiEndpoint"))
    encoding = given.mapping("Transform")
    if resource.service == "apigateway":
        parts = [url.removeprefix("https://").rstrip("/"), given.get("Stage"), given.get("Path")]
        url = "https://" + "/".join(str(part).strip("/") for part in parts if part)
        headers.setdefault("Accept", "application/json")
    query = urlencode(_flat(given.mapping("QueryParameters"), "REPEAT"))
    if query:
        url += f"{'&' if '?' in url else '?'}{query}"
    text: str | None
    if body is None:
        text = None
    elif encoding.get("RequestBodyEncoding") == "URL_ENCODED" and isinstance(body, dict):
        options = encoding.get("RequestEncodingOptions")
        form = options.get("ArrayFormat", "INDICES") if isinstance(options, dict) else "INDICES"
        text = urlencode(_flat(body, form))
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    else:
        text = body if isinstance(body, str) else json_text(body)
        headers.setdefault("Content-Type", "application/json")
    connection = given.mapping("InvocationConfig").get("ConnectionArn") or given.mapping("Authentication").get(
        "ConnectionArn"
    )
    return HttpRequest(str(given.get("Method")).upper(), url, headers, text, connection)


def read_http_response(resource: Resource, response: HttpResponse) -> dict[str, Any]:
    """Convert an HTTP response to the result of its task.

    Args:
        resource: `http:invoke` or `apigateway:invoke`.
        response: The response.

    Raises:
        StateError: If the status code is 400 or higher; the cause is the body.
    """
    if response.status >= HTTPStatus.BAD_REQUEST:
        prefix = "ApiGateway" if resource.service == "apigateway" else "States.Http.StatusCode"
        raise StateError(f"{prefix}.{response.status}", response.body)
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        body = response.body
    known = {status.value: status.phrase for status in HTTPStatus}
    return {
        "Headers": {name: list(values) for name, values in response.headers.items()},
        "ResponseBody": body,
        "StatusCode": response.status,
        "StatusText": known.get(response.status, ""),
    }


class _Parameters:
    """The parameters of an HTTP task; their types are checked when they are read."""

    def __init__(self, parameters: Any, required: tuple[str, ...]) -> None:
        if not isinstance(parameters, dict):
            raise ParametersError(["The value for the field 'Parameters' must be an OBJECT"])
        missing = [missing_parameter_message(name) for name in required if not parameters.get(name)]
        if missing:
            raise ParametersError(missing)
        self._parameters = parameters

    def get(self, name: str) -> Any:
        return self._parameters.get(name)

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._parameters.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ParametersError([f"The value for the field '{name}' must be an OBJECT"])
        return value


def _joined(value: Any) -> str:
    """Return the value of a header; the items of a list are joined by commas."""
    return ", ".join(map(java_text, value)) if isinstance(value, list) else java_text(value)


def _flat(members: Mapping[str, Any], array_format: str) -> list[tuple[str, str]]:
    """Return the names and values of a query or form.

    Args:
        members: The parameters; those of nested objects get names such as `a[b]`.
        array_format: The format of arrays: INDICES, BRACKETS, COMMAS or REPEAT.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in members.items():
        if isinstance(value, dict):
            pairs += _flat({f"{name}[{key}]": item for key, item in value.items()}, array_format)
        elif not isinstance(value, list):
            pairs.append((name, java_text(value)))
        elif array_format == "COMMAS":
            pairs.append((name, ",".join(map(java_text, value))))
        else:
            for index, item in enumerate(value):
                suffix = {"INDICES": f"[{index}]", "BRACKETS": "[]"}.get(array_format, "")
                pairs += _flat({f"{name}{suffix}": item}, array_format)
    return pairs
