"""What the undo log restores after an error, in cases that the tests of interrupts do not reach."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time
from interrupts import check_sound

from sfn_mock import mock_sfn_executions
from sfn_mock.asl.run import Run
from sfn_mock.state.clock import to_moment
from sfn_mock.state.records import Records
from sfn_mock.state.runs import DefinitionRun

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
WAITING = '{"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 60, "End": true}}}'


def test_execution_that_was_forgotten():
    """If the new owner of a free name is undone, the old execution is back."""
    with freeze_time(NOW) as clock, mock_sfn_executions(retention=DAY) as sfn:
        orders = sfn.add_state_machine("orders")
        old = orders.add_execution("old", status="SUCCEEDED")
        other = orders.add_execution("other", status="RUNNING")
        clock.tick(2 * DAY)
        executions = [{"name": "old", "status": "FAILED"}, {"name": "other", "status": "FAILED"}]
        with pytest.raises(ValueError, match="other"):
            sfn.seed({"state_machines": [{"name": "orders", "executions": executions}]})
        check_sound(sfn)

        assert [execution.name for execution in orders.executions] == ["old", "other"]
        assert orders._record.names == {"old": old._record, "other": other._record}


def test_refused_seeds_are_undone_at_once():
    """Refused seeds are undone before the error is raised, so that a report that changes nothing does not show them."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        executions = [{"name": "first", "status": "FAILED"}, {"name": "second", "status": "FALED"}]
        with pytest.raises(ValueError, match="got 'FALED'"):
            sfn.seed({"state_machines": [{"name": "orders", "executions": executions}]})

        assert orders._record.names == {}


def test_status_changes_without_a_sent_event():
    """A status change whose event was not sent is sent later."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution(status="SUCCEEDED", stop_date=NOW + DAY)
        records = sfn._session.records()
        later = to_moment(NOW + 2 * DAY, 0)
        first = records.status_changes.pop_due(later)
        records.undo.roll_back()
        records.undo.roll_back()
        again = records.status_changes.pop_due(later)
        records.undo.commit()

        assert [change.status for change in first] == ["SUCCEEDED"]
        assert again == first
        assert records.status_changes.pop_due(later) == []


def test_steps_that_are_done_twice():
    """A step of the undo log may run twice, because an interrupt may come after the first time."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        records = sfn._session.records()
        sfn.add_state_machine("orders").add_execution(status="SUCCEEDED", stop_date=NOW + DAY)
        records.status_changes.pop_due(to_moment(NOW + 2 * DAY, 0))
        for step in [*records.undo.steps, *records.undo.steps][::-1]:
            step()
        records.undo.commit()

        assert len(records.status_changes.upcoming) == 1


def test_time_limit_that_is_an_exception(monkeypatch):
    """An error from outside a task, such as a test's time limit, does not stop a run."""
    advance = DefinitionRun._advance
    fails = iter([TimeoutError("too long")])

    def fail_once(run: DefinitionRun, moment: int, *, in_turn: bool = False) -> None:
        for error in fails:
            raise error
        advance(run, moment, in_turn=in_turn)

    with freeze_time(NOW) as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=WAITING)
        client = boto3.client("stepfunctions", "us-east-1")
        client.start_execution(stateMachineArn=orders.arn)
        monkeypatch.setattr(DefinitionRun, "_advance", fail_once)
        clock.tick(DAY)
        with pytest.raises(TimeoutError):
            client.list_executions(stateMachineArn=orders.arn)

        assert [execution.status for execution in orders.executions] == ["SUCCEEDED"]


def test_checkpoint_within_an_action(monkeypatch):
    """A run that is continuing keeps its state when something else is undone."""
    checkpoints = []
    step = Run._advance_once

    def take_back(run: Run, moment: int) -> bool:
        checkpoints.append(run.checkpoint())
        checkpoints[-1]()
        return step(run, moment)

    with freeze_time(NOW) as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=WAITING)
        monkeypatch.setattr(Run, "_advance_once", take_back)
        boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=orders.arn)
        clock.tick(DAY)

        assert [execution.status for execution in orders.executions] == ["SUCCEEDED"]
    assert len(checkpoints) > 2


def test_interrupt_before_changes_are_taken_back(monkeypatch):
    """If an interrupt prevents the undo, the next use of the records does it."""
    end_use = Records._end_use
    interrupts = iter([KeyboardInterrupt()])

    def interrupt_once(records: Records, *, is_nested: bool) -> None:
        if not is_nested and records.undo.steps:
            for interrupt in interrupts:
                raise interrupt
        end_use(records, is_nested=is_nested)

    with freeze_time(NOW), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        monkeypatch.setattr(Records, "_end_use", interrupt_once)
        executions = [{"name": "first", "status": "FAILED"}, {"name": "second", "status": "FALED"}]
        with pytest.raises(KeyboardInterrupt):
            sfn.seed({"state_machines": [{"name": "orders", "executions": executions}]})
        left = list(orders._record.names)

        client = boto3.client("stepfunctions", "us-east-1")

        assert left == ["first"]
        assert client.list_executions(stateMachineArn=orders.arn)["executions"] == []
        assert list(orders.executions) == []
        check_sound(sfn)
