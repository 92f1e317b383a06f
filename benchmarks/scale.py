"""Time and memory over size, beside plain moto: `python benchmarks/scale.py [--largest 1000000] [--only seeds]`.

Each measurement is made in a process of its own, with this package and with moto, and counts the processor's time. It
prints a table in Markdown. A size that moto has no equivalent of, or would take more than a minute for, stays empty.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from multiprocessing import get_context
from time import process_time
from typing import Any, NamedTuple

import boto3
from contestants import new_execution
from freezegun import freeze_time
from moto import mock_aws
from moto.stepfunctions.models import stepfunctions_backends

from sfn_mock import mock_sfn_executions, server

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
#: The headers of a call, as boto3 sends them.
SIGNED = {
    "X-Amz-Target": "AWSStepFunctions.ListExecutions",
    "X-Amz-Date": "20260110T120000Z",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260110/us-east-1/states/aws4_request, Signature=0",
}
ROLE = "arn:aws:iam::123456789012:role/orders"
NOON = "2026-01-10T12:00:00Z"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
#: Six states, of which one waits.
ORDER = {
    "StartAt": "Check",
    "States": {
        "Check": {"Type": "Pass", "Result": 1, "ResultPath": "$.check", "Next": "Choose"},
        "Choose": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.check", "NumericEquals": 1, "Next": "Pack"}],
            "Default": "Done",
        },
        "Pack": {"Type": "Pass", "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Ship"},
        "Ship": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}
ITEMS = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemsPath": "$",
            "ItemBatcher": {"MaxItemsPerBatch": 250},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                **{"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
            },
            "End": True,
        }
    },
}
#: A child execution for each item, which waits for as many seconds as the item says.
CHILDREN = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "MaxConcurrency": 1_000,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Work",
                "States": {"Work": {"Type": "Wait", "SecondsPath": "$", "End": True}},
            },
            "End": True,
        }
    },
}
REGIONS = [
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2"),
    *("eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1", "ap-south-1", "ap-east-1", "ap-northeast-1"),
    *("ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "af-south-1"),
]
ACCOUNTS = [f"{number:012}" for number in range(1, 11)]


class Cost(NamedTuple):
    """What something took: seconds of the processor, MiB of memory at most, and seconds for the page that follows."""

    seconds: float
    memory: int
    page: float


def new_client(region: str = "us-east-1") -> Any:
    return boto3.client("stepfunctions", region, **KEYS)


def page_time(client: Any, arn: str) -> float:
    """Return how long the first page of a listing takes, after one that settles the order.

    The shortest of five, because a collection of garbage may fall into one.
    """

    def seconds() -> float:
        begin = process_time()
        client.list_executions(stateMachineArn=arn, maxResults=100)
        return process_time() - begin

    seconds()
    return min(seconds() for _ in range(5))


# --- With this package -------------------------------------------------------------------------------------------


def seeds(size: int) -> float:
    """Seed so many executions."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_executions(size, status="SUCCEEDED", start_date=-timedelta(days=30), interval=timedelta(seconds=2))
        return page_time(new_client(), orders.arn)


def runs(size: int) -> float:
    """Start so many executions of six states, and let a minute pass."""
    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=ORDER)
        client = new_client()
        for _ in range(size):
            client.start_execution(stateMachineArn=orders.arn)
        clock.tick(60)
        return page_time(client, orders.arn)


def items(size: int) -> float:
    """Run a Distributed Map over so many items, in batches of 250."""
    with freeze_time(NOON), mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=ITEMS)
        client = new_client()
        arn = client.start_execution(stateMachineArn=orders.arn, input=json.dumps(list(range(size))))["executionArn"]
        assert sfn.get_execution(arn).status == "SUCCEEDED"
        return page_time(client, orders.arn)


def children(size: int) -> float:
    """Run a Distributed Map with so many child executions, which end at different moments, and let a day pass."""
    with freeze_time(NOON) as clock, mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=CHILDREN)
        client = new_client()
        seconds = json.dumps([1 + index * 7919 % 997 for index in range(size)])
        arn = client.start_execution(stateMachineArn=orders.arn, input=seconds)["executionArn"]
        clock.tick(86_400)
        assert sfn.get_execution(arn).status == "SUCCEEDED"
        return page_time(client, orders.arn)


def machines(size: int) -> float:
    """Make so many state machines over all regions and accounts, each with an execution."""
    with mock_sfn_executions() as sfn:
        for number in range(size):
            region, account_id = REGIONS[number % len(REGIONS)], ACCOUNTS[number % len(ACCOUNTS)]
            machine = sfn.add_state_machine(f"orders-{number}", region=region, account_id=account_id)
            machine.add_execution(status="FAILED")
        assert len(sfn.state_machines) == size
        return page_time(new_client(), sfn.add_state_machine("last").arn)


def polling(size: int) -> float:
    """Ask a server for a page so many times, as a dashboard does each second; a day has 86,400.

    The client keeps its connection and reads no more than the answer's bytes. boto3 takes several times as long for an
    answer as the server does.
    """
    with server(port=0) as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_executions(200, status="SUCCEEDED")
        connection = HTTPConnection(sfn.endpoint_url.removeprefix("http://"))
        body = json.dumps({"stateMachineArn": orders.arn, "maxResults": 100})
        for _ in range(size):
            connection.request("POST", "/", body, SIGNED)
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
        connection.close()
        client = boto3.client("stepfunctions", "us-east-1", endpoint_url=sfn.endpoint_url, **KEYS)
        return page_time(client, orders.arn)


# --- With moto ---------------------------------------------------------------------------------------------------


def moto_seeds(size: int) -> float:
    """Put so many of moto's executions into its backend, as it has no seeds."""
    with mock_aws():
        client = new_client()
        arn = client.create_state_machine(name="orders", definition=json.dumps(PASS), roleArn=ROLE)["stateMachineArn"]
        [machine] = stepfunctions_backends["123456789012"]["us-east-1"].state_machines
        for number in range(size):
            machine.executions.append(new_execution(f"execution-{number}"))
        return page_time(client, arn)


def moto_machines(size: int) -> float:
    """Make so many state machines over all regions, each with an execution; other accounts take a role in moto."""
    with mock_aws():
        clients = {region: new_client(region) for region in REGIONS}
        arn = ""
        for number in range(size):
            client = clients[REGIONS[number % len(REGIONS)]]
            made = client.create_state_machine(name=f"orders-{number}", definition=json.dumps(PASS), roleArn=ROLE)
            client.start_execution(stateMachineArn=made["stateMachineArn"])
            arn = made["stateMachineArn"]
        return page_time(clients[REGIONS[(size - 1) % len(REGIONS)]], arn)


class Subject(NamedTuple):
    """Something that is measured over size."""

    what: str
    ours: Callable[[int], float]
    sizes: tuple[int, ...]
    moto: Callable[[int], float] | None = None
    #: The largest size that moto is asked for.
    most_of_moto: int = 0


SUBJECTS = {
    "seeds": Subject("executions seeded", seeds, (1_000, 10_000, 100_000, 1_000_000), moto_seeds, 100_000),
    "runs": Subject("executions that run six states", runs, (100, 1_000, 10_000)),
    "items": Subject("items of a map run, in batches of 250", items, (100, 1_000, 10_000)),
    "children": Subject("child executions of a map run, up to 1,000 at once", children, (100, 1_000, 10_000)),
    "machines": Subject("machines in 20 regions and 10 accounts", machines, (20, 200, 1_000), moto_machines, 1_000),
    "polling": Subject("requests to a server", polling, (864, 8_640, 86_400)),
}


def _measure(work: Callable[[int], float], size: int) -> Cost:
    """Do the work once in a small size, to warm the caches, and then in the given size."""
    work(1)
    before, begin = _memory(), process_time()
    page = work(size)
    return Cost(process_time() - begin, _memory() - before, page)


def _memory() -> int:
    """Return the most memory that the process has had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return most >> (20 if sys.platform == "darwin" else 10)


def measure(work: Callable[[int], float], size: int) -> Cost:
    """Return the time and memory of the work in a given size, measured in its own process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measure, work, size).result()


def _cells(cost: Cost | None) -> list[str]:
    return ["", "", ""] if cost is None else [f"{cost.seconds:.2f}", str(cost.memory), f"{cost.page * 1000:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000, help="leave out sizes beyond this")
    parser.add_argument("--only", choices=SUBJECTS, action="append", help="measure this alone; may be repeated")
    given = parser.parse_args()
    print("| measured | size | seconds | MiB | ms a page | moto: seconds | MiB | ms a page |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in given.only or SUBJECTS:
        subject = SUBJECTS[name]
        for size in [size for size in subject.sizes if size <= given.largest]:
            ours = measure(subject.ours, size)
            has_rival = subject.moto is not None and size <= subject.most_of_moto
            theirs = measure(subject.moto, size) if has_rival else None
            row = [subject.what, f"{size:,}", *_cells(ours), *_cells(theirs)]
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
