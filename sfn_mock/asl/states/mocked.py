"""Map and Parallel states with mocked work: a test gives the result of the iterations or branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import Failed, Succeeded
from sfn_mock.asl.map_runs import exceeded_failure, is_exceeded
from sfn_mock.asl.nodes import ABSENT, MapState, ParallelState
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import StateVisit
from sfn_mock.asl.states.distributed_map import evaluate_field, make_batches, read_batching
from sfn_mock.asl.states.map_settings import check_item_limit, read_count, read_item_limit, read_percentage
from sfn_mock.asl.states.map_state import find_items, item_context, select_item


@dataclass
class MockedWork:
    """The mocked work of a state.

    Attributes:
        answer: The result or the error.
        failed_iterations: How many iterations of a Map state have failed.
        items: The items from the ItemReader of a Map state, None if unknown.
        iterations: The number of iterations, set when the Map state has run; None if unknown.
    """

    answer: Succeeded | Failed
    failed_iterations: int
    items: list[Any] | None
    iterations: int | None = None

    def result(self) -> Any:
        """Return the result of the work; raise a StateError if it failed."""
        if isinstance(self.answer, Failed):
            raise StateError(self.answer.error, self.answer.cause)
        return self.answer.result


def run_mocked_parallel(visit: StateVisit, state: ParallelState, work: MockedWork) -> ProcessGenerator:
    """Run a Parallel state without its branches."""
    yield from ()
    value = visit.effective_input()
    visit.payload(state.payload.parameters, state.payload.arguments, value)
    payload = state.payload
    return visit.finish(work.result(), selector=payload.result_selector, result_path=payload.result_path)


def run_mocked_map(visit: StateVisit, state: MapState, work: MockedWork) -> ProcessGenerator:
    """Run a Map state without its iterations."""
    yield from ()
    effective = visit.effective_input()
    concurrency = read_count(visit, "MaxConcurrency", state.max_concurrency, state.max_concurrency_path, effective)
    visit.observe("maxConcurrency", concurrency)
    count, percentage = _tolerance(visit, state, effective)
    work.iterations = _iterations(visit, state, effective, work)
    # If the items are unknown, only the failed ones count.
    total = work.failed_iterations if work.iterations is None else work.iterations
    if is_exceeded(work.failed_iterations, total, count, percentage):
        raise exceeded_failure()
    payload = state.payload
    return visit.finish(work.result(), selector=payload.result_selector, result_path=payload.result_path)


def _tolerance(visit: StateVisit, state: MapState, effective: Any) -> tuple[int | None, float | None]:
    """Return the tolerated failure count and percentage; None for one that does not apply."""
    count: int | None = None
    percentage: float | None = None
    given, path = state.tolerated_failure_count, state.tolerated_failure_count_path
    if given is not None or path is not None:
        count = read_count(visit, "ToleratedFailureCount", given, path, effective)
        visit.observe("toleratedFailureCount", count)
    given, path = state.tolerated_failure_percentage, state.tolerated_failure_percentage_path
    if given is not None or path is not None:
        percentage = read_percentage(visit, "ToleratedFailurePercentage", given, path, effective)
        visit.observe("toleratedFailurePercentage", percentage)
    return (0 if percentage is None and count is None else count), percentage


def _iterations(visit: StateVisit, state: MapState, effective: Any, work: MockedWork) -> int | None:
    """Evaluate the inputs of the iterations and return their number, None if the items are unknown."""
    if state.item_reader is None:
        places = find_items(visit, state, effective)
    else:
        parameters = evaluate_field(visit, state.item_reader.parameters, effective, "ItemReader/Arguments")
        if work.items is None:
            return None
        items = work.items
        if "ItemsPointer" in state.item_reader.config:
            visit.observe("afterItemsPointer", items)
        limit = read_item_limit(visit, state.item_reader.config, effective)
        check_item_limit(limit)
        source = _source(parameters)
        places = [
            {**item_context(index, item), **source} for index, item in enumerate(items[:limit] if limit else items)
        ]
    inputs = [select_item(visit, state, effective, place) for place in places]
    if state.item_selector is not ABSENT:
        visit.observe("afterItemSelector", inputs)
    if state.item_batcher is not None:
        batching = read_batching(visit, state.item_batcher, effective)
        inputs = [child.input for child in make_batches(batching, inputs)]
        visit.observe("afterItemBatcher", inputs)
    return len(inputs)


def _source(parameters: Any) -> dict[str, str]:
    """Return the `Source` of items in `Map.Item`: the address of the bucket or object that the ItemReader names."""
    names = ("Bucket", "Key") if isinstance(parameters, dict) else ()
    address = "/".join(str(parameters[name]) for name in names if name in parameters)
    return {"Source": f"S3://{address}"} if address else {}
