"""Seed state machines, with CreateStateMachine's checks of their definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfn_mock.argument_errors import ArgumentError, must_be, must_be_one_of
from sfn_mock.operations.definition_checks import diagnostics
from sfn_mock.state import clock
from sfn_mock.state.execution_names import check_name
from sfn_mock.state.outcomes import json_text
from sfn_mock.state.records import Records, StateMachine
from sfn_mock.state.revisions import DEFAULT_DEFINITION, new_revision
from sfn_mock.state.state_machines import add_state_machine

_TYPES = ("STANDARD", "EXPRESS")


def seed_state_machine(
    records: Records,
    moment: int,
    name: str,
    *,
    type: str = "STANDARD",
    definition: str | Mapping[str, Any] | None = None,
    role_arn: str | None = None,
    creation_date: clock.Date | None = None,
) -> StateMachine:
    """Store a seeded machine; ArgumentError for an impossible one, or if its name is taken."""
    check_name(name)
    if name in records.state_machines:
        taken = records.state_machines[name].arn
        raise ArgumentError("name", f"must be unused, got the name of {taken}: use get_state_machine() for that one")
    if type not in _TYPES:
        raise must_be_one_of("type", _TYPES, type)
    role = default_role_arn(records, name) if role_arn is None else role_arn
    if not isinstance(role, str) or not role.startswith("arn:"):
        raise must_be("role_arn", "an ARN like 'arn:aws:iam::123456789012:role/orders'", role_arn)
    text = DEFAULT_DEFINITION if definition is None else _checked_definition(definition, type)
    created = moment if creation_date is None else clock.to_moment(creation_date, moment, name="creation_date")
    naive = clock.naive_dates(creation_date=creation_date)
    if naive:
        records.naive_dates.check(moment, naive)
    return add_state_machine(records, name, type=type, revision=new_revision(text, role), moment=created)


def default_role_arn(records: Records, name: str) -> str:
    """Return the default role of a seeded machine with that name."""
    return f"arn:{records.partition}:iam::{records.account_id}:role/service-role/{name}"


def _checked_definition(definition: str | Mapping[str, Any], type: str) -> str:
    """Return the text of a definition; ArgumentError with AWS's sentence if CreateStateMachine refuses it."""
    text = definition if isinstance(definition, str) else json_text(definition, "definition")
    faults = [str(diagnostic) for diagnostic in diagnostics(text, type) if diagnostic.severity == "ERROR"]
    if faults:
        raise ArgumentError("definition", f"must be one that AWS accepts, got {', '.join(faults)}")
    return json_text(text, "definition")
