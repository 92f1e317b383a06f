"""The base of the views of state machines and map runs."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from sfn_mock import views
from sfn_mock.state.outcome_checks import check_outcome
from sfn_mock.state.outcome_plans import plan
from sfn_mock.state.records import ExecutionScope
from sfn_mock.types import Duration, Json, Outcomes, Status
from sfn_mock.views.view import View

Scope = TypeVar("Scope", bound=ExecutionScope)


class ScopeView(View[Scope]):
    """The view of a record that has executions."""

    __slots__ = ()

    @property
    def executions(self) -> views.Executions:
        """Its executions in the order of adding, including those that start later.

        The executions of a state machine do not include child executions, which are those of map runs.
        """
        return views.Executions(self._record.executions)

    def on_redrive(
        self,
        outcomes: Outcomes | Status | None = None,
        /,
        *,
        status: Status | None = None,
        duration: Duration | None = None,
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
    ) -> None:
        """Set the outcome of redrives of its executions; those of a map run are redriven with the parent.

        Arguments are those of ``StateMachine.on_start``. Without it a redriven execution runs until the code or the
        test ends it.

        Raises:
            ValueError: If a redrive cannot have such an outcome, or the state machine is EXPRESS.
            RuntimeError: If the state machine or map run no longer exists, or the mock has ended.
        """
        scope = self._record
        with scope.using():
            if scope.state_machine.type == "EXPRESS":
                raise ValueError(
                    f"cannot set on_redrive() of {scope.arn}: AWS does not redrive executions of EXPRESS state "
                    f"machines; use on_start() instead."
                )
            scope.records.undo.save(scope, "redrive_plan")
            scope.redrive_plan = plan(
                partial(check_outcome, scope),
                outcomes,
                status=status,
                duration=duration,
                output=output,
                error=error,
                cause=cause,
                failed_in=failed_in,
            )
