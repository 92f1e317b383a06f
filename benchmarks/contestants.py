"""This package, plain moto and botocore's Stubber, doing the same things.

The others live in processes of their own: two mocks do not go into one, and neither pays for the other's garbage.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import process_time, sleep
from typing import Any

import boto3
from botocore.stub import Stubber
from moto import mock_aws
from moto.stepfunctions.models import Execution, stepfunctions_backends

from sfn_mock import mock_sfn_executions

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:orders"
DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/orders"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
#: All executions are older than that.
NEWEST = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=1)
#: Between two starts; no divisor of a minute, so that few executions share the parts of a date.
INTERVAL = timedelta(milliseconds=7919)
DURATION = timedelta(seconds=31, milliseconds=17)


def seconds(run: Callable[[], Any], times: int) -> float:
    """How long it takes, so many times running, after one that finds the machine's caches cold and is not counted.

    By the processor's time, which whatever else the machine does does not add to.
    """
    run()
    begin = process_time()
    for _ in range(times):
        run()
    return (process_time() - begin) / times


class Pages:
    """The pages of an endless walk through a listing, one after the other."""

    def __init__(self, client: Any, page_size: int, **arguments: Any) -> None:
        self._list_executions = client.list_executions
        self._arguments = {**arguments, "maxResults": page_size}
        self._next_token: str | None = None

    def turn(self) -> None:
        arguments = self._arguments if self._next_token is None else {**self._arguments, "nextToken": self._next_token}
        self._next_token = self._list_executions(**arguments).get("nextToken")

    def tokens(self) -> Iterator[str]:
        """Those of one walk."""
        self.turn()
        while self._next_token is not None:
            yield self._next_token
            self.turn()


class Walker:
    """What boto3 users do with a listing, whoever answers."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._pages: dict[int, Pages] = {}

    def turn(self, page_size: int) -> None:
        """Read the next page of that size."""
        if page_size not in self._pages:
            self._pages[page_size] = Pages(self.client, page_size, stateMachineArn=ARN)
        self._pages[page_size].turn()

    def walk(self, items: int, page_size: int) -> None:
        paginator = self.client.get_paginator("list_executions")
        pages = paginator.paginate(stateMachineArn=ARN, PaginationConfig={"MaxItems": items, "PageSize": page_size})
        for _ in pages:
            pass


def seed(owner: Any, how_many: int, name: str, **options: Any) -> None:
    """That many executions of all statuses in turn, the newest at ``NEWEST``."""
    for index, status in enumerate(STATUSES):
        closed = {} if status == "RUNNING" else {"duration": DURATION}
        owner.add_executions(
            how_many // len(STATUSES),
            status=status,
            start_date=NEWEST - how_many * INTERVAL + index * INTERVAL,
            interval=len(STATUSES) * INTERVAL,
            name=f"{name}-{status}-{{index}}",
            **closed,
            **options,
        )


class Ours:
    """This package, with so many executions."""

    def __init__(self, executions: int) -> None:
        self._executions = executions
        self._mock = mock_sfn_executions()

    def __enter__(self) -> Ours:
        self.handle = self._mock.start()
        seed(self.handle.add_state_machine("orders"), self._executions, "nightly")
        self.walker = Walker(boto3.client("stepfunctions"))
        return self

    def __exit__(self, *failure: object) -> None:
        self._mock.stop()


class Moto:
    """Plain moto, with so many executions. Methods give the seconds that something took, so many times running."""

    def __init__(self, executions: int) -> None:
        mock_aws().start()
        client = boto3.client("stepfunctions")
        client.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE)
        [machine] = stepfunctions_backends[ACCOUNT_ID][REGION].state_machines
        machine.executions = [_motos(index, executions) for index in range(executions)]
        self._walker = Walker(client)

    def turn(self, times: int, page_size: int) -> float:
        return seconds(lambda: self._walker.turn(page_size), times)

    def walk(self, times: int, items: int, page_size: int) -> float:
        return seconds(lambda: self._walker.walk(items, page_size), times)


def _motos(index: int, executions: int) -> Execution:
    status = STATUSES[index % len(STATUSES)]
    execution = new_execution(f"nightly-{status}-{index}")
    execution.status = status
    execution.start_date = NEWEST - (executions - index) * INTERVAL
    execution.stop_date = None if status == "RUNNING" else execution.start_date + DURATION
    return execution


def new_execution(name: str) -> Execution:
    return Execution(REGION, ACCOUNT_ID, "orders", name, ARN, "{}")


class Stubbed:
    """botocore's Stubber, which gives back the page that it was told to."""

    def __init__(self) -> None:
        self._client = boto3.client("stepfunctions", REGION, **KEYS)
        self._stubber = Stubber(self._client)
        self._stubber.activate()
        self._items: Iterator[dict[str, Any]] = map(_item, count())

    def turn(self, times: int, page_size: int) -> float:
        pages = [{"executions": list(islice(self._items, page_size)), "nextToken": "next"} for _ in range(times + 1)]

        def ask() -> None:
            self._stubber.add_response("list_executions", pages.pop())
            self._client.list_executions(stateMachineArn=ARN, maxResults=page_size)

        return seconds(ask, times)


def _item(index: int) -> dict[str, Any]:
    status = STATUSES[index % len(STATUSES)]
    start = NEWEST - index * INTERVAL
    item = {
        "executionArn": f"{ARN.replace('stateMachine', 'execution')}:nightly-{status}-{index}",
        "stateMachineArn": ARN,
        "name": f"nightly-{status}-{index}",
        "status": status,
        "startDate": start,
        "redriveCount": 0,
    }
    return item if status == "RUNNING" else {**item, "stopDate": start + DURATION}


class MotoAfresh:
    """Plain moto in tests that begin with nothing."""

    def enter_and_leave(self, times: int) -> float:
        return seconds(self._enter_and_leave, times)

    def _enter_and_leave(self) -> None:
        with mock_aws():
            pass

    def small_test(self, times: int) -> float:
        return seconds(self._small_test, times)

    def _small_test(self) -> None:
        with mock_aws():
            start_five_and_list()

    def run_definitions(self, times: int, how_many: int) -> float:
        return seconds(lambda: self._run_definitions(how_many), times)

    def _run_definitions(self, how_many: int) -> None:
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
            run_and_list(how_many)

    def add_executions(self, times: int, how_many: int) -> float:
        return seconds(lambda: _executions(how_many), times)

    def memory_of_executions(self, how_many: int) -> float:
        return held(lambda: _executions(how_many))


def _executions(how_many: int) -> list[Execution]:
    return [new_execution(f"execution-{index}") for index in range(how_many)]


def start_five_and_list() -> None:
    """A small test that is written for boto3 alone."""
    client = boto3.client("stepfunctions")
    arn = client.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]
    for index in range(5):
        client.start_execution(stateMachineArn=arn, name=f"execution-{index}")
    assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 5


#: Six states that take no time.
SIX_STATES = json.dumps(
    {
        "StartAt": "Prepare",
        "States": {
            "Prepare": {"Type": "Pass", "Result": {"amount": 7, "items": [1, 2, 3]}, "Next": "Count"},
            "Count": {
                "Type": "Pass",
                "Parameters": {"count.$": "States.ArrayLength($.items)", "amount.$": "$.amount"},
                "Next": "IsLarge",
            },
            "IsLarge": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.amount", "NumericGreaterThan": 5, "Next": "Large"}],
                "Default": "Done",
            },
            "Large": {"Type": "Pass", "Result": True, "ResultPath": "$.large", "Next": "Select"},
            "Select": {"Type": "Pass", "InputPath": "$.large", "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    }
)


def run_and_list(how_many: int) -> None:
    """Start executions of six states and list them when all have ended."""
    client = boto3.client("stepfunctions", REGION)
    arn = client.create_state_machine(name="orders", definition=SIX_STATES, roleArn=ROLE)["stateMachineArn"]
    for index in range(how_many):
        client.start_execution(stateMachineArn=arn, name=f"execution-{index}", input="{}")
    while len(client.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]) < how_many:
        sleep(0.01)


def held(make: Callable[[], Any]) -> float:
    """How many bytes what is made holds in memory."""
    tracemalloc.start()
    made = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del made
    return size


# --- Elsewhere ---------------------------------------------------------------------------------------------------


class Elsewhere(AbstractContextManager["Elsewhere"]):
    """An object in a process of its own, whose methods are called from here."""

    def __init__(self, make: Callable[[], Any]) -> None:
        context = get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(make, there), daemon=True)
        self._process.start()
        there.close()

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self._here.send((method, arguments))
            return self._here.recv()

        return call

    def __exit__(self, *failure: object) -> None:
        self._here.close()
        self._process.join()


def _serve(make: Callable[[], Any], calls: Connection) -> None:
    served = make()
    while True:
        try:
            method, arguments = calls.recv()
        except EOFError:
            return
        calls.send(getattr(served, method)(*arguments))
