"""Check outcomes that a test gives: the state in which executions fail, and the outcomes of their type."""

from __future__ import annotations

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.asl.routes import find_route, read_program, state_names
from sfn_mock.state.outcomes import Outcome, check_express
from sfn_mock.state.records import Execution, ExecutionScope
from sfn_mock.state.revisions import Revision
from sfn_mock.suggestions import did_you_mean


def check_failed_in(scope: ExecutionScope, failed_in: str | None, revision: Revision) -> None:
    """Raise ArgumentError unless `failed_in` is None or a state in which a revision can fail."""
    if failed_in is None:
        return
    program = read_program(revision.definition, scope.label)
    names = state_names(program)
    if failed_in not in names:
        expected = f"a state in the definition of {scope.state_machine_arn}"
        raise must_be("failed_in", expected, failed_in, did_you_mean(failed_in, names))
    if find_route(program, failed_in) is None:
        problem = f"must be a state that an execution can reach, got {failed_in!r}: no state leads to it"
        raise ArgumentError("failed_in", problem)


def check_fails_in(execution: Execution, failed_in: str | None) -> None:
    """Raise ValueError unless `failed_in` is None or a state in which an execution can fail."""
    if failed_in is not None and execution.owner.records.run_of(execution) is not None:
        problem = (
            f"must be left out, got {failed_in!r}: the definition of {execution.arn} runs and fails in its current "
            f"state; give the state's task an error with mock_task() instead"
        )
        raise ArgumentError("failed_in", problem)
    check_failed_in(execution.owner, failed_in, execution.revision)


def check_outcome(scope: ExecutionScope, outcome: Outcome) -> Outcome:
    """Return an outcome; raise ValueError if the executions of a scope cannot have it."""
    check_failed_in(scope, outcome.ending.failed_in, scope.revision_for(None))
    return check_express(outcome) if scope.execution_type == "EXPRESS" else outcome
