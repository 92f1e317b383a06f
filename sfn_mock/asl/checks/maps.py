"""Check the parts of Map states: ItemReader, ItemBatcher, ResultWriter and ProcessorConfig."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Checks, Scope, error
from sfn_mock.asl.checks.jsonata import expression
from sfn_mock.asl.checks.paths import reference_path
from sfn_mock.asl.checks.resources import reader_parameters, reader_resource, writer_parameters, writer_resource
from sfn_mock.asl.checks.shapes import Field, Group, Shape, shaped
from sfn_mock.asl.checks.templates import template
from sfn_mock.asl.checks.values import each, integer, joined, one_of, or_expression, string

_NUMBER_PATH = Field(reference_path(context=False), "JSONPath")
_CSV_FIELDS = ("CSVHeaderLocation", "CSVHeaders", "CSVDelimiter")
_HEADERS_MISSING = "These fields are required: [CSVHeaders]"
_WITHOUT_CSV = ("JSON", "JSONL", "PARQUET")


def _csv(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check the fields that exist only for CSV."""
    kind = value.get("InputType")
    if kind == "CSV":
        if "CSVHeaderLocation" not in value:
            yield error("These fields are required: [CSVHeaderLocation]", location)
        elif (value["CSVHeaderLocation"] == "GIVEN") != ("CSVHeaders" in value):
            fault = "Field 'CSVHeaders' is not supported" if "CSVHeaders" in value else _HEADERS_MISSING
            yield error(fault, location)
    elif kind in _WITHOUT_CSV:
        for name in _CSV_FIELDS:
            if name in value:
                yield error(f"Field '{name}' is not supported", location)


_READER_CONFIG = Shape(
    {
        "InputType": Field(one_of("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")),
        "CSVHeaderLocation": Field(one_of("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field(each(string, needed=True)),
        "CSVDelimiter": Field(one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "ItemsPointer": Field(string),
        "ManifestType": Field(one_of("ATHENA_DATA", "S3_INVENTORY")),
        "MaxItems": Field(or_expression(integer(0, 100000000))),
        "MaxItemsPath": _NUMBER_PATH,
        "Transformation": Field(one_of("NONE", "LOAD_AND_FLATTEN")),
    },
    groups=(Group(("MaxItems", "MaxItemsPath")),),
    rules=(_csv,),
)
_READER = Shape(
    {
        "Resource": Field(reader_resource),
        "ReaderConfig": Field(shaped(_READER_CONFIG)),
        "Parameters": Field(template, "JSONPath"),
        "Arguments": Field(template, "JSONata"),
    },
    required=("Resource",),
    rules=(reader_parameters,),
)
_BATCH_SIZES = ("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")


def _batch_size(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that batches are limited, by their items or by their bytes."""
    if not value.keys() & set(_BATCH_SIZES):
        yield error(f"This object should have at least one of the following fields: {joined(_BATCH_SIZES)}", location)


_BATCHER = Shape(
    {
        "MaxItemsPerBatch": Field(or_expression(integer(0))),
        "MaxItemsPerBatchPath": _NUMBER_PATH,
        "MaxInputBytesPerBatch": Field(or_expression(integer(0))),
        "MaxInputBytesPerBatchPath": _NUMBER_PATH,
        "BatchInput": Field(template),
    },
    groups=(
        Group(("MaxItemsPerBatch", "MaxItemsPerBatchPath")),
        Group(("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")),
    ),
    rules=(_batch_size,),
)
_WRITER_CONFIG = Shape(
    {
        "Transformation": Field(one_of("NONE", "COMPACT", "FLATTEN")),
        "OutputType": Field(one_of("JSON", "JSONL")),
    }
)
_WRITER = Shape(
    {
        "Resource": Field(writer_resource),
        "WriterConfig": Field(shaped(_WRITER_CONFIG)),
        "Parameters": Field(template, "JSONPath"),
        "Arguments": Field(template, "JSONata"),
    },
    rules=(writer_parameters,),
)


def _mode(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that ExecutionType is present in distributed mode and absent otherwise."""
    distributed = value.get("Mode") == "DISTRIBUTED"
    if distributed and "ExecutionType" not in value:
        yield error("These fields are required: [ExecutionType]", location)
    elif not distributed and "ExecutionType" in value:
        yield error("Field 'ExecutionType' is not supported", location)


_PROCESSOR_CONFIG = Shape(
    {
        "Mode": Field(one_of("INLINE", "DISTRIBUTED")),
        "ExecutionType": Field(one_of("STANDARD", "EXPRESS")),
    },
    rules=(_mode,),
)

item_reader = shaped(_READER)
item_batcher = shaped(_BATCHER)
result_writer = shaped(_WRITER)
processor_config = shaped(_PROCESSOR_CONFIG)


def items(value: Any, location: str, scope: Scope) -> Checks:
    """Check the Items of a JSONata Map state: an array, an object or an expression."""
    if isinstance(value, str):
        yield expression(value, location, scope)
    elif isinstance(value, list | dict):
        yield template(value, location, scope)
    else:
        yield error("Expected value of type [ARRAY]", location)
