"""Runs in virtual time: sequences of states, histories, signals, rewinding, redrives and limits."""

import json
import sys
from dataclasses import replace

import pytest
from engine_host import (
    ACCOUNT,
    FUNCTION,
    INFO,
    START,
    EngineHost,
    define,
    details,
    outline,
    result,
    seconds,
    single,
    start,
    types,
)

from sfn_mock.asl import events
from sfn_mock.asl.context import ExecutionInfo
from sfn_mock.asl.host import Failed, Pending, Succeeded
from sfn_mock.asl.run import Run

TASK = {"Type": "Task", "Resource": FUNCTION}
HOUR = 3_600_000


def test_history_of_a_sequence():
    """Each event refers to the previous one; the start and the entry of the first state have the previous id 0."""
    run = start({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}, {"a": 1})

    assert outline(run) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "SucceedStateEntered"),
        (5, 4, "SucceedStateExited"),
        (6, 5, "ExecutionSucceeded"),
    ]
    assert run.events[1].describe() == {
        "id": 2,
        "previousEventId": 0,
        "type": "PassStateEntered",
        "stateEnteredEventDetails": {"name": "A", "input": '{"a":1}', "inputDetails": {"truncated": False}},
    }
    assert run.events[2].describe()["stateExitedEventDetails"] == {
        "name": "A",
        "output": '{"a":1}',
        "outputDetails": {"truncated": False},
    }
    assert run.visited == ["A", "B"]
    assert (run.stop_moment, run.next_due()) == (START, None)


def test_start_event_has_version_and_alias():
    """The ExecutionStarted event has the version and the alias by which the machine was started."""
    info = ExecutionInfo(INFO.id, "nightly", "role", "id", "orders", version_arn="version", alias_arn="alias")
    run = Run(define(single({"Type": "Pass"})), input="{}", info=info, start=START, host=EngineHost())
    run.advance_to(START)

    assert run.events[0].describe()["executionStartedEventDetails"] == {
        "input": "{}",
        "inputDetails": {"truncated": False},
        "roleArn": "role",
        "stateMachineAliasArn": "alias",
        "stateMachineVersionArn": "version",
    }


def test_nothing_happens_before_its_moment():
    """A run has no events before its start, and a Wait ends at its due moment even if the clock moves past it."""
    run = Run(define(single({"Type": "Wait", "Seconds": 3600})), input="{}", info=INFO, start=START, host=EngineHost())
    run.advance_to(START - 1)
    before = (types(run), run.next_due(), run.context["Execution"]["Id"], run.variables)
    run.advance_to(START)
    waiting = (types(run), run.status, run.next_due())
    run.advance_to(START + 5 * HOUR)

    assert before == ([], START, INFO.id, {})
    assert waiting == (["ExecutionStarted", "WaitStateEntered"], "RUNNING", START + HOUR)
    assert seconds(run) == [0, 0, 3600, 3600]
    assert run.stop_moment == START + HOUR


def test_context_object():
    """The context object describes the execution, the machine and the state that was entered last."""
    run = start(single({"Type": "Wait", "Seconds": 5}), {"a": 1})

    assert run.context == {
        "Execution": {
            "Id": INFO.id,
            "Input": {"a": 1},
            "StartTime": "2026-01-10T03:00:00.000Z",
            "Name": "nightly",
            "RoleArn": INFO.role_arn,
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": INFO.state_machine_id, "Name": "orders"},
        "State": {"Name": "S", "EnteredTime": "2026-01-10T03:00:00.000Z"},
    }


def test_context_that_is_given():
    """Given members of the context object replace those of the run."""
    given = {"Execution": {"Name": "given"}, "State": {"Name": "x"}, "Task": {"Token": "t"}}
    machine = single({"Type": "Pass", "Parameters": {"c.$": "$$"}, "OutputPath": "$.c"})
    run = start(machine, context=given)
    not_begun = Run(define(machine), input="{}", info=INFO, start=START, host=EngineHost(), context={"Execution": {}})

    rest = {"StateMachine": {"Id": INFO.state_machine_id, "Name": "orders"}}
    assert result(run) == {**given, **rest}
    assert not_begun.context == {"Execution": {}, **rest}


def test_machine_timeout():
    """TimeoutSeconds ends the run at that moment; the last event has the previous id 0, and the run has no error."""
    run = start(single({"Type": "Wait", "Seconds": 3600}, TimeoutSeconds=60))
    run.advance_to(START + 5 * HOUR)

    assert result(run) == ("TIMED_OUT", None, None)
    assert run.stop_moment == START + 60_000
    assert outline(run)[-1] == (3, 0, "ExecutionTimedOut")
    assert details(run, "ExecutionTimedOut") == {"error": "States.Timeout"}


@pytest.mark.parametrize(
    ("timeout", "ended"),
    [
        pytest.param({}, 300, id="time limit"),
        pytest.param({"TimeoutSeconds": 60}, 60, id="shorter timeout"),
        pytest.param({"TimeoutSeconds": 3000}, 300, id="longer timeout"),
    ],
)
def test_time_limit(timeout, ended):
    """The time limit of the execution's type ends a run even if TimeoutSeconds is longer."""
    run = start(single({"Type": "Wait", "Seconds": 3600}, **timeout), time_limit_seconds=300)
    run.advance_to(START + HOUR)

    assert (run.status, run.stop_moment) == ("TIMED_OUT", START + ended * 1000)


def test_stop():
    """A stopped run is ABORTED, its last event has the previous id 0, and a second stop has no effect."""
    host = EngineHost(Pending())
    run = start(single(TASK), host=host)
    run.stop(START + 1000, "E", "why")
    run.stop(START + 2000, "F", "again")

    assert result(run) == ("ABORTED", "E", "why")
    assert outline(run)[-1] == (5, 0, "ExecutionAborted")
    assert details(run, "ExecutionAborted") == {"error": "E", "cause": "why"}
    assert host.abandoned == [(host.calls[0].token, START + 1000)]
    assert run.stop_moment == START + 1000


def test_stop_without_a_reason():
    """The ExecutionAborted event of a stop without error and cause has empty details."""
    run = start(single({"Type": "Wait", "Seconds": 5}))
    run.stop(START)

    assert run.events[-1].describe() == {
        "id": 3,
        "previousEventId": 0,
        "type": "ExecutionAborted",
        "executionAbortedEventDetails": {},
    }


def test_history_is_limited(monkeypatch):
    """A run fails when its history reaches the maximum number of events."""
    monkeypatch.setattr(events, "HISTORY_LIMIT", 9)
    loop = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}
    run = start(loop)

    assert len(run.events) == 9
    assert result(run) == (
        "FAILED",
        "States.Runtime",
        "The execution reached the maximum number of history events (25000).",
    )


def test_history_that_a_signal_fills(monkeypatch):
    """The limit of the history also applies to events that a signal from outside adds."""
    monkeypatch.setattr(events, "HISTORY_LIMIT", 5)
    host = EngineHost(Pending())
    run = start(single(TASK), host=host)
    run.complete_task(host.calls[0].token, {}, START + 1000)

    assert types(run)[-2:] == ["LambdaFunctionStarted", "ExecutionFailed"]


def test_output_is_limited():
    """A state whose output is too large fails."""
    run = start(single({"Type": "Pass", "Result": "x" * 262_143}))

    assert result(run) == (
        "FAILED",
        "States.DataLimitExceeded",
        "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.",
    )


def test_variables():
    """Later states read the variables that Assign sets; the exit event of a state lists what the state assigned."""
    run = start(
        {
            "StartAt": "A",
            "States": {
                "A": {"Type": "Pass", "Assign": {"n": 1, "of.$": "$.a"}, "Next": "B"},
                "B": {"Type": "Pass", "Parameters": {"of.$": "$of"}, "End": True},
            },
        },
        {"a": [2]},
    )

    assert result(run) == {"of": [2]}
    assert details(run, "PassStateExited") == {
        "name": "B",
        "output": '{"of":[2]}',
        "outputDetails": {"truncated": False},
    }
    assert run.events[2].details["assignedVariables"] == {"n": "1", "of": "[2]"}
    assert run.events[2].details["assignedVariablesDetails"] == {"truncated": False}
    assert run.variables == {"n": 1, "of": [2]}


def test_variables_given_from_outside():
    """A run may be given variables at its start."""
    run = start(single({"Type": "Pass", "Parameters": {"n.$": "$n"}}), variables={"n": 7})

    assert result(run) == {"n": 7}


def test_clock_that_moves_back_and_forth():
    """A run that is rewound and advanced again has the same events, and calls its host only once."""
    host = EngineHost(Succeeded({"n": 1}, duration_ms=HOUR))
    run = start(single(TASK), host=host)
    run.advance_to(START + 2 * HOUR)
    before = run.events
    run.rewind_to(START + 1000)
    earlier = (run.status, len(run.events))
    run.advance_to(START + 2 * HOUR)

    assert earlier == ("RUNNING", 4)
    assert run.events == before
    assert len(host.calls) == 1


def test_signals_are_done_again():
    """A rewound run repeats the signals from outside when it advances again."""
    host = EngineHost(Pending())
    run = start(single(TASK), host=host)
    run.complete_task(host.calls[0].token, {"n": 1}, START + HOUR)
    before = run.events
    run.rewind_to(START)
    earlier = (run.status, run.next_due(), run.has_task(host.calls[0].token))
    run.advance_to(START + HOUR)

    assert earlier == ("RUNNING", START + HOUR, True)
    assert run.events == before
    assert not run.has_task(host.calls[0].token)


def test_due_actions_come_before_later_signals():
    """A rewound run repeats the actions that were due before its stop, and then the stop."""
    run = start(
        single({"Type": "Wait", "Seconds": 5, "Next": "T"})
        | {
            "States": {
                "S": {"Type": "Wait", "Seconds": 5, "Next": "T"},
                "T": {"Type": "Wait", "Seconds": 5, "End": True},
            }
        }
    )
    run.stop(START + 7000)
    before = run.events
    run.rewind_to(START)
    due = run.next_due()
    run.advance_to(START + 20_000)

    assert due == START + 5000
    assert run.events == before


def test_a_signal_to_a_rewound_run_replaces_later_events():
    """A signal to a rewound run replaces all that the run did after that moment."""
    host = EngineHost(Pending())
    run = start(single(TASK), host=host)
    run.complete_task(host.calls[0].token, {}, START + HOUR)
    run.rewind_to(START)
    run.fail_task(host.calls[0].token, "E", "why", START + 1000)
    run.advance_to(START + 2 * HOUR)

    assert result(run) == ("FAILED", "E", "why")


def test_a_rewound_run_that_is_redriven_asks_again():
    """A run that was rewound, stopped and redriven gives its tasks no answers of the time after the stop."""
    host = EngineHost(lambda call: Succeeded({"call": len(host.calls)}, duration_ms=HOUR))
    run = start({"StartAt": "A", "States": {"A": {**TASK, "Next": "B"}, "B": {**TASK, "End": True}}}, host=host)
    run.advance_to(START + 3 * HOUR)
    run.rewind_to(START)
    run.stop(START + 1000)
    run.redrive(START + 2000)
    run.advance_to(START + 4 * HOUR)

    assert result(run) == {"call": 4}


@pytest.mark.parametrize(
    "error", [pytest.param(KeyboardInterrupt(), id="interrupt"), pytest.param(LookupError("unmocked"), id="error")]
)
def test_an_interrupted_run_continues(error):
    """A run that an exception interrupts in an action repeats the action at the next advance."""
    asked = []

    def answer(call):
        asked.append(call.token)
        if len(asked) == 1:
            raise error
        return Succeeded({"n": 1})

    host = EngineHost(answer)
    run = Run(define(single(TASK)), input="{}", info=INFO, start=START, host=host)
    with pytest.raises(type(error)):
        run.advance_to(START)
    run.advance_to(START)

    assert result(run) == {"n": 1}
    assert asked[0] == asked[1]
    assert len(run.events) == 7


def test_an_interrupted_run_that_continues_at_an_earlier_moment():
    """A signal before the interrupted action makes the run ask its host anew, also where that had answered."""
    interrupts = [KeyboardInterrupt()]

    def answer(call):
        if call.state == "Ask":
            return Pending()
        if call.state == "Last" and interrupts:
            raise interrupts.pop()
        return Succeeded(call.state)

    slow = {
        "Pause": {"Type": "Wait", "Seconds": 10, "Next": "First"},
        "First": {**TASK, "Next": "Last"},
        "Last": {**TASK, "End": True},
    }
    asks = {"Ask": {**TASK, "Next": "Other"}, "Other": {**TASK, "End": True}}
    branches = [{"StartAt": "Pause", "States": slow}, {"StartAt": "Ask", "States": asks}]
    host = EngineHost(answer)
    run = start(single({"Type": "Parallel", "Branches": branches}), host=host)
    with pytest.raises(KeyboardInterrupt):
        run.advance_to(START + 10_000)
    run.complete_task(host.calls[0].token, {}, START + 5000)
    run.advance_to(START + 10_000)

    assert result(run) == ["Last", "Other"]
    assert [call.state for call in host.calls] == ["Ask", "First", "Last", "Other", "First", "Last"]


def test_a_run_that_is_rolled_back():
    """A rollback shows the run as it was at its checkpoint; what it then does again, it asks its host again."""
    states = {
        "A": {**TASK, "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 10, "Next": "B"},
        "B": {**TASK, "End": True},
    }
    host = EngineHost(lambda call: Succeeded(call.state))
    run = start({"StartAt": "A", "States": states}, host=host)
    before = outline(run)
    roll_back = run.checkpoint()
    run.advance_to(START + 10_000)
    roll_back()
    shown = outline(run)
    roll_back = run.checkpoint()
    run.advance_to(START + 10_000)
    roll_back()
    run.advance_to(START + 10_000)

    assert shown == before
    assert result(run) == "B"
    assert [call.state for call in host.calls] == ["A", "B", "B", "B"]


def test_a_run_that_is_rolled_back_within_a_signal():
    """A rollback to the middle of a signal shows the run without the signal, which it repeats when it advances."""
    rollbacks = []

    class InterruptedHost(EngineHost):
        def abandon_task(self, token, moment):
            rollbacks.append(run.checkpoint())

    run = start(single(TASK), host=InterruptedHost(Pending()))
    run.stop(START + 5000, "E", "why")
    rollbacks[0]()
    shown = (run.status, run.next_due())
    run.advance_to(START + 5000)

    assert shown == ("RUNNING", START + 5000)
    assert result(run) == ("ABORTED", "E", "why")
    assert len(rollbacks) == 2


def test_task_that_advances_its_own_run():
    """A task that advances its own run sees its current state, and may complete itself, also when it is repeated."""
    seen = []

    def answer(call):
        run.advance_to(START + HOUR)
        seen.append((run.status, types(run)[-1]))
        run.complete_task(call.token, {"completed": True}, START)
        return Pending()

    run = Run(define(single(TASK)), input="{}", info=INFO, start=START, host=EngineHost(answer))
    run.advance_to(START)

    events = run.events
    run.rewind_to(START)

    assert seen == [("RUNNING", "LambdaFunctionScheduled")]
    assert result(run) == {"completed": True}
    assert run.events == events


def test_randomness_is_the_same_each_time():
    """Two runs of one execution draw the same numbers."""
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% [$random(), $uuid()] %}"}

    assert result(start(single(state))) == result(start(single(state)))


def test_redrive_continues_at_the_failed_state():
    """A redriven run continues in the failed state with its input and variables, and does not enter it again."""
    host = EngineHost(Failed("E", "why"), Succeeded({"n": 1}))
    first = {"Type": "Pass", "Assign": {"v": 2}, "Result": {"a": 1}, "Next": "T"}
    second = {**TASK, "ResultSelector": {"n.$": "$.n", "v.$": "$v", "r.$": "$$.Execution.RedriveTime"}, "End": True}
    run = start({"StartAt": "A", "States": {"A": first, "T": second}}, host=host)
    failed = result(run)
    run.redrive(START + 1000)

    assert failed == ("FAILED", "E", "why")
    assert result(run) == {"n": 1, "v": 2, "r": "2026-01-10T03:00:01.000Z"}
    assert outline(run)[7:] == [
        (8, 7, "ExecutionFailed"),
        (9, 8, "ExecutionRedriven"),
        (10, 9, "LambdaFunctionScheduled"),
        (11, 10, "LambdaFunctionStarted"),
        (12, 11, "LambdaFunctionSucceeded"),
        (13, 12, "TaskStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert details(run, "ExecutionRedriven") == {"redriveCount": 1}
    assert [call.parameters for call in host.calls] == [{"a": 1}, {"a": 1}]
    assert (run.redrive_count, run.redrive_of(1), run.visited) == (1, START + 1000, ["A", "T"])


def test_redrive_enters_the_states_that_follow():
    """A redriven run enters the states after the failed one as usual."""
    host = EngineHost(Failed("E"), Succeeded({"n": 1}))
    run = start(single({**TASK, "Next": "Done"}), host=host)
    run.redrive(START + 1000)

    assert (run.status, run.visited) == ("SUCCEEDED", ["S", "Done"])
    assert outline(run)[-3:] == [
        (12, 11, "SucceedStateEntered"),
        (13, 12, "SucceedStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert details(run, "ExecutionSucceeded") == {"output": '{"n":1}', "outputDetails": {"truncated": False}}


def test_tokens_of_tasks_differ():
    """Each task of a run has its own token."""
    host = EngineHost(Succeeded({}))
    start({"StartAt": "A", "States": {"A": {**TASK, "Next": "B"}, "B": {**TASK, "End": True}}}, host=host)

    assert len({call.token for call in host.calls}) == 2


def test_redrive_restarts_the_machine_timeout():
    """A redrive restarts the timeout of the machine."""
    run = start(single({"Type": "Wait", "Seconds": 100}, TimeoutSeconds=60))
    run.advance_to(START + 60_000)
    run.redrive(START + 100_000)
    run.advance_to(START + 200_000)

    assert run.status == "TIMED_OUT"
    assert run.stop_moment == START + 160_000


@pytest.mark.parametrize("seconds_given", [pytest.param(0, id="succeeded"), pytest.param(60, id="running")])
def test_run_that_cannot_be_redriven(seconds_given):
    """Only a run that failed, timed out or was aborted can be redriven."""
    run = start(single({"Type": "Wait", "Seconds": seconds_given}))

    with pytest.raises(ValueError) as caught:
        run.redrive(START)

    assert str(caught.value) == (f"status must be FAILED, TIMED_OUT or ABORTED to redrive a run, got {run.status}")


def test_events_have_the_given_input_text():
    """The ExecutionStarted event has the text of the input as it was given."""
    text = '{ "a" : 1 }'
    run = Run(define(single({"Type": "Pass"})), input=text, info=INFO, start=START, host=EngineHost())
    run.advance_to(START)

    assert run.events[0].details["input"] == text
    assert json.loads(run.output) == {"a": 1}


def test_map_runs_of_a_run():
    """A run without map runs refuses an update of a map run."""
    run = start(single({"Type": "Pass"}))

    with pytest.raises(LookupError) as unknown:
        run.update_map_run(f"{ACCOUNT}:mapRun:x", START, max_concurrency=1)
    with pytest.raises(ValueError) as misspelt:
        run.update_map_run(f"{ACCOUNT}:mapRun:x", START, concurrency=1)

    assert str(unknown.value) == f"No map run '{ACCOUNT}:mapRun:x' in this run."
    assert str(misspelt.value) == (
        "limit must be max_concurrency, tolerated_count or tolerated_percentage, got concurrency"
    )
    assert run.map_run("x") is None


class InterruptAfter:
    """Raises KeyboardInterrupt in the modules that advance a run, after a number of executed lines."""

    def __init__(self, lines):
        self.left = lines

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.endswith(
            ("asl/run.py", "asl/engine.py", "asl/recorded_host.py", "asl/scheduler.py")
        ):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def until_done(interrupt, action):
    """Call a function, again if an interrupt ended the first call; return whether it did."""
    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        action()
    except KeyboardInterrupt:
        sys.settrace(before)
        action()
        return True
    finally:
        sys.settrace(before)
    return False


def run_with_interrupt(lines):
    """Advance a run to its end with one interrupt; return the run and whether the interrupt occurred."""
    host = EngineHost(Pending())
    wait = {"Type": "Wait", "Seconds": 5, "Next": "T"}
    program = define({"StartAt": "S", "States": {"S": wait, "T": {**TASK, "End": True}}})
    run = Run(program, input="{}", info=INFO, start=START, host=host)
    interrupt = InterruptAfter(lines)
    first = until_done(interrupt, lambda: run.advance_to(START + 60_000))
    second = until_done(interrupt, lambda: run.complete_task(host.calls[0].token, {"n": 1}, START + 61_000))
    return run, first or second


def test_interrupts_between_any_two_lines():
    """A run that advances after an interrupt at any line has the same events as one without an interrupt."""
    undisturbed, _ = run_with_interrupt(0)
    lines, was_interrupted = 0, True
    while was_interrupted:
        lines += 1
        run, was_interrupted = run_with_interrupt(lines)

        assert run.events == undisturbed.events, lines

    assert result(undisturbed) == {"n": 1}
    assert lines > 200


def test_a_long_history_of_an_express_execution():
    """The history of an EXPRESS execution has no limit."""
    one = {"ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}}
    definition = {"StartAt": "M", "States": {"M": {"Type": "Map", **one, "End": True}}}
    run = start(definition, input=list(range(6_500)), info=replace(INFO, is_express=True))

    assert (run.status, len(run.events)) == ("SUCCEEDED", 26_006)


@pytest.mark.parametrize(("seconds", "limit"), [(None, 300), (20, 20)])
def test_an_endless_loop_of_an_express_execution(monkeypatch, seconds, limit):
    """An EXPRESS execution that loops without end is TIMED_OUT when its time is over."""
    monkeypatch.setattr(events, "ENDLESS_EXPRESS", 9)
    loop = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}
    if seconds is not None:
        loop["TimeoutSeconds"] = seconds
    run = start(loop, info=replace(INFO, is_express=True), time_limit_seconds=300)
    assert (run.status, run.next_due()) == ("RUNNING", START + limit * 1000)

    run.advance_to(START + limit * 1000)
    assert (run.status, run.events[-1].type) == ("TIMED_OUT", "ExecutionTimedOut")
