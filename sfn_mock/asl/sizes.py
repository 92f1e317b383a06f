"""How large the data of a state may be."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.texts import json_text

#: The most bytes that the input, the output or the variables of a state may have, as JSON in UTF-8.
DATA_LIMIT = 262_144
#: The most arrays and objects within each other: what a run adds to at each state would become too deep for json.
DEPTH_LIMIT = 600


def fits(value: Any) -> bool:
    """Tell whether a JSON value is neither larger nor nested deeper than the data of a state may be."""
    try:
        text = json_text(value)
    except RecursionError:
        return False
    if len(text.encode("utf-8", "replace")) > DATA_LIMIT:
        return False
    return text.count("[") + text.count("{") <= DEPTH_LIMIT or _depth(value) <= DEPTH_LIMIT


def _depth(value: Any) -> int:
    """Return how many arrays and objects are within each other."""
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth
