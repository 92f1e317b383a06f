"""Rules for executions that wait for an answer with a task token, and for workers of activities."""

from __future__ import annotations

import plain_waiting
from history_core import ACTIVITY, name_of, picks
from history_seeds import Seeds
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import Execution, Scope, Shown
from plain_waiting import Ask, asked_line, waiting
from scripts import arguments

_ANSWERS = [
    ("success", "SUCCEEDED", {"output": "[3]"}),
    ("success", None, {"output": "[3"}),
    ("failure", "FAILED", {"error": "Late", "cause": "Rain"}),
    ("failure", "FAILED", {}),
    ("heartbeat", "RUNNING", {}),
    ("heartbeat", "RUNNING", {}),
]


class Waiting(Seeds):
    """Rules that start executions which wait, and that take and answer their tasks."""

    @rule(machine=st.sampled_from(["desk", "plant"]), name=st.sampled_from([None, None, "nightly"]))
    def start_waiting(self, machine: str, name: str | None) -> None:
        self.now()
        found = next((each for each in self.world.machines if name_of(each) == machine), None)
        if found is not None:
            before = len(self.executions)
            self._start(found, found, None, name, "{}", self._started_wait)
            if len(self.executions) > before:
                self.note_token(found.executions[-1])

    def _started_wait(self, machine: Scope, version: int | None) -> list[Shown]:
        return asked_line(self.world.moment, machine.work)

    @rule()
    def take_task(self) -> None:
        """A worker gets the task that has waited longest, or none; none is given twice, even if the clock goes back."""
        now = self.now()
        asks = [(execution, waiting(execution, now).work) for execution in self._waiting()]
        offered = [execution for execution, ask in asks if ask.of_activity and ask.taken is None]
        offered.sort(key=lambda execution: (waiting(execution, now).since, execution.number))
        self.script.run(f"task = client.get_activity_task(activityArn={ACTIVITY!r}, workerName='w')")
        self.script.check("task.get('input')", offered[0].input if offered else None)
        if offered:
            token = self.script.value("task['taskToken']")

            assert self.world.tokens.setdefault(token, offered[0].key) == offered[0].key

            plain_waiting.change(offered[0], now, token=token, taken=now, beats=())

    def _waiting(self) -> list[Execution]:
        """Return the executions that wait now."""
        found = [execution for scope in self.world.machines for execution in scope.executions]
        return [execution for execution in found if waiting(execution, self.world.moment) is not None]

    @rule(pick=picks, attempt=st.sampled_from([-1, -1, -1, 0]), answer=st.sampled_from(_ANSWERS))
    def answer(self, pick: int, attempt: int, answer: tuple[str, str | None, dict[str, str]]) -> None:
        """Answer an execution with the token of its first or last attempt, possibly too late.

        The token of a deleted execution is that of a task which no longer waits; only a reset or the end of an inner
        mock makes a token unknown.
        """
        now = self.now()
        asked = [execution for execution in self.executions.values() if isinstance(execution.scope.work, Ask)]
        if not asked:
            return
        chosen = asked[-1 - pick % len(asked)]
        execution = self.world.execution(chosen.key) or chosen
        ask = [shown.work for shown in execution.line if shown.status == "RUNNING"][attempt]
        if ask.token is None or (ask.of_activity and not ask.is_taken(now)):
            # Nobody knows the token yet.
            return
        found = self.world.execution(self.world.tokens.get(ask.token))
        shown = None if found is None else waiting(found, now)
        code = None
        if ask.token not in self.world.tokens:
            code = "InvalidToken"
        elif shown is None or shown.work.token != ask.token:
            code = "TaskTimedOut"
        elif answer[1] is None:
            code = "InvalidOutput"
        given = arguments(taskToken=ask.token, **answer[2])
        if self.script.refused(f"client.send_task_{answer[0]}({given})", code):
            return
        if answer[1] == "RUNNING":
            plain_waiting.beat(found, now)
        else:
            plain_waiting.answer(found, now, answer[1], answer[2])
