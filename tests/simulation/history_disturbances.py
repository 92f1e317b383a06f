"""Rules that interrupt calls between two lines, and run calls in several threads at once."""

from __future__ import annotations

from datetime import timedelta

from history_core import picks
from history_seeds import Seeds
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import Execution, Scope, Shown, limited, time_limit


class Disturbances(Seeds):
    """Rules for interrupted and for concurrent calls."""

    @rule(pick=picks, lines=st.integers(1, 700), call=st.sampled_from(["start", "stop", "redrive", "seed"]))
    def interrupt(self, pick: int, lines: int, call: str) -> None:
        """An interrupted call takes effect completely or not at all."""
        self.now()
        getattr(self, f"_interrupt_{call}")(pick, f"with interrupted_after({lines}): ")

    def _interrupt_start(self, pick: int, interrupted: str) -> None:
        machine = self._orders()
        if machine is None:
            return
        name = self.key("cut-short")
        self.script.run(f"{interrupted}client.start_execution(stateMachineArn={machine.arn!r}, name={name!r})")
        if self.script.value(f"any(run.name == {name!r} for run in {machine.key}.executions)"):
            self.listed(machine, f"{machine.key}.executions[-1]", self._started_line(machine))

    def _interrupt_stop(self, pick: int, interrupted: str) -> None:
        execution = self._execution_with("RUNNING", pick)
        if execution is None:
            return
        self.script.run(f"{interrupted}client.stop_execution(executionArn={execution.arn!r}, error='Halt')")
        if self.script.value(f"{execution.key}.status") != "RUNNING":
            self.world.end(execution, "ABORTED", {"error": "Halt"})

    def _interrupt_redrive(self, pick: int, interrupted: str) -> None:
        execution = self._execution_with("FAILED", pick)
        if execution is None or not self.world.is_redrivable(execution):
            return
        self.script.run(f"{interrupted}client.redrive_execution(executionArn={execution.arn!r})")
        if self.script.value(f"{execution.key}.redrive_count") > execution.at(self.world.moment).redrive_count:
            self.redriven(execution)

    def _interrupt_seed(self, pick: int, interrupted: str) -> None:
        machine = self._orders()
        if machine is None:
            return
        prefix = self.key("seed")
        names = prefix + "-{index}"
        self.script.run(
            f"{interrupted}{machine.key}.add_executions(3, status='RUNNING', interval='0s', name={names!r})"
        )
        added = self.script.value(f"sum(run.name.startswith({prefix + '-'!r}) for run in {machine.key}.executions)")

        assert added in (0, 3)

        for index in range(added):
            self.listed(machine, f"{machine.key}.executions[{index - 3}]", [Shown(self.world.moment, "RUNNING")])

    @rule(
        pick=picks,
        starts=st.integers(1, 3),
        repeats=st.booleans(),
        others=st.sets(st.sampled_from(["stop", "redrive", "seed"])),
        lengths=st.lists(st.integers(1, 200), max_size=8),
    )
    def meet(self, pick: int, starts: int, repeats: bool, others: set[str], lengths: list[int]) -> None:
        """Threads start, stop, redrive, seed and list executions at once: every call takes effect, in any order."""
        self.now()
        machine = self._orders()
        if machine is None:
            return
        names = [self.key("at-once") for _ in range(starts)]
        # A second start with a name is answered as the first, if the execution is still RUNNING.
        keeps_running = machine.outcome[0] == "RUNNING" or machine.outcome[1] > timedelta(0)
        given = [*names, *(names[:1] if repeats and keeps_running else [])]
        jobs = [f"lambda: client.start_execution(stateMachineArn={machine.arn!r}, name={name!r})" for name in given]
        stopped = self._execution_with("RUNNING", pick) if "stop" in others else None
        if stopped is not None:
            jobs.append(f"lambda: client.stop_execution(executionArn={stopped.arn!r}, error='Halt')")
        failed = self._execution_with("FAILED", pick) if "redrive" in others else None
        if failed is not None and not self.world.is_redrivable(failed):
            failed = None
        if failed is not None:
            jobs.append(f"lambda: client.redrive_execution(executionArn={failed.arn!r})")
        seeded = self.key("seeded") if "seed" in others else None
        if seeded is not None:
            jobs.append(f"lambda: {machine.key}.add_execution({seeded!r}, status='RUNNING')")
            names.append(seeded)
        jobs.append(f"lambda: client.list_executions(stateMachineArn={machine.arn!r})")
        before = self.world.items(self.world.listing(machine))[:100]
        self.script.run(f"met = in_turns([{', '.join(jobs)}], {lengths!r})")
        if stopped is not None:
            self.world.end(stopped, "ABORTED", {"error": "Halt"})
        if failed is not None:
            self.redriven(failed)
        for name in self.script.value(f"[run.name for run in {machine.key}.executions[-{len(names)}:]]"):
            expression = f"next(run for run in {machine.key}.executions if run.name == {name!r})"
            running = limited([Shown(self.world.moment, "RUNNING")], time_limit(machine.definition))
            self.listed(machine, expression, running if name == seeded else self._started_line(machine))

            assert name in names

        if len(given) > starts:
            self.script.check(f"met[0]['executionArn'] == met[{starts}]['executionArn']", True)
        seen = self.script.value("met[-1]['executions']")
        shown = [*before, *self.world.items(self.world.listing(machine))]

        assert [item for item in seen if item not in shown] == []

    def _orders(self) -> Scope | None:
        """Return the machine whose starts end as the test says; None if it does not exist or is being deleted."""
        machines = (machine for machine in self.world.machines if machine.work is None and not machine.deleting)
        return next(machines, None)

    def _execution_with(self, status: str, pick: int) -> Execution | None:
        """Return an execution of a state machine that has the status now and can be found by its ARN."""
        found = [
            execution
            for machine in self.world.machines
            for execution in machine.executions
            if execution.status(self.world.moment) == status and self.world.execution_at(execution.arn) is execution
        ]
        return found[pick % len(found)] if found else None
