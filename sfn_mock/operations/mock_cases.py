"""The test case of a mock config that a start names after ``#``, as in AWS Step Functions Local."""

from __future__ import annotations

import warnings

from sfn_mock.instruments.task_mocks import check_case
from sfn_mock.operations.finding import find_qualified
from sfn_mock.state.records import Records
from sfn_mock.state.seed_warnings import SeedWarning
from sfn_mock.state.task_mocks import Case
from sfn_mock.suggestions import did_you_mean


def split_case(records: Records, arn: str) -> tuple[str, Case | None]:
    """Return the ARN without its test case, and the case.

    An ARN with an unknown case is the ARN of no state machine, as on AWS; a warning names the case.

    Raises:
        ValueError: If the case mocks a state that the machine does not have.
    """
    machine_arn, mark, name = arn.partition("#")
    if not mark or not records.task_mocks.cases:
        return arn, None
    machine, _ = find_qualified(records, machine_arn)
    cases = records.task_mocks.cases.get(machine.name, {})
    if name not in cases:
        warnings.warn(
            f"The mock config has no test case {name!r} for state machine {machine.name!r}. "
            f"{did_you_mean(name, cases)}",
            SeedWarning,
            stacklevel=2,
        )
        return arn, None
    check_case(machine, name, cases[name])
    return machine_arn, cases[name]
