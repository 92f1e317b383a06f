"""Where the time of a page goes: ``python benchmarks/profile_page.py`` prints it in microseconds."""

from __future__ import annotations

from statistics import median

import boto3
from botocore.awsrequest import AWSResponse
from contestants import ARN, KEYS, REGION, Ours, Pages, seconds

from sfn_mock.operations.listing import describe_items
from sfn_mock.operations.registry import DatesBy
from sfn_mock.transport import local_dates

EXECUTIONS = 100_000
ROUNDS = 30


def microseconds(run, times=3) -> float:
    return 1_000_000 * median(seconds(run, times) for _ in range(ROUNDS))


def botocore_alone() -> float:
    """A call whose very first handler answers."""
    client = boto3.client("stepfunctions", REGION, **KEYS)
    answer = AWSResponse("", 200, {}, None), {"executions": [], "ResponseMetadata": {}}
    client.meta.events.register("before-call.sfn", lambda **_: answer)
    return microseconds(lambda: client.list_executions(stateMachineArn=ARN, maxResults=100, nextToken=120 * "x"))


def profile(ours: Ours, page_size: int) -> dict[str, float]:
    [machine] = ours.handle._session.backend().records.state_machines.values()
    ours.walker.turn(page_size)  # which brings the order up to now
    entries = machine.index.page(None, None, None, None, page_size, 0)
    moments = [entry[2].start for entry in entries]
    date = local_dates.current()
    pages = Pages(ours.walker.client, page_size, stateMachineArn=ARN)
    token = ours.walker.client.list_executions(stateMachineArn=ARN, maxResults=1)["nextToken"]

    def one_item() -> None:
        ours.walker.client.list_executions(stateMachineArn=ARN, maxResults=1, nextToken=token)

    dates = microseconds(lambda: date.each(moments))
    items = microseconds(lambda: describe_items(machine, entries, moments, date))
    without_dates = microseconds(lambda: describe_items(machine, entries, moments, DatesBy(int)))
    call = microseconds(one_item)
    botocore = botocore_alone()
    whole = microseconds(pages.turn)
    return {
        "botocore": botocore,
        "the rest of the call": call - botocore,
        "items without dates": without_dates,
        "one date of each item": dates,
        "items with dates": items,
        "what is slower for a page that nobody has seen": whole - call - items,
        "a whole page": whole,
    }


if __name__ == "__main__":
    with Ours(EXECUTIONS) as contestant:
        columns = {page_size: profile(contestant, page_size) for page_size in (100, 1000)}
    print("| | page of 100 | page of 1,000 |\n| --- | ---: | ---: |")
    for part in columns[100]:
        print(f"| {part} | {columns[100][part]:.0f} | {columns[1000][part]:.0f} |")
