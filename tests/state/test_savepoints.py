"""An inner mock undoes its changes when it ends, and earlier records are as before."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from functools import partial
from threading import Barrier, Thread

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sfn_mock import activation, get_mock, mock_sfn_executions
from sfn_mock.instruments.calls import Call, Outcome, drop_answer, is_kept
from sfn_mock.instruments.faults import Fault, Faults
from sfn_mock.instruments.requests import Request
from sfn_mock.state.savepoints import Savepoint

pytestmark = pytest.mark.usefixtures("clock")
NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
ROLE = "arn:aws:iam::123456789012:role/orders"
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
PASS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}})
WAITING = json.dumps(
    {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": f"{PREFIX}:activity:people",
                "Next": "Pause",
            },
            "Pause": {"Type": "Wait", "Seconds": 60, "End": True},
        },
    }
)


class Outer:
    """An outer mock, as of a module, with one record of each kind."""

    def __init__(self, sfn):
        self.sfn = sfn
        self.client = boto3.client("stepfunctions")
        self.orders = sfn.add_state_machine("orders")
        self.version = self.orders.publish_version()
        self.live = self.orders.add_alias("live", self.version)
        self.parent = self.orders.add_execution("parent", status="RUNNING")
        self.failed = self.orders.add_execution("failed", status="FAILED")
        self.batch = self.parent.add_map_run("Items")
        self.child = self.batch.add_execution("child", status="RUNNING")

    def picture(self):
        """All that a test can see of the outer mock."""
        listed = self.client.list_executions(stateMachineArn=MACHINE)["executions"]
        children = self.client.list_executions(mapRunArn=self.batch.arn)["executions"]
        return (
            [(item["name"], item["status"], item.get("stopDate")) for item in listed + children],
            [machine.name for machine in self.sfn.state_machines],
            [execution.name for execution in self.orders.executions],
            list(self.orders.versions),
            list(self.orders.aliases),
            [map_run.arn for map_run in self.parent.map_runs],
            self.client.list_activities()["activities"],
            self.client.list_tags_for_resource(resourceArn=MACHINE)["tags"],
            self.failed.redrive_count,
        )


@pytest.fixture
def outer():
    with mock_sfn_executions() as sfn:
        yield Outer(sfn)


def _seed(outer):
    outer.sfn.add_state_machine("invoices").add_execution(status="RUNNING")
    outer.orders.add_execution("later", status="RUNNING")
    outer.orders.add_executions(3, status="SUCCEEDED")
    outer.batch.add_execution("another", status="FAILED")
    outer.parent.add_map_run("More")
    outer.orders.publish_version()
    outer.orders.add_alias("beta", outer.version)


def _end(outer):
    outer.child.fail()
    outer.parent.succeed()
    outer.failed.redrive()


def _call(outer):
    outer.client.create_activity(name="people")
    outer.client.tag_resource(resourceArn=MACHINE, tags=[{"key": "team", "value": "billing"}])
    outer.client.start_execution(stateMachineArn=MACHINE, name="started")
    outer.client.stop_execution(executionArn=outer.parent.arn)
    outer.client.update_state_machine(stateMachineArn=MACHINE, definition=PASS)


def _delete(outer):
    outer.client.delete_state_machine_alias(stateMachineAliasArn=outer.live.arn)
    outer.client.delete_state_machine_version(stateMachineVersionArn=outer.version.arn)
    outer.child.abort()
    outer.parent.abort()
    outer.client.delete_state_machine(stateMachineArn=MACHINE)


def _reset(outer):
    outer.sfn.reset()
    outer.sfn.add_state_machine("orders").add_execution("parent", status="SUCCEEDED")


@pytest.mark.parametrize("change", [_seed, _end, _call, _delete, _reset])
def test_changes_of_an_inner_mock_are_undone(outer, change):
    """Records from before the inner mock have all their contents after it."""
    before = outer.picture()
    definition = outer.orders.definition

    with mock_sfn_executions():
        change(outer)

    assert outer.picture() == before
    assert outer.orders.definition == definition
    outer.orders.add_execution("next", status="RUNNING")
    assert outer.picture()[2] == ["parent", "failed", "next"]


def test_two_inner_mocks_see_the_same_names_and_ids(outer):
    """Default names and ids begin where the outer mock is, so tests do not depend on their order."""
    names = []
    for _ in range(2):
        with mock_sfn_executions():
            names.append((outer.orders.add_execution(status="RUNNING").name, outer.parent.add_map_run().arn))

    assert names[0] == names[1]


def test_inner_mocks_within_one_another(outer):
    """Each inner mock undoes only the changes since its own start."""
    seen = []
    with mock_sfn_executions():
        outer.orders.add_execution("one", status="RUNNING")
        with mock_sfn_executions():
            outer.orders.add_execution("two", status="RUNNING")
            seen.append(len(outer.orders.executions))
        seen.append(len(outer.orders.executions))

    assert [*seen, len(outer.orders.executions)] == [4, 3, 2]


def test_calls_and_faults_of_an_inner_mock_are_undone(outer):
    """The record of calls and the counts of faults are those of the outer mock again."""
    outer.client.list_state_machines()
    fault = outer.sfn.add_fault("ListActivities", error="AccessDeniedException")

    with mock_sfn_executions():
        with pytest.raises(ClientError):
            outer.client.list_activities()
        outer.sfn.add_fault("ListStateMachines", error="AccessDeniedException")
        inside = [call.operation for call in outer.sfn.calls]

    assert inside == ["ListStateMachines", "ListActivities"]
    assert [call.operation for call in outer.sfn.calls] == ["ListStateMachines"]
    assert fault.count == 0
    assert len(outer.client.list_state_machines()["stateMachines"]) == 1


def test_outcomes_of_starts_are_restored(outer):
    """A list of outcomes is at its earlier position, and on_start of the inner mock is removed."""
    outer.orders.on_start(["FAILED", "SUCCEEDED"])
    statuses = []
    for _ in range(2):
        with mock_sfn_executions():
            arn = outer.client.start_execution(stateMachineArn=MACHINE)["executionArn"]
            statuses.append(outer.sfn.get_execution(arn).status)
            outer.orders.on_start(status="ABORTED")

    assert statuses == ["FAILED", "FAILED"]


def test_another_account_is_empty_again():
    """Records of an account or region that only the inner mock used are removed."""
    with mock_sfn_executions() as sfn:
        with mock_sfn_executions():
            machine = sfn.add_state_machine("orders", region="eu-west-1")

        assert sfn.state_machines == []
        with pytest.raises(RuntimeError, match=r"^The records of account 123456789012 in eu-west-1 are gone"):
            _ = machine.arn


def test_seeds_in_motos_dictionaries_are_undone():
    """moto's dictionaries have the same records as before."""
    with mock_sfn_executions() as sfn, mock_aws():
        sfn.add_state_machine("orders")
        with mock_sfn_executions():
            sfn.add_state_machine("invoices")
            boto3.client("stepfunctions", "eu-west-1").create_activity(name="people")

        tagging = boto3.client("stepfunctions")
        assert [item["name"] for item in tagging.list_state_machines()["stateMachines"]] == ["orders"]
        assert boto3.client("stepfunctions", "eu-west-1").list_activities()["activities"] == []


@pytest.mark.sfn_executions(execute=True)
def test_a_function_without_a_module_is_kept(sfn):
    """A handler that no module defines answers its tasks during an inner mock and after it."""
    names = {}
    exec("def echo(event, context): return event", names)
    names["echo"].__module__ = None
    sfn.mock_lambda("echo", names["echo"])
    function = "arn:aws:lambda:us-east-1:123456789012:function:echo"
    state = json.dumps({"Type": "Task", "Resource": function, "End": True})

    def output():
        return boto3.client("stepfunctions", "us-east-1").test_state(definition=state, input="7", roleArn=ROLE)[
            "output"
        ]

    with mock_sfn_executions():
        inside = output()

    assert (inside, output()) == ("7", "7")


# --- Views of removed records ------------------------------------------------------------------------------------

GONE = " no longer exists: the inner mock, fixture or test that added it has ended."


def test_views_of_an_inner_mock_cannot_be_read(outer):
    """To read or change a view of the inner mock is a RuntimeError."""
    with mock_sfn_executions():
        invoices = outer.sfn.add_state_machine("invoices")
        later = outer.orders.add_execution("later", status="RUNNING")
        more = outer.parent.add_map_run("More")
        version = outer.orders.publish_version()
        alias = outer.orders.add_alias("beta", version)
        arns = [each.arn for each in (invoices, later, more, version, alias)]

    for view, arn, sentence in (
        (invoices, arns[0], GONE),
        (later, arns[1], GONE),
        (more, arns[2], GONE),
        (version, arns[3], " was deleted: publish a version again."),
        (alias, arns[4], " was deleted or replaced: add the alias again."),
    ):
        with pytest.raises(RuntimeError) as refusal:
            _ = view.arn
        assert str(refusal.value) == arn + sentence
        assert repr(view) == f"<{type(view).__name__} that is gone>"
    with pytest.raises(RuntimeError):
        later.fail()


def test_views_can_be_read_after_the_mock(clock):
    """After the end of the mock, views show their last state and cannot be changed."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        run = orders.add_execution("one", status="SUCCEEDED", duration=MINUTE)
        batch = orders.add_execution("two", status="RUNNING").add_map_run("Items")
        assert run.status == "RUNNING"
    clock.tick(2 * MINUTE)

    assert (run.status, run.stop_date, batch.status) == ("RUNNING", None, "RUNNING")
    assert [each.name for each in orders.executions] == ["one", "two"]
    with pytest.raises(RuntimeError, match="are gone, because their mock has ended"):
        run.abort()


def test_views_cannot_be_read_after_a_reset(outer):
    """To read a view after a reset is a RuntimeError."""
    outer.sfn.reset()

    for view in (outer.orders, outer.version, outer.live, outer.parent, outer.batch, outer.child):
        with pytest.raises(RuntimeError, match="are gone, because their mock has ended or was reset"):
            _ = view.arn


def test_views_cannot_be_read_after_a_deletion(outer):
    """To read a view after a deletion is a RuntimeError that names what was deleted."""
    _delete(outer)

    for view in (outer.orders, outer.parent, outer.batch, outer.child):
        with pytest.raises(RuntimeError) as refusal:
            _ = view.arn
        assert str(refusal.value) == (
            f"{MACHINE} was deleted, with its versions, aliases and executions: add the state machine again."
        )


# --- Definitions that run ----------------------------------------------------------------------------------------


@pytest.fixture
def executed():
    with mock_sfn_executions(execute=True) as sfn:
        yield sfn


def test_a_run_is_restored(executed, clock):
    """A task that was answered in the inner mock waits again, and can be answered differently."""
    client = boto3.client("stepfunctions")
    arn = client.create_activity(name="people")["activityArn"]
    machine = executed.add_state_machine("orders", definition=WAITING)
    started = client.start_execution(stateMachineArn=machine.arn)["executionArn"]
    token = client.get_activity_task(activityArn=arn)["taskToken"]
    run = executed.get_execution(started)
    before = client.get_execution_history(executionArn=started)["events"]

    with mock_sfn_executions():
        client.send_task_success(taskToken=token, output='"inner"')
        clock.tick(2 * MINUTE)
        inside = run.status, run.output
    clock.move_to(NOW)
    after = client.get_execution_history(executionArn=started)["events"]
    client.send_task_failure(taskToken=token, error="Declined")

    assert inside == ("SUCCEEDED", '"inner"')
    assert after == before
    assert (run.status, run.error) == ("FAILED", "Declined")


def test_a_waiting_run_continues_after_an_inner_mock(executed, clock):
    """A run that waits continues after the inner mock as if it had not been."""
    client = boto3.client("stepfunctions")
    pause = json.dumps({"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 60, "End": True}}})
    machine = executed.add_state_machine("orders", definition=pause)
    run = executed.get_execution(client.start_execution(stateMachineArn=machine.arn, input="1")["executionArn"])

    with mock_sfn_executions():
        client.stop_execution(executionArn=run.arn)
        inside = run.status
    outside = run.status
    clock.tick(MINUTE)

    assert (inside, outside, run.status, run.output) == ("ABORTED", "RUNNING", "SUCCEEDED", "1")


# --- Threads and tasks -------------------------------------------------------------------------------------------


def test_threads_share_the_innermost_mock(outer):
    """The changes of a mock in another thread stay: it is not an inner mock."""

    def work(name):
        with mock_sfn_executions():
            outer.orders.add_execution(name, status="RUNNING")

    threads = [Thread(target=work, args=(f"thread-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
        thread.join()

    assert len(outer.orders.executions) == 5


def test_tasks_that_overlap_share_one_savepoint(outer):
    """Overlapping tasks share a savepoint: the first makes it, and the last rolls back."""
    counts = []

    @mock_sfn_executions
    async def work(name, steps):
        outer.orders.add_execution(name, status="RUNNING")
        for _ in range(steps):
            await asyncio.sleep(0)
        counts.append(len(outer.orders.executions))

    async def both():
        await asyncio.gather(work("one", 1), work("two", 3))

    asyncio.run(both())

    assert counts == [4, 4]
    assert len(outer.orders.executions) == 2


def test_a_mock_that_ends_before_one_that_began_later():
    """The store exists until the last mock has ended."""
    first, second = mock_sfn_executions(), mock_sfn_executions()
    barrier = Barrier(2)

    def later():
        second.start()
        barrier.wait()
        barrier.wait()
        get_mock().add_state_machine("orders")
        second.stop()

    first.start()
    thread = Thread(target=later)
    thread.start()
    barrier.wait()
    first.stop()
    alive = get_mock().state_machines
    barrier.wait()
    thread.join()

    assert alive == []
    with pytest.raises(RuntimeError):
        get_mock()


# --- Contents that are restored ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hold",
    [
        pytest.param(lambda faults: [faults], id="a list"),
        pytest.param(lambda faults: [faults.add], id="a method"),
        pytest.param(lambda faults: [partial(faults.add)], id="a partial"),
    ],
)
def test_contents_are_restored_in_every_container(hold):
    """Containers and attributes have their earlier contents."""
    faults = Faults()
    fault = faults.add(Fault("ListExecutions", "ThrottlingException"))
    savepoint = Savepoint()
    savepoint.keep(hold(faults))
    faults.clear()
    fault.note = "added"

    savepoint.roll_back()

    assert list(faults) == [fault]
    assert faults.may_fail("ListExecutions")
    assert not hasattr(fault, "note")


def test_slots_are_restored():
    """Objects with slots have their earlier contents."""
    call = Call(Request("ListExecutions", "{}", "123456789012", "us-east-1", 0), Outcome(None, {}))
    savepoint = Savepoint()
    savepoint.keep(call)
    drop_answer(call)

    savepoint.roll_back()

    assert is_kept(call)


def test_a_mock_that_another_thread_stops():
    """A thread that has started no mock ends the innermost one."""
    mock = mock_sfn_executions()
    mock.start()
    thread = Thread(target=mock.stop)
    thread.start()
    thread.join()

    with pytest.raises(RuntimeError):
        get_mock()
    with mock_sfn_executions() as sfn:
        assert sfn.state_machines == []


def test_without_a_mock_no_report_is_kept():
    """A failure without a mock leaves no report."""
    activation.keep_report()

    assert activation.describe_active_mock() == ""
