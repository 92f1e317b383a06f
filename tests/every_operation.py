"""Calls of every operation, and a comparison of answers, for the tests of transports."""

from __future__ import annotations

import json
from datetime import datetime

import boto3
from botocore.exceptions import ClientError

from sfn_mock import mock_sfn_executions

NOW = "2026-01-10T12:00:00.250Z"
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
EXECUTION = f"{PREFIX}:execution:orders"
DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'
ROLE = "arn:aws:iam::123456789012:role/orders"


def seed(sfn):
    """Seed one resource of each kind, the same in every call."""
    orders = sfn.add_state_machine("orders")
    version = orders.publish_version("first")
    orders.add_alias("live", version)
    orders.add_execution("failed", status="FAILED", start_date="2026-01-10T01:00:00.125Z", error="E", cause="C")
    orders.add_execution("done", status="SUCCEEDED", start_date="2026-01-09T23:00:00Z", alias="live")
    orders.add_execution("again", status="RUNNING", start_date="2025-07-01T00:00:00Z", redrive_date="2026-01-01")
    parent = orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T03:00:00Z")
    batch = parent.add_map_run("Items", tolerated_failure_percentage=12.5)
    batch.add_executions(3, status="FAILED", item_count=7)
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    return {"batch": batch.arn, "fast": fast.arn, "child": batch.executions[0].arn}


CALLS = [
    ("list_executions", {"stateMachineArn": MACHINE}),
    ("list_executions", {"stateMachineArn": f"{MACHINE}:live"}),
    ("list_executions", {"mapRunArn": "{batch}", "redriveFilter": "NOT_REDRIVEN"}),
    ("list_executions", {}),
    ("list_executions", {"stateMachineArn": "nonsense"}),
    ("list_executions", {"stateMachineArn": f"{MACHINE}/Items"}),
    ("list_executions", {"mapRunArn": f"{PREFIX}:mapRun:orders/Items:none"}),
    ("list_executions", {"stateMachineArn": MACHINE, "maxResults": 1001}),
    ("list_executions", {"stateMachineArn": MACHINE, "nextToken": "nonsense"}),
    ("list_executions", {"stateMachineArn": "{fast}"}),
    ("describe_execution", {"executionArn": f"{EXECUTION}:failed"}),
    ("describe_execution", {"executionArn": f"{EXECUTION}:done", "includedData": "METADATA_ONLY"}),
    ("describe_execution", {"executionArn": f"{EXECUTION}:again"}),
    ("describe_execution", {"executionArn": "{child}"}),
    ("describe_execution", {"executionArn": f"{EXECUTION}:none"}),
    ("get_execution_history", {"executionArn": f"{EXECUTION}:failed"}),
    (
        "get_execution_history",
        {"executionArn": f"{EXECUTION}:done", "reverseOrder": True, "includeExecutionData": False},
    ),
    ("describe_state_machine_for_execution", {"executionArn": f"{EXECUTION}:done"}),
    ("describe_map_run", {"mapRunArn": "{batch}"}),
    ("list_map_runs", {"executionArn": f"{EXECUTION}:parent"}),
    ("update_map_run", {"mapRunArn": "{batch}", "maxConcurrency": 3}),
    ("start_execution", {"stateMachineArn": MACHINE, "name": "new", "input": '{"order": 7}'}),
    ("start_execution", {"stateMachineArn": MACHINE, "name": "no/name"}),
    ("start_execution", {"stateMachineArn": MACHINE, "input": "not some json"}),
    ("start_sync_execution", {"stateMachineArn": "{fast}", "name": "sync"}),
    ("stop_execution", {"executionArn": f"{EXECUTION}:parent", "error": "E"}),
    ("redrive_execution", {"executionArn": f"{EXECUTION}:failed", "clientToken": "once"}),
    ("redrive_execution", {"executionArn": f"{EXECUTION}:done", "clientToken": "once"}),
    ("create_state_machine", {"name": "more", "definition": DEFINITION, "roleArn": ROLE, "publish": True}),
    ("create_state_machine", {"name": "more", "definition": "{}", "roleArn": ROLE}),
    ("describe_state_machine", {"stateMachineArn": MACHINE}),
    ("describe_state_machine", {"stateMachineArn": f"{MACHINE}:1"}),
    ("list_state_machines", {}),
    ("update_state_machine", {"stateMachineArn": MACHINE, "roleArn": f"{ROLE}-2"}),
    ("update_state_machine", {"stateMachineArn": MACHINE}),
    ("delete_state_machine", {"stateMachineArn": "{fast}"}),
    ("publish_state_machine_version", {"stateMachineArn": MACHINE, "description": "second"}),
    ("list_state_machine_versions", {"stateMachineArn": MACHINE}),
    ("delete_state_machine_version", {"stateMachineVersionArn": f"{MACHINE}:1"}),
    (
        "create_state_machine_alias",
        {"name": "next", "routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]},
    ),
    ("describe_state_machine_alias", {"stateMachineAliasArn": f"{MACHINE}:live"}),
    ("update_state_machine_alias", {"stateMachineAliasArn": f"{MACHINE}:live", "description": "x"}),
    ("list_state_machine_aliases", {"stateMachineArn": MACHINE}),
    ("delete_state_machine_alias", {"stateMachineAliasArn": f"{MACHINE}:live"}),
    ("create_activity", {"name": "hand", "tags": [{"key": "team", "value": "orders"}]}),
    ("describe_activity", {"activityArn": f"{PREFIX}:activity:none"}),
    ("list_activities", {}),
    ("delete_activity", {"activityArn": f"{PREFIX}:activity:hand"}),
    ("get_activity_task", {"activityArn": f"{PREFIX}:activity:none"}),
    ("send_task_success", {"taskToken": "none", "output": "{}"}),
    ("send_task_failure", {"taskToken": "none"}),
    ("send_task_heartbeat", {"taskToken": "none"}),
    ("tag_resource", {"resourceArn": MACHINE, "tags": [{"key": "team", "value": "orders"}]}),
    ("untag_resource", {"resourceArn": MACHINE, "tagKeys": ["team"]}),
    ("list_tags_for_resource", {"resourceArn": MACHINE}),
    ("validate_state_machine_definition", {"definition": "{}"}),
    ("test_state", {"definition": "{}", "roleArn": ROLE}),
]


def answered(client, operation, arguments):
    """Return the answer or the error's response, and the error's class."""
    try:
        return getattr(client, operation)(**arguments), None
    except ClientError as error:
        return error.response, type(error).__name__


def comparable(response):
    """Return the response with request ids and page tokens replaced, because they differ in each call."""
    metadata = response["ResponseMetadata"]
    metadata["RequestId"] = metadata["HTTPHeaders"]["x-amzn-requestid"] = "id"
    return {**response, "nextToken": "token"} if "nextToken" in response else response


def in_order(value):
    """Return the value with the order of its keys, the classes of its values and the zones of its dates."""
    if isinstance(value, dict):
        return [(key, in_order(member)) for key, member in value.items()]
    if isinstance(value, list):
        return [in_order(element) for element in value]
    if isinstance(value, datetime):
        return (type(value), value.isoformat(), repr(value.tzinfo), value.fold)
    return (type(value), value)


def over(way, operation, arguments):
    """Return the answer to an operation by a transport, on a new store with the same seeds."""
    with mock_sfn_executions(transport=way) as sfn:
        arns = seed(sfn)
        client = boto3.client("stepfunctions")
        sent = []
        client.meta.events.register("request-created.sfn", lambda request, **_: sent.append(request.url))
        text = json.dumps(arguments)
        for name, arn in arns.items():
            text = text.replace("{" + name + "}", arn)
        response, error = answered(client, operation, json.loads(text))
        assert len(sent) == (way == "wire")
        return in_order(comparable(response)), error
