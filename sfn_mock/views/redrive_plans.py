"""Set the outcomes of redrives of a state machine or map run."""

from __future__ import annotations

from functools import partial
from typing import Any

from sfn_mock.state.outcome_checks import check_outcome
from sfn_mock.state.outcome_plans import plan
from sfn_mock.state.records import ExecutionScope
from sfn_mock.types import Outcomes, Status


def set_redrive_plan(scope: ExecutionScope, outcomes: Outcomes | Status | None, **keywords: Any) -> None:
    """Set the outcomes of the redrives of a scope."""
    with scope.using():
        if scope.state_machine.type == "EXPRESS":
            raise ValueError(
                f"cannot set on_redrive() of {scope.arn}: AWS does not redrive executions of EXPRESS state machines; "
                f"use on_start() instead."
            )
        scope.records.undo.save(scope, "redrive_plan")
        scope.redrive_plan = plan(partial(check_outcome, scope), outcomes, **keywords)
