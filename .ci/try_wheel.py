"""Use an installed sfn_mock in an environment that holds nothing else; fail where something is missing."""

import json
import re
from importlib.metadata import files, metadata

import boto3

from sfn_mock import mock_sfn_executions

DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Total",
    "States": {"Total": {"Type": "Pass", "Output": {"total": "{% $sum($states.input.prices) %}"}, "End": True}},
}


def check_listing_and_run() -> None:
    """Seed an execution, run a definition and list both."""
    with mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=json.dumps(DEFINITION))
        orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T02:00:00Z")
        client = boto3.client("stepfunctions")
        client.start_execution(stateMachineArn=orders.arn, name="today", input='{"prices": [1, 2]}')
        listed = client.list_executions(stateMachineArn=orders.arn)["executions"]

        assert {item["name"]: item["status"] for item in listed} == {"today": "SUCCEEDED", "nightly": "FAILED"}
        assert {item.name: item.output for item in orders.executions}["today"] == '{"total":3}'


def check_files() -> None:
    """Find the type marker and the page among the installed files."""
    installed = {path.as_posix() for path in files("sfn_mock") or []}
    assert {"sfn_mock/py.typed", "sfn_mock/http_server/page_files/app.js"} <= installed, sorted(installed)


def check_long_description() -> None:
    """Find no relative link in the long description: a package index could not resolve it."""
    links = re.findall(r"\]\(([^)\s]+)\)", str(metadata("sfn_mock").get_payload()))
    relative = [link for link in links if not link.startswith(("https://", "#"))]
    assert relative == []


if __name__ == "__main__":
    check_listing_and_run()
    check_files()
    check_long_description()
    print(f"sfn_mock {metadata('sfn_mock')['Version']} works")
