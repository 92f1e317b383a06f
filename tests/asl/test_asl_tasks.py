"""Task states: calls of the host, timeouts, heartbeats, tokens, Retry and Catch."""

from itertools import pairwise

import pytest
from engine_host import ACCOUNT, FUNCTION, START, EngineHost, details, outline, result, seconds, single, start, types

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import Failed, Pending, Succeeded

HEAD = "An error occurred while executing the state 'S' (entered at the event id #2). "
JSONATA = {"QueryLanguage": "JSONata"}
TASK = {"Type": "Task", "Resource": FUNCTION}
QUEUE = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}
PICK = {"Type": "Task", "Resource": f"{ACCOUNT}:activity:pick"}
CAUGHT = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
OK = Succeeded({"n": 1})


def fields_of(call):
    """Return the fields of a host's call, without its token and context."""
    return (call.state, call.resource.arn, call.parameters, call.moment, call.attempt, call.role_arn)


@pytest.mark.parametrize(
    ("state", "parameters", "role_arn"),
    [
        pytest.param({}, {"a": 1}, None, id="input"),
        pytest.param({"Parameters": {"b.$": "$.a"}}, {"b": 1}, None, id="Parameters"),
        pytest.param(JSONATA, {"a": 1}, None, id="JSONata input"),
        pytest.param({**JSONATA, "Arguments": {"b": "{% $states.input.a %}"}}, {"b": 1}, None, id="Arguments"),
        pytest.param(
            {"Credentials": {"RoleArn.$": "$$.Execution.RoleArn"}},
            {"a": 1},
            "arn:aws:iam::123456789012:role/states",
            id="Credentials",
        ),
        pytest.param({**JSONATA, "Credentials": {"RoleArn": "{% 'r' %}"}}, {"a": 1}, "r", id="JSONata Credentials"),
    ],
)
def test_request_to_a_host(state, parameters, role_arn):
    """A host receives the state, its resource, the evaluated parameters, the moment and the role."""
    host = EngineHost(OK)
    start(single({**TASK, **state}), {"a": 1}, host)

    assert [fields_of(call) for call in host.calls] == [("S", FUNCTION, parameters, START, 0, role_arn)]
    assert host.calls[0].context["State"]["RetryCount"] == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({}, {"n": 1}, id="result"),
        pytest.param({"ResultSelector": {"m.$": "$.n"}, "ResultPath": "$.r"}, {"a": 1, "r": {"m": 1}}, id="JSONPath"),
        pytest.param({**JSONATA}, {"n": 1}, id="JSONata result"),
        pytest.param({**JSONATA, "Output": "{% $states.result.n + $states.input.a %}"}, 2, id="JSONata Output"),
        pytest.param({**JSONATA, "Assign": {"v": "{% $states.result.n %}"}}, {"n": 1}, id="JSONata Assign"),
    ],
)
def test_result_of_a_task(state, expected):
    """The result goes through the fields of the state's query language."""
    assert result(start(single({**TASK, **state}), {"a": 1}, EngineHost(OK))) == expected


def test_duration():
    """A task ends when its duration has passed."""
    run = start(single(TASK), host=EngineHost(Succeeded({}, duration_ms=1500)))
    run.advance_to(START + 60_000)

    assert list(zip(types(run)[2:5], seconds(run)[2:5], strict=True)) == [
        ("LambdaFunctionScheduled", 0),
        ("LambdaFunctionStarted", 0),
        ("LambdaFunctionSucceeded", 1.5),
    ]


@pytest.mark.parametrize(
    ("state", "answer", "expected", "moment"),
    [
        pytest.param({"TimeoutSeconds": 5}, Pending(), "LambdaFunctionTimedOut", 5, id="pending"),
        pytest.param(
            {"TimeoutSeconds": 5}, Succeeded({}, duration_ms=9000), "LambdaFunctionTimedOut", 5, id="too slow"
        ),
        pytest.param(
            {"TimeoutSeconds": 5}, Succeeded({}, duration_ms=4000), "LambdaFunctionSucceeded", 4, id="in time"
        ),
        pytest.param(
            {"TimeoutSeconds": 5}, Failed("E", duration_ms=6000), "LambdaFunctionTimedOut", 5, id="before its error"
        ),
        pytest.param({"TimeoutSeconds": 1}, Pending(), "LambdaFunctionTimedOut", 1, id="a second"),
        pytest.param({"TimeoutSecondsPath": "$.n"}, Pending(), "LambdaFunctionTimedOut", 7, id="path"),
        pytest.param({"TimeoutSecondsPath": "$.one"}, Pending(), "LambdaFunctionTimedOut", 1, id="a second by path"),
        pytest.param(
            {**JSONATA, "TimeoutSeconds": "{% 1 %}"}, Pending(), "LambdaFunctionTimedOut", 1, id="a second in JSONata"
        ),
        pytest.param(
            {**JSONATA, "TimeoutSeconds": "{% $states.input.n + 1 %}"},
            Pending(),
            "LambdaFunctionTimedOut",
            8,
            id="JSONata",
        ),
        pytest.param({"HeartbeatSecondsPath": "$.n"}, Pending(), "LambdaFunctionTimedOut", 7, id="heartbeat"),
        pytest.param(
            {"HeartbeatSeconds": 5},
            Succeeded({}, duration_ms=6000),
            "LambdaFunctionTimedOut",
            5,
            id="heartbeat of a result",
        ),
        pytest.param(
            {"HeartbeatSeconds": 5},
            Failed("E", duration_ms=6000),
            "LambdaFunctionTimedOut",
            5,
            id="heartbeat of an error",
        ),
        pytest.param(
            {}, Failed("States.Timeout", is_timeout=True), "LambdaFunctionTimedOut", 0, id="timeout of the host"
        ),
    ],
)
def test_timeouts(state, answer, expected, moment):
    """A task that takes longer than its timeout or heartbeat times out at that moment."""
    host = EngineHost(answer)
    run = start(single({**TASK, **state}), {"n": 7, "one": 1}, host)
    run.advance_to(START + 60_000)
    of_end = [(event.type, (event.moment - START) / 1000) for event in run.events if event.type == expected]

    assert of_end == [(expected, moment)]
    if run.status == "FAILED":
        assert result(run) == ("FAILED", "States.Timeout", None)
        assert details(run, expected) == {"error": "States.Timeout"}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param(
            {"TimeoutSecondsPath": "$.t"},
            'The TimeoutSecondsPath parameter does not reference a positive integer value: $.t == "x"',
            id="text",
        ),
        pytest.param(
            {"TimeoutSecondsPath": "$.yes"},
            "The TimeoutSecondsPath parameter does not reference a positive integer value: $.yes == true",
            id="boolean",
        ),
        pytest.param(
            {"HeartbeatSecondsPath": "$.zero"},
            "The HeartbeatSecondsPath parameter does not reference a positive integer value: $.zero == 0",
            id="zero",
        ),
        pytest.param(
            {"TimeoutSecondsPath": "$.none"},
            "Invalid path '$.none' : No results for path: $['none']",
            id="no timeout",
        ),
        pytest.param(
            {"HeartbeatSecondsPath": "$.none.beat"},
            "Invalid path '$.none.beat' : Missing property in path $['none']",
            id="no heartbeat",
        ),
    ],
)
def test_invalid_timeouts(state, reason):
    """A timeout that is missing or not a positive whole number fails the state."""
    run = start(single({**TASK, **state}), {"t": "x", "yes": True, "zero": 0}, EngineHost(OK))

    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        pytest.param({"Credentials": {"RoleArn.$": "$.n"}}, '{"RoleArn":1}', id="number"),
        pytest.param({**JSONATA, "Credentials": {"RoleArn": None}}, '{"RoleArn":null}', id="null"),
        pytest.param({**JSONATA, "Credentials": "{% 1 %}"}, "1", id="not an object"),
        pytest.param({**JSONATA, "Credentials": "{% {'Role': 'r'} %}"}, '{"Role":"r"}', id="no role"),
    ],
)
def test_credentials_without_a_role(state, shown):
    """Credentials that give no role fail the state before its task is scheduled."""
    host = EngineHost(OK)
    run = start(single({**TASK, **state}), {"n": 1}, host)

    reason = f"The Credentials field must have a string as RoleArn but was: {shown}"
    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)
    assert host.calls == []


def test_task_token():
    """A task with a token is submitted, has the token in its context, and ends when a signal completes it."""
    state = {**QUEUE, "Parameters": {"MessageBody": {"t.$": "$$.Task.Token"}}}
    host = EngineHost(Pending(submitted={"MessageId": "m"}))
    run = start(single(state), host=host)
    token = host.calls[0].token
    open_before = run.has_task(token)
    run.complete_task(token, {"done": True}, START + 1000)

    assert open_before
    assert host.calls[0].parameters == {"MessageBody": {"t": token}}
    assert types(run)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    assert result(run) == {"done": True}


def test_signals_for_tasks_that_ended():
    """Results, errors, heartbeats and starts have no effect on a task that has ended."""
    host = EngineHost(Pending())
    run = start(
        single({**QUEUE, "Next": "W"})
        | {"States": {"S": {**QUEUE, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 100, "End": True}}},
        host=host,
    )
    token = host.calls[0].token
    run.complete_task(token, {}, START)
    before = outline(run)
    run.complete_task(token, {}, START)
    run.fail_task(token, "E", None, START)
    run.heartbeat(token, START)
    run.start_task(token, START)

    assert outline(run) == before


def test_heartbeats():
    """Each heartbeat restarts the interval; a missed one is a timeout that a Catch of States.HeartbeatTimeout takes."""
    state = {**QUEUE, "HeartbeatSeconds": 10, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught"}]}
    host = EngineHost(Pending())
    run = start(single(state), host=host)
    run.heartbeat(host.calls[0].token, START + 8000)
    run.advance_to(START + 60_000)

    assert details(run, "TaskTimedOut") == {
        "resourceType": "sqs",
        "resource": "sendMessage.waitForTaskToken",
        "error": "States.Timeout",
    }
    assert run.stop_moment == START + 18_000
    assert result(run) == {"Error": "States.Timeout", "Cause": ""}


def test_a_timeout_is_not_a_missed_heartbeat():
    """A Catch of States.HeartbeatTimeout does not take a timeout of the task itself."""
    state = {**QUEUE, "TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught"}]}
    run = start(single(state), host=EngineHost(Pending()))
    run.advance_to(START + 60_000)

    assert result(run) == ("FAILED", "States.Timeout", None)


def test_activity():
    """An activity's task starts when a worker takes it; its heartbeats count from then on."""
    host = EngineHost(Pending(start=None))
    run = start(single({**PICK, "HeartbeatSeconds": 10}), host=host)
    token = host.calls[0].token
    run.advance_to(START + 60_000)
    waiting = types(run)[-1]
    run.start_task(token, START + 60_000, "arm")
    run.start_task(token, START + 61_000, "other arm")
    run.fail_task(token, None, None, START + 65_000)

    assert waiting == "ActivityScheduled"
    assert details(run, "ActivityStarted") == {"workerName": "arm"}
    assert types(run)[-3:] == ["ActivityStarted", "ActivityFailed", "ExecutionFailed"]
    assert result(run) == ("FAILED", None, None)


def test_activity_that_does_not_exist():
    """A task of an activity that does not exist is not scheduled, and no Catch handles the failure."""
    host = EngineHost(Pending(start=None), knows_activities=False)
    run = start(single({**PICK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S"}]}), host=host)

    assert result(run) == ("FAILED", "States.Runtime", f"{HEAD}The activity {PICK['Resource']} does not exist.")
    assert types(run) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    assert host.calls == []


def test_activity_without_names():
    """Events of an activity have details, empty ones if neither worker nor error has a name."""
    host = EngineHost(Pending(start=None))
    run = start(single(PICK), host=host)
    token = host.calls[0].token
    run.start_task(token, START, None)
    run.fail_task(token, None, None, START)

    assert [(event.type, event.details) for event in run.events[3:]] == [
        ("ActivityStarted", {}),
        ("ActivityFailed", {}),
        ("ExecutionFailed", {}),
    ]


@pytest.mark.parametrize(
    ("handling", "field"),
    [
        pytest.param({"Output": {"a": "{% $x %}"}}, "Catch[1]/Output/a", id="output"),
        pytest.param({"Assign": {"a": "{% $x %}"}}, "Catch[1]/Assign/a", id="variable"),
    ],
)
def test_catcher_that_cannot_be_evaluated(handling, field):
    """The location of an expression in a catcher has the index of the catcher."""
    catchers = [{"ErrorEquals": ["Other"], "Next": "S"}, {"ErrorEquals": ["E"], **handling, "Next": "S"}]
    run = start(single({**TASK, **JSONATA, "Catch": catchers}), host=EngineHost(Failed("E", "why")))

    cause = f"{HEAD}The JSONata expression '$x' specified for the field '{field}' returned nothing (undefined)."
    assert result(run) == ("FAILED", "States.QueryEvaluationError", cause)
    assert details(run, "EvaluationFailed")["location"] == field


@pytest.mark.parametrize(
    ("answer", "event_type"),
    [
        pytest.param(Failed("E", "why"), "TaskFailed", id="failed"),
        pytest.param(Failed("E", "why", step="submit"), "TaskSubmitFailed", id="refused"),
        pytest.param(Failed("E", "why", is_timeout=True), "TaskTimedOut", id="timed out"),
    ],
)
def test_errors_of_a_task(answer, event_type):
    """The error of a task, or the refusal of its call, fails the state."""
    run = start(single(QUEUE), host=EngineHost(answer))

    assert types(run)[-2] == event_type
    assert details(run, event_type) == {
        "resource": "sendMessage.waitForTaskToken",
        "resourceType": "sqs",
        "error": "E",
        "cause": "why",
    }
    assert result(run) == ("FAILED", "E", "why")


def test_a_host_that_raises_a_state_error():
    """A StateError of the host is the state's failure."""

    def refuse(call):
        raise StateError("States.Permissions", "no")

    run = start(single({**TASK, "Catch": CAUGHT}), host=EngineHost(refuse))

    assert result(run) == {"Error": "States.Permissions", "Cause": "no"}


def test_the_largest_result():
    """A task may give 262,144 bytes."""
    run = start(single({**TASK, "ResultSelector": {}}), host=EngineHost(Succeeded("x" * 262_142)))

    assert (run.status, run.output) == ("SUCCEEDED", "{}")


def test_results_are_limited():
    """A task whose result is too large fails."""
    run = start(single(TASK), host=EngineHost(Succeeded("x" * 262_143)))

    assert types(run)[-2:] == ["LambdaFunctionFailed", "ExecutionFailed"]
    assert run.error == "States.DataLimitExceeded"


@pytest.mark.parametrize(
    ("retrier", "delays"),
    [
        pytest.param({}, [1, 2, 4], id="defaults"),
        pytest.param({"IntervalSeconds": 3, "BackoffRate": 1.5, "MaxAttempts": 2}, [3, 4.5], id="given"),
        pytest.param({"IntervalSeconds": 3, "MaxDelaySeconds": 5}, [3, 5, 5], id="limited"),
        pytest.param({"MaxAttempts": 0}, [], id="none"),
        pytest.param({"IntervalSeconds": 0, "MaxAttempts": 2}, [0, 0], id="at once"),
    ],
)
def test_retry_delays(retrier, delays):
    """Retries come after the interval, which grows by the backoff rate up to the longest delay."""
    host = EngineHost(Failed("E"))
    run = start(single({**TASK, "Retry": [{"ErrorEquals": ["E"], **retrier}]}), host=host)
    run.advance_to(START + 3_600_000)
    moments = [call.moment for call in host.calls]

    assert [(after - before) / 1000 for before, after in pairwise(moments)] == delays
    assert [call.attempt for call in host.calls] == list(range(len(delays) + 1))
    assert host.calls[-1].context["State"]["RetryCount"] == len(delays)
    assert result(run) == ("FAILED", "E", None)


def test_retries_without_end():
    """A delay that overflows is the longest possible delay."""
    retrier = {"ErrorEquals": ["E"], "BackoffRate": 1e300, "MaxAttempts": 5, "MaxDelaySeconds": 10}
    host = EngineHost(Failed("E"))
    run = start(single({**TASK, "Retry": [retrier]}), host=host)
    run.advance_to(START + 3_600_000)

    assert [(call.moment - START) / 1000 for call in host.calls] == [0, 1, 11, 21, 31, 41]


def test_full_jitter():
    """Full jitter takes a random part of each delay, which is the same in each run."""
    retrier = {"ErrorEquals": ["E"], "IntervalSeconds": 100, "JitterStrategy": "FULL", "MaxAttempts": 1}
    moments = []
    for _ in range(2):
        run = start(single({**TASK, "Retry": [retrier]}), host=EngineHost(Failed("E")))
        moments.append(run.next_due() - START)

    assert moments[0] == moments[1]
    assert 0 < moments[0] < 100_000


def test_wait_scale_of_retries():
    """With a wait scale of 0 retries come at once."""
    run = start(single({**TASK, "Retry": [{"ErrorEquals": ["E"]}]}), host=EngineHost(Failed("E")), wait_scale=0.0)

    assert types(run).count("LambdaFunctionFailed") == 4


def test_each_retrier_counts_its_own():
    """Each retrier counts the attempts that it made."""
    retriers = [{"ErrorEquals": ["E"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    host = EngineHost(Failed("E"), Failed("F"), Failed("E"))
    run = start(single({**TASK, "Retry": retriers}), host=host)
    run.advance_to(START + 3_600_000)

    assert (len(host.calls), run.error) == (3, "E")


@pytest.mark.parametrize(
    ("error", "names", "is_caught"),
    [
        pytest.param("E", ["E"], True, id="name"),
        pytest.param("E", ["F"], False, id="other name"),
        pytest.param("E", ["F", "E"], True, id="one of the names"),
        pytest.param("E", ["States.ALL"], True, id="all"),
        pytest.param("E", ["States.TaskFailed"], True, id="task failed"),
        pytest.param("States.Timeout", ["States.TaskFailed"], False, id="timeout is not a failed task"),
        pytest.param("States.Timeout", ["States.ALL"], True, id="timeout among all"),
        pytest.param("States.DataLimitExceeded", ["States.ALL"], True, id="data limit among all"),
        pytest.param("States.Runtime", ["States.ALL"], False, id="runtime not among all"),
        pytest.param("States.Runtime", ["States.Runtime"], False, id="runtime not by name"),
    ],
)
def test_which_errors_are_caught(error, names, is_caught):
    """A catcher takes the errors that it names; States.Runtime is never caught."""
    state = {**TASK, "Catch": [{"ErrorEquals": names, "Next": "Caught"}]}
    run = start(single(state), host=EngineHost(Failed(error, "why")))

    assert (run.status == "SUCCEEDED") is is_caught


@pytest.mark.parametrize(
    ("state", "catcher", "expected", "variables"),
    [
        pytest.param({}, {}, {"Error": "E", "Cause": "why"}, {}, id="error output"),
        pytest.param({}, {"ResultPath": "$.e"}, {"a": 1, "e": {"Error": "E", "Cause": "why"}}, {}, id="ResultPath"),
        pytest.param({}, {"ResultPath": None, "Assign": {"v.$": "$.Error"}}, {"a": 1}, {"v": "E"}, id="Assign"),
        pytest.param(JSONATA, {}, {"Error": "E", "Cause": "why"}, {}, id="JSONata error output"),
        pytest.param(
            JSONATA,
            {"Output": "{% $states.errorOutput.Cause %}", "Assign": {"v": "{% $states.errorOutput.Error %}"}},
            "why",
            {"v": "E"},
            id="JSONata",
        ),
    ],
)
def test_output_of_a_catcher(state, catcher, expected, variables):
    """A catcher passes on the error and its cause, as its fields say."""
    catch = [{"ErrorEquals": ["E"], "Next": "Caught", **catcher}]
    run = start(single({**TASK, **state, "Catch": catch}), {"a": 1}, EngineHost(Failed("E", "why")))

    assert (result(run), run.variables, run.visited) == (expected, variables, ["S", "Caught"])


def test_caught_evaluation():
    """JSONata that fails after the task has succeeded follows the task's event, and can be caught."""
    state = {**TASK, **JSONATA, "Output": "{% $states.result.no %}", "Catch": CAUGHT}
    run = start(single(state), host=EngineHost(OK))

    assert outline(run)[4:7] == [
        (5, 4, "LambdaFunctionSucceeded"),
        (6, 5, "EvaluationFailed"),
        (7, 6, "TaskStateExited"),
    ]
    assert run.visited == ["S", "Caught"]


def test_stop_during_a_retry_pause():
    """A run that is stopped while a retry waits does nothing more."""
    host = EngineHost(Failed("E"))
    run = start(single({**TASK, "Retry": [{"ErrorEquals": ["E"]}]}), host=host)
    run.stop(START + 500)
    run.advance_to(START + 60_000)

    assert (run.status, len(host.calls), run.next_due()) == ("ABORTED", 1, None)


def test_result_after_the_timeout():
    """The result of a task that has timed out has no effect."""
    wait = {"Type": "Wait", "Seconds": 100, "End": True}
    state = {**TASK, "TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "W"}], "End": True}
    run = start({"StartAt": "S", "States": {"S": state, "W": wait}}, host=EngineHost(Succeeded({}, duration_ms=9000)))
    run.advance_to(START + 200_000)

    assert run.stop_moment == START + 105_000
    assert result(run) == {"Error": "States.Timeout", "Cause": ""}


def test_state_error_as_text():
    """The text of a StateError has its name and its cause."""
    assert str(StateError("E", "why")) == "E: why"
