"""The clock: every form of date becomes a moment, and every answer is for the current moment."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import time
from datetime import datetime, timedelta, timezone
from functools import partial
from operator import attrgetter
from threading import Thread
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from answers import made_client
from botocore.exceptions import ClientError
from freezegun import freeze_time

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def orders(sfn_executions):
    return sfn_executions.add_state_machine("orders", creation_date="2025-01-01")


def listed(client, **arguments):
    """Each listed execution's name, status, start date and stop date, newest first."""
    answer = client.list_executions(stateMachineArn=MACHINE, **arguments)
    return [(item["name"], item["status"], item["startDate"], item.get("stopDate")) for item in answer["executions"]]


def statuses(client):
    return {name: status for name, status, _, _ in listed(client)}


def utc(*fields):
    return datetime(*fields, tzinfo=timezone.utc)


# --- Forms of date -----------------------------------------------------------------------------------------------

FORMS = [
    pytest.param(utc(2026, 1, 10, 2), utc(2026, 1, 10, 2), id="datetime in UTC"),
    pytest.param(
        datetime(2026, 1, 10, 3, tzinfo=timezone(timedelta(hours=1))), utc(2026, 1, 10, 2), id="datetime with an offset"
    ),
    pytest.param(
        datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        utc(2025, 10, 26, 0, 30),
        id="datetime in an hour that comes twice, the first time",
    ),
    pytest.param(
        datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        utc(2025, 10, 26, 1, 30),
        id="datetime in an hour that comes twice, the second time",
    ),
    pytest.param(datetime(2026, 1, 10, 2), utc(2026, 1, 10, 2), id="naive datetime is UTC"),
    pytest.param(datetime(2026, 1, 10, 2, 0, 0, 250999), utc(2026, 1, 10, 2, 0, 0, 250000), id="microseconds are cut"),
    pytest.param("2026-01-10T02:00:00Z", utc(2026, 1, 10, 2), id="text with Z"),
    pytest.param("2026-01-10T03:30:00+01:30", utc(2026, 1, 10, 2), id="text with an offset"),
    pytest.param("2026-01-09T21:00:00-0500", utc(2026, 1, 10, 2), id="text with a short offset"),
    pytest.param("2026-01-10T02:00:00", utc(2026, 1, 10, 2), id="text without a zone is UTC"),
    pytest.param("2026-01-10T02:00:00.250Z", utc(2026, 1, 10, 2, 0, 0, 250000), id="text with milliseconds"),
    pytest.param("2026-01-10T02:00:00.250999Z", utc(2026, 1, 10, 2, 0, 0, 250000), id="text, microseconds are cut"),
    pytest.param("2026-01-10T02:00:00.250999999Z", utc(2026, 1, 10, 2, 0, 0, 250000), id="text, nanoseconds are cut"),
    pytest.param("2026-01-10 02:00", utc(2026, 1, 10, 2), id="text with a blank for the T"),
    pytest.param("2026-01-10", utc(2026, 1, 10), id="text of a day"),
    pytest.param("1970-01-01", utc(1970, 1, 1), id="the first moment"),
    pytest.param(timedelta(0), NOW, id="timedelta of nothing is now"),
    pytest.param(timedelta(hours=-10), utc(2026, 1, 10, 2), id="timedelta before now"),
    pytest.param(timedelta(microseconds=-1), NOW - MILLISECOND, id="timedelta rounds down too"),
]


@pytest.mark.parametrize(("given", "shown"), FORMS)
def test_every_form_of_date(client, clock, orders, given, shown):
    """Dates may be datetimes, ISO 8601 text or a timedelta from now; listings show UTC milliseconds."""
    run = orders.add_execution("one", status="RUNNING", start_date=given)

    assert run.start_date == shown
    assert listed(client) == [("one", "RUNNING", shown, None)]


@pytest.mark.parametrize(("given", "shown"), FORMS)
def test_every_argument_that_is_a_date_takes_every_form(client, clock, sfn_executions, orders, given, shown):
    """Stop dates, redrive dates and creation dates take the same forms as start dates."""
    run = orders.add_execution(status="FAILED", start_date="1970-01-01", stop_date=given, redrive_date=given)
    dated = sfn_executions.add_state_machine("dated", creation_date=given)

    assert run.stop_date == run.redrive_date == dated.creation_date == shown
    assert client.describe_execution(executionArn=run.arn)["stopDate"] == shown
    assert client.describe_execution(executionArn=run.arn)["redriveDate"] == shown
    assert client.describe_state_machine(stateMachineArn=dated.arn)["creationDate"] == shown


def test_the_last_date_is_one_that_every_time_zone_can_show(client, clock, orders):
    """The last date that a seed may have is in the year 9999."""
    with pytest.warns(UserWarning, match="is after now"):
        orders.add_execution("last", status="RUNNING", start_date="9999-12-31")
    clock.move_to(utc(9999, 12, 31))

    assert listed(client) == [("last", "RUNNING", utc(9999, 12, 31), None)]


def test_dates_are_given_out_in_utc(clock, orders):
    """The dates of a record are aware datetimes in UTC, whatever zone they were given in."""
    run = orders.add_execution(status="SUCCEEDED", start_date="2026-01-10T03:00:00+01:00", duration=MINUTE)

    assert run.start_date.isoformat() == "2026-01-10T02:00:00+00:00"
    assert run.stop_date.isoformat() == "2026-01-10T02:01:00+00:00"


ISO = "ISO 8601 text like '2026-01-10T02:00:00Z'"
NO_MOMENT = f"a datetime, a date, {ISO}, or a timedelta from now like '-2h', '+5m' or 'now'"
NO_TEXT = f"{ISO}, or a time from now like '-2h', '+5m' or 'now'"
OUTSIDE = "must be in the years 1970 to 9999, as AWS's dates are"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param(1768010400, f" must be {NO_MOMENT}, got 1768010400", id="epoch seconds"),
        pytest.param(True, f" must be {NO_MOMENT}, got True", id="bool"),
        pytest.param(b"2026-01-10", f" must be {NO_MOMENT}, got b'2026-01-10'", id="bytes"),
        pytest.param(["2026-01-10"], f" must be {NO_MOMENT}, got ['2026-01-10']", id="list"),
        pytest.param("", f" must be {NO_TEXT}, got ''", id="empty text"),
        pytest.param("yesterday", f" must be {NO_TEXT}, got 'yesterday'", id="text of another kind"),
        pytest.param("2026-02-30", f" must be {NO_TEXT}, got '2026-02-30'", id="text of a day there never was"),
        pytest.param(
            "2026-01-10T02:00:00+25:00",
            f" must be {NO_TEXT}, got '2026-01-10T02:00:00+25:00'",
            id="text with an offset of more than a day",
        ),
        pytest.param(
            "9999-12-31T24:00:00",
            f" must be {NO_TEXT}, got '9999-12-31T24:00:00'",
            id="text after the last date",
        ),
        pytest.param("\uff12026-01-10", f" must be {NO_TEXT}, got '\uff12026-01-10'", id="text with a wide digit"),
        pytest.param("1969-12-31T23:59:59.999Z", f" {OUTSIDE}", id="before 1970"),
        pytest.param("9999-12-31T00:00:00.001Z", f" {OUTSIDE}", id="after 9999 in some time zone"),
        pytest.param(datetime.min, f" {OUTSIDE}", id="the first datetime"),
        pytest.param(
            datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), f" {OUTSIDE}", id="the first datetime, far east"
        ),
        pytest.param(datetime.max, f" {OUTSIDE}", id="the last datetime"),
        pytest.param(timedelta.min, f" {OUTSIDE}", id="the longest time ago"),
        pytest.param(timedelta.max, f" {OUTSIDE}", id="the longest time ahead"),
    ],
)
@pytest.mark.parametrize("argument", ["start_date", "stop_date", "redrive_date", "creation_date"])
def test_value_that_is_not_a_date_is_refused(clock, sfn_executions, orders, argument, given, sentence):
    """A value that is not a date raises a ValueError with the argument and the forms of dates."""
    seed = {
        "creation_date": partial(sfn_executions.add_state_machine, "undated"),
    }.get(argument, partial(orders.add_execution, status="FAILED"))

    with pytest.raises(ValueError) as refusal:
        seed(**{argument: given})

    assert str(refusal.value) == argument + sentence
    assert (sfn_executions.state_machines, orders.executions) == ([orders], [])


# --- Clocks that move the mock -----------------------------------------------------------------------------------


@pytest.fixture
def day(orders):
    """Three executions of one day: an hour from 13:00, one from 14:00 that runs on, and a closed one."""
    with pytest.warns(UserWarning, match="is after now"):
        orders.add_execution("hour", status="FAILED", start_date=NOW + 60 * MINUTE, duration=60 * MINUTE)
    with pytest.warns(UserWarning, match="is after now"):
        orders.add_execution("open", status="RUNNING", start_date=NOW + 120 * MINUTE)
    orders.add_execution("closed", status="SUCCEEDED", start_date=NOW - MINUTE)
    return orders


CLOSED = ("closed", "SUCCEEDED", NOW - MINUTE, NOW - MINUTE)
OPEN = ("open", "RUNNING", utc(2026, 1, 10, 14), None)
#: The listing from each moment on.
DAY = {
    NOW: [CLOSED],
    utc(2026, 1, 10, 12, 59, 59, 999000): [CLOSED],
    utc(2026, 1, 10, 13): [("hour", "RUNNING", utc(2026, 1, 10, 13), None), CLOSED],
    utc(2026, 1, 10, 13, 59, 59, 999000): [("hour", "RUNNING", utc(2026, 1, 10, 13), None), CLOSED],
    # Of equal dates the execution that was added last is the newest.
    utc(2026, 1, 10, 14): [OPEN, ("hour", "FAILED", utc(2026, 1, 10, 13), utc(2026, 1, 10, 14)), CLOSED],
    utc(2030, 1, 1): [OPEN, ("hour", "FAILED", utc(2026, 1, 10, 13), utc(2026, 1, 10, 14)), CLOSED],
}


@pytest.mark.parametrize("others", [0, 100], ids=["alone", "among many that do not change"])
def test_freezegun_moves_it_forwards_and_backwards(client, clock, day, others):
    """A listing depends only on the seeds and on now, not on earlier moments."""
    day.add_executions(others, status="SUCCEEDED", start_date="2026-01-01")

    def at(moment):
        clock.move_to(moment)
        return [item for item in listed(client, maxResults=3) if not item[0].startswith("execution-")]

    assert [at(moment) for moment in DAY] == list(DAY.values())
    assert [at(moment) for moment in reversed(DAY)] == list(reversed(DAY.values()))


def test_freezegun_ticks_move_it(client, clock, day):
    """`tick` moves the clock by a second, or by the given time."""
    clock.tick(timedelta(minutes=59, seconds=59))
    assert "hour" not in statuses(client)

    clock.tick()

    assert statuses(client)["hour"] == "RUNNING"


def test_time_machine_moves_it_forwards_and_backwards(client, sfn_executions):
    """time-machine moves the clock as freezegun does."""
    with time_machine.travel(NOW, tick=False) as traveller:
        orders = sfn_executions.add_state_machine("orders")
        orders.add_execution("hour", status="FAILED", start_date=NOW, duration=60 * MINUTE)
        orders.add_execution("now", status="RUNNING")
        # No warning tells that the result changes on a fixed date.
        sfn_executions.add_state_machine("days").add_execution(
            status="FAILED", start_date=NOW, duration=timedelta(days=2)
        )
        seen = [listed(client)]
        for move in (60 * MINUTE, -MILLISECOND, -60 * MINUTE):
            traveller.shift(move)
            seen.append(listed(client))

    assert seen == [
        [("now", "RUNNING", NOW, None), ("hour", "RUNNING", NOW, None)],
        [("hour", "FAILED", NOW, NOW + 60 * MINUTE), ("now", "RUNNING", NOW, None)],
        [("now", "RUNNING", NOW, None), ("hour", "RUNNING", NOW, None)],
        [],
    ]


def test_the_innermost_freeze_decides(client, clock, orders):
    """The innermost freeze applies; after it the outer one applies again."""
    orders.add_execution("hour", status="FAILED", duration=60 * MINUTE)
    with freeze_time(NOW + 60 * MINUTE):
        later = statuses(client)

    assert (later, statuses(client)) == ({"hour": "FAILED"}, {"hour": "RUNNING"})


def test_a_ticking_clock_runs_from_the_frozen_date(sfn_executions):
    """With `tick=True` the clock runs on from the frozen date."""
    with freeze_time(NOW, tick=True):
        run = sfn_executions.add_state_machine("orders").add_execution(status="RUNNING")

    assert NOW <= run.start_date < NOW + MINUTE


def test_the_clock_of_the_machine_moves_it_by_default(client, sfn_executions):
    """Without a freeze, now is the machine's time, rounded down to the millisecond."""
    orders = sfn_executions.add_state_machine("orders")
    before = time.time_ns() // 1_000_000
    orders.add_execution("one", status="SUCCEEDED")
    after = time.time_ns() // 1_000_000

    ((_, status, start, stop),) = listed(client)
    assert status == "SUCCEEDED"
    assert start == stop
    assert before <= (start - datetime(1970, 1, 1, tzinfo=timezone.utc)) // MILLISECOND <= after


def test_a_start_between_two_milliseconds_is_listed_at_once(client, sfn_executions):
    """Now is rounded down, so that a new execution has started already."""
    with freeze_time("2026-01-10 12:00:00.000999"):
        orders = sfn_executions.add_state_machine("orders")
        orders.add_execution("seeded", status="SUCCEEDED")
        client.start_execution(stateMachineArn=MACHINE, name="started")
        seen = listed(client)

    assert seen == [("started", "RUNNING", NOW, None), ("seeded", "SUCCEEDED", NOW, NOW)]


def start_by_client(client, orders):
    client.start_execution(stateMachineArn=MACHINE, name="threaded")


def start_by_handle(client, orders):
    orders.add_execution("threaded", status="RUNNING")


@pytest.mark.parametrize(
    "start",
    [pytest.param(start_by_client, id="by the client"), pytest.param(start_by_handle, id="by the test")],
)
def test_a_thread_sees_the_frozen_time(client, clock, orders, start):
    """A thread without its own frozen clock uses the frozen time of the mock."""
    thread = Thread(target=start, args=(client, orders))
    thread.start()
    thread.join()

    assert listed(client) == [("threaded", "RUNNING", NOW, None)]


# --- Readings of the clock ---------------------------------------------------------------------------------------


@pytest.fixture
def no_garbage_collection():
    """Turn off collections, because Hypothesis reads the clock at each of them."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def ticking(sfn_executions, no_garbage_collection):
    """A clock that moves by a minute at each reading, and one record of each kind."""
    with freeze_time(NOW, auto_tick_seconds=60) as clock:
        orders = sfn_executions.add_state_machine("orders")
        abroad = sfn_executions.add_state_machine("orders", region="eu-west-1")
        running = orders.add_execution("running", status="RUNNING")
        failed = orders.add_execution("failed", status="FAILED")
        batch = running.add_map_run("Items")
        yield SimpleNamespace(
            clock=clock,
            sfn=sfn_executions,
            client=made_client(),
            orders=orders,
            abroad=abroad,
            running=running,
            failed=failed,
            batch=batch,
        )


def refused(call, **arguments):
    with pytest.raises((ClientError, ValueError, LookupError, RuntimeError)):
        call(**arguments)


ITEM = {
    "executionArn": "arn:aws:states:us-east-1:123456789012:execution:loaded:one",
    "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:loaded",
    "name": "one",
    "status": "RUNNING",
    "startDate": "2026-01-01T00:00:00Z",
}
ITEM_ABROAD = {name: text.replace("us-east-1", "eu-west-1") for name, text in ITEM.items()}


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda world: world.client.list_executions(stateMachineArn=MACHINE), id="ListExecutions"),
        pytest.param(
            lambda world: world.client.list_executions(mapRunArn=world.batch.arn), id="ListExecutions by map run"
        ),
        pytest.param(lambda world: world.client.start_execution(stateMachineArn=MACHINE), id="StartExecution"),
        pytest.param(lambda world: world.client.stop_execution(executionArn=world.running.arn), id="StopExecution"),
        pytest.param(
            lambda world: world.client.describe_execution(executionArn=world.running.arn), id="DescribeExecution"
        ),
        pytest.param(
            lambda world: world.client.redrive_execution(executionArn=world.failed.arn), id="RedriveExecution"
        ),
        pytest.param(lambda world: world.client.list_map_runs(executionArn=world.running.arn), id="ListMapRuns"),
        pytest.param(lambda world: world.client.describe_map_run(mapRunArn=world.batch.arn), id="DescribeMapRun"),
        pytest.param(
            lambda world: world.client.describe_state_machine(stateMachineArn=MACHINE), id="DescribeStateMachine"
        ),
        pytest.param(lambda world: world.client.publish_state_machine_version(stateMachineArn=MACHINE), id="Publish"),
        pytest.param(
            lambda world: refused(world.client.list_executions, stateMachineArn=f"{MACHINE}:7"),
            id="ListExecutions, refused",
        ),
        pytest.param(
            lambda world: refused(world.client.list_executions, stateMachineArn=MACHINE, statusFilter="failed"),
            id="ListExecutions, refused by the model",
        ),
        pytest.param(lambda world: world.sfn.add_state_machine("other"), id="add_state_machine"),
        pytest.param(lambda world: world.sfn.load([ITEM, ITEM_ABROAD]), id="load, two regions"),
        pytest.param(attrgetter("sfn.state_machines"), id="state_machines, two regions"),
        pytest.param(lambda world: world.sfn.get_state_machine("orders"), id="get_state_machine, name"),
        pytest.param(lambda world: world.sfn.get_state_machine(world.abroad.arn), id="get_state_machine, ARN"),
        pytest.param(lambda world: world.sfn.get_execution(world.failed.arn), id="get_execution"),
        pytest.param(lambda world: world.sfn.get_map_run(world.batch.arn), id="get_map_run"),
        pytest.param(lambda world: refused(world.sfn.get_execution, arn="none"), id="get_execution, none"),
        pytest.param(lambda world: world.orders.add_execution(status="SUCCEEDED"), id="add_execution"),
        pytest.param(lambda world: refused(world.orders.add_execution, status="DONE"), id="add_execution, refused"),
        pytest.param(
            lambda world: world.orders.add_execution(
                status="FAILED", start_date=-MINUTE, stop_date=timedelta(0), redrive_date=timedelta(0)
            ),
            id="add_execution, dates from now",
        ),
        pytest.param(lambda world: world.orders.add_executions(100, status="SUCCEEDED"), id="add_executions"),
        pytest.param(lambda world: world.orders.publish_version(), id="publish_version"),
        pytest.param(lambda world: world.orders.on_start(status="SUCCEEDED"), id="on_start"),
        pytest.param(lambda world: world.running.add_map_run(), id="add_map_run"),
        pytest.param(lambda world: world.batch.add_execution(status="SUCCEEDED"), id="add_execution, child"),
        pytest.param(lambda world: world.batch.add_executions(100, status="SUCCEEDED"), id="add_executions, children"),
        pytest.param(lambda world: world.running.succeed(), id="succeed"),
        pytest.param(lambda world: refused(world.failed.succeed), id="succeed, refused"),
        pytest.param(lambda world: world.running.fail(), id="fail"),
        pytest.param(lambda world: world.running.time_out(), id="time_out"),
        pytest.param(lambda world: world.running.abort(), id="abort"),
        pytest.param(lambda world: world.failed.redrive(), id="redrive"),
        pytest.param(lambda world: refused(world.running.redrive), id="redrive, refused"),
        pytest.param(attrgetter("failed.status"), id="status"),
        pytest.param(attrgetter("failed.stop_date"), id="stop_date"),
        pytest.param(attrgetter("failed.redrive_count"), id="redrive_count"),
        pytest.param(attrgetter("failed.redrive_date"), id="redrive_date"),
        pytest.param(attrgetter("failed.output"), id="output"),
        pytest.param(attrgetter("failed.error"), id="error"),
        pytest.param(attrgetter("failed.cause"), id="cause"),
        pytest.param(lambda world: repr(world.failed), id="repr"),
        pytest.param(attrgetter("batch.status"), id="status of a map run"),
        pytest.param(attrgetter("batch.stop_date"), id="stop_date of a map run"),
    ],
)
def test_each_use_reads_the_clock_once(ticking, use):
    """A call, or a use of the handle, reads the clock once."""
    before = ticking.clock.time_to_freeze

    use(ticking)

    assert ticking.clock.time_to_freeze - before == MINUTE


def test_date_header_is_the_frozen_date(client, clock, orders):
    """The Date header of an answer is the frozen date."""
    headers = client.list_executions(stateMachineArn=MACHINE)["ResponseMetadata"]["HTTPHeaders"]

    assert headers["date"] == "Sat, 10 Jan 2026 12:00:00 GMT"


def test_first_mock_under_a_frozen_clock():
    """If the package is loaded under a frozen clock, later mocks do not see that clock."""
    program = """
        import boto3
        from freezegun import freeze_time
        from sfn_mock import mock_sfn_executions

        def dates():
            with mock_sfn_executions() as sfn:
                orders = sfn.add_state_machine("orders")
                run = orders.add_execution(status="RUNNING", start_date="2026-01-10T12:00:00Z")
                listed = boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)["executions"]
                return [type(date).__name__ for date in (run.start_date, *(item["startDate"] for item in listed))]

        with freeze_time("2026-01-10 13:00:00"):
            dates()
        print(dates())
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)

    assert (run.stdout.strip(), run.stderr) == ("['datetime', 'datetime']", "")
