"""Ordinary use with annotations: type-checked, never run.

A line that needs an ignore, or an assert_type that fails, breaks the type checks of users.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import IsolatedAsyncioTestCase, TestCase

import pytest

from sfn_mock import (
    Alias,
    Coverage,
    CoverageReport,
    Execution,
    Executions,
    MapRun,
    NestingError,
    SeedWarning,
    StateMachine,
    Status,
    StepFunctionsMock,
    TaskError,
    UnmockedServiceError,
    Version,
    get_mock,
    install,
    mock_sfn_executions,
    server,
    uninstall,
)
from sfn_mock.types import ExecutionSeed, OutcomeDict, SeedDocument

if TYPE_CHECKING:
    from typing_extensions import assert_type

# --- Decorators --------------------------------------------------------------------------------------------------


@mock_sfn_executions
def count_machines(prefix: str, *, limit: int = 10) -> int:
    return len([machine for machine in get_mock().state_machines if machine.name.startswith(prefix)][:limit])


@mock_sfn_executions(account_id="210987654321", region="eu-central-1")
def names_of(machines: list[StateMachine]) -> list[str]:
    return [machine.name for machine in machines]


@mock_sfn_executions
async def first_name(handle: StepFunctionsMock) -> str | None:
    return next((machine.name for machine in handle.state_machines), None)


@mock_sfn_executions(region="eu-central-1")
def each_name() -> Iterator[str]:
    yield from (machine.name for machine in get_mock().state_machines)


@mock_sfn_executions
async def each_name_later() -> AsyncIterator[str]:
    for machine in get_mock().state_machines:
        yield machine.name


@mock_sfn_executions
class TestPlain:
    orders: StateMachine

    def setup_method(self) -> None:
        self.orders = get_mock().add_state_machine("orders")

    def test_it(self) -> None:
        assert self.orders.executions == []


@mock_sfn_executions(region="us-west-2")
class UnittestStyle(TestCase):
    def setUp(self) -> None:
        self.orders = get_mock().add_state_machine("orders")

    def count(self) -> int:
        return len(self.orders.executions)


@mock_sfn_executions
class AsyncStyle(IsolatedAsyncioTestCase):
    async def test_it(self) -> None:
        assert await first_name(get_mock()) is None


async def decorators_keep_signatures() -> None:
    assert_type(count_machines("orders", limit=3), int)
    assert_type(names_of([]), list[str])
    assert_type(await first_name(get_mock()), str | None)
    assert_type(each_name(), Iterator[str])
    assert_type([name async for name in each_name_later()], list[str])
    assert_type(TestPlain().orders, StateMachine)
    assert_type(UnittestStyle().count(), int)
    kept: Callable[[list[StateMachine]], list[str]] = names_of
    cls: type[UnittestStyle] = UnittestStyle
    print(kept, cls, AsyncStyle("test_it"))


def wrong_calls_are_errors() -> None:
    count_machines(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    names_of()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    mock_sfn_executions(regoin="eu-west-1")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    mock_sfn_executions(transport="http")  # type: ignore[call-overload]  # pyright: ignore


# --- Context managers, start and stop, fixtures ------------------------------------------------------------------


def contexts() -> None:
    with mock_sfn_executions() as sfn, mock_sfn_executions(account_id="210987654321") as inner:
        assert_type(sfn, StepFunctionsMock)
        assert_type(inner, StepFunctionsMock)

    mock = mock_sfn_executions(region="eu-central-1")
    assert_type(mock.start(), StepFunctionsMock)
    mock.stop()
    with mock_sfn_executions(transport="wire", execute=True) as sfn:
        assert_type(sfn, StepFunctionsMock)


def servers(seeds: Path) -> None:
    with server(port=5000, account_id="210987654321", short_pages=True) as sfn:
        assert_type(sfn, StepFunctionsMock)
        assert_type(sfn.endpoint_url, str)
        assert_type(sfn.seed(seeds), list[StateMachine])
        assert_type(sfn.seed({"state_machines": []}), list[StateMachine])

    started = server(host="0.0.0.0")
    assert_type(started.start(), StepFunctionsMock)
    started.stop()
    server("0.0.0.0")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@pytest.fixture(scope="session")
def installed() -> Iterator[None]:
    install()
    yield
    uninstall()


@pytest.fixture
def orders(sfn_executions: StepFunctionsMock) -> StateMachine:
    return sfn_executions.add_state_machine("orders")


@pytest.mark.sfn_executions(short_pages=True)
def test_with_the_server(sfn_executions_server: StepFunctionsMock) -> None:
    assert_type(sfn_executions_server.endpoint_url, str)


@pytest.mark.sfn_executions(region="eu-central-1")
@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
def test_with_the_fixture(sfn_executions: StepFunctionsMock, orders: StateMachine, status: Status) -> None:
    assert_type(orders.add_execution("nightly", status=status), Execution)
    with pytest.warns(SeedWarning), pytest.raises((UnmockedServiceError, NestingError)):
        sfn_executions.reset()


# --- Records -----------------------------------------------------------------------------------------------------


def seeds(sfn: StepFunctionsMock) -> None:
    machine = sfn.add_state_machine(
        "orders",
        type="STANDARD",
        definition="{}",
        role_arn=None,
        creation_date=timedelta(days=-1),
        region="us-east-1",
        account_id="123456789012",
    )
    assert_type(machine, StateMachine)
    v1, v2 = machine.publish_version(), machine.publish_version(description="faster")
    assert_type(v1, Version)
    assert_type(v1.number, int)
    assert_type(machine.add_alias("live", v1), Alias)
    machine.add_alias("half", [(v1, 50), (v2, 50)], description="both")
    weights = [(version, 50) for version in (v1, v2)]
    machine.add_alias("also-half", weights)
    run = machine.add_execution(
        "nightly",
        status="FAILED",
        start_date="2026-01-10T02:00:00Z",
        stop_date=datetime(2026, 1, 10, 3, tzinfo=timezone.utc),
        version=v1,
        input="{}",
        error="OutOfStock",
        cause=None,
        redrive_count=1,
        redrive_date=timedelta(hours=-1),
    )
    assert_type(run, Execution)
    assert_type(machine.add_execution(status="RUNNING", alias="live", duration=None), Execution)
    many = machine.add_executions(
        250, status="SUCCEEDED", start_date=None, interval=timedelta(seconds=1), duration=timedelta(0), name="n-{index}"
    )
    assert_type(many, Executions)
    batch = run.add_map_run("Items", execution_type="EXPRESS", tolerated_failure_percentage=5.0, max_concurrency=3)
    assert_type(batch, MapRun)
    assert_type(batch.add_execution(status="PENDING_REDRIVE", item_count=10), Execution)
    assert_type(batch.add_executions(40, status="SUCCEEDED", item_count=25), Executions)
    machine.on_start(status="SUCCEEDED", duration=timedelta(minutes=5), output="{}")
    assert_type(sfn.load("executions.json"), Executions)
    sfn.load(Path("executions.json"), parent=run)
    sfn.load([{"executions": []}])


def documents(sfn: StepFunctionsMock, orders: StateMachine) -> None:
    failed: ExecutionSeed = {"status": "FAILED", "failed_in": "Charge", "error": "Declined"}
    outcome: OutcomeDict = {"status": "FAILED", "failed_in": "Charge", "duration": "5m"}
    document: SeedDocument = {"state_machines": [{"name": "orders", "executions": [failed], "on_start": outcome}]}
    sfn.seed(document)
    orders.on_start([outcome])


def lives(run: Execution) -> None:
    run.succeed(output="{}")
    run.fail(error="OutOfStock", cause=None)
    run.time_out()
    run.abort()
    run.redrive()


def looking(sfn: StepFunctionsMock, run: Execution, batch: MapRun) -> None:
    assert_type(sfn.state_machines, list[StateMachine])
    assert_type(sfn.get_state_machine("orders"), StateMachine)
    assert_type(sfn.get_state_machine("orders").executions, Executions)
    assert_type(sfn.get_execution("arn"), Execution)
    assert_type(sfn.get_map_run("arn"), MapRun)
    assert_type(run.arn, str)
    assert_type(run.name, str)
    assert_type(run.status, Status | None)
    assert_type(run.start_date, datetime)
    assert_type(run.stop_date, datetime | None)
    assert_type(run.redrive_count, int)
    assert_type(run.redrive_date, datetime | None)
    assert_type(run.map_runs, list[MapRun])
    assert_type(run.visited, list[str])
    run.wait_until_done(timedelta(seconds=5))
    detail: dict[str, object] = run.status_change_event()["detail"]
    started: str = run.context["Execution"]["StartTime"]
    print(detail, started)
    assert_type(batch.arn, str)
    assert_type(batch.executions, Executions)


def decline(input: dict[str, int]) -> dict[str, int]:
    raise TaskError("Declined", f"no {input['amount']}")


def charge(event: dict[str, int], context: object) -> dict[str, bool]:
    return {"charged": event["amount"] > 0}


def answers_of_tasks(sfn: StepFunctionsMock, orders: StateMachine, config: Path) -> None:
    orders.mock_task("Charge", result={"charged": True}, duration="3s")
    orders.mock_task(
        "Charge", [{"error": "Declined", "cause": "no funds"}, {"result": {}}], duration=timedelta(seconds=3)
    )
    orders.mock_task("Charge", decline)
    sfn.mock_task("arn:aws:states:::sqs:*", error="Sqs.SqsException", cause=None, strict=False)
    sfn.mock_lambda("charge", charge)
    sfn.load_mock_config(config)
    sfn.load_mock_config({"StateMachines": {}})


def coverage_of_definitions(sfn: StepFunctionsMock, orders: StateMachine) -> list[str]:
    report = sfn.coverage()
    assert_type(report, CoverageReport)
    assert_type(report.machines, list[Coverage])
    assert_type(report.percentage, float)
    assert_type(orders.coverage().counts, dict[str, int])
    return orders.coverage().missed
