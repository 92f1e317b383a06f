"""Parse the files that the ItemReader of a Distributed Map state reads."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from io import StringIO
from itertools import chain, repeat
from typing import Any

from sfn_mock.asl.json_values import decode_strictly

#: An index in a JSON Pointer (RFC 6901); longer ones exceed every array.
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class NotIterableError(ValueError):
    """A JSON file has no array or object where the items should be."""


class DuplicateHeadersError(ValueError):
    """Two columns of a CSV file have the same name."""


def parse_items(text: str, config: Mapping[str, Any]) -> list[Any]:
    """Return the items in a file.

    Args:
        text: The content of the file.
        config: `ReaderConfig`; JSON is the default of its `InputType`.

    Raises:
        ValueError: If the text does not have that format; the message says what it must be.
    """
    kind = config.get("InputType")
    if kind == "CSV":
        return _csv_items(text, config)
    if kind == "JSONL":
        return [_json(line) for line in text.split("\n") if line.strip()]
    return _json_items(text, config.get("ItemsPointer", ""))


def _json_items(text: str, pointer: str) -> list[Any]:
    value = _json(text)
    if not pointer and not isinstance(value, list):
        raise NotIterableError("must be a JSON array")
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"cannot be read with ItemsPointer {pointer!r}, which must begin with a slash")
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(name)] if _INDEX.fullmatch(name) and int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return [{"Key": name, "Value": item} for name, item in value.items()]
    if not isinstance(value, list):
        raise NotIterableError(f"must have an array at ItemsPointer {pointer}")
    return value


def _json(text: str) -> Any:
    try:
        return decode_strictly(text)
    except (ValueError, RecursionError):
        raise ValueError("must be valid JSON") from None


def _csv_items(text: str, config: Mapping[str, Any]) -> list[Any]:
    try:
        # A quoted field may contain line ends.
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=_DELIMITERS[config.get("CSVDelimiter", "COMMA")]))
    except csv.Error as error:
        raise ValueError(f"must be valid CSV: {error}") from None
    headers = config["CSVHeaders"] if config.get("CSVHeaderLocation") == "GIVEN" else rows.pop(0) if rows else []
    if len(set(headers)) < len(headers):
        raise DuplicateHeadersError("must have headers that differ from each other")
    # Fill short rows with empty strings, and drop the surplus of long rows.
    return [dict(zip(headers, chain(row, repeat("")), strict=False)) for row in rows if row]
