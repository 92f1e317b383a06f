"""Run sequences of states: enter and exit each state, apply Retry and Catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfn_mock.asl.errors import RUNTIME, StateError
from sfn_mock.asl.events import Chain
from sfn_mock.asl.nodes import ABSENT, MapState, Program, State
from sfn_mock.asl.retries import Retries, find_handler
from sfn_mock.asl.scheduler import AbortedError, ProcessGenerator
from sfn_mock.asl.state_visit import Frame, Outcome, RunInterface, StateVisit
from sfn_mock.asl.states.choice import run_choice
from sfn_mock.asl.states.distributed_map import run_distributed_map
from sfn_mock.asl.states.fail import run_fail
from sfn_mock.asl.states.map_state import run_map
from sfn_mock.asl.states.parallel import run_parallel
from sfn_mock.asl.states.pass_state import run_pass
from sfn_mock.asl.states.succeed import run_succeed
from sfn_mock.asl.states.task import run_task
from sfn_mock.asl.states.wait import run_wait
from sfn_mock.asl.steps import StateExit

_RUNNERS: dict[str, Callable[[StateVisit, Any], ProcessGenerator]] = {
    "Choice": run_choice,
    "Fail": run_fail,
    "Parallel": run_parallel,
    "Pass": run_pass,
    "Succeed": run_succeed,
    "Task": run_task,
    "Wait": run_wait,
}
_NESTING = ("Map", "Parallel")


def run_sequence(run: RunInterface, program: Program, frame: Frame, chain: Chain) -> ProcessGenerator:
    """Run a sequence of states from the current state of a frame and return the output of the last one.

    Raises:
        StateError: If a state fails and no retrier or catcher handles the error.
        StoppedError: If the host ends the run instead of a state transition.
    """
    while True:
        state = program.states[frame.state]
        visit = StateVisit(run, state, frame, chain)
        if frame.is_redriven:
            frame.is_redriven = False
        else:
            run.host.enter_state(run.scheduler.now)
            frame.clear_inner()
            visit.enter()
            frame.is_entered = True
            run.record_entry(visit)
        outcome = yield from run_state(visit)
        visit.exit(outcome)
        run.record_exit(visit, outcome.exit)
        frame.variables = {**frame.variables, **outcome.assigned}
        if outcome.next is None:
            frame.output = outcome.output
            return outcome.output
        frame.input, frame.input_text = outcome.output, outcome.text
        frame.state = outcome.next


def run_state(visit: StateVisit) -> ProcessGenerator:
    """Run a state with its Retry and Catch and return its Outcome.

    Raises:
        StateError: If the state fails and no retrier or catcher handles the error.
    """
    run, state = visit.run, visit.state
    retries = Retries(state.retry)
    try:
        while True:
            try:
                return (yield from attempt_state(visit))
            except StateError as error:
                pause = retries.pause(error, run.randomness)
                if pause is None:
                    return catch_error(visit, error)
                run.record_exit(visit, StateExit("retrier", retries.last))
                yield from run.scheduler.pause(pause * 1000, run.wait_scale)
                visit.retry_count = retries.count
                visit.frame.clear_inner()
    except AbortedError:
        visit.add_event(f"{state.type}StateAborted", advance=False)
        raise


def attempt_state(visit: StateVisit) -> ProcessGenerator:
    """Run a state once, without its Retry and Catch, and return its Outcome.

    Raises:
        StateError: If the state fails.
    """
    return _runner(visit.state)(visit, visit.state)


def _runner(state: State) -> Callable[[StateVisit, Any], ProcessGenerator]:
    if isinstance(state, MapState):
        return run_distributed_map if state.is_distributed else run_map
    return _RUNNERS[state.type]


def catch_error(visit: StateVisit, error: StateError) -> Outcome:
    """Return the Outcome of the first catcher that matches an error; raise the error if none does."""
    state = visit.state
    # An error in the fields of a Map or Parallel state itself adds no StateFailed event.
    is_own = error is visit.own_failure and error.error == RUNTIME
    if state.type in _NESTING and not is_own:
        visit.add_event(f"{state.type}StateFailed")
    catcher = find_handler(state.catch, error)
    if catcher is None:
        raise error
    caught: Any = error.output()
    index = state.catch.index(catcher)
    if state.is_jsonata:
        within = f"Catch[{index}]/"
        assigned = visit.assign(catcher.assign, caught, within=within, error_output=caught)
        if catcher.output is not ABSENT:
            caught = visit.evaluate(catcher.output, f"{within}Output", error_output=caught)
    else:
        assigned = visit.assign(catcher.assign, caught)
        caught = visit.apply_result_path(catcher.result_path, caught)
    exit = StateExit("catcher", index)
    return visit.check_size(Outcome(caught, catcher.next, assigned, exit))
