"""Check the mock of a Task, Map or Parallel state, as TestState does.

The result of a service integration is compared with the service's model. The mode STRICT also checks that all required
members are present; PRESENT checks only the present members; NONE checks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.resources import Pattern, Resource
from sfn_mock.integrations.jobs import result_shape
from sfn_mock.integrations.naming import optimised_member_name
from sfn_mock.integrations.operations import Operation, find_operation

_NUMBERS = {"integer", "long", "float", "double", "bigdecimal"}
_PREFIX = "Mock result schema validation error: "


class MockError(ValueError):
    """TestState refuses a mock; the message is AWS's."""


def check_task_result(resource: Resource, result: Any, mode: str = "STRICT") -> None:
    """Check that a service could give a result.

    Results of Lambda functions, activities, callbacks, `http:invoke` and `apigateway:invoke` have no model and are not
    checked.

    Args:
        resource: The Resource of the task.
        result: The result as a JSON value.
        mode: STRICT, PRESENT or NONE.

    Raises:
        MockError: If the service could not give the result.
    """
    operation = find_operation(resource)
    if mode == "NONE" or operation is None or resource.pattern is Pattern.WAIT_FOR_TASK_TOKEN:
        return
    shape, wrapped = operation.model.output_shape, ""
    if resource.pattern in (Pattern.SYNC, Pattern.SYNC_2):
        operation, shape, wrapped = result_shape(resource, operation)
    if not isinstance(result, dict):
        raise MockError(f"{_PREFIX}Mock result must be an object")
    if shape is None:
        return
    checker = _Checker(operation, resource, strict=mode == "STRICT")
    if not wrapped:
        checker.check(result, shape, "")
    elif wrapped in result:
        checker.check(result[wrapped], shape, wrapped)
    elif mode == "STRICT":
        raise MockError(_missing(wrapped))


def check_mocked_state(state: Mapping[str, Any], *, reveal_secrets: bool = False) -> None:
    """Check that TestState accepts a mock for a state.

    Args:
        state: The state in its definition.
        reveal_secrets: The parameter revealSecrets of TestState.

    Raises:
        MockError: If TestState accepts no mock.
    """
    if reveal_secrets:
        raise MockError("TestState does not support RevealSecrets when a mock is specified.")
    if state["Type"] not in ("Task", "Map", "Parallel"):
        raise MockError(f"State type '{state['Type']}' is not supported when a mock is specified")


def check_unmocked_configuration(configuration: Mapping[str, Any]) -> None:
    """Check the stateConfiguration of a state without a mock; raise MockError if a member requires one."""
    for member in ("mapIterationFailureCount", "errorCausedByState"):
        if member in configuration:
            name = optimised_member_name(member)
            raise MockError(f"TestState does not support {name} when a mock is not specified.")


def check_mock_members(mock: Mapping[str, Any]) -> None:
    """Check that a mock has either a result or an error; raise MockError otherwise."""
    if ("result" in mock) == ("errorOutput" in mock):
        raise MockError("A test mock should have only one of the following fields: [result, errorOutput].")
    if "errorOutput" in mock and "error" not in mock["errorOutput"]:
        raise MockError("The errorOutput of a test mock should have the field error.")


def check_state_result(state: Mapping[str, Any], result: Any) -> None:
    """Check the mocked result of a Map or Parallel state; raise MockError if the state could not have it."""
    if state["Type"] == "Map" and "ResultWriter" in state:
        if not isinstance(result, dict):
            raise MockError("Mocked result must be a JSON object.")
        return
    if not isinstance(result, list):
        raise MockError("Mocked result must be an array.")
    if state["Type"] == "Parallel" and len(result) != len(state["Branches"]):
        raise MockError("Mocked result must contain the same number of items as number of Parallel branches.")


def check_failure_count(failure_count: int, iterations: int) -> None:
    """Check the number of failed iterations of a mocked Map state; raise MockError if it has fewer iterations."""
    if failure_count > iterations:
        raise MockError("Map iteration failure count must be less than or equal to the number of Map iterations")


class _Checker:
    """Compares values with shapes."""

    def __init__(self, operation: Operation, resource: Resource, *, strict: bool) -> None:
        self._operation = operation
        self._strict = strict
        # The members that the integration decodes from JSON, which may have any type.
        self._parsed: set[str] = set()
        if operation.is_optimised and operation.client_name in ("lambda", "bedrock-runtime"):
            self._parsed = {"Payload", "Body"}
        elif resource.pattern is Pattern.SYNC_2:
            self._parsed = {"Input", "Output"}

    def check(self, value: Any, shape: Shape, name: str) -> None:
        """Check a value and all values in it, in order; a loop, because the nesting has no limit."""
        waiting = [(value, shape, name)]
        while waiting:
            waiting += reversed(self._check_one(*waiting.pop()))

    def _check_one(self, value: Any, shape: Shape, name: str) -> list[tuple[Any, Shape, str]]:
        """Check a single value; return the values in it, which are still to be checked."""
        if isinstance(shape, StructureShape):
            if shape.is_document_type:
                return []
            _expect(isinstance(value, dict), name, "an object")
            return self._members(value, shape)
        if isinstance(shape, ListShape):
            _expect(isinstance(value, list), name, "an array")
            return [(item, shape.member, name) for item in value]
        if isinstance(shape, MapShape):
            _expect(isinstance(value, dict), name, "an object")
            return [(item, shape.value, key) for key, item in value.items()]
        if shape.type_name in _NUMBERS:
            _expect(is_number(value), name, "a number")
        elif shape.type_name == "boolean":
            _expect(isinstance(value, bool), name, "a boolean")
        else:
            _expect(isinstance(value, str), name, "a string")
        return []

    def _members(self, value: dict[str, Any], shape: StructureShape) -> list[tuple[Any, Shape, str]]:
        """Check that an object has all required members; return its known members, which are still to be checked."""
        name_of = self._operation.member_name
        if self._strict:
            for member in shape.required_members:
                if name_of(member) not in value:
                    raise MockError(_missing(name_of(member)))
        shapes = {name_of(member): of_member for member, of_member in shape.members.items()}
        return [
            (item, shapes[name], name) for name, item in value.items() if name in shapes and name not in self._parsed
        ]


def _expect(condition: bool, name: str, kind: str) -> None:
    if not condition:
        raise MockError(f"{_PREFIX}Field '{name}' must be {kind}")


def _missing(name: str) -> str:
    return f"{_PREFIX}Required field '{name}' is missing"
