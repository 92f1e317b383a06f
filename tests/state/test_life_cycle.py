"""Changes of executions by a test, and how long the test's records are valid."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from operator import attrgetter, methodcaller
from threading import Barrier, Thread

import pytest

from sfn_mock import Execution, StepFunctionsMock, mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"


@pytest.fixture
def run(orders):
    """An execution that started an hour ago and would succeed in an hour."""
    return orders.add_execution("nightly", status="SUCCEEDED", start_date=-HOUR, duration=2 * HOUR)


def listed(client, **arguments):
    """Each listed execution's name, status and stop date, newest first."""
    answer = client.list_executions(**(arguments or {"stateMachineArn": MACHINE}))
    return [(item["name"], item["status"], item.get("stopDate")) for item in answer["executions"]]


def described(client, run, *members):
    answer = client.describe_execution(executionArn=run.arn)
    return {member: answer[member] for member in members if member in answer}


# --- Ends --------------------------------------------------------------------------------------------------------

ENDS = [
    pytest.param(Execution.succeed, {"status": "SUCCEEDED", "output": "{}"}, id="succeed"),
    pytest.param(
        methodcaller("succeed", '{"ok": true}'), {"status": "SUCCEEDED", "output": '{"ok": true}'}, id="succeed, output"
    ),
    pytest.param(Execution.fail, {"status": "FAILED"}, id="fail"),
    pytest.param(
        methodcaller("fail", "Boom", "why"), {"status": "FAILED", "error": "Boom", "cause": "why"}, id="fail, error"
    ),
    pytest.param(Execution.time_out, {"status": "TIMED_OUT"}, id="time_out"),
    pytest.param(Execution.abort, {"status": "ABORTED"}, id="abort"),
    pytest.param(
        methodcaller("abort", error="Stop", cause="operator"),
        {"status": "ABORTED", "error": "Stop", "cause": "operator"},
        id="abort, error",
    ),
]


@pytest.mark.parametrize(("end", "shown"), ENDS)
@pytest.mark.parametrize("how", ["seeded to run", "seeded to end later", "started", "child"])
def test_a_running_execution_ends_now(client, orders, how, end, shown):
    """An ended execution shows its status, its members and now as stop date."""
    seeds = {
        "seeded to run": lambda: orders.add_execution("one", status="RUNNING"),
        "seeded to end later": lambda: orders.add_execution("one", status="ABORTED", duration=HOUR, error="Later"),
        "started": lambda: client.start_execution(stateMachineArn=MACHINE, name="one") and orders.executions[-1],
        "child": lambda: orders.add_execution("parent", status="RUNNING").add_map_run().add_execution(status="RUNNING"),
    }
    run = seeds[how]()

    end(run)

    assert described(client, run, "status", "stopDate", "output", "error", "cause") == {**shown, "stopDate": NOW}
    assert (run.status, run.stop_date) == (shown["status"], NOW)
    assert (run.output, run.error, run.cause) == tuple(shown.get(name) for name in ("output", "error", "cause"))


@pytest.mark.parametrize(("end", "shown"), ENDS)
def test_an_end_now_replaces_a_later_end(client, clock, run, end, shown):
    """An end replaces a later end, and keeps what happened before it."""
    end(run)

    seen = {}
    for moment in (NOW + HOUR, NOW + 2 * HOUR, NOW - MINUTE, NOW - HOUR, NOW - HOUR - MINUTE, NOW):
        clock.move_to(moment)
        seen[moment] = listed(client)
    ended = [("nightly", shown["status"], NOW)]
    assert seen == {
        NOW + HOUR: ended,
        NOW + 2 * HOUR: ended,
        NOW - MINUTE: [("nightly", "RUNNING", None)],
        NOW - HOUR: [("nightly", "RUNNING", None)],
        NOW - HOUR - MINUTE: [],
        NOW: ended,
    }


def test_an_ended_execution_is_listed_by_its_stop_date(client, clock, orders):
    """An ended execution is listed by its stop date, so it comes first."""
    first = orders.add_execution("first", status="RUNNING", start_date=-HOUR)
    orders.add_execution("second", status="RUNNING", start_date=-MINUTE)
    assert listed(client) == [("second", "RUNNING", None), ("first", "RUNNING", None)]

    clock.tick(MINUTE)
    first.abort()

    assert listed(client) == [("first", "ABORTED", NOW + MINUTE), ("second", "RUNNING", None)]
    assert listed(client, stateMachineArn=MACHINE, statusFilter="RUNNING") == [("second", "RUNNING", None)]


def test_an_end_is_shown_in_every_listing(client, orders):
    """The listings of machine, version and alias agree about an end."""
    version = orders.publish_version()
    live = orders.add_alias("live", version)
    run = orders.add_execution("one", status="RUNNING", alias=live)
    arns = [MACHINE, version.arn, live.arn]
    before = [listed(client, stateMachineArn=arn) for arn in arns]

    run.fail()

    assert before == [[("one", "RUNNING", None)]] * 3
    assert [listed(client, stateMachineArn=arn) for arn in arns] == [[("one", "FAILED", NOW)]] * 3
    assert [listed(client, stateMachineArn=arn, statusFilter="RUNNING") for arn in arns] == [[]] * 3


def test_an_end_before_the_first_listing(client, orders):
    """An execution can be ended before anything was listed."""
    orders.add_execution("one", status="RUNNING").succeed()

    assert listed(client) == [("one", "SUCCEEDED", NOW)]


def test_an_end_at_an_earlier_time_replaces_a_later_one(client, clock, run):
    """At a moment before its end the execution runs, and may end in another way."""
    run.fail("Boom")
    clock.move_to(NOW - MINUTE)
    run.abort(cause="operator")
    clock.move_to(NOW + 2 * HOUR)

    assert listed(client) == [("nightly", "ABORTED", NOW - MINUTE)]
    assert described(client, run, "error", "cause") == {"cause": "operator"}


def test_stop_execution_replaces_a_later_end(client, clock, run):
    """StopExecution changes the time line as the test's methods do."""
    client.stop_execution(executionArn=run.arn, error="Stop")
    clock.move_to(NOW + 2 * HOUR)

    assert listed(client) == [("nightly", "ABORTED", NOW)]
    assert run.error == "Stop"


STATES = [
    pytest.param({"status": "SUCCEEDED"}, "is SUCCEEDED", id="SUCCEEDED"),
    pytest.param({"status": "FAILED"}, "is FAILED", id="FAILED"),
    pytest.param({"status": "TIMED_OUT"}, "is TIMED_OUT", id="TIMED_OUT"),
    pytest.param({"status": "ABORTED"}, "is ABORTED", id="ABORTED"),
    pytest.param(
        {"status": "RUNNING", "start_date": MINUTE}, "starts only at 2026-01-10T12:01:00.000Z", id="not started"
    ),
]


@pytest.mark.filterwarnings("ignore:start_date:sfn_mock.SeedWarning")
@pytest.mark.parametrize(
    ("end", "status"),
    [
        pytest.param(Execution.succeed, "SUCCEEDED", id="succeed"),
        pytest.param(Execution.fail, "FAILED", id="fail"),
        pytest.param(Execution.time_out, "TIMED_OUT", id="time_out"),
        pytest.param(Execution.abort, "ABORTED", id="abort"),
    ],
)
@pytest.mark.parametrize(("seed", "stands"), STATES)
def test_only_a_running_execution_can_end(client, orders, seed, stands, end, status):
    """Ending an execution that is not RUNNING raises a RuntimeError with its status, and changes nothing."""
    run = orders.add_execution("one", **seed)
    before = listed(client)

    with pytest.raises(RuntimeError) as refusal:
        end(run)

    assert str(refusal.value) == (
        f"{run.arn} cannot be made {status}: it {stands}, and only a RUNNING execution can end."
    )
    assert listed(client) == before


def test_pending_redrive_cannot_end(orders):
    """A PENDING_REDRIVE child cannot be ended."""
    child = (
        orders.add_execution("parent", status="RUNNING").add_map_run("Items").add_execution(status="PENDING_REDRIVE")
    )

    with pytest.raises(RuntimeError, match=r": it is PENDING_REDRIVE, and only a RUNNING execution can end\.$"):
        child.fail()


# --- Redrives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_redrive_makes_an_unsuccessful_execution_run_again(client, clock, orders, status):
    """After redrive() it runs without a stop date, with one more redrive, dated now."""
    run = orders.add_execution("one", status=status, start_date=-HOUR)

    run.redrive()

    members = ("status", "stopDate", "redriveCount", "redriveDate")
    assert described(client, run, *members) == {"status": "RUNNING", "redriveCount": 1, "redriveDate": NOW}
    assert (run.redrive_count, run.redrive_date) == (1, NOW)
    clock.tick(HOUR)
    assert listed(client) == [("one", "RUNNING", None)]


def test_redrive_replaces_a_later_redrive(client, clock, orders):
    """A redrive replaces a later redrive, and keeps what happened before it."""
    run = orders.add_execution("one", status="FAILED", start_date=-HOUR, duration=HOUR)
    clock.move_to(NOW + MINUTE)
    run.redrive()
    clock.move_to(NOW + 3 * MINUTE)
    run.succeed()
    clock.move_to(NOW)
    back = (run.status, run.redrive_count, run.redrive_date)

    run.redrive()

    assert back == ("FAILED", 0, None)
    assert (run.status, run.redrive_count, run.redrive_date) == ("RUNNING", 1, NOW)
    clock.move_to(NOW + 3 * MINUTE)
    assert listed(client) == [("one", "RUNNING", None)]
    assert run.redrive_date == NOW


def test_client_token_before_its_redrive(client, clock, orders):
    """At a moment before a redrive, its client token is not used."""
    run = orders.add_execution("one", status="FAILED")
    clock.move_to(NOW + MINUTE)
    later = client.redrive_execution(executionArn=run.arn, clientToken="once")["redriveDate"]
    clock.move_to(NOW)
    earlier = client.redrive_execution(executionArn=run.arn, clientToken="once")["redriveDate"]

    assert (later, earlier) == (NOW + MINUTE, NOW)
    assert (run.status, run.redrive_count) == ("RUNNING", 1)


def test_several_redrives_with_a_clock_that_moves_both_ways(client, clock, orders):
    """Each attempt is shown between its redrive and the next one."""
    run = orders.add_execution("one", status="FAILED", start_date=NOW, duration=MINUTE)
    for minutes, change in ((2, run.redrive), (3, run.time_out), (4, run.redrive), (5, run.succeed)):
        clock.move_to(NOW + minutes * MINUTE)
        change()
    life = [
        ("RUNNING", None, 0),
        ("FAILED", NOW + MINUTE, 0),
        ("RUNNING", None, 1),
        ("TIMED_OUT", NOW + 3 * MINUTE, 1),
        ("RUNNING", None, 2),
        ("SUCCEEDED", NOW + 5 * MINUTE, 2),
    ]

    def at(minute):
        clock.move_to(NOW + minute * MINUTE)
        (item,) = client.list_executions(stateMachineArn=MACHINE)["executions"]
        return item["status"], item.get("stopDate"), item["redriveCount"]

    assert [at(minute) for minute in range(6)] == life
    assert [at(minute) for minute in reversed(range(6))] == life[::-1]


def test_children_of_each_type_are_redriven(client, orders):
    """The redrive of a STANDARD child has a date, and that of an EXPRESS child has none."""
    parent = orders.add_execution("parent", status="RUNNING")
    standard = parent.add_map_run("Items").add_execution(status="PENDING_REDRIVE")
    express = parent.add_map_run("Fast", execution_type="EXPRESS").add_execution(status="FAILED", redrive_count=1)

    standard.redrive()
    express.redrive()

    members = ("status", "redriveCount", "redriveDate")
    assert described(client, standard, *members) == {"status": "RUNNING", "redriveCount": 1, "redriveDate": NOW}
    assert described(client, express, *members) == {"status": "RUNNING", "redriveCount": 2}


@pytest.mark.filterwarnings("ignore:start_date:sfn_mock.SeedWarning")
@pytest.mark.parametrize(
    ("seed", "stands"),
    [
        pytest.param({"status": "SUCCEEDED"}, "is SUCCEEDED", id="SUCCEEDED"),
        pytest.param({"status": "RUNNING"}, "is RUNNING", id="RUNNING"),
        pytest.param({"status": "FAILED", "duration": MINUTE}, "is RUNNING", id="FAILED later"),
        pytest.param(
            {"status": "FAILED", "start_date": MINUTE}, "starts only at 2026-01-10T12:01:00.000Z", id="not started"
        ),
    ],
)
def test_only_the_unsuccessful_are_redriven(client, orders, seed, stands):
    """Redriving another execution raises a RuntimeError with its status, and changes nothing."""
    run = orders.add_execution("one", **seed)
    before = listed(client)

    with pytest.raises(RuntimeError) as refusal:
        run.redrive()

    assert str(refusal.value) == (
        f"cannot redrive {run.arn}: it {stands}, and only a FAILED, TIMED_OUT, ABORTED or "
        "PENDING_REDRIVE execution can be redriven."
    )
    assert listed(client) == before


# --- Started executions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("qualifier", ["", ":1", ":live"], ids=["machine", "version", "alias"])
def test_on_start_gives_the_end_of_every_start(client, clock, orders, qualifier):
    """Executions started by machine, version and alias end as on_start says."""
    orders.add_alias("live", orders.publish_version())
    orders.on_start(status="SUCCEEDED", duration=MINUTE, output='{"ok": true}')

    client.start_execution(stateMachineArn=MACHINE + qualifier, name="one")

    assert listed(client) == [("one", "RUNNING", None)]
    clock.tick(MINUTE)
    assert listed(client) == [("one", "SUCCEEDED", NOW + MINUTE)]
    assert orders.executions[0].output == '{"ok": true}'


def test_on_start_applies_to_later_starts_only(client, clock, orders):
    """on_start applies to later starts only; RUNNING removes it."""
    orders.add_execution("seeded", status="RUNNING")
    orders.on_start(status="FAILED", error="Boom")
    client.start_execution(stateMachineArn=MACHINE, name="failed")
    orders.on_start(status="ABORTED", duration=HOUR)
    client.start_execution(stateMachineArn=MACHINE, name="aborted-in-an-hour")
    orders.on_start(status="RUNNING")
    client.start_execution(stateMachineArn=MACHINE, name="open")
    orders.add_execution("seeded-later", status="RUNNING")

    clock.tick(2 * HOUR)

    assert {name: status for name, status, _ in listed(client)} == {
        "seeded": "RUNNING",
        "failed": "FAILED",
        "aborted-in-an-hour": "ABORTED",
        "open": "RUNNING",
        "seeded-later": "RUNNING",
    }


def test_planned_end_can_be_replaced(client, clock, orders):
    """An end planned by `on_start` can be replaced."""
    orders.on_start(status="SUCCEEDED", duration=HOUR)
    client.start_execution(stateMachineArn=MACHINE, name="one")
    orders.executions[0].fail("Boom")
    clock.tick(2 * HOUR)

    assert listed(client) == [("one", "FAILED", NOW)]


# --- Records after a reset, a deletion or the mock ---------------------------------------------------------------

#: All that a test can do with its records.
CHANGES = [
    pytest.param("orders.add_execution", {"status": "RUNNING"}, id="add_execution"),
    pytest.param("orders.add_executions", {"count": 2, "status": "RUNNING"}, id="add_executions"),
    pytest.param("orders.publish_version", {}, id="publish_version"),
    pytest.param("orders.add_alias", {"name": "live", "version": 1}, id="add_alias"),
    pytest.param("orders.on_start", {"status": "FAILED"}, id="on_start"),
    pytest.param("parent.add_map_run", {}, id="add_map_run"),
    pytest.param("parent.succeed", {}, id="succeed"),
    pytest.param("parent.fail", {}, id="fail"),
    pytest.param("parent.time_out", {}, id="time_out"),
    pytest.param("parent.abort", {}, id="abort"),
    pytest.param("failed.redrive", {}, id="redrive"),
    pytest.param("batch.add_execution", {"status": "RUNNING"}, id="add_execution, child"),
    pytest.param("batch.add_executions", {"count": 2, "status": "RUNNING"}, id="add_executions, children"),
    pytest.param("child.fail", {}, id="fail, child"),
]


class Held:
    """The handle, and one record of each kind."""

    def __init__(self, sfn):
        self.sfn = sfn
        self.orders = sfn.add_state_machine("orders")
        self.version = self.orders.publish_version()
        self.parent = self.orders.add_execution("parent", status="RUNNING")
        self.failed = self.orders.add_execution("failed", status="FAILED")
        self.batch = self.parent.add_map_run("Items")
        self.child = self.batch.add_execution("child", status="RUNNING")


GONE = (
    "The records of account 123456789012 in us-east-1 are gone, because their mock has ended or was reset: seed again "
    "inside an active mock."
)


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
def test_records_from_before_a_reset_cannot_be_changed(client, sfn_executions, change, arguments):
    """Changing a record from before a reset raises a RuntimeError, even if a new machine has its name."""
    held = Held(sfn_executions)
    sfn_executions.reset()
    sfn_executions.add_state_machine("orders")

    with pytest.raises(RuntimeError) as refusal:
        attrgetter(change)(held)(**arguments)

    assert str(refusal.value) == GONE
    assert listed(client) == []


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
def test_records_after_the_end_of_their_mock(change, arguments):
    """After the end of the mock, a change of a record is a RuntimeError."""
    with mock_sfn_executions() as sfn:
        held = Held(sfn)
    with pytest.raises(RuntimeError) as refusal:
        attrgetter(change)(held)(**arguments)

    assert str(refusal.value) == GONE


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(methodcaller("add_state_machine", "other"), id="add_state_machine"),
        pytest.param(methodcaller("load", []), id="load"),
        pytest.param(attrgetter("state_machines"), id="state_machines"),
        pytest.param(methodcaller("get_state_machine", "orders"), id="get_state_machine"),
        pytest.param(methodcaller("get_execution", "any"), id="get_execution"),
        pytest.param(methodcaller("get_map_run", "any"), id="get_map_run"),
        pytest.param(methodcaller("add_fault", "ListExecutions", error="InvalidToken"), id="add_fault"),
        pytest.param(attrgetter("calls"), id="calls"),
        pytest.param(StepFunctionsMock.reset, id="reset"),
    ],
)
def test_handle_after_the_end_of_its_mock(use):
    """After the end of the mock, the handle raises RuntimeError."""
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders")
    with pytest.raises(RuntimeError) as refusal:
        use(sfn)

    assert str(refusal.value) == (
        "This mock has ended: use its handle only inside the with block, decorated test or fixture."
    )


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
def test_records_of_a_deleted_machine(client, sfn_executions, change, arguments):
    """The executions and map runs of a deleted machine are deleted with it."""
    held = Held(sfn_executions)
    held.parent.succeed()
    client.delete_state_machine(stateMachineArn=MACHINE)
    sfn_executions.add_state_machine("orders")

    with pytest.raises(RuntimeError) as refusal:
        attrgetter(change)(held)(**arguments)

    assert str(refusal.value) == (
        f"{MACHINE} was deleted, with its versions, aliases and executions: add the state machine again."
    )
    assert listed(client) == []


@pytest.mark.sfn_executions(retention=timedelta(days=90))
@pytest.mark.parametrize(
    "change", ["succeed", "fail", "time_out", "abort", "redrive", "add_map_run"], ids=lambda change: change
)
def test_record_whose_name_is_taken_by_another_execution(client, clock, orders, change):
    """The record of a deleted execution does not stand for a new execution of the same name."""
    failed = orders.add_execution("nightly", status="FAILED")
    clock.move_to(NOW + timedelta(days=90))
    client.start_execution(stateMachineArn=MACHINE, name="nightly")

    with pytest.raises(RuntimeError) as refusal:
        getattr(failed, change)()

    assert str(refusal.value) == (
        f"{PREFIX}:execution:orders:nightly is now a newer execution: this one stopped so long ago "
        "that its name was free again; use get_execution() for the newer one."
    )
    assert listed(client) == [("nightly", "RUNNING", None)]


def test_records_can_be_read_after_the_mock():
    """After the end of the mock, a record shows its last state."""
    with mock_sfn_executions() as sfn:
        held = Held(sfn)
        held.parent.abort(cause="operator")

    assert (held.parent.arn, held.parent.status) == (f"{PREFIX}:execution:orders:parent", "ABORTED")
    assert (held.parent.stop_date, held.parent.cause) == (NOW, "operator")
    assert held.orders.executions == [held.parent, held.failed]
    assert held.parent.map_runs == [held.batch]


def test_a_deleting_machine_exists_until_its_last_execution_stops(client, clock, sfn_executions):
    """The handle and the API agree when a machine is deleted."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_execution("hour", status="SUCCEEDED", duration=HOUR)
    client.delete_state_machine(stateMachineArn=MACHINE)
    seen = [sfn_executions.state_machines]
    orders.add_execution("late", status="SUCCEEDED", duration=2 * HOUR)
    clock.tick(HOUR)
    seen.append(sfn_executions.state_machines)
    clock.tick(HOUR)
    seen.append(sfn_executions.state_machines)

    assert seen == [[orders], [orders], []]
    with pytest.raises(LookupError):
        sfn_executions.get_state_machine("orders")


def test_a_reset_empties_everything(client, sfn_executions):
    """A reset deletes machines, executions and map runs of every region, and counters begin again."""
    Held(sfn_executions)
    sfn_executions.add_state_machine("abroad", region="eu-west-1")
    sfn_executions.reset()

    assert sfn_executions.state_machines == []
    assert client.list_state_machines()["stateMachines"] == []
    assert Held(sfn_executions).parent.status == "RUNNING"


def test_a_call_during_a_reset_is_answered_from_the_store_after_it(client, sfn_executions):
    """A call during a reset gets the error of a missing machine."""
    orders = sfn_executions.add_state_machine("orders")

    def overtaken(name, input):
        sfn_executions.reset()
        orders.publish_version()

    orders.on_start(overtaken)
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.start_execution(stateMachineArn=MACHINE)

    assert sfn_executions.state_machines == []


def test_outcome_function_that_uses_a_deleted_record(client, sfn_executions):
    """If an outcome function uses a deleted record, the test gets the RuntimeError."""
    dead = sfn_executions.add_state_machine("orders")
    sfn_executions.reset()
    orders = sfn_executions.add_state_machine("orders")
    orders.on_start(lambda name, input: dead.publish_version())
    with pytest.raises(RuntimeError) as refusal:
        client.start_execution(stateMachineArn=MACHINE)

    assert str(refusal.value) == GONE
    assert orders.executions == []


# --- Lookups and lists of records --------------------------------------------------------------------------------


def test_records_are_found_by_arn_or_name(client, sfn_executions):
    """Machines are found by ARN or name, executions and map runs by ARN."""
    held = Held(sfn_executions)
    abroad = sfn_executions.add_state_machine("orders", region="eu-west-1")
    arn = client.start_execution(stateMachineArn=MACHINE, name="started")["executionArn"]

    assert sfn_executions.get_state_machine("orders") == held.orders
    assert sfn_executions.get_state_machine(MACHINE) == held.orders
    assert sfn_executions.get_state_machine(abroad.arn) == abroad
    assert sfn_executions.get_execution(held.parent.arn) == held.parent
    assert sfn_executions.get_execution(held.child.arn) == held.child
    assert sfn_executions.get_execution(arn) == held.orders.executions[-1]
    assert sfn_executions.get_map_run(held.batch.arn) == held.batch


def test_machines_created_by_the_api_are_found(client, sfn_executions):
    """A machine that the code under test created can be seeded."""
    client.create_state_machine(
        name="orders",
        definition='{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        roleArn="arn:aws:iam::123456789012:role/orders",
    )
    orders = sfn_executions.get_state_machine("orders")
    orders.add_execution("one", status="RUNNING")

    assert sfn_executions.state_machines == [orders]
    assert listed(client) == [("one", "RUNNING", None)]


def test_express_executions_of_one_name_are_found(client, sfn_executions):
    """EXPRESS executions with one name are found by their ARNs."""
    fast = sfn_executions.add_state_machine("fast", type="EXPRESS")
    arns = [client.start_sync_execution(stateMachineArn=fast.arn, name="a")["executionArn"] for _ in range(2)]

    assert [sfn_executions.get_execution(arn) for arn in arns] == fast.executions
    with pytest.raises(LookupError, match=r"^No execution "):
        sfn_executions.get_execution(f"{arns[0]}0")


def test_a_future_execution_is_found(sfn_executions, orders):
    """The handle also finds executions that have not started."""
    with pytest.warns(UserWarning, match="is after now"):
        later = orders.add_execution("later", status="RUNNING", start_date=HOUR)

    assert sfn_executions.get_execution(later.arn) == later


#: The end of the sentence for a text that may be a name.
MEANT = " Did you mean 'orders'?"


def test_a_name_of_another_region(sfn):
    """If only another region has a state machine with that name, its ARN is suggested."""
    machine = sfn.add_state_machine("invoices", region="eu-west-1")
    with pytest.raises(LookupError) as error:
        sfn.get_state_machine("invoices")

    assert error.value.args == (f"No state machine 'invoices'. Did you mean {machine.arn!r}? Known: {machine.arn}.",)


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        pytest.param(
            methodcaller("get_state_machine", "order"),
            (
                "No state machine 'order'. Did you mean 'orders'? Known: "
                "arn:aws:states:us-east-1:123456789012:stateMachine:orders, "
                "arn:aws:states:us-east-1:123456789012:stateMachine:other."
            ),
            id="machine",
        ),
        pytest.param(
            methodcaller("get_execution", MACHINE),
            (
                "No execution 'arn:aws:states:us-east-1:123456789012:stateMachine:orders'. Did you mean "
                "'arn:aws:states:us-east-1:123456789012:execution:orders:parent'? Known: "
                "arn:aws:states:us-east-1:123456789012:execution:orders:parent, "
                "arn:aws:states:us-east-1:123456789012:execution:orders:failed, "
                "arn:aws:states:us-east-1:123456789012:execution:orders/Items:child."
            ),
            id="execution",
        ),
        pytest.param(
            methodcaller("get_map_run", "Items"),
            (
                "No map run 'Items'. Known: "
                "arn:aws:states:us-east-1:123456789012:mapRun:orders/Items:5d2b7efd-2008-3835-94c7-605fb3270e4e."
            ),
            id="map run",
        ),
        *[
            pytest.param(
                methodcaller("get_state_machine", value),
                f"No state machine {value!r}.{hint} Known: {MACHINE}, {PREFIX}:stateMachine:other.",
                id=f"machine {value!r}",
            )
            for value, hint in ((None, ""), (5, ""), (b"orders", MEANT), (["orders"], MEANT), ({}, ""))
        ],
    ],
)
def test_lookup_of_a_missing_record_names_known_ones(sfn_executions, look, sentence):
    """The LookupError names the known records."""
    Held(sfn_executions)
    sfn_executions.add_state_machine("other")

    with pytest.raises(LookupError) as refusal:
        look(sfn_executions)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        pytest.param(methodcaller("get_state_machine", "x"), "No state machine 'x'", id="machine"),
        pytest.param(methodcaller("get_execution", "x"), "No execution 'x'", id="execution"),
        pytest.param(methodcaller("get_map_run", "x"), "No map run 'x'", id="map run"),
    ],
)
def test_lookup_in_an_empty_store(sfn_executions, look, sentence):
    """With an empty store, the LookupError says that there is none."""
    with pytest.raises(LookupError) as refusal:
        look(sfn_executions)

    assert str(refusal.value) == f"{sentence}. Known: none."


def test_a_lookup_names_ten_and_counts_the_rest(sfn_executions, orders):
    """A LookupError names ten records, and the number of the others."""
    orders.add_executions(13, status="SUCCEEDED")

    with pytest.raises(LookupError) as refusal:
        sfn_executions.get_execution("x")

    first_ten = ", ".join(f"{PREFIX}:execution:orders:execution-{index}" for index in range(10))
    assert str(refusal.value) == f"No execution 'x'. Known: {first_ten} and 3 more."


def test_records_come_in_order_of_adding(client, sfn_executions):
    """Machines are listed by region in order of first use, executions and map runs in order of adding."""
    zeta, alpha = sfn_executions.add_state_machine("zeta"), sfn_executions.add_state_machine("alpha")
    abroad = sfn_executions.add_state_machine("abroad", region="eu-west-1")
    middle = sfn_executions.add_state_machine("middle")
    late = zeta.add_execution("late", status="RUNNING")
    early = zeta.add_execution("early", status="SUCCEEDED", start_date=-HOUR)
    second, first = late.add_map_run("B"), late.add_map_run("A")

    assert sfn_executions.state_machines == [zeta, alpha, middle, abroad]
    assert zeta.executions == [late, early]
    assert (late.map_runs, early.map_runs) == ([second, first], [])


def test_lists_of_records_are_copies(sfn_executions, orders):
    """A change of a list of records does not change the store."""
    orders.add_execution(status="RUNNING")
    for records in (sfn_executions.state_machines, orders.executions[0].map_runs):
        records.clear()

    assert (len(sfn_executions.state_machines), len(orders.executions)) == (1, 1)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        pytest.param("orders", f"<StateMachine {MACHINE}>", id="machine"),
        pytest.param("parent", f"<Execution {PREFIX}:execution:orders:parent RUNNING>", id="execution"),
        pytest.param("child", f"<Execution {PREFIX}:execution:orders/Items:child RUNNING>", id="child"),
        pytest.param(
            "batch", f"<MapRun {PREFIX}:mapRun:orders/Items:5d2b7efd-2008-3835-94c7-605fb3270e4e RUNNING>", id="map run"
        ),
        pytest.param("version", f"<Version {MACHINE}:1>", id="version"),
    ],
)
def test_repr_of_a_record(sfn_executions, record, text):
    """The repr of a record has its ARN."""
    assert repr(getattr(Held(sfn_executions), record)) == text


# --- Threads -----------------------------------------------------------------------------------------------------


def test_threads_seed_and_start_at_once(client, orders):
    """Names, order and listings are right if several threads change one machine."""
    threads, starts = 8, 25
    together = Barrier(threads)

    def work(number):
        together.wait()
        for index in range(starts):
            orders.add_execution(f"seed-{number}-{index}", status="RUNNING")
            client.start_execution(stateMachineArn=MACHINE, name=f"start-{number}-{index}")
            orders.add_executions(2, status="SUCCEEDED")
            client.list_executions(stateMachineArn=MACHINE, maxResults=1)

    workers = [Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    pages = client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE)
    walked = [item["name"] for page in pages for item in page["executions"]]
    assert sorted(walked) == sorted(
        [f"{how}-{number}-{index}" for how in ("seed", "start") for number in range(threads) for index in range(starts)]
        + [f"execution-{index}" for index in range(threads * starts * 2)]
    )


def test_threads_that_are_the_first_in_a_region_share_it(sfn_executions):
    """Threads that use a region first at the same time get one store."""
    together = Barrier(8)

    def seed(number):
        together.wait()
        sfn_executions.add_state_machine(f"machine-{number}", region="eu-west-1")

    workers = [Thread(target=seed, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(machine.name for machine in sfn_executions.state_machines) == [
        f"machine-{number}" for number in range(8)
    ]
