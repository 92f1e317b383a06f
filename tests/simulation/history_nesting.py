"""Rules for executions that start a job and wait for its end."""

from __future__ import annotations

from history_core import Core, name_of
from history_seeds import Seeds
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import Execution, Scope, Shown
from plain_nesting import Nest, nests, wait_for


class Nesting(Seeds):
    """Rules that start executions which nest jobs; both are stopped, redriven and listed as all others."""

    @rule(name=st.sampled_from([None, None, "nightly"]))
    def start_nest(self, name: str | None) -> None:
        self.now()
        machine, jobs = self._named("nest"), self._named("jobs")
        if machine is None or jobs is None or jobs.deleting:
            return
        before = len(self.executions)
        self._start(machine, machine, None, name, "{}", self._started_nest)
        if len(self.executions) > before:
            self._add_job_of(machine.executions[-1])

    def _started_nest(self, machine: Scope, version: int | None) -> list[Shown]:
        return [Shown(self.world.moment, "RUNNING", work=Nest())]

    def _named(self, name: str) -> Scope | None:
        return next((machine for machine in self.world.machines if name_of(machine) == name), None)

    def redriven(self, execution: Execution) -> None:
        """Redrive the execution in the model; a redriven parent starts another job."""
        Core.redriven(self, execution)
        if nests(execution, self.world.moment) is not None:
            self._add_job_of(execution)

    def _add_job_of(self, parent: Execution) -> None:
        """Add the job that a parent has just started."""
        jobs = self._named("jobs")
        line = self._started_job(jobs, None)
        job = self.listed(jobs, f"{parent.key}.status and {jobs.key}.executions[-1]", line)
        wait_for(parent, self.world.moment, job)
