"""One visit of a run to a state: the values for its expressions, and the events that it adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Protocol

from sfn_mock.asl.context import format_moment
from sfn_mock.asl.errors import DATA_LIMIT_EXCEEDED, RUNTIME, StateError
from sfn_mock.asl.events import Chain, state_entered, state_exited
from sfn_mock.asl.expressions import (
    Bindings,
    ExpressionError,
    ResultType,
    evaluate_typed,
    evaluate_value,
)
from sfn_mock.asl.host import Host
from sfn_mock.asl.map_runs import MapRun
from sfn_mock.asl.nodes import ABSENT, Absent, Program, State
from sfn_mock.asl.open_tasks import OpenTask
from sfn_mock.asl.paths import (
    Path,
    PathError,
    ResultPathError,
    parse_path,
    parse_reference_path,
)
from sfn_mock.asl.scheduler import Scheduler, Steps
from sfn_mock.asl.sizes import fits
from sfn_mock.asl.steps import ONWARD, Way
from sfn_mock.asl.templates import describe_missing, evaluate_template, parse_field
from sfn_mock.asl.texts import json_text

#: Called with the intermediate values of a state: their names in TestState's answer, and the values.
Observer = Callable[[str, Any], None]


class Services(Protocol):
    """The part of a run that states use."""

    scheduler: Scheduler
    chance: Random
    context: Mapping[str, Any]
    given_context: Mapping[str, Any]
    wait_scale: float
    region: str
    observer: Observer | None

    @property
    def host(self) -> Host:
        """What answers tasks and map runs."""

    def add_event(self, event_type: str, details: dict[str, Any] | None, chain: Chain, *, advance: bool = True) -> int:
        """Add an event that happens now and return its number."""

    def new_token(self) -> str:
        """Return a token that no other task of the run has."""

    def open_task(self, token: str, task: OpenTask) -> None:
        """Route results and heartbeats with a token to a task."""

    def close_task(self, token: str) -> None:
        """Stop results and heartbeats from reaching a task."""

    def open_map_run(self, map_run: MapRun) -> None:
        """Route the ends of child executions to a map run."""

    def note_state(self, activation: Activation) -> None:
        """Record that a state was entered."""

    def note_exit(self, activation: Activation, way: Way) -> None:
        """Record that a state was left, or is retried."""

    def run_sequence(self, program: Program, frame: Frame, chain: Chain) -> Steps:
        """Run states one after the other, starting at the state of a frame, and return the last output."""


@dataclass
class Frame:
    """The position of a sequence of states, from which a redrive can continue.

    Attributes:
        state: The name of the current state.
        input: That state's input.
        variables: The values of variables by name; those of outer sequences are among them.
        item: The item of a Map state's iteration, as the context object has it.
        input_text: The input as JSON, if known.
        inner: Of a Parallel or Map state: where its branches or iterations stand, by number.
        map_run: Of a Distributed Map state: its map run.
        output: The output of the sequence; ABSENT until it has succeeded.
        is_redriven: Whether the state continues without being entered again.
    """

    state: str
    input: Any
    variables: dict[str, Any]
    item: Mapping[str, Any] | None = None
    input_text: str | None = None
    inner: dict[int, Frame] = field(default_factory=dict)
    map_run: MapRun | None = None
    output: Any = ABSENT
    is_redriven: bool = False

    def leave_behind(self) -> None:
        """Clear the work of a state that is left or retried."""
        self.inner = {}
        self.map_run = None

    def mark_redriven(self) -> None:
        """Mark all sequences that have not succeeded to continue in their current state."""
        self.is_redriven = True
        for frame in self.inner.values():
            if frame.output is ABSENT:
                frame.mark_redriven()


@dataclass(frozen=True)
class Outcome:
    """The end of a state.

    Attributes:
        output: The state's output.
        next: The name of the state that follows, None at an end.
        assigned: The variables that the state assigns.
        way: The transition: Next or End, a rule, Default or a catcher.
    """

    output: Any
    next: str | None
    assigned: Mapping[str, Any]
    way: Way = ONWARD

    @cached_property
    def text(self) -> str:
        """The output as JSON."""
        return json_text(self.output)


class Activation:
    """One visit of a run to a state.

    Attributes:
        run: The run's services.
        state: The state.
        frame: The position of the sequence of states.
        chain: The chain of the sequence's events.
        entered_id: The number of the event that entered the state.
        before_id: The number of the event before that one.
        entered_moment: When the state was entered.
        retry_count: How often the state has been tried again.
        token: The token that the context object tells, of a task that waits for it.
        own_failure: The last failure that arose in the state itself, rather than in what it called or contains.
    """

    def __init__(self, run: Services, state: State, frame: Frame, chain: Chain) -> None:
        self.run = run
        self.state = state
        self.frame = frame
        self.chain = chain
        self.entered_id = chain.head
        self.before_id = chain.head
        self.entered_moment = run.scheduler.now
        self.retry_count = 0
        self.token: str | None = None
        self.own_failure: StateError | None = None

    @property
    def input(self) -> Any:
        """The state's input."""
        return self.frame.input

    def enter(self) -> None:
        """Add an event to the history: the state is entered."""
        text = self.frame.input_text
        self.add_event(
            *state_entered(self.state.type, self.state.name, json_text(self.input) if text is None else text)
        )
        self.entered_id = self.chain.head

    def exit(self, outcome: Outcome) -> None:
        """Add an event to the history: the state is left."""
        assigned = {name: json_text(value) for name, value in outcome.assigned.items()}
        self.add_event(*state_exited(self.state.type, self.state.name, outcome.text, assigned))

    def add_event(self, event_type: str, details: dict[str, Any] | None = None, *, advance: bool = True) -> int:
        """Add an event to the state's chain and return its number."""
        return self.run.add_event(event_type, details, self.chain, advance=advance)

    def observe(self, name: str, value: Any) -> None:
        """Pass an intermediate value to the observer, if there is one."""
        if self.run.observer is not None:
            self.run.observer(name, value)

    def failure(self, error: str, reason: str) -> StateError:
        """Return an error whose cause names the state, as in AWS's own failures."""
        place = f"'{self.state.name}' (entered at the event id #{self.entered_id})"
        self.own_failure = StateError(error, f"An error occurred while executing the state {place}. {reason}")
        return self.own_failure

    def context(self, item: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the context object.

        Args:
            item: The item that an ItemSelector is about; otherwise the item of the sequence, if it is an iteration.
        """
        state: dict[str, Any] = {"Name": self.state.name, "EnteredTime": format_moment(self.entered_moment)}
        if self.state.type in ("Task", "Parallel", "Map"):
            state["RetryCount"] = self.retry_count
        context = {"State": state} if self.token is None else {"State": state, "Task": {"Token": self.token}}
        context = {**self.run.context, **context, **self.run.given_context}
        if item or self.frame.item:
            context["Map"] = {"Item": item or self.frame.item}
        return context

    # --- JSONPath ----------------------------------------------------------------------------------------------------

    def select(self, path: str | None, value: Any) -> Any:
        """Return what InputPath or OutputPath selects; null selects an empty object."""
        if path is None:
            return {}
        if path == "$":
            return value
        try:
            return parse_path(path).evaluate(value, context=self.context(), variables=self.frame.variables)
        except PathError as error:
            raise self.failure(RUNTIME, str(error)) from None

    def refer(self, text: str, field: str, value: Any, item: Mapping[str, Any] | None = None) -> Any:
        """Return the value of a field that holds a path or a call of an intrinsic function."""
        parsed = parse_field(text)
        if not isinstance(parsed, Path):
            return self.fill({f"{field}.$": text}, value)[field]
        try:
            return parsed.evaluate(value, context=self.context(item), variables=self.frame.variables)
        except PathError:
            raise self.failure(RUNTIME, describe_missing(text, field, value)) from None

    def fill(self, template: Any, value: Any, item: Mapping[str, Any] | None = None) -> Any:
        """Return a payload template with its paths and calls replaced by their values."""
        try:
            return evaluate_template(
                template,
                value,
                context=self.context(item),
                variables=self.frame.variables,
                randomness=self.run.chance,
            )
        except StateError as error:
            raise self.failure(error.error or RUNTIME, error.cause or "") from None

    def put(self, path: str | None, value: Any) -> Any:
        """Return the state's input with a value where ResultPath points; null leaves the input as it is."""
        if path is None:
            return self.input
        if path == "$":
            return value
        try:
            return parse_reference_path(path).put(self.input, value)
        except ResultPathError as error:
            raise self.failure("States.ResultPathMatchFailure", str(error)) from None

    # --- JSONata -----------------------------------------------------------------------------------------------------

    def compute(
        self,
        value: Any,
        field: str,
        *,
        expected: ResultType | None = None,
        result: Any = ABSENT,
        error_output: Any = ABSENT,
        item: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return a value of the definition with its JSONata expressions evaluated.

        Args:
            value: The value.
            field: The field that holds it.
            expected: The type that an expression must give.
            result: `$states.result`.
            error_output: `$states.errorOutput`.
            item: The item that an ItemSelector is about.
        """
        states = {"input": self.input, "context": self.context(item)}
        states |= {} if result is ABSENT else {"result": result}
        states |= {} if error_output is ABSENT else {"errorOutput": error_output}
        bindings = Bindings(states, self.frame.variables, self.run.scheduler.now, self.run.chance)
        try:
            if expected is not None:
                return evaluate_typed(value, bindings, field, expected)
            return evaluate_value(value, bindings, field)
        except ExpressionError as error:
            raise self._evaluation_failure(error) from None

    def _evaluation_failure(self, error: ExpressionError) -> StateError:
        failure = self.failure(error.error, str(error))
        details = {"error": failure.error, "cause": failure.cause, "location": error.field, "state": self.state.name}
        # AWS enters a state and evaluates its first expressions in one step: both events follow the same event.
        if self.chain.head == self.entered_id:
            self.chain.head = self.before_id
        self.add_event("EvaluationFailed", details)
        return failure

    # --- Input and output --------------------------------------------------------------------------------------------

    def effective_input(self) -> Any:
        """Return the input that InputPath selects; JSONata states use the whole input."""
        self.observe("input", self.input)
        if self.state.is_jsonata:
            return self.input
        value = self.select(self.state.input_path, self.input)
        self.observe("afterInputPath", value)
        return value

    def payload(self, parameters: Any, arguments: Any, value: Any) -> Any:
        """Return the evaluated Parameters or Arguments."""
        if self.state.is_jsonata:
            if isinstance(arguments, Absent):
                return value
            computed = self.compute(arguments, "Arguments")
            self.observe("afterArguments", computed)
            return computed
        if not isinstance(parameters, Absent):
            value = self.fill(parameters, value)
        self.observe("afterParameters", value)
        return value

    def assign(self, template: Mapping[str, Any] | None, value: Any, **known: Any) -> dict[str, Any]:
        """Return the variables that an Assign gives; `$` or `$states` in it have the values given."""
        if template is None:
            return {}
        if self.state.is_jsonata:
            assigned: dict[str, Any] = self.compute(dict(template), "Assign", **known)
        else:
            assigned = self.fill(dict(template), value)
        if not fits(assigned, self.input):
            raise StateError(
                DATA_LIMIT_EXCEEDED,
                f"The state/task '{self.state.name}' assigned variables with a size exceeding the maximum number of "
                "bytes service limit.",
            )
        self.observe("variables", {**self.frame.variables, **assigned})
        return assigned

    def finish(self, result: Any, *, selector: Any = ABSENT, result_path: str | None = "$") -> Outcome:
        """Return the end of a state with a result."""
        state = self.state
        if state.is_jsonata:
            assigned = self.assign(state.assign, result, result=result)
            output = result if state.output is ABSENT else self.compute(state.output, "Output", result=result)
            return self.checked(Outcome(output, state.next, assigned))
        assigned = self.assign(state.assign, result)
        if selector is not ABSENT:
            result = self.fill(selector, result)
        self.observe("afterResultSelector", result)
        output = self.put(result_path, result)
        self.observe("afterResultPath", output)
        return self.checked(Outcome(self.select(state.output_path, output), state.next, assigned))

    def pass_on(self, value: Any) -> Outcome:
        """Return the end of a state without a result: its output is its input."""
        state = self.state
        assigned = self.assign(state.assign, value)
        if state.is_jsonata:
            output = self.input if state.output is ABSENT else self.compute(state.output, "Output")
        else:
            output = self.select(state.output_path, value)
        return self.checked(Outcome(output, state.next, assigned))

    def checked(self, outcome: Outcome) -> Outcome:
        """Return the end of the state, unless its output is too large."""
        if not fits(outcome.output, self.input, lambda _: outcome.text):
            raise StateError(
                DATA_LIMIT_EXCEEDED,
                f"The state/task '{self.state.name}' returned a result with a size exceeding the maximum number of "
                "bytes service limit.",
            )
        return outcome
