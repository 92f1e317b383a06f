"""After a mock, everything that it patches in other packages is as before."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import unittest.case

import boto3
import pytest
from moto import mock_aws
from moto.core.models import botocore_stubber

import sfn_mock
from sfn_mock import mock_sfn_executions
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport.patching import Patches, with_items, wrapped

PATCHED_PACKAGES = ("boto3", "botocore", "moto", "responses", "urllib3")
PATCHED_MODULES = (socket, http.client, unittest.case)


def attributes():
    """Return the identity of each function, method and class of what a mock may patch, by its name."""
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in PATCHED_PACKAGES]
    found = {}
    for module in (*modules, *PATCHED_MODULES):
        add_callables(found, module.__name__, module)
        for name, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                add_callables(found, f"{module.__name__}.{name}", value)
    add_callables(found, "botocore_stubber", botocore_stubber)
    found["boto3.DEFAULT_SESSION"] = id(boto3.DEFAULT_SESSION)
    return found


def add_callables(found, path, owner):
    found.update({f"{path}.{name}": id(value) for name, value in list(vars(owner).items()) if callable(value)})


def changed(before, after):
    """Return the names of what was added, replaced or removed."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def call_services():
    """Call Step Functions, and a service that a mock changes in moto."""
    boto3.client("stepfunctions").list_state_machines()
    boto3.client("events").list_rules()


def use_inner_mock():
    with mock_aws(), mock_sfn_executions(retry_sleeps=False, execute=True, check_paging=True):
        call_services()


def use_outer_mock():
    with mock_sfn_executions(retry_sleeps=False), mock_aws():
        call_services()


def use_installed_mock():
    sfn_mock.install()
    try:
        with mock_aws():
            call_services()
    finally:
        sfn_mock.uninstall()


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(use_inner_mock, id="mock within mock_aws"),
        pytest.param(use_outer_mock, id="mock_aws within mock"),
        pytest.param(use_installed_mock, id="installed"),
    ],
)
def test_nothing_stays_patched(use, monkeypatch):
    """After a mock, the functions of the patched packages, and the environment, are as before."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    use()  # import what is imported late
    before, environment = attributes(), dict(os.environ)
    use()

    assert changed(before, attributes()) == []
    assert dict(os.environ) == environment


def test_wrapper_of_another_tool_stays():
    """A wrapper that another tool put around a patched function stays."""

    class Owner:
        def method(self):
            return ["original"]

    def add(name):
        return lambda original: lambda self: [*original(self), name]

    mine, theirs = wrapped(Owner, "method", add("mine")), None
    with mine:
        theirs = wrapped(Owner, "method", add("theirs"))
        theirs.__enter__()

    assert Owner().method() == ["original", "mine", "theirs"]


def test_a_replaced_attribute_is_restored():
    """A replaced attribute has its old value afterwards."""

    class Owner:
        kind = "before"

    undo = UndoLog()
    Patches(undo).replace(Owner, "kind", "meanwhile")
    assert Owner.kind == "meanwhile"

    undo.roll_back()

    assert Owner.kind == "before"


def test_replaced_items_are_restored():
    """Afterwards, replaced items have their old values, and items of others stay."""
    dictionary = {"replaced": "before", "other": 1}
    with with_items(dictionary, {"replaced": "ours", "added": "ours", "theirs": "ours"}):
        assert dictionary == {"replaced": "ours", "added": "ours", "theirs": "ours", "other": 1}
        dictionary.update(theirs="theirs", more=2)

    assert dictionary == {"replaced": "before", "other": 1, "theirs": "theirs", "more": 2}
