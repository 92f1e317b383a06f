"""The limits for the size and the nesting of a state's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfn_mock.asl.json_values import nesting_depth
from sfn_mock.asl.texts import json_text, utf8

#: The most bytes of a state's input, output or variables, as JSON in UTF-8.
DATA_LIMIT = 262_144
#: The most bytes of all variables of an execution, as JSON in UTF-8.
VARIABLES_LIMIT = 10 * 1024 * 1024
#: The deepest nesting that a state may create. A loop that nests its data once more at each state would otherwise
#: become too deep for Python's json.
DEPTH_LIMIT = 600


def fits(value: Any, state_input: Any = None, to_text: Callable[[Any], str] = json_text) -> bool:
    """Return whether the size and the nesting of a state's data are within the limits.

    Args:
        value: The state's output or its assigned variables.
        state_input: The state's input; the value may be as deeply nested as the input even if that exceeds the limit.
        to_text: Returns the value as JSON text; a caller that keeps the text passes its own function.
    """
    try:
        text = to_text(value)
    except RecursionError:
        return False
    if len(utf8(text)) > DATA_LIMIT:
        return False
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return True
    return nesting_depth(value) <= max(DEPTH_LIMIT, nesting_depth(state_input))


def variables_fit(variables: Mapping[str, Any]) -> bool:
    """Return whether the size of all variables of an execution is within the limit; each has at most `DATA_LIMIT`."""
    if len(variables) * DATA_LIMIT <= VARIABLES_LIMIT:
        return True
    return sum(len(utf8(json_text(value))) for value in variables.values()) <= VARIABLES_LIMIT
