"""What TestState runs a single state with, and what that comes to."""

from __future__ import annotations

from typing import Any, NamedTuple


class MockedResult(NamedTuple):
    """Stands in for what the state's work would give."""

    result: Any


class MockedError(NamedTuple):
    """Stands in for the failure of the state's work."""

    error: str | None
    cause: str | None


class Setting(NamedTuple):
    """All that a state is run with; what came as JSON text has been read."""

    account_id: str
    region: str
    #: When it runs, in UTC milliseconds.
    moment: int
    state_name: str
    role_arn: str | None
    input: Any
    #: Members of the context object, beside those it has anyway.
    context: dict[str, Any]
    mock: MockedResult | MockedError | None
    #: How often the state has been retried before.
    retry_count: int


class Outcome(NamedTuple):
    #: SUCCEEDED, FAILED, RETRIABLE or CAUGHT_ERROR.
    status: str
    #: JSON text; None where the state has no output, because it failed.
    output: str | None
    error: str | None
    cause: str | None
    next_state: str | None
    #: What the steps of the state's data flow gave, by the API's names for them.
    inspection: dict[str, Any]
