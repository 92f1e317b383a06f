"""Map in inline mode: runs its processor for each item, in the same execution."""

from __future__ import annotations

from collections import deque
from typing import Any

from sfn_mock.asl.errors import RUNTIME, StateError
from sfn_mock.asl.events import Chain
from sfn_mock.asl.expressions import ResultType, type_name
from sfn_mock.asl.nodes import ABSENT, MapState
from sfn_mock.asl.scheduler import AbortedError, Process, ProcessGenerator
from sfn_mock.asl.state_visit import Frame, StateVisit
from sfn_mock.asl.states.map_settings import read_count
from sfn_mock.asl.states.parallel import join
from sfn_mock.asl.texts import json_text

#: The most iterations of an inline Map state that run at the same time (Developer Guide, Map state in Inline mode).
CONCURRENCY_LIMIT = 40
#: The source of a Distributed Map's items that no ItemReader has read.
STATE_DATA = "STATE_DATA"


def run_map(visit: StateVisit, state: MapState) -> ProcessGenerator:
    """Run an inline Map state until all iterations have succeeded or one has failed."""
    frame = visit.frame
    effective = visit.effective_input()
    limit = read_count(visit, "MaxConcurrency", state.max_concurrency, state.max_concurrency_path, effective)
    if not frame.inner:
        places = find_items(visit, state, effective)
        visit.add_event("MapStateStarted", {"length": len(places)})
        inputs = [select_item(visit, state, effective, item) for item in places]
        if state.item_selector is not ABSENT:
            # Items alone are no larger than the input that they come from.
            for value in inputs:
                visit.check_input(value)
        frame.inner = {
            index: Frame(state.processor.start_at, value, dict(frame.variables), item)
            for index, (value, item) in enumerate(zip(inputs, places, strict=True))
        }
    waiting = deque(index for index, inner in frame.inner.items() if inner.output is ABSENT)
    first = [waiting.popleft() for _ in range(min(len(waiting), limit or CONCURRENCY_LIMIT, CONCURRENCY_LIMIT))]
    workers: list[tuple[Process, Chain]] = []
    for index in first:
        chain = Chain(visit.chain.head)
        workers.append((Process(_run_iterations(visit, state, chain, index, waiting)), chain))
    yield from join(visit, workers)
    result = [inner.output for inner in frame.inner.values()]
    visit.observe("result", result)
    visit.add_event("MapStateSucceeded", advance=False)
    payload = state.payload
    return visit.finish(result, selector=payload.result_selector, result_path=payload.result_path)


def _run_iterations(
    visit: StateVisit, state: MapState, chain: Chain, index: int, waiting: deque[int]
) -> ProcessGenerator:
    """Run an iteration, then waiting ones one after another."""
    while True:
        details = {"name": state.name, "index": index}
        frame = visit.frame.inner[index]
        if not frame.is_redriven:
            visit.run.add_event("MapIterationStarted", details, chain)
        try:
            yield from visit.run.run_sequence(state.processor, frame, chain)
        except StateError:
            visit.run.add_event("MapIterationFailed", details, chain, advance=False)
            raise
        except AbortedError:
            visit.run.add_event("MapIterationAborted", details, chain)
            raise
        # The previous event of a next iteration is the last state's; only the last iteration's end moves the chain on.
        is_last = not waiting
        visit.run.add_event("MapIterationSucceeded", details, chain, advance=is_last)
        if is_last:
            return
        index = waiting.popleft()


def find_items(visit: StateVisit, state: MapState, effective: Any) -> list[dict[str, Any]]:
    """Return the items of a Map state without an ItemReader, each as the context object's `Map.Item`.

    A Distributed Map may be given an object: its items are the object's members.
    """
    if state.is_jsonata:
        items = effective if state.items is ABSENT else _evaluate_items(visit, state)
    elif state.items_path is None:
        items = effective
    else:
        items = visit.resolve_field(state.items_path, "ItemsPath", effective)
    if not state.is_jsonata:
        visit.observe("afterItemsPath", items)
    source = {"Source": STATE_DATA} if state.is_distributed else {}
    if state.is_distributed and isinstance(items, dict):
        members = enumerate(items.items())
        return [{"Index": index, "Key": key, "Value": value, **source} for index, (key, value) in members]
    if not isinstance(items, list):
        if state.is_jsonata:
            kind = type_name(items)
            raise visit.evaluation_failure("Items", f"Map state input must be an array but was: {kind}")
        if state.items_path is None:
            reason = f"The Map state's input must be an array but was: {json_text(items)}"
        else:
            reason = f'Reference path "{state.items_path}" must point to array.'
        raise visit.failure(RUNTIME, reason)
    return [{**item_context(index, item), **source} for index, item in enumerate(items)]


def _evaluate_items(visit: StateVisit, state: MapState) -> Any:
    alternative: ResultType | None = "object" if state.is_distributed else None
    return visit.evaluate(state.items, "Items", expected="array", alternative=alternative)


def item_context(index: int, item: Any) -> dict[str, Any]:
    """Return the context object's `Map.Item` for an item of an array."""
    return {"Index": index, "Value": item}


def select_item(visit: StateVisit, state: MapState, effective: Any, map_item: dict[str, Any]) -> Any:
    """Return the input of an iteration: the evaluated ItemSelector, or the item if there is none.

    Args:
        visit: The visit of the Map state.
        state: The Map state.
        effective: The value of `$` in the ItemSelector.
        map_item: The context object's `Map.Item`.
    """
    if state.item_selector is ABSENT:
        return {"Key": map_item["Key"], "Value": map_item["Value"]} if "Key" in map_item else map_item["Value"]
    if state.is_jsonata:
        return visit.evaluate(state.item_selector, "ItemSelector", item=map_item)
    return visit.fill_template(state.item_selector, effective, item=map_item)
