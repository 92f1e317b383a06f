"""Replays whose ends, children or map runs differ from the recorded ones."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from recorded_histories import distributed, history_of, machine

from sfn_mock.asl.host import ReadRequest
from sfn_mock.instruments.replayed_runs import Answers

NOW = "2026-01-10T03:00:00Z"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:work"
OTHER_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:other"
OK = [{"result": {"ok": True}}]
ERROR = [{"error": "Broken", "cause": "why"}]
A_PASS = {"Type": "Pass", "End": True}
WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
FAIL = {"Type": "Fail", "Error": "Broken", "Cause": "why"}


def task(**members):
    return {"Type": "Task", "Resource": FUNCTION, "End": True, **members}


def sentences(replay):
    return [str(difference) for difference in replay.differences]


@pytest.mark.sfn_executions(execute=True)
def test_activity_that_did_not_exist(record, sfn_executions):
    """A recorded execution whose activity did not exist fails again, although no activity is looked for."""
    definition = machine({"A": task(Resource="arn:aws:states:us-east-1:123456789012:activity:pack")})
    replay = sfn_executions.replay(definition=definition, history=record(definition))

    assert sentences(replay) == []
    assert replay.execution.cause.endswith("activity:pack does not exist.")


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(
    ("before", "after", "mocks", "expected"),
    [
        pytest.param(
            machine({"A": FAIL}),
            machine({"A": {**FAIL, "Error": "Other"}}),
            {},
            ["Event 3: The execution ends with the error Other instead of Broken."],
            id="error",
        ),
        pytest.param(
            machine({"A": FAIL}),
            machine({"A": {**FAIL, "Cause": "because"}}),
            {},
            ["Event 3: The execution ends with the cause because instead of why."],
            id="cause",
        ),
        pytest.param(
            machine({"A": task()}),
            machine({"A": task(Resource=OTHER_FUNCTION)}),
            {"A": OK},
            [
                f'Event 3: \'A\' calls {{"resourceType": null, "resource": "{OTHER_FUNCTION}"}} instead of '
                f'{{"resourceType": null, "resource": "{FUNCTION}"}}.'
            ],
            id="resource",
        ),
        pytest.param(
            machine({"A": {"Type": "Pass", "Next": "B"}, "B": A_PASS}),
            machine({"A": {"Type": "Pass", "Result": 1, "Next": "B"}, "B": A_PASS}),
            {},
            ["Event 3: 'A' gives the output 1 instead of null."],
            id="output",
        ),
        pytest.param(
            machine({"A": A_PASS}),
            machine({"A": {**A_PASS, "InputPath": "$.none"}}),
            {},
            [
                "Event 3: 'A' fails, where it succeeded.",
                "Event 4: The execution ends FAILED with States.Runtime, where it had ended SUCCEEDED.",
            ],
            id="state that fails",
        ),
        pytest.param(
            machine({"A": {**A_PASS, "InputPath": "$.none"}}),
            machine({"A": A_PASS}),
            {},
            [
                "'A' succeeds, where it failed.",
                "Event 3: The execution ends SUCCEEDED, where it had ended FAILED with States.Runtime.",
            ],
            id="state that succeeds",
        ),
    ],
)
def test_ends(sfn_executions, record, before, after, mocks, expected):
    """Ends of states and of the execution are compared with the recorded ones."""
    replay = sfn_executions.replay(definition=after, history=record(before, mocks=mocks))

    assert sentences(replay) == expected


@pytest.mark.sfn_executions(execute=True)
def test_running(sfn_executions, record):
    """A replay of a running execution ends where the recording ends."""
    definition = machine({"A": WAIT})
    replay = sfn_executions.replay(definition=definition, history=record(definition, seconds=5))

    assert (sentences(replay), replay.execution.status) == ([], "RUNNING")


@pytest.mark.sfn_executions(execute=True)
def test_redrive_of_an_execution_that_now_succeeds(sfn_executions, clock, record):
    """An execution that succeeds today cannot be redriven as the recorded one was."""
    history = record(machine({"A": FAIL}))
    arn = sfn_executions.state_machines[0].executions[0].arn
    boto3.client("stepfunctions").redrive_execution(executionArn=arn)
    clock.tick(5)
    assert history != history_of(arn)
    replay = sfn_executions.replay(definition=machine({"A": {"Type": "Succeed"}}), history=history_of(arn))

    assert sentences(replay)[-1] == "Event 4: The execution cannot be redriven, as it is SUCCEEDED."


@pytest.mark.sfn_executions(execute=True)
def test_child_that_is_not_started(sfn_executions, record):
    """A recorded child that the replay does not start is reported with its input."""
    history = record(distributed({"A": task()}), [1, 2], {"A": OK})
    map_run = sfn_executions.state_machines[0].executions[0].map_runs[0]
    children = [history_of(child.arn) for child in map_run.executions]
    after = machine({"Each": {"Type": "Pass", "End": True}})
    replay = sfn_executions.replay(definition=after, history=history, children={"Each": children[:1]})

    assert sentences(replay)[-1] == "'Each' does not start the child execution with the input 1."


@pytest.mark.sfn_executions(execute=True)
def test_child_without_a_history(sfn_executions, record):
    """A child for which no recorded one is left stops the replay at its first task."""
    definition = distributed({"A": task()})
    history = record(definition, [1, 2], {"A": OK})
    map_run = sfn_executions.state_machines[0].executions[0].map_runs[0]
    children = [history_of(child.arn) for child in map_run.executions]
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children[:1]})

    names = [child.name for child in replay.execution.map_runs[0].executions]
    assert f"'Each' starts child execution {names[1]}, which has no history." in sentences(replay)
    assert replay.execution.status == "RUNNING"


def test_a_replay_reads_no_items():
    """The items of a replayed map run are the inputs of its recorded children."""
    request = ReadRequest("arn:aws:states:::s3:getObject", {"Bucket": "b", "Key": "k"}, {}, 0)

    assert Answers({}).read_items(None, request) == []


@pytest.mark.sfn_executions(execute=True)
def test_a_change_after_the_clock_moved_back(sfn_executions, clock, record):
    """A change at an earlier moment replaces what the replay did later."""
    steps = {"A": {**task(), "Next": "W"}, "W": {**WAIT, "Next": "B"}, "B": task()}
    for state in ("A", "W"):
        del steps[state]["End"]
    history = record(machine(steps), mocks={"A": OK, "B": OK})
    replay = sfn_executions.replay(definition=machine(steps), history=history)
    run = replay.execution
    assert (run.status, sentences(replay)) == ("SUCCEEDED", [])

    clock.move_to(run.start_date + timedelta(seconds=30))
    boto3.client("stepfunctions").stop_execution(executionArn=run.arn)
    boto3.client("stepfunctions").redrive_execution(executionArn=run.arn)
    clock.tick(1000)
    assert (run.status, run.redrive_count, run.visited) == ("SUCCEEDED", 1, ["A", "W", "B"])


@pytest.mark.sfn_executions(execute=True)
def test_difference_in_a_child(sfn_executions, record):
    """A difference in a child execution names the child and its Map state."""
    history = record(distributed({"A": task()}), [1, 2], {"A": OK})
    map_run = sfn_executions.state_machines[0].executions[0].map_runs[0]
    children = [history_of(child.arn) for child in map_run.executions]
    replay = sfn_executions.replay(
        definition=distributed({"A": task(Parameters={"x": 1})}), history=history, children={"Each": children}
    )

    names = [child.name for child in replay.execution.map_runs[0].executions]
    assert [sentence for sentence in sentences(replay) if sentence.startswith("Event 3: In child")] == [
        f"Event 3: In child execution {name} of 'Each', 'A' calls its task with {{\"x\":1}} instead of {number}."
        for number, name in enumerate(names, 1)
    ]


@pytest.mark.sfn_executions(execute=True)
def test_recorded_timeout(sfn_executions, record):
    """A task that timed out does so again, even if its state has no timeout any more."""
    slow = [{"result": {}, "duration": timedelta(seconds=5)}]
    history = record(machine({"A": task(TimeoutSeconds=2)}), mocks={"A": slow})
    replay = sfn_executions.replay(definition=machine({"A": task()}), history=history)

    assert sentences(replay) == []
    assert (replay.execution.status, replay.execution.error) == ("FAILED", "States.Timeout")


@pytest.mark.sfn_executions(execute=True)
def test_input_of_a_state(sfn_executions, record):
    """A child without a recorded one of its input uses one that is left, and its input differs."""
    history = record(distributed({"A": A_PASS}), [1])
    map_run = sfn_executions.state_machines[0].executions[0].map_runs[0]
    children = [history_of(child.arn) for child in map_run.executions]
    after = distributed({"A": A_PASS}, ItemSelector={"x.$": "$$.Map.Item.Value"})
    replay = sfn_executions.replay(definition=after, history=history, children={"Each": children})

    assert [(one.kind, one.recorded, one.replayed) for one in replay.differences if one.kind == "input"] == [
        ("input", 1, {"x": 1})
    ]


@pytest.mark.sfn_executions(execute=True)
def test_map_run_without_an_end(sfn_executions, record):
    """A map run that had not ended is RUNNING in the replay."""
    definition = distributed({"A": WAIT})
    replay = sfn_executions.replay(definition=definition, history=record(definition, [1], seconds=5))

    assert (sentences(replay), replay.execution.status) == ([], "RUNNING")


@pytest.mark.sfn_executions(execute=True)
def test_map_run_without_an_outcome(sfn_executions, record):
    """A map run that the recording does not have stops the replay."""
    before = machine({"Each": {"Type": "Map", "ItemProcessor": machine({"A": A_PASS}), "End": True}})
    replay = sfn_executions.replay(definition=distributed({"A": A_PASS}), history=record(before, [1]))

    assert sentences(replay)[0] == (
        "'Each' calls a task or starts a map run of which the history has no outcome; the replay stops."
    )
    assert replay.execution.status == "RUNNING"


@pytest.mark.sfn_executions(execute=True)
def test_clock_of_the_context_object(sfn_executions, record):
    """Times in milliseconds that lie within both executions are not differences."""
    definition = machine({"A": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $millis() %}", "End": True}})
    replay = sfn_executions.replay(definition=definition, history=record(definition))

    assert sentences(replay) == []


@pytest.mark.sfn_executions(execute=True)
def test_moments_in_milliseconds(sfn_executions, record):
    """Times in milliseconds that lie within the executions are not differences."""

    def waits(seconds):
        output = {"moment": "{% $millis() %}"}
        output_state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": output, "End": True}
        return machine({"W": {"Type": "Wait", "Seconds": seconds, "Next": "A"}, "A": output_state})

    replay = sfn_executions.replay(definition=waits(30), history=record(waits(60)))

    assert sentences(replay) == []


@pytest.mark.sfn_executions(execute=True)
def test_within_a_state_of_another_input(sfn_executions, record):
    """Inside a state whose input differs nothing else is compared."""

    def each(result):
        mapped = {"Type": "Map", "ItemProcessor": machine({"B": A_PASS}), "End": True}
        return machine({"A": {"Type": "Pass", "Result": result, "Next": "Each"}, "Each": mapped})

    replay = sfn_executions.replay(definition=each([2]), history=record(each([1])))

    assert sentences(replay) == ["Event 3: 'A' gives the output [2] instead of [1]."]


@pytest.mark.sfn_executions(execute=True)
def test_branch_that_was_cut_off(sfn_executions, record):
    """In a branch that was aborted nothing differs after its end."""

    def both(seconds):
        left = machine({"A": task()})
        right = machine({"W": {"Type": "Wait", "Seconds": seconds, "Next": "C"}, "C": task()})
        return machine({"Both": {"Type": "Parallel", "Branches": [left, right], "End": True}})

    slow = [{"error": "Broken", "cause": "why", "duration": timedelta(seconds=5)}]
    replay = sfn_executions.replay(definition=both(1), history=record(both(60), mocks={"A": slow, "C": OK}))

    assert sentences(replay) == []
    assert (replay.execution.status, replay.execution.error) == ("FAILED", "Broken")


@pytest.mark.sfn_executions(execute=True)
def test_written_results(sfn_executions, record):
    """A ResultWriter writes nothing, and its state has the recorded output."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "results", "Prefix": "each"}}
    history = record(distributed({"A": A_PASS}), [1])
    map_run = sfn_executions.state_machines[0].executions[0].map_runs[0]
    children = {"Each": [history_of(child.arn) for child in map_run.executions]}
    after = distributed({"A": A_PASS}, ResultWriter=writer)

    without = sfn_executions.replay(definition=after, history=history, children=children)
    details = json.loads(without.execution.output)
    assert details["ResultWriterDetails"] == {"Bucket": "results", "Key": ""}

    written = json.dumps({"MapRunArn": map_run.arn, "ResultWriterDetails": {"Bucket": "results", "Key": "each/1"}})
    for event in history[0]["events"]:
        for member in ("stateExitedEventDetails", "executionSucceededEventDetails"):
            if member in event:
                event[member]["output"] = written
    again = sfn_executions.replay(definition=after, history=history, children=children)
    assert (sentences(again), again.execution.output) == ([], json.dumps(json.loads(written), separators=(",", ":")))
