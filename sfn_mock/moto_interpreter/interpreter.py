"""How moto's interpreter of Amazon States Language is set to work.

The execution stays one like any other: the interpreter finds out how it ends, unless StopExecution or the test ends it
first.
"""

from __future__ import annotations

from sfn_mock.state.executions import Execution

_NO_INTERPRETER = (
    "The mock is told to execute state machines, which needs moto's interpreter: pip install 'moto[stepfunctions]'"
)


def interpret(execution: Execution) -> None:
    """Run ``execution``, which has just been started, in a thread of its own.

    NotImplementedError, and the execution is forgotten, where moto's interpreter is not installed.
    """
    try:
        # Only this needs moto's interpreter, which takes long to import.
        from sfn_mock.moto_interpreter.workflow_runs import WorkflowRun
    except ImportError:
        execution.owner.forget(execution)
        raise NotImplementedError(_NO_INTERPRETER) from None
    run = WorkflowRun(execution)
    execution.owner.records.runs[execution] = run
    run.start()
