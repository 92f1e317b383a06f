"""A Distributed Map that runs: its failed children are listed, redriven with their parent, and counted.

The production bug: after a redrive, the report counts the items of the whole map run again, although AWS runs only
the failed children again. Here the definition runs, so children, statuses and counts are those of a real run.
"""

from __future__ import annotations

import json

import boto3
import pytest

from sfn_mock import TaskError

DEFINITION = {
    "StartAt": "ImportAll",
    "States": {
        "ImportAll": {
            "Type": "Map",
            "Label": "ImportAll",
            "ItemsPath": "$.files",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Import",
                "States": {
                    "Import": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "import", "Payload.$": "$"},
                        "End": True,
                    }
                },
            },
            "End": True,
        }
    },
}


def failed_inputs(client, map_run_arn: str) -> list[str]:
    """Return the inputs of the failed children, as the code under test reports them."""
    pages = client.get_paginator("list_executions").paginate(mapRunArn=map_run_arn, statusFilter="FAILED")
    arns = [execution["executionArn"] for page in pages for execution in page["executions"]]
    return sorted(client.describe_execution(executionArn=arn)["input"] for arn in arns)


def import_file(task: dict) -> dict:
    if task["Payload"] == "broken.csv":
        raise TaskError("Unreadable", "no header")
    return {"Payload": {"rows": 10}}


@pytest.mark.sfn_executions(execute=True)
def test_failed_items_are_listed_redriven_and_counted(sfn_executions):
    """One of three files is broken; after its repair, a redrive runs only its child."""
    imports = sfn_executions.add_state_machine("imports", definition=json.dumps(DEFINITION))
    imports.mock_task("Import", import_file)
    client = boto3.client("stepfunctions")
    files = json.dumps({"files": ["a.csv", "broken.csv", "c.csv"]})
    arn = client.start_execution(stateMachineArn=imports.arn, input=files)["executionArn"]
    [map_run] = client.list_map_runs(executionArn=arn)["mapRuns"]
    failed = failed_inputs(client, map_run["mapRunArn"])

    imports.mock_task("Import", result={"Payload": {"rows": 1}})
    client.redrive_execution(executionArn=arn)
    described = client.describe_map_run(mapRunArn=map_run["mapRunArn"])
    redriven = client.list_executions(mapRunArn=map_run["mapRunArn"], redriveFilter="REDRIVEN")["executions"]

    assert failed == ['"broken.csv"']
    assert [execution["redriveCount"] for execution in redriven] == [1]
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    assert described["executionCounts"]["succeeded"] == described["itemCounts"]["succeeded"] == 3
    assert client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
