"""Distributed Map: runs its processor in a child execution for each item or batch of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import RUNTIME, StateError, error_details
from sfn_mock.asl.host import (
    Failed,
    KnownMapRun,
    MapRunRequest,
    Pending,
    ReadRequest,
    Succeeded,
    TaskAnswer,
)
from sfn_mock.asl.map_runs import TOLERANCE_EXCEEDED, Child, MapRun
from sfn_mock.asl.nodes import ABSENT, ItemBatcher, ItemReader, MapState
from sfn_mock.asl.scheduler import AbortedError, Future, ProcessGenerator
from sfn_mock.asl.state_visit import Outcome, StateVisit
from sfn_mock.asl.states.map_settings import check_item_limit, read_count, read_item_limit, read_percentage
from sfn_mock.asl.states.map_state import find_items, item_context, select_item
from sfn_mock.asl.texts import json_text, utf8

#: The items of a map run, each as the context object's `Map.Item`, or the request to read them.
_Source = list[dict[str, Any]] | ReadRequest


@dataclass(frozen=True)
class Batching:
    """An evaluated ItemBatcher: the most items and bytes of a batch, 0 for no limit, and the BatchInput if any."""

    most_items: int
    most_bytes: int
    fixed: dict[str, Any]


def run_distributed_map(visit: StateVisit, state: MapState) -> ProcessGenerator:
    """Run a Distributed Map state until its map run has ended."""
    effective = visit.effective_input()
    map_run = visit.frame.map_run
    if map_run is not None:
        map_run.check_redrives()
    try:
        if map_run is None:
            map_run, source, batching = _start(visit, state, effective)
        else:
            map_run.redrive()
            visit.run.open_map_run(map_run, visit.chain)
            details = {"mapRunArn": map_run.arn, "redriveCount": map_run.redrive_count}
            visit.add_event("MapRunRedriven", details)
            source, batching = None, None
        known = visit.run.host.recall_map_run(map_run.arn)
        if known.end is None and not map_run.has_children:
            if source is None:
                # The map run failed before it had children, for example because its items could not be read.
                reader = state.item_reader
                source = (
                    find_items(visit, state, effective) if reader is None else _read_request(visit, reader, effective)
                )
                batching = _batching(visit, state, effective)
            map_run.add_children(_children(visit, state, effective, source, batching, known))
        if known.end is not None:
            yield from _await_known_end(visit, map_run, known.end)
        else:
            map_run.start()
            yield map_run.done
            result = map_run.result()
    except AbortedError:
        _abort(visit)
        raise
    except StateError as error:
        _fail(visit, error)
        raise
    now = visit.run.scheduler.now
    visit.run.host.end_map_run(map_run.arn, "SUCCEEDED", now)
    visit.add_event("MapRunSucceeded")
    visit.add_event("MapStateSucceeded", advance=False)
    if isinstance(known.end, Succeeded):
        return visit.check_size(Outcome(known.end.result, state.next, known.assigned))
    visit.observe("result", result)
    payload = state.payload
    return visit.finish(result, selector=payload.result_selector, result_path=payload.result_path)


def _start(visit: StateVisit, state: MapState, effective: Any) -> tuple[MapRun, _Source, Batching | None]:
    """Start a map run without child executions; return it with its items, or the request to read them, and batching."""
    concurrency = read_count(visit, "MaxConcurrency", state.max_concurrency, state.max_concurrency_path, effective)
    items = [] if state.item_reader is not None else find_items(visit, state, effective)
    visit.add_event("MapStateStarted", {"length": len(items)})
    run = visit.run
    count_path, percentage_path = state.tolerated_failure_count_path, state.tolerated_failure_percentage_path
    count = read_count(visit, "ToleratedFailureCount", state.tolerated_failure_count, count_path, effective)
    percentage = read_percentage(
        visit, "ToleratedFailurePercentage", state.tolerated_failure_percentage, percentage_path, effective
    )
    has_count = state.tolerated_failure_count is not None or count_path is not None
    has_percentage = state.tolerated_failure_percentage is not None or percentage_path is not None
    source = items if state.item_reader is None else _read_request(visit, state.item_reader, effective)
    batching = _batching(visit, state, effective)
    writer = state.result_writer
    if writer is not None and writer.resource is None and not writer.config:
        raise visit.failure(RUNTIME, "The ResultWriter must have a WriterConfig, or a Resource with its parameters")
    parameters = ABSENT if writer is None else writer.parameters
    destination = evaluate_field(visit, parameters, effective, "ResultWriter/Arguments")
    visit.observe("maxConcurrency", concurrency)
    visit.observe("toleratedFailureCount", count)
    visit.observe("toleratedFailurePercentage", percentage)
    arn = run.host.start_map_run(
        MapRunRequest(
            state=state.name,
            label=state.label,
            execution_type=state.execution_type,
            processor=state.processor,
            moment=run.scheduler.now,
            item_count=len(items),
            max_concurrency=concurrency,
            tolerated_failure_count=count,
            tolerated_failure_percentage=percentage,
            token=run.new_token(),
        )
    )
    map_run = MapRun(
        arn,
        max_concurrency=concurrency,
        tolerated_count=count if has_count or not has_percentage else None,
        tolerated_percentage=percentage if has_percentage else None,
        writer=writer,
        destination=destination,
        host=run.host,
        scheduler=run.scheduler,
    )
    visit.frame.map_run = map_run
    run.open_map_run(map_run, visit.chain)
    visit.add_event("MapRunStarted", {"mapRunArn": arn})
    return map_run, source, batching


def _batching(visit: StateVisit, state: MapState, effective: Any) -> Batching | None:
    """Return the evaluated ItemBatcher, None if there is none."""
    return None if state.item_batcher is None else read_batching(visit, state.item_batcher, effective)


def _children(
    visit: StateVisit,
    state: MapState,
    effective: Any,
    source: _Source,
    batching: Batching | None,
    known: KnownMapRun,
) -> list[Child]:
    """Return the child executions for the map run to start."""
    if isinstance(source, ReadRequest):
        if known.inputs is not None:
            return [Child(input, _count_items(state, input)) for input in known.inputs]
        source = _read_items(visit, source)
    selected = [select_item(visit, state, effective, item) for item in source]
    children = [Child(item, 1) for item in selected] if batching is None else make_batches(batching, selected)
    for child in children:
        visit.check_input(child.input)
    return children


def _count_items(state: MapState, input: Any) -> int:
    """Return how many items the input of a child execution has."""
    items = input.get("Items") if state.item_batcher is not None and isinstance(input, dict) else None
    return len(items) if isinstance(items, list) else 1


def _await_known_end(visit: StateVisit, map_run: MapRun, end: TaskAnswer) -> ProcessGenerator:
    """Wait for the known end of a map run; raise its error if it failed."""
    if isinstance(end, Pending):
        yield Future()
    else:
        yield from visit.run.scheduler.pause(end.duration_ms)
    map_run.done.resolve()
    if isinstance(end, Failed):
        raise StateError(end.error, end.cause)


def _abort(visit: StateVisit) -> None:
    map_run = visit.frame.map_run
    assert map_run is not None
    map_run.done.resolve()
    map_run.end_unsuccessfully("ABORTED", writes=True)
    visit.add_event("MapRunAborted", advance=False)


def _fail(visit: StateVisit, error: StateError) -> None:
    map_run = visit.frame.map_run
    if map_run is None:
        return
    map_run.done.resolve()
    map_run.end_unsuccessfully("FAILED", writes=error.error == TOLERANCE_EXCEEDED)
    visit.add_event("MapRunFailed", error_details(error.error, error.cause))


def _read_request(visit: StateVisit, reader: ItemReader, effective: Any) -> ReadRequest:
    limit = read_item_limit(visit, reader.config, effective)
    config = dict(reader.config)
    config.pop("MaxItemsPath", None)
    if limit:
        config["MaxItems"] = limit
    parameters = evaluate_field(visit, reader.parameters, effective, "ItemReader/Arguments")
    return ReadRequest(reader.resource, parameters, config, visit.run.scheduler.now)


def _read_items(visit: StateVisit, request: ReadRequest) -> list[dict[str, Any]]:
    limit = request.config.get("MaxItems", 0)
    check_item_limit(limit)
    found = visit.run.host.read_items(request)
    items = found[:limit] if limit else found
    return [{**item_context(index, item.value), "Source": item.source} for index, item in enumerate(items)]


def evaluate_field(visit: StateVisit, template: Any, effective: Any, field: str) -> Any:
    """Evaluate a field of an ItemReader, ItemBatcher or ResultWriter; a missing one gives an empty object."""
    if template is ABSENT:
        return {}
    if visit.state.is_jsonata:
        return visit.evaluate(template, field)
    return visit.fill_template(template, effective)


def read_batching(visit: StateVisit, batcher: ItemBatcher, effective: Any) -> Batching:
    """Evaluate an ItemBatcher."""
    most_items = read_count(
        visit,
        "MaxItemsPerBatch",
        batcher.max_items_per_batch,
        batcher.max_items_per_batch_path,
        effective,
        within="ItemBatcher/",
    )
    most_bytes = read_count(
        visit,
        "MaxInputBytesPerBatch",
        batcher.max_input_bytes_per_batch,
        batcher.max_input_bytes_per_batch_path,
        effective,
        within="ItemBatcher/",
    )
    fixed = {}
    if batcher.batch_input is not ABSENT:
        fixed["BatchInput"] = evaluate_field(visit, batcher.batch_input, effective, "ItemBatcher/BatchInput")
    return Batching(most_items, most_bytes, fixed)


def make_batches(batching: Batching, items: list[Any]) -> list[Child]:
    """Group items into batches; return a child execution for each batch."""
    batches: list[list[Any]] = []
    batch: list[Any] = []
    empty_size = size = len(utf8(json_text({**batching.fixed, "Items": []})))
    for item in items:
        item_size = len(utf8(json_text(item))) + 1
        if not batch or 0 < batching.most_items <= len(batch) or 0 < batching.most_bytes < size + item_size:
            batch = []
            batches.append(batch)
            size = empty_size
        batch.append(item)
        size += item_size
    return [Child({**batching.fixed, "Items": batch}, len(batch)) for batch in batches]
