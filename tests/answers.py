"""Answers and errors of calls, in a form that tests can compare completely."""

from __future__ import annotations

from functools import cache

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session


@cache
def made_client():
    """One client for many mocks, because its creation takes longer than a hundred calls."""
    return boto3.client("stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def needs_member(operation, member):
    """Skip a test if botocore is too old to know a member of the input or output of an operation."""
    model = Session().get_service_model("stepfunctions").operation_model(operation)
    known = {*model.input_shape.members, *model.output_shape.members}
    return pytest.mark.skipif(member not in known, reason=f"botocore is too old for {member}")


def unchecked_machine(sfn, definition, name="orders"):
    """Add a machine with an unchecked definition, like machines that are imported from moto."""
    machine = sfn.add_state_machine(name)
    machine._record.revision = machine._record.revision._replace(definition=definition)
    return machine


def members(response):
    """Return the members of an answer, without those that botocore adds."""
    return {member: value for member, value in response.items() if member != "ResponseMetadata"}


def event_types(client, run):
    """Return the types of all events in the history of an execution."""
    return [event["type"] for event in client.get_execution_history(executionArn=run.arn)["events"]]


def refusal(operation, **arguments):
    """Return code and sentence of the error of a call, and its other members if it has any."""
    with pytest.raises(ClientError) as refused:
        operation(**arguments)
    response = members(refused.value.response)
    error = response.pop("Error")
    # Services that answer in XML have the sentence only in Error.
    response.pop("message", None)
    return (error["Code"], error["Message"], *([response] if response else []))
