"""Outcomes of starts and redrives: one for all, a list, a function, and turns in a map run."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest

from sfn_mock import mock_sfn_executions

NOW = "2026-01-10T03:00:00Z"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sfn(clock):
    with mock_sfn_executions() as sfn:
        yield sfn


def start(client, orders, name, input="{}"):
    """Start it, and return its status at that moment."""
    arn = client.start_execution(stateMachineArn=orders.arn, name=name, input=input)["executionArn"]
    return client.describe_execution(executionArn=arn)["status"]


# --- Starts --------------------------------------------------------------------------------------------------------


def test_one_outcome_after_the_other(client, orders):
    """Each start has the next outcome, and later ones have the last."""
    orders.on_start(["FAILED", {"status": "ABORTED", "error": "Late"}, "SUCCEEDED"])

    assert [start(client, orders, name) for name in "abcde"] == [
        "FAILED",
        "ABORTED",
        "SUCCEEDED",
        "SUCCEEDED",
        "SUCCEEDED",
    ]
    assert [run.error for run in orders.executions] == [None, "Late", None, None, None]


def test_a_refused_or_repeated_start_uses_no_outcome(client, orders):
    """A refused or repeated start uses no outcome."""
    orders.on_start(["RUNNING", "FAILED"])
    start(client, orders, "a")
    start(client, orders, "a")
    with pytest.raises(client.exceptions.InvalidExecutionInput):
        start(client, orders, "b", "no JSON")

    assert start(client, orders, "b") == "FAILED"


def test_a_callable_chooses(client, orders, clock):
    """The function gets the name and the input of each start, the input as the text that was sent."""

    def choose(name, input):
        if json.loads(input).get("poison"):
            return {"status": "FAILED", "error": "Poison", "cause": name}
        return {"status": "SUCCEEDED", "duration": MINUTE, "output": input}

    orders.on_start(choose)

    assert start(client, orders, "a", '{"poison": true}') == "FAILED"
    assert start(client, orders, "b", '{"order": 7}') == "RUNNING"
    clock.tick(MINUTE)
    assert [(run.status, run.cause, run.output) for run in orders.executions] == [
        ("FAILED", "a", None),
        ("SUCCEEDED", None, '{"order": 7}'),
    ]


@pytest.mark.parametrize(
    ("choose", "error"),
    [
        pytest.param(lambda name, input: {}[name], KeyError, id="it raises"),
        pytest.param(lambda name, input: None, ValueError, id="it gives no outcome"),
        pytest.param(lambda name, input: "DONE", ValueError, id="it gives no status"),
    ],
)
def test_a_callable_that_fails_starts_nothing(client, orders, choose, error):
    """An exception of the function is raised in the test."""
    orders.on_start(choose)
    with pytest.raises(error):
        start(client, orders, "a")

    assert orders.executions == []


def test_synchronous_starts_use_outcomes_too(sfn):
    """StartSyncExecution uses the outcomes too; RUNNING counts as success."""
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    fast.on_start(["FAILED", "RUNNING"])
    client = boto3.client("stepfunctions")

    assert [client.start_sync_execution(stateMachineArn=fast.arn)["status"] for _ in range(3)] == [
        "FAILED",
        "SUCCEEDED",
        "SUCCEEDED",
    ]


# --- Redrives ------------------------------------------------------------------------------------------------------


def test_a_redrive_ends_as_on_redrive_says(client, orders, clock):
    """A redriven execution ends as on_redrive says, whoever redrives it."""
    orders.on_redrive([{"status": "FAILED", "duration": MINUTE}, {"status": "SUCCEEDED", "output": "7"}])
    run = orders.add_execution("nightly", status="FAILED")
    client.redrive_execution(executionArn=run.arn)
    assert run.status == "RUNNING"
    clock.tick(MINUTE)
    assert (run.status, run.redrive_count, f"{run.stop_date:%H:%M}") == ("FAILED", 1, "03:01")
    run.redrive()

    assert (run.status, run.redrive_count, run.output) == ("SUCCEEDED", 2, "7")


def test_outcomes_of_starts_and_redrives_are_separate(client, orders):
    """on_start does not apply to redrives, nor on_redrive to starts."""
    orders.on_redrive(status="SUCCEEDED")
    assert start(client, orders, "a") == "RUNNING"
    orders.on_start(status="FAILED")
    start(client, orders, "b")
    orders.executions[-1].redrive()

    assert [run.status for run in orders.executions] == ["RUNNING", "SUCCEEDED"]


def test_a_callable_that_fails_redrives_nothing(client, orders):
    """If the function raises an exception, neither the parent nor any child is redriven."""
    parent = orders.add_execution("parent", status="RUNNING")
    batch = parent.add_map_run("Process")
    first, second = (batch.add_execution(name, status="FAILED") for name in ("first", "second"))
    parent.fail()
    outcomes = {"first": "SUCCEEDED"}
    batch.on_redrive(lambda name, input: outcomes[name])
    with pytest.raises(KeyError):
        client.redrive_execution(executionArn=parent.arn)

    assert [(run.status, run.redrive_count) for run in (parent, first, second)] == [("FAILED", 0)] * 3


# --- Children that wait for their redrive --------------------------------------------------------------------------


@pytest.fixture
def parent(orders):
    return orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T02:00:00Z")


@pytest.fixture
def batch(parent):
    """A map run with max_concurrency 2 and five failed children, whose parent failed too."""
    batch = parent.add_map_run("Process", max_concurrency=2)
    batch.add_executions(5, status="FAILED", name="{index}", start_date="2026-01-10T02:00:00Z")
    parent.fail()
    return batch


def stand(client, batch):
    """The statuses of the children by ListExecutions, in order of adding; DescribeMapRun counts the same."""
    items = client.list_executions(mapRunArn=batch.arn)["executions"]
    statuses = [item["status"] for item in sorted(items, key=lambda item: item["name"])]
    counts = client.describe_map_run(mapRunArn=batch.arn)["executionCounts"]
    for status, member in [
        ("RUNNING", "running"),
        ("PENDING_REDRIVE", "pendingRedrive"),
        ("SUCCEEDED", "succeeded"),
        ("FAILED", "failed"),
        ("TIMED_OUT", "timedOut"),
        ("ABORTED", "aborted"),
    ]:
        assert counts[member] == statuses.count(status)
    return "".join("p" if status == "PENDING_REDRIVE" else status[0] for status in statuses)


def test_a_child_is_redriven_when_another_ends(client, clock, parent, batch):
    """If outcomes have durations, the next child runs when one ends."""
    minutes = {"0": 3, "1": 1, "2": 1, "3": 2, "4": 0}
    batch.on_redrive(lambda name, input: {"status": "SUCCEEDED", "duration": minutes[name] * MINUTE})
    client.redrive_execution(executionArn=parent.arn)
    seen = []
    for _ in range(6):
        seen.append((stand(client, batch), batch.status))
        clock.tick(MINUTE)

    assert seen == [
        ("RRppp", "RUNNING"),
        ("RSRpp", "RUNNING"),
        ("RSSRp", "RUNNING"),
        ("SSSRS", "RUNNING"),
        ("SSSSS", "SUCCEEDED"),
        ("SSSSS", "SUCCEEDED"),
    ]
    assert [f"{child.redrive_date:%H:%M}" for child in batch.executions] == [
        "03:00",
        "03:00",
        "03:01",
        "03:02",
        "03:03",
    ]


def test_clock_moves_back_before_waiting_children(client, clock, sfn):
    """What ends there is not redriven later, so another child that waits is redriven with the parent instead."""
    parent = sfn.add_state_machine("late").add_execution(status="FAILED", start_date=-60 * MINUTE)
    parent.stop_date = -10 * MINUTE
    batch = parent.add_map_run("Late", max_concurrency=1)
    batch.add_execution("first", status="FAILED", duration=20 * MINUTE)
    for name in ("second", "third"):
        batch.add_execution(name, status="FAILED", start_date=-30 * MINUTE)
    now = parent.stop_date + 10 * MINUTE
    client.redrive_execution(executionArn=parent.arn)
    clock.move_to(now - 50 * MINUTE)
    batch.executions[0].succeed()
    assert [child.status for child in batch.executions] == ["SUCCEEDED", None, None]

    clock.move_to(now)

    assert [(child.status, child.redrive_date) for child in batch.executions] == [
        ("SUCCEEDED", None),
        ("RUNNING", now),
        ("PENDING_REDRIVE", None),
    ]


def test_a_child_is_redriven_when_the_test_ends_another(client, clock, parent, batch):
    """Without an outcome, each child waits until the test ends another one."""
    client.redrive_execution(executionArn=parent.arn)
    first, second, third, *_ = batch.executions
    seen = [stand(client, batch)]
    clock.tick(MINUTE)
    for child in (second, first, third):
        child.succeed()
        seen.append(stand(client, batch))

    assert seen == ["RRppp", "RSRpp", "SSRRp", "SSSRR"]
    assert f"{third.redrive_date:%H:%M}" == "03:01"


def test_an_earlier_end_starts_the_next_child_earlier(client, clock, parent, batch):
    """If a child ends earlier than planned, the next one runs then."""
    batch.on_redrive(status="SUCCEEDED", duration=10 * MINUTE)
    client.redrive_execution(executionArn=parent.arn)
    clock.tick(MINUTE)
    batch.executions[0].succeed()
    assert stand(client, batch) == "SRRpp"
    clock.tick(9 * MINUTE)
    assert stand(client, batch) == "SSRRp"
    clock.tick(MINUTE)

    assert stand(client, batch) == "SSSRR"


def test_a_child_that_no_longer_ends_starts_no_other(client, clock, parent, batch):
    """If the end of a child is taken back, no child that waited for it is redriven."""
    batch.on_redrive(lambda name, input: "RUNNING" if name == "1" else {"status": "SUCCEEDED", "duration": MINUTE})
    client.redrive_execution(executionArn=parent.arn)
    batch.executions[0].status = "RUNNING"
    clock.tick(10 * MINUTE)

    assert stand(client, batch) == "RRppp"


def test_a_child_redriven_by_the_test_counts_for_the_concurrency(client, clock, parent, batch):
    """A child that the test redrives counts for the concurrency."""
    batch.on_redrive(["SUCCEEDED", "RUNNING"])
    client.redrive_execution(executionArn=parent.arn)
    assert stand(client, batch) == "SRRpp"
    *_, last = batch.executions
    last.redrive()
    assert stand(client, batch) == "SRRpR"
    batch.executions[1].succeed()
    assert stand(client, batch) == "SSRpR"
    batch.executions[2].succeed()

    assert stand(client, batch) == "SSSRR"


@pytest.mark.parametrize(("at_once", "then"), [(3, "RRRpp"), (0, "RRRRR"), (1, "RRppp")])
def test_more_concurrency_redrives_more_children(client, parent, batch, at_once, then):
    """With more concurrency more children run at once; with less, none is stopped."""
    client.redrive_execution(executionArn=parent.arn)
    client.update_map_run(mapRunArn=batch.arn, maxConcurrency=at_once)

    assert stand(client, batch) == then


@pytest.mark.parametrize(
    ("at_once", "expected"),
    [
        pytest.param(1, ["RRppp", "SRppp", "SRppp", "SSRpp", "SSSRp"], id="less: the end of one starts no other"),
        pytest.param(3, ["RRRpp", "SRSRR", "SRSSS", "SSSSS", "SSSSS"], id="more: the end of each starts another"),
    ],
)
def test_other_concurrency_redrives_children_at_other_ends(client, clock, parent, batch, at_once, expected):
    """When the concurrency changes, the ends that start other children are chosen anew."""
    batch.on_redrive(lambda name, input: {"status": "SUCCEEDED", "duration": (3 if name == "1" else 1) * MINUTE})
    client.redrive_execution(executionArn=parent.arn)
    client.update_map_run(mapRunArn=batch.arn, maxConcurrency=at_once)
    seen = []
    for _ in range(5):
        seen.append(stand(client, batch))
        clock.tick(MINUTE)

    assert seen == expected


def test_no_child_is_redriven_after_the_parents_end(client, clock, parent, batch):
    """Children that wait when the parent ends have failed as before, and can be redriven again."""
    batch.on_redrive(status="SUCCEEDED", duration=MINUTE)
    client.redrive_execution(executionArn=parent.arn)
    clock.tick(MINUTE)
    parent.fail()
    clock.tick(10 * MINUTE)
    statuses = [child.status for child in batch.executions]
    parent.redrive()

    assert statuses == ["SUCCEEDED", "SUCCEEDED", "ABORTED", "ABORTED", "FAILED"]
    assert stand(client, batch) == "SSRRp"


@pytest.mark.parametrize(("minutes", "then"), [(1.5, "SSRRF"), (2, "SSFFF")])
def test_no_child_is_redriven_after_the_parents_planned_end(client, orders, clock, parent, batch, minutes, then):
    """If the parent's end is planned, turns at that end and later ones do not come."""
    orders.on_redrive(status="FAILED", duration=2 * MINUTE)
    batch.on_redrive(status="SUCCEEDED", duration=minutes * MINUTE)
    client.redrive_execution(executionArn=parent.arn)
    seen = []
    for _ in range(3):
        seen.append((stand(client, batch), batch.status))
        clock.tick(MINUTE)

    assert seen == [("RRppp", "RUNNING"), ("RRppp", "RUNNING"), (then, "ABORTED")]
    assert batch.executions[4].redrive_count == 0


# --- Refused outcomes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("say", ["on_start", "on_redrive"])
@pytest.mark.parametrize(
    ("arguments", "keywords", "sentence"),
    [
        pytest.param(
            [],
            {},
            "outcomes must be a status, a list of outcomes or a callable(name, input), got None",
            id="nothing",
        ),
        pytest.param(
            [["FAILED"]],
            {"duration": MINUTE},
            "outcomes must be left out where keywords are given, got both: put the keywords into the outcomes",
            id="both",
        ),
        *(
            pytest.param(
                [words],
                {},
                f"outcomes must be a status, a list like ['FAILED', 'SUCCEEDED'] or a callable(name, input), got "
                f"{words!r}",
                id=f"neither: {words}",
            )
            for words in ({"status": "FAILED"}, [], 7)
        ),
        *(
            pytest.param(
                [["FAILED", words]],
                {},
                f"outcomes[1] must be a status, or a dict with 'status', got {words!r}",
                id=f"no outcome: {words}",
            )
            for words in (None, {})
        ),
        pytest.param(
            [["FAILED", {"status": "RUNNING", "duration": MINUTE}]],
            {},
            "outcomes[1].duration must be left out if the status is RUNNING; give a closing status instead",
            id="impossible outcome",
        ),
        pytest.param(
            [["FAILED", {"status": "FAILED", "eror": "Card.Declined"}]],
            {},
            "outcomes[1] has the unknown key 'eror'. Did you mean 'error'?",
            id="unknown key",
        ),
    ],
)
def test_wrong_outcome(client, orders, say, arguments, keywords, sentence):
    """A wrong outcome is refused, and the earlier one still applies."""
    getattr(orders, say)(status="TIMED_OUT")
    with pytest.raises(ValueError) as refusal:
        getattr(orders, say)(*arguments, **keywords)

    assert str(refusal.value) == sentence
    if say == "on_redrive":
        orders.add_execution(status="FAILED").redrive()
    else:
        start(client, orders, "a")
    assert orders.executions[0].status == "TIMED_OUT"


def test_express_executions_are_never_redriven(sfn):
    """on_redrive refuses an EXPRESS machine."""
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    with pytest.raises(ValueError) as refusal:
        fast.on_redrive(status="SUCCEEDED")

    assert str(refusal.value) == (
        f"cannot set on_redrive() of {fast.arn}: AWS does not redrive executions of EXPRESS state "
        "machines; use on_start() instead."
    )


def test_outcomes_of_express_children(parent):
    """An EXPRESS child cannot be ABORTED, and takes at most five minutes."""
    batch = parent.add_map_run("Fast", execution_type="EXPRESS")
    with pytest.raises(
        ValueError, match=r"^status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, got 'ABORTED'"
    ):
        batch.on_redrive(["FAILED", "ABORTED"])
    child = batch.add_execution("child", status="FAILED")
    parent.fail()
    batch.on_redrive(status="SUCCEEDED", duration=5 * MINUTE)
    parent.redrive()

    assert (child.status, child.redrive_count, child.redrive_date) == ("RUNNING", 1, None)
