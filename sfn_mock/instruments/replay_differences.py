"""Compare a replayed execution with the recorded one."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sfn_mock.instruments.execution_traces import Path, Span, Trace, Visit, describe_path
from sfn_mock.instruments.replayed_runs import ReplayedRun, read_value

#: Kinds of differences: another state is entered; a state or task gets another input; a task is not called again; a
#: task or map run has no recorded outcome; a state or task ends differently; the execution ends differently.
DifferenceKind = Literal["state", "input", "not reached", "no outcome", "output", "end"]

_EVENT_NUMBER = re.compile(r"event id #\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: The length of a value in a sentence.
_SHOWN = 200


@dataclass(frozen=True)
class ReplayDifference:
    """The first event of a sequence of states that a replay does not repeat.

    Attributes:
        kind: The kind of the difference.
        event_id: The id of the event in the recorded history; None if it has no such event.
        state: The name of the state; None for the execution itself.
        recorded: The value in the recorded execution: a state's name, a JSON value, a status, or None.
        replayed: The value in the replayed execution.
        reason: The difference in a sentence.
    """

    kind: DifferenceKind
    event_id: int | None
    state: str | None
    recorded: Any
    replayed: Any
    reason: str

    def __str__(self) -> str:
        return self.reason if self.event_id is None else f"Event {self.event_id}: {self.reason}"


class _Likeness:
    """Compares values, except for parts that are new in each execution.

    These are its ARN and name, its task tokens and map runs, and generated dates and UUIDs, which the recorded history
    does not contain.
    """

    def __init__(self, recorded: Iterable[Trace], runs: Collection[ReplayedRun]) -> None:
        traces = list(recorded)
        texts = [json.dumps(event.details, default=str) for trace in traces for event in trace.events]
        self._recorded_text = "\n".join(texts)
        self._own: set[str] = set()
        self._whole: set[str] = set()
        for run in runs:
            execution = run.execution
            machine = execution.state_machine
            self._own |= {execution.arn, execution.name, execution.state_machine_arn, machine.arn, *run.map_states}
            self._own |= run.tokens
            self._whole |= {machine.name, execution.revision.role_arn}
        moments = [event.moment for trace in traces for event in trace.events]
        moments += [event.moment for run in runs for event in run.trace().events]
        self._first, self._last = min(moments), max(moments)

    def same(self, recorded: Any, replayed: Any) -> bool:
        """Return whether two values are equal; JSON texts are compared as JSON."""
        recorded, replayed = _loaded(recorded), _loaded(replayed)
        if isinstance(recorded, dict) and isinstance(replayed, dict):
            return recorded.keys() == replayed.keys() and all(
                self.same(recorded[key], replayed[key]) for key in recorded
            )
        if isinstance(recorded, list) and isinstance(replayed, list):
            return len(recorded) == len(replayed) and all(map(self.same, recorded, replayed))
        if isinstance(recorded, str) and isinstance(replayed, str):
            return recorded == replayed or replayed in self._whole or self._fits(recorded, replayed)
        if self._is_moment(recorded) and self._is_moment(replayed):
            return True
        return type(recorded) is type(replayed) and bool(recorded == replayed)

    def _fits(self, recorded: str, replayed: str) -> bool:
        made = {text for pattern in (_DATE, _UUID) for text in pattern.findall(replayed)}
        own = {text for text in self._own if text in replayed}
        own |= {text for text in made if text not in self._recorded_text}
        own |= set(_EVENT_NUMBER.findall(replayed))
        if not own:
            return False
        longest_first = sorted(own, key=len, reverse=True)
        parts = re.split("|".join(map(re.escape, longest_first)), replayed)
        return re.fullmatch(".+".join(map(re.escape, parts)), recorded, re.DOTALL) is not None

    def _is_moment(self, value: Any) -> bool:
        return type(value) is int and self._first <= value <= self._last


def find_differences(run: ReplayedRun, recorded: Trace, unused: dict[str, list[Trace]]) -> list[ReplayDifference]:
    """Return the differences of a replay, in the order of the recorded events.

    ``unused`` has the recorded children that the replay has not started, by name of the Map state.
    """
    runs = run.all_runs()
    pairs = [(replayed, replayed.recorded) for replayed in runs if replayed.recorded is not None]
    left = [trace for traces in unused.values() for trace in traces]
    likeness = _Likeness([*(trace for _, trace in pairs), *left], runs)
    found: list[ReplayDifference] = []
    for replayed, trace in pairs:
        where = "" if replayed is run else f"child execution {replayed.execution.name} of {replayed.map_state!r}"
        found += _Comparison(trace, replayed, likeness, where).differences()
    for replayed in runs:
        if replayed.recorded is None:
            reason = f"{replayed.map_state!r} starts child execution {replayed.execution.name}, which has no history."
            found.append(
                ReplayDifference("no outcome", None, replayed.map_state, None, replayed.execution.name, reason)
            )
    for name, traces in unused.items():
        for trace in traces:
            reason = f"{name!r} does not start the child execution with the input {_shown(trace.input)}."
            found.append(ReplayDifference("not reached", None, name, read_value(trace.input), None, reason))
    return found


class _Comparison:
    """Compares one replayed run with one recorded execution."""

    def __init__(self, recorded: Trace, run: ReplayedRun, likeness: _Likeness, where: str) -> None:
        self._recorded = recorded
        self._replayed = run.trace()
        self._run = run
        self._likeness = likeness
        self._where = where
        #: By path of the state: the first difference of each sequence of states.
        self._found: dict[Path, ReplayDifference] = {}
        #: The states that both executions visited at the same path.
        self._shared: set[Path] = set()

    def differences(self) -> list[ReplayDifference]:
        for sequence in {**self._recorded.sequences, **self._replayed.sequences}:
            around = _state_around(sequence)
            if around is None or around in self._shared:
                self._compare_sequence(sequence)
        # The end of the state differs because a state inside it does.
        within = {path[:length] for path in self._found for length in range(len(path))}
        found = [
            difference
            for path, difference in self._found.items()
            if not (difference.kind == "output" and path in within)
        ]
        found.sort(key=lambda difference: (difference.event_id is None, difference.event_id))
        end = self._compare_end(is_same_so_far=not found)
        return found if end is None else [*found, end]

    # --- Sequences of states -----------------------------------------------------------------------------------------

    def _compare_sequence(self, sequence: Path) -> None:
        before = self._recorded.sequences.get(sequence, [])
        after = self._replayed.sequences.get(sequence, [])
        for old, new in zip(before, after, strict=False):
            difference = self._compare_visits(old, new)
            if difference is not None:
                self._found[old.path] = difference
                return
        shared = min(len(before), len(after))
        if len(before) > shared and not self._is_cut(self._replayed, sequence, after):
            self._found[before[shared].path] = self._not_entered(before[shared], after[-1:])
        elif len(after) > shared and not self._is_cut(self._recorded, sequence, before):
            self._found[after[shared].path] = self._entered_too(after[shared], before[-1:])

    def _is_cut(self, trace: Trace, sequence: Path, visits: list[Visit]) -> bool:
        return (bool(visits) and visits[-1].is_open) or trace.is_cut(sequence)

    def _not_entered(self, visit: Visit, last: list[Visit]) -> ReplayDifference:
        then = f"ends after {last[0].name!r}" if last else "does not begin"
        return self._difference(
            "not reached",
            visit,
            visit.name,
            None,
            f"the execution does not enter {visit.name!r}: this part {then}.",
            visit.entered.id,
        )

    def _entered_too(self, visit: Visit, last: list[Visit]) -> ReplayDifference:
        then = f"had ended after {last[0].name!r}" if last else "did not exist"
        return self._difference(
            "state",
            visit,
            None,
            visit.name,
            f"the execution enters {visit.name!r}, where the recorded part {then}.{self._stop(visit)}",
        )

    def _compare_visits(self, old: Visit, new: Visit) -> ReplayDifference | None:
        """Return the first difference between two visits of a state at the same path."""
        if (old.name, old.type) != (new.name, new.type):
            names = (f"{new.type} state {new.name!r}", f"{old.type} state {old.name!r}")
            what = f"the execution enters {names[0]} instead of {names[1]}.{self._stop(new)}"
            return self._difference("state", old, old.name, new.name, what, old.entered.id)
        inputs = [old.input, new.input]
        if not self._likeness.same(*inputs):
            return self._changed("input", old, inputs, "is entered with the input", old.entered.id)
        self._shared.add(old.path)
        for number, task in enumerate(new.tasks):
            if number < len(old.tasks):
                difference = self._compare_tasks(old, old.tasks[number], task)
                if difference is not None:
                    return difference
        if self._is_unknown(new):
            what = (
                f"{new.name!r} calls a task or starts a map run of which the history has no outcome; the replay stops."
            )
            return self._difference("no outcome", old, None, new.name, what)
        if len(old.tasks) > len(new.tasks) and not new.is_open:
            task = old.tasks[len(new.tasks)]
            what = f"{old.name!r} does not call its task again: attempt {len(new.tasks) + 1} is not made."
            return self._difference("not reached", old, task.details, None, what, task.begin.id)
        return self._compare_ends(old, new)

    def _compare_tasks(self, visit: Visit, old: Span, new: Span) -> ReplayDifference | None:
        called = [{key: span.details.get(key) for key in ("resourceType", "resource")} for span in (old, new)]
        if not self._likeness.same(*called):
            return self._changed("input", visit, called, "calls", old.begin.id)
        given = [span.details.get("parameters", span.details.get("input")) for span in (old, new)]
        if not self._likeness.same(*given):
            return self._changed("input", visit, given, "calls its task with", old.begin.id)
        if old.end is not None and new.end is not None and old.status != new.status:
            what = f"the task of {visit.name!r} ends {new.status} instead of {old.status}."
            return self._difference("output", visit, old.status, new.status, what, old.end.id)
        return None

    def _compare_ends(self, old: Visit, new: Visit) -> ReplayDifference | None:
        if old.is_open or new.is_open:
            return None
        if old.exited is not None and new.exited is not None:
            outputs = [old.output, new.output]
            if self._likeness.same(*outputs):
                return None
            return self._changed("output", old, outputs, "gives the output", old.exited.id)
        if (old.exited is None) is (new.exited is None):
            return None
        ends = ["succeeds" if visit.exited is not None else "fails" for visit in (old, new)]
        event = old.exited or old.evaluation
        what = f"{old.name!r} {ends[1]}, where it {'succeeded' if ends[0] == 'succeeds' else 'failed'}."
        return self._difference("output", old, ends[0], ends[1], what, None if event is None else event.id)

    def _is_unknown(self, visit: Visit) -> bool:
        return self._run.is_unknown(visit.path)

    def _stop(self, visit: Visit) -> str:
        return " The history has no outcome for it; the replay stops." if self._is_unknown(visit) else ""

    # --- The end -----------------------------------------------------------------------------------------------------

    def _compare_end(self, *, is_same_so_far: bool) -> ReplayDifference | None:
        old, new = self._recorded.end, self._replayed.end
        if old.end is None or self._run.is_stuck:
            return None
        if len(self._recorded.runs) > len(self._replayed.runs):
            redrive = self._recorded.runs[len(self._replayed.runs)].begin
            what = f"the execution cannot be redriven, as it is {new.status or 'RUNNING'}."
            return self._difference("end", None, "REDRIVEN", new.status, what, redrive.id)
        if old.status != new.status:
            now = "is still RUNNING" if new.status is None else f"ends {new.status}{_error_text(new)}"
            what = f"the execution {now}, where it had ended {old.status}{_error_text(old)}."
            return self._difference("end", None, old.status, new.status, what, old.end.id)
        for member in ("output", "error", "cause"):
            values = [old.end_detail(member), new.end_detail(member)]
            if not self._likeness.same(*values) and (is_same_so_far or member != "output"):
                return self._changed("end", None, values, f"the execution ends with the {member}", old.end.id)
        return None

    # --- Sentences ---------------------------------------------------------------------------------------------------

    def _changed(
        self, kind: DifferenceKind, visit: Visit | None, values: list[Any], what: str, event_id: int
    ) -> ReplayDifference:
        old, new = values
        subject = "" if visit is None else f"{visit.name!r} "
        reason = f"{subject}{what} {_shown(new)} instead of {_shown(old)}."
        return self._difference(kind, visit, read_value(old), read_value(new), reason, event_id)

    def _difference(
        self,
        kind: DifferenceKind,
        visit: Visit | None,
        recorded: Any,
        replayed: Any,
        reason: str,
        event_id: int | None = None,
    ) -> ReplayDifference:
        around = [part for part in (describe_path(visit.path) if visit else "", self._where) if part]
        text = f"in {', '.join(around)}, {reason}" if around else reason
        name = None if visit is None else visit.name
        return ReplayDifference(kind, event_id, name, recorded, replayed, text[0].upper() + text[1:])


def _state_around(sequence: Path) -> Path | None:
    """Return the path of the state that a branch or iteration belongs to, None for the execution itself."""
    for length in range(len(sequence), 0, -1):
        if sequence[length - 1][0] == "state":
            return sequence[:length]
    return None


def _error_text(end: Span) -> str:
    error = end.end_detail("error")
    return "" if error is None else f" with {error}"


def _loaded(value: Any) -> Any:
    """Return the JSON value of a text that holds an object or a list."""
    loaded = read_value(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, (dict, list)) else value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
