"""Check the Resource of a Task, an ItemReader or a ResultWriter, and the required parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, error
from sfn_mock.asl.resources import (
    Pattern,
    Resource,
    ResourceError,
    ResourceKind,
    not_recognized,
    parse_reader_resource,
    parse_resource,
    parse_writer_resource,
)

#: The headers that a task of API Gateway must not set, and the beginnings of others, in lower case.
_RESERVED_HEADERS = frozenset(
    (
        "authorization",
        "connection",
        "content-md5",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "www-authenticate",
    )
)
_RESERVED_PREFIXES = ("x-amz", "x-forwarded")


def task_resource(value: Any, location: str, scope: Scope) -> Checks:
    """Check the Resource of a Task."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)
        return
    try:
        resource = parse_resource(value)
    except ResourceError as fault:
        yield error(str(fault), location)
        return
    if scope.unknown_fields is not None and scope.unknown_fields(resource, {}) is None:
        yield error(not_recognized(value), location)
    elif scope.express:
        yield _express(resource, location)


def _express(resource: Resource, location: str) -> Checks:
    if resource.kind is ResourceKind.ACTIVITY:
        yield error("Express state machine does not support Activity ARN", location)
    elif resource.pattern in (Pattern.SYNC, Pattern.SYNC_2):
        yield error("Express state machine does not support '.sync' service integration", location)
    elif resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
        # AWS's sentence ends with a space.
        yield error("Express state machine does not support '.waitForTaskToken' service integration ", location)


def _data_resource(parse: Callable[[str], Resource]) -> Check:
    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, str):
            yield error("Expected value of type [STRING]", location)
            return
        try:
            parse(value)
        except ResourceError as fault:
            yield error(str(fault), location)

    return check


def _data_parameters(parse: Callable[[str], Resource]) -> Check:
    def check(value: dict[str, Any], location: str, scope: Scope) -> Checks:
        resource = _resource(value, parse)
        field = "Arguments" if scope.jsonata else "Parameters"
        parameters = value.get(field)
        if resource is not None and isinstance(parameters, dict):
            yield _required(parameters, resource, f"{location}/{field}", scope)

    return check


reader_resource = _data_resource(parse_reader_resource)
writer_resource = _data_resource(parse_writer_resource)
#: Check that the parameters of an ItemReader or a ResultWriter, if it has any, are all that its Resource requires.
reader_parameters = _data_parameters(parse_reader_resource)
writer_parameters = _data_parameters(parse_writer_resource)


def task_parameters(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that a Task has all required parameters and none that its service does not have."""
    resource = _resource(value, parse_resource)
    if resource is None:
        return
    field = "Arguments" if scope.jsonata else "Parameters"
    parameters = value.get(field)
    if isinstance(parameters, dict):
        yield _required(parameters, resource, f"{location}/{field}", scope)
        alternatives = resource.alternative_parameters
        if alternatives and not any(_is_given(parameters, name, scope) for name in alternatives):
            yield needed(parameters, alternatives[0], f"{location}/{field}", scope)
        for name in (scope.unknown_fields and scope.unknown_fields(resource, parameters)) or ():
            yield error(f'The field "{name}" is not supported by Step Functions', f"{location}/{field}")
        if resource.service == "apigateway":
            yield _api_headers(parameters, f"{location}/{field}")
    elif parameters is None and resource.required_parameters:
        yield error(f"{field} field is required for resource ARN: {resource.arn}", f"{location}/Resource")


def _api_headers(parameters: dict[str, Any], location: str) -> Checks:
    headers = parameters.get("Headers")
    for given in headers if isinstance(headers, dict) else ():
        name = given.removesuffix(".$")
        if name.lower() in _RESERVED_HEADERS or name.lower().startswith(_RESERVED_PREFIXES):
            yield error(f"The 'Headers' field contains unsupported values: {name}", location)


def _required(parameters: dict[str, Any], resource: Resource, location: str, scope: Scope) -> Checks:
    for name in resource.required_parameters:
        yield needed(parameters, name, location, scope)


def activity_credentials(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that a Task with an activity has no Credentials."""
    resource = _resource(value, parse_resource)
    if "Credentials" in value and resource is not None and resource.kind is ResourceKind.ACTIVITY:
        yield error("The field 'Credentials' is not supported for activities", location)


def needed(parameters: dict[str, Any], name: str, location: str, scope: Scope) -> Checks:
    """Check that a required parameter is present; in JSONPath `NAME.$` is enough."""
    if not _is_given(parameters, name, scope):
        yield error(f"The field '{name}' is required but was missing", location)


def _is_given(parameters: dict[str, Any], name: str, scope: Scope) -> bool:
    return name in parameters or (not scope.jsonata and f"{name}.$" in parameters)


def _resource(value: dict[str, Any], parse: Callable[[str], Resource]) -> Resource | None:
    arn = value.get("Resource")
    try:
        return parse(arn) if isinstance(arn, str) else None
    except ResourceError:
        return None
