"""Seeds with fixed dates: no answer depends on the day of the run, and every day can be frozen."""

from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError
from freezegun import freeze_time

from sfn_mock import SeedWarning, mock_sfn_executions
from sfn_mock.state import clock

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
DAY = timedelta(days=1)
ROLE = "arn:aws:iam::123456789012:role/orders"


def milliseconds(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


@pytest.fixture
def machine_shows(monkeypatch):
    """Set the machine's own clock, which no test has frozen, to some day."""

    def show(moment):
        monkeypatch.setattr(clock, "_machines_time", lambda: milliseconds(moment))

    return show


def refusal_of_redrive(client, execution):
    try:
        client.redrive_execution(executionArn=execution.arn)
    except ClientError as error:
        return error.response["Error"]["Message"]
    return None


# --- The machine's own clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(NOW + DAY, id="the day after"),
        pytest.param(NOW + 15 * DAY, id="after the 14 days of a redrive"),
        pytest.param(NOW + 91 * DAY, id="after the 90 days of a name"),
        pytest.param(NOW + 400 * DAY, id="after the year of an execution"),
        pytest.param(datetime(9999, 12, 30, tzinfo=timezone.utc), id="in the year 9999"),
    ],
)
def test_no_answer_depends_on_the_day(client, orders, machine_shows, day):
    """If no test controls the clock, seeds with fixed dates get the same answers on every day."""
    machine_shows(day)
    failed = orders.add_execution("failed", status="FAILED", start_date=NOW - DAY, stop_date=NOW)
    running = orders.add_execution("running", status="RUNNING", start_date=NOW - DAY)
    children = running.add_map_run("ProcessItems", start_date=NOW)
    lost = children.add_execution("lost", status="FAILED", start_date=NOW, stop_date=NOW)

    items = client.list_executions(stateMachineArn=orders.arn)["executions"]
    assert [(item["name"], item["status"], item.get("stopDate")) for item in items] == [
        ("failed", "FAILED", NOW),
        ("running", "RUNNING", None),
    ]
    assert client.describe_map_run(mapRunArn=children.arn)["executionCounts"]["failuresNotRedrivable"] == 0
    assert client.describe_execution(executionArn=lost.arn)["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(stateMachineArn=orders.arn, name="failed")
    client.stop_execution(executionArn=running.arn)
    assert refusal_of_redrive(client, failed) is None
    assert refusal_of_redrive(client, running) is None


@pytest.mark.sfn_executions(retention=1000 * DAY)
@pytest.mark.parametrize(
    ("stop_date", "reason"),
    [
        pytest.param(NOW, "Execution redrivable period exceeded", id="14 days"),
        pytest.param(NOW + 365 * DAY, "Execution has exceeded the max execution time", id="a year"),
    ],
)
def test_retention_brings_the_periods_of_redrives(client, orders, machine_shows, stop_date, reason):
    """A mock with a retention counts AWS's days on the machine's own clock."""
    machine_shows(NOW + 366 * DAY)
    execution = orders.add_execution(status="FAILED", start_date=NOW, stop_date=stop_date)

    assert refusal_of_redrive(client, execution) == reason


# --- Seeds that change with the day ----------------------------------------------------------------------------

LIMITED = {"StartAt": "Done", "TimeoutSeconds": 3600, "States": {"Done": {"Type": "Succeed"}}}
CHANGES = "The {} is RUNNING until {}, a fixed date, so that the test changes its result on that day"


def seed_execution(sfn, **seed):
    sfn.add_state_machine("orders").add_execution(status="FAILED", **seed)


def seed_many(sfn, **seed):
    sfn.add_state_machine("orders").add_executions(2, status="FAILED", **seed)


def seed_map_run(sfn, **seed):
    parent = sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date=NOW)
    parent.add_map_run("Items", status="FAILED", **seed)


def seed_limited(sfn, **seed):
    sfn.add_state_machine("limited", definition=LIMITED).add_execution(status="RUNNING", **seed)


def message(kind, end):
    return CHANGES.format(kind, end)


@pytest.mark.parametrize(
    ("seed", "dates", "expected"),
    [
        pytest.param(
            seed_execution,
            {"start_date": "2026-01-09", "stop_date": "2026-12-24T08:00:00Z"},
            message("execution", "2026-12-24T08:00:00.000Z"),
            id="text",
        ),
        pytest.param(
            seed_execution,
            {"start_date": -DAY, "stop_date": datetime(2026, 12, 24, tzinfo=timezone.utc)},
            message("execution", "2026-12-24T00:00:00.000Z"),
            id="datetime",
        ),
        pytest.param(
            seed_execution,
            {"stop_date": date(2026, 12, 24)},
            message("execution", "2026-12-24T00:00:00.000Z"),
            id="date",
        ),
        pytest.param(
            seed_execution,
            {"start_date": NOW - DAY, "duration": "3d"},
            message("execution", "2026-01-12T03:00:00.000Z"),
            id="duration from a date",
        ),
        pytest.param(
            seed_many,
            {"start_date": NOW - DAY, "duration": "3d"},
            message("execution", "2026-01-12T03:00:01.000Z"),
            id="many",
        ),
        pytest.param(
            seed_map_run, {"stop_date": NOW + 2 * DAY}, message("map run", "2026-01-12T03:00:00.000Z"), id="map run"
        ),
        pytest.param(
            seed_limited,
            {"start_date": "2026-01-01T00:00:00Z"},
            message("execution", "2026-01-01T01:00:00.000Z"),
            id="TimeoutSeconds that are over",
        ),
        pytest.param(seed_execution, {"stop_date": 2 * DAY}, None, id="counted from now"),
        pytest.param(seed_execution, {"stop_date": "+2d"}, None, id="text counted from now"),
        pytest.param(seed_execution, {"duration": 2 * DAY}, None, id="duration from now"),
        pytest.param(seed_execution, {"stop_date": NOW + DAY}, None, id="within a day"),
        pytest.param(seed_execution, {"start_date": NOW - DAY, "stop_date": NOW}, None, id="over"),
        pytest.param(seed_limited, {}, None, id="TimeoutSeconds from now"),
    ],
)
def test_seed_that_a_day_changes(sfn, machine_shows, seed, dates, expected):
    """If no test controls the clock, a fixed future date at which a status changes gives a warning."""
    machine_shows(NOW)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        seed(sfn, **dates)

    sentences = [str(warning.message) for warning in caught if warning.category is SeedWarning]
    assert sentences == (
        [] if expected is None else [f"{expected}: freeze the clock, or count the dates from now, as in '-2h'."]
    )


def test_a_frozen_clock_has_no_other_day(orders, clock):
    """With a frozen clock there is no warning."""
    execution = orders.add_execution(status="FAILED", stop_date=NOW + 100 * DAY)

    assert execution.status == "RUNNING"


# --- Frozen days at the ends of the calendar -------------------------------------------------------------------

WAITING = '{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":60,"End":true}}}'


@pytest.mark.parametrize("transport", ["direct", "wire"])
@pytest.mark.parametrize(
    "day",
    [
        pytest.param("0001-01-02T00:00:00.000Z", id="first year"),
        pytest.param("1969-12-31T23:59:59.999Z", id="before 1970"),
        pytest.param("2024-02-29T23:59:59.000Z", id="leap day"),
        pytest.param("2038-01-19T03:14:08.000Z", id="more than 32 bits of seconds"),
        pytest.param("9999-12-31T23:59:59.000Z", id="last day"),
    ],
)
def test_any_day_can_be_frozen(kept_client, day, transport):
    """Calls, views and the table of calls work on every day at which a clock can be frozen."""
    client = kept_client
    with freeze_time(day), mock_sfn_executions(transport=transport) as sfn:
        machine = client.create_state_machine(name="orders", definition=WAITING, roleArn=ROLE)["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=machine)["executionArn"]
        client.stop_execution(executionArn=execution)
        [item] = client.list_executions(stateMachineArn=machine)["executions"]
        rows = str(sfn.calls).splitlines()

        assert clock.describe_date(item["startDate"]) == clock.describe_date(item["stopDate"]) == day
        assert clock.describe_date(sfn.get_execution(execution).start_date) == day
        assert [row.split()[0] for row in rows[1:]] == [day] * 4
        assert rows[3].endswith(f"  stopDate={day}")
