"""After an interrupt at any line, a seed document or recording of several accounts is stored whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timezone
from typing import Any

import pytest
from freezegun import freeze_time
from interrupts import check_sound, executed_lines, interrupted_at

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
ACCOUNTS = ("123456789012", "210987654321", "333333333333")
#: The modules that store and undo changes of several records: each execution of a line is interrupted.
PLACES = ("state/joint_use.py", "state/store.py", "state/undo_log.py")


def seed(sfn: Any) -> None:
    """Seed one execution for each account; the mock's own account is named once and left out once."""
    entries = [{"name": "orders", "account_id": id, "executions": [{"status": "FAILED"}]} for id in ACCOUNTS]
    sfn.seed({"state_machines": [*entries[::-1], {"name": "own", "executions": [{"status": "FAILED"}]}]})


def load(sfn: Any) -> None:
    """Load one execution for each account."""
    prefixes = [f"arn:aws:states:us-east-1:{id}:" for id in ACCOUNTS]
    sfn.load(
        [
            {
                "executionArn": f"{prefix}execution:orders:nightly",
                "stateMachineArn": f"{prefix}stateMachine:orders",
                "name": "nightly",
                "status": "RUNNING",
                "startDate": NOW,
            }
            for prefix in prefixes
        ]
    )


@pytest.mark.filterwarnings("ignore::sfn_mock.SeedWarning")
@pytest.mark.parametrize("store", [seed, load])
def test_interrupted_document(store: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of several accounts are stored as a whole or not at all, whichever line is interrupted."""

    def outcome(watch: AbstractContextManager[Any]) -> list[str]:
        with mock_sfn_executions():
            with watch:
                store(sfn)
            check_sound(sfn)
            return [execution.arn for machine in sfn.state_machines for execution in machine.executions]

    monkeypatch.setenv("SFN_MOCK_SOAK", "1")
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        outcome(nullcontext())
        lines = executed_lines()
        after = outcome(lines)
        assert len({arn.split(":")[4] for arn in after}) == 3
        for line in lines.chosen(*PLACES):
            assert outcome(interrupted_at(line)) in ([], after), line
