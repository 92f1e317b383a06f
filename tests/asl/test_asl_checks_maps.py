"""Processors, readers, batchers and writers of Map states."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, MAP, WORKFLOW, machine, messages

from sfn_mock.asl.checks.workflows import workflows

READER = "/States/S/ItemReader"
CONFIG = f"{READER}/ReaderConfig"
GET_OBJECT = "arn:aws:states:::s3:getObject"
PUT_OBJECT = "arn:aws:states:::s3:putObject"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, [], id="empty"),
        pytest.param({"Mode": "INLINE"}, [], id="inline"),
        pytest.param({"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, [], id="express-children"),
        pytest.param({"Mode": "DISTRIBUTED"}, ["These fields are required: [ExecutionType]"], id="no-execution-type"),
        pytest.param(
            {"Mode": "INLINE", "ExecutionType": "STANDARD"},
            ["Field 'ExecutionType' is not supported"],
            id="inline-type",
        ),
        pytest.param({"ExecutionType": "STANDARD"}, ["Field 'ExecutionType' is not supported"], id="type-alone"),
        pytest.param(5, ["Expected value of type [OBJECT]"], id="number"),
    ],
)
def test_processor_config(config: Any, expected: list[str]) -> None:
    """A processor is inline, or distributed with the type of its child executions."""
    state = {**MAP, "ItemProcessor": {**WORKFLOW, "ProcessorConfig": config}}

    assert messages(machine(state)) == [f"{message} at /States/S/ItemProcessor/ProcessorConfig" for message in expected]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        pytest.param("Mode", "INLINE, DISTRIBUTED", id="mode"),
        pytest.param("ExecutionType", "STANDARD, EXPRESS", id="execution-type"),
    ],
)
def test_processor_config_values(field: str, values: str) -> None:
    """Mode and ExecutionType have two values each."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD", field: "x"}
    found = messages(machine({**MAP, "ItemProcessor": {**WORKFLOW, "ProcessorConfig": config}}))

    location = f"/States/S/ItemProcessor/ProcessorConfig/{field}"
    assert found[0] == f"Value should be one of the following: [{values}] at {location}"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "PIPE"}, [], id="csv"),
        pytest.param({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]}, [], id="csv-given"),
        pytest.param({"InputType": "JSON", "MaxItems": 10, "ItemsPointer": "/a"}, [], id="json"),
        pytest.param({"InputType": "JSONL", "MaxItemsPath": "$.n"}, [], id="jsonl"),
        pytest.param({"InputType": "PARQUET"}, [], id="parquet"),
        pytest.param({"InputType": "MANIFEST", "ManifestType": "S3_INVENTORY"}, [], id="manifest"),
        pytest.param({"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}, [], id="load-and-flatten"),
        pytest.param(
            {"InputType": "XML"},
            [f"Value should be one of the following: [CSV, JSON, JSONL, PARQUET, MANIFEST] at {CONFIG}/InputType"],
            id="unknown-type",
        ),
        pytest.param(
            {"InputType": ["CSV"]}, [f"Expected value of type [STRING] at {CONFIG}/InputType"], id="array-of-types"
        ),
        pytest.param(
            {"InputType": "CSV"},
            [f"These fields are required: [CSVHeaderLocation] at {CONFIG}"],
            id="no-header-location",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"},
            [f"These fields are required: [CSVHeaders] at {CONFIG}"],
            id="no-headers",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]},
            [f"Field 'CSVHeaders' is not supported at {CONFIG}"],
            id="headers-twice",
        ),
        pytest.param(
            {"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "TAB"},
            [
                f"Field 'CSVHeaderLocation' is not supported at {CONFIG}",
                f"Field 'CSVDelimiter' is not supported at {CONFIG}",
            ],
            id="json-with-csv-fields",
        ),
        pytest.param(
            {"InputType": "JSON", "MaxItems": 5, "MaxItemsPath": "$.n"},
            [f"There should only be one of the following fields: [MaxItems, MaxItemsPath] at {CONFIG}"],
            id="two-limits",
        ),
        pytest.param(
            {"InputType": "JSON", "MaxItemsPath": "$$.Execution.Input.n"},
            [f"Value is not a Reference Path: The context object is not supported at {CONFIG}/MaxItemsPath"],
            id="limit-of-context",
        ),
        pytest.param({"InputType": "JSON", "Foo": 1}, [f"Field 'Foo' is not supported at {CONFIG}"], id="unknown"),
    ],
)
def test_reader_config(config: dict[str, Any], expected: list[str]) -> None:
    """The possible fields of a reader depend on the format of its items."""
    reader = {"Resource": GET_OBJECT, "ReaderConfig": config, "Parameters": {"Bucket": "b", "Key": "k"}}

    assert messages(machine({**DISTRIBUTED_MAP, "ItemReader": reader})) == expected


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        pytest.param("ItemReader", {}, [f"These fields are required: [Resource] at {READER}"], id="reader-empty"),
        pytest.param(
            "ItemReader",
            {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket.$": "$.b"}},
            [],
            id="list",
        ),
        pytest.param(
            "ItemReader",
            {"Resource": "s3"},
            [f"Value is not a valid resource ARN at {READER}/Resource"],
            id="reader-no-arn",
        ),
        pytest.param(
            "ItemReader", {"Resource": 5}, [f"Expected value of type [STRING] at {READER}/Resource"], id="reader-number"
        ),
        pytest.param(
            "ItemReader",
            {"Resource": GET_OBJECT, "Arguments": {}},
            [
                "The QueryLanguage is set to 'JSONPath', but field 'Arguments' is only supported for the 'JSONata' "
                f"QueryLanguage at {READER}"
            ],
            id="reader-arguments",
        ),
        pytest.param(
            "ItemReader",
            {"Resource": GET_OBJECT, "Parameters": {"Key.$": "$.k"}},
            [f"The field 'Bucket' is required but was missing at {READER}/Parameters"],
            id="reader-bucket",
        ),
        pytest.param(
            "ResultWriter",
            {"Resource": PUT_OBJECT, "Parameters": {"Prefix": "p"}},
            ["The field 'Bucket' is required but was missing at /States/S/ResultWriter/Parameters"],
            id="writer-bucket",
        ),
        pytest.param("ResultWriter", {}, [], id="writer-empty"),
        pytest.param(
            "ResultWriter",
            {
                "Resource": PUT_OBJECT,
                "Parameters": {"Bucket": "b", "Prefix.$": "$.p"},
                "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
            },
            [],
            id="writer",
        ),
        pytest.param(
            "ResultWriter",
            {"Resource": GET_OBJECT},
            [
                f"The resource provided {GET_OBJECT} is not recognized. The value is not a valid resource ARN, or the "
                "resource is not available in this region. at /States/S/ResultWriter/Resource"
            ],
            id="writer-reads",
        ),
        pytest.param(
            "ResultWriter",
            {"WriterConfig": {"OutputType": "CSV"}},
            ["Value should be one of the following: [JSON, JSONL] at /States/S/ResultWriter/WriterConfig/OutputType"],
            id="writer-type",
        ),
        pytest.param(
            "ItemBatcher",
            {"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"},
            [
                "There should only be one of the following fields: [MaxItemsPerBatch, MaxItemsPerBatchPath] "
                "at /States/S/ItemBatcher"
            ],
            id="batcher-items-twice",
        ),
        pytest.param(
            "ItemBatcher",
            {"MaxInputBytesPerBatch": 1, "MaxInputBytesPerBatchPath": "$.n"},
            [
                "There should only be one of the following fields: [MaxInputBytesPerBatch, MaxInputBytesPerBatchPath] "
                "at /States/S/ItemBatcher"
            ],
            id="batcher-bytes-twice",
        ),
        pytest.param(
            "ItemReader",
            {
                "Resource": GET_OBJECT,
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": []},
            },
            [f"Value cannot be empty at {CONFIG}/CSVHeaders"],
            id="no-headers",
        ),
        pytest.param("ItemBatcher", {"MaxInputBytesPerBatchPath": "$.n"}, [], id="batcher-bytes"),
        pytest.param(
            "ItemBatcher",
            {"BatchInput": {}},
            [
                "This object should have at least one of the following fields: [MaxItemsPerBatch, "
                "MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath] at /States/S/ItemBatcher"
            ],
            id="batcher-without-size",
        ),
    ],
)
def test_part(part: str, value: dict[str, Any], expected: list[str]) -> None:
    """Readers, batchers and writers have their own fields."""
    assert messages(machine({**DISTRIBUTED_MAP, part: value})) == expected


@pytest.mark.parametrize(
    ("part", "value", "field", "place"),
    [
        pytest.param("ItemReader", {"Resource": GET_OBJECT, "Parameters": {}}, "Parameters", READER, id="parameters"),
        pytest.param(
            "ItemReader",
            {"Resource": GET_OBJECT, "ReaderConfig": {"MaxItemsPath": "$.n"}},
            "MaxItemsPath",
            CONFIG,
            id="limit",
        ),
        pytest.param(
            "ItemBatcher",
            {"MaxItemsPerBatchPath": "$.n"},
            "MaxItemsPerBatchPath",
            "/States/S/ItemBatcher",
            id="batch-items",
        ),
    ],
)
def test_jsonpath_field_of_part(part: str, value: dict[str, Any], field: str, place: str) -> None:
    """The parts of a Map have its query language; the diagnostic of another field is at its object."""
    assert messages(machine({**DISTRIBUTED_MAP, part: value}, QueryLanguage="JSONata")) == [
        f"The QueryLanguage is set to 'JSONata', but field '{field}' is only supported for the 'JSONPath' "
        f"QueryLanguage at {place}"
    ]


def test_workflows_within_a_map_state():
    """The workflows of a definition come in the order of the text; those in a Map state are iterated."""
    map_state = {"Type": "Map", "ItemProcessor": {"States": {"P": {"Branches": [{"States": {}}]}}}}
    definition = {"States": {"A": {"Branches": [{"States": {"M": map_state}}]}, "B": {"Type": "Pass"}}}

    assert [(workflow.location, workflow.is_iterated) for workflow in workflows(definition)] == [
        ("", False),
        ("/States/A/Branches[0]", False),
        ("/States/A/Branches[0]/States/M/ItemProcessor", True),
        ("/States/A/Branches[0]/States/M/ItemProcessor/States/P/Branches[0]", True),
    ]
