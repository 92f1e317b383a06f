"""ValidateStateMachineDefinition and TestState: what can be asked of a definition before it is any machine's."""

from __future__ import annotations

import json
from typing import Any

from moto.core.models import botocore_stubber

from sfn_mock.aws import definitions
from sfn_mock.aws.definitions import Fault, check_definition, missing_fields, object_fault
from sfn_mock.aws.exceptions import (
    ContextNeedsMock,
    InvalidDefinition,
    InvalidExecutionInput,
    MockNotOne,
    MockNotSupported,
    NotJson,
    NotJsonObject,
    StateNeedsMock,
    TaskNeedsRole,
    TestedStateNotFound,
    WaitingTaskNeedsMock,
)
from sfn_mock.aws.payloads import json_fault
from sfn_mock.moto_interpreter.single_states import MockedError, MockedResult, Outcome, Setting
from sfn_mock.operations.definition_checks import diagnostics
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.operations.state_machines import checked_role
from sfn_mock.state.records import Records

#: How many diagnostics a call gets at most, and unless it asks for fewer.
_MOST_DIAGNOSTICS = 100

# The types of states that a mock can stand in for.
_MOCKED = ("Task", "Map", "Parallel")
# What a state is called where the definition is of that state alone.
_STATE_NAME = "TestState"
# What json_fault lets pass because JSON does, and neither Python nor Jackson makes a number of.
_LONG_NUMBER = "Number value length exceeds the maximum allowed"

_NO_INTERPRETER = (
    "TestState runs the state with moto's interpreter, which is not installed: pip install 'moto[stepfunctions]'"
)
_NOT_INTERPRETED = (
    "TestState runs the state with moto's interpreter, which knows neither JSONata nor variables: test a state that "
    "needs neither."
)
_NO_SERVICE = (
    "TestState runs a Task by calling its service, which nothing mocks: add mock_aws, or give the state a mock."
)


# --- ValidateStateMachineDefinition ------------------------------------------------------------------------------


@operation
def validate_state_machine_definition(
    records: Records,
    date: DateForm,
    *,
    definition: str,
    type: str | None = None,
    severity: str | None = None,
    max_results: int | None = None,
) -> Answer:
    """Tell what CreateStateMachine would refuse in the definition, and with ``severity`` WARNING its warnings too."""
    found = diagnostics(definition, type or "STANDARD")
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "ERROR"]
    if severity != "WARNING":
        found = tuple(errors)
    most = max_results or _MOST_DIAGNOSTICS
    return {
        "result": "FAIL" if errors else "OK",
        "diagnostics": [
            present(
                severity=diagnostic.severity,
                code=diagnostic.code,
                message=diagnostic.message,
                location=diagnostic.location,
            )
            for diagnostic in found[:most]
        ],
        "truncated": len(found) > most,
    }


# --- TestState ---------------------------------------------------------------------------------------------------


@operation
def test_state(
    records: Records,
    date: DateForm,
    *,
    definition: str,
    role_arn: str | None = None,
    input: str | None = None,
    inspection_level: str | None = None,
    reveal_secrets: bool | None = None,
    variables: str | None = None,
    state_name: str | None = None,
    mock: dict[str, Any] | None = None,
    context: str | None = None,
    state_configuration: dict[str, Any] | None = None,
) -> Answer:
    """Run the state once; a Wait state does not wait.

    Raises:
        NotImplementedError: Without moto's interpreter, and for what that does not know.
        RuntimeError: For a Task without a mock while no ``mock_aws`` is active to answer its service.
    """
    state = _tested_state(definition, state_name)
    _check_testable(state, role_arn, mock, context)
    with records.using() as moment:
        setting = Setting(
            account_id=records.account_id,
            region=records.region,
            moment=moment,
            state_name=state_name or _STATE_NAME,
            role_arn=None if role_arn is None else checked_role(role_arn),
            input=_read_input("{}" if input is None else input),
            context=_read_members("context", context),
            mock=None if mock is None else _read_mock(mock),
            retry_count=(state_configuration or {}).get("retrierRetryCount") or 0,
        )
    if state.get("QueryLanguage") == "JSONata" or _read_members("variables", variables):
        raise NotImplementedError(_NOT_INTERPRETED)
    if state["Type"] == "Task" and mock is None and not botocore_stubber.enabled:
        raise RuntimeError(_NO_SERVICE)
    # The records are others' again while the state runs: its task may be a call to Step Functions.
    outcome = _run(state, setting)
    return present(
        status=outcome.status,
        output=outcome.output,
        error=outcome.error,
        cause=outcome.cause,
        nextState=outcome.next_state,
        inspectionData=outcome.inspection if inspection_level in ("DEBUG", "TRACE") else None,
    )


def _run(state: dict[str, Any], setting: Setting) -> Outcome:
    try:
        # Only this operation needs moto's interpreter, which takes long to import.
        from sfn_mock.moto_interpreter.state_trials import run_state
    except ImportError:
        raise NotImplementedError(_NO_INTERPRETER) from None
    return run_state(state, setting)


def _tested_state(text: str, state_name: str | None) -> dict[str, Any]:
    """The state by itself, in the query language of the definition it stands in."""
    if state_name is not None:
        check_definition(text, "STANDARD")
    fault = object_fault(text)
    if fault is not None:
        raise InvalidDefinition(reason=fault)
    try:
        definition: dict[str, Any] = _read_json(text)
    except ValueError as reason:
        raise InvalidDefinition(reason=Fault("INVALID_JSON_DESCRIPTION", str(reason))) from None
    state = definition if state_name is None else _named_state(definition, state_name)
    for fault in missing_fields(state, ("Type",)):
        raise InvalidDefinition(reason=fault)
    return state


def _named_state(definition: dict[str, Any], name: str) -> dict[str, Any]:
    for _, state_name, state in definitions.states(definition):
        if state_name == name:
            inherited = {field: definition[field] for field in ("QueryLanguage",) if field in definition}
            return {**inherited, **state}
    raise TestedStateNotFound


def _check_testable(
    state: dict[str, Any], role_arn: str | None, mock: dict[str, Any] | None, context: str | None
) -> None:
    """Refuse what cannot be tested, with a mock or without one."""
    type = state["Type"]
    if mock is not None:
        if (mock.get("result") is None) == (mock.get("errorOutput") is None):
            raise MockNotOne
        if type not in _MOCKED:
            raise MockNotSupported(type=type)
    elif context is not None:
        raise ContextNeedsMock
    elif type in ("Map", "Parallel"):
        raise StateNeedsMock
    elif type == "Task":
        if definitions.waits(state) or ":activity:" in str(state.get("Resource")):
            raise WaitingTaskNeedsMock
        if role_arn is None:
            raise TaskNeedsRole


def _read_input(text: str) -> Any:
    try:
        return _read_json(text)
    except ValueError as reason:
        raise InvalidExecutionInput(reason=reason) from None


def _read_members(member: str, text: str | None) -> dict[str, Any]:
    """The members of a JSON object; none where it is not given."""
    try:
        members = _read_json("{}" if text is None else text)
    except ValueError:
        raise NotJsonObject(member=member) from None
    if not isinstance(members, dict):
        raise NotJsonObject(member=member)
    return members


def _read_mock(mock: dict[str, Any]) -> MockedResult | MockedError:
    error = mock.get("errorOutput")
    if error is not None:
        return MockedError(error.get("error"), error.get("cause"))
    try:
        return MockedResult(_read_json(mock["result"]))
    except ValueError:
        raise NotJson(member="mock.result") from None


def _read_json(text: str) -> Any:
    """The value; ValueError with what is wrong with the text, in AWS's words."""
    fault = json_fault(text)
    if fault is not None:
        raise ValueError(fault)
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(_LONG_NUMBER) from None
