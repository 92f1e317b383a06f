"""Parallel: runs its branches at the same time and joins their outputs."""

from __future__ import annotations

from functools import partial

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.events import Chain
from sfn_mock.asl.nodes import ABSENT, ParallelState
from sfn_mock.asl.scheduler import AbortedError, Future, Process, ProcessGenerator
from sfn_mock.asl.state_visit import Frame, StateVisit


def run_parallel(visit: StateVisit, state: ParallelState) -> ProcessGenerator:
    """Run a Parallel state until all of its branches have succeeded or one has failed."""
    frames = visit.frame.inner
    if not frames:
        value = visit.effective_input()
        value = visit.work_input(state.payload, value)
        visit.add_event("ParallelStateStarted")
        variables = visit.frame.variables
        item = visit.frame.item
        for index, branch in enumerate(state.branches):
            frames[index] = Frame(branch.start_at, value, dict(variables), item)
    processes: list[tuple[Process, Chain]] = []
    for index, branch in enumerate(state.branches):
        if frames[index].output is ABSENT:
            chain = Chain(visit.chain.head)
            processes.append((Process(visit.run.run_sequence(branch, frames[index], chain)), chain))
    yield from join(visit, processes)
    result = [frames[index].output for index in range(len(state.branches))]
    visit.observe("result", result)
    visit.add_event("ParallelStateSucceeded", advance=False)
    payload = state.payload
    return visit.finish(result, selector=payload.result_selector, result_path=payload.result_path)


def join(visit: StateVisit, processes: list[tuple[Process, Chain]]) -> ProcessGenerator:
    """Start processes and wait until all have succeeded; the first failure aborts the others and is raised.

    Args:
        visit: The visit of the waiting state; the head of its chain becomes that of the last ended process.
        processes: The processes, each with the chain of its events.
    """
    joined = Future()
    left = len(processes)

    def note(chain: Chain, process: Future) -> None:
        nonlocal left
        left -= 1
        visit.chain.head = chain.head
        if process.error is not None:
            joined.fail(process.error)
        elif not left:
            joined.resolve()

    for process, chain in processes:
        process.when_done(partial(note, chain))
    for process, _ in processes:
        if joined.error is None:
            process.start()
    if not processes:
        return
    try:
        yield joined
    except (AbortedError, StateError):
        for process, _ in processes:
            process.abort()
        raise
