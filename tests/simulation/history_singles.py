"""Rules for calls that leave nothing behind: EXPRESS executions, and states that are tested alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from history_core import JOB, Core, minutes
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import Work
from plain_world import PREFIX
from scripts import arguments

_ROLE = "arn:aws:iam::123456789012:role/orders"
_QUICK = f"{PREFIX}stateMachine:quick"
#: The longest duration of an EXPRESS execution.
_LONGEST = timedelta(minutes=5)

#: Definitions of states, the input of each, and what it comes to.
_STATES: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    ({"Type": "Pass", "Result": {"a": 1}, "Next": "B"}, "7", {"output": '{"a":1}', "nextState": "B"}),
    ({"Type": "Pass", "Parameters": {"b.$": "$.a"}, "End": True}, '{"a":[7]}', {"output": '{"b":[7]}'}),
    ({"Type": "Pass", "InputPath": "$.b", "End": True}, '{"a":7}', {"status": "FAILED", "error": "States.Runtime"}),
    ({"Type": "Wait", "Seconds": 60, "Next": "B"}, "7", {"output": "7", "nextState": "B"}),
    ({"Type": "Succeed"}, "[1,2]", {"output": "[1,2]"}),
    ({"Type": "Fail", "Error": "Late", "Cause": "Rain"}, "7", {"status": "FAILED", "error": "Late", "cause": "Rain"}),
    (
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a + 1 %}", "End": True},
        '{"a":7}',
        {"output": "8"},
    ),
    (
        {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericGreaterThan": 6, "Next": "B"}], "Default": "C"},
        '{"a":7}',
        {"output": '{"a":7}', "nextState": "B"},
    ),
    (
        {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericGreaterThan": 7, "Next": "B"}], "Default": "C"},
        '{"a":7}',
        {"output": '{"a":7}', "nextState": "C"},
    ),
]


class Singles(Core):
    """Rules for EXPRESS executions and tested states."""

    def _add_quick(self) -> None:
        """Add the EXPRESS machine, which a reset deletes."""
        if self.world.quick is None:
            self.world.quick = self.key("quick")
            definition = json.dumps(JOB)
            self.script.run(
                f"{self.world.quick} = sfn.add_state_machine('quick', type='EXPRESS', definition={definition!r})"
            )
            self.script.run(f"{self.world.quick}.mock_task('Work', result=7)")

    @rule(duration=minutes(0, 6), error=st.sampled_from([None, None, "Late"]))
    def start_and_wait(self, duration: timedelta, error: str | None) -> None:
        """StartSyncExecution answers the end at once, although the clock has not reached it."""
        now = self.now()
        self._add_quick()
        result = {"result": 7} if error is None else {"error": error, "cause": "Rain"}
        self.script.run(f"{self.world.quick}.mock_task('Work', {arguments(**result, duration=duration)})")
        self.script.run(f"ended = client.start_sync_execution(stateMachineArn={_QUICK!r})")
        work = Work(duration, error)
        expected = {"status": "SUCCEEDED", "output": "7"}
        if work.end(now) - now >= _LONGEST:
            # At the same moment the timeout comes first, because it was scheduled first.
            expected = {"status": "TIMED_OUT"}
        elif error is not None:
            expected = {"status": "FAILED", "error": error, "cause": "Rain"}
        members = ("status", "output", "error", "cause")
        self.script.check(f"{{k: v for k, v in ended.items() if k in {members}}}", expected)
        stop = min(work.end(now), now + _LONGEST)
        self.script.check("(ended['startDate'], ended['stopDate'])", (now, stop))
        self.script.refused("client.describe_execution(executionArn=ended['executionArn'])", "InvalidArn")

    @rule()
    def list_express(self) -> None:
        """EXPRESS executions are not listed."""
        self.now()
        self._add_quick()
        self.script.run(f"client.start_execution(stateMachineArn={_QUICK!r})")
        call = f"client.list_executions(stateMachineArn={_QUICK!r})"
        self.script.refused(call, "StateMachineTypeNotSupported")

    @rule(state=st.sampled_from(_STATES))
    def test_one(self, state: tuple[dict[str, Any], str, dict[str, str]]) -> None:
        """TestState runs one state and changes nothing."""
        self.now()
        definition, input, expected = state
        call = f"client.test_state({arguments(definition=json.dumps(definition), input=input, roleArn=_ROLE)})"
        self.script.run(f"tested = {call}")
        self.script.run("tested.pop('ResponseMetadata')")
        if expected.get("error") == "States.Runtime":
            self.script.run("tested.pop('cause')")
        self.script.check("tested", {"status": "SUCCEEDED", **expected})
