"""A model, over plain lists, of how executions and their map runs end and are redriven.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import plain_map_runs
from plain_executions import UNSUCCESSFUL, Execution, Scope, Shown, Work, limited, worked_line
from plain_nesting import Nest, nest_again, nests, wait_for
from plain_spread import Spread, spread
from plain_waiting import Ask, asked_again


class LifeCycle:
    """The rules for ends and redrives of executions at the moment of a world."""

    moment: datetime
    retention: timedelta | None

    @property
    def map_runs(self) -> list[Scope]:
        raise NotImplementedError

    @property
    def machines(self) -> list[Scope]:
        raise NotImplementedError

    def execution(self, key: str) -> Execution | None:
        raise NotImplementedError

    def end(self, execution: Execution, status: str, details: dict[str, str], *, with_parent: bool = False) -> None:
        """End an execution now, with its unfinished map runs and the job that it waits for.

        Their RUNNING children are ABORTED, later children never start, and children that wait for a redrive show
        their previous end again.
        """
        self.forget_redrives(execution)
        now, running, nest = self.moment, execution.at(self.moment), nests(execution, self.moment)
        counts = (running.redrive_count, running.redrive_date)
        shown = Shown(now, status, now, *counts, details, ends_with_parent=with_parent)
        unfinished = self._map_runs_of(execution, "RUNNING")
        execution.change(shown)
        if execution.scope.is_map_run:
            self.take_turns(execution.scope)
        for map_run, _ in unfinished:
            plain_map_runs.end(map_run, now)
        for child in [child for run, _ in unfinished for child in run.executions]:
            if child.at(now) is None:
                child.line = []
            elif child.status(now) == "RUNNING":
                self.end(child, "ABORTED", {}, with_parent=True)
            elif child.status(now) == "PENDING_REDRIVE":
                child.end_waiting(now, now)
        job = None if nest is None else self.execution(nest.job)
        if job is not None and job.status(now) == "RUNNING":
            self.end(job, "ABORTED", {})
        for machine in self.machines:
            for parent in machine.executions:
                if nests(parent, now) == Nest(execution.key):
                    wait_for(parent, now, execution)

    def plan_end(self, execution: Execution, line: list[Shown]) -> None:
        """Replace the line of an execution, possibly with a later end; its children end with it."""
        self.forget_redrives(execution)
        execution.line = limited(line, execution.time_limit)
        if execution.scope.is_map_run:
            self.take_turns(execution.scope)
        self.end_children_as_planned(execution)

    def redrive(self, execution: Execution) -> None:
        """Redrive an execution and its unsuccessful map runs, with as many children at once as may run."""
        now, shown = self.moment, execution.at(self.moment)
        if isinstance(execution.line[0].work, Spread):
            map_run = next(each for each in self.map_runs if each.parent is execution)
            spread(execution, map_run, now)
            return
        self.forget_redrives(execution)
        unsuccessful = self._map_runs_of(execution, "FAILED", "ABORTED")
        if execution.line[0].work is None:
            execution.run_again(now, now, execution.scope.redriven)
        elif isinstance(execution.line[0].work, Ask):
            asked_again(execution, now)
        elif isinstance(execution.line[0].work, Nest):
            nest_again(execution, now)
        else:
            work = self._work_of_redrive(execution)
            for each in worked_line(now, work, shown.redrive_count + 1, now):
                execution.change(each)
        for map_run, before in unsuccessful:
            plain_map_runs.redrive(map_run, now, before)
            self._redrive_children(map_run)
        self.end_children_as_planned(execution)
        if execution.scope.is_map_run:
            self.take_turns(execution.scope)

    def forget_redrives(self, parent: Execution) -> None:
        """Forget the later redrives of its map runs, because a change of their parent now deletes its own redrives."""
        for map_run in self.map_runs:
            if map_run.parent is parent and map_run.work is None:
                plain_map_runs.forget_redrives(map_run, self.moment)

    def _redrive_children(self, map_run: Scope) -> None:
        """Redrive the unsuccessful children of a map run, and start those that never started."""
        now = self.moment
        again = []
        for child in map_run.executions:
            if not child.line:
                child.line = [Shown(now, "RUNNING")]
            elif child.status(now) in (*UNSUCCESSFUL, "PENDING_REDRIVE") and child.is_kept(now, self.retention):
                again.append((child, map_run.redriven))
        at_once = map_run.max_concurrency or len(again)
        for child, outcome in again[:at_once]:
            child.run_again(now, now, outcome)
        for child, _ in again[at_once:]:
            child.wait(now)
        map_run.turns = again[at_once:]
        self.take_turns(map_run)

    def take_turns(self, map_run: Scope) -> None:
        """Plan when waiting children run: one after each known end of another child, in order of adding.

        If the clock was set back before the redrive, the moment of the redrive counts as now.
        """
        now = max(self.moment, map_run.rounds[-1].since)
        map_run.turns = [turn for turn in map_run.turns if turn[0].status(now) == "PENDING_REDRIVE"]
        if not map_run.turns:
            return
        running = [child for child in map_run.executions if child.status(now) == "RUNNING"]
        ends = sorted(end for child in running if (end := child.next_stop(now)) is not None)
        most = map_run.max_concurrency or len(running) + len(map_run.turns)
        # If more children run than are allowed, the first ends start no other child.
        free = [now] * (most - len(running)) + ends[max(0, len(running) - most) :]
        last = map_run.stop
        for child, outcome in map_run.turns:
            if free and (last is None or free[0] < last):
                stop = child.run_again(now, free.pop(0), outcome)
                free = sorted([*free, *([] if stop is None else [stop])])
            elif last is None:
                child.cut(now)
            else:
                child.end_waiting(now, last)

    def end_children_as_planned(self, parent: Execution) -> None:
        """Plan ends of children: RUNNING ones are ABORTED when their parent ends by itself, later ones never start.

        Children that were to be ABORTED at another end of their parent run on.
        """
        now = self.moment
        for map_run in self.map_runs:
            if map_run.parent is not parent or plain_map_runs.keeps_its_state(map_run, now):
                continue
            for child in map_run.executions:
                self._end_child_as_planned(child, map_run.stop)
            self.take_turns(map_run)

    def _end_child_as_planned(self, child: Execution, end: datetime | None) -> None:
        now = self.moment
        shown = child.at(now)
        if shown is not None and shown.status == "PENDING_REDRIVE":
            child.cut(now)
            if end is not None:
                child.end_waiting(now, end)
        elif shown is None and (not child.line or (end is not None and end <= child.start_date)):
            child.line = []
        else:
            if child.line[-1].ends_with_parent and child.line[-1].since > now:
                child.line = child.line[:-1]
            last = child.line[-1]
            if end is not None and (last.stop_date is None or last.since > max(end, now)):
                running = next(each for each in reversed(child.line) if each.stop_date is None)
                stop = max(end, running.since)
                counts = (running.redrive_count, running.redrive_date)
                earlier = [each for each in child.line if each.stop_date is None or each.since <= running.since]
                child.line = [*earlier, Shown(stop, "ABORTED", stop, *counts, ends_with_parent=True)]

    def _work_of_redrive(self, job: Execution) -> Work:
        """Return the work after a redrive: the Task with its current mock or, if that was over, only the pause."""
        attempts = [shown for shown in job.line if shown.since <= self.moment and shown.status == "RUNNING"]
        stop = job.at(self.moment).stop_date
        last = attempts[-1]
        if last.work.is_pausing(last.since, stop):
            return last.work._replace(only_pause=True)
        return job.scope.work._replace(pause=last.work.pause)

    def _map_runs_of(self, parent: Execution, *statuses: str) -> list[tuple[Scope, plain_map_runs.State]]:
        """Return the map runs that a parent has started and that have one of these statuses, with their states."""
        started = [run for run in self.map_runs if run.parent is parent and run.start <= self.moment]
        states = [(map_run, plain_map_runs.state(map_run, self.moment)) for map_run in started]
        return [(map_run, state) for map_run, state in states if state.status in statuses]
