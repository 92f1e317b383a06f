"""The runs that a call continues: those with something due, and those that were changed."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import get_mock, mock_sfn_executions
from sfn_mock.state.runs import DefinitionRun

WAITING = json.dumps({"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "SecondsPath": "$.s", "End": True}}})


@pytest.fixture
def advanced(monkeypatch):
    """The names of the executions whose runs were continued, in order."""
    names = []
    advance_to = DefinitionRun.advance_to

    def note(run, moment, **options):
        names.append(run.own.execution.name)
        advance_to(run, moment, **options)

    monkeypatch.setattr(DefinitionRun, "advance_to", note)
    return names


@pytest.fixture
def waiting():
    """The clock, and a machine with three executions that wait for one, two and three minutes."""
    with freeze_time("2026-01-10T12:00:00Z") as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=WAITING)
        client = boto3.client("stepfunctions")
        for minutes in (1, 2, 3):
            client.start_execution(stateMachineArn=orders.arn, name=f"m{minutes}", input=f'{{"s": {60 * minutes}}}')
        yield clock, orders, client


def statuses(client, orders):
    return {item["name"]: item["status"] for item in client.list_executions(stateMachineArn=orders.arn)["executions"]}


def test_starts_advance_no_other_run(advanced, waiting):
    """While nothing is due, a start continues only its own run, and a listing none."""
    _, orders, client = waiting
    assert statuses(client, orders) == {"m1": "RUNNING", "m2": "RUNNING", "m3": "RUNNING"}

    assert advanced == ["m1", "m2", "m3"]


def test_only_due_runs_are_advanced(advanced, waiting):
    """When the clock moves, the runs with something due continue in order of their starts."""
    clock, orders, client = waiting
    advanced.clear()
    clock.tick(timedelta(minutes=2))

    assert statuses(client, orders) == {"m1": "SUCCEEDED", "m2": "SUCCEEDED", "m3": "RUNNING"}
    assert advanced == ["m1", "m2"]


def test_a_stopped_run_is_advanced(advanced, waiting):
    """A run that a call stops learns of it first at the next use, and its later moments are forgotten."""
    clock, orders, client = waiting
    client.stop_execution(executionArn=orders.executions[2].arn)
    advanced.clear()
    clock.tick(timedelta(minutes=3))

    assert statuses(client, orders) == {"m1": "SUCCEEDED", "m2": "SUCCEEDED", "m3": "ABORTED"}
    assert advanced == ["m3", "m1", "m2"]


@mock_aws
def test_run_that_calls_another_service(advanced, waiting):
    """Before another service answers, what is due is done; while nothing is, the records are left alone."""
    clock, orders, _ = waiting
    records = get_mock()._session.backend().records
    advanced.clear()
    started = records.moment
    clock.tick(timedelta(seconds=59))
    boto3.client("s3").list_buckets()
    assert (advanced, records.moment) == ([], started)

    clock.tick(timedelta(seconds=1))
    boto3.client("s3").list_buckets()
    assert (advanced, records.moment) == (["m1"], started + 60_000)
    assert [run.status for run in orders.executions] == ["SUCCEEDED", "RUNNING", "RUNNING"]


CALL = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pack"}


def pause(seconds, name):
    return {"Type": "Wait", "Seconds": seconds, "Next": name}


@pytest.mark.parametrize("jump", [pytest.param(10, id="small steps"), pytest.param(300, id="one jump")])
def test_events_of_several_runs_are_in_order_of_their_dates(jump):
    """What is due in several runs happens in order of the moments, however far the clock jumps."""
    calls = []
    with freeze_time("2026-01-10T12:00:00Z") as clock, mock_sfn_executions(execute=True) as sfn:
        client = boto3.client("stepfunctions")
        sfn.mock_lambda("pack", lambda event, context: calls.append(event["call"]))
        for name, first, second in (("a", 40, 60), ("b", 20, 30), ("c", 50, 0)):
            states = {
                "Pause": pause(first, "Call"),
                "Call": {**CALL, "Parameters": {"call": f"{name}1"}, "ResultPath": None, "Next": "Again"},
                "Again": pause(second, "CallAgain"),
                "CallAgain": {**CALL, "Parameters": {"call": f"{name}2"}, "End": True},
            }
            machine = sfn.add_state_machine(name, definition={"StartAt": "Pause", "States": states})
            client.start_execution(stateMachineArn=machine.arn)
        for _ in range(300 // jump):
            clock.tick(jump)
            client.list_state_machines()

    assert calls == ["b1", "a1", "b2", "c1", "c2", "a2"]


def test_only_due_child_executions_are_advanced(monkeypatch):
    """Child executions of a map run continue when they have something due, in order of their starts."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **json.loads(WAITING)}
    definition = {"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": processor, "End": True}}}
    inputs = []
    advance = DefinitionRun.advance_with_parent

    def note(run, moment):
        inputs.append(run.own.execution.input)
        advance(run, moment)

    monkeypatch.setattr(DefinitionRun, "advance_with_parent", note)
    with freeze_time("2026-01-10T12:00:00Z") as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=definition)
        client = boto3.client("stepfunctions")
        started = client.start_execution(stateMachineArn=orders.arn, input='[{"s": 3}, {"s": 1}, {"s": 2}, {"s": 1}]')
        inputs.clear()
        clock.tick(timedelta(seconds=2))

        assert client.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING"
        assert inputs == ['{"s":1}', '{"s":1}', '{"s":2}']
        clock.tick(timedelta(seconds=1))
        assert client.describe_execution(executionArn=started["executionArn"])["output"] == (
            '[{"s":3},{"s":1},{"s":2},{"s":1}]'
        )
        assert inputs[3:] == ['{"s":3}']
