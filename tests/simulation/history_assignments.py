"""Rules that assign a status, dates and details to executions."""

from __future__ import annotations

from datetime import timedelta

import plain_assignments
from history_core import Core, minutes, picks
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import STOPPED, Execution


class Assignments(Core):
    """Rules that assign to the attributes of an execution, as tests for moto do.

    They skip executions that wait or have waited for a redrive.
    """

    def _some_to_assign(self, pick: int) -> Execution | None:
        execution = self.some_execution(pick)
        if self.was_removed(execution) or execution.scope.work is not None:
            return None
        # The definition, not a test, sets the date at which an execution is TIMED_OUT.
        if execution.time_limit is not None:
            return None
        return execution if plain_assignments.current(execution, self.world.moment) else None

    @rule(pick=picks, status=st.sampled_from(["RUNNING", "RUNNING", *STOPPED]))
    def assign_status(self, pick: int, status: str) -> None:
        self.now()
        execution = self._some_to_assign(pick)
        if execution is not None:
            self.script.run(f"{execution.key}.status = {status!r}")
            plain_assignments.assign_status(self.world, execution, status)

    @rule(pick=picks, by=st.none() | minutes(-9, 3), status=st.none() | st.sampled_from(STOPPED))
    def assign_stop(self, pick: int, by: timedelta | None, status: str | None) -> None:
        """Assign a stop date and, in most cases, a status after it."""
        now = self.now()
        execution = self._some_to_assign(pick)
        if execution is None:
            return
        date = None if by is None else now + by
        try:
            plain_assignments.assign_stop(self.world, execution, date)
        except plain_assignments.Impossible:
            self.script.run(f"with fails(ValueError): {execution.key}.stop_date = {date!r}")
            return
        self.script.run(f"{execution.key}.stop_date = {date!r}")
        # Its state machine may have waited for this end to be deleted.
        self.world.finish_deletions()
        if status is not None and not self.was_removed(execution):
            self.script.run(f"{execution.key}.status = {status!r}")
            plain_assignments.assign_status(self.world, execution, status)

    @rule(pick=picks, by=minutes(-9, 3))
    def assign_start(self, pick: int, by: timedelta) -> None:
        """Assign a start date to an execution without redrives and map runs: the dates of those would not follow."""
        now = self.now()
        execution = self._some_to_assign(pick)
        if execution is None or sum(shown.status == "RUNNING" for shown in execution.line) > 1:
            return
        if any(map_run.parent is execution for map_run in self.world.map_runs):
            return
        try:
            plain_assignments.assign_start(execution, now + by)
        except plain_assignments.Impossible:
            self.script.run(f"with fails(ValueError): {execution.key}.start_date = {now + by!r}")
            return
        self.script.run(f"{execution.key}.start_date = {now + by!r}")

    @rule(pick=picks, detail=st.sampled_from([("output", "[2]"), ("error", "Slow"), ("cause", "Snow")]))
    def assign_detail(self, pick: int, detail: tuple[str, str]) -> None:
        self.now()
        execution = self._some_to_assign(pick)
        if execution is None:
            return
        name, value = detail
        try:
            plain_assignments.assign_detail(self.world, execution, name, value)
        except plain_assignments.Impossible:
            self.script.run(f"with fails(ValueError): {execution.key}.{name} = {value!r}")
            return
        self.script.run(f"{execution.key}.{name} = {value!r}")
