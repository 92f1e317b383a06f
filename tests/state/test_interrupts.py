"""After an interrupt, the sorted order of executions is restored, whatever happens next."""

from __future__ import annotations

import signal
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time
from interrupts import Interrupt, check_order, check_sound

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


def stop(orders):
    orders.executions[0].abort()


def redrive(orders):
    orders.executions[1].redrive()


def settle(orders):
    with orders._record.using() as moment:
        orders._record.index.update_to(moment)


@pytest.mark.parametrize("action", [stop, redrive])
def test_change_before_the_order_is_restored(action):
    """An execution may change, and another be removed, before the order is restored."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("running", status="RUNNING", start_date=-10 * MINUTE)
        orders.add_execution("failed", status="FAILED", start_date=-10 * MINUTE)
        orders.add_execution("other", status="SUCCEEDED", start_date=-MINUTE)
        settle(orders)
        orders._record.index.invalidate()
        action(orders)
        orders._record.index.remove(orders._record.index.executions[2])
        settle(orders)
        check_order(orders._record.index)

        assert [run.name for run in orders.executions] == ["running", "failed"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that sends signals")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_storm_of_signals():
    """Signals at any moment lose no execution whose start was answered, and leave no incomplete change."""
    is_armed = False

    def interrupt(*_: object) -> None:
        nonlocal is_armed
        if is_armed:
            is_armed = False
            raise Interrupt

    answered = []
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        client = boto3.client("stepfunctions", "us-east-1")
        before = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0003)
        try:
            for number in range(150):
                with suppress(Interrupt):
                    is_armed = True
                    client.start_execution(stateMachineArn=orders.arn, name=f"{number}")
                    answered.append(f"{number}")
                    is_armed = False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        check_sound(sfn)
        found = [execution.name for execution in orders.executions]
        listed = client.list_executions(stateMachineArn=orders.arn, maxResults=1000)["executions"]

        assert {*answered} <= {*found}
        assert len(found) == len({*found}) == len(listed)
