"""RedriveExecution: what can be redriven, and how answers and lists show a redriven execution."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import members, refusal

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MILLISECOND = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:orders:nightly"
UNSUCCESSFUL = ["FAILED", "TIMED_OUT", "ABORTED"]


@pytest.fixture
def nightly(orders):
    """An execution that failed just now."""
    return orders.add_execution("nightly", status="FAILED", error="Late", cause="Rain", input="[7]")


def redrive(client, **arguments):
    return client.redrive_execution(**{"executionArn": EXECUTION} | arguments)


def describe(client, arn=EXECUTION):
    return members(client.describe_execution(executionArn=arn))


def described(**more):
    """The answer of DescribeExecution for "nightly", redriven once, except for ``more``."""
    return {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "name": "nightly",
        "startDate": NOW,
        "input": "[7]",
        "inputDetails": {"included": True},
        "redriveCount": 1,
        **more,
    }


RUNNING = {
    "status": "RUNNING",
    "redriveStatus": "NOT_REDRIVABLE",
    "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
}


# --- Redriven executions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", UNSUCCESSFUL)
def test_redriven_execution_runs_again(client, orders, clock, status):
    """The answer is the redrive's date; stop date, error and cause are removed, the rest stays."""
    orders.add_execution("nightly", status=status, input="[7]")
    clock.tick(MINUTE)
    answer = redrive(client)
    clock.tick(30 * DAY)

    assert members(answer) == {"redriveDate": NOW + MINUTE}
    assert describe(client) == described(redriveDate=NOW + MINUTE, **RUNNING)
    assert members(client.list_executions(stateMachineArn=MACHINE)) == {
        "executions": [
            {
                "executionArn": EXECUTION,
                "stateMachineArn": MACHINE,
                "name": "nightly",
                "status": "RUNNING",
                "startDate": NOW,
                "redriveCount": 1,
                "redriveDate": NOW + MINUTE,
            }
        ]
    }


def test_redriven_execution_ends_again(client, nightly, clock):
    """After its end a redriven execution shows redriveCount and redriveDate."""
    redrive(client)
    clock.tick(MINUTE)
    nightly.succeed("[8]")

    assert describe(client) == described(
        status="SUCCEEDED",
        stopDate=NOW + MINUTE,
        output="[8]",
        outputDetails={"included": True},
        redriveDate=NOW,
        redriveStatus="NOT_REDRIVABLE",
        redriveStatusReason="Execution is SUCCEEDED and cannot be redriven",
    )


def test_each_redrive_counts(client, nightly, clock):
    """redriveCount is the number of redrives, and redriveDate the date of the last one."""
    for _ in range(3):
        clock.tick(MINUTE)
        redrive(client)
        clock.tick(MINUTE)
        client.stop_execution(executionArn=EXECUTION)

    assert describe(client) == described(
        status="ABORTED",
        stopDate=NOW + 6 * MINUTE,
        redriveCount=3,
        redriveDate=NOW + 5 * MINUTE,
        redriveStatus="REDRIVABLE",
    )


def test_version_and_alias_stay(client, orders):
    """A redrive does not change version and alias, wherever the alias routes now."""
    orders.add_alias("live", orders.publish_version())
    orders.add_execution("nightly", status="FAILED", alias="live")
    orders.add_alias("live", orders.publish_version())
    redrive(client)

    answer = describe(client)
    assert (answer["stateMachineVersionArn"], answer["stateMachineAliasArn"]) == (f"{MACHINE}:1", f"{MACHINE}:live")


def test_on_start_is_not_for_redrives(client, orders, nightly, clock):
    """on_start does not apply to redrives: a redriven execution stays RUNNING."""
    orders.on_start(status="SUCCEEDED", duration=MINUTE)
    redrive(client)
    clock.tick(DAY)

    assert describe(client) == described(redriveDate=NOW, **RUNNING)


def test_redriven_execution_is_sorted_by_its_redrive(client, orders, clock):
    """RUNNING executions sort by redrive or start date, others by stop date, newest first."""

    def listed():
        return [item["name"] for item in client.list_executions(stateMachineArn=MACHINE)["executions"]]

    orders.add_execution("old", status="RUNNING", start_date=-DAY)
    nightly = orders.add_execution("nightly", status="FAILED", start_date=-2 * DAY, duration=MINUTE)
    orders.add_execution("new", status="SUCCEEDED", duration=timedelta(0))
    assert listed() == ["new", "old", "nightly"]

    clock.tick(MINUTE)
    redrive(client)
    assert listed() == ["nightly", "new", "old"]

    clock.tick(MINUTE)
    orders.add_execution("newest", status="RUNNING")
    assert listed() == ["newest", "nightly", "new", "old"]

    clock.tick(MINUTE)
    nightly.fail()
    assert listed() == ["nightly", "newest", "new", "old"]


def test_clock_that_moves_back_undoes_the_redrive(client, nightly, clock):
    """Before its redrive date an execution shows its old state."""
    before = describe(client)
    clock.tick(MINUTE)
    redrive(client)
    clock.move_to(NOW)

    assert describe(client) == before


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        pytest.param(NOW, {"redriveCount": 0, **RUNNING}, id="before the redrive"),
        pytest.param(
            NOW + 2 * MINUTE, {"redriveCount": 2, "redriveDate": NOW + 2 * MINUTE, **RUNNING}, id="after the redrive"
        ),
        pytest.param(
            NOW + 3 * MINUTE,
            {
                "status": "TIMED_OUT",
                "stopDate": NOW + 3 * MINUTE,
                "redriveCount": 2,
                "redriveDate": NOW + 2 * MINUTE,
                "redriveStatus": "REDRIVABLE",
            },
            id="after the stop",
        ),
    ],
)
def test_seeded_redrive(client, orders, clock, moment, shown):
    """A seed shows its redrive from the redrive date on."""
    clock.move_to(NOW + 5 * MINUTE)
    orders.add_execution(
        "nightly",
        status="TIMED_OUT",
        input="[7]",
        start_date=NOW,
        stop_date=NOW + 3 * MINUTE,
        redrive_count=2,
        redrive_date=NOW + 2 * MINUTE,
    )
    clock.move_to(moment)

    assert describe(client) == described(**shown)


# --- Refused redrives ------------------------------------------------------------------------------------------

PERIOD_EXCEEDED = "Execution redrivable period exceeded"
BEFORE_LAUNCH = "Execution was started before the launch of RedriveExecution"
OPEN_TOO_LONG = "Execution has exceeded the max execution time"
LAUNCH = datetime(2023, 11, 15, tzinfo=timezone.utc)
YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        pytest.param({"status": "RUNNING"}, "Execution is RUNNING and cannot be redriven", id="RUNNING"),
        pytest.param({"status": "SUCCEEDED"}, "Execution is SUCCEEDED and cannot be redriven", id="SUCCEEDED"),
        *(
            pytest.param(
                {"status": status, "start_date": -15 * DAY, "stop_date": -14 * DAY - MILLISECOND},
                PERIOD_EXCEEDED,
                id=f"{status}, closed more than 14 days ago",
            )
            for status in UNSUCCESSFUL
        ),
        pytest.param({"status": "FAILED", "start_date": -15 * DAY, "stop_date": -14 * DAY}, None, id="14 days ago"),
        pytest.param(
            {"status": "FAILED", "start_date": -YEAR - DAY, "stop_date": -DAY}, OPEN_TOO_LONG, id="open for a year"
        ),
        pytest.param(
            {"status": "FAILED", "start_date": -YEAR - DAY, "stop_date": -DAY - MILLISECOND}, None, id="open for less"
        ),
    ],
)
def test_redrivable_statuses(client, orders, seed, reason):
    """DescribeExecution's redriveStatus and reason agree with the answer of RedriveExecution."""
    orders.add_execution("nightly", **seed)
    before = describe(client)

    if reason is None:
        assert before["redriveStatus"] == "REDRIVABLE"
        assert "redriveStatusReason" not in before
        assert members(redrive(client)) == {"redriveDate": NOW}
    else:
        assert (before["redriveStatus"], before["redriveStatusReason"]) == ("NOT_REDRIVABLE", reason)
        assert refusal(redrive, client=client) == ("ExecutionNotRedrivable", reason)
        assert describe(client) == before


@pytest.mark.parametrize(
    ("start_date", "reason"),
    [
        pytest.param(LAUNCH - MILLISECOND, BEFORE_LAUNCH, id="just before"),
        pytest.param(LAUNCH, None, id="at the launch"),
    ],
)
def test_execution_older_than_redrives(client, orders, clock, start_date, reason):
    """An execution from before November 2023, when AWS introduced redrives, cannot be redriven."""
    clock.move_to(LAUNCH + DAY)
    orders.add_execution("nightly", status="FAILED", start_date=start_date)

    assert describe(client).get("redriveStatusReason") == reason


@pytest.mark.parametrize(
    ("redrive_count", "events", "reason"),
    [
        pytest.param(12497, 24997, None, id="fewer events than the limit"),
        pytest.param(12498, 24999, "Execution history event limit exceeded", id="full"),
        pytest.param(12499, 25001, "Execution history event limit exceeded", id="more than AWS stores"),
    ],
)
def test_execution_with_a_full_history(client, orders, redrive_count, events, reason):
    """An execution with a history of 24,999 events or more cannot be redriven."""
    orders.add_execution("nightly", status="FAILED", redrive_count=redrive_count, redrive_date=NOW)
    [last] = client.get_execution_history(executionArn=EXECUTION, reverseOrder=True, maxResults=1)["events"]

    assert last["id"] == events
    assert describe(client).get("redriveStatusReason") == reason


def test_execution_of_a_machine_being_deleted(client, orders, nightly):
    """An execution of a DELETING machine cannot be redriven."""
    orders.add_execution("last", status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)

    answer = describe(client)
    assert (answer["redriveStatus"], answer["redriveStatusReason"]) == (
        "NOT_REDRIVABLE",
        "State machine is in DELETING status",
    )
    assert refusal(redrive, client=client) == ("ExecutionNotRedrivable", "State machine is in DELETING status")


@pytest.mark.parametrize(
    ("life", "deleting", "reason"),
    [
        pytest.param(
            {"status": "SUCCEEDED", "start_date": LAUNCH - DAY, "stop_date": LAUNCH + 400 * DAY},
            True,
            "Execution is SUCCEEDED and cannot be redriven",
            id="its status before all",
        ),
        pytest.param(
            {"status": "FAILED", "start_date": LAUNCH - DAY, "stop_date": LAUNCH + 400 * DAY},
            True,
            "State machine is in DELETING status",
            id="the machine's deletion before its dates",
        ),
        pytest.param(
            {"status": "FAILED", "start_date": LAUNCH - DAY, "stop_date": LAUNCH + 400 * DAY},
            False,
            "Execution was started before the launch of RedriveExecution",
            id="its start before how long it was open",
        ),
        pytest.param(
            {"status": "FAILED", "start_date": LAUNCH, "stop_date": LAUNCH + 400 * DAY},
            False,
            "Execution has exceeded the max execution time",
            id="how long it was open before how long ago it stopped",
        ),
        pytest.param(
            {"status": "FAILED", "start_date": LAUNCH, "stop_date": LAUNCH + 100 * DAY},
            False,
            "Execution redrivable period exceeded",
            id="how long ago it stopped at last",
        ),
    ],
)
def test_first_of_several_reasons_is_given(client, orders, life, deleting, reason):
    """Of several reasons, DescribeExecution and RedriveExecution give the same one."""
    orders.add_execution("nightly", **life)
    if deleting:
        orders.add_execution("last", status="RUNNING")
        client.delete_state_machine(stateMachineArn=MACHINE)

    assert describe(client)["redriveStatusReason"] == reason
    assert refusal(redrive, client=client) == ("ExecutionNotRedrivable", reason)


def test_obstacle_of_a_child_comes_before_its_map_run(client, orders):
    """The reason of a child comes before the hint to redrive its map run."""
    batch = orders.add_execution(status="RUNNING", start_date=NOW - 15 * DAY).add_map_run("ProcessItems")
    child = batch.add_execution(status="FAILED")
    reason = "Execution redrivable period exceeded"

    assert describe(client, child.arn)["redriveStatusReason"] == reason
    assert refusal(redrive, client=client, executionArn=child.arn) == ("ExecutionNotRedrivable", reason)


@pytest.mark.sfn_executions(quotas={"open_executions": 1})
def test_obstacle_comes_before_the_quota_of_open_executions(client, orders):
    """A reason comes before the quota of open executions."""
    orders.add_execution("nightly", status="SUCCEEDED")
    orders.add_execution(status="RUNNING")

    assert refusal(redrive, client=client)[0] == "ExecutionNotRedrivable"


def test_period_counts_from_the_last_stop(client, nightly, clock):
    """The 14 days count from the last stop."""
    clock.tick(13 * DAY)
    redrive(client)
    client.stop_execution(executionArn=EXECUTION)
    clock.tick(14 * DAY)

    assert describe(client)["redriveStatus"] == "REDRIVABLE"


def test_redrive_by_the_test_has_no_period(client, nightly, clock):
    """AWS's conditions do not apply to redrive() of the test."""
    clock.tick(100 * DAY)
    nightly.redrive()

    assert describe(client) == described(redriveDate=NOW + 100 * DAY, **RUNNING)


# --- Client tokens ---------------------------------------------------------------------------------------------


def test_client_token_makes_a_redrive_idempotent(client, nightly, clock):
    """For 15 minutes a client token gets the first answer again."""
    redrive(client, clientToken="mine")
    clock.tick(MINUTE)
    nightly.fail()
    clock.tick(14 * MINUTE)

    assert members(redrive(client, clientToken="mine")) == {"redriveDate": NOW}
    assert describe(client)["redriveCount"] == 1


def test_client_token_is_valid_for_15_minutes(client, nightly, clock):
    """After 15 minutes a client token makes another redrive."""
    redrive(client, clientToken="mine")
    clock.tick(15 * MINUTE + MILLISECOND)
    assert refusal(redrive, client=client, clientToken="mine") == (
        "ExecutionNotRedrivable",
        "Execution is RUNNING and cannot be redriven",
    )

    nightly.fail()

    assert members(redrive(client, clientToken="mine")) == {"redriveDate": NOW + 15 * MINUTE + MILLISECOND}
    assert describe(client)["redriveCount"] == 2


def test_last_10_client_tokens_count(client, nightly, clock):
    """The eleventh redrive removes the first one's client token."""
    for number in range(11):
        redrive(client, clientToken=f"token-{number}")
        nightly.fail()
        clock.tick(timedelta(seconds=1))

    assert members(redrive(client, clientToken="token-1")) == {"redriveDate": NOW + timedelta(seconds=1)}
    assert members(redrive(client, clientToken="token-0")) == {"redriveDate": NOW + timedelta(seconds=11)}
    assert describe(client)["redriveCount"] == 12


def test_client_token_of_a_refused_redrive_is_not_used_up(client, orders, clock):
    """The client token of a refused redrive can be used again."""
    nightly = orders.add_execution("nightly", status="RUNNING")
    assert refusal(redrive, client=client, clientToken="mine")[0] == "ExecutionNotRedrivable"
    nightly.fail()
    clock.tick(MINUTE)

    assert members(redrive(client, clientToken="mine")) == {"redriveDate": NOW + MINUTE}


def test_client_token_belongs_to_one_execution(client, orders, nightly):
    """A client token for another execution redrives that execution."""
    other = orders.add_execution("other", status="FAILED")
    redrive(client, clientToken="mine")
    redrive(client, executionArn=other.arn, clientToken="mine")

    assert [execution.redrive_count for execution in (nightly, other)] == [1, 1]


def test_redrives_without_a_client_token(nightly, clock):
    """A request without a client token is never a repeated one."""

    def leave_out_token(params, **_):
        params["body"] = json.dumps({"executionArn": EXECUTION}).encode()

    client = boto3.client("stepfunctions", "us-east-1")
    client.meta.events.register("before-call.sfn.RedriveExecution", leave_out_token)
    redrive(client)
    nightly.fail()
    clock.tick(MINUTE)

    assert members(redrive(client)) == {"redriveDate": NOW + MINUTE}
    assert describe(client)["redriveCount"] == 2


@pytest.mark.parametrize(
    ("token", "constraint"),
    [
        pytest.param("a" * 65, "Member must have length less than or equal to 64", id="too long"),
        pytest.param("my token", "Member must satisfy regular expression pattern: [!-~]+", id="a blank"),
    ],
)
def test_client_token_has_a_form(client, nightly, token, constraint):
    """A client token has up to 64 visible ASCII characters."""
    assert refusal(redrive, client=client, clientToken=token) == (
        "ValidationException",
        f"1 validation error detected: Value '{token}' at 'clientToken' failed to satisfy constraint: {constraint}",
    )


# --- Child executions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", UNSUCCESSFUL)
def test_child_is_redriven_by_its_map_run(client, orders, status):
    """RedriveExecution refuses a child execution that its map run can redrive."""
    child = orders.add_execution(status="RUNNING").add_map_run("ProcessItems").add_execution(status=status)

    answer = describe(client, child.arn)
    assert answer["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    assert "redriveStatusReason" not in answer
    assert refusal(redrive, client=client, executionArn=child.arn) == (
        "ExecutionNotRedrivable",
        "Execution can be redriven only by redriving its Map Run",
    )


@pytest.mark.parametrize("status", ["SUCCEEDED", "RUNNING", "PENDING_REDRIVE"])
def test_child_that_cannot_be_redriven(client, orders, status):
    """A child that runs, has succeeded or waits for a redrive cannot be redriven."""
    child = orders.add_execution(status="RUNNING").add_map_run("ProcessItems").add_execution(status=status)
    reason = f"Execution is {status} and cannot be redriven"

    answer = describe(client, child.arn)
    assert (answer["redriveStatus"], answer["redriveStatusReason"]) == ("NOT_REDRIVABLE", reason)
    assert refusal(redrive, client=client, executionArn=child.arn) == ("ExecutionNotRedrivable", reason)


def test_express_child_cannot_be_redriven_by_the_operation(client, orders):
    """RedriveExecution refuses EXPRESS ARNs; the map run redrives an EXPRESS child."""
    map_run = orders.add_execution(status="RUNNING").add_map_run("ProcessItems", execution_type="EXPRESS")
    child = map_run.add_execution(status="FAILED")

    assert describe(client, child.arn)["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    assert refusal(redrive, client=client, executionArn=child.arn) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )
