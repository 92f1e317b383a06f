"""Calls for resources of another region or account of the mock: AWS's error, a warning, and where they exist."""

from __future__ import annotations

import json
import warnings

import boto3
import pytest
from answers import refusal
from botocore.exceptions import ClientError
from freezegun import freeze_time
from moto import mock_aws

import sfn_mock
from sfn_mock import Calls, SeedWarning, activation
from sfn_mock.aws.exceptions import ResourceNotFound
from sfn_mock.instruments.elsewhere import find_elsewhere
from sfn_mock.instruments.requests import Request

NOW = "2026-01-10 02:00:00"
ABROAD = "arn:aws:states:eu-west-1:123456789012"
HOME = "arn:aws:states:us-east-1:123456789012"
INVALID_TOKEN = "Invalid Token: 'Invalid token'"
NO_MACHINE = "StateMachineDoesNotExist"
NO_EXECUTION = "ExecutionDoesNotExist"


@pytest.fixture
def abroad(sfn):
    """A state machine of another region, with a version, an alias, a map run and an activity."""
    machine = sfn.add_state_machine("orders", region="eu-west-1")
    machine.add_alias("live", machine.publish_version())
    machine.add_execution("nightly", status="RUNNING").add_map_run("Items").add_execution("child", status="RUNNING")
    boto3.client("stepfunctions", "eu-west-1").create_activity(name="ship")
    return machine


def arn_of_the_map_run(sfn):
    [run] = sfn.state_machines[0].executions
    return run.map_runs[0].arn


@pytest.mark.parametrize(
    ("operation", "member", "resource", "code"),
    [
        pytest.param("list_executions", "stateMachineArn", "stateMachine:orders", NO_MACHINE, id="machine"),
        pytest.param("start_execution", "stateMachineArn", "stateMachine:orders:1", NO_MACHINE, id="version"),
        pytest.param("start_execution", "stateMachineArn", "stateMachine:orders:live", NO_MACHINE, id="alias"),
        pytest.param(
            "describe_state_machine_alias",
            "stateMachineAliasArn",
            "stateMachine:orders:live",
            "ResourceNotFound",
            id="alias by itself",
        ),
        pytest.param("describe_execution", "executionArn", "execution:orders:nightly", NO_EXECUTION, id="execution"),
        pytest.param("stop_execution", "executionArn", "execution:orders/Items:child", NO_EXECUTION, id="child"),
        pytest.param("describe_map_run", "mapRunArn", None, "ResourceNotFound", id="map run"),
        pytest.param("describe_activity", "activityArn", "activity:ship", "ActivityDoesNotExist", id="activity"),
        pytest.param("list_tags_for_resource", "resourceArn", "activity:ship", "ResourceNotFound", id="tags"),
    ],
)
@freeze_time(NOW)
def test_another_region(sfn, client, abroad, operation, member, resource, code):
    """A resource of another region is AWS's error, and a warning at the caller's line names that region."""
    arn = f"{ABROAD}:{resource}" if resource else arn_of_the_map_run(sfn)
    with pytest.warns(SeedWarning) as caught, pytest.raises(ClientError) as error:
        getattr(client, operation)(**{member: arn})

    name = operation.title().replace("_", "")
    assert error.value.response["Error"]["Code"] == code
    assert [(str(warning.message), warning.filename) for warning in caught] == [
        (
            f"{name} found no {arn!r} in us-east-1 (account 123456789012). It exists in eu-west-1 (account "
            "123456789012). Use a client and an ARN of that region and account, or add it where the client asks for "
            "it.",
            __file__,
        )
    ]


@pytest.mark.parametrize(
    ("asked", "region", "there"),
    [
        pytest.param(HOME, "us-east-1", "eu-west-1", id="the client's region in the ARN"),
        pytest.param(ABROAD, "us-east-1", "eu-west-1", id="the right region in the ARN"),
        pytest.param(HOME, "eu-west-1", "eu-west-1", id="another region in the ARN than the client's"),
    ],
)
def test_either_may_be_wrong(abroad, asked, region, there):
    """The warning is the same whether the client's region is wrong or that of the ARN."""
    client = boto3.client("stepfunctions", region)
    with pytest.warns(SeedWarning, match=rf"in {region} \(account \d+\)\. It exists in {there} \(account \d+\)\. "):
        assert refusal(client.list_executions, stateMachineArn=f"{asked}:stateMachine:orders")[0] == NO_MACHINE


def test_versions_in_a_routing(sfn, client, orders, abroad):
    """A version in a routing configuration is searched for too."""
    live = orders.add_alias("live", orders.publish_version())
    routing = [{"stateMachineVersionArn": f"{ABROAD}:stateMachine:orders:1", "weight": 100}]
    with pytest.warns(SeedWarning, match="^UpdateStateMachineAlias found no .*orders:1' in us-east-1"):
        refused = refusal(
            client.update_state_machine_alias, stateMachineAliasArn=live.arn, routingConfiguration=routing
        )

    assert refused[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    "prefix",
    [
        pytest.param(ABROAD, id="another region"),
        pytest.param("arn:aws:states:us-east-1:210987654321", id="another account"),
        pytest.param("arn:aws-cn:states:us-east-1:123456789012", id="another partition"),
        pytest.param("arn:aws:states::123456789012", id="no region"),
        pytest.param("arn:aws:states:us-east-1:", id="no account"),
    ],
)
def test_wrong_arn_of_an_existing_resource(client, orders, prefix):
    """If only the ARN is wrong, the warning has the right one."""
    wrong = f"{prefix}:stateMachine:orders"
    with pytest.warns(SeedWarning) as caught:
        code, _ = refusal(client.list_executions, stateMachineArn=wrong)

    assert code == NO_MACHINE
    assert [str(warning.message) for warning in caught] == [
        f"ListExecutions found no {wrong!r} in us-east-1 (account 123456789012). It exists in us-east-1 (account "
        f"123456789012). Its ARN is {orders.arn!r}."
    ]


@pytest.mark.parametrize(
    ("operation", "arn"),
    [
        pytest.param("describe_state_machine", f"{HOME}:stateMachine:bills", id="not in the mock"),
        pytest.param("publish_state_machine_version", f"{HOME}:stateMachine:orders:1", id="here as well"),
        pytest.param("list_executions", f"{ABROAD}:stateMachine:orders:7", id="a version that does not exist"),
    ],
)
def test_resource_that_exists_nowhere_else(client, orders, abroad, operation, arn):
    """A resource that exists nowhere, or in the client's region too, is AWS's error without a warning."""
    orders.publish_version()
    code, _ = refusal(getattr(client, operation), stateMachineArn=arn)

    assert code == NO_MACHINE


@pytest.mark.parametrize(
    ("operation", "member", "resource"),
    [
        pytest.param("delete_state_machine", "stateMachineArn", "stateMachine:orders", id="machine"),
        pytest.param("delete_state_machine_version", "stateMachineVersionArn", "stateMachine:orders:1", id="version"),
        pytest.param("delete_state_machine_alias", "stateMachineAliasArn", "stateMachine:orders:live", id="alias"),
        pytest.param("delete_activity", "activityArn", "activity:ship", id="activity"),
        pytest.param("list_state_machine_versions", "stateMachineArn", "stateMachine:orders", id="versions"),
    ],
)
def test_missing_resource_without_an_error(sfn, client, abroad, operation, member, resource):
    """If AWS deletes or lists nothing without an error, the warning and the row still come."""
    with pytest.warns(SeedWarning, match=r"^\w+ found no .* in us-east-1 .* It exists in eu-west-1 "):
        getattr(client, operation)(**{member: f"{ABROAD}:{resource}"})

    assert str(sfn.calls).splitlines()[-1].endswith(" (exists in eu-west-1 (account 123456789012))")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_deletion_that_does_not_warn(sfn, client, abroad, region):
    """A deletion that finds its resource, or one that exists nowhere, does not warn."""
    client = boto3.client("stepfunctions", region)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.delete_state_machine(stateMachineArn=f"arn:aws:states:{region}:123456789012:stateMachine:orders")

    assert "exists in" not in str(sfn.calls)


WAITS = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"MessageBody.$": "$$.Task.Token", "QueueUrl": "https://sqs.test/queue"},
            "End": True,
        }
    },
}


def token_of_a_seed(sfn):
    execution = sfn.add_state_machine("orders", region="eu-west-1").add_execution(status="RUNNING")
    execution.wait_for_task("a" * 200)
    return "a" * 200


def token_of_a_run(sfn):
    machine = sfn.add_state_machine("orders", region="eu-west-1", definition=WAITS)
    tokens = []
    machine.mock_task("Ask", lambda input: tokens.append(input["MessageBody"]) or {})
    boto3.client("stepfunctions", "eu-west-1").start_execution(stateMachineArn=machine.arn)
    return tokens[0]


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        pytest.param("send_task_success", {"output": "{}"}, id="success"),
        pytest.param("send_task_failure", {}, id="failure"),
        pytest.param("send_task_heartbeat", {}, id="heartbeat"),
    ],
)
@pytest.mark.parametrize("token_of", [token_of_a_seed, token_of_a_run])
@pytest.mark.sfn_executions(execute=True)
def test_a_task_token_of_another_region(sfn, client, token_of, operation, more):
    """A task token of another region is AWS's InvalidToken, and a warning and the row say where its task is."""
    token = token_of(sfn)
    with pytest.warns(SeedWarning) as caught, pytest.raises(client.exceptions.InvalidToken) as error:
        getattr(client, operation)(taskToken=token, **more)

    name = operation.title().replace("_", "")
    shown = f"{token!r}" if len(token) < 98 else f"'{token[:98]}…"
    assert str(error.value) == f"An error occurred (InvalidToken) when calling the {name} operation: {INVALID_TOKEN}"
    assert [str(warning.message) for warning in caught] == [
        f"{name} found no task token {shown} in us-east-1 (account 123456789012). It exists in eu-west-1 (account "
        "123456789012). Use a client of that region and account."
    ]
    assert f"InvalidToken (exists in eu-west-1 (account 123456789012)): {INVALID_TOKEN}" in str(sfn.calls)


def test_a_token_of_no_task(sfn, client, orders):
    """A token that no task has is AWS's error without a warning."""
    orders.add_executions(2, status="SUCCEEDED")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refusals = [
            refusal(client.send_task_heartbeat, taskToken="unknown"),
            refusal(client.list_executions, stateMachineArn=orders.arn, nextToken="unknown"),
        ]

    assert refusals == [("InvalidToken", INVALID_TOKEN)] * 2


@pytest.mark.parametrize("routing", ["abc", ["a"], {"a": "b"}, [[]], None, 7], ids=repr)
def test_members_that_an_operation_does_not_have(sfn, abroad, routing):
    """Unknown members with ARNs change nothing."""
    body = json.dumps({"executionArn": f"{HOME}:execution:orders:weekly", "routingConfiguration": routing})
    request = Request("DescribeExecution", body, "123456789012", "us-east-1", 0)

    assert find_elsewhere(request, ResourceNotFound(arn="a"), activation.current_session().all_records) is None


def test_an_arn_that_cannot_be_read(sfn, client, abroad):
    """An ARN that the operation has not read before its error does not warn."""
    client.list_state_machines()
    body = '{"routingConfiguration": [{"stateMachineVersionArn": "arn:aws:states:a:b:stateMachine:c:d:e"}]}'
    request = Request("CreateStateMachineAlias", body, "123456789012", "us-east-1", 0)

    assert find_elsewhere(request, ResourceNotFound(arn="a"), activation.current_session().all_records) is None


def test_faults_do_not_warn(sfn, client, abroad):
    """An error of a fault does not warn of another region."""
    sfn.add_fault("ListExecutions", error="StateMachineDoesNotExist")

    assert refusal(client.list_executions, stateMachineArn=abroad.arn)[0] == NO_MACHINE


def test_warnings_that_are_errors(sfn, client, abroad):
    """If warnings are errors, the code under test still gets AWS's error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert refusal(client.list_executions, stateMachineArn=abroad.arn)[0] == NO_MACHINE


def test_rows_say_where_it_exists(sfn, client, orders, abroad):
    """The table of calls has the region of each call, and where a missing resource exists."""
    with freeze_time(NOW):
        client.list_state_machines()
        with pytest.warns(SeedWarning):
            refusal(client.list_executions, stateMachineArn=f"{ABROAD}:stateMachine:orders")

    assert str(sfn.calls.of("ListExecutions")).splitlines() == [
        "date                      region     operation       "
        "parameters                                                                   answer",
        "2026-01-10T02:00:00.000Z  us-east-1  ListExecutions  "
        "stateMachineArn='arn:aws:states:eu-west-1:123456789012:stateMachine:orders'  "
        "StateMachineDoesNotExist (exists in eu-west-1 (account 123456789012)): State Machine Does Not Exist…",
    ]
    [heading, _] = str(sfn.calls.of("ListStateMachines")).splitlines()
    assert heading.split() == ["date", "operation", "parameters", "answer"]


def test_columns_of_regions_and_accounts(sfn, client):
    """The table of calls has columns for region and account if there are several."""
    sfn.add_state_machine("orders", account_id="210987654321")
    other = HOME.replace("123456789012", "210987654321")
    with pytest.warns(SeedWarning, match=r"It exists in us-east-1 \(account 210987654321\)\. "):
        refusal(client.list_executions, stateMachineArn=f"{other}:stateMachine:orders")
    boto3.client("stepfunctions", "eu-west-1").list_state_machines()

    heading, *rows = str(Calls(sfn.calls)).splitlines()
    assert heading.split() == ["date", "region", "account", "operation", "parameters", "answer"]
    assert [row.split()[1:4] for row in rows] == [
        ["us-east-1", "123456789012", "ListExecutions"],
        ["eu-west-1", "123456789012", "ListStateMachines"],
    ]
    assert str(Calls(sfn.calls[:1])).splitlines()[0].split()[:3] == ["date", "account", "operation"]


def test_a_server_says_where_it_exists(sfn_executions_server):
    """A call over HTTP is recorded with the same row, and its client gets AWS's error."""
    sfn = sfn_executions_server
    machine = sfn.add_state_machine("orders", region="eu-west-1")
    client = boto3.client("stepfunctions", "us-east-1", endpoint_url=sfn.endpoint_url)

    assert refusal(client.list_executions, stateMachineArn=machine.arn)[0] == NO_MACHINE
    assert "StateMachineDoesNotExist (exists in eu-west-1 (account 123456789012))" in str(sfn.calls)


def test_an_installed_mock_says_where_it_exists():
    """An installed mock warns too, within one mock_aws."""
    sfn_mock.install()
    try:
        with mock_aws():
            machine = sfn_mock.get_mock().add_state_machine("orders", region="eu-west-1")
            with pytest.warns(SeedWarning, match=r"It exists in eu-west-1 \(account 123456789012\)"):
                refusal(boto3.client("stepfunctions", "us-east-1").list_executions, stateMachineArn=machine.arn)
    finally:
        sfn_mock.uninstall()
