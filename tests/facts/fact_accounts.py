"""The accounts in which facts are checked: that of the mock, or one of AWS, with permission."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import boto3

#: The environment variable that permits calls to AWS and their cost.
PERMISSION = "SFN_MOCK_AWS_PERMITTED"
#: The ARN of a role that Step Functions may assume; it needs no policies.
ROLE = "SFN_MOCK_AWS_ROLE"
#: The price of a state transition of a STANDARD machine beyond the free tier, in US dollars (us-east-1).
TRANSITION_PRICE = 0.000025
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def missing(environment: Mapping[str, str], transitions: int) -> str | None:
    """Return a sentence about what is missing to check facts on AWS, and their cost; None if nothing is missing."""
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
    """A client of Step Functions, with two state machines and an execution in its account."""

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
        """Create a state machine that `delete` deletes, and return its ARN."""
        self._names += 1
        # A deleted machine blocks its name for some minutes.
        own = f"sfn-mock-{name or self._names}-{time.time_ns()}"
        made = self.client.create_state_machine(
            name=own, definition=json.dumps(definition), roleArn=self._role_arn, **options
        )
        self._machines.append(made["stateMachineArn"])
        return made["stateMachineArn"]

    def wait_for(self, execution_arn: str) -> dict[str, Any]:
        """Wait until an execution has ended, and return its description."""
        while (described := self.client.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
            time.sleep(1)
        return described

    def fill_in(self, value: Any) -> Any:
        """Return a value with the placeholders in its texts replaced."""
        if isinstance(value, str):
            for name, text in self._texts.items():
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, Mapping):
            return {name: self.fill_in(member) for name, member in value.items()}
        return [self.fill_in(member) for member in value] if isinstance(value, (list, tuple)) else value

    def delete(self) -> None:
        """Delete the state machines that `make_machine` created."""
        for arn in self._machines:
            self.client.delete_state_machine(stateMachineArn=arn)


def client_of_aws() -> Any:
    """Return a client with the credentials of the environment."""
    return boto3.session.Session().client("stepfunctions")
