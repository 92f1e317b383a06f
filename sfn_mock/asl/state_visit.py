"""The visit of a run to a state, with its data flow and its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    expression_text,
)
from sfn_mock.asl.host import Host
from sfn_mock.asl.map_runs import MapRun
from sfn_mock.asl.nodes import ABSENT, Absent, Payload, Program, State
from sfn_mock.asl.open_tasks import OpenTask
from sfn_mock.asl.paths import (
    Path,
    PathError,
    ResultPathError,
    parse_path,
    parse_reference_path,
)
from sfn_mock.asl.scheduler import ProcessGenerator, Scheduler
from sfn_mock.asl.sizes import fits, variables_fit
from sfn_mock.asl.steps import NEXT_OR_END, StateExit
from sfn_mock.asl.templates import describe_missing, evaluate_template, parse_field
from sfn_mock.asl.texts import json_text

#: A function that gets the intermediate values of a state: the name in TestState's answer, and the value.
Observer = Callable[[str, Any], None]


class RunInterface(Protocol):
    """The part of a run that states use."""

    scheduler: Scheduler
    randomness: Random
    context: Mapping[str, Any]
    given_context: Mapping[str, Any]
    wait_scale: float
    region: str
    observer: Observer | None

    @property
    def host(self) -> Host:
        """The host, which runs tasks and child executions."""

    def add_event(self, event_type: str, details: dict[str, Any] | None, chain: Chain, *, advance: bool = ...) -> int:
        """Add an event at the current moment and return its id."""

    def new_token(self) -> str:
        """Return a new task token."""

    def open_task(self, token: str, task: OpenTask) -> None:
        """Deliver results and heartbeats with a token to a task."""

    def close_task(self, token: str) -> None:
        """Ignore further results and heartbeats with a token."""

    def open_map_run(self, map_run: MapRun, chain: Chain) -> None:
        """Deliver the ends of child executions to a map run, whose events are in a chain."""

    def record_entry(self, visit: StateVisit) -> None:
        """Record that a state was entered."""

    def record_exit(self, visit: StateVisit, exit: StateExit) -> None:
        """Record that a state was left or is retried."""

    def run_sequence(self, program: Program, frame: Frame, chain: Chain) -> ProcessGenerator:
        """Run a sequence of states from the current state of a frame and return the output of the last one."""


@dataclass
class Frame:
    """The progress of a sequence of states; a redrive continues from it.

    Attributes:
        state: The name of the current state.
        input: The input of the current state.
        variables: The values of variables by name, those of outer sequences included.
        item: The item of a Map state's iteration as the context object's `Map.Item`, None outside one.
        input_text: The input as JSON text, if known.
        inner: The frames of the branches or iterations if the current state is a Parallel or Map state, by index.
        map_run: The map run if the current state is a Distributed Map state.
        output: The output of the sequence, ABSENT until it has succeeded.
        is_entered: Whether a state of the sequence was entered: a failure elsewhere may have come first.
        is_redriven: Whether the current state continues without being entered again.
    """

    state: str
    input: Any
    variables: dict[str, Any]
    item: Mapping[str, Any] | None = None
    input_text: str | None = None
    inner: dict[int, Frame] = field(default_factory=dict)
    map_run: MapRun | None = None
    output: Any = ABSENT
    is_entered: bool = False
    is_redriven: bool = False

    def clear_inner(self) -> None:
        """Forget the branches, iterations or map run of a state that is left or retried."""
        self.inner = {}
        self.map_run = None

    def map_runs(self) -> Iterator[MapRun]:
        """Yield the map runs that a redrive continues."""
        if self.map_run is not None:
            yield self.map_run
        for frame in self.inner.values():
            if frame.output is ABSENT:
                yield from frame.map_runs()

    def mark_redriven(self) -> None:
        """Make this sequence, and each inner one that has not succeeded, continue in its current state."""
        self.is_redriven = self.is_entered
        for frame in self.inner.values():
            if frame.output is ABSENT:
                frame.mark_redriven()


@dataclass(frozen=True)
class Outcome:
    """The outcome of a state that succeeded or caught its error.

    Attributes:
        output: The state's output.
        next: The name of the next state, None if no state follows.
        assigned: The variables that the state assigns.
        exit: The transition: Next or End, a rule, Default or a catcher.
    """

    output: Any
    next: str | None
    assigned: Mapping[str, Any]
    exit: StateExit = NEXT_OR_END

    @cached_property
    def text(self) -> str:
        """The output as JSON text."""
        return json_text(self.output)


class StateVisit:
    """One visit of a run to a state.

    Attributes:
        run: The run.
        state: The state.
        frame: The progress of the sequence that the state belongs to.
        chain: The chain of the sequence's events.
        entered_id: The id of the event that entered the state.
        before_id: The id of the event before that one.
        entered_moment: When the state was entered.
        retry_count: How often the state was retried.
        token: The task token in the context object, None unless the task waits for a callback.
        own_failure: The last error in the state's own fields, not in its task, branches or iterations.
    """

    def __init__(self, run: RunInterface, state: State, frame: Frame, chain: Chain) -> None:
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
        """Add the event that enters the state."""
        text = self.frame.input_text
        self.add_event(
            *state_entered(self.state.type, self.state.name, json_text(self.input) if text is None else text)
        )
        self.entered_id = self.chain.head

    def exit(self, outcome: Outcome) -> None:
        """Add the event that exits the state."""
        assigned = {name: json_text(value) for name, value in outcome.assigned.items()}
        self.add_event(*state_exited(self.state.type, self.state.name, outcome.text, assigned))

    def add_event(self, event_type: str, details: dict[str, Any] | None = None, *, advance: bool = True) -> int:
        """Add an event to the state's chain and return its id."""
        return self.run.add_event(event_type, details, self.chain, advance=advance)

    def observe(self, name: str, value: Any) -> None:
        """Pass an intermediate value to the observer, if there is one."""
        if self.run.observer is not None:
            self.run.observer(name, value)

    def failure(self, error: str, reason: str) -> StateError:
        """Return an error of the state itself; its cause names the state, as on AWS."""
        place = f"'{self.state.name}' (entered at the event id #{self.entered_id})"
        self.own_failure = StateError(error, f"An error occurred while executing the state {place}. {reason}")
        return self.own_failure

    def context(self, item: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the context object.

        Args:
            item: The item for an ItemSelector. By default the item of the iteration that the state runs in, if any.
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

    def apply_path(self, path: str | None, value: Any) -> Any:
        """Apply InputPath or OutputPath; null gives an empty object."""
        if path is None:
            return {}
        if path == "$":
            return value
        return self.find(path, value)

    def find(self, path: str, value: Any) -> Any:
        """Return the value at a path; the cause of the failure names the step that finds nothing.

        Args:
            path: The path.
            value: The value of `$` in the path.
        """
        try:
            return parse_path(path).evaluate(value, context=self.context(), variables=self.frame.variables)
        except PathError as error:
            raise self.failure(RUNTIME, str(error)) from None

    def resolve_field(self, text: str, field: str, value: Any, item: Mapping[str, Any] | None = None) -> Any:
        """Return the value of a field such as ItemsPath, which holds a path or an intrinsic function."""
        parsed = parse_field(text)
        if not isinstance(parsed, Path):
            return self.fill_template({f"{field}.$": text}, value)[field]
        try:
            return parsed.evaluate(value, context=self.context(item), variables=self.frame.variables)
        except PathError:
            raise self.failure(RUNTIME, describe_missing(text, field, value)) from None

    def fill_template(self, template: Any, value: Any, item: Mapping[str, Any] | None = None) -> Any:
        """Evaluate a payload template."""
        try:
            return evaluate_template(
                template,
                value,
                context=self.context(item),
                variables=self.frame.variables,
                randomness=self.run.randomness,
            )
        except StateError as error:
            raise self.failure(error.error or RUNTIME, error.cause or "") from None

    def apply_result_path(self, path: str | None, value: Any) -> Any:
        """Apply ResultPath: return the state's input with a value at the path; null gives the input unchanged."""
        if path is None:
            return self.input
        if path == "$":
            return value
        try:
            return parse_reference_path(path).put(self.input, value)
        except ResultPathError as error:
            raise self.failure("States.ResultPathMatchFailure", str(error)) from None

    # --- JSONata -----------------------------------------------------------------------------------------------------

    def evaluate(
        self,
        value: Any,
        field: str,
        *,
        expected: ResultType | None = None,
        alternative: ResultType | None = None,
        result: Any = ABSENT,
        error_output: Any = ABSENT,
        item: Mapping[str, Any] | None = None,
    ) -> Any:
        """Evaluate the JSONata expressions in a value.

        Args:
            value: The value of a field of the state.
            field: The field's name.
            expected: The type that the result must have, None for any.
            alternative: Another type that the result may have, None if there is none.
            result: The value of `$states.result`.
            error_output: The value of `$states.errorOutput`.
            item: The item for an ItemSelector.
        """
        states = {"input": self.input, "context": self.context(item)}
        states |= {} if result is ABSENT else {"result": result}
        states |= {} if error_output is ABSENT else {"errorOutput": error_output}
        bindings = Bindings(states, self.run.scheduler.now, self.frame.variables, self.run.randomness)
        try:
            if expected is not None:
                return evaluate_typed(value, bindings, field, expected, alternative)
            return evaluate_value(value, bindings, field)
        except ExpressionError as error:
            raise self.evaluation_failure(error.field, str(error)) from None

    def out_of_range(self, expression: object, field: str, expected: str, result: Any) -> StateError:
        """Return the failure of an expression whose result a field does not take.

        Args:
            expression: The value of the field in the definition.
            field: The field's name.
            expected: What the field takes, such as `an integer of at least 0`.
            result: The result.
        """
        reason = f"returned a value out of range. Expected {expected}, but was: {json_text(result)}"
        return self.evaluation_failure(field, str(ExpressionError(expression_text(str(expression)), field, reason)))

    def evaluation_failure(self, field: str, reason: str) -> StateError:
        """Add EvaluationFailed to the history, and return the failure.

        Args:
            field: The field that cannot be evaluated, such as `Output/total`.
            reason: The end of the cause, which names the state first.
        """
        failure = self.failure(ExpressionError.error, reason)
        details = {"error": failure.error, "cause": failure.cause, "location": field, "state": self.state.name}
        # On AWS an EvaluationFailed right after StateEntered has the same previous event as StateEntered.
        if self.chain.head == self.entered_id:
            self.chain.head = self.before_id
        self.add_event("EvaluationFailed", details)
        return failure

    # --- Input and output --------------------------------------------------------------------------------------------

    def effective_input(self) -> Any:
        """Return the state's input after InputPath; a JSONata state has none."""
        self.observe("input", self.input)
        if self.state.is_jsonata:
            return self.input
        value = self.apply_path(self.state.input_path, self.input)
        self.observe("afterInputPath", value)
        return value

    def payload(self, parameters: Any, arguments: Any, value: Any) -> Any:
        """Return the evaluated Parameters or Arguments."""
        if self.state.is_jsonata:
            if isinstance(arguments, Absent):
                return value
            computed = self.evaluate(arguments, "Arguments")
            self.observe("afterArguments", computed)
            return computed
        if not isinstance(parameters, Absent):
            value = self.fill_template(parameters, value)
        self.observe("afterParameters", value)
        return value

    def work_input(self, payload: Payload, value: Any) -> Any:
        """Return the input of a task or of branches: the evaluated Parameters or Arguments.

        Raises:
            StateError: If an expression fails or the input is too large.
        """
        computed = self.payload(payload.parameters, payload.arguments, value)
        return value if computed is value else self.check_input(computed)

    def check_input(self, value: Any) -> Any:
        """Return the input of a task, a branch, an iteration or a child execution; raise a StateError if too large."""
        if not fits(value, self.input):
            raise self._too_large("has an input")
        return value

    def assign(
        self, template: Mapping[str, Any] | None, value: Any, *, within: str = "", **known: Any
    ) -> dict[str, Any]:
        """Evaluate an Assign.

        Args:
            template: The Assign, None if there is none.
            value: The value of `$` in a JSONPath state.
            within: The path of the catcher or rule that has the Assign, such as `Catch[0]/`.
            known: `result` or `error_output` for the expressions of a JSONata state.

        Returns:
            The assigned variables by name.

        Raises:
            StateError: If an expression fails or the variables are too large.
        """
        if template is None:
            return {}
        if self.state.is_jsonata:
            assigned: dict[str, Any] = self.evaluate(dict(template), f"{within}Assign", **known)
        else:
            assigned = self.fill_template(dict(template), value)
        variables = {**self.frame.variables, **assigned}
        if not (fits(assigned, self.input) and variables_fit(variables)):
            raise self._too_large("assigned variables")
        self.observe("variables", variables)
        return assigned

    def finish(self, result: Any, *, selector: Any = ABSENT, result_path: str | None = "$") -> Outcome:
        """Return the Outcome of a state that has a result.

        Args:
            result: The result of the task, branches, iterations or Pass state.
            selector: The ResultSelector, ABSENT for none.
            result_path: The ResultPath, None if it is null.
        """
        state = self.state
        if state.is_jsonata:
            assigned = self.assign(state.assign, result, result=result)
            output = result if state.output is ABSENT else self.evaluate(state.output, "Output", result=result)
            return self.check_size(Outcome(output, state.next, assigned))
        assigned = self.assign(state.assign, result)
        if selector is not ABSENT:
            result = self.fill_template(selector, result)
        self.observe("afterResultSelector", result)
        output = self.apply_result_path(result_path, result)
        self.observe("afterResultPath", output)
        return self.check_size(Outcome(self.apply_path(state.output_path, output), state.next, assigned))

    def finish_without_result(self, value: Any) -> Outcome:
        """Return the Outcome of a state without a result; its output is made from its input."""
        state = self.state
        assigned = self.assign(state.assign, value)
        if state.is_jsonata:
            output = self.input if state.output is ABSENT else self.evaluate(state.output, "Output")
        else:
            output = self.apply_path(state.output_path, value)
        return self.check_size(Outcome(output, state.next, assigned))

    def check_size(self, outcome: Outcome) -> Outcome:
        """Return an Outcome; raise a StateError if its output is too large."""
        if not fits(outcome.output, self.input, lambda _: outcome.text):
            raise self._too_large("returned a result")
        return outcome

    def _too_large(self, event: str) -> StateError:
        """Return the failure of a state whose data exceeds a limit; `event` begins the sentence about it."""
        cause = (
            f"The state/task '{self.state.name}' {event} with a size exceeding the maximum number of bytes service "
            "limit."
        )
        return StateError(DATA_LIMIT_EXCEEDED, cause)
