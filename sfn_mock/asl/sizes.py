"""How large the data of a state may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfn_mock.asl.texts import json_text

#: The most bytes that the input, the output or the variables of a state may have, as JSON in UTF-8.
DATA_LIMIT = 262_144
#: The most arrays and objects within each other that a state may make of an input of fewer levels: what a run adds to
#: at each state would become too deep for json.
DEPTH_LIMIT = 600


def fits(value: Any, state_input: Any = None, to_text: Callable[[Any], str] = json_text) -> bool:
    """Return whether a JSON value is neither larger nor nested deeper than the data of a state may be.

    Args:
        value: What the state returns or assigns.
        state_input: The state's input. The value may have as many levels as the input, if these are more than 600.
        to_text: Returns the JSON of the value, for those who keep it.
    """
    try:
        text = to_text(value)
    except RecursionError:
        return False
    # A character has four bytes at most.
    if 4 * len(text) > DATA_LIMIT and len(text.encode("utf-8", "replace")) > DATA_LIMIT:
        return False
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return True
    return _depth(value) <= max(DEPTH_LIMIT, _depth(state_input))


def _depth(value: Any) -> int:
    """Return how many arrays and objects are within each other."""
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, (dict, list))]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth
