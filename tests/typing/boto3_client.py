"""Use of the mock with a client typed by mypy-boto3-stepfunctions: type-checked, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import boto3
import pytest

from sfn_mock import StateMachine, StepFunctionsMock, mock_sfn_executions

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import ListExecutionsOutputTypeDef
    from typing_extensions import assert_type


@mock_sfn_executions
def test_answers_are_typed(client: SFNClient, orders: StateMachine) -> None:
    answer = client.list_executions(stateMachineArn=orders.arn, statusFilter="RUNNING")
    assert_type(answer, ListExecutionsOutputTypeDef)
    assert_type([run["name"] for run in answer["executions"]], list[str])


@pytest.fixture
def client(sfn_executions: StepFunctionsMock) -> SFNClient:
    return cast("SFNClient", boto3.client("stepfunctions"))


def test_answers_can_be_loaded(sfn_executions: StepFunctionsMock, client: SFNClient) -> None:
    arn = sfn_executions.add_state_machine("orders").arn
    answer = client.list_executions(stateMachineArn=arn)
    sfn_executions.load(answer)
    sfn_executions.load(answer["executions"])
    sfn_executions.load(list(client.get_paginator("list_executions").paginate(stateMachineArn=arn)))
