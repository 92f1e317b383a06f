"""The events of an execution, by the state in which they happened."""

from __future__ import annotations

import pytest

from sfn_mock.asl.events import Event
from sfn_mock.instruments.execution_traces import Trace, describe_path


def trace_of(*events):
    """Return the trace of events, each one second after the one before."""
    chained = [
        Event(number, number - 1, number * 1000, kind, details) for number, (kind, details) in enumerate(events, 1)
    ]
    return Trace(chained)


STARTED = ("ExecutionStarted", {"input": "{}"})
ENTERED = ("TaskStateEntered", {"name": "A", "input": "{}"})
PATH = (("state", "A", 1),)


def test_task():
    """A task belongs to its state, with its end, its submission and its duration."""
    trace = trace_of(
        STARTED,
        ENTERED,
        ("TaskScheduled", {"resource": "startExecution.sync"}),
        ("TaskStarted", None),
        ("TaskSubmitted", {"output": '{"id":1}'}),
        ("TaskSucceeded", {"output": "{}"}),
    )
    (task,) = trace.visits[PATH].tasks

    assert (task.status, task.submitted, task.duration) == ("SUCCEEDED", '{"id":1}', 3000)
    assert task.started is not None
    assert task.started.type == "TaskStarted"
    assert (task.end_detail("output"), task.end_detail("error")) == ("{}", None)


def test_running_task():
    """A running task has no status and no duration."""
    trace = trace_of(STARTED, ENTERED, ("TaskScheduled", None), ("TaskSubmitted", None), ("Unheard", None))
    (task,) = trace.visits[PATH].tasks

    assert (task.status, task.duration, task.submitted, task.details) == (None, 0, None, {})
    assert task.end_detail("output") is None
    assert trace.is_cut(())


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(("TaskStateExited", {"name": "B"}), id="end of a state that was not entered"),
        pytest.param(("MapStateFailed", None), id="end of a Map state that was not entered"),
        pytest.param(("EvaluationFailed", {"state": "B"}), id="evaluation in a state that was not entered"),
        pytest.param(("MapRunSucceeded", None), id="end of a map run that was not started"),
        pytest.param(("TaskSucceeded", None), id="end of a task that was not scheduled"),
    ],
)
def test_event_without_its_beginning(event):
    """An end whose beginning is not in the history changes only what is known to have failed."""
    trace = trace_of(STARTED, ENTERED, event)

    assert list(trace.visits) == [PATH]
    visit = trace.visits[PATH]
    assert (visit.exited, visit.tasks, visit.map_runs, visit.evaluation) == (None, [], [], None)


def test_event_outside_states():
    """Events outside of states belong to no state."""
    trace = trace_of(STARTED, ("TaskSucceeded", None), ("ExecutionFailed", {"error": "E"}))

    assert (trace.visits, trace.end.status, trace.end.end_detail("error")) == ({}, "FAILED", "E")
    assert trace.visit_of(trace.events[1]) is None


def test_iteration_after_another():
    """An iteration belongs to its Map state, though its first event may follow another iteration."""
    trace = trace_of(
        STARTED,
        ("MapStateEntered", {"name": "Each", "input": "[]"}),
        ("MapStateStarted", {"length": 2}),
        ("MapIterationStarted", {"name": "Each", "index": 0}),
        ("TaskStateEntered", {"name": "A"}),
        ("MapIterationStarted", {"name": "Each", "index": 1}),
        ("MapIterationStarted", {"name": "Other", "index": 2}),
    )
    attempt = (("state", "Each", 1), ("attempt", "", 1))

    assert list(trace.sequences) == [(), (*attempt, ("iteration", 0, 1))]
    assert describe_path((*attempt, ("iteration", 0, 1), ("state", "A", 1))) == "iteration 0 of 'Each'"
    assert trace.visit_of(trace.events[5]) is trace.visits[(("state", "Each", 1),)]


def test_end_of_a_state_around():
    """The end of a state is found even if a state inside it was not exited."""
    trace = trace_of(
        STARTED,
        ("ParallelStateEntered", {"name": "Both"}),
        ("ParallelStateStarted", None),
        ("TaskStateEntered", {"name": "A"}),
        ("ParallelStateExited", {"name": "Both"}),
    )
    both, within = trace.visits.values()

    assert (both.is_open, within.is_open) == (False, True)
    assert describe_path(within.path) == "branch 'A' of 'Both'"


def test_evaluation_before_its_state_is_current():
    """A failed evaluation may follow another state's event; its name decides."""
    events = [Event(1, 0, 0, *STARTED), Event(2, 0, 0, *ENTERED), Event(3, 1, 0, "EvaluationFailed", {"state": "A"})]
    trace = Trace(events)

    assert trace.visits[PATH].evaluation is events[2]


def test_redriven_state():
    """A state that is entered again by a redrive is next to the failed one, not inside it."""
    trace = trace_of(STARTED, ENTERED, ("ExecutionFailed", None), ("ExecutionRedriven", None), ENTERED)

    assert [visit.path for visit in trace.sequences[()]] == [PATH, (("state", "A", 2),)]
    assert len(trace.runs) == 2


def test_evaluation_in_its_state():
    """A failed evaluation that follows an event of its state belongs to that state."""
    trace = trace_of(STARTED, ENTERED, ("EvaluationFailed", {"state": "A"}))

    assert trace.visits[PATH].evaluation is trace.events[2]
