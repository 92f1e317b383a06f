"""The transports "direct" and "wire" give the same answers."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.utils import parse_timestamp
from every_operation import (
    CALLS,
    MACHINE,
    NOW,
    comparable,
    in_order,
    over,
)
from freezegun import freeze_time

from sfn_mock import mock_sfn_executions
from sfn_mock.transport import local_dates


@pytest.mark.parametrize(
    ("operation", "arguments"), [pytest.param(*call, id=f"{index}-{call[0]}") for index, call in enumerate(CALLS)]
)
@pytest.mark.parametrize("ignored", [pytest.param([], id="frozen"), pytest.param(["botocore"], id="botocore unfrozen")])
def test_both_transports_give_the_same(operation, arguments, ignored):
    """Keys, order, values, classes, zones, ResponseMetadata and errors are equal."""
    with freeze_time(NOW, ignore=ignored):
        assert over("direct", operation, arguments) == over("wire", operation, arguments)


def test_every_operation_is_compared():
    """The calls above include each operation of the API."""
    with mock_sfn_executions():
        methods = boto3.client("stepfunctions").meta.method_to_api_mapping

    assert {name for name, _ in CALLS} == set(methods)


@freeze_time(NOW)
def test_answers_are_copies(sfn_executions):
    """A change of an answer does not change the store."""
    client = boto3.client("stepfunctions")
    arns = [MACHINE, sfn_executions.add_state_machine("orders").publish_version().arn]
    client.create_state_machine_alias(
        name="live", routingConfiguration=[{"stateMachineVersionArn": arns[1], "weight": 100}]
    )
    client.tag_resource(resourceArn=MACHINE, tags=[{"key": "team", "value": "orders"}])
    calls = [
        lambda: client.describe_state_machine(stateMachineArn=MACHINE),
        lambda: client.describe_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live"),
        lambda: client.list_tags_for_resource(resourceArn=MACHINE),
    ]
    before = [in_order(comparable(call())) for call in calls]

    for call in calls:
        spoil(call())

    assert [in_order(comparable(call())) for call in calls] == before


def spoil(value):
    """Empty every container in the value, the innermost first."""
    for part in list(value.values()) if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            spoil(part)
    value.clear()


# --- Dates -------------------------------------------------------------------------------------------------------


@pytest.fixture
def zone(monkeypatch):
    """Set the machine's time zone, as the environment variable TZ does."""

    def set_zone(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "around",
    [
        pytest.param("2026-03-29T01:00:00", id="clocks go forward in Europe"),
        pytest.param("2026-10-25T01:00:00", id="clocks go back in Europe"),
        pytest.param("2026-03-08T07:00:00", id="clocks go forward in America"),
        pytest.param("2026-11-01T06:00:00", id="clocks go back in America"),
        pytest.param("2026-04-04T15:00:00", id="clocks go back on Lord Howe"),
        pytest.param("2026-07-01T00:00:00", id="summer"),
        pytest.param("2026-01-01T00:00:00", id="winter"),
    ],
)
def test_dates_are_those_of_botocores_parser(zone, name, around):
    """In every zone and around each clock change, dates equal those of botocore's parser."""
    zone(name)
    middle = datetime.fromisoformat(around).replace(tzinfo=timezone.utc).timestamp()
    moments = [round((middle + step * 1799.871) * 1000) for step in range(-200, 201)]
    expected = [in_order(parse_timestamp(moment / 1000)) for moment in moments]

    assert [in_order(local_dates.current()(moment)) for moment in moments] == expected
    assert [in_order(date) for date in local_dates.current().each(moments)] == expected


def test_dates_follow_a_change_of_zone(zone):
    """If the time zone changes between two calls, later dates are in the new zone."""
    zone("UTC")
    in_utc = local_dates.current()(0)
    zone("Asia/Kolkata")

    in_kolkata = local_dates.current()(0)

    assert (in_utc, in_utc.utcoffset()) == (in_kolkata, timedelta(0))
    assert in_kolkata.utcoffset() == timedelta(hours=5, minutes=30)


def test_dates_without_a_zone_of_the_machine(monkeypatch):
    """Near 1970, whose offset Windows does not know, dates come from botocore's parser."""
    original = time.localtime

    def localtime(seconds):
        if seconds < 0:
            raise OSError("Invalid argument")
        return original(seconds)

    monkeypatch.setattr(local_dates.time, "localtime", localtime)
    dates = local_dates.LocalDates()

    assert [dates(moment) for moment in (0, 250)] == [parse_timestamp(seconds) for seconds in (0, 0.25)]
