"""Rules that change one execution, and checks of what calls return for it."""

from __future__ import annotations

import json
from datetime import timedelta

from history_core import Core, minutes, picks
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import UNSUCCESSFUL, Execution
from plain_histories import events
from plain_nesting import Nest
from scripts import arguments

_ENDS = [
    ("succeed", "SUCCEEDED", {"output": "[1]"}),
    ("succeed", "SUCCEEDED", {}),
    ("fail", "FAILED", {"error": "Late", "cause": "Rain"}),
    ("time_out", "TIMED_OUT", {}),
    ("abort", "ABORTED", {}),
]
#: Members of DescribeExecution that do not depend on the state of the execution, or are checked separately.
_BESIDE = "{'inputDetails', 'outputDetails', 'redriveStatus', 'redriveStatusReason', 'ResponseMetadata'}"


class Calls(Core):
    """Rules that stop, redrive, end or check one execution."""

    @rule(
        pick=picks, end=st.sampled_from(_ENDS), fitting=st.sampled_from([True, True, True, False]), back=minutes(0, 4)
    )
    def change_by_test(self, pick: int, end: tuple[str, str, dict[str, str]], fitting: bool, back: timedelta) -> None:
        """End or redrive an execution from the test, also with the clock set back: this cancels its later changes."""
        with self.moved_by(-back):
            execution = self.some_execution(pick)
            is_running = execution.status(self.world.moment) == "RUNNING"
            self._change_by_test(execution, *(end if is_running == fitting else ("redrive", "RUNNING", {})))

    def _change_by_test(self, execution: Execution, method: str, status: str, given: dict[str, str]) -> None:
        now = self.now()
        call = f"{execution.key}.{method}({arguments(**given)})"
        changeable = ("RUNNING",) if status != "RUNNING" else (*UNSUCCESSFUL, "PENDING_REDRIVE")
        is_kept = execution.is_kept(now, self.world.retention)
        if self.was_removed(execution) or execution.status(now) not in changeable or not is_kept:
            self.script.run(f"with fails(RuntimeError): {call}")
            return
        self.script.run(call)
        if status == "RUNNING":
            self.redriven(execution)
        else:
            self.world.end(execution, status, {"output": "{}", **given} if status == "SUCCEEDED" else given)

    @rule(pick=picks)
    def stop(self, pick: int) -> None:
        """Stop an execution; a closed one does not change. Its ARN may belong to a newer execution by now."""
        now = self.now()
        execution = self.some_execution(pick)
        found = self.world.execution_at(execution.arn)
        code = self.world.obstacle_to_find(execution.scope.kind, execution.arn)
        if self.script.refused(f"stopped = client.stop_execution(executionArn={execution.arn!r}, error='Halt')", code):
            return
        stopped = found.at(now).stop_date
        self.script.check("stopped['stopDate']", stopped or now)
        if stopped is None:
            self.world.end(found, "ABORTED", {"error": "Halt"})

    @rule(pick=picks)
    def redrive(self, pick: int) -> None:
        now = self.now()
        execution = self.some_execution(pick)
        found = self.world.execution_at(execution.arn)
        code = self.world.obstacle_to_find(execution.scope.kind, execution.arn)
        if code is None and not self.world.is_redrivable(found):
            code = "ExecutionNotRedrivable"
        if self.script.refused(f"redriven = client.redrive_execution(executionArn={execution.arn!r})", code):
            return
        self.script.check("redriven['redriveDate']", now)
        self.redriven(found)

    @rule(pick=picks)
    def look(self, pick: int) -> None:
        self.look_at(self.some_execution(pick))

    def look_at(self, execution: Execution) -> None:
        """DescribeExecution, the history, the list item and the view agree with the model."""
        now = self.now()
        found = self.world.execution_at(execution.arn)
        call = f"client.describe_execution(executionArn={execution.arn!r})"
        if self.script.refused(f"described = {call}", None if found is not None else "ExecutionDoesNotExist"):
            return
        shown = found.at(now)
        item = {**found.item(now), "input": found.input, **shown.details}
        item.pop("itemCount", None)
        beside = _BESIDE
        if isinstance(shown.work, Nest) and shown.status == "FAILED":
            self.script.check("json.loads(described['cause'])['Status'] in ('FAILED', 'TIMED_OUT', 'ABORTED')", True)
            beside = f"{_BESIDE} | {{'cause'}}"
        self.script.check(f"{{k: v for k, v in described.items() if k not in {beside}}}", item)
        if not found.scope.is_map_run:
            expected = "REDRIVABLE" if self.world.is_redrivable(found) else "NOT_REDRIVABLE"
            self.script.check("described['redriveStatus']", expected)
            self._look_at_history(found)
            if found.definition:
                call = f"client.describe_state_machine_for_execution(executionArn={execution.arn!r})"
                self.script.check(f"{call}['definition']", json.dumps(found.definition))
        members = ("status", "start_date", "stop_date", "redrive_count", "redrive_date")
        said = (shown.status, found.start_date, shown.stop_date, shown.redrive_count, shown.redrive_date)
        self.script.check(f"({', '.join(f'{found.key}.{member}' for member in members)})", said)

    def _look_at_history(self, execution: Execution) -> None:
        self.script.run(f"history = everything(client.get_execution_history, 'events', executionArn={execution.arn!r})")
        self.script.check("[event['id'] for event in history] == list(range(1, len(history) + 1))", True)
        self.script.check(
            "[(event['type'], event['timestamp']) for event in history if 'MapRun' not in event['type']]",
            events(execution, self.world.moment),
        )
