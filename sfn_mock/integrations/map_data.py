"""Read the items of a Distributed Map state from S3, and write its results to S3."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, ReadItem, ReadRequest, WriteRequest
from sfn_mock.asl.item_data import DuplicateHeadersError, NotIterableError, parse_items
from sfn_mock.asl.resources import parse_resource
from sfn_mock.asl.texts import json_text, utf8
from sfn_mock.integrations.failures import s3_cause
from sfn_mock.integrations.operations import find_operation
from sfn_mock.integrations.requests import build_request, missing_parameter_message

#: The errors of S3 and of a bad object; other exceptions, such as UnmockedServiceError, go to the author of the test.
_FAULTS = (BotoCoreError, ClientError, ValueError, OSError, EOFError, zlib.error)
_GZIP = b"\x1f\x8b"
_STATUSES = ("SUCCEEDED", "FAILED", "PENDING")
#: The files for the statuses of child executions; all other statuses belong to FAILED.
_FILES = {"SUCCEEDED": "SUCCEEDED", "PENDING": "PENDING"}


def read_items(s3: Any, request: ReadRequest) -> list[ReadItem]:
    """Read the items of a Distributed Map state: the items in an object, or the list of objects in a bucket.

    Args:
        s3: A boto3 client of S3.
        request: The evaluated ItemReader.

    Raises:
        StateError: States.ItemReaderFailed, if S3 refuses a call or an object has the wrong format.
    """
    limit = request.config.get("MaxItems")
    try:
        parameters = _s3_request(request.resource, _object("ItemReader", request.parameters))
        if not request.resource.endswith(":s3:listObjectsV2"):
            items = _object_items(s3, parameters, request.config)
        else:
            items = _list_objects(s3, parameters)
            if request.config.get("Transformation") == "LOAD_AND_FLATTEN":
                keys = [item.value["Key"] for item in items]
                items = _load(s3, parameters["Bucket"], keys, request.config)
    except _FAULTS as error:
        raise StateError("States.ItemReaderFailed", _cause(error)) from None
    return items[:limit] if limit else items


def _object(field: str, parameters: Any) -> dict[str, Any]:
    if not isinstance(parameters, dict):
        raise ValueError(f"The Arguments of {field} must be an object but were: {json_text(parameters)}")
    return parameters


def _s3_request(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a reader's call; raise ParametersError if S3 cannot take them."""
    operation = find_operation(parse_resource(resource.replace(":::s3:", ":::aws-sdk:s3:")))
    assert operation is not None
    return build_request(operation, parameters)


def _cause(error: Exception) -> str:
    return s3_cause(error) if isinstance(error, ClientError) else str(error)


def _list_objects(s3: Any, parameters: dict[str, Any]) -> list[ReadItem]:
    pages = s3.get_paginator("list_objects_v2").paginate(**parameters)
    entries = [entry for page in pages for entry in page.get("Contents", ())]
    return [
        ReadItem(
            {
                "Etag": entry["ETag"],
                "Key": entry["Key"],
                "LastModified": int(entry["LastModified"].timestamp()),
                "Size": entry["Size"],
                "StorageClass": entry["StorageClass"],
            },
            f"S3://{parameters['Bucket']}",
        )
        for entry in entries
    ]


def _object_items(s3: Any, parameters: dict[str, Any], config: dict[str, Any]) -> list[ReadItem]:
    text = _text(s3, parameters)
    kind = config.get("ManifestType") or ("S3_INVENTORY" if config.get("InputType") == "MANIFEST" else None)
    if kind == "S3_INVENTORY":
        return _inventory_items(s3, text)
    if kind == "ATHENA_DATA":
        return _listed_items(s3, text, config)
    return _items(text, config, parameters["Bucket"], parameters["Key"])


def _inventory_items(s3: Any, text: str) -> list[ReadItem]:
    """Return the objects that the files of an S3 Inventory report list."""
    manifest = json.loads(text)
    try:
        bucket = manifest["destinationBucket"].rpartition(":")[2]
        headers = [name.strip() for name in manifest["fileSchema"].split(",")]
        keys = [file["key"] for file in manifest["files"]]
    except (LookupError, TypeError, AttributeError):
        raise ValueError(
            "The manifest must have destinationBucket, fileSchema and files with keys, as S3 Inventory writes them."
        ) from None
    return _load(s3, bucket, keys, {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": headers})


def _listed_items(s3: Any, text: str, config: dict[str, Any]) -> list[ReadItem]:
    """Return the items of all files in a manifest of Athena's UNLOAD."""
    items: list[ReadItem] = []
    for row in csv.reader(text.splitlines()):
        bucket, _, key = "".join(row).removeprefix("s3://").partition("/")
        items += _load(s3, bucket, [key], config)
    return items


def _load(s3: Any, bucket: str, keys: list[str], config: dict[str, Any]) -> list[ReadItem]:
    """Return the items of several objects of a bucket."""
    texts = [_text(s3, {"Bucket": bucket, "Key": key}) for key in keys]
    return [item for key, text in zip(keys, texts, strict=True) for item in _items(text, config, bucket, key)]


def _items(text: str, config: dict[str, Any], bucket: str, key: str) -> list[ReadItem]:
    return [ReadItem(value, f"S3://{bucket}/{key}") for value in _parse(text, config)]


def _text(s3: Any, parameters: dict[str, Any]) -> str:
    body: bytes = s3.get_object(**parameters)["Body"].read()
    try:
        return (gzip.decompress(body) if body.startswith(_GZIP) else body).decode()
    except UnicodeDecodeError:
        raise ValueError("The object must be text in UTF-8") from None


def _parse(text: str, config: dict[str, Any]) -> list[Any]:
    if config.get("InputType") == "PARQUET":
        raise ValueError(
            "cannot read a Parquet file: sfn_mock does not support it; use another InputType in this test instead."
        )
    try:
        return parse_items(text, config)
    except NotIterableError:
        raise ValueError("Attempting to map over non-iterable node.") from None
    except DuplicateHeadersError:
        raise ValueError("CSV headers cannot contain duplicates.") from None
    except ValueError as fault:
        raise ValueError(f"The object {fault}") from None


# --- Results -----------------------------------------------------------------------------------------------------


def write_results(s3: Any, request: WriteRequest) -> Any:
    """Write the results of a map run to S3: one file for each status, and a manifest.

    Args:
        s3: A boto3 client of S3.
        request: The evaluated ResultWriter; without a Resource the results are only transformed.

    Returns:
        The result of the state: the location of the manifest, or the transformed results.

    Raises:
        StateError: States.ResultWriterFailed, if S3 refuses a call.
    """
    transformation = request.config.get("Transformation", "NONE")
    if request.resource is None:
        return _transform(request.ends, transformation)
    has_lines = request.config.get("OutputType") == "JSONL"
    files: dict[str, list[dict[str, Any]]] = {status: [] for status in _STATUSES}
    try:
        parameters = _object("ResultWriter", request.parameters)
        bucket, prefix = parameters.get("Bucket"), str(parameters.get("Prefix", "")).strip("/")
        if bucket is None:
            raise ValueError(missing_parameter_message("Bucket"))
        folder = "/".join(part for part in (prefix, request.map_run_arn.rpartition(":")[2]) if part)
        for status in _STATUSES:
            ends = [end for end in request.ends if _FILES.get(end.status, "FAILED") == status]
            if ends:
                # Only child executions that succeeded have an output to transform.
                found = _transform(ends, transformation if status == "SUCCEEDED" else "NONE")
                body = utf8("\n".join(map(json_text, found)) if has_lines else json_text(found))
                key = f"{folder}/{status}_0.{'jsonl' if has_lines else 'json'}"
                s3.put_object(Bucket=bucket, Key=key, Body=body)
                files[status].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": request.map_run_arn, "ResultFiles": files}
        s3.put_object(Bucket=bucket, Key=f"{folder}/manifest.json", Body=utf8(json_text(manifest)))
    except _FAULTS as error:
        raise StateError("States.ResultWriterFailed", _cause(error)) from None
    details = {"Bucket": bucket, "Key": f"{folder}/manifest.json"}
    return {"MapRunArn": request.map_run_arn, "ResultWriterDetails": details}


def _transform(ends: list[ChildEnd], transformation: str) -> list[Any]:
    """Return the results of child executions: descriptions (NONE), or outputs as they are (COMPACT) or in a flat list.

    As without a ResultWriter, only the child executions that succeeded have an output.
    """
    if transformation == "NONE":
        return [_result(end) for end in ends]
    outputs = [end.output for end in ends if end.status == "SUCCEEDED"]
    if transformation == "COMPACT":
        return outputs
    return [item for output in outputs for item in (output if isinstance(output, list) else [output])]


def _result(end: ChildEnd) -> dict[str, Any]:
    described = {**end.description, "Status": end.status, "Error": end.error, "Cause": end.cause}
    if end.status == "SUCCEEDED":
        described |= {"Output": json_text(end.output), "OutputDetails": {"Included": True}}
    return {name: described[name] for name in sorted(described) if described[name] is not None}
