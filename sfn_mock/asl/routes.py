"""Find routes through a definition: from its first state, or another one, to a given state."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.nodes import Catcher, ChoiceState, MapState, ParallelState, Program, State, StateMachine

#: The types of states that have no next state.
FINAL_TYPES = ("Fail", "Succeed")

#: The program of a definition that cannot be parsed.
NO_STATES = Program("", {})


class RouteStep(NamedTuple):
    """A state on a route.

    Attributes:
        state: The state.
        catcher: The catcher that leads to the next state, None if the state does not fail.
        inner: The route inside the state, None if the route does not enter it.
    """

    state: State
    catcher: Catcher | None = None
    inner: InnerRoute | None = None


class InnerRoute(NamedTuple):
    """A route through a branch of a Parallel state or through the processor of a Map state."""

    program: Program
    steps: tuple[RouteStep, ...]


def read_program(definition: str, label: str | None = None) -> Program:
    """Return the program of a definition, or the processor of its Map state with a label.

    Returns NO_STATES if the text is not a definition or no Map state has that label.
    """
    try:
        program: Program = parse_definition(definition)
    except ValueError:
        # moto, whose state machines are taken over, does not check definitions.
        return NO_STATES
    if label is None:
        return program
    return next((state.processor for state in _all_maps(program) if state.label == label), NO_STATES)


@lru_cache(maxsize=256)
def read_time_limit(definition: str) -> int | None:
    """Return the TimeoutSeconds of a definition in milliseconds, None if it has none or cannot be parsed."""
    program = read_program(definition)
    seconds = program.timeout_seconds if isinstance(program, StateMachine) else None
    return None if seconds is None else int(max(seconds, 0) * 1000)


def _all_maps(program: Program) -> Iterator[MapState]:
    for state in program.states.values():
        if isinstance(state, MapState):
            yield state
            yield from _all_maps(state.processor)
        elif isinstance(state, ParallelState):
            for branch in state.branches:
                yield from _all_maps(branch)


def state_names(program: Program) -> list[str]:
    """Return the names of the states that an execution may enter, without those of its child executions."""
    names = list(program.states)
    for state in program.states.values():
        for inner in _inner_programs(state):
            names += state_names(inner)
    return names


def follow(program: Program, name: str | None) -> Iterator[RouteStep]:
    """Follow Next from a state until a state has none or was already passed."""
    passed: set[str] = set()
    while name is not None and name in program.states and name not in passed:
        state = program.states[name]
        yield RouteStep(state)
        passed.add(name)
        name = None if state.type in FINAL_TYPES else state.next


def find_route(program: Program, target: str, start: str | None = None) -> tuple[RouteStep, ...] | None:
    """Find the shortest route to a state, also through branches and iterations.

    Args:
        program: The program in which the route begins.
        target: The name of the last state.
        start: The name of the first state; by default that of StartAt.

    Returns:
        The route, including its first and last state; None if there is no route.
    """
    name = program.start_at if start is None else start
    predecessors: dict[str, tuple[str, Catcher | None] | None] = {name: None}
    queue = deque([name] if name in program.states else [])
    while queue:
        name = queue.popleft()
        state = program.states[name]
        last = RouteStep(state) if name == target else _step_into(state, target)
        if last is not None:
            return _trace_back(program, predecessors, last)
        for following, catcher in _successors(state):
            if following not in predecessors:
                predecessors[following] = (name, catcher)
                queue.append(following)
    return None


def _step_into(state: State, target: str) -> RouteStep | None:
    for inner in _inner_programs(state):
        steps = find_route(inner, target)
        if steps is not None:
            return RouteStep(state, inner=InnerRoute(inner, steps))
    return None


def _trace_back(
    program: Program, predecessors: dict[str, tuple[str, Catcher | None] | None], last: RouteStep
) -> tuple[RouteStep, ...]:
    steps = [last]
    while (predecessor := predecessors[steps[-1].state.name]) is not None:
        name, catcher = predecessor
        steps.append(RouteStep(program.states[name], catcher))
    return tuple(reversed(steps))


def _inner_programs(state: State) -> tuple[Program, ...]:
    """Return the branches or the processor that a state runs in the same execution."""
    if isinstance(state, ParallelState):
        return state.branches
    return (state.processor,) if isinstance(state, MapState) and not state.is_distributed else ()


def _successors(state: State) -> Iterator[tuple[str, Catcher | None]]:
    """Yield the names of the states that may follow a state, each with the catcher that leads there."""
    if state.next is not None and state.type not in FINAL_TYPES:
        yield state.next, None
    if isinstance(state, ChoiceState):
        for rule in state.choices:
            yield rule.next, None
        if state.default is not None:
            yield state.default, None
    for catcher in state.catch:
        yield catcher.next, catcher
