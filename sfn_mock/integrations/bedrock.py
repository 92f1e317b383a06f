"""The optimised integration of Amazon Bedrock's InvokeModel, whose bodies may be objects in Amazon S3."""

from __future__ import annotations

import json
import re
from typing import Any

from sfn_mock.asl.resources import Resource, ResourceKind
from sfn_mock.integrations.operations import ClientFactory, Operation
from sfn_mock.integrations.requests import ParametersError, build_request, missing_parameter_message
from sfn_mock.integrations.results import shape_answer

#: The parameters that the API operation does not have: the locations of the request's body and of the answer's.
LOCATIONS = ("Input", "Output")

_URI = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)", re.DOTALL)


def is_model_invocation(resource: Resource) -> bool:
    """Return whether a task is the optimised integration of InvokeModel."""
    return resource.kind is ResourceKind.OPTIMISED and (resource.service, resource.action) == ("bedrock", "invokeModel")


def check_parameters(operation: Operation, parameters: Any) -> None:
    """Raise ParametersError if a task cannot start with its parameters."""
    build_request(operation, _without_locations(parameters))
    for name in LOCATIONS:
        _location(name, parameters)


def invoke_model(operation: Operation, parameters: Any, client_for: ClientFactory) -> dict[str, Any]:
    """Call the operation, and return the result of the task.

    Args:
        operation: InvokeModel of Amazon Bedrock.
        parameters: The evaluated parameters.
        client_for: A function that returns the boto3 client of a service.

    Raises:
        ParametersError: If the task cannot start with its parameters.
        ClientError: If Amazon Bedrock or Amazon S3 refuses a call.
    """
    request = build_request(operation, _without_locations(parameters))
    source, target = (_location(name, parameters) for name in LOCATIONS)
    if source is not None:
        request["body"] = client_for("s3").get_object(**source)["Body"].read()
    answer = operation.call(client_for, request)
    body = answer["body"].read()
    result = shape_answer(operation, {**answer, "body": body})
    if target is None:
        return {**result, "Body": _parsed(result["Body"])}
    client_for("s3").put_object(**target, Body=body, ContentType=result["ContentType"])
    return {**result, "Body": f"s3://{target['Bucket']}/{target['Key']}"}


def _without_locations(parameters: Any) -> Any:
    if not isinstance(parameters, dict):
        return parameters
    others = {name: value for name, value in parameters.items() if name not in LOCATIONS}
    # Older models of the service require a body, which an object in Amazon S3 stands for.
    return {"Body": "", **others} if parameters.get("Input") is not None else others


def _location(name: str, parameters: dict[str, Any]) -> dict[str, str] | None:
    """Return the bucket and the key of a location, None if it is not given."""
    if parameters.get(name) is None:
        return None
    if not isinstance(parameters[name], dict):
        raise ParametersError([f"The value for the field '{name}' must be an OBJECT"])
    if "S3Uri" not in parameters[name]:
        raise ParametersError([missing_parameter_message("S3Uri")])
    found = _URI.fullmatch(str(parameters[name]["S3Uri"]))
    if found is None:
        raise ParametersError(["The value for the field 'S3Uri' must be the URI of an Amazon S3 object"])
    return {"Bucket": found["bucket"], "Key": found["key"]}


def _parsed(text: str) -> Any:
    """Return the value of JSON text, other text as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
