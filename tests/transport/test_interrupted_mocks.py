"""After an interrupt at the start or end of a mock, the process is as before."""

from __future__ import annotations

import http.client
import os
import socket
from contextlib import nullcontext
from datetime import datetime, timezone
from typing import Any
from unittest.case import _AssertRaisesContext

import boto3
import pytest
import responses
from botocore.hooks import EventAliaser
from freezegun import freeze_time
from interrupts import executed_lines, interrupted_at
from moto.core.models import MockAWS, botocore_stubber
from moto.stepfunctions.models import stepfunctions_backends
from urllib3.connectionpool import HTTPConnectionPool

from sfn_mock import activation, mock_sfn_executions
from sfn_mock.session import Session
from sfn_mock.state import clock as mock_clock

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
PATCHED = (EventAliaser, MockAWS, HTTPConnectionPool, responses.RequestsMock, _AssertRaisesContext, socket.socket)


def process() -> Any:
    """Everything in the process that a mock changes."""
    methods = [
        {name: id(value) for name, value in vars(owner).items() if callable(value)}
        for owner in (*PATCHED, http.client.HTTPConnection, socket)
    ]
    return (
        *(dict(os.environ), boto3.DEFAULT_SESSION, methods, vars(botocore_stubber).get("process_request")),
        *(stepfunctions_backends.backend, dict(stepfunctions_backends)),
        *(activation._activation, activation._entry.get(), activation._lock.locked(), mock_clock._reading.get()),
    )


def test_interrupted_outermost_mock(monkeypatch):
    """Whichever line is interrupted, nothing of the mock is left, and the next mock starts empty."""
    monkeypatch.setenv("AWS_PROFILE", "mine")

    def use(watch: Any) -> None:
        mock = mock_sfn_executions()
        with watch, mock as sfn:
            sfn.add_state_machine("orders")
        if activation._activation is not None:
            # If it is interrupted before the first line of __exit__, the mock is still active.
            mock.stop()

    with freeze_time(NOW):
        use(nullcontext())
        before = process()
        lines = executed_lines()
        use(lines)
        for line in lines.chosen():
            use(interrupted_at(line))

            assert process() == before, line


def test_interrupted_inner_mock():
    """Whichever line is interrupted, the changes of the inner mock are undone, and the outer one continues."""
    with freeze_time(NOW), mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders")
        outer = process()

        def use(watch: Any) -> None:
            mock = mock_sfn_executions()
            with watch, mock:
                sfn.add_state_machine("inner")
            if activation._entry.get() != outer[7]:
                mock.stop()

        use(nullcontext())
        lines = executed_lines()
        use(lines)
        for line in lines.chosen():
            use(interrupted_at(line))

            assert process() == outer, line
            assert [machine.name for machine in sfn.state_machines] == ["orders"], line


def test_mock_that_cannot_begin(monkeypatch):
    """After an error at the start of a mock, the process is as before."""
    before = process()

    def fail(*args: object) -> None:
        raise OSError("no")

    monkeypatch.setattr("sfn_mock.activation.expected_errors.accept", fail)
    mock = mock_sfn_executions()
    with pytest.raises(OSError, match="no"):
        mock.start()

    assert process() == before
    with pytest.raises(RuntimeError, match="this mock is not active"):
        mock.stop()


def test_end_that_fails_once(monkeypatch):
    """After an error at the end of a mock, nothing of it is left."""
    before = process()
    fails = iter([OSError("no")])
    close = Session.close

    def fail_once(session: Session) -> None:
        for error in fails:
            raise error
        close(session)

    monkeypatch.setattr(Session, "close", fail_once)
    with pytest.raises(OSError, match="no"), mock_sfn_executions() as sfn:
        assert process() != before

    assert process() == before
    with pytest.raises(RuntimeError, match="has ended"):
        sfn.add_state_machine("orders")


def test_end_that_fails_before_it_begins(monkeypatch):
    """A with statement tries the end again; after stop() the mock is active, and can be stopped."""
    before = process()
    fails = iter([OSError("no"), OSError("no")])
    end = activation.end

    def fail(*arguments: Any) -> None:
        for error in fails:
            raise error
        end(*arguments)

    monkeypatch.setattr(activation, "end", fail)
    mock = mock_sfn_executions()
    mock.start()
    with pytest.raises(OSError, match="no"):
        mock.stop()
    with pytest.raises(OSError, match="no"), mock:
        assert process() != before
    mock.stop()

    assert process() == before
