"""Seed a server from a document: a seed document, or what the AWS CLI printed."""

from __future__ import annotations

from typing import Any

from sfn_mock.argument_errors import must_be
from sfn_mock.handle import StepFunctionsMock

#: Members that only answers of ListExecutions and DescribeExecution have.
_OF_ANSWERS = ("executions", "executionArn")


def store_document(sfn: StepFunctionsMock, document: Any) -> dict[str, list[str]]:
    """Store a document; return the ARNs of its state machines or, for an answer of AWS, of its executions.

    If it is neither, or has what AWS could never show, it is a ValueError; nothing is stored then.
    """
    if isinstance(document, list) or (isinstance(document, dict) and any(key in document for key in _OF_ANSWERS)):
        return {"executions": [execution.arn for execution in sfn.load(document)]}
    # Never a str, which seed() would take for a path on this machine.
    if isinstance(document, dict):
        return {"state_machines": [machine.arn for machine in sfn.seed(document)]}
    raise must_be(
        "The document",
        "an object with 'state_machines', or what `aws stepfunctions list-executions` prints",
        document,
    )
