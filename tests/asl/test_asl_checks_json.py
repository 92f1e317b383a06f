"""Definitions that are not a JSON object."""

from __future__ import annotations

import pytest
from asl_diagnosed import diagnose, machine

from sfn_mock.asl.checks import Diagnostic
from sfn_mock.aws.json_reader import DEEPEST

NO_OBJECT = Diagnostic("ERROR", "SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object", None)


@pytest.mark.parametrize("text", [" ", '""', "[]", "1", "null"])
def test_no_object(text: str) -> None:
    """The diagnostic of a blank text, or of a JSON value that is not an object, has no location."""
    assert diagnose(text) == [NO_OBJECT]


def test_text_that_is_not_json() -> None:
    """A text that is not JSON has Jackson's sentence, which ends with the location."""
    location = '[Source: (String)"{"StartAt": Pack}"; line: 1, column: 17]'
    sentence = (
        "Unrecognized token 'Pack': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
        f"'false')\n at {location}"
    )

    assert diagnose('{"StartAt": Pack}') == [Diagnostic("ERROR", "INVALID_JSON_DESCRIPTION", sentence, location)]


def test_state_given_twice() -> None:
    """An object with a field twice is refused at the second one."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Fail"}}}'
    location = f'[Source: (String)"{text}"; line: 1, column: 58]'

    assert diagnose(text) == [
        Diagnostic("ERROR", "INVALID_JSON_DESCRIPTION", f"Duplicate field 'A'\n at {location}", location)
    ]


def test_too_deeply_nested() -> None:
    """A definition may be nested 250 levels deep, including its own object."""
    value: object = 1
    for _ in range(DEEPEST - 3):
        value = [value]
    state = {"Type": "Pass", "End": True, "Result": value}

    assert diagnose(machine(state)) == []
    assert diagnose(machine({**state, "Result": [value]})) == [
        Diagnostic("ERROR", "TOO_DEEPLY_NESTED", "Definition is nested more than 250 levels deep", None)
    ]
