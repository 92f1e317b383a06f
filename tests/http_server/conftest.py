"""Fixtures of the tests of the server: its handle, and a client of it."""

from __future__ import annotations

import boto3
import pytest


@pytest.fixture
def sfn(sfn_executions_server):
    """The handle of a mock with a server."""
    return sfn_executions_server


@pytest.fixture
def client(sfn):
    """A client that calls the server."""
    return boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)
