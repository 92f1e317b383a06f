"""Check the fields of states by type, and of workflows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sfn_mock.asl.checks.choices import choice_rule
from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, UnknownFields, error
from sfn_mock.asl.checks.errors import catchers, retriers
from sfn_mock.asl.checks.jsonata import expression
from sfn_mock.asl.checks.maps import item_batcher, item_reader, items, processor_config, result_writer
from sfn_mock.asl.checks.paths import json_path, path_or_intrinsic, reference_path, result_path
from sfn_mock.asl.checks.resources import activity_credentials, needed, task_parameters, task_resource
from sfn_mock.asl.checks.shapes import Field, Group, Rule, Shape, check_object, nested
from sfn_mock.asl.checks.templates import assignments, template
from sfn_mock.asl.checks.values import (
    anything,
    boolean,
    decimal,
    each,
    integer,
    joined,
    one_of,
    or_expression,
    or_null,
    string,
    timestamp,
)

_PATH = "JSONPath"
_JSONATA = "JSONata"
_LARGEST = 99999999
_LANGUAGES = (_PATH, _JSONATA)


def _seconds(minimum: int) -> Field:
    return Field(or_expression(integer(minimum, _LARGEST)))


def _workflow(value: Any, location: str, scope: Scope) -> Checks:
    # The states of a branch use the query language of the state machine, not that of the Parallel state.
    yield nested(_BRANCH)(value, location, scope)


def _processor(value: Any, location: str, scope: Scope) -> Checks:
    config = _config(value)
    if scope.express and config.get("Mode") == "DISTRIBUTED":
        yield error(
            "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
            f"{location}/ProcessorConfig/Mode",
        )
    express = scope.express or config.get("ExecutionType") == "EXPRESS"
    yield nested(_PROCESSOR)(value, location, replace(scope, express=express))


def _config(processor: object) -> dict[str, Any]:
    """Return the ProcessorConfig of a processor, empty if it has none."""
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return config if isinstance(config, dict) else {}


def _states(value: Any, location: str, scope: Scope) -> Checks:
    if not isinstance(value, dict):
        yield error("Expected value of type [OBJECT]", location)
    elif not value:
        yield error("Value cannot be empty", location)
    else:
        for name, state in value.items():
            yield _state(state, f"{location}/{name}", scope)


def _state(value: Any, location: str, scope: Scope) -> Checks:
    if not isinstance(value, dict):
        yield error("Expected value of type [OBJECT]", location)
        return
    kind = value.get("Type")
    if "Type" not in value:
        yield error("These fields are required: [Type]", location)
        return
    shape = STATES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        yield error(f"The field 'Type' should have one of these values: [{', '.join(STATES)}]", f"{location}/Type")
        return
    jsonata = value["QueryLanguage"] != _PATH if "QueryLanguage" in value else scope.machine_jsonata
    scope = replace(scope, jsonata=jsonata)
    if scope.downgraded:
        yield error("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", location)
    yield check_object(shape, value, location, scope)


def _heartbeat(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    timeout, heartbeat = value.get("TimeoutSeconds"), value.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        yield error("HeartbeatSeconds must be smaller than TimeoutSeconds", f"{location}/HeartbeatSeconds")


def _ending(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that a state without Next is an end."""
    if value.get("End") is False and "Next" not in value:
        yield error(f"{_NEXT_OR_END.none}{joined(_NEXT_OR_END.names)}", location)


def _inline(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that an inline Map state has no ItemReader, ItemBatcher or ResultWriter."""
    if _config(value.get("ItemProcessor", value.get("Iterator"))).get("Mode") == "DISTRIBUTED":
        return
    for name in ("ItemReader", "ItemBatcher", "ResultWriter"):
        if name in value:
            yield error(f"Field '{name}' is not supported", location)


def _credentials(value: Any, location: str, scope: Scope) -> Checks:
    if scope.jsonata and isinstance(value, str):
        yield expression(value, location, scope)
    elif not isinstance(value, dict):
        yield error("Expected value of type [OBJECT]", location)
    else:
        yield template(value, location, scope)
        yield needed(value, "RoleArn", location, scope)


def _after_work(check: Check) -> Check:
    """Return a check of a field that is evaluated after the state's work and can read `$states.result`."""

    def check_after(value: Any, location: str, scope: Scope) -> Checks:
        yield check(value, location, scope.reading("result"))

    return check_after


def _shape(
    fields: dict[str, Field],
    *,
    required: tuple[str, ...] = (),
    groups: tuple[Group, ...] = (),
    rules: tuple[Rule, ...] = (),
) -> Shape:
    ending = (_ending,) if "End" in fields else ()
    return Shape({**_COMMON, **fields}, required, groups, (*ending, *rules))


_NULLABLE_PATH = Field(or_null(json_path), _PATH)
_RESULT_PATH = Field(result_path, _PATH)
_NUMBER_PATH = Field(reference_path(context=False), _PATH)
_TEXT_PATH = Field(path_or_intrinsic, _PATH)
_TEXT = Field(or_expression(string))
_TEMPLATE = Field(template, _PATH)

# --- Fields of several types of states -------------------------------------------------------------------------------

_COMMON = {
    "Type": Field(),
    "Comment": Field(string),
    "QueryLanguage": Field(one_of(*_LANGUAGES)),
}
_INPUT_OUTPUT = {"InputPath": _NULLABLE_PATH, "OutputPath": _NULLABLE_PATH, "Output": Field(template, _JSONATA)}
_ASSIGN = {"Assign": Field(assignments)}
_TRANSITION = {"Next": Field(string), "End": Field(boolean)}
_RESULT = {
    "ResultSelector": _TEMPLATE,
    "ResultPath": _RESULT_PATH,
    "Output": Field(_after_work(template), _JSONATA),
    "Assign": Field(_after_work(assignments)),
}
_PARAMETERS = {"Parameters": _TEMPLATE}
_ARGUMENTS = {"Arguments": Field(template, _JSONATA)}
_ERRORS = {"Retry": Field(retriers), "Catch": Field(catchers)}

_NEXT_OR_END = Group(("Next", "End"), needed=True)

#: The fields of states by type, in AWS's order of types.
STATES: dict[str, Shape] = {
    "Task": _shape(
        {
            **_INPUT_OUTPUT,
            **_PARAMETERS,
            **_ARGUMENTS,
            **_RESULT,
            **_ERRORS,
            **_TRANSITION,
            "Resource": Field(task_resource),
            "Credentials": Field(_credentials),
            "TimeoutSeconds": _seconds(1),
            "TimeoutSecondsPath": _NUMBER_PATH,
            "HeartbeatSeconds": _seconds(1),
            "HeartbeatSecondsPath": _NUMBER_PATH,
        },
        required=("Resource",),
        groups=(
            _NEXT_OR_END,
            Group(("TimeoutSeconds", "TimeoutSecondsPath")),
            Group(("HeartbeatSeconds", "HeartbeatSecondsPath")),
        ),
        rules=(task_parameters, activity_credentials, _heartbeat),
    ),
    "Wait": _shape(
        {
            **_INPUT_OUTPUT,
            **_ASSIGN,
            **_TRANSITION,
            "Seconds": _seconds(0),
            "SecondsPath": _NUMBER_PATH,
            "Timestamp": Field(or_expression(timestamp)),
            "TimestampPath": Field(reference_path(context=True), _PATH),
        },
        groups=(_NEXT_OR_END, Group(("SecondsPath", "Seconds", "TimestampPath", "Timestamp"), needed=True)),
    ),
    "Pass": _shape(
        {
            **_INPUT_OUTPUT,
            **_PARAMETERS,
            **_ASSIGN,
            **_TRANSITION,
            "Result": Field(anything, _PATH),
            "ResultPath": _RESULT_PATH,
        },
        groups=(_NEXT_OR_END,),
    ),
    "Succeed": _shape(_INPUT_OUTPUT),
    "Fail": _shape(
        {"Error": _TEXT, "ErrorPath": _TEXT_PATH, "Cause": _TEXT, "CausePath": _TEXT_PATH},
        groups=(Group(("Error", "ErrorPath")), Group(("Cause", "CausePath"))),
    ),
    "Choice": _shape(
        {
            **_INPUT_OUTPUT,
            **_ASSIGN,
            "Choices": Field(each(choice_rule, needed=True)),
            "Default": Field(string),
        },
        required=("Choices",),
    ),
    "Parallel": _shape(
        {
            **_INPUT_OUTPUT,
            **_PARAMETERS,
            **_ARGUMENTS,
            **_RESULT,
            **_ERRORS,
            **_TRANSITION,
            "Branches": Field(each(_workflow, needed=True)),
        },
        required=("Branches",),
        groups=(_NEXT_OR_END,),
    ),
    "Map": _shape(
        {
            **_INPUT_OUTPUT,
            **_PARAMETERS,
            **_RESULT,
            **_ERRORS,
            **_TRANSITION,
            "ItemProcessor": Field(_processor),
            "Iterator": Field(_processor),
            "Items": Field(items, _JSONATA),
            "ItemsPath": Field(json_path, _PATH),
            "ItemSelector": Field(template),
            "ItemReader": Field(item_reader),
            "ItemBatcher": Field(item_batcher),
            "ResultWriter": Field(result_writer),
            "Label": Field(string),
            "MaxConcurrency": Field(or_expression(integer(0))),
            "MaxConcurrencyPath": _NUMBER_PATH,
            "ToleratedFailureCount": Field(or_expression(integer(0))),
            "ToleratedFailureCountPath": _NUMBER_PATH,
            "ToleratedFailurePercentage": Field(or_expression(decimal(0, 100))),
            "ToleratedFailurePercentagePath": _NUMBER_PATH,
        },
        groups=(
            _NEXT_OR_END,
            Group(("ItemProcessor", "Iterator"), needed=True),
            Group(("ItemSelector", "Parameters")),
            Group(("MaxConcurrency", "MaxConcurrencyPath")),
            Group(("ToleratedFailureCount", "ToleratedFailureCountPath")),
            Group(("ToleratedFailurePercentage", "ToleratedFailurePercentagePath")),
        ),
        rules=(_inline,),
    ),
}

# --- Workflows -------------------------------------------------------------------------------------------------------

_WORKFLOW = {"Comment": Field(string), "StartAt": Field(string), "States": Field(_states)}
_REQUIRED = ("States", "StartAt")
_BRANCH = Shape(_WORKFLOW, _REQUIRED)
_PROCESSOR = Shape({**_WORKFLOW, "ProcessorConfig": Field(processor_config)}, _REQUIRED)
_MACHINE = Shape(
    {
        "QueryLanguage": Field(one_of(*_LANGUAGES)),
        "Version": Field(one_of("1.0")),
        "TimeoutSeconds": Field(integer(0, _LARGEST)),
        **_WORKFLOW,
    },
    _REQUIRED,
)


def machine(definition: dict[str, Any], *, express: bool, unknown_fields: UnknownFields | None) -> Checks:
    """Check the fields of a definition and of all objects in it."""
    jsonata = definition.get("QueryLanguage", _PATH) != _PATH
    scope = Scope(jsonata=jsonata, machine_jsonata=jsonata, express=express, unknown_fields=unknown_fields, depth=1)
    # AWS reports the faults of the top level before those of the states, regardless of the order in the text.
    states_last = dict(sorted(definition.items(), key=lambda field: field[0] == "States"))
    yield check_object(_MACHINE, states_last, "", scope)
