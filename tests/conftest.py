"""Fixtures of all tests. Every test starts without AWS settings, and none leaves the machine."""

from __future__ import annotations

import gc
import os
import socket
import time

import boto3
import botocore.session
import freezegun.api
import pytest
from botocore.loaders import create_loader
from freezegun import freeze_time

# pytester removes from sys.modules what a run inside it imports first. The package is imported before, because a second
# copy of its modules would be a second mock.
import sfn_mock.activation
import sfn_mock.http_server.server  # noqa: F401
from sfn_mock.asl.jsonata.library import library

# The JSONata library, too: it imports its own modules again and again, and takes no function of another copy for one.
library()

pytest_plugins = ["pytester"]


#: By name of the module: the module, the number of its names, and those that freezegun replaces.
_date_attributes = {}


def _find_date_attributes(module):
    """Return the attributes of a module that freezegun replaces; look again only if names were added or removed."""
    size = len(getattr(module, "__dict__", ()))
    known = _date_attributes.get(module.__name__)
    if known is None or known[0] is not module or known[1] != size:
        freezegun.api._setup_module_cache(module)
        known = (module, size, freezegun.api._GLOBAL_MODULES_CACHE[module.__name__][1])
        _date_attributes[module.__name__] = known
    return known[2]


# freezegun sorts and hashes the names of every module whenever it freezes a clock, which took a quarter of the suite's
# time. If a later version lacks this function, the tests are slower, but still right.
freezegun.api._get_cached_module_attributes = _find_date_attributes

#: What botocore has read: the models of services, the endpoints and the names of all services.
_read_data = {}


def _create_loader(search_path=None):
    """Return a loader of botocore that reads what no other has read, unless it searches other folders."""
    loader = create_loader(search_path)
    if search_path is None:
        loader._cache = _read_data
    return loader


# Each session of botocore reads its data again, which took a quarter of the suite's time. Nothing changes the data. If
# a later version of botocore keeps it elsewhere, the tests are slower, but still right.
botocore.session.create_loader = _create_loader

LOOPBACK = {"127.0.0.1", "0.0.0.0", "::1", "::", "localhost", "sync-localhost", None}


def forget_aws_settings(monkeypatch):
    """Remove what boto3 reads from the machine: credentials, region, profile and default session."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def pytest_collection_finish():
    """Leave what was imported and collected out of later garbage collections: each run of pytester makes several."""
    gc.collect()
    gc.freeze()


def is_for_aws(request):
    """Return whether a test may reach AWS."""
    return request.node.get_closest_marker("aws") is not None


@pytest.fixture(autouse=True)
def no_aws_settings(request, monkeypatch):
    """Remove credentials, region, profile and default session of the machine."""
    if not is_for_aws(request):
        forget_aws_settings(monkeypatch)


@pytest.fixture(autouse=True)
def no_network(request, monkeypatch):
    """Make the test fail if it looks up the address of another machine."""
    if is_for_aws(request):
        return
    getaddrinfo = socket.getaddrinfo

    def only_this_machine(host, *args, **kwargs):
        assert host in LOOPBACK, f"A call to {host} was about to leave the machine."
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", only_this_machine)


@pytest.fixture
def pytester(pytester):
    """pytest's fixture with the setting without which pytest-asyncio warns; it does not import Hypothesis."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = -p no:hypothesispytest\n")
    return pytester


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that botocore asks for, which take no time here."""
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def run_module(pytester):
    """Run a test module in the order in which it is written, and return pytest's result."""

    def run_module(source, *arguments):
        # By default the module has the name of the test function, which a module of this suite may have too.
        pytester.makepyfile(test_of_users=source)
        return pytester.runpytest("-p", "no:randomly", *arguments)

    return run_module


@pytest.fixture
def clock(request):
    """freezegun's clock, frozen at the NOW of the test's module until the test moves it."""
    with freeze_time(request.module.NOW) as clock:
        yield clock


@pytest.fixture
def sfn(sfn_executions):
    """The handle of the mock."""
    return sfn_executions


@pytest.fixture(scope="session")
def kept_client():
    """One client for all tests, because its creation takes longer than a hundred calls; every mock answers it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        forget_aws_settings(monkeypatch)
        client = boto3.client(
            "stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
    return client


@pytest.fixture
def client(sfn, kept_client):
    """A client of the mock, in the region of its handle. A test that adds handlers to a client creates its own."""
    return kept_client


@pytest.fixture
def orders(sfn):
    """A STANDARD state machine named orders."""
    return sfn.add_state_machine("orders")
