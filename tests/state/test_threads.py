"""Threads that share one mock: nothing is lost, doubled or incomplete."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import count
from threading import Barrier, BrokenBarrierError, Event, Thread
from time import sleep
from types import FrameType
from typing import Any

import boto3
import pytest
from freezegun import freeze_time
from interrupts import PACKAGE
from moto import mock_aws

from sfn_mock import mock_sfn_executions
from sfn_mock.moto_integration import takeover

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


@pytest.fixture(autouse=True)
def frozen_clock():
    with freeze_time(NOW) as clock:
        yield clock


@pytest.fixture(autouse=True)
def restless_threads():
    """Make Python switch threads much more often."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(*jobs: Callable[[], object]) -> list:
    """The results of the jobs, each run in its own thread, all started together."""
    barrier = Barrier(len(jobs))

    def begin(job):
        barrier.wait(timeout=30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return [done.result() for done in [threads.submit(begin, job) for job in jobs]]


def walk(client, **arguments) -> list[dict]:
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE, **arguments)
    return [execution for page in pages for execution in page["executions"]]


def test_nothing_is_lost_or_doubled(client, orders):
    """Executions of several threads are listed once each, and a stopped one stays stopped."""

    def seed():
        return [run.arn for _ in range(5) for run in orders.add_executions(5, status="FAILED")]

    def start():
        return [client.start_execution(stateMachineArn=MACHINE)["executionArn"] for _ in range(15)]

    def start_and_stop():
        arns = start()
        for arn in arns:
            client.stop_execution(executionArn=arn)
        return arns

    failed, more_failed, running, more_running, aborted = at_once(seed, seed, start, start, start_and_stop)

    listed = [(execution["executionArn"], execution["status"]) for execution in walk(client)]
    assert sorted(listed) == sorted(
        [
            *((arn, "FAILED") for arn in failed + more_failed),
            *((arn, "RUNNING") for arn in running + more_running),
            *((arn, "ABORTED") for arn in aborted),
        ]
    )
    assert len(set(listed)) == 95


def test_default_names_never_collide(orders):
    """Default names in several threads are different."""
    at_once(*[lambda: orders.add_executions(20, status="SUCCEEDED")] * 4)

    assert sorted(run.name for run in orders.executions) == sorted(f"execution-{index}" for index in range(80))


class WaitingZone(tzinfo):
    """UTC, but it waits until all threads have asked for it."""

    def __init__(self, threads: int) -> None:
        self._barrier = Barrier(threads)

    def utcoffset(self, dt: datetime | None) -> timedelta:
        with suppress(BrokenBarrierError):
            self._barrier.wait(timeout=0.1)
        return timedelta(0)


def test_seeding_is_one_step(orders):
    """While one thread adds a seed, its name is taken for all others."""
    slow_date = NOW.replace(tzinfo=WaitingZone(2))

    def seed():
        try:
            return orders.add_execution("nightly", status="FAILED", start_date=slow_date)
        except ValueError as refusal:
            return str(refusal)

    answers = at_once(seed, seed)

    assert [answer for answer in answers if not isinstance(answer, str)] == orders.executions
    assert [answer for answer in answers if isinstance(answer, str)] == [
        "name must be unused in the state machine or Map state, got 'nightly'"
    ]


def test_each_page_of_a_walk_shows_one_moment(client, orders):
    """The items of a page match its filter, whatever other threads stop, and none is listed twice."""
    runs = orders.add_executions(60, status="RUNNING")

    def stop():
        for run in runs:
            client.stop_execution(executionArn=run.arn)

    def walk_often():
        return [walk(client, statusFilter="RUNNING", PaginationConfig={"PageSize": 7}) for _ in range(8)]

    _, walks, more_walks = at_once(stop, walk_often, walk_often)

    shown = [execution for walk in walks + more_walks for execution in walk]
    assert {execution["status"] for execution in shown} <= {"RUNNING"}
    assert [execution["name"] for execution in shown if "stopDate" in execution] == []
    for names in ([execution["name"] for execution in walk] for walk in walks + more_walks):
        assert len(set(names)) == len(names)
    assert walk(client, statusFilter="RUNNING") == []


def test_execution_ends_once(orders):
    """If threads end one execution at once, one succeeds, and the others get an error."""
    runs = orders.add_executions(50, status="RUNNING")

    def fail(run):
        try:
            run.fail("Late")
        except RuntimeError as refusal:
            return str(refusal)
        return None

    refusals = zip(*at_once(*[lambda: [fail(run) for run in runs]] * 4), strict=True)

    for run, refusals_of_one in zip(runs, refusals, strict=True):
        refusal = f"{run.arn} cannot be made FAILED: it is FAILED, and only a RUNNING execution can end."
        assert sorted(refusals_of_one, key=str) == [None, refusal, refusal, refusal]


def test_repeated_start_starts_once(client, orders):
    """StartExecution with the same name and input starts once, also if calls overlap."""
    names = [f"nightly-{index}" for index in range(10)]

    def start():
        return [client.start_execution(stateMachineArn=MACHINE, name=name)["executionArn"] for name in names]

    answers = at_once(*[start] * 4)

    assert sorted(run.name for run in orders.executions) == names
    assert [set(answer) for answer in answers] == [{run.arn for run in orders.executions}] * 4


def test_first_calls_to_a_region_share_its_store(sfn_executions):
    """Threads that call a new region at once get one store."""
    at_once(
        *[
            lambda name=name: sfn_executions.add_state_machine(name, region="eu-west-1")
            for name in ("orders", "billing", "shipping", "returns")
        ]
    )

    assert sorted(machine.name for machine in sfn_executions.state_machines) == [
        "billing",
        "orders",
        "returns",
        "shipping",
    ]


def test_calls_during_resets_are_answered(client, sfn_executions):
    """A call during resets sees the store before or after a reset."""
    done = []

    def call():
        codes = set()
        for _ in range(300):
            try:
                client.start_execution(stateMachineArn=MACHINE)
                client.list_executions(stateMachineArn=MACHINE)
            except client.exceptions.StateMachineDoesNotExist:
                codes.add("StateMachineDoesNotExist")
            else:
                codes.add("answered")
        done.append(True)
        return codes

    def reset():
        while len(done) < 2:
            sfn_executions.reset()
            sfn_executions.add_state_machine("orders").add_execution(status="RUNNING")

    first, second, _ = at_once(call, call, reset)

    assert first | second <= {"answered", "StateMachineDoesNotExist"}


def test_seeds_during_resets_are_stored_or_refused(sfn_executions):
    """A seed during resets is stored, or an old record raises one error."""
    done = []

    def seed():
        refusals = set()
        for index in range(300):
            try:
                sfn_executions.add_state_machine(f"orders-{index}").add_execution(status="RUNNING")
            except RuntimeError as error:
                refusals.add(str(error))
        done.append(True)
        return refusals

    def reset():
        while not done:
            sfn_executions.reset()

    refusals, _ = at_once(seed, reset)

    assert refusals <= {
        "The records of account 123456789012 in us-east-1 are gone, because their mock has ended or was reset: seed "
        "again inside an active mock."
    }


def test_map_runs_are_read_while_others_are_added(orders):
    """A list of records does not change while other threads add to it."""
    run = orders.add_execution(status="RUNNING")

    def add():
        return [run.add_map_run("Files").arn for _ in range(300)]

    def look():
        return [len(run.map_runs) for _ in range(300)]

    added, *seen = at_once(add, look, look)

    assert [map_run.arn for map_run in run.map_runs] == added
    assert [counts for counts in seen if counts != sorted(counts)] == []


def test_another_thread_reads_after_the_end():
    """After the end of the mock, records can be read in each thread, also what locks them."""
    with mock_sfn_executions() as sfn:
        run = sfn.add_state_machine("orders").add_execution(status="SUCCEEDED")
    seen = []
    reader = Thread(target=lambda: seen.append((run.status, run.visited)), daemon=True)
    reader.start()
    reader.join(timeout=30)

    assert seen == [("SUCCEEDED", ["Pass"])]


def test_first_calls_to_another_service_wait_until_it_is_ready(monkeypatch):
    """Two first calls to a service of moto both wait until it is ready."""
    order, began, answered = [], Event(), Event()

    @contextmanager
    def change():
        began.set()
        answered.wait(0.2)
        order.append("ready")
        yield

    def call():
        boto3.client("events", "us-east-1").list_rules()
        order.append("answered")
        answered.set()

    def call_meanwhile():
        began.wait(10)
        call()

    monkeypatch.setitem(takeover._OTHER_SERVICES, "events", change)
    with mock_sfn_executions(), mock_aws():
        at_once(call, call_meanwhile)

    assert order == ["ready", "answered", "answered"]


def test_first_uses_of_the_default_session_share_it():
    """Threads that use boto3's default session first at once get one session."""
    for _ in range(20):
        with mock_sfn_executions():
            first, *others = at_once(*[lambda: boto3.DEFAULT_SESSION.events] * 4)

            assert [events is first for events in others] == [True, True, True]


@pytest.mark.sfn_executions(execute=True)
def test_errors_of_tasks_in_two_threads(client, sfn_executions):
    """An exception of a task is raised once, by the call of its thread, also if tasks of two threads raise at once."""
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "End": True}
    machine = sfn_executions.add_state_machine("charging", definition={"StartAt": "Charge", "States": {"Charge": task}})
    both_called, released = Barrier(3), Event()
    charged = []

    def charge(input):
        charged.append(input["order"])
        both_called.wait(timeout=5)
        released.wait(timeout=5)
        raise LookupError(input["order"])

    class ReleasingZone(tzinfo):
        """UTC, but when a seed that has locked the records asks for it, both tasks raise their exceptions."""

        def utcoffset(self, dt: datetime | None) -> timedelta:
            released.set()
            sleep(0.05)
            return timedelta(0)

    def start(order):
        with pytest.raises(LookupError) as raised:
            client.start_execution(stateMachineArn=machine.arn, name=order, input=json.dumps({"order": order}))
        return raised.value.args

    def seed():
        both_called.wait(timeout=5)
        machine.add_execution("seeded", status="FAILED", start_date=NOW.replace(tzinfo=ReleasingZone()))

    machine.mock_task("Charge", charge)
    errors = at_once(lambda: start("first"), lambda: start("second"), seed)
    listed = client.list_executions(stateMachineArn=machine.arn)["executions"]

    assert errors == [("first",), ("second",), None]
    assert sorted((execution["name"], execution["status"]) for execution in listed) == [
        ("first", "RUNNING"),
        ("second", "RUNNING"),
        ("seeded", "FAILED"),
    ]
    assert sorted(charged) == ["first", "second"]


def meanwhile(name: str, instruction: int, other: Callable[[], object]) -> AbstractContextManager[list[int]]:
    """Call a function in another thread before an instruction of the first call of a function of the package.

    The list has the numbers of the instructions, up to the end of that call.
    """
    seen: list[int] = []

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_name != name or not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        # Python 3.13 reports instructions if the frame has a trace function before, 3.12 if one is set after.
        frame.f_trace = trace_call
        frame.f_trace_opcodes = True
        sys.settrace(trace)
        return trace_call

    def trace_call(frame: FrameType, event: str, argument: object) -> Any:
        if event == "return":
            sys.settrace(None)
        elif event == "opcode":
            seen.append(len(seen))
            if seen[-1] == instruction:
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(other).result()
        return trace_call

    @contextmanager
    def traced() -> Iterator[list[int]]:
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            yield seen
        finally:
            sys.settrace(before)

    return traced()


@pytest.mark.sfn_executions(execute=True)
def test_what_is_due_is_done_by_another_thread(client, sfn_executions, frozen_clock):
    """A list of executions is complete, also if another thread does what is due between any two steps of the check."""
    pause = {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 60, "End": True}}}
    machine = sfn_executions.add_state_machine("pausing", definition=pause)
    ended = []
    for instruction in count():
        client.start_execution(stateMachineArn=machine.arn)
        frozen_clock.tick(60)
        with meanwhile("has_due", instruction, lambda: client.list_executions(stateMachineArn=machine.arn)) as seen:
            runs = machine.executions
        ended.append([run.status for run in runs].count("SUCCEEDED"))
        if instruction not in seen:
            break

    assert ended == list(range(1, instruction + 2))
    assert instruction > 5


def test_status_changes_are_sent_by_another_thread(frozen_clock):
    """EventBridge gets each change once, also if another thread sends it between any two steps of a check for it."""
    with mock_aws(), mock_sfn_executions() as sfn:
        client, queues, events = (boto3.client(service) for service in ("stepfunctions", "sqs", "events"))
        url = queues.create_queue(QueueName="changes", Attributes={"VisibilityTimeout": "3600"})["QueueUrl"]
        events.put_rule(Name="changes", EventPattern='{"source": ["aws.states"]}')
        queue_arn = "arn:aws:sqs:us-east-1:123456789012:changes"
        events.put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": queue_arn}])
        machine = sfn.add_state_machine("orders")
        received = []
        for instruction in count():
            machine.add_execution(str(instruction), status="SUCCEEDED", start_date="now", stop_date="+60s")
            frozen_clock.tick(60)
            with meanwhile("is_due", instruction, lambda: client.list_executions(stateMachineArn=MACHINE)) as seen:
                messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
            received.append([json.loads(message["Body"])["detail"]["name"] for message in messages])
            if instruction not in seen:
                break

    assert received == [[str(index)] for index in range(instruction + 1)]
    assert instruction > 5
