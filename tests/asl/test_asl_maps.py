"""Parallel states, Map states and Distributed Map states."""

import json

import pytest
from engine_host import ACCOUNT, FUNCTION, START, EngineHost, details, outline, result, single, start, types

from sfn_mock.asl import map_runs
from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, Failed, Pending, Succeeded

HEAD = "An error occurred while executing the state 'S' (entered at the event id #2). "
JSONATA = {"QueryLanguage": "JSONata"}
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}
DONE = ("LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded", "TaskStateExited")
CAUGHT = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def sequence(state, **more):
    """Return states of which I comes first."""
    return {"StartAt": "I", "States": {"I": state, **more}}


def of(state, **more):
    """Return a Map state whose iterations have one state."""
    return {"Type": "Map", "ItemProcessor": sequence(state), **more}


def distributed(state, **more):
    """Return a Distributed Map state whose children have one state."""
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    return {"Type": "Map", "ItemProcessor": {**sequence(state), **config}, **more}


PASS = {"Type": "Pass", "End": True}
WAIT = {"Type": "Wait", "SecondsPath": "$", "End": True}


def parallel(*branches, **more):
    """Return a Parallel state of branches of one state each."""
    return {"Type": "Parallel", "Branches": [sequence(branch) for branch in branches], **more}


def test_history_of_a_parallel_state():
    """The events of each branch form a chain; the state's end follows the branch that ended last."""
    run = start(single(parallel(PASS, PASS)), {"a": 1})

    assert outline(run) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "ParallelStateEntered"),
        (3, 2, "ParallelStateStarted"),
        (4, 3, "PassStateEntered"),
        (5, 4, "PassStateExited"),
        (6, 3, "PassStateEntered"),
        (7, 6, "PassStateExited"),
        (8, 7, "ParallelStateSucceeded"),
        (9, 7, "ParallelStateExited"),
        (10, 9, "ExecutionSucceeded"),
    ]
    assert result(run) == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"Parameters": {"b.$": "$.a"}}, [{"b": 1}], id="Parameters"),
        pytest.param({"ResultSelector": {"r.$": "$[0].a"}, "ResultPath": "$.x"}, {"a": 1, "x": {"r": 1}}, id="results"),
        pytest.param({**JSONATA, "Arguments": {"b": "{% $states.input.a %}"}}, [{"b": 1}], id="Arguments"),
        pytest.param({**JSONATA, "Output": "{% $states.result[0].a + 1 %}"}, 2, id="Output"),
    ],
)
def test_data_of_a_parallel_state(state, expected):
    """All branches have one input, and the result is the array of their outputs."""
    assert result(start(single(parallel(PASS, **state)), {"a": 1})) == expected


def test_branches_run_at_the_same_time():
    """A Parallel state takes as long as its longest branch."""
    run = start(single(parallel({**WAIT}, {"Type": "Wait", "Seconds": 9, "End": True})), 3)
    run.advance_to(START + 60_000)

    assert run.stop_moment == START + 9000
    assert result(run) == [3, 3]


def test_variables_of_branches():
    """Branches read outer variables; their own variables exist only in the branch."""
    inner = {"Type": "Pass", "Assign": {"w": 2}, "Parameters": {"v.$": "$v"}, "End": True}
    outer = {"Type": "Pass", "Assign": {"v": 1}, "Next": "S"}
    last = {"Type": "Pass", "End": True}
    run = start({"StartAt": "A", "States": {"A": outer, "S": {**parallel(inner), "Next": "L"}, "L": last}})

    assert result(run) == [{"v": 1}]
    assert run.context["State"]["Name"] == "L"
    assert run.variables == {"v": 1}


def test_failure_of_a_branch_aborts_the_others():
    """The first failure of a branch aborts the other branches and fails the state."""
    long_wait = {"Type": "Wait", "Seconds": 100, "End": True}
    inner = [
        {"Type": "Wait", "Seconds": 5, "Next": "F"},
        long_wait,
        TASK,
        parallel(long_wait, End=True),
        of(long_wait, End=True),
        distributed(long_wait, End=True),
    ]
    state = parallel(*inner)
    state["Branches"][0]["States"]["F"] = {"Type": "Fail", "Error": "E", "Cause": "why"}
    host = EngineHost(Pending())
    run = start(single({**state, "Catch": CAUGHT}), [1], host)
    host.advance(run, START + 60_000)

    chain = [(kind, types(run)[before - 1]) for _, before, kind in outline(run)]
    assert [pair for pair in chain if pair[0].endswith(("Aborted", "Failed"))] == [
        ("WaitStateAborted", "WaitStateEntered"),
        ("TaskStateAborted", "LambdaFunctionStarted"),
        ("WaitStateAborted", "WaitStateEntered"),
        ("ParallelStateAborted", "ParallelStateStarted"),
        ("WaitStateAborted", "WaitStateEntered"),
        ("MapIterationAborted", "WaitStateEntered"),
        ("MapStateAborted", "MapStateStarted"),
        ("MapRunAborted", "MapRunStarted"),
        ("MapStateAborted", "MapRunStarted"),
        ("ParallelStateFailed", "FailStateEntered"),
    ]
    assert result(run) == {"Error": "E", "Cause": "why"}
    assert host.abandoned == [(host.calls[0].token, START + 5000)]
    assert host.ended == [(f"{ACCOUNT}:mapRun:orders/I:0", "ABORTED")]
    assert [child.status for child in host.children.values()] == ["ABORTED"]
    assert not run.has_task(host.calls[0].token)


def test_a_wait_of_0_seconds_in_a_branch():
    """A branch with a Wait of 0 seconds continues before the next branch starts."""
    run = start(single(parallel({"Type": "Wait", "Seconds": 0, "End": True}, PASS)))

    assert types(run)[3:7] == ["WaitStateEntered", "WaitStateExited", "PassStateEntered", "PassStateExited"]


def test_failure_before_the_others_start():
    """Later branches do not start if an earlier one fails at once."""
    run = start(single(parallel({"Type": "Fail", "Error": "E"}, PASS)))

    assert types(run)[2:] == ["ParallelStateStarted", "FailStateEntered", "ParallelStateFailed", "ExecutionFailed"]


def test_history_of_a_map_state():
    """An iteration follows the end of the one that it waited for; the state's end follows the last iteration."""
    run = start(single(of(PASS, MaxConcurrency=1)), [7, 8])

    assert outline(run)[1:] == [
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert details(run, "MapStateStarted") == {"length": 2}
    assert details(run, "MapIterationStarted") == {"name": "S", "index": 1}
    assert result(run) == [7, 8]


ITEM_CONTEXT = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "k.$": "$.k"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"ItemsPath": "$.items"}, [5, 6], id="ItemsPath"),
        pytest.param({"InputPath": "$.items"}, [5, 6], id="InputPath"),
        pytest.param(
            {"ItemsPath": "$.items", "ItemSelector": ITEM_CONTEXT},
            [{"i": 0, "v": 5, "k": 1}, {"i": 1, "v": 6, "k": 1}],
            id="ItemSelector",
        ),
        pytest.param({**JSONATA, "Items": "{% $states.input.items %}"}, [5, 6], id="Items"),
        pytest.param({**JSONATA, "Items": [9]}, [9], id="literal Items"),
        pytest.param(
            {**JSONATA, "Items": [9], "ItemSelector": {"v": "{% $states.context.Map.Item.Value + 1 %}"}},
            [{"v": 10}],
            id="JSONata ItemSelector",
        ),
        pytest.param({**JSONATA, "Items": []}, [], id="no items"),
        pytest.param(
            {"ItemsPath": "$.items", "ResultSelector": {"r.$": "$[1]"}, "ResultPath": "$.k"},
            {"items": [5, 6], "k": {"r": 6}},
            id="results",
        ),
        pytest.param({**JSONATA, "Items": [9], "Output": "{% $states.result[0] %}"}, 9, id="Output"),
    ],
)
@pytest.mark.parametrize("kind", [pytest.param(of, id="inline"), pytest.param(distributed, id="distributed")])
def test_data_of_a_map_state(kind, state, expected):
    """Items, their selection and the results go through the fields of the state's query language."""
    host = EngineHost()

    assert result(start(single(kind(PASS, **state)), {"items": [5, 6], "k": 1}, host)) == expected


def test_items_of_jsonata_input():
    """A JSONata Map without Items takes its input."""
    assert result(start(single(of(PASS, **JSONATA)), [1, 2])) == [1, 2]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"ItemsPath": "$.items"}, [5, 6], id="ItemsPath"),
        pytest.param({**JSONATA, "Items": "{% $states.input.items %}"}, None, id="JSONata"),
    ],
)
def test_observed_items(state, expected):
    """An observer gets the items after ItemsPath; a JSONata state has none."""
    observed = {}
    start(single(of(PASS, **state)), {"items": [5, 6]}, observer=observed.__setitem__)

    assert observed.get("afterItemsPath") == expected
    assert observed["result"] == [5, 6]


def test_iterations_see_their_item():
    """The states of an iteration find its item in the context object."""
    inner = {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}

    assert result(start(single(of(parallel(inner, End=True))), ["a"])) == [[{"i": 0}]]


@pytest.mark.parametrize(
    ("limit", "items", "end"),
    [
        pytest.param(0, [4, 4, 4, 1], 4, id="0 means no limit"),
        pytest.param(2, [4, 4, 4, 1], 8, id="two"),
        pytest.param(0, [4] * 40, 4, id="forty items"),
        pytest.param(0, [4] * 41, 8, id="more than forty items"),
        pytest.param(100, [4] * 41, 8, id="more than forty at the same time"),
    ],
)
def test_concurrency(limit, items, end):
    """At most MaxConcurrency iterations run at the same time, and never more than forty."""
    run = start(single(of(WAIT, MaxConcurrency=limit)), items)
    run.advance_to(START + 60_000)

    assert (run.stop_moment - START) / 1000 == end


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param({"ItemsPath": "$.k"}, 'Reference path "$.k" must point to array.', id="ItemsPath to a number"),
        pytest.param(
            {},
            'The Map state\'s input must be an array but was: {"k":1,"t":"x","half":1.5,"minus":-1}',
            id="input",
        ),
        pytest.param(
            {"MaxConcurrencyPath": "$.t"},
            'The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.t',
            id="concurrency of text",
        ),
        pytest.param(
            {"MaxConcurrencyPath": "$"},
            'The MaxConcurrencyPath field refers to value "{"k":1,"t":"x","half":1.5,"minus":-1}" which is not a valid '
            "integer: $",
            id="concurrency of an object",
        ),
        pytest.param(
            {"MaxConcurrencyPath": "$.half"},
            'The MaxConcurrencyPath field refers to value "1.5" which is not a valid integer: $.half',
            id="concurrency of a fraction",
        ),
        pytest.param({"MaxConcurrencyPath": "$.minus"}, "MaxConcurrency cannot be negative.", id="negative"),
    ],
)
def test_invalid_map_states(state, reason):
    """A Map state with wrong items or limits fails the execution, without an event for the state."""
    run = start(single(of(PASS, **state)), {"k": 1, "t": "x", "half": 1.5, "minus": -1})

    assert types(run) == ["ExecutionStarted", "MapStateEntered", "ExecutionFailed"]
    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)


def test_failed_evaluation_of_items():
    """Items that JSONata cannot give fail the Map state."""
    run = start(single(of(PASS, **JSONATA, Items="{% 1 %}")))

    assert types(run)[1:] == ["MapStateEntered", "EvaluationFailed", "MapStateFailed", "ExecutionFailed"]


def test_failure_of_an_iteration():
    """A failed iteration fails the state; both events of the failure have the same previous id."""
    fails = {"Type": "Fail", "Error": "E"}
    run = start(single(of(fails, Catch=CAUGHT)), [1])

    assert outline(run)[3:8] == [
        (4, 3, "MapIterationStarted"),
        (5, 4, "FailStateEntered"),
        (6, 5, "MapIterationFailed"),
        (7, 5, "MapStateFailed"),
        (8, 7, "MapStateExited"),
    ]
    assert result(run) == {"Error": "E", "Cause": ""}


def test_retry_of_a_map_state():
    """A retry starts all iterations again and writes no MapStateFailed event."""
    host = EngineHost(Failed("E"), Succeeded(1), Succeeded(2))
    run = start(single(of(TASK, Retry=[{"ErrorEquals": ["E"]}])), [1, 2], host)
    run.advance_to(START + 60_000)

    assert types(run).count("MapStateStarted") == 2
    assert "MapStateFailed" not in types(run)
    assert result(run) == [1, 2]


def test_redrive_of_branches_and_iterations():
    """A redriven run continues the branches and iterations that did not succeed, and keeps the other results."""
    host = EngineHost(Succeeded("first"), Failed("E"), Succeeded("second"), Succeeded("third"))
    inner = {**of(TASK, MaxConcurrency=1), "End": True}
    run = start(single(parallel(PASS, inner, TASK)), [1, 2], host)
    failed = run.error
    host.advance(run, START)
    run.redrive(START + 1000)
    after = [
        event.type for event in run.events[run.events.index(next(e for e in run.events if "Redriven" in e.type)) :]
    ]

    assert failed == "E"
    assert result(run) == [[1, 2], ["first", "second"], "third"]
    assert [call.parameters for call in host.calls] == [1, 2, 2, [1, 2]]
    assert "MapStateStarted" not in after
    assert after[:3] == ["ExecutionRedriven", "LambdaFunctionScheduled", "LambdaFunctionStarted"]


# --- Distributed Map -------------------------------------------------------------------------------------------------


def test_history_of_a_distributed_map():
    """The history of a Distributed Map has the events of its map run, but none of its children."""
    host = EngineHost()
    run = start(single(distributed(PASS)), [7, 8], host)

    assert outline(run)[1:] == [
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapRunStarted"),
        (5, 4, "MapRunSucceeded"),
        (6, 5, "MapStateSucceeded"),
        (7, 5, "MapStateExited"),
        (8, 7, "ExecutionSucceeded"),
    ]
    assert details(run, "MapRunStarted") == {"mapRunArn": f"{ACCOUNT}:mapRun:orders/S:0"}
    assert [(begin.index, begin.input, begin.item_count) for begin in host.starts] == [(0, 7, 1), (1, 8, 1)]
    assert host.ended == [(f"{ACCOUNT}:mapRun:orders/S:0", "SUCCEEDED")]


def test_map_run_request():
    """A host receives the limits of a map run and the definition of its children."""
    state = distributed(
        PASS,
        MaxConcurrency=3,
        ToleratedFailureCount=2,
        ToleratedFailurePercentagePath="$$.Execution.Input[0]",
        Label="l",
    )
    host = EngineHost()
    start(single(state), [7, 8], host)
    (request,) = host.map_runs.values()

    assert (request.state, request.label, request.execution_type, request.moment) == ("S", "l", "STANDARD", START)
    assert (request.item_count, request.max_concurrency) == (2, 3)
    assert (request.tolerated_failure_count, request.tolerated_failure_percentage) == (2, 7.0)
    assert list(request.processor.states) == ["I"]


@pytest.mark.parametrize(
    ("field", "member", "limit"),
    [
        pytest.param("MaxConcurrencyPath", "max_concurrency", 0, id="no limit of children"),
        pytest.param("ToleratedFailureCountPath", "tolerated_failure_count", 0, id="no item"),
        pytest.param("ToleratedFailurePercentagePath", "tolerated_failure_percentage", 0.0, id="no percent"),
        pytest.param("ToleratedFailurePercentagePath", "tolerated_failure_percentage", 100.0, id="all"),
    ],
)
def test_smallest_and_largest_limits(field, member, limit):
    """A limit by path may be 0, and a percentage 100."""
    host = EngineHost()
    start(single(distributed(PASS, **{field: "$[0]"})), [limit], host)
    (request,) = host.map_runs.values()

    assert getattr(request, member) == limit


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param(
            {"ToleratedFailurePercentagePath": "$[0]"},
            "ToleratedFailurePercentage must be between 0 and 100.",
            id="more than all",
        ),
        pytest.param(
            {"ToleratedFailurePercentagePath": "$[1]"},
            'The ToleratedFailurePercentagePath field refers to value "x" which is not a valid float: $[1]',
            id="text",
        ),
        pytest.param(
            {"ToleratedFailureCountPath": "$[2]"},
            'The ToleratedFailureCountPath field refers to value "true" which is not a valid integer: $[2]',
            id="boolean",
        ),
        pytest.param(
            {"ToleratedFailurePercentagePath": "$[3]"},
            "ToleratedFailurePercentage must be between 0 and 100.",
            id="less than nothing",
        ),
    ],
)
def test_invalid_tolerance(state, reason):
    """A tolerance that is out of range fails the execution after the state has started."""
    run = start(single(distributed(PASS, **state)), [101, "x", True, -0.5], EngineHost())

    assert types(run)[1:] == ["MapStateEntered", "MapStateStarted", "ExecutionFailed"]
    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)


def test_concurrency_of_children():
    """At most MaxConcurrency children run at the same time; UpdateMapRun changes this number at once."""
    host = EngineHost()
    run = start(single(distributed(WAIT, MaxConcurrency=1)), [10, 10, 10], host)
    host.advance(run, START)
    before = len(host.starts)
    (arn,) = host.map_runs
    run.update_map_run(arn, START + 1000, max_concurrency=0)
    host.advance(run, START + 60_000)
    map_run = run.map_run(arn)
    run.update_map_run(arn, START + 60_000, max_concurrency=5)

    assert before == 1
    assert [begin.moment - START for begin in host.starts] == [0, 1000, 1000]
    assert run.stop_moment == START + 11_000
    assert (map_run.max_concurrency, sorted(map_run.ends), map_run.running) == (5, [0, 1, 2], set())


FAILS_ON_TWO = {
    "Type": "Choice",
    "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "F"}],
    "Default": "P",
}
CHOOSING = {
    "StartAt": "I",
    "States": {"I": FAILS_ON_TWO, "F": {"Type": "Fail", "Error": "E"}, "P": PASS},
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
}


@pytest.mark.parametrize(
    ("tolerance", "items", "expected"),
    [
        pytest.param({}, [1, 2], None, id="no tolerance"),
        pytest.param({"ToleratedFailureCount": 1}, [1, 2], [1], id="count"),
        pytest.param({"ToleratedFailureCount": 1}, [2, 2], None, id="count exceeded"),
        pytest.param({"ToleratedFailurePercentage": 50}, [1, 2], [1], id="percentage"),
        pytest.param({"ToleratedFailurePercentage": 49.9}, [1, 2], None, id="percentage exceeded"),
        pytest.param({"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 0}, [2], None, id="both"),
    ],
)
def test_tolerance(tolerance, items, expected):
    """A map run fails when more items fail than it tolerates; its output has the results of the other items."""
    host = EngineHost()
    run = start(single({"Type": "Map", "ItemProcessor": CHOOSING, "MaxConcurrency": 1, **tolerance}), items, host)

    if expected is not None:
        assert result(run) == expected
    else:
        assert result(run) == (
            "FAILED",
            "States.ExceedToleratedFailureThreshold",
            "The specified tolerated failure threshold was exceeded",
        )
        assert types(run)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
        assert details(run, "MapRunFailed") == {
            "error": "States.ExceedToleratedFailureThreshold",
            "cause": "The specified tolerated failure threshold was exceeded",
        }
        assert host.ended[-1][1] == "FAILED"


def test_ends_of_unknown_children():
    """The end of an unknown child or of an unknown map run has no effect."""
    host = EngineHost()
    run = start(single(distributed(WAIT)), [10], host)
    (arn,) = host.map_runs
    before = outline(run)
    run.child_ended(arn, 5, ChildEnd("SUCCEEDED"), START)
    run.child_ended("no such", 0, ChildEnd("SUCCEEDED"), START)

    assert outline(run) == before


def test_stop_ends_map_runs():
    """The stop of a run stops its map run with all children; a map run that has ended does not change."""
    host = EngineHost()
    run = start(single(distributed(WAIT)), [10], host)
    run.stop(START + 1000)
    over = EngineHost()
    machine = {
        "StartAt": "S",
        "States": {"S": {**distributed(PASS), "Next": "W"}, "W": {"Type": "Wait", "Seconds": 5, "End": True}},
    }
    start(machine, [1], over).stop(START)

    assert [status for _, status in host.ended] == ["ABORTED"]
    assert [child.status for child in host.children.values()] == ["ABORTED"]
    assert [status for _, status in over.ended] == ["SUCCEEDED"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(
            parallel(TASK, WAIT),
            [*DONE, "WaitStateEntered", "WaitStateExited", "ParallelStateSucceeded", "ParallelStateExited"],
            id="branch",
        ),
        pytest.param(
            of(TASK, MaxConcurrency=1),
            [
                *DONE,
                "MapIterationSucceeded",
                "MapIterationStarted",
                "TaskStateEntered",
                *DONE,
                "MapIterationSucceeded",
                "MapStateSucceeded",
                "MapStateExited",
            ],
            id="iteration",
        ),
    ],
)
def test_redrive_starts_branches_that_had_not_started(state, expected):
    """A redrive starts the branches and iterations that had not started before the failure."""
    host = EngineHost(Failed("E"), Succeeded(1), Succeeded(2))
    given = 0 if state["Type"] == "Parallel" else [1, 2]
    run = start(single(state), given, host)
    count = len(run.events)
    run.redrive(START)
    run.advance_to(START + 1000)

    assert types(run)[count:] == ["ExecutionRedriven", *expected, "ExecutionSucceeded"]


def test_redrive_of_a_map_run():
    """A redriven run redrives the failed children of its map run, and keeps the ends of the others."""
    host = EngineHost(Failed("E"), Succeeded("ok"))
    run = start(single(distributed(TASK, MaxConcurrency=1)), [1, 2], host)
    failed = run.status
    run.redrive(START + 1000)
    host.advance(run, START + 1000)
    (arn,) = host.map_runs

    assert failed == "FAILED"
    assert details(run, "MapRunRedriven") == {"mapRunArn": arn, "redriveCount": 1}
    assert result(run) == ["ok", "ok"]
    assert types(run)[7:10] == ["ExecutionRedriven", "MapRunRedriven", "MapRunSucceeded"]


def test_a_map_run_that_was_redriven_too_often(monkeypatch):
    """A map run is redriven 1,000 times at most; then the execution fails with States.Runtime."""
    monkeypatch.setattr(map_runs, "MOST_REDRIVES", 1)
    host = EngineHost(Failed("E"))
    run = start(single(distributed(TASK)), [1], host)
    for seconds in (1, 2):
        run.redrive(START + seconds * 1000)
        host.advance(run, START + seconds * 1000)
    (arn,) = host.map_runs

    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert run.cause == f"The Map Run {arn} was redriven 1 times, the most allowed"
    assert types(run)[-3:] == ["ExecutionRedriven", "MapStateFailed", "ExecutionFailed"]
    assert [status for _, status in host.ended] == ["FAILED", "FAILED"]


def test_tolerance_after_a_redrive():
    """A child that is redriven does not count as failed until it fails again."""
    host = EngineHost(*[Failed("E")] * 4, Succeeded("ok"))
    run = start(single(distributed(TASK, ToleratedFailureCount=1)), [1, 2, 3], host)
    failed = run.status, run.map_run(*host.map_runs).failed_item_count
    run.redrive(START + 1000)
    host.advance(run, START + 1000)
    map_run = run.map_run(*host.map_runs)

    assert failed == ("FAILED", 2)
    assert result(run) == ["ok", "ok"]
    assert (map_run.failed_item_count, map_run.item_count) == (1, 3)


@pytest.mark.parametrize(
    ("batcher", "expected"),
    [
        pytest.param({"MaxItemsPerBatch": 2}, [[1, 2], [3, 4], [5]], id="items"),
        pytest.param({"MaxItemsPerBatch": 1}, [[1], [2], [3], [4], [5]], id="one item"),
        pytest.param({"MaxItemsPerBatchPath": "$.most"}, [[1, 2], [3, 4], [5]], id="items by path"),
        pytest.param({"MaxInputBytesPerBatch": 16}, [[1, 2], [3, 4], [5]], id="bytes"),
        pytest.param({"MaxInputBytesPerBatch": 17}, [[1, 2], [3, 4], [5]], id="a byte more"),
        pytest.param({"MaxInputBytesPerBatch": 1}, [[1], [2], [3], [4], [5]], id="too few bytes"),
        pytest.param({"MaxInputBytesPerBatchPath": "$.bytes"}, [[1, 2], [3, 4], [5]], id="bytes by path"),
        pytest.param({"MaxItemsPerBatch": 9}, [[1, 2, 3, 4, 5]], id="all in one"),
    ],
)
def test_batches(batcher, expected):
    """A child works on as many items as the batcher allows."""
    host = EngineHost()
    state = distributed(PASS, ItemsPath="$.items", ItemBatcher=batcher)
    start(single(state), {"items": [1, 2, 3, 4, 5], "most": 2, "bytes": 16}, host)

    assert [begin.input["Items"] for begin in host.starts] == expected
    assert [begin.item_count for begin in host.starts] == [len(batch) for batch in expected]


@pytest.mark.parametrize(
    ("state", "fixed"),
    [
        pytest.param({"ItemsPath": "$.items"}, {"k.$": "$.k"}, id="JSONPath"),
        pytest.param({**JSONATA, "Items": "{% $states.input.items %}"}, {"k": "{% $states.input.k %}"}, id="JSONata"),
    ],
)
def test_batch_input(state, fixed):
    """The input of each batch has BatchInput beside the items."""
    host = EngineHost()
    batcher = {"MaxItemsPerBatch": 5, "BatchInput": fixed}
    run = start(single(distributed(PASS, ItemBatcher=batcher, **state)), {"items": [1], "k": 7}, host)

    assert result(run) == [{"BatchInput": {"k": 7}, "Items": [1]}]


@pytest.mark.parametrize(
    ("batcher", "reason"),
    [
        pytest.param(
            {"MaxItemsPerBatchPath": "$.most"},
            'The MaxItemsPerBatchPath field refers to value "x" which is not a valid integer: $.most',
            id="number of items",
        ),
        pytest.param(
            {"MaxItemsPerBatch": 1, "BatchInput": {"k.$": "$.gone"}},
            "The JSONPath '$.gone' specified for the field 'k.$' could not be found in the input "
            '\'{"items":[1],"most":"x"}\'',
            id="input of batches",
        ),
    ],
)
def test_invalid_batches(batcher, reason):
    """An ItemBatcher that cannot be evaluated fails the execution before its map run starts."""
    host = EngineHost()
    run = start(single(distributed(PASS, ItemsPath="$.items", ItemBatcher=batcher)), {"items": [1], "most": "x"}, host)

    assert types(run)[1:] == ["MapStateEntered", "MapStateStarted", "ExecutionFailed"]
    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)
    assert host.map_runs == {}


READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket.$": "$.b"}}


@pytest.mark.parametrize(
    ("state", "reader", "parameters", "config", "expected"),
    [
        pytest.param({}, {}, {"Bucket": "x"}, {}, [1, 2, 3], id="all"),
        pytest.param({}, {"ReaderConfig": {"MaxItems": 2}}, {"Bucket": "x"}, {"MaxItems": 2}, [1, 2], id="limited"),
        pytest.param(
            {}, {"ReaderConfig": {"MaxItemsPath": "$.n"}}, {"Bucket": "x"}, {"MaxItems": 1}, [1], id="limit by path"
        ),
        pytest.param({}, {"ReaderConfig": {"MaxItems": 0}}, {"Bucket": "x"}, {"MaxItems": 0}, [1, 2, 3], id="no limit"),
        pytest.param(
            JSONATA,
            {"Arguments": {"Bucket": "{% $states.input.b %}"}, "ReaderConfig": {"MaxItems": "{% 2 %}"}},
            {"Bucket": "x"},
            {"MaxItems": 2},
            [1, 2],
            id="JSONata",
        ),
    ],
)
def test_item_reader(state, reader, parameters, config, expected):
    """The host reads the items of a reader after the map run has started."""
    host = EngineHost(items=[1, 2, 3])
    run = start(single(distributed(PASS, ItemReader={**READER, **reader}, **state)), {"b": "x", "n": 1}, host)
    (request,) = host.reads

    assert (request.resource, request.parameters, request.config) == (READER["Resource"], parameters, config)
    assert details(run, "MapStateStarted") == {"length": 0}
    assert result(run) == expected


@pytest.mark.parametrize(
    ("state", "inputs"),
    [
        pytest.param({"ItemsPath": "$.o"}, [{"Key": "a", "Value": 1}, {"Key": "b", "Value": [2]}], id="ItemsPath"),
        pytest.param(
            {**JSONATA, "Items": "{% $states.input.o %}"},
            [{"Key": "a", "Value": 1}, {"Key": "b", "Value": [2]}],
            id="Items",
        ),
        pytest.param({"InputPath": "$.o"}, [{"Key": "a", "Value": 1}, {"Key": "b", "Value": [2]}], id="input"),
        pytest.param(
            {"ItemsPath": "$.o", "ItemSelector": {"item.$": "$$.Map.Item"}},
            [
                {"item": {"Index": 0, "Key": "a", "Value": 1, "Source": "STATE_DATA"}},
                {"item": {"Index": 1, "Key": "b", "Value": [2], "Source": "STATE_DATA"}},
            ],
            id="ItemSelector",
        ),
    ],
)
def test_distributed_map_over_an_object(state, inputs):
    """A Distributed Map runs a child execution for each member of an object."""
    host = EngineHost()
    run = start(single(distributed(PASS, **state)), {"o": {"a": 1, "b": [2]}}, host)

    assert [child.input for child in host.starts] == inputs
    assert details(run, "MapStateStarted") == {"length": 2}
    assert result(run) == inputs


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param(0, "number", id="number"),
        pytest.param(True, "boolean", id="boolean"),
        pytest.param("a", "string", id="string"),
        pytest.param({"a": 1}, "object", id="object"),
    ],
)
def test_input_of_another_type(value, kind):
    """A JSONata Map state without Items fails with States.QueryEvaluationError if its input is not an array."""
    run = start(single(of(PASS, **JSONATA)), value)
    cause = f"{HEAD}Map state input must be an array but was: {kind}"

    assert types(run)[2:] == ["EvaluationFailed", "MapStateFailed", "ExecutionFailed"]
    assert details(run, "EvaluationFailed") == {
        "error": "States.QueryEvaluationError",
        "cause": cause,
        "location": "Items",
        "state": "S",
    }
    assert result(run) == ("FAILED", "States.QueryEvaluationError", cause)


@pytest.mark.parametrize(
    ("processor", "value", "actual"),
    [
        pytest.param(distributed, "{% 1 %}", "'number' for value: 1", id="distributed over a number"),
        pytest.param(of, "{% {'a': 1} %}", "'object' for value: {\"a\":1}", id="inline over an object"),
    ],
)
def test_items_of_another_type(processor, value, actual):
    """Items of a type that the mode of the Map state does not accept fail with States.QueryEvaluationError."""
    run = start(single(processor(PASS, Items=value, **JSONATA)), {}, EngineHost())

    assert result(run)[1] == "States.QueryEvaluationError"
    assert result(run)[2].endswith(f"an unexpected result type. Expected 'array', but was {actual}")


@pytest.mark.parametrize(
    ("limit", "events", "ending"),
    [
        pytest.param(
            1.5,
            ["MapStateStarted", "ExecutionFailed"],
            ("States.Runtime", f'{HEAD}The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.n'),
            id="fraction",
        ),
        pytest.param(
            -1,
            ["MapStateStarted", "MapRunStarted", "MapRunFailed", "MapStateFailed", "ExecutionFailed"],
            ("States.ItemReaderFailed", "field MaxItems must be positive"),
            id="negative",
        ),
    ],
)
def test_invalid_limits(limit, events, ending):
    """MaxItemsPath to a fraction fails the state before its map run starts; a negative number fails the map run."""
    host = EngineHost(items=[1, 2, 3])
    reader = {**READER, "ReaderConfig": {"MaxItemsPath": "$.n"}}
    run = start(single(distributed(PASS, ItemReader=reader)), {"b": "x", "n": limit}, host)

    assert types(run)[2:] == events
    assert result(run) == ("FAILED", *ending)
    assert host.reads == []


@pytest.mark.parametrize(
    ("processor", "more", "expected"),
    [
        pytest.param(of, {}, [{"Index": 0, "Value": 7}], id="inline"),
        pytest.param(distributed, {}, [{"Index": 0, "Value": 7, "Source": "STATE_DATA"}], id="input"),
        pytest.param(
            distributed,
            {"ItemReader": {"Resource": READER["Resource"], "Parameters": {}}},
            [{"Index": 0, "Value": 7, "Source": "S3://lists/items"}],
            id="reader",
        ),
    ],
)
def test_item_of_the_context_object(processor, more, expected):
    """The context object has index and value of an item; in a Distributed Map also its source."""
    state = processor(PASS, ItemSelector="{% $states.context.Map.Item %}", **JSONATA, **more)

    assert result(start(single(state), [7], EngineHost(items=[7]))) == expected


def test_invalid_reader_parameters():
    """A path without a value in the parameters of a reader fails the state before its map run starts."""
    host = EngineHost(items=[1])
    run = start(single(distributed(PASS, ItemReader=READER)), {}, host)
    reason = "The JSONPath '$.b' specified for the field 'Bucket.$' could not be found in the input '{}'"

    assert types(run)[2:] == ["MapStateStarted", "ExecutionFailed"]
    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)
    assert host.map_runs == {}


def test_item_reader_that_fails():
    """Items that cannot be read fail the map run and the state."""
    host = EngineHost(items=StateError("States.ItemReaderFailed", "no such key"))
    run = start(single(distributed(PASS, ItemReader=READER, Catch=CAUGHT)), {"b": "x"}, host)

    assert types(run)[3:6] == ["MapRunStarted", "MapRunFailed", "MapStateFailed"]
    assert result(run) == {"Error": "States.ItemReaderFailed", "Cause": "no such key"}


def test_redrive_after_items_could_not_be_read():
    """A redrive reads the items again if the map run failed before it had children."""
    host = EngineHost(items=StateError("States.ItemReaderFailed", "no such key"))
    state = distributed(PASS, ItemReader=READER, ItemBatcher={"MaxItemsPerBatch": 2})
    run = start(single(state), {"b": "x"}, host)
    assert result(run) == ("FAILED", "States.ItemReaderFailed", "no such key")

    host.items = [1, 2, 3]
    run.redrive(START + 1000)
    host.advance(run, START + 1000)
    assert result(run) == [{"Items": [1, 2]}, {"Items": [3]}]
    assert [event for event in types(run) if "Run" in event] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapRunRedriven",
        "MapRunSucceeded",
    ]


def test_result_writer():
    """A writer receives the ends of all children, and the host's answer is the result of the state."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "x"}, "WriterConfig": {"a": 1}}
    host = EngineHost()
    run = start(single(distributed(PASS, ResultWriter=writer)), [1], host)
    (request,) = host.writes

    assert (request.resource, request.parameters, request.config) == (
        writer["Resource"],
        {"Bucket": "x"},
        {"a": 1},
    )
    assert (request.ends, request.is_needed) == ([ChildEnd("SUCCEEDED", 1)], True)
    assert result(run) == {"MapRunArn": request.map_run_arn}


def refuse(request):
    """Refuse to write results."""
    raise StateError("States.ResultWriterFailed", "no")


FAILING = {"Type": "Wait", "SecondsPath": "$", "Next": "F"}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$$.Execution.Name"}}


@pytest.mark.parametrize("is_refused", [pytest.param(False, id="written"), pytest.param(True, id="refused")])
def test_results_of_a_map_run_that_fails(is_refused):
    """A map run with too many failures also writes its results; a failure of the writer does not change its error."""
    host = EngineHost()
    if is_refused:
        host.write_results = refuse
    state = distributed(FAILING, ResultWriter=WRITER, MaxConcurrency=2)
    state["ItemProcessor"]["States"]["F"] = {"Type": "Fail", "Error": "E"}
    run = start(single(state), [1, 60, 7], host)
    host.advance(run, START + 1000)

    assert result(run)[1] == "States.ExceedToleratedFailureThreshold"
    assert types(run)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    assert [[end.status for end in request.ends] for request in host.writes] == (
        [] if is_refused else [["FAILED", "ABORTED", "PENDING"]]
    )
    assert [request.ends[-1].description for request in host.writes] == (
        [] if is_refused else [{"Input": "7", "InputDetails": {"Included": True}}]
    )


WRITING = distributed(WAIT, ResultWriter=WRITER)
FAILS_LATER = {
    "StartAt": "W",
    "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail"}},
}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        pytest.param(WRITING, "ABORTED", id="stop"),
        pytest.param(
            {"Type": "Parallel", "Branches": [single(WRITING), FAILS_LATER], "End": True},
            "FAILED",
            id="failure of another branch",
        ),
    ],
)
def test_results_of_a_map_run_that_is_aborted(state, status):
    """A map run that is aborted also writes its results, which no state goes on with."""
    host = EngineHost()
    run = start(single(state), [60], host)
    host.advance(run, START + 1000)
    if run.status == "RUNNING":
        run.stop(START + 1000)

    assert run.status == status
    assert [([end.status for end in request.ends], request.is_needed) for request in host.writes] == [
        (["ABORTED"], False)
    ]


def test_invalid_result_writer_parameters():
    """A path without a value in the parameters of a writer fails the state before its map run starts."""
    writer = {**WRITER, "Parameters": {"Bucket.$": "$.no"}}
    run = start(single(distributed(PASS, ResultWriter=writer)), [1], EngineHost())

    assert types(run)[2:] == ["MapStateStarted", "ExecutionFailed"]


def test_result_writer_without_parameters():
    """A writer with a WriterConfig needs neither Resource nor Parameters."""
    host = EngineHost()
    config = {"Transformation": "COMPACT", "OutputType": "JSON"}
    start(single(distributed(PASS, ResultWriter={"WriterConfig": config})), [1], host)

    [request] = host.writes
    assert (request.resource, request.parameters, request.config) == (None, {}, config)


@pytest.mark.parametrize(
    "writer", [pytest.param({}, id="empty"), pytest.param({"Parameters": WRITER["Parameters"]}, id="only parameters")]
)
def test_result_writer_without_a_purpose(writer):
    """A writer without a WriterConfig and a Resource fails the state before its map run starts."""
    run = start(single(distributed(PASS, ResultWriter=writer)), [1], EngineHost())

    assert types(run)[2:] == ["MapStateStarted", "ExecutionFailed"]
    assert result(run)[1:] == (
        "States.Runtime",
        "An error occurred while executing the state 'S' (entered at the event id #2). "
        "The ResultWriter must have a WriterConfig, or a Resource with its parameters",
    )


def test_rewinding_a_map_run():
    """A run with a map run that is rewound and advanced again starts no child twice."""
    host = EngineHost()
    run = start(single(distributed(WAIT)), [10, 5], host)
    host.advance(run, START + 60_000)
    before = json.dumps(outline(run))
    run.rewind_to(START + 7000)
    earlier = run.status
    run.advance_to(START + 60_000)

    assert (earlier, run.status, len(host.starts)) == ("RUNNING", "SUCCEEDED", 2)
    assert json.dumps(outline(run)) == before


def test_deepest_nesting():
    """States nested as deep as a definition allows run."""
    state = PASS
    for _ in range(49):
        state = parallel(state, End=True)
    run = start(single(state), 1)

    assert run.status == "SUCCEEDED"
    assert len(run.visited) == 50
