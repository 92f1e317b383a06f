"""Whether moto's interpreter of Amazon States Language runs what is started, and how it is set to work.

``mock_aws(config={"stepfunctions": {"execute_state_machine": True}})`` asks for it. The execution stays one like any
other: the interpreter finds out how it ends, unless StopExecution or the test ends it first.
"""

from __future__ import annotations

from moto.core.config import default_user_config

from sfn_mock.store.executions import Execution

_NO_INTERPRETER = (
    "mock_aws is configured to execute state machines, which needs moto's interpreter: pip install "
    "'moto[stepfunctions]'"
)


def is_on() -> bool:
    """Whether the active ``mock_aws`` is configured to execute state machines."""
    return bool(default_user_config.get("stepfunctions", {}).get("execute_state_machine"))


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
