"""Makes the pictures of the page that stand beside this file, the same on each run on one machine.

    pip install -e '.[server]' 'playwright>=1.50' && python docs/images/make.py

Needs a chromium on the PATH, or named in SFN_MOCK_CHROMIUM.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import boto3
import urllib3
from playwright.sync_api import sync_playwright

import sfn_mock

HTTP = urllib3.PoolManager()
NOW = "2026-01-10T03:00:00Z"
MINUTES = timedelta(minutes=1)
DEFINITION = {
    "StartAt": "CheckStock",
    "States": {
        "CheckStock": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "check-stock", "Payload.$": "$"},
            "Catch": [{"ErrorEquals": ["OutOfStock"], "Next": "Apologise"}],
            "Next": "ProcessOrders",
        },
        "ProcessOrders": {
            "Type": "Map",
            "Label": "ProcessOrders",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Ship",
                "States": {"Ship": {"Type": "Pass", "End": True}},
            },
            "Next": "Report",
        },
        "Apologise": {"Type": "Fail", "Error": "OutOfStock"},
        "Report": {"Type": "Succeed"},
    },
}


def seed(sfn):
    """A morning's orders; the URL's hash for each picture."""
    orders = sfn.add_state_machine("orders", definition=DEFINITION, creation_date="2026-01-01T00:00:00Z")
    v1, v2 = orders.publish_version(), orders.publish_version("faster")
    live = orders.add_alias("live", [(v1, 90), (v2, 10)])
    orders.add_executions(
        6,
        status="SUCCEEDED",
        start_date="2026-01-10T00:30:00Z",
        interval=12 * MINUTES,
        duration=timedelta(minutes=7, seconds=12),
        name="order-{index}",
        alias=live,
    )
    for name, status, start, length in [
        ("too-slow", "TIMED_OUT", "2026-01-10T01:00:00Z", 60),
        ("cancelled", "ABORTED", "2026-01-10T01:30:00Z", 14),
    ]:
        orders.add_execution(name, status=status, start_date=start, duration=length * MINUTES, version=v1)
    orders.add_execution(
        "out-of-stock",
        status="FAILED",
        start_date="2026-01-10T01:10:00Z",
        duration=9 * MINUTES,
        version=v1,
        input={"order": 7, "item": "apples"},
        error="OutOfStock",
        cause="The shelf is empty.",
        failed_in="Apologise",
    )
    orders.add_execution(
        "second-try",
        status="SUCCEEDED",
        start_date="2026-01-10T01:05:00Z",
        redrive_date="2026-01-10T02:10:00Z",
        stop_date="2026-01-10T02:25:00Z",
    )
    nightly = orders.add_execution(
        "nightly", status="RUNNING", start_date="2026-01-10T02:00:00Z", alias=live, input='{"day": "2026-01-09"}'
    )
    batches = nightly.add_map_run("ProcessOrders", tolerated_failure_percentage=5.0, start_date="2026-01-10T02:00:05Z")
    batches.add_executions(34, status="SUCCEEDED", start_date="2026-01-10T02:01:00Z", item_count=25)
    batches.add_execution("bad", status="FAILED", start_date="2026-01-10T02:20:00Z", item_count=25)
    batches.add_executions(4, status="RUNNING", start_date="2026-01-10T02:57:00Z", item_count=25, name="late-{index}")

    client = boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)
    client.list_executions(stateMachineArn=orders.arn, statusFilter="RUNNING")
    with suppress(client.exceptions.StateMachineDoesNotExist):
        client.list_executions(stateMachineArn=f"{orders.arn}-old")
    client.stop_execution(executionArn=nightly.arn.replace("nightly", "second-try"))
    return {
        "executions": f"#/executions?arn={orders.arn}",
        "execution": f"#/execution?arn={nightly.arn}",
        "calls": "#/calls",
    }


def main():
    folder = Path(__file__).parent
    chromium = os.environ.get("SFN_MOCK_CHROMIUM") or shutil.which("chromium")
    with sfn_mock.server(region="us-east-1") as sfn, sync_playwright() as playwright:
        HTTP.request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body=json.dumps({"now": NOW}))
        pictures = seed(sfn)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, scheme, tall in [
            ("executions", "light", 880),
            ("execution", "dark", 1060),
            ("calls", "light", 460),
        ]:
            page = browser.new_page(viewport={"width": 1280, "height": tall}, color_scheme=scheme)
            page.goto(f"{sfn.endpoint_url}/{pictures[name]}")
            page.wait_for_selector("main[aria-busy=false]")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
