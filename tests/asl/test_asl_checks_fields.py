"""The fields that the objects of a definition may have, need, and exclude."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import (
    DISTRIBUTED,
    DISTRIBUTED_MAP,
    MAP,
    PARALLEL,
    PASS,
    REQUIRED_OF_TYPES,
    TASK,
    WORKFLOW,
    machine,
    messages,
)

EVERYWHERE = {"Comment", "QueryLanguage"}
INPUT_OUTPUT = {"InputPath", "OutputPath", "Output"}
RESULT = {"ResultSelector", "ResultPath"}
ERRORS = {"Retry", "Catch"}
TRANSITION = {"Next", "End"}
FIELDS = {
    "Task": EVERYWHERE
    | INPUT_OUTPUT
    | RESULT
    | ERRORS
    | TRANSITION
    | {
        "Parameters",
        "Arguments",
        "Assign",
        "Resource",
        "Credentials",
        "TimeoutSeconds",
        "TimeoutSecondsPath",
        "HeartbeatSeconds",
        "HeartbeatSecondsPath",
    },
    "Wait": EVERYWHERE | INPUT_OUTPUT | TRANSITION | {"Assign", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Pass": EVERYWHERE | INPUT_OUTPUT | TRANSITION | {"Assign", "Parameters", "Result", "ResultPath"},
    "Succeed": EVERYWHERE | INPUT_OUTPUT,
    "Fail": EVERYWHERE | {"Error", "ErrorPath", "Cause", "CausePath"},
    "Choice": EVERYWHERE | INPUT_OUTPUT | {"Assign", "Choices", "Default"},
    "Parallel": EVERYWHERE
    | INPUT_OUTPUT
    | RESULT
    | ERRORS
    | TRANSITION
    | {"Parameters", "Arguments", "Assign", "Branches"},
    "Map": EVERYWHERE
    | INPUT_OUTPUT
    | RESULT
    | ERRORS
    | TRANSITION
    | {
        "Parameters",
        "Assign",
        "ItemProcessor",
        "Iterator",
        "Items",
        "ItemsPath",
        "ItemSelector",
        "ItemReader",
        "ItemBatcher",
        "ResultWriter",
        "Label",
        "MaxConcurrency",
        "MaxConcurrencyPath",
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
    },
}
ALL_FIELDS = sorted(set().union(*FIELDS.values()))
JSONATA_FIELDS = {"Output", "Arguments", "Items"}
JSONPATH_FIELDS = {
    "InputPath",
    "OutputPath",
    "ResultPath",
    "Parameters",
    "ResultSelector",
    "Result",
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "ErrorPath",
    "CausePath",
}


def unsupported(field: str, location: str = "/States/S") -> str:
    """Return the message about a field that an object does not have."""
    return f"Field '{field}' is not supported at {location}"


@pytest.mark.parametrize("field", ALL_FIELDS)
@pytest.mark.parametrize("type", FIELDS)
def test_fields_of_types(type: str, field: str) -> None:
    """Each type of state has its own fields; others are not supported, whatever their value."""
    state = {**REQUIRED_OF_TYPES[type], field: {}}

    assert (unsupported(field) in messages(machine(state))) == (field not in FIELDS[type])


@pytest.mark.parametrize("field", ["Foo", "timeoutSeconds", "next", ""])
def test_unknown_field(field: str) -> None:
    """The diagnostic of an unknown field is at the state; upper and lower case differ."""
    assert messages(machine({**PASS, field: 1})) == [unsupported(field)]


@pytest.mark.parametrize("field", sorted(JSONPATH_FIELDS | JSONATA_FIELDS))
@pytest.mark.parametrize("type", FIELDS)
@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_query_languages(language: str, type: str, field: str) -> None:
    """The diagnostic of a field of the other query language is at the state."""
    other = "JSONata" if language == "JSONPath" else "JSONPath"
    state = {**REQUIRED_OF_TYPES[type], field: {}}
    fields = JSONATA_FIELDS if language == "JSONPath" else JSONPATH_FIELDS
    message = (
        f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for the '{other}' "
        "QueryLanguage at /States/S"
    )

    found = messages(machine(state, QueryLanguage=language))
    assert (message in found) == (field in fields & FIELDS[type])


OUTPUT = {**PASS, "Output": {"a": "{% 1 %}"}}
WRONG_OUTPUT = (
    "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at "
)
WRONG_INPUT_PATH = (
    "The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage "
    "at "
)
UNKNOWN_LANGUAGE = "Value should be one of the following: [JSONPath, JSONata] at "
WRONG_TYPE = (
    "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] "
    "at /States/S/Type"
)
DOWNGRADE = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/S"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(machine(OUTPUT), [f"{WRONG_OUTPUT}/States/S"], id="none-is-jsonpath"),
        pytest.param(machine(OUTPUT, QueryLanguage="JSONata"), [], id="of-machine"),
        pytest.param(machine({**OUTPUT, "QueryLanguage": "JSONata"}), [], id="of-state"),
        pytest.param(
            machine(OUTPUT, QueryLanguage="jsonata"),
            [f"{UNKNOWN_LANGUAGE}/QueryLanguage"],
            id="unknown-of-machine-acts-as-jsonata",
        ),
        pytest.param(
            machine({**PASS, "QueryLanguage": "x", "InputPath": "$.a"}),
            [f"{WRONG_INPUT_PATH}/States/S", f"{UNKNOWN_LANGUAGE}/States/S/QueryLanguage"],
            id="unknown-of-state-acts-as-jsonata",
        ),
        pytest.param(
            machine({**PASS, "QueryLanguage": 5}),
            ["Expected value of type [STRING] at /States/S/QueryLanguage"],
            id="number",
        ),
        pytest.param(
            machine({**OUTPUT, "QueryLanguage": "JSONPath"}, QueryLanguage="JSONata"),
            [DOWNGRADE],
            id="downgrade-hides-other-language",
        ),
        pytest.param(
            machine({**MAP, "QueryLanguage": "JSONPath", "MaxConcurrency": -1}, QueryLanguage="JSONata"),
            [DOWNGRADE, "Minimum value is 0 at /States/S/MaxConcurrency"],
            id="downgrade-hides-no-range",
        ),
        pytest.param(
            machine({**MAP, "QueryLanguage": "JSONata", "ItemProcessor": {**WORKFLOW, "States": {"Inner": OUTPUT}}}),
            [f"{WRONG_OUTPUT}/States/S/ItemProcessor/States/Inner"],
            id="of-map-is-not-of-its-states",
        ),
        pytest.param(
            machine(
                {
                    **MAP,
                    "QueryLanguage": "JSONata",
                    "ItemProcessor": {**WORKFLOW, "States": {"Inner": {**PASS, "QueryLanguage": "JSONPath"}}},
                }
            ),
            [],
            id="jsonpath-within-jsonata-map",
        ),
        pytest.param(
            machine({**MAP, "ItemProcessor": {**WORKFLOW, "QueryLanguage": "JSONata"}}),
            [unsupported("QueryLanguage", "/States/S/ItemProcessor")],
            id="not-of-processor",
        ),
        pytest.param(
            machine({**PARALLEL, "Branches": [{**WORKFLOW, "QueryLanguage": "JSONata"}]}),
            [unsupported("QueryLanguage", "/States/S/Branches[0]")],
            id="not-of-branch",
        ),
    ],
)
def test_language_of_state(definition: dict[str, Any], expected: list[str]) -> None:
    """A state has its own language or the machine's; only the exact word JSONPath means JSONPath."""
    assert messages(definition) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param({}, ["These fields are required: [States, StartAt] at /"], id="empty"),
        pytest.param({"StartAt": "S"}, ["These fields are required: [States] at /"], id="no-states"),
        pytest.param({"States": {"S": PASS}}, ["These fields are required: [StartAt] at /"], id="no-start"),
        pytest.param({"StartAt": "S", "States": []}, ["Expected value of type [OBJECT] at /States"], id="states-array"),
        pytest.param({"StartAt": "S", "States": {}}, ["Value cannot be empty at /States"], id="states-empty"),
        pytest.param(
            {"StartAt": 1, "States": {"S": PASS}}, ["Expected value of type [STRING] at /StartAt"], id="start-number"
        ),
        pytest.param(machine(PASS, Foo=1), [unsupported("Foo", "/")], id="unknown"),
        pytest.param(machine(PASS, comment="c"), [unsupported("comment", "/")], id="lower-case"),
        pytest.param(machine(PASS, Comment="c", Version="1.0", TimeoutSeconds=0), [], id="all-fields"),
        pytest.param(
            machine(PASS, Version="2.0"), ["Value should be one of the following: [1.0] at /Version"], id="version"
        ),
        pytest.param(machine(PASS, TimeoutSeconds=-1), ["Minimum value is 0 at /TimeoutSeconds"], id="timeout"),
        pytest.param(
            machine([]),
            [
                "Expected value of type [OBJECT] at /States/S",
                "MISSING_END_STATE: Workflow has no terminal state at None",
            ],
            id="state-array",
        ),
        pytest.param(machine({"End": True}), ["These fields are required: [Type] at /States/S"], id="no-type"),
        pytest.param(
            machine({"Type": "pass", "End": True}),
            [WRONG_TYPE],
            id="type-lower-case",
        ),
        pytest.param(
            machine({"Type": ["Pass"], "End": True}),
            [WRONG_TYPE],
            id="type-array",
        ),
        pytest.param(
            machine({"Type": "Task", "End": True}), ["These fields are required: [Resource] at /States/S"], id="task"
        ),
        pytest.param(
            machine({"Type": "Parallel", "End": True}),
            ["These fields are required: [Branches] at /States/S"],
            id="parallel",
        ),
        pytest.param(
            machine({"Type": "Choice", "End": True}),
            [unsupported("End"), "These fields are required: [Choices] at /States/S"],
            id="choice",
        ),
        pytest.param(
            machine({**PARALLEL, "Branches": []}), ["Value cannot be empty at /States/S/Branches"], id="branches-empty"
        ),
        pytest.param(
            machine({**PARALLEL, "Branches": {}}),
            ["Expected value of type [ARRAY] at /States/S/Branches"],
            id="branches-object",
        ),
        pytest.param(
            machine({**PARALLEL, "Branches": [{"States": {"B": PASS}}]}),
            ["These fields are required: [StartAt] at /States/S/Branches[0]"],
            id="branch",
        ),
        pytest.param(
            machine({**PARALLEL, "Branches": [WORKFLOW, 5]}),
            ["Expected value of type [OBJECT] at /States/S/Branches[1]"],
            id="branch-number",
        ),
        pytest.param(
            machine({**MAP, "ItemProcessor": {"StartAt": "B"}}),
            ["These fields are required: [States] at /States/S/ItemProcessor"],
            id="processor",
        ),
        pytest.param(
            machine({**MAP, "ItemProcessor": 5}),
            ["Expected value of type [OBJECT] at /States/S/ItemProcessor"],
            id="processor-number",
        ),
        pytest.param(machine({"Type": "Map", "Iterator": DISTRIBUTED, "End": True}), [], id="iterator"),
    ],
)
def test_structure(definition: dict[str, Any], expected: list[str]) -> None:
    """A missing field, or one with a wrong JSON type, has its diagnostic at its object."""
    assert messages(definition) == expected


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        pytest.param({**PASS, "Next": "End"}, "Next, End", id="next-end"),
        pytest.param(
            {**TASK, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t"},
            "TimeoutSeconds, TimeoutSecondsPath",
            id="timeout",
        ),
        pytest.param(
            {**TASK, "HeartbeatSeconds": 5, "HeartbeatSecondsPath": "$.t"},
            "HeartbeatSeconds, HeartbeatSecondsPath",
            id="heartbeat",
        ),
        pytest.param(
            {"Type": "Wait", "End": True, "Seconds": 1, "TimestampPath": "$.t"},
            "SecondsPath, Seconds, TimestampPath, Timestamp",
            id="wait",
        ),
        pytest.param({"Type": "Fail", "Error": "e", "ErrorPath": "$.e"}, "Error, ErrorPath", id="error"),
        pytest.param({"Type": "Fail", "Cause": "c", "CausePath": "$.c"}, "Cause, CausePath", id="cause"),
        pytest.param(
            {**MAP, "Iterator": {"StartAt": "Other", "States": {"Other": PASS}}},
            "ItemProcessor, Iterator",
            id="iterator",
        ),
        pytest.param({**MAP, "ItemSelector": {}, "Parameters": {}}, "ItemSelector, Parameters", id="selector"),
        pytest.param(
            {**MAP, "MaxConcurrency": 1, "MaxConcurrencyPath": "$.n"},
            "MaxConcurrency, MaxConcurrencyPath",
            id="concurrency",
        ),
        pytest.param(
            {**MAP, "ToleratedFailureCount": 1, "ToleratedFailureCountPath": "$.n"},
            "ToleratedFailureCount, ToleratedFailureCountPath",
            id="failures",
        ),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": 1, "ToleratedFailurePercentagePath": "$.n"},
            "ToleratedFailurePercentage, ToleratedFailurePercentagePath",
            id="percentage",
        ),
    ],
)
def test_fields_that_exclude_each_other(state: dict[str, Any], fields: str) -> None:
    """Two fields that exclude each other are one diagnostic at the state, with all fields of their group."""
    assert messages(machine(state)) == [f"There should only be one of the following fields: [{fields}] at /States/S"]


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        pytest.param({"Type": "Map", "End": True}, "ItemProcessor, Iterator", id="processor"),
        pytest.param(
            {**TASK, "End": False, "Catch": [{"ErrorEquals": ["E"], "Next": "End"}]}, "Next, End", id="no-end"
        ),
        pytest.param({"Type": "Wait", "End": True}, "SecondsPath, Seconds, TimestampPath, Timestamp", id="wait"),
    ],
)
def test_none_of_fields(state: dict[str, Any], fields: str) -> None:
    """A state without any field of a required group gets a diagnostic with the whole group."""
    assert messages(machine(state)) == [
        f"This object should have only one of the following fields: [{fields}] at /States/S"
    ]


def test_neither_next_nor_end() -> None:
    """The fault of a state without Next and End comes before that of a machine without an end."""
    assert messages(machine({"Type": "Pass"})) == [
        "This object should have only one of the following fields: [Next, End] at /States/S",
        "MISSING_END_STATE: Workflow has no terminal state at None",
    ]


def test_several_faults() -> None:
    """Faults of an object come before those of its values, and those of a state before those of the next."""
    inner = {"StartAt": "Inner", "States": {"Inner": {**PASS, "Foo": 1}}}
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Wait", "Seconds": -1, "Bar": 1, "Next": "B", "End": True},
            "B": {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": -1, "Next": "C"},
            "C": {"Type": "Succeed", "InputPath": "x"},
        },
    }

    assert messages(definition) == [
        unsupported("Bar", "/States/A"),
        "There should only be one of the following fields: [Next, End] at /States/A",
        "Minimum value is 0 at /States/A/Seconds",
        unsupported("Foo", "/States/B/ItemProcessor/States/Inner"),
        "Minimum value is 0 at /States/B/MaxConcurrency",
        "Value must be a valid JSONPath. at /States/C/InputPath",
    ]


def test_faults_of_the_machine_come_before_those_of_its_states() -> None:
    """Faults of the machine's own fields come first, wherever they are in the text."""
    definition = {"StartAt": "S", "States": {"S": {**PASS, "Next": 1}}, "QueryLanguage": "jsonata"}

    assert messages(definition) == [
        "Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage",
        "There should only be one of the following fields: [Next, End] at /States/S",
        "Expected value of type [STRING] at /States/S/Next",
    ]


@pytest.mark.parametrize("field", ["ItemReader", "ItemBatcher", "ResultWriter"])
@pytest.mark.parametrize(
    ("config", "distributed"),
    [
        pytest.param({}, False, id="no-configuration"),
        pytest.param({"ProcessorConfig": {"Mode": "INLINE"}}, False, id="inline"),
        pytest.param({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}, True, id="distributed"),
    ],
)
def test_fields_of_distributed_maps(field: str, config: dict[str, Any], distributed: bool) -> None:
    """Only a Distributed Map may have a reader, batcher and writer."""
    values = {"ItemReader": {"Resource": "arn:aws:states:::s3:getObject"}, "ItemBatcher": {"MaxItemsPerBatch": 1}}
    value = values.get(field, {})
    state = {**DISTRIBUTED_MAP, "ItemProcessor": {**WORKFLOW, **config}, field: value}

    assert messages(machine(state)) == ([] if distributed else [unsupported(field)])


def test_map_without_object() -> None:
    """If the processor is not an object, there is one diagnostic for it, and one for the reader."""
    state = {"Type": "Map", "Iterator": [], "ItemBatcher": {"MaxItemsPerBatch": 1}, "End": True}

    assert messages(machine(state)) == [
        "Expected value of type [OBJECT] at /States/S/Iterator",
        unsupported("ItemBatcher"),
    ]
