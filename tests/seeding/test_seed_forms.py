"""Seeding methods take the forms of seed files: short dates and durations, dates, dicts and lists."""

from __future__ import annotations

import json
import time
import warnings
from datetime import date, datetime, timedelta, timezone

import pytest

from sfn_mock import SeedWarning
from sfn_mock.types import OutcomeDict, SeedDocument

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
WAIT = {"StartAt": "Hold", "States": {"Hold": {"Type": "Wait", "Seconds": 5, "End": True}}}
DANGLING = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("given", "start"),
    [
        pytest.param("-2h", NOW - 2 * HOUR, id="hours ago"),
        pytest.param("-PT30M", NOW - HOUR / 2, id="ISO 8601 length ago"),
        pytest.param("now", NOW, id="now"),
        pytest.param(date(2026, 1, 9), datetime(2026, 1, 9, tzinfo=timezone.utc), id="date"),
        pytest.param(datetime(2026, 1, 9, 8), datetime(2026, 1, 9, 8, tzinfo=timezone.utc), id="naive datetime"),
    ],
)
def test_forms_of_dates(clock, orders, given, start):
    """Relative dates and dates without a time are in UTC."""
    assert orders.add_execution(status="RUNNING", start_date=given).start_date == start


def test_forms_of_lengths(clock, orders):
    """Each duration may be text."""
    run = orders.add_execution(status="FAILED", start_date="-1h", duration="5m")
    many = orders.add_executions(2, status="FAILED", start_date="-2h", interval="PT1M", duration="30s")
    orders.on_start(status="SUCCEEDED", duration="1h30m")

    assert run.stop_date == NOW - 55 * timedelta(minutes=1)
    assert [one.start_date for one in many] == [NOW - 2 * HOUR, NOW - 119 * timedelta(minutes=1)]
    assert many[0].stop_date == NOW - 2 * HOUR + timedelta(seconds=30)


def test_values_become_compact_json(orders):
    """Dicts, lists and numbers become compact JSON; text is not changed."""
    run = orders.add_execution(status="SUCCEEDED", input={"order": 7, "of": "é"}, output=[1, 2])
    other = orders.add_execution(status="RUNNING", input='{ "a": 1 }')
    other.succeed({"b": [None]})
    other_output = other.output
    other.output = 5

    assert (run.input, run.output) == ('{"order":7,"of":"é"}', "[1,2]")
    assert (other.input, other_output, other.output) == ('{ "a": 1 }', '{"b":[null]}', "5")


@pytest.mark.parametrize("value", [{1, 2}, {"a": NOW}, [float("nan")]], ids=["set", "date within", "NaN"])
def test_value_that_is_not_json_is_refused(orders, value):
    """The error names the argument."""
    with pytest.raises(ValueError) as refused:
        orders.add_execution(status="RUNNING", input=value)
    expected = f"input must be JSON text, or a dict, list or number to be written as JSON, got {value!r}"
    assert str(refused.value) == expected
    assert orders.executions == []


def test_a_status_alone_is_an_outcome(client, orders):
    """on_start and on_redrive take a status by position, with the details by keyword."""
    orders.on_start("FAILED", error="Broken")
    arn = client.start_execution(stateMachineArn=orders.arn)["executionArn"]

    assert client.describe_execution(executionArn=arn)["error"] == "Broken"
    with pytest.raises(ValueError, match=r"^status must be given once, got it by position and by keyword$"):
        orders.on_start("FAILED", status="FAILED")


def test_typed_dicts_are_taken(client, sfn_executions):
    """The types of sfn_mock.types describe outcomes and seed documents."""
    outcome: OutcomeDict = {"status": "SUCCEEDED", "output": {"ok": True}}
    document: SeedDocument = {"state_machines": [{"name": "orders", "on_start": outcome, "definition": WAIT}]}
    (orders,) = sfn_executions.seed(document)
    arn = client.start_execution(stateMachineArn=orders.arn)["executionArn"]

    assert client.describe_execution(executionArn=arn)["output"] == '{"ok":true}'
    assert json.loads(orders.definition) == WAIT


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        pytest.param(
            DANGLING,
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next, "
            'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C',
            id="dict",
        ),
        pytest.param("[]", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null", id="no object"),
        pytest.param(
            '{"StartAt": "P", "States": {"P": {"Type": "Nap", "End": true}}}',
            "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: "
            "[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/P/Type",
            id="text",
        ),
    ],
)
def test_definition_is_checked_as_create_state_machine_does(client, sfn_executions, definition, sentence):
    """Seeding and CreateStateMachine refuse the same definitions, with the same sentences."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    with pytest.raises(client.exceptions.InvalidDefinition) as of_call:
        client.create_state_machine(name="a", definition=text, roleArn="arn:aws:iam::123456789012:role/a")
    with pytest.raises(ValueError) as of_seed:
        sfn_executions.add_state_machine("a", definition=definition)
    with pytest.raises(ValueError) as of_document:
        sfn_executions.seed({"state_machines": [{"name": "a", "definition": definition}]})

    assert str(of_seed.value).startswith(f"definition must be one that AWS accepts, got {sentence}")
    assert str(of_document.value) == f"state_machines[0].{of_seed.value}"
    assert sentence in str(of_call.value)
    assert sfn_executions.state_machines == []


@pytest.fixture
def set_zone(monkeypatch):
    """Sets the local time zone of the machine."""

    def set_zone(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def berlin(set_zone):
    """A machine whose local time zone is not UTC."""
    set_zone("Europe/Berlin")


def test_naive_date_warns_once(berlin, sfn_executions, orders):
    """If the local zone is not UTC, the first naive date in a mock warns that it was read as UTC."""
    with pytest.warns(SeedWarning, match=r"^start_date 2026-01-09 has no time zone and was read as UTC"):
        orders.add_execution(status="RUNNING", start_date="2026-01-09")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        orders.add_executions(1, status="RUNNING", start_date=datetime(2026, 1, 9))
        sfn_executions.add_state_machine("orders", region="eu-west-1", creation_date=datetime(2026, 1, 9))
        sfn_executions.reset()
        sfn_executions.add_state_machine("orders", creation_date=datetime(2026, 1, 9))


@pytest.mark.parametrize(("given", "count"), [("2025-03-29", 0), ("2025-03-31", 1)], ids=["winter", "summer"])
def test_naive_date_warns_where_its_day_has_an_offset(set_zone, orders, given, count):
    """In a zone with UTC in winter, a naive date warns in summer."""
    set_zone("Europe/London")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        orders.add_execution(status="FAILED", start_date=given)

    assert len(caught) == count


def test_naive_date_of_a_map_run_warns(berlin, orders):
    """A naive date of a map run warns as one of an execution does."""
    run = orders.add_execution(status="RUNNING", start_date="2026-01-09T00:00:00Z")

    with pytest.warns(SeedWarning, match=r"^start_date 2026-01-09 has no time zone and was read as UTC"):
        run.add_map_run("Items", start_date="2026-01-09")


def test_naive_date_of_many_warns(berlin, orders):
    """A naive date of many executions warns as one of an execution does."""
    with pytest.warns(SeedWarning, match=r"^start_date 2026-01-09 has no time zone and was read as UTC"):
        orders.add_executions(2, status="FAILED", start_date="2026-01-09")


def test_naive_date_of_a_machine_warns(berlin, sfn_executions):
    """A naive creation date of a state machine warns as a date of an execution does."""
    with pytest.warns(SeedWarning, match=r"^creation_date 2026-01-09 00:00:00 has no time zone and was read as UTC"):
        sfn_executions.add_state_machine("invoices", creation_date=datetime(2026, 1, 9))


@pytest.mark.parametrize("given", ["2026-01-09T00:00:00Z", "-2h", -HOUR, None], ids=repr)
def test_date_with_a_zone_does_not_warn(berlin, orders, given):
    """A date with a time zone does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        orders.add_execution(status="RUNNING", start_date=given)


def test_naive_date_does_not_warn_under_a_frozen_clock(berlin, clock, orders):
    """Under a frozen clock a naive date does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        orders.add_execution(status="RUNNING", start_date=datetime(2026, 1, 9))
