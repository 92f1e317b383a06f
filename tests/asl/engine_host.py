"""A host for runs in tests: it answers tasks and runs the child executions of map runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sfn_mock.asl.context import ExecutionInfo
from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.host import (
    ChildEnd,
    ChildStart,
    Failed,
    KnownMapRun,
    MapRunRequest,
    ReadItem,
    ReadRequest,
    Succeeded,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource
from sfn_mock.asl.run import Run

#: 2026-01-10T03:00:00Z
START = 1_768_014_000_000
ACCOUNT = "arn:aws:states:us-east-1:123456789012"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
INFO = ExecutionInfo(
    id=f"{ACCOUNT}:execution:orders:nightly",
    name="nightly",
    role_arn="arn:aws:iam::123456789012:role/states",
    state_machine_id=f"{ACCOUNT}:stateMachine:orders",
    state_machine_name="orders",
)


class EngineHost:
    """Answers tasks with a function, or with a list of answers, the last of which is repeated."""

    def __init__(
        self,
        *answers: TaskAnswer | Callable[[TaskCall], TaskAnswer],
        items: list[Any] | Exception | None = None,
        known: list[KnownMapRun] | None = None,
        faults: list[str] | None = None,
        knows_activities: bool = True,
    ) -> None:
        self.faults = faults or []
        self.knows_activities = knows_activities
        self.answers = list(answers)
        self.items = items
        self.known = known or []
        self.calls: list[TaskCall] = []
        self.abandoned: list[tuple[str, int]] = []
        self.map_runs: dict[str, MapRunRequest] = {}
        self.children: dict[tuple[str, int], Run] = {}
        self.planned: dict[str, list[int]] = {}
        self.starts: list[ChildStart] = []
        self.ended: list[tuple[str, str]] = []
        self.reads: list[ReadRequest] = []
        self.writes: list[WriteRequest] = []
        self.reported: set[tuple[str, int]] = set()

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        return tuple(self.faults)

    def enter_state(self, moment: int) -> None:
        """This host lets every run go on."""

    def has_activity(self, call: TaskCall) -> bool:
        return self.knows_activities

    def start_task(self, call: TaskCall) -> TaskAnswer:
        self.calls.append(call)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return answer if isinstance(answer, (Succeeded, Failed)) or not callable(answer) else answer(call)

    def abandon_task(self, token: str, moment: int) -> None:
        self.abandoned.append((token, moment))

    def read_items(self, request: ReadRequest) -> list[ReadItem]:
        self.reads.append(request)
        if isinstance(self.items, Exception):
            raise self.items
        return [ReadItem(item, "S3://lists/items") for item in self.items or ()]

    def start_map_run(self, request: MapRunRequest) -> str:
        arn = f"{ACCOUNT}:mapRun:orders/{request.state}:{len(self.map_runs)}"
        self.map_runs[arn] = request
        return arn

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        return self.known.pop(0) if self.known else KnownMapRun()

    def plan_children(self, map_run_arn: str, item_counts: list[int]) -> None:
        self.planned[map_run_arn] = item_counts

    def start_child(self, start: ChildStart) -> None:
        self.starts.append(start)
        processor = self.map_runs[start.map_run_arn].processor
        self.children[start.map_run_arn, start.index] = Run(
            processor, input=json.dumps(start.input), info=INFO, start=start.moment, host=self
        )

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        self.ended.append((map_run_arn, status))
        stopped = {}
        for (arn, index), child in self.children.items():
            if arn == map_run_arn and child.status == "RUNNING":
                child.stop(moment)
                stopped[index] = ChildEnd("ABORTED")
        return stopped

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        redriven = []
        for (arn, index), child in self.children.items():
            if arn == map_run_arn and child.status != "SUCCEEDED":
                child.redrive(moment)
                self.reported.discard((arn, index))
                redriven.append(index)
        return redriven

    def forget_after(self, moment: int) -> None:
        """This host keeps its children, which start again with the same index."""

    def write_results(self, request: WriteRequest) -> Any:
        self.writes.append(request)
        return {"MapRunArn": request.map_run_arn}

    def advance(self, run: Run, moment: int) -> None:
        """Advance a run and the children of its map runs to a moment, in order."""
        while True:
            run.advance_to(min([moment, *self._due(), *([run.next_due()] if run.next_due() is not None else [])]))
            for key, child in list(self.children.items()):
                due = child.next_due()
                if due is not None and due <= moment:
                    child.advance_to(due)
                if child.status != "RUNNING" and key not in self.reported:
                    self.reported.add(key)
                    output = None if child.output is None else json.loads(child.output)
                    run.child_ended(*key, ChildEnd(child.status, output, child.error, child.cause), child.stop_moment)
            if not any(due <= moment for due in [*self._due(), run.next_due() or moment + 1]):
                run.advance_to(moment)
                return

    def _due(self) -> list[int]:
        return [due for child in self.children.values() if (due := child.next_due()) is not None]


def define(definition: dict[str, Any]) -> Program:
    """Parse a definition."""
    return parse_definition(json.dumps(definition))


def single(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a definition of the states S, which ends by default, Caught and Done."""
    if state["Type"] not in ("Choice", "Fail", "Succeed") and "Next" not in state:
        state = {**state, "End": True}
    ends = {"Type": "Succeed"}
    return {"StartAt": "S", "States": {"S": state, "Caught": ends, "Done": ends}, **more}


def start(definition: dict[str, Any], input: Any = None, host: EngineHost | None = None, **options: Any) -> Run:
    """Make a run and do its actions at the start."""
    text = json.dumps({} if input is None else input)
    options = {"info": INFO, **options}
    run = Run(define(definition), input=text, start=START, host=host or EngineHost(), **options)
    if host is None:
        run.advance_to(START)
    else:
        host.advance(run, START)
    return run


def outline(run: Run) -> list[tuple[int, int, str]]:
    """Return number, previous number and type of each event."""
    return [(event.id, event.previous_event_id, event.type) for event in run.events]


def types(run: Run) -> list[str]:
    """Return the types of all events."""
    return [event.type for event in run.events]


def seconds(run: Run) -> list[float]:
    """Return the moments of all events as seconds from the start."""
    return [(event.moment - START) / 1000 for event in run.events]


def details(run: Run, event_type: str) -> dict[str, Any] | None:
    """Return the details of the last event of a type."""
    return [event.details for event in run.events if event.type == event_type][-1]


def result(run: Run) -> Any:
    """Return the output of a run that succeeded, or error and cause."""
    if run.status == "SUCCEEDED":
        return json.loads(run.output or "")
    return (run.status, run.error, run.cause)
