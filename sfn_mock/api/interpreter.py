"""Whether moto's interpreter of Amazon States Language runs what is started, and how it is set to work.

``mock_sfn_executions(execute=True)`` asks for it, or ``mock_aws(config={"stepfunctions": {"execute_state_machine":
True}})``. The execution stays one like any other: the interpreter finds out how it ends, unless StopExecution or the
test ends it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto.core.config import default_user_config

from sfn_mock.store.executions import Execution

_NO_INTERPRETER = (
    "The mock is told to execute state machines, which needs moto's interpreter: pip install 'moto[stepfunctions]'"
)

_switched_on = False


@contextmanager
def switched_on() -> Iterator[None]:
    """Meanwhile it runs what is started, however ``mock_aws`` is configured."""
    global _switched_on
    _switched_on = True
    try:
        yield
    finally:
        _switched_on = False


def is_on() -> bool:
    """Whether the active mock, or ``mock_aws``, is told to execute state machines."""
    return _switched_on or bool(default_user_config.get("stepfunctions", {}).get("execute_state_machine"))


def interpret(execution: Execution) -> None:
    """Run ``execution``, which has just been started, in a thread of its own.

    NotImplementedError, and the execution is forgotten, where moto's interpreter is not installed.
    """
    try:
        # Only this needs moto's interpreter, which takes long to import.
        from sfn_mock.api.workflow_runs import WorkflowRun
    except ImportError:
        execution.owner.forget(execution)
        raise NotImplementedError(_NO_INTERPRETER) from None
    run = WorkflowRun(execution)
    execution.owner.records.runs[execution] = run
    run.start()
