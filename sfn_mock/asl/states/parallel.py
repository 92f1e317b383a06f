"""Parallel: runs its branches at the same time and joins their outputs."""

from __future__ import annotations

from functools import partial

from sfn_mock.asl.activation import Activation, Frame
from sfn_mock.asl.errors import StateError
from sfn_mock.asl.events import Chain
from sfn_mock.asl.nodes import ABSENT, ParallelState
from sfn_mock.asl.scheduler import AbortedError, Future, Process, ProcessGenerator


def run_parallel(activation: Activation, state: ParallelState) -> ProcessGenerator:
    """Run a Parallel state until all of its branches have succeeded or one has failed."""
    frames = activation.frame.inner
    if not frames:
        value = activation.effective_input()
        value = activation.payload(state.payload.parameters, state.payload.arguments, value)
        activation.add_event("ParallelStateStarted")
        variables = activation.frame.variables
        item = activation.frame.item
        for index, branch in enumerate(state.branches):
            frames[index] = Frame(branch.start_at, value, dict(variables), item)
    processes: list[tuple[Process, Chain]] = []
    for index, branch in enumerate(state.branches):
        if frames[index].output is ABSENT:
            chain = Chain(activation.chain.head)
            processes.append((Process(activation.run.run_sequence(branch, frames[index], chain)), chain))
    yield from join(activation, processes)
    result = [frames[index].output for index in range(len(state.branches))]
    activation.observe("result", result)
    activation.add_event("ParallelStateSucceeded", advance=False)
    payload = state.payload
    return activation.finish(result, selector=payload.result_selector, result_path=payload.result_path)


def join(activation: Activation, processes: list[tuple[Process, Chain]]) -> ProcessGenerator:
    """Start processes and wait until all have succeeded; the first failure aborts the others and is raised.

    Args:
        activation: The activation of the waiting state; the head of its chain becomes that of the last ended process.
        processes: The processes, each with the chain of its events.
    """
    joined = Future()
    left = len(processes)

    def note(chain: Chain, process: Future) -> None:
        nonlocal left
        left -= 1
        activation.chain.head = chain.head
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
