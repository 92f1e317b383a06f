"""Decode JSON as strictly as AWS does, and ask questions about decoded values."""

from __future__ import annotations

import json
from typing import Any

from sfn_mock.aws.json_reader import refuse_constant


def decode_strictly(text: str) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: If the text is not JSON, or has NaN or Infinity, which Python would accept.
        RecursionError: If it is nested too deeply for Python.
    """
    return json.loads(text, parse_constant=refuse_constant)


def is_number(value: object) -> bool:
    """Return whether a value is a number; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def nesting_depth(value: Any) -> int:
    """Return how deeply arrays and objects are nested."""
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return depth
