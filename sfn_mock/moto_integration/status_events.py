"""Send an event to the default bus of moto's EventBridge for each status change of an execution."""

from __future__ import annotations

import json
import sys
from typing import Any

from moto.core.models import botocore_stubber

from sfn_mock.operations import status_events
from sfn_mock.state.records import Execution
from sfn_mock.state.status_changes import StatusChange
from sfn_mock.state.status_listeners import add_listener
from sfn_mock.state.undo_log import UndoLog


def send(undo: UndoLog) -> None:
    """Send an event for each change of status while a ``mock_aws`` is active."""
    add_listener(undo, _put)


def _put(change: StatusChange[Execution]) -> None:
    models: Any = sys.modules.get("moto.events.models")
    # Before the first call of EventBridge there is no rule that an event could match.
    if models is None or not botocore_stubber.enabled:
        return
    records = change.execution.owner.records
    backend = models.events_backends[records.account_id][records.region]
    if not backend.event_buses["default"].rules:
        return
    event = status_events.event(change)
    backend.put_events(
        [
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Resources": event["resources"],
                "Detail": json.dumps(event["detail"]),
                "Time": change.moment // 1000,
            }
        ]
    )
