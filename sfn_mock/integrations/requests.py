"""Convert the parameters of a task to those of a boto3 call, and report faults in AWS's words."""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.utils import parse_timestamp

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.texts import json_text, utf8
from sfn_mock.integrations.naming import optimised_member_name
from sfn_mock.integrations.operations import Operation

#: String members for which optimised integrations accept any JSON value; they send it as text.
_JSON_TEXTS = {
    "PutEvents": {"Detail"},
    "Publish": {"Message"},
    "SendMessage": {"MessageBody"},
    "StartExecution": {"input"},
}
#: The deepest nesting of objects; no service accepts more.
_DEEPEST = 64
#: The input shape of an operation without parameters.
_NO_MEMBERS = StructureShape("Empty", {"type": "structure", "members": {}})
_NUMBERS = {"integer", "long", "float", "double", "bigdecimal"}
_WHOLE_NUMBERS = {"integer", "long"}


class ParametersError(ValueError):
    """A task cannot start with its parameters.

    Attributes:
        problems: AWS's sentences about the parameters.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = tuple(problems)


def build_request(operation: Operation, parameters: Any) -> dict[str, Any]:
    """Convert the parameters of a task to those of its boto3 call.

    Args:
        operation: The operation to call.
        parameters: The evaluated parameters; their names begin with a capital even if the model's do not.

    Raises:
        ParametersError: If a member is unknown or missing, or has the wrong type.
    """
    reader = _Reader(operation)
    request = reader.structure(parameters, operation.model.input_shape or _NO_MEMBERS, "Parameters")
    if reader.problems:
        raise ParametersError(reader.problems)
    if operation.client_name == "lambda" and (operation.is_optimised or "Payload" in request):
        request["Payload"] = function_payload(request.get("Payload"))
    return request


def function_payload(value: Any) -> bytes:
    """Return the payload for a Lambda function: JSON text unchanged, other values as JSON, `{}` for null."""
    if value is None:
        return b"{}"
    if isinstance(value, str) and _is_json(value):
        return utf8(value)
    return utf8(json_text(value))


def unknown_members(operation: Operation, parameters: dict[str, Any], besides: tuple[str, ...] = ()) -> list[str]:
    """Return the members in a task's parameters that the operation does not have, at any depth.

    Args:
        operation: The operation to call.
        parameters: The parameters in the definition. The `.$` at the end of a name is ignored; the value of such a
            member is unknown.
        besides: Further names to accept.
    """
    unknown: list[str] = []
    waiting: list[tuple[Any, Shape | None]] = [(parameters, operation.model.input_shape or _NO_MEMBERS)]
    while waiting:
        value, shape = waiting.pop()
        if isinstance(value, list) and isinstance(shape, ListShape):
            waiting += [(item, shape.member) for item in reversed(value)]
        elif isinstance(value, dict) and isinstance(shape, MapShape):
            waiting += [(item, shape.value) for item in reversed(value.values())]
        elif isinstance(value, dict) and isinstance(shape, StructureShape) and not shape.is_document_type:
            members = _members_by_name(operation, shape)
            for name in value:
                plain = name.removesuffix(".$")
                if plain not in members and plain not in besides:
                    unknown.append(plain)
            inner = [(item, shape.members.get(members.get(name, ""))) for name, item in value.items()]
            waiting += reversed(inner)
    return unknown


def unknown_parameter_message(name: str) -> str:
    """Return AWS's sentence about an unknown parameter."""
    return f'The field "{name}" is not supported by Step Functions'


def missing_parameter_message(name: str) -> str:
    """Return AWS's sentence about a missing parameter."""
    return f"The field '{name}' is required but was missing"


def _members_by_name(operation: Operation, shape: StructureShape) -> dict[str, str]:
    """Return the members of a shape by their names in parameters."""
    pascal = {optimised_member_name(member): member for member in shape.members}
    return {**pascal, **{operation.member_name(member): member for member in shape.members}}


class _Reader:
    """Converts values according to their shapes and collects problems."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._json_texts = _JSON_TEXTS.get(operation.model.name, set()) if operation.is_optimised else set()
        self._depth = 0
        self.problems: list[str] = []

    def structure(self, value: Any, shape: StructureShape, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._expect("OBJECT", name)
            return {}
        if self._depth == _DEEPEST:
            self.problems.append("Nesting Levels have exceeded supported limits")
            return {}
        self._depth += 1
        try:
            return self._members(value, shape)
        finally:
            self._depth -= 1

    def _members(self, value: dict[str, Any], shape: StructureShape) -> dict[str, Any]:
        members = _members_by_name(self._operation, shape)
        result: dict[str, Any] = {}
        for key, item in value.items():
            member = members.get(key)
            if member is None:
                self.problems.append(unknown_parameter_message(key))
            elif item is not None:
                result[member] = self._member(item, shape.members[member], member)
        for member in shape.required_members:
            if member not in result and not shape.members[member].metadata.get("idempotencyToken"):
                self.problems.append(missing_parameter_message(self._operation.member_name(member)))
        return result

    def _member(self, value: Any, shape: Shape, member: str) -> Any:
        if member == "Payload" and self._operation.client_name == "lambda":
            return value
        if member in self._json_texts and not isinstance(value, str):
            return json_text(value)
        return self._value(value, shape, self._operation.member_name(member))

    def _value(self, value: Any, shape: Shape, name: str) -> Any:
        kind = shape.type_name
        if isinstance(shape, StructureShape):
            return value if shape.is_document_type else self.structure(value, shape, name)
        if isinstance(shape, ListShape):
            items = value if isinstance(value, list) else self._expect("ARRAY", name)
            return [self._value(item, shape.member, name) for item in items or []]
        if isinstance(shape, MapShape):
            entries = value if isinstance(value, dict) else self._expect("OBJECT", name)
            return {key: self._value(item, shape.value, key) for key, item in (entries or {}).items()}
        if kind == "blob":
            return self._blob(value, name)
        if kind == "boolean":
            return value if isinstance(value, bool) else self._expect("BOOLEAN", name)
        if kind in _NUMBERS:
            return self._number(value, kind, name)
        if kind == "timestamp":
            return value if _is_moment(value) else self._expect("TIMESTAMP", name)
        return self._string(value, name)

    def _string(self, value: Any, name: str) -> Any:
        if isinstance(value, dict | list) and not self._operation.is_optimised:
            return json_text(value)
        return value if isinstance(value, str) else self._expect("STRING", name)

    def _number(self, value: Any, kind: str, name: str) -> Any:
        if not is_number(value):
            return self._expect("NUMBER", name)
        if kind in _WHOLE_NUMBERS and isinstance(value, float):
            return int(value) if value.is_integer() else self._expect("NUMBER", name)
        return value

    def _blob(self, value: Any, name: str) -> Any:
        if self._operation.uses_sdk_v2:
            return utf8(json_text(value))
        if not isinstance(value, str):
            return self._expect("STRING", name)
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            return utf8(value)

    def _expect(self, kind: str, name: str) -> Any:
        self.problems.append(f"The value for the field '{name}' must be {_with_article(kind)}")
        return None


def _with_article(kind: str) -> str:
    return f"{'an' if kind[0] in 'AO' else 'a'} {kind}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_moment(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        parse_timestamp(value)
    except (ValueError, RuntimeError):
        return False
    return True
