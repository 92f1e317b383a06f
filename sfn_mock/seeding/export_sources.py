"""Read sources of load: files, texts and answers; JSON, JSON Lines and YAML; pages and items."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from reprlib import repr as shortened
from typing import Any

from sfn_mock.seeding.texts import is_text, parse, reading

_PRINTED = "what 'aws stepfunctions list-executions --output json' printed"


def read_source(source: object) -> Iterator[object]:
    """Yield the items of a source unchanged, with their members as the API spells them."""
    return (_in_camel_case(raw) for raw in _raw_items(_document(source)))


@contextmanager
def naming(label: str) -> Iterator[None]:
    """Add the label of an item to a ValueError."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None


def _document(source: object) -> object:
    """Return the source; text and files are parsed."""
    if isinstance(source, str) and is_text(source):
        return _read_text(source, source, "source")
    if isinstance(source, (str, os.PathLike)):
        with reading(source, "a JSON file"), open(source, "rb") as file:
            content = file.read()
        # As JSON's parser reads bytes: what PowerShell writes is UTF-16. What it cannot read it says itself.
        text = content.decode(json.detect_encoding(content), "replace")
        return _read_text(content, text, os.fspath(source))
    return source


def _read_text(content: str | bytes, text: str, name: str) -> object:
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) or not text.strip():
        return _read_json(content, name)
    with naming(name):
        return parse(text)


def _read_json(content: str | bytes, name: str) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        lines = _read_json_lines(content)
        if lines is not None:
            return lines
        raise ValueError(f"{name} must be {_PRINTED}, got invalid JSON ({error}).") from None


def _read_json_lines(content: str | bytes) -> list[object] | None:
    """Return the values of JSON Lines, which a ResultWriter may write; None for other text."""
    try:
        text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
        lines = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        return None
    return lines or None


def _raw_items(document: object) -> Iterator[object]:
    """Yield the items of a page, of a list of pages and items, or the one item that the document is."""
    if _is_page(document) or _is_item(document):
        document = [document]
    if not isinstance(document, (list, tuple)):
        raise ValueError(f"source must be {_PRINTED}, or a list of its items, got {shortened(document)}.")
    for part in document:
        if not _is_page(part):
            yield part
        elif isinstance(part["executions"], (list, tuple)):
            yield from part["executions"]
        else:
            raise ValueError(f"executions must be a list, got {shortened(part['executions'])}.")


def _is_page(document: Any) -> bool:
    return isinstance(document, Mapping) and "executions" in document


def _is_item(document: Any) -> bool:
    return isinstance(document, Mapping) and ("executionArn" in document or "ExecutionArn" in document)


def _in_camel_case(raw: object) -> object:
    """Return a ResultWriter's item with the API's names of members; other items unchanged."""
    if not isinstance(raw, Mapping) or "ExecutionArn" not in raw:
        return raw
    return {f"{member[:1].lower()}{member[1:]}": value for member, value in raw.items() if isinstance(member, str)}
