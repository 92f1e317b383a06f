"""The map runs of a run, and the runs of their child executions."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.asl.context import format_moment
from sfn_mock.asl.host import ChildEnd, ChildStart, MapRunRequest
from sfn_mock.asl.nodes import Program
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.executions import remove, store_executions
from sfn_mock.state.life_cycle import end_map_run, forget_end
from sfn_mock.state.outcomes import not_redrivable
from sfn_mock.state.records import Execution, MapRun
from sfn_mock.state.revisions import Origin
from sfn_mock.state.state_machines import remove_map_run, store_map_run
from sfn_mock.state.time_lines import Attempt
from sfn_mock.state.tolerance import Tolerance

#: The ARN of a map run, and the index of a child execution within it.
_Key = tuple[str, int]


class ChildRun(Protocol):
    """The run of a child execution.

    Attributes:
        own: The run without those of its own child executions.
    """

    own: ExecutionRun

    def advance_with_parent(self, moment: int) -> None:
        """Follow the child execution to a moment, and advance to it."""

    def next_due(self) -> int | None:
        """Return when the next action is due, None if there is none."""


_Run = TypeVar("_Run", bound=ChildRun)


class ChildRuns(Generic[_Run]):
    """The map runs of the run of one execution, and the runs of their child executions."""

    def __init__(self, own: ExecutionRun, new_run: Callable[[Execution, Program, ChildStart], _Run]) -> None:
        #: The run of the parent execution.
        self._own = own
        #: Returns the run of a child execution that has just been stored.
        self._new_run = new_run
        self._undo = own.undo
        #: The map runs and the programs of their child executions, by ARN.
        self._processors: dict[str, tuple[MapRun, Program]] = {}
        self._runs: dict[_Key, _Run] = {}
        self._keys: dict[Hashable, _Key] = {}
        #: The child executions whose ends the run waits for, with the number of redrives before that end.
        self._awaited_ends: dict[_Key, int] = {}
        #: When the ends of child executions reached the run, by the number of redrives before.
        self._reported: dict[_Key, dict[int, int]] = {}
        #: A heap of the moments at which child executions have something due. Outdated entries are ignored.
        self._due: list[tuple[int, int, Execution]] = []
        #: The valid moment in `_due` of each child execution.
        self._due_of: dict[Execution, int] = {}
        #: When the end of its map run aborted a child execution.
        self._aborted_at: dict[_Key, int] = {}

    def runs(self) -> list[_Run]:
        """Return the runs of all child executions, in order of their starts."""
        # A call in another thread may search here while this run advances.
        return list(self._runs.values())

    def run_of(self, execution: Hashable) -> _Run | None:
        """Return the run of a child execution, None if it belongs to another run."""
        key = self._keys.get(execution)
        return None if key is None else self._runs[key]

    # --- Map runs ----------------------------------------------------------------------------------------------------

    def start_map_run(self, request: MapRunRequest) -> str:
        """Store a map run without children, and return its ARN."""
        self._own.save()
        machine = self._own.execution.state_machine
        records = machine.records
        map_run = MapRun(
            machine,
            self._own.execution,
            # A Map state keeps the label that AWS generates for it.
            request.label or str(uuid3(NAMESPACE_URL, f"{machine.arn}/{request.state}")),
            records.new_id(),
            execution_type=request.execution_type,
            max_concurrency=request.max_concurrency,
            tolerance=Tolerance(request.tolerated_failure_count, request.tolerated_failure_percentage),
            attempts=(Attempt(request.moment),),
            follows_children=False,
        )
        store_map_run(map_run)
        self._undo.save_item(self._processors, map_run.arn)
        self._processors[map_run.arn] = map_run, request.processor
        return map_run.arn

    def plan(self, map_run_arn: str, item_counts: list[int]) -> None:
        """Store the number of items of each child execution that is to start."""
        self._own.save()
        map_run, _ = self._processors[map_run_arn]
        self._undo.save(map_run, "planned_items")
        map_run.planned_items = dict(enumerate(item_counts))

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        """End a map run and stop its running child executions; return their ends."""
        self._own.save()
        map_run, _ = self._processors[map_run_arn]
        end_map_run(map_run, moment, status)
        stopped = {}
        for (arn, index), child in self._runs.items():
            if arn != map_run_arn:
                continue
            child.own.move_back(moment)
            if child.own.is_running:
                child.own.abort(moment)
                self._undo.save_item(self._aborted_at, (arn, index))
                self._aborted_at[arn, index] = moment
                stopped[index] = ChildEnd("ABORTED", description=_describe(child.own, moment))
        return stopped

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Return the indexes of the unsuccessful child executions of a map run, whose time lines redrive them."""
        self._own.save()
        redriven = []
        for (arn, index), child in self._runs.items():
            attempt = child.own.execution.attempt_in_force(moment)
            is_pending = attempt.status_at(moment) == "PENDING_REDRIVE"
            if arn == map_run_arn and (is_pending or (attempt.redrive_count and attempt.since == moment)):
                self._await_end((arn, index), attempt.redrive_count + is_pending)
                redriven.append(index)
        return redriven

    # --- Child executions --------------------------------------------------------------------------------------------

    def start(self, start: ChildStart) -> None:
        """Store a child execution and create its run."""
        self._own.save()
        map_run, processor = self._processors[start.map_run_arn]
        records = map_run.records
        child = Execution(
            map_run,
            records.new_id(),
            records.next_sequence(),
            start.moment,
            Attempt(start.moment),
            Origin(
                self._own.execution.revision,
                input=json.dumps(start.input, separators=(",", ":")),
                item_count=start.item_count,
            ),
            records.new_id() if map_run.execution_type == "EXPRESS" else None,
        )
        store_executions(map_run, [child])
        records.status_changes.follow_start(child, start.moment)
        key = (start.map_run_arn, start.index)
        self._undo.save_item(map_run.planned_items, start.index)
        self._undo.save_item(self._keys, child)
        self._undo.save_item(self._own.awake_children, child)
        self._undo.save_item(self._reported, key)
        self._undo.save_item(self._runs, key)
        del map_run.planned_items[start.index]
        self._reported[key] = {}
        self._runs[key] = self._new_run(child, processor, start)
        self._keys[child] = key
        self._await_end(key, 0)

    def advance(self, moment: int) -> None:
        """Advance the child executions that are awake or have something due by a moment, and report their ends.

        The runs are advanced in order of their starts.
        """
        while self._due and self._due[0][0] <= moment:
            due, _, execution = self._due[0]
            # An interrupt loses nothing, because the child execution is awake before its entry is removed.
            if self._due_of.get(execution) == due:
                self._own.awake_children[execution] = None
                del self._due_of[execution]
            heappop(self._due)
        for execution in self._awake():
            key = self._keys.get(execution)
            # A child that continues in another way removes those that started later.
            if key is None:
                continue
            child = self._runs[key]
            child.advance_with_parent(moment)
            if key in self._awaited_ends:
                self._report_end(key, child.own)
            if self._waiting_end(key) is None:
                self._plan(child, moment)

    def _awake(self) -> list[Execution]:
        """Return the child executions that are awake, in order of their starts."""
        # One that was just stored, or whose start was undone, has no run.
        awake = [execution for execution in list(self._own.awake_children) if execution in self._keys]
        return sorted(awake, key=attrgetter("sequence"))

    def _plan(self, child: _Run, moment: int) -> None:
        """Advance a child execution, which has advanced to a moment, when it has something due next."""
        execution = child.own.execution
        # The concurrency of its redriven map run decides when it is redriven.
        dues = (child.next_due(), execution.next_change_after(moment, None))
        due = min((due for due in dues if due is not None), default=None)
        if due is None:
            self._due_of.pop(execution, None)
        elif self._due_of.get(execution) != due:
            heappush(self._due, (due, execution.sequence, execution))
            self._due_of[execution] = due
        self._own.awake_children.pop(execution, None)

    def next_due(self) -> int | None:
        """Return when a child execution has something due, or its end has to reach the run; None if never."""
        awake = [self._keys[execution] for execution in self._awake()]
        dues = [self._runs[key].next_due() for key in awake]
        if self._own.takes_ends:
            # A run that was moved back gets the ends of its child executions again.
            dues += [self._waiting_end(key) for key in awake]
        while self._due and self._due_of.get(self._due[0][2]) != self._due[0][0]:
            heappop(self._due)
        dues += [due for due, _, _ in self._due[:1]]
        return min((due for due in dues if due is not None), default=None)

    def _waiting_end(self, key: _Key) -> int | None:
        """Return the end of a child execution that has not reached the run, None if it runs or its end has."""
        number = self._awaited_ends.get(key)
        return None if number is None else self._runs[key].own.run.stop_of(number)

    def _report_end(self, key: _Key, child: ExecutionRun) -> None:
        run, number = child.run, self._awaited_ends[key]
        stop = run.stop_of(number)
        if stop is None or stop > self._own.advanced_to or not self._own.takes_ends:
            return
        self._own.save()
        self._undo.save_item(self._reported[key], number)
        self._reported[key][number] = stop
        self._stop_awaiting(key)
        output = None if run.output is None else json.loads(run.output)
        end = ChildEnd(run.status, output, run.error, run.cause, _describe(child, stop))
        self._own.run.child_ended(*key, end, stop)

    # --- Changes of the past -----------------------------------------------------------------------------------------

    def forget_after(self, moment: int, *, with_redrives: bool) -> None:
        """Remove map runs, child executions and ends after a moment; redrives of map runs only if asked for."""
        for arn, (map_run, _) in list(self._processors.items()):
            if map_run.start > moment:
                self._undo.save_item(self._processors, arn)
                del self._processors[arn]
                remove_map_run(map_run, self._own.execution)
            else:
                forget_end(map_run, moment, with_redrives=with_redrives)
        for key, child in list(self._runs.items()):
            if child.own.execution.start > moment:
                self._remove(key, child.own.execution)
            else:
                self._await_again(key, child.own, moment)

    def _remove(self, key: _Key, execution: Execution) -> None:
        """Remove a child execution; if its map run was removed, it went with it."""
        self._undo.save_item(self._keys, execution)
        del self._keys[execution]
        self._due_of.pop(execution, None)
        for contents in (self._runs, self._reported, self._aborted_at):
            self._undo.save_item(contents, key)
            contents.pop(key, None)
        self._stop_awaiting(key)
        if key[0] in self._processors:
            map_run, _ = self._processors[key[0]]
            self._undo.save_item(map_run.planned_items, key[1])
            map_run.planned_items[key[1]] = execution.origin.item_count or 0
            remove(execution)

    def _await_again(self, key: _Key, child: ExecutionRun, moment: int) -> None:
        """Move a child execution back to a moment, and wait for its end if that has not reached the run by then."""
        if self._aborted_at.get(key, moment) > moment:
            self._undo.save_item(self._aborted_at, key)
            del self._aborted_at[key]
            child.forget_later(moment)
        child.move_back(moment)
        self._undo.save_item(self._reported, key)
        self._reported[key] = {number: stop for number, stop in self._reported[key].items() if stop <= moment}
        attempt = child.execution.attempt_in_force(moment)
        number = attempt.redrive_count + (attempt.status_at(moment) == "PENDING_REDRIVE")
        if number in self._reported[key]:
            self._stop_awaiting(key)
        else:
            self._await_end(key, number)

    def _await_end(self, key: _Key, redrives: int) -> None:
        """Wait for the end of a child execution after a number of redrives."""
        self._undo.save_item(self._awaited_ends, key)
        self._awaited_ends[key] = redrives
        self._runs[key].own.wake()

    def _stop_awaiting(self, key: _Key) -> None:
        """Wait no longer for the end of a child execution."""
        self._undo.save_item(self._awaited_ends, key)
        self._awaited_ends.pop(key, None)


def _describe(own: ExecutionRun, stop: int) -> dict[str, Any]:
    """Return the description of a child execution for a ResultWriter."""
    execution = own.execution
    redrive = {"RedriveCount": own.run.redrive_count, "RedriveStatus": "REDRIVABLE_BY_MAP_RUN"}
    if own.run.status == "SUCCEEDED":
        redrive |= {"RedriveStatus": "NOT_REDRIVABLE", "RedriveStatusReason": not_redrivable("SUCCEEDED")}
    return {
        **redrive,
        "ExecutionArn": execution.arn,
        "Input": execution.input,
        "InputDetails": {"Included": True},
        "Name": execution.name,
        "StartDate": format_moment(execution.start),
        "StateMachineArn": execution.state_machine_arn,
        "StopDate": format_moment(stop),
    }
