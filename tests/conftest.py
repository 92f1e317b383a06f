"""Every test starts as on a machine that knows nothing of AWS, and none reaches beyond it."""

from __future__ import annotations

import os
import socket

import boto3
import pytest

# pytester takes out of sys.modules what a run inside it imports first. The package is imported before, as a second copy
# of its modules would be a second mock.
import sfn_mock.activation
import sfn_mock.http_server.server  # noqa: F401

pytest_plugins = ["pytester"]

LOOPBACK = {"127.0.0.1", "0.0.0.0", "::1", "::", "localhost", "sync-localhost", None}


@pytest.fixture(autouse=True)
def no_aws_settings(monkeypatch):
    """No credentials, region, profile or default session from elsewhere, and no service to ask for them."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whoever asks for the address of another machine hears that the test is wrong."""
    getaddrinfo = socket.getaddrinfo

    def only_this_machine(host, *args, **kwargs):
        assert host in LOOPBACK, f"A call to {host} was about to leave the machine."
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", only_this_machine)


@pytest.fixture
def pytester(pytester):
    """pytest's own fixture, with the one setting that pytest-asyncio warns about the lack of."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester
