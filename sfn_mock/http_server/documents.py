"""Take what people give a server to seed: a seed document, or what the AWS CLI printed."""

from __future__ import annotations

from typing import Any

from sfn_mock.handle import StepFunctionsMock

#: Members by which an answer of ListExecutions or DescribeExecution is known.
_OF_ANSWERS = ("executions", "executionArn")


def take(sfn: StepFunctionsMock, document: Any) -> dict[str, list[str]]:
    """Store what a document says, and return the ARNs of its state machines or, of an answer, of its executions.

    Raises:
        ValueError: For what is neither, and for what AWS could never show; nothing is stored then.
    """
    if isinstance(document, list) or (isinstance(document, dict) and any(key in document for key in _OF_ANSWERS)):
        return {"executions": [execution.arn for execution in sfn.load(document)]}
    # Never a str, which seed() would take for a path on this machine.
    if isinstance(document, dict):
        return {"state_machines": [machine.arn for machine in sfn.seed(document)]}
    raise ValueError("It is neither a seed file nor what `aws stepfunctions list-executions` prints.")
