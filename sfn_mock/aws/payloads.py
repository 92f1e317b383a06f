"""AWS's sentences about inputs and outputs that are not JSON.

InvalidExecutionInput quotes the sentence of AWS's JSON parser, without the location of the fault.
"""

from __future__ import annotations

import json

from sfn_mock.aws.json_reader import find_fault, refuse_constant


def json_fault(text: str, kind: str = "input") -> str | None:
    """Return AWS's sentence about ``text`` that is not JSON; None if it is JSON (any value, not only an object)."""
    if not text.strip():
        return f"Invalid execution {kind}."
    try:
        # Numbers are not converted: Python refuses numbers of thousands of digits, which JSON allows.
        json.loads(text, parse_int=str, parse_constant=refuse_constant)
    except RecursionError:
        return "Document nesting depth exceeds the maximum allowed"
    except ValueError:
        return find_fault(text)
    return None
