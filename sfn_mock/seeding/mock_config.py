"""Read the mock configs of AWS Step Functions Local: test cases by state machine, and the responses that they use."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from operator import attrgetter
from os import PathLike
from pathlib import Path
from typing import Any

from sfn_mock.asl.host import Failed, Succeeded
from sfn_mock.instruments.task_mocks import check_case
from sfn_mock.state.outcomes import check_length
from sfn_mock.state.records import StateMachine
from sfn_mock.state.task_mocks import Case, CaseState, Response
from sfn_mock.suggestions import did_you_mean

#: The number of an invocation, or the first and the last one.
_RANGE = re.compile(r"(?P<first>\d+)(?:-(?P<last>\d+))?")


def read_mock_config(
    source: str | PathLike[str] | Mapping[str, Any], machines: Iterable[StateMachine]
) -> dict[str, dict[str, Case]]:
    """Return the test cases of a mock config, by name of the state machine and of the case.

    A mistake is a ValueError, which says where it is. States are checked for the state machines that exist; others may
    come later.
    """
    config = _object(_read(source), "mock config", ("StateMachines", "MockedResponses"), required=("StateMachines",))
    mocked = _object(config.get("MockedResponses", {}), "MockedResponses")
    responses = {name: _responses(name, value) for name, value in mocked.items()}
    cases: dict[str, dict[str, Case]] = {}
    for name, value in _object(config["StateMachines"], "StateMachines").items():
        location = f"StateMachines[{name!r}]"
        machine = _object(value, location, ("TestCases",), required=("TestCases",))
        cases[name] = {
            case: _case(f"{location}.TestCases[{case!r}]", states, responses)
            for case, states in _object(machine["TestCases"], f"{location}.TestCases").items()
        }
    for existing in machines:
        for case, states in cases.get(existing.name, {}).items():
            check_case(existing, case, states)
    return cases


def _read(source: str | PathLike[str] | Mapping[str, Any]) -> Any:
    if isinstance(source, Mapping):
        return source
    if not isinstance(source, str | PathLike):
        raise ValueError(f"source must be a path or a dict, got {source!r}.")
    try:
        return json.loads(Path(source).read_text(encoding="utf-8"))
    except FileNotFoundError:
        sentence = (
            f"No file {os.path.abspath(source)!r}: give the path of a MockConfigFile.json, or its content as a dict."
        )
        raise FileNotFoundError(sentence) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"cannot read mock config {os.fspath(source)!r} ({error}): give a file with JSON.") from None


def _case(location: str, value: Any, responses: Mapping[str, tuple[Response, ...]]) -> Case:
    case: dict[str, CaseState] = {}
    for state, name in _object(value, location).items():
        if not isinstance(name, str):
            raise ValueError(f"{location}[{state!r}] must be the name of a response, got {name!r}.")
        if name not in responses:
            raise ValueError(
                f"{location}[{state!r}] must be a response of MockedResponses, got {name!r}. "
                f"{did_you_mean(name, responses)}"
            )
        case[state] = CaseState(name, responses[name])
    return case


def _responses(name: str, value: Any) -> tuple[Response, ...]:
    location = f"MockedResponses[{name!r}]"
    numbered = _object(value, location)
    if not numbered:
        raise ValueError(f"{location} must have a response, such as {{'0': {{'Return': {{}}}}}}.")
    responses = sorted((_response(location, key, value) for key, value in numbered.items()), key=attrgetter("first"))
    for before, after in pairwise(responses):
        if after.first <= before.last:
            raise ValueError(
                f"{location} must have one response for each invocation, got two for number {after.first}."
            )
    return tuple(responses)


def _response(location: str, key: str, value: Any) -> Response:
    numbers = _RANGE.fullmatch(key)
    first, last = (int(numbers["first"]), int(numbers["last"] or numbers["first"])) if numbers else (1, 0)
    if last < first:
        raise ValueError(f"{location} must have keys such as '0' or '1-2', the numbers of invocations, got {key!r}.")
    response = _object(value, f"{location}[{key!r}]", ("Return", "Throw"))
    if len(response) != 1:
        raise ValueError(f"{location}[{key!r}] must have either Return or Throw, got {list(response)}.")
    if "Return" in response:
        return Response(first, last, Succeeded(_json_value(response["Return"], f"{location}[{key!r}].Return")))
    thrown = _object(response["Throw"], f"{location}[{key!r}].Throw", ("Error", "Cause"), required=("Error",))
    for member, text in thrown.items():
        if not isinstance(text, str):
            raise ValueError(f"{location}[{key!r}].Throw.{member} must be a string, got {text!r}.")
        check_length(text, member.lower(), f"{location}[{key!r}].Throw.{member}")
    error = thrown["Error"]
    return Response(first, last, Failed(error, thrown.get("Cause"), is_timeout=error == "States.Timeout"))


def _json_value(value: Any, location: str) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{location} must be a JSON value: {error}") from None


def _object(
    value: Any, location: str, known: tuple[str, ...] | None = None, required: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """Return an object of the config with only known members; ValueError for anything else."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError(f"{location} must be an object with strings for keys, got {value!r}.")
    for key in value:
        if known is not None and key not in known:
            raise ValueError(f"Unknown key {key!r} in {location}. {did_you_mean(key, known)}")
    for key in required:
        if key not in value:
            raise ValueError(f"{location} must have {key}, got {list(value)}.")
    return value
