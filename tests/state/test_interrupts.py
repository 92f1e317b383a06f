"""What an interrupt leaves of the order of executions is healed, whatever comes first."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from freezegun import freeze_time
from interrupts import check_order

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


def stop(orders):
    orders.executions[0].abort()


def redrive(orders):
    orders.executions[1].redrive()


def settle(orders):
    with orders._record.using() as moment:
        orders._record.index.settle(moment)


@pytest.mark.parametrize("action", [stop, redrive])
def test_change_before_the_healing(action):
    """An execution may change again, and another be forgotten, before the order is healed."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("running", status="RUNNING", start_date=-10 * MINUTE)
        orders.add_execution("failed", status="FAILED", start_date=-10 * MINUTE)
        orders.add_execution("other", status="SUCCEEDED", start_date=-MINUTE)
        settle(orders)
        orders._record.index.lose_order()
        action(orders)
        orders._record.index.remove(orders._record.index.executions[2])
        settle(orders)
        check_order(orders._record.index)

        assert [run.name for run in orders.executions] == ["running", "failed"]
