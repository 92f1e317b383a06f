"""Items that an ItemReader reads from S3, and results that a ResultWriter writes there."""

from __future__ import annotations

import gzip
import json
import re

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sfn_mock import mock_sfn_executions
from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, ReadRequest, WriteRequest
from sfn_mock.integrations.failures import s3_cause
from sfn_mock.integrations.map_data import read_items, write_results

GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"
PUT = "arn:aws:states:::s3:putObject"
MAP_RUN = "arn:aws:states:us-east-1:123456789012:mapRun:orders/Each:1"
OBJECT = {"Bucket": "lists", "Key": "items"}
INVENTORY = {
    "destinationBucket": "arn:aws:s3:::lists",
    "fileSchema": "Bucket, Key, Size",
    "files": [{"key": "inventory/1.csv.gz"}, {"key": "inventory/2.csv.gz"}],
}


@pytest.fixture
def s3():
    with mock_sfn_executions(), mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        yield s3


def read(s3, config, parameters=OBJECT, resource=GET):
    return [item.value for item in read_items(s3, ReadRequest(resource, parameters, config, 0))]


def put(s3, **objects):
    for key, body in objects.items():
        s3.put_object(Bucket="lists", Key=key, Body=body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize(
    ("config", "body", "items"),
    [
        pytest.param({}, "[1, 2]", [1, 2], id="JSON by default"),
        pytest.param({"InputType": "JSON", "MaxItems": 1}, "[1, 2]", [1], id="MaxItems"),
        pytest.param({"InputType": "JSON", "MaxItems": 0}, "[1, 2]", [1, 2], id="no limit"),
        pytest.param({"InputType": "JSON", "ItemsPointer": "/a/b"}, '{"a": {"b": [1]}}', [1], id="ItemsPointer"),
        pytest.param({"ItemsPointer": "/a/1/b"}, '{"a": [0, {"b": [1]}]}', [1], id="ItemsPointer with an index"),
        pytest.param({"InputType": "JSONL"}, gzip.compress(b'{"a": 1}\n2'), [{"a": 1}, 2], id="compressed lines"),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "a,b\n1\n1,2,3",
            [{"a": "1", "b": ""}, {"a": "1", "b": "2"}],
            id="CSV with short and long rows",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            'a,b\r\n"x,\ny",1\r\n\r\n2,3\r\n',
            [{"a": "x,\ny", "b": "1"}, {"a": "2", "b": "3"}],
            id="CSV with a line end in a field",
        ),
        pytest.param({"InputType": "JSONL"}, '"a\u2028b"\r\n\n1', ["a\u2028b", 1], id="lines with other separators"),
    ],
)
def test_items_of_an_object(s3, config, body, items):
    """The items of an object follow from the reader's configuration."""
    put(s3, items=body)

    assert read(s3, config) == items


def test_items_of_all_objects(s3):
    """LOAD_AND_FLATTEN reads each object of the list, in the order of keys."""
    put(s3, one="[1, 2]", two="[3]")
    config = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}

    assert read(s3, config, {"Bucket": "lists"}, LIST) == [1, 2, 3]


@pytest.mark.parametrize(
    "config",
    [pytest.param({"InputType": "MANIFEST"}, id="type"), pytest.param({"ManifestType": "S3_INVENTORY"}, id="manifest")],
)
def test_items_of_an_inventory(s3, config):
    """A manifest of S3 Inventory has an item for each row of its files, with the names of its schema."""
    put(s3, items=json.dumps(INVENTORY))
    put(s3, **{"inventory/1.csv.gz": gzip.compress(b'"b","one","1"\n"b","two","2"\n')})
    put(s3, **{"inventory/2.csv.gz": gzip.compress(b'"b","three","3"\n')})

    assert read(s3, config) == [
        {"Bucket": "b", "Key": "one", "Size": "1"},
        {"Bucket": "b", "Key": "two", "Size": "2"},
        {"Bucket": "b", "Key": "three", "Size": "3"},
    ]


def test_items_of_a_manifest_of_athena(s3):
    """A manifest of Athena names files, which have the items."""
    put(s3, items="s3://lists/one\ns3://lists/two\n", one="1\n2", two="3")

    assert read(s3, {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}) == [1, 2, 3]


@pytest.mark.parametrize(
    ("config", "parameters", "resource", "sources"),
    [
        pytest.param({}, {"Bucket": "lists", "Key": "a"}, GET, ["S3://lists/a", "S3://lists/a"], id="object"),
        pytest.param({}, {"Bucket": "lists"}, LIST, ["S3://lists", "S3://lists"], id="list"),
        pytest.param(
            {"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"},
            {"Bucket": "lists"},
            LIST,
            ["S3://lists/a", "S3://lists/a", "S3://lists/b"],
            id="objects of a list",
        ),
    ],
)
def test_sources(s3, config, parameters, resource, sources):
    """An item has the address of the object that contains it, or of the bucket that was listed."""
    put(s3, a="[1, 2]", b="[3]")

    assert [item.source for item in read_items(s3, ReadRequest(resource, parameters, config, 0))] == sources


@pytest.mark.parametrize(
    ("config", "body", "cause"),
    [
        pytest.param({}, '{"a": 1}', "Attempting to map over non-iterable node.", id="not a list"),
        pytest.param({}, "{", "The object must be valid JSON", id="not JSON"),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "a,b,a\n1,2,3",
            "CSV headers cannot contain duplicates.",
            id="header twice in the first row",
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "a"]},
            "1,2",
            "CSV headers cannot contain duplicates.",
            id="header given twice",
        ),
        pytest.param(
            {"InputType": "PARQUET"},
            "PAR1",
            "cannot read a Parquet file: sfn_mock does not support it; use another InputType in this test instead.",
            id="Parquet",
        ),
        pytest.param(
            {"InputType": "MANIFEST"},
            '{"files": []}',
            "The manifest must have destinationBucket, fileSchema and files with keys, as S3 Inventory writes them.",
            id="manifest",
        ),
        pytest.param(
            {"ItemsPointer": "a"},
            '{"a": [1]}',
            "The object cannot be read with ItemsPointer 'a', which must begin with a slash",
            id="ItemsPointer without a slash",
        ),
        pytest.param(
            {"ItemsPointer": "/2"}, "[[1], [2]]", "Attempting to map over non-iterable node.", id="index out of range"
        ),
        pytest.param({"ItemsPointer": "/01"}, "[[1], [2]]", "Attempting to map over non-iterable node.", id="no index"),
        pytest.param({}, b"[\xff]", "The object must be text in UTF-8", id="other bytes"),
        pytest.param(
            {"InputType": "JSONL"},
            b"\x1f\x8bnot",
            "Compressed file ended before the end-of-stream marker was reached",
            id="broken compression",
        ),
    ],
)
def test_objects_that_cannot_be_read(s3, config, body, cause):
    """A fault in an object fails the state."""
    put(s3, items=body)
    with pytest.raises(StateError) as error:
        read(s3, config)

    assert (error.value.error, error.value.cause) == ("States.ItemReaderFailed", cause)


@pytest.mark.parametrize(
    ("parameters", "resource", "cause"),
    [
        pytest.param(
            {"Bucket": "lists", "Key": "missing"},
            GET,
            r"The specified key does not exist\. \(Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; "
            r"Request ID: \w*; S3 Extended Request ID: [^;]*; Proxy: null\)",
            id="key",
        ),
        pytest.param(
            {"Bucket": "missing"},
            LIST,
            r"The specified bucket does not exist \(Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; "
            r"Request ID: \w*; S3 Extended Request ID: [^;]*; Proxy: null\)",
            id="bucket",
        ),
        pytest.param(
            {},
            GET,
            "The field 'Bucket' is required but was missing, The field 'Key' is required but was missing",
            id="no parameters",
        ),
        pytest.param({"Prefix": "a"}, LIST, "The field 'Bucket' is required but was missing", id="no bucket"),
    ],
)
def test_requests_that_fail(s3, parameters, resource, cause):
    """An error of S3, or an impossible request, fails the reader with the service's sentence."""
    with pytest.raises(StateError) as error:
        read(s3, {}, parameters, resource)

    assert error.value.error == "States.ItemReaderFailed"
    assert re.fullmatch(cause, error.value.cause)


def test_an_error_without_details():
    """An error without message, code and metadata, which only a client of a test raises, has a cause too."""
    cause = s3_cause(ClientError({"Error": {}}, "GetObject"))

    assert cause == (
        "null (Service: Amazon S3; Status Code: 400; Error Code: Unknown; Request ID: ; S3 Extended Request ID: ; "
        "Proxy: null)"
    )


def test_arguments_that_are_not_an_object(s3):
    """An expression may return any value for the arguments of a reader."""
    with pytest.raises(StateError) as error:
        read(s3, {}, [1])

    assert error.value.cause == "The Arguments of ItemReader must be an object but were: [1]"


ENDS = [
    ChildEnd("SUCCEEDED", [1, 2], description={"Name": "a"}),
    ChildEnd("SUCCEEDED", 3),
    ChildEnd("FAILED", error="E", cause="c"),
]
WHOLE = [
    {"Name": "a", "Output": "[1,2]", "OutputDetails": {"Included": True}, "Status": "SUCCEEDED"},
    {"Output": "3", "OutputDetails": {"Included": True}, "Status": "SUCCEEDED"},
]


def write(s3, config, resource=PUT, ends=ENDS):
    destination = {"Bucket": "lists", "Prefix": "/out/"}
    return write_results(s3, WriteRequest(MAP_RUN, resource, destination, config, 0, ends, is_needed=True))


@pytest.mark.parametrize(
    ("config", "key", "text"),
    [
        pytest.param({}, "out/1/SUCCEEDED_0.json", json.dumps(WHOLE, separators=(",", ":")), id="whole"),
        pytest.param({"Transformation": "COMPACT"}, "out/1/SUCCEEDED_0.json", "[[1,2],3]", id="outputs"),
        pytest.param({"Transformation": "FLATTEN"}, "out/1/SUCCEEDED_0.json", "[1,2,3]", id="flat"),
        pytest.param(
            {"Transformation": "COMPACT", "OutputType": "JSONL"}, "out/1/SUCCEEDED_0.jsonl", "[1,2]\n3", id="lines"
        ),
    ],
)
def test_results_by_writer_config(s3, config, key, text):
    """WriterConfig sets the form of the results of successful children; the manifest names the files."""
    result = write(s3, config)
    manifest = json.loads(s3.get_object(Bucket="lists", Key="out/1/manifest.json")["Body"].read())
    suffix = key.rpartition(".")[2]

    assert result == {
        "MapRunArn": MAP_RUN,
        "ResultWriterDetails": {"Bucket": "lists", "Key": "out/1/manifest.json"},
    }
    assert s3.get_object(Bucket="lists", Key=key)["Body"].read().decode() == text
    assert manifest == {
        "DestinationBucket": "lists",
        "MapRunArn": MAP_RUN,
        "ResultFiles": {
            "SUCCEEDED": [{"Key": key, "Size": len(text)}],
            "FAILED": [{"Key": f"out/1/FAILED_0.{suffix}", "Size": 45 if suffix == "json" else 43}],
            "PENDING": [],
        },
    }


@pytest.mark.parametrize(
    ("transformation", "result"),
    [
        pytest.param("COMPACT", [[1, 2], 3], id="outputs"),
        pytest.param("FLATTEN", [1, 2, 3], id="flat"),
    ],
)
def test_results_without_a_bucket(s3, transformation, result):
    """Without a Resource the results of successful children are the state's result, in the form of WriterConfig."""
    assert write(s3, {"Transformation": transformation}, None) == result


def test_results_that_cannot_be_written(s3):
    """An error of S3 fails the state."""
    s3.delete_bucket(Bucket="lists")
    with pytest.raises(StateError) as error:
        write(s3, {})

    assert error.value.error == "States.ResultWriterFailed"
    assert error.value.cause.startswith(
        "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; "
    )


def test_result_writer_without_a_bucket(s3):
    """A writer without a bucket fails."""
    with pytest.raises(StateError) as error:
        write_results(s3, WriteRequest(MAP_RUN, PUT, {}, {}, 0, ENDS, is_needed=True))

    assert (error.value.error, error.value.cause) == (
        "States.ResultWriterFailed",
        "The field 'Bucket' is required but was missing",
    )
