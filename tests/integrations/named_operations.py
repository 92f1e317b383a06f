"""Resources and operations of integrations, found by their action."""

from __future__ import annotations

from sfn_mock.asl.resources import parse_resource
from sfn_mock.integrations.operations import find_operation


def resource_of(action):
    """Return the resource of an integration, such as ``sqs:sendMessage``."""
    return parse_resource(f"arn:aws:states:::{action}")


def operation_of(action):
    """Return the operation that an integration calls."""
    operation = find_operation(resource_of(action))
    assert operation is not None
    return operation
