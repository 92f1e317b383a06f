"""After an interrupt at any line of a request to the server, it is answered as a whole or not at all."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
import pytest
from interrupts import check_sound, contents, executed_lines, interrupted_at
from werkzeug.test import Client

from sfn_mock import mock_sfn_executions
from sfn_mock.activation import current_session
from sfn_mock.http_server.application import Application
from sfn_mock.http_server.origins import Origins
from sfn_mock.state import clock

ARNS = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{ARNS}:stateMachine:orders"
RUNNING = f"{ARNS}:execution:orders:running"
NOON = "2026-01-10T12:00:00Z"
LATE = {"name": "late", "status": "RUNNING", "start_date": "2026-01-11T12:00:00Z"}
MACHINES = [{"name": name, "executions": [LATE, {"name": "old", "status": "FAILED"}]} for name in ("orders", "more")]
ITEM = {
    **{"executionArn": f"{ARNS}:execution:loaded:one", "stateMachineArn": f"{ARNS}:stateMachine:loaded"},
    **{"name": "one", "status": "RUNNING", "startDate": "2026-01-11T12:00:00Z"},
}
FAULT = {"operation": "ListExecutions", "error": "ThrottlingException", "times": 2}
#: The modules that only the server enters, or whose state is not that of the records.
PLACES = ("http_server", "session.py", "models.py", "instruments/calls.py", "instruments/faults.py")
PLACES += ("state/clock.py", "state/seed_warnings.py", "transport/wire.py")


def to_route(method: str, path: str, body: object = None) -> dict[str, Any]:
    """A request to a control route."""
    return {"method": method, "path": f"/sfn-mock/{path}", "json": body}


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(to_route("POST", "seed", {"state_machines": MACHINES}), id="seed"),
        pytest.param(to_route("POST", "load", [ITEM]), id="load"),
        pytest.param(to_route("POST", "end", {"execution": RUNNING, "status": "FAILED"}), id="end"),
        pytest.param(to_route("POST", "reset"), id="reset"),
        pytest.param(to_route("PUT", "clock", {"now": "2026-01-10T13:00:00Z"}), id="clock set"),
        pytest.param(to_route("DELETE", "clock"), id="clock not set"),
        pytest.param(to_route("POST", "faults", FAULT), id="fault"),
        pytest.param(to_route("DELETE", "faults"), id="no faults"),
        pytest.param(to_route("DELETE", "calls"), id="no calls"),
        pytest.param(to_route("GET", "info"), id="info"),
        pytest.param(to_route("GET", "executions?state_machine=orders"), id="search"),
        pytest.param(to_route("GET", "copy?as=json"), id="copy"),
        pytest.param(
            {
                **{"method": "POST", "path": "/", "headers": {"X-Amz-Target": "AWSStepFunctions.StartExecution"}},
                "data": json.dumps({"stateMachineArn": MACHINE, "name": "new"}),
            },
            id="call",
        ),
    ],
)
def test_interrupted_request(request_: dict[str, Any]) -> None:
    """A request changes everything that it should or nothing, whichever line is interrupted."""

    def found() -> Any:
        session = current_session()
        moment = clock.setting() and clock.setting().moment
        faults = [(fault.operation, fault.count) for fault in session.faults]
        calls = session.call_log
        state = [contents(records) for records in session.all_records()], moment, faults
        return state, (len(calls.calls), len(calls._answers), calls._bytes)

    def outcome(watch: AbstractContextManager[Any]) -> Any:
        clock.set_to(clock.to_moment(NOON, 0), tick=False)
        with mock_sfn_executions():
            with watch:
                client.open(**request_)
            check_sound(sfn)
            return found()

    with clock.restored(), mock_sfn_executions() as sfn:
        clock.set_to(clock.to_moment(NOON, 0), tick=False)
        client = Client(Application(current_session(), lambda *_: [], "1.0", Origins(loopback=True)))
        sfn.add_state_machine("orders").add_execution("running", status="RUNNING")
        sfn.add_state_machine("elsewhere", region="eu-west-1").add_execution(status="RUNNING")
        sfn.add_fault("ListExecutions", error="ThrottlingException")
        boto3.client("stepfunctions", "us-east-1").describe_execution(executionArn=RUNNING)
        before = found()
        outcome(nullcontext())
        lines = executed_lines()
        after = outcome(lines)
        for line in lines.chosen(*PLACES):
            state, recorded = outcome(interrupted_at(line))
            if request_["path"] == "/":
                # A call is recorded after its changes are complete.
                assert state in (before[0], after[0]), line
                assert recorded in (before[1], after[1]), line
            else:
                assert (state, recorded) in (before, after), line
