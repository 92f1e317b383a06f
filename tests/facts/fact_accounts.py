"""Accounts on which facts are tried: the mock's, or one of AWS, if somebody gives it and permits that."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import boto3

#: Says that somebody permits calls to AWS, and what they cost.
PERMISSION = "SFN_MOCK_AWS_PERMITTED"
#: The ARN of a role that Step Functions may assume; it needs no policies.
ROLE = "SFN_MOCK_AWS_ROLE"
#: What a state transition of a STANDARD machine costs beyond the free tier, in US dollars (us-east-1).
TRANSITION_PRICE = 0.000025
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def missing(environment: Mapping[str, str], transitions: int) -> str | None:
    """Say what is missing before facts may be tried on AWS, and what they cost; None if nothing is."""
    absent = [name for name in (PERMISSION, ROLE) if not environment.get(name)]
    if not environment.get("AWS_PROFILE") and not environment.get("AWS_ACCESS_KEY_ID"):
        absent.append("AWS_PROFILE or AWS_ACCESS_KEY_ID")
    if not absent:
        return None
    return (
        f"The facts make state machines in the account, start them, and delete them: {transitions} state transitions, "
        f"{transitions * TRANSITION_PRICE:.4f} US dollars at most. Not set: {', '.join(absent)}."
    )


class Account:
    """Step Functions of an account, with two machines and an execution."""

    def __init__(self, client: Any, role_arn: str) -> None:
        self.client = client
        self._role_arn = role_arn
        self._machines: list[str] = []
        self._names = 0
        orders = self.make_machine(PASS, "orders", publish=True)
        quick = self.make_machine(PASS, "quick", type="EXPRESS")
        run = client.start_execution(stateMachineArn=orders, name="run")["executionArn"]
        self.wait_for(run)
        prefix = orders.partition("stateMachine:")[0]
        self._texts = {"prefix": prefix, "role": role_arn, "orders": orders, "quick": quick, "run": run}

    def make_machine(self, definition: Mapping[str, Any], name: str | None = None, **options: Any) -> str:
        """Make a state machine that `delete` deletes, and return its ARN."""
        self._names += 1
        # A name is free again only some minutes after its machine was deleted.
        own = f"sfn-mock-{name or self._names}-{time.time_ns()}"
        made = self.client.create_state_machine(
            name=own, definition=json.dumps(definition), roleArn=self._role_arn, **options
        )
        self._machines.append(made["stateMachineArn"])
        return made["stateMachineArn"]

    def wait_for(self, execution_arn: str) -> dict[str, Any]:
        """Return the description of an execution that has ended."""
        while (told := self.client.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
            time.sleep(1)
        return told

    def fill_in(self, value: Any) -> Any:
        """Return a value with the names in its texts replaced by what they stand for."""
        if isinstance(value, str):
            for name, text in self._texts.items():
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, Mapping):
            return {name: self.fill_in(member) for name, member in value.items()}
        return [self.fill_in(member) for member in value] if isinstance(value, (list, tuple)) else value

    def delete(self) -> None:
        """Delete the state machines that were made."""
        for arn in self._machines:
            self.client.delete_state_machine(stateMachineArn=arn)


def client_of_aws() -> Any:
    """Return a client of the account that the environment names."""
    return boto3.session.Session().client("stepfunctions")
