"""Uses of Step Functions through moto: stacks, rules, tags, its interpreter, and tests that assign to records."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import event_types, unchecked_machine
from botocore.exceptions import ClientError
from freezegun import freeze_time
from moto import mock_aws
from moto.stepfunctions.models import stepfunctions_backends

from sfn_mock import mock_sfn_executions

ACCOUNT = "123456789012"
REGION = "us-east-1"
PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT}"
ARN = f"{PREFIX}:stateMachine:orders"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders"
DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
NOW = "2026-01-10T03:00:00+00:00"


@pytest.fixture
def sfn(sfn_executions):
    """The handle, with mock_aws for the other services."""
    with mock_aws():
        yield sfn_executions


@pytest.fixture
def client(sfn):
    return boto3.client("stepfunctions", REGION)


def date(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- CloudFormation ----------------------------------------------------------------------------------------------


@pytest.fixture
def stack(sfn):
    """Create or update the stack of the given resources and outputs; return the outputs."""
    pytest.importorskip("openapi_spec_validator", reason="moto's CloudFormation needs it")
    stacks = boto3.client("cloudformation", REGION)

    def put(resources: dict[str, dict], **outputs: object) -> dict[str, str]:
        template = {
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        known = [summary["StackName"] for summary in stacks.describe_stacks()["Stacks"]]
        act = stacks.update_stack if known else stacks.create_stack
        act(StackName="stack", TemplateBody=json.dumps(template))
        (description,) = stacks.describe_stacks()["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}

    return put


def state_machine(**properties: object) -> dict:
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"StateMachineName": "orders", "DefinitionString": DEFINITION, "RoleArn": ROLE, **properties},
    }


def tags_of(client, arn: str) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}


def test_state_machine_with_all_its_properties(stack, client):
    """A stack's machine has the properties of its template, and its ARN, name and revision are attributes."""
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:orders:*"
    outputs = stack(
        {
            "Orders": state_machine(
                StateMachineType="EXPRESS",
                LoggingConfiguration={
                    "Level": "ERROR",
                    "IncludeExecutionData": "true",
                    "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}],
                },
                TracingConfiguration={"Enabled": True},
                EncryptionConfiguration={
                    "Type": "CUSTOMER_MANAGED_KMS_KEY",
                    "KmsKeyId": "key",
                    "KmsDataKeyReusePeriodSeconds": 60,
                },
                Tags=[{"Key": "team", "Value": "billing"}],
            )
        },
        Ref={"Ref": "Orders"},
        Arn={"Fn::GetAtt": ["Orders", "Arn"]},
        Name={"Fn::GetAtt": ["Orders", "Name"]},
        Revision={"Fn::GetAtt": ["Orders", "StateMachineRevisionId"]},
    )
    described = client.describe_state_machine(stateMachineArn=ARN)

    assert outputs == {"Ref": ARN, "Arn": ARN, "Name": "orders", "Revision": "INITIAL"}
    assert described["type"] == "EXPRESS"
    assert described["loggingConfiguration"] == {
        "level": "ERROR",
        "includeExecutionData": True,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
    }
    assert described["tracingConfiguration"] == {"enabled": True}
    assert described["encryptionConfiguration"] == {
        "type": "CUSTOMER_MANAGED_KMS_KEY",
        "kmsKeyId": "key",
        "kmsDataKeyReusePeriodSeconds": 60,
    }
    assert tags_of(client, ARN) == {"team": "billing"}


def test_definition_as_an_object_with_substitutions(stack, client):
    """The template may have the definition as an object, with substitutions."""
    machine = state_machine(
        Definition={"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "${Function}", "End": True}}},
        DefinitionSubstitutions={"Function": "arn:aws:lambda:us-east-1:123456789012:function:f"},
    )
    del machine["Properties"]["DefinitionString"]

    stack({"Orders": machine})

    definition = client.describe_state_machine(stateMachineArn=ARN)["definition"]
    assert json.loads(definition)["States"]["Call"]["Resource"] == ("arn:aws:lambda:us-east-1:123456789012:function:f")


def test_definition_in_s3(stack, client):
    """The definition may be in a bucket of moto's S3."""
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="definitions")
    s3.put_object(Bucket="definitions", Key="orders.json", Body=DEFINITION.encode())
    machine = state_machine(DefinitionS3Location={"Bucket": "definitions", "Key": "orders.json"})
    del machine["Properties"]["DefinitionString"]

    stack({"Orders": machine})

    assert client.describe_state_machine(stateMachineArn=ARN)["definition"] == DEFINITION


def test_state_machine_without_a_name(stack, client):
    """A machine without a name gets one from the stack's name and its own, and keeps it."""
    machine = state_machine()
    del machine["Properties"]["StateMachineName"]
    name = {"Fn::GetAtt": ["Orders", "Name"]}

    created = stack({"Orders": machine}, Name=name)["Name"]
    machine["Properties"]["RoleArn"] = ROLE + "-2"
    updated = stack({"Orders": machine}, Name=name)["Name"]

    assert created.startswith("stack-Orders-")
    assert updated == created
    assert client.describe_state_machine(stateMachineArn=f"{PREFIX}:stateMachine:{created}")["roleArn"] == ROLE + "-2"


def test_updated_state_machine(stack, client, sfn):
    """An update changes the machine, keeps its executions, and removes what the template no longer has."""
    revision = {"Fn::GetAtt": ["Orders", "StateMachineRevisionId"]}
    tags = [{"Key": "team", "Value": "billing"}, {"Key": "stage", "Value": "test"}]
    stack({"Orders": state_machine(TracingConfiguration={"Enabled": True}, Tags=tags)}, Revision=revision)
    sfn.get_state_machine("orders").add_execution("nightly", status="SUCCEEDED")

    outputs = stack(
        {"Orders": state_machine(RoleArn=ROLE + "-2", Tags=[{"Key": "team", "Value": "sales"}])}, Revision=revision
    )
    described = client.describe_state_machine(stateMachineArn=ARN)

    assert described["roleArn"] == ROLE + "-2"
    assert described["tracingConfiguration"] == {"enabled": False}
    assert outputs["Revision"] == described["revisionId"]
    assert tags_of(client, ARN) == {"team": "sales"}
    assert [run["name"] for run in client.list_executions(stateMachineArn=ARN)["executions"]] == ["nightly"]


def test_replaced_state_machine(stack, client):
    """With another name or type, a new machine replaces the first."""
    stack({"Orders": state_machine()})

    renamed = stack({"Orders": state_machine(StateMachineName="invoices")}, Arn={"Ref": "Orders"})

    assert renamed == {"Arn": f"{PREFIX}:stateMachine:invoices"}
    assert [machine["name"] for machine in client.list_state_machines()["stateMachines"]] == ["invoices"]


def test_versions_and_aliases(stack, client, sfn):
    """A stack publishes versions, creates aliases and updates their routing."""

    def resources(*weights: int, version: str = "first") -> dict[str, dict]:
        return {
            "Orders": state_machine(),
            "First": {
                "Type": "AWS::StepFunctions::StateMachineVersion",
                "Properties": {
                    "StateMachineArn": {"Ref": "Orders"},
                    "StateMachineRevisionId": {"Fn::GetAtt": ["Orders", "StateMachineRevisionId"]},
                    "Description": version,
                },
            },
            "Live": {
                "Type": "AWS::StepFunctions::StateMachineAlias",
                "Properties": {
                    "Name": "live",
                    "Description": "for customers",
                    "RoutingConfiguration": [
                        {"StateMachineVersionArn": {"Ref": "First"}, "Weight": weight} for weight in weights
                    ],
                },
            },
        }

    outputs = stack(
        resources(100),
        Version={"Fn::GetAtt": ["First", "Arn"]},
        Alias={"Ref": "Live"},
        Arn={"Fn::GetAtt": ["Live", "Arn"]},
    )
    assert outputs == {"Version": f"{ARN}:1", "Alias": f"{ARN}:live", "Arn": f"{ARN}:live"}
    assert client.describe_state_machine(stateMachineArn=f"{ARN}:1")["description"] == "first"
    alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{ARN}:live")
    assert alias["description"] == "for customers"
    assert alias["routingConfiguration"] == [{"stateMachineVersionArn": f"{ARN}:1", "weight": 100}]

    sfn.get_state_machine("orders").publish_version()
    changed = resources("90")
    properties = changed["Live"]["Properties"]
    properties["RoutingConfiguration"].append({"StateMachineVersionArn": f"{ARN}:2", "Weight": 10})
    del properties["Description"]
    stack(changed)
    alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{ARN}:live")
    assert alias["description"] == ""
    assert [route["weight"] for route in alias["routingConfiguration"]] == [90, 10]

    properties["DeploymentPreference"] = {"StateMachineVersionArn": f"{ARN}:2", "Type": "ALL_AT_ONCE"}
    del properties["RoutingConfiguration"]
    stack(changed)
    alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{ARN}:live")
    assert alias["routingConfiguration"] == [{"stateMachineVersionArn": f"{ARN}:2", "weight": 100}]

    changed["First"]["Properties"]["Description"] = "again"
    outputs = stack(changed, Version={"Ref": "First"})
    assert outputs == {"Version": f"{ARN}:2"}
    assert [version["stateMachineVersionArn"] for version in versions_of(client)] == [f"{ARN}:2"]


def versions_of(client) -> list[dict]:
    return client.list_state_machine_versions(stateMachineArn=ARN)["stateMachineVersions"]


def test_activity(stack, client):
    """A stack creates an activity with its tags, updates them, and replaces it for another name."""

    def activity(**properties: object) -> dict[str, dict]:
        return {"Pack": {"Type": "AWS::StepFunctions::Activity", "Properties": {"Name": "pack", **properties}}}

    outputs = stack(
        activity(Tags=[{"Key": "team", "Value": "billing"}]),
        Arn={"Fn::GetAtt": ["Pack", "Arn"]},
        Name={"Fn::GetAtt": ["Pack", "Name"]},
    )
    assert outputs == {"Arn": f"{PREFIX}:activity:pack", "Name": "pack"}
    assert tags_of(client, f"{PREFIX}:activity:pack") == {"team": "billing"}

    stack(activity(Tags=[{"Key": "stage", "Value": "test"}]))
    assert tags_of(client, f"{PREFIX}:activity:pack") == {"stage": "test"}

    stack(activity(Name="ship"))
    assert [activity["name"] for activity in client.list_activities()["activities"]] == ["ship"]


def test_deleted_stack(stack, client):
    """The deletion of a stack deletes all it created, aliases before their versions."""
    stack(
        {
            "Orders": state_machine(),
            "First": {
                "Type": "AWS::StepFunctions::StateMachineVersion",
                "Properties": {"StateMachineArn": {"Ref": "Orders"}},
            },
            "Live": {
                "Type": "AWS::StepFunctions::StateMachineAlias",
                "Properties": {
                    "Name": "live",
                    "RoutingConfiguration": [{"StateMachineVersionArn": {"Ref": "First"}, "Weight": 100}],
                },
            },
            "Pack": {"Type": "AWS::StepFunctions::Activity", "Properties": {}},
        }
    )
    assert len(client.list_activities()["activities"]) == 1

    boto3.client("cloudformation", REGION).delete_stack(StackName="stack")

    assert client.list_state_machines()["stateMachines"] == []
    assert client.list_activities()["activities"] == []


def referring_to(attribute: str) -> dict[str, dict]:
    """A machine, and a parameter with an attribute of it."""
    value = {"Fn::GetAtt": ["Orders", attribute]}
    properties = {"Name": "p", "Type": "String", "Value": value}
    return {"Orders": state_machine(), "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}}


def test_attribute_in_another_resource(stack):
    """Fn::GetAtt gives a machine's attributes to the other resources of the stack too."""
    stack(referring_to("Arn"))

    assert boto3.client("ssm", REGION).get_parameter(Name="p")["Parameter"]["Value"] == ARN


def test_unknown_attribute(stack):
    """An unknown attribute of a machine is refused, in an output and in another resource."""
    with pytest.raises(ClientError) as output:
        stack({"Orders": state_machine()}, Role={"Fn::GetAtt": ["Orders", "RoleArn"]})
    with pytest.raises(ClientError) as resource:
        stack(referring_to("RoleArn"))

    assert output.value.response["Error"]["Code"] == "ValidationError"
    assert resource.value.response["Error"] == {
        "Type": "Sender",
        "Code": "ValidationError",
        "Message": "Template error: resource Orders does not support attribute type RoleArn in Fn::GetAtt",
    }


def test_motos_own_classes_are_restored():
    """moto's CloudFormation has our classes in the mock, and its own after it."""
    pytest.importorskip("openapi_spec_validator", reason="moto's CloudFormation needs it")
    from moto.cloudformation import parsing

    def classes() -> list[object]:
        return [parsing.get_model_map().get(f"AWS::StepFunctions::{name}") for name in ("StateMachine", "Activity")]

    before = classes()
    with mock_sfn_executions(), mock_aws():
        stacks = boto3.client("cloudformation", REGION)
        stacks.create_stack(StackName="stack", TemplateBody=json.dumps({"Resources": {"Orders": state_machine()}}))
        assert [found.__module__ for found in classes()] == 2 * ["sfn_mock.moto_integration.cloudformation"]

    assert classes() == before


# --- EventBridge, tags -------------------------------------------------------------------------------------------


@pytest.fixture
def put_event(sfn):
    """Put an event on a bus with a rule for it, which has the given target."""
    events = boto3.client("events", REGION)
    events.put_rule(Name="shop", EventPattern=json.dumps({"source": ["shop"]}))

    def put(source: str = "shop", arn: str = ARN, **target: object) -> dict:
        events.put_targets(Rule="shop", Targets=[{"Id": "orders", "Arn": arn, "RoleArn": ROLE, **target}])
        entry = {"Source": source, "DetailType": "order", "Detail": '{"id": 7}', "Time": date(NOW)}
        return events.put_events(Entries=[entry])

    return put


def test_rule_starts_executions(sfn, put_event):
    """An EventBridge rule whose target is a machine starts an execution of it with the event as input."""
    machine = sfn.add_state_machine("orders")

    (entry,) = put_event()["Entries"]

    (run,) = machine.executions
    assert json.loads(run.input) == {
        "version": "0",
        "id": entry["EventId"],
        "detail-type": "order",
        "source": "shop",
        "account": ACCOUNT,
        "time": "2026-01-10T03:00:00Z",
        "region": REGION,
        "resources": [],
        "detail": {"id": 7},
    }


@pytest.mark.parametrize(
    ("target", "input"),
    [
        pytest.param({"Input": '{"constant": true}'}, {"constant": True}, id="Input"),
        pytest.param(
            {"InputTransformer": {"InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"order": <id>}'}},
            {"order": 7},
            id="InputTransformer",
        ),
        pytest.param(
            {"InputTransformer": {"InputTemplate": '{"at": "<time>"}'}},
            {"at": "2026-01-10T03:00:00Z"},
            id="InputTransformer without a map",
        ),
    ],
)
def test_rule_whose_target_has_an_input(sfn, put_event, target, input):
    """The input of the target replaces the event."""
    pytest.importorskip("jsonpath_ng", reason="moto[stepfunctions] is not installed")
    machine = sfn.add_state_machine("orders")

    put_event(**target)

    assert [json.loads(run.input) for run in machine.executions] == [input]


def test_events_that_start_nothing(sfn, put_event):
    """An event of another source, or a deleted target, is not an error."""
    machine = sfn.add_state_machine("orders")

    assert put_event(source="bank")["FailedEntryCount"] == 0
    assert put_event(arn=f"{PREFIX}:stateMachine:gone")["FailedEntryCount"] == 0

    assert machine.executions == []


def test_rule_with_other_targets(sfn, put_event):
    """moto serves the other targets of the rule as before."""
    sqs = boto3.client("sqs", REGION)
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    boto3.client("events", REGION).put_targets(
        Rule="shop", Targets=[{"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"}]
    )
    machine = sfn.add_state_machine("orders")

    put_event()

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["detail"] == {"id": 7}
    assert len(machine.executions) == 1


@pytest.mark.parametrize("execute", [False, True])
def test_rule_for_events_of_s3(sfn_executions, execute):
    """Events of moto's own services start executions too, also with execute_state_machine."""
    machine = sfn_executions.add_state_machine("orders")
    machine.on_start(status="SUCCEEDED")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": execute}}):
        events = boto3.client("events", REGION)
        pattern = {"source": ["aws.s3"], "detail": {"eventName": ["CreateBucket"]}}
        events.put_rule(Name="buckets", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="buckets", Targets=[{"Id": "orders", "Arn": ARN, "RoleArn": ROLE}])
        boto3.client("s3", REGION).create_bucket(Bucket="reports")

    (run,) = machine.executions
    assert run.status == "SUCCEEDED"
    assert json.loads(run.input)["source"] == "aws.s3"


def test_tagging_api(sfn, client):
    """The Resource Groups Tagging API finds machines by their tags."""
    pytest.importorskip("moto.core.resource_tagging", reason="older ones of moto need all its extras for that API")
    client.create_state_machine(
        name="orders", definition=DEFINITION, roleArn=ROLE, tags=[{"key": "team", "value": "billing"}]
    )
    client.create_state_machine(name="invoices", definition=DEFINITION, roleArn=ROLE)

    found = boto3.client("resourcegroupstaggingapi", REGION).get_resources(
        TagFilters=[{"Key": "team", "Values": ["billing"]}]
    )

    assert [resource["ResourceARN"] for resource in found["ResourceTagMappingList"]] == [ARN]


# --- Assignments to records --------------------------------------------------------------------------------------


@pytest.fixture
def poked(clock, client):
    """A started execution, as tests that were written for moto get it."""
    client.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE)
    client.start_execution(stateMachineArn=ARN, name="poked", input='{"id": 7}')
    return stepfunctions_backends[ACCOUNT][REGION].state_machines[0].executions[0]


def listed(client, **arguments: str) -> list[tuple[str, str, datetime, datetime | None]]:
    executions = client.list_executions(stateMachineArn=ARN, **arguments)["executions"]
    return [(run["name"], run["status"], run["startDate"], run.get("stopDate")) for run in executions]


def test_assigned_status(client, poked):
    """A final status that is assigned stops the execution now, and its filters find it."""
    client.list_executions(stateMachineArn=ARN)

    poked.status = "SUCCEEDED"

    assert listed(client, statusFilter="SUCCEEDED") == [("poked", "SUCCEEDED", date(NOW), date(NOW))]
    assert listed(client, statusFilter="RUNNING") == []
    assert client.describe_execution(executionArn=poked.execution_arn)["output"] == "{}"


def test_assigned_status_of_executions_of_describe_state_machine(client, poked):
    """The backend's describe_state_machine returns the same executions."""
    machine = stepfunctions_backends[ACCOUNT][REGION].describe_state_machine(ARN)

    machine.executions[0].status = "FAILED"

    assert listed(client) == [("poked", "FAILED", date(NOW), date(NOW))]


POKES = {
    "status": "FAILED",
    "start_date": datetime(2026, 1, 10, 2),
    "stop_date": datetime(2026, 1, 10, 3, 30, tzinfo=timezone(timedelta(hours=1))),
    "error": "Broken",
    "cause": "It broke.",
}


def test_assigned_second_end(client, poked):
    """A new status removes members that it does not have."""
    poked.status = "FAILED"
    poked.error = "Broken"

    poked.status = "TIMED_OUT"

    described = client.describe_execution(executionArn=poked.arn)
    assert (described["status"], described.get("error")) == ("TIMED_OUT", None)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(["status", "start_date", "stop_date", "error", "cause"], id="the status first"),
        pytest.param(["error", "cause", "stop_date", "start_date", "status"], id="the status last"),
        pytest.param(["stop_date", "status", "cause", "start_date", "error"], id="the stop before the start"),
    ],
)
def test_assignments_in_any_order(client, poked, order):
    """Dates may be naive (UTC) or aware, and attributes may be assigned in any order."""
    client.list_executions(stateMachineArn=ARN)

    for name in order:
        setattr(poked, name, POKES[name])

    start, stop = date("2026-01-10T02:00:00+00:00"), date("2026-01-10T02:30:00+00:00")
    described = client.describe_execution(executionArn=poked.arn)
    assert listed(client) == [("poked", "FAILED", start, stop)]
    assert (described["error"], described["cause"]) == ("Broken", "It broke.")


def test_assignments_that_a_running_execution_does_not_show(client, poked):
    """Members of an ended execution are not shown until its status is assigned."""
    poked.stop_date = datetime(2026, 1, 10, 3)
    poked.output = '{"total": 12}'
    before = client.describe_execution(executionArn=poked.arn)
    poked.status = "SUCCEEDED"
    after = client.describe_execution(executionArn=poked.arn)

    assert [name for name in ("stopDate", "output") if name in before] == []
    assert before["status"] == "RUNNING"
    assert after["output"] == '{"total": 12}'


def test_assigned_dates_keep_the_order(clock, client, sfn):
    """After an assignment executions are sorted again."""
    _, newer = sfn.add_state_machine("orders").add_executions(2, status="SUCCEEDED", name="run-{index}")
    assert [name for name, *_ in listed(client)] == ["run-1", "run-0"]

    newer.start_date = newer.stop_date = "2026-01-09T00:00:00Z"

    assert [name for name, *_ in listed(client)] == ["run-0", "run-1"]
    assert newer.start_date == newer.stop_date == date("2026-01-09T00:00:00+00:00")


def test_assigned_dates_in_the_future(clock, client, poked):
    """Before an assigned start it is not listed, and before an assigned stop it is RUNNING."""
    poked.start_date = "2026-01-10T04:00:00Z"
    poked.status = "SUCCEEDED"
    poked.stop_date = "2026-01-10T05:00:00Z"
    seen = [listed(client)]
    for hour in (4, 5):
        clock.move_to(f"2026-01-10T0{hour}:00:00Z")
        seen.append(listed(client))

    start, stop = date("2026-01-10T04:00:00+00:00"), date("2026-01-10T05:00:00+00:00")
    assert seen == [[], [("poked", "RUNNING", start, None)], [("poked", "SUCCEEDED", start, stop)]]


def test_assigned_running(client, poked):
    """With RUNNING it runs again, without a stop date."""
    poked.status = "ABORTED"
    poked.status = "RUNNING"
    poked.stop_date = None

    assert listed(client) == [("poked", "RUNNING", date(NOW), None)]


def test_removed_stop_date(clock, client, sfn):
    """If the stop date is removed, it runs until it is ended."""
    run = sfn.add_state_machine("orders").add_execution("seeded", status="SUCCEEDED", duration=timedelta(hours=1))

    run.stop_date = None

    clock.move_to("2026-01-11")
    assert listed(client) == [("seeded", "RUNNING", date(NOW), None)]


def test_assignment_to_a_redriven_execution(clock, client, sfn):
    """An assignment to a redriven execution changes its last attempt."""
    run = sfn.add_state_machine("orders").add_execution(
        "seeded", status="RUNNING", start_date="2026-01-10T01:00:00Z", redrive_date="2026-01-10T02:00:00Z"
    )
    run.status = "FAILED"
    with pytest.raises(ValueError) as stop:
        run.stop_date = "2026-01-10T01:30:00Z"
    with pytest.raises(ValueError) as start:
        run.start_date = "2026-01-10T02:30:00Z"

    assert listed(client) == [("seeded", "FAILED", date("2026-01-10T01:00:00+00:00"), date(NOW))]
    assert str(stop.value) == (
        "stop_date must not be before the last redrive at 2026-01-10T02:00:00.000Z, got 2026-01-10T01:30:00.000Z"
    )
    assert str(start.value) == (
        "start_date must not be after the redrive at 2026-01-10T02:00:00.000Z, got 2026-01-10T02:30:00.000Z"
    )
    run.start_date = run.stop_date = "2026-01-10T02:00:00Z"
    assert listed(client) == [("seeded", "FAILED", *[date("2026-01-10T02:00:00+00:00")] * 2)]


def test_assigned_start_of_an_execution_with_two_redrives(clock, sfn):
    """It starts no later than its first redrive."""
    run = sfn.add_state_machine("orders").add_execution(
        "seeded", status="FAILED", start_date="2026-01-10T01:00:00Z", stop_date=NOW, redrive_date="2026-01-10T02:00:00Z"
    )
    run.redrive()
    with pytest.raises(ValueError) as start:
        run.start_date = "2026-01-10T02:30:00Z"

    assert str(start.value) == (
        "start_date must not be after the redrive at 2026-01-10T02:00:00.000Z, got 2026-01-10T02:30:00.000Z"
    )


def test_assignment_before_the_start(clock, client, sfn):
    """If the clock is before the start, an assignment changes the first attempt and drops the redrive."""
    run = sfn.add_state_machine("orders").add_execution(
        "seeded", status="RUNNING", start_date="2026-01-10T01:00:00Z", redrive_date="2026-01-10T02:00:00Z"
    )
    clock.move_to("2026-01-10T00:30:00Z")
    run.status = "ABORTED"
    clock.move_to(NOW)

    assert listed(client) == [("seeded", "ABORTED", *[date("2026-01-10T01:00:00+00:00")] * 2)]
    assert client.describe_execution(executionArn=run.arn)["redriveCount"] == 0


def test_assigned_status_of_an_execution_that_has_ended(clock, client, sfn):
    """It keeps its stop date."""
    run = sfn.add_state_machine("orders").add_execution(
        "seeded", status="SUCCEEDED", start_date="2026-01-10T01:00:00Z", stop_date="2026-01-10T02:00:00Z"
    )
    run.status = "FAILED"

    start, stop = date("2026-01-10T01:00:00+00:00"), date("2026-01-10T02:00:00+00:00")
    assert listed(client) == [("seeded", "FAILED", start, stop)]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        pytest.param(
            "status",
            "DONE",
            "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'",
            id="no status",
        ),
        pytest.param(
            "output",
            "done",
            "output must be JSON text, or a dict, list or number to be written as JSON, got 'done'. Invalid "
            "JSON: Unrecognized token 'done': was expecting (JSON String, Number, Array, Object or "
            "token 'null', 'true' or 'false').",
            id="an output that is not JSON",
        ),
        pytest.param(
            "error",
            "Broken",
            "error must be left out unless the status is FAILED or ABORTED, got it with SUCCEEDED",
            id="an error of a success",
        ),
        pytest.param(
            "stop_date",
            None,
            f"cannot remove the stop date of {PREFIX}:execution:orders:poked: it is SUCCEEDED; assign "
            "status = 'RUNNING' instead.",
            id="no stop date of a success",
        ),
    ],
)
def test_impossible_assignments(client, poked, name, value, sentence):
    """An impossible assignment is refused with one sentence, and changes nothing."""
    poked.status = "SUCCEEDED"

    with pytest.raises(ValueError) as error:
        setattr(poked, name, value)

    assert str(error.value) == sentence
    assert listed(client) == [("poked", "SUCCEEDED", date(NOW), date(NOW))]


# --- SF_EXECUTION_HISTORY_TYPE -----------------------------------------------------------------------------------


@freeze_time(NOW)
def test_history_type_failure(client, sfn, monkeypatch):
    """With SF_EXECUTION_HISTORY_TYPE=FAILURE every start is FAILED, with the error of moto's history."""
    monkeypatch.setenv("SF_EXECUTION_HISTORY_TYPE", "FAILURE")
    sfn.add_state_machine("orders", definition='{"StartAt": "No", "States": {"No": {"Type": "Fail"}}}')

    arn = client.start_execution(stateMachineArn=ARN, name="started")["executionArn"]
    events = client.get_execution_history(executionArn=arn)["events"]

    assert listed(client) == [("started", "FAILED", date(NOW), date(NOW))]
    assert [event["type"] for event in events] == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]
    assert events[-1]["executionFailedEventDetails"] == {"error": "AnError", "cause": "An error occurred!"}


def test_on_start_has_priority_over_the_history_type(client, sfn, monkeypatch):
    """on_start has priority over the environment variable."""
    monkeypatch.setenv("SF_EXECUTION_HISTORY_TYPE", "FAILURE")
    sfn.add_state_machine("orders").on_start(status="RUNNING")

    client.start_execution(stateMachineArn=ARN)

    assert [status for _, status, *_ in listed(client)] == ["RUNNING"]


# --- moto's backend, called by itself ----------------------------------------------------------------------------


@freeze_time(NOW)
def test_backend_from_motos_dictionary(sfn):
    """A backend from moto's dictionary starts, lists, describes and stops executions."""
    sfn.add_state_machine("orders")
    backend = stepfunctions_backends[ACCOUNT][REGION]

    run = backend.start_execution(ARN, "", '{"id": 7}')
    page, token = backend.list_executions(ARN, status_filter="RUNNING")
    assert (page, token) == ([run], None)
    assert backend.describe_execution(run.execution_arn) == run
    assert backend.describe_state_machine_for_execution(run.execution_arn).name == "orders"
    assert backend.stop_execution(run.execution_arn).status == "ABORTED"
    with pytest.raises(Exception, match="1 validation error detected"):
        backend.start_execution(ARN, name=81 * "n")


# --- Definitions that run ----------------------------------------------------------------------------------------


@pytest.fixture
def executed(sfn_executions):
    """The handle, with a mock_aws that executes state machines."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield sfn_executions


@pytest.fixture
def start(executed):
    """Start an execution of the given states, and return a client and the record."""
    client = boto3.client("stepfunctions", REGION)

    def start(states: dict[str, dict], input: object = None, **machine: str):
        definition = json.dumps({"StartAt": next(iter(states)), "States": states})
        executed.add_state_machine("orders", definition=definition, **machine)
        arn = client.start_execution(stateMachineArn=ARN, name="started", input=json.dumps(input or {}))["executionArn"]
        return client, executed.get_execution(arn)

    return start


def ended(run) -> str:
    """The status of the execution; what takes no time has ended when StartExecution returns."""
    return run.status


def test_executed_success(start):
    """The definition runs: the execution has its output, and its history has each state."""
    client, run = start(
        {
            "Add": {"Type": "Pass", "Result": {"total": 12}, "ResultPath": "$.sum", "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
        {"id": 7},
    )

    assert ended(run) == "SUCCEEDED"
    described = client.describe_execution(executionArn=run.arn)
    history = client.get_execution_history(executionArn=run.arn)["events"]
    assert json.loads(described["output"]) == {"id": 7, "sum": {"total": 12}}
    assert [(event["id"], event["previousEventId"], event["type"]) for event in history] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "SucceedStateEntered"),
        (5, 4, "SucceedStateExited"),
        (6, 5, "ExecutionSucceeded"),
    ]
    assert history[1]["stateEnteredEventDetails"] == {
        "name": "Add",
        "input": '{"id":7}',
        "inputDetails": {"truncated": False},
    }
    without_data = client.get_execution_history(executionArn=run.arn, includeExecutionData=False)["events"]
    assert without_data[1]["stateEnteredEventDetails"] == {"name": "Add"}


def test_executed_failure(start):
    """The error and cause of a Fail state are those of the execution."""
    client, run = start({"No": {"Type": "Fail", "Error": "Broken", "Cause": "It broke."}})

    assert ended(run) == "FAILED"
    assert (run.error, run.cause) == ("Broken", "It broke.")
    assert event_types(client, run) == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]


def test_executed_timeout(executed):
    """A definition that takes longer than its TimeoutSeconds is TIMED_OUT."""
    states = {"Hold": {"Type": "Wait", "Seconds": 30, "End": True}}
    executed.add_state_machine(
        "orders", definition=json.dumps({"StartAt": "Hold", "TimeoutSeconds": 1, "States": states})
    )
    client = boto3.client("stepfunctions", REGION)
    with freeze_time(NOW) as clock:
        run = executed.get_execution(client.start_execution(stateMachineArn=ARN)["executionArn"])
        assert run.status == "RUNNING"
        clock.tick(3600)

        assert (run.status, run.stop_date) == ("TIMED_OUT", date(NOW) + timedelta(seconds=1))
        assert event_types(client, run)[-1] == "ExecutionTimedOut"


def test_executed_definition_that_cannot_be_read(executed):
    """A definition that was not checked and is wrong ends as FAILED with its fault."""
    states = {"Odd": {"Type": "Pass", "InputPath": 5, "End": True}}
    machine = unchecked_machine(executed, json.dumps({"StartAt": "Odd", "States": states}))
    client = boto3.client("stepfunctions", REGION)
    run = executed.get_execution(client.start_execution(stateMachineArn=machine.arn)["executionArn"])

    assert ended(run) == "FAILED"
    assert (run.error, run.cause) == ("States.Runtime", "/States/Odd/InputPath must be a string, got 5")


def test_executed_input_that_cannot_be_read(executed):
    """With a number that Python cannot read, the execution is FAILED."""
    executed.add_state_machine("orders")
    client = boto3.client("stepfunctions", REGION)
    run = executed.get_execution(client.start_execution(stateMachineArn=ARN, input="9" * 5000)["executionArn"])

    assert ended(run) == "FAILED"
    assert (run.error, run.input) == ("States.Runtime", "9" * 5000)


def test_executed_calls_to_other_services(start):
    """Tasks call moto's services, and Step Functions."""
    queue = boto3.client("sqs", REGION).create_queue(QueueName="orders")["QueueUrl"]
    _, run = start(
        {
            "Send": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"QueueUrl": queue, "MessageBody.$": "$.text"},
                "End": True,
            }
        },
        {"text": "hello"},
    )

    assert ended(run) == "SUCCEEDED"
    (message,) = boto3.client("sqs", REGION).receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "hello"


INNER = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:inner"


def calling(resource: str, **parameters: object) -> dict:
    """A state that calls a service."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        pytest.param("states:startExecution", {}, id="and continues"),
        pytest.param(
            "states:startExecution.sync",
            {"Status": "SUCCEEDED", "Input": '{"id":7}', "Output": '{"total":12}'},
            id="and waits for it",
        ),
        pytest.param(
            "states:startExecution.sync:2",
            {"Status": "SUCCEEDED", "Input": {"id": 7}, "Output": {"total": 12}},
            id="and waits for its JSON",
        ),
        pytest.param("aws-sdk:sfn:startExecution", {}, id="by the SDK"),
    ],
)
def test_executed_start_of_another_machine(executed, start, resource, shown):
    """A Task starts an execution, also in a branch of a Parallel state."""
    definition = {"StartAt": "Add", "States": {"Add": {"Type": "Pass", "Result": {"total": 12}, "End": True}}}
    inner = executed.add_state_machine("inner", definition=json.dumps(definition))
    task = calling(resource, StateMachineArn=INNER, Name="nested", Input={"id": 7})
    branch = {"StartAt": "Start", "States": {"Start": task}}
    _, run = start({"Both": {"Type": "Parallel", "Branches": [branch], "End": True}})

    assert ended(run) == "SUCCEEDED"
    [answer] = json.loads(run.output)
    assert answer["ExecutionArn"] == inner.executions[0].arn
    assert {name: answer[name] for name in shown} == shown
    assert ended(inner.executions[0]) == "SUCCEEDED"


@pytest.mark.parametrize(
    ("task", "error", "cause"),
    [
        pytest.param(
            calling("states:startExecution", StateMachineArn=INNER),
            "StepFunctions.StateMachineDoesNotExistException",
            f"State Machine Does Not Exist: '{INNER}' (Service: AWSStepFunctions; Status Code: 400; "
            "Error Code: StateMachineDoesNotExist; Request ID: {id}; Proxy: null)",
            id="recorded: of an integration",
        ),
        pytest.param(
            calling("aws-sdk:sfn:sendTaskSuccess", TaskToken="none", Output={}),
            "Sfn.InvalidTokenException",
            "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: {id}) (SDK Attempt Count: 1)",
            id="recorded: of the SDK",
        ),
    ],
)
def test_executed_call_that_is_refused(start, task, error, cause):
    """If a Task's call is refused, the execution has AWS's error."""
    _, run = start({"Call": task})

    assert ended(run) == "FAILED"
    [request_id] = re.findall("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", run.cause)
    assert (run.error, run.cause) == (error, cause.format(id=request_id))


def asking(queue: str) -> dict:
    """A state that sends a task token to a queue, and waits for its answer."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "HeartbeatSeconds": 600,
        "Parameters": {"QueueUrl": queue, "MessageBody": {"Token.$": "$$.Task.Token"}},
        "End": True,
    }


@pytest.fixture
def waiting(start):
    """An execution that waits for an answer: a client, the record, the task token."""
    queue = boto3.client("sqs", REGION).create_queue(QueueName="orders")["QueueUrl"]
    client, run = start({"Ask": asking(queue)})
    (message,) = boto3.client("sqs", REGION).receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    return client, run, json.loads(message["Body"])["Token"]


def test_executed_task_that_succeeds(waiting):
    """SendTaskSuccess answers the waiting task once; after a heartbeat it still waits."""
    client, run, token = waiting

    client.send_task_heartbeat(taskToken=token)
    with pytest.raises(client.exceptions.InvalidOutput):
        client.send_task_success(taskToken=token, output="it's done")
    assert run.status == "RUNNING"
    client.send_task_success(taskToken=token, output='{"done": true}')

    assert ended(run) == "SUCCEEDED"
    assert run.output == '{"done":true}'
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")
    with pytest.raises(client.exceptions.InvalidToken):
        client.send_task_heartbeat(taskToken="another")


def test_executed_task_that_fails(waiting):
    """The error of SendTaskFailure is that of the execution, if nothing catches it."""
    client, run, token = waiting

    client.send_task_failure(taskToken=token, error="Broken", cause="It broke.")

    assert ended(run) == "FAILED"
    assert (run.error, run.cause) == ("Broken", "It broke.")


def test_executed_task_that_is_answered_at_once(start, monkeypatch):
    """An answer before the state waits counts too, also with heartbeats."""
    from moto.sqs.models import SQSBackend

    queue = boto3.client("sqs", REGION).create_queue(QueueName="orders")["QueueUrl"]
    send_message = SQSBackend.send_message

    def answer(backend, queue_name, message_body, *arguments, **options):
        token = json.loads(message_body)["Token"]
        boto3.client("stepfunctions", REGION).send_task_success(taskToken=token, output='{"done": true}')
        return send_message(backend, queue_name, message_body, *arguments, **options)

    monkeypatch.setattr(SQSBackend, "send_message", answer)
    _, run = start({"Ask": asking(queue)})

    assert ended(run) == "SUCCEEDED"
    assert run.output == '{"done":true}'


def test_executed_and_stopped(waiting):
    """StopExecution ends it at once, and nothing changes that later."""
    client, run, token = waiting

    client.stop_execution(executionArn=run.arn, error="Enough")

    assert (run.status, run.error) == ("ABORTED", "Enough")
    assert event_types(client, run)[-1] == "ExecutionAborted"
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")


def test_executed_and_ended_by_the_test(waiting):
    """An end by the test does not change; after a redrive it runs until it is ended."""
    client, run, _ = waiting

    run.fail("Broken")
    assert event_types(client, run)[-1] == "ExecutionFailed"
    run.redrive()
    assert run.status == "RUNNING"
    assert event_types(client, run)[0] == "ExecutionStarted"
    assert "ExecutionRedriven" in event_types(client, run)


def test_executed_map_run(start):
    """A Distributed Map's run is listed and described with its child executions."""
    client, run = start(
        {
            "Items": {
                "Type": "Map",
                "Label": "Items",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "One",
                    "States": {"One": {"Type": "Pass", "End": True}},
                },
                "End": True,
            }
        },
        [1, 2, 3],
    )
    assert ended(run) == "SUCCEEDED"

    (item,) = client.list_map_runs(executionArn=run.arn)["mapRuns"]
    described = client.describe_map_run(mapRunArn=item["mapRunArn"])

    assert item["stateMachineArn"] == f"{ARN}/Items"
    assert described["status"] == "SUCCEEDED"
    assert (described["itemCounts"]["succeeded"], described["itemCounts"]["total"]) == (3, 3)
    children = client.list_executions(mapRunArn=item["mapRunArn"])["executions"]
    assert [(child["status"], child["itemCount"]) for child in children] == [("SUCCEEDED", 1)] * 3
    assert [child.input for child in run.map_runs[0].executions] == ["1", "2", "3"]


def test_executed_map_run_that_is_stopped(start):
    """A map run can be updated, is ABORTED with its execution, and redriven with it."""
    client, run = start(
        {
            "Items": {
                "Type": "Map",
                "Label": "Items",
                "MaxConcurrency": 1,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "One",
                    "States": {"One": {"Type": "Wait", "Seconds": 100, "End": True}},
                },
                "End": True,
            }
        },
        [1, 2, 3],
    )
    [item] = client.list_map_runs(executionArn=run.arn)["mapRuns"]
    arn = item["mapRunArn"]

    so_far = event_types(client, run)
    client.update_map_run(mapRunArn=arn, maxConcurrency=3)
    client.update_map_run(mapRunArn=arn, toleratedFailureCount=1)
    updated = client.describe_map_run(mapRunArn=arn)
    client.stop_execution(executionArn=run.arn)
    stopped = client.describe_map_run(mapRunArn=arn)
    left = client.describe_map_run(mapRunArn=arn)
    run.redrive()
    redriven = client.describe_map_run(mapRunArn=arn)

    assert so_far[:3] == ["ExecutionStarted", "MapStateEntered", "MapStateStarted"]
    assert (updated["status"], updated["maxConcurrency"], updated["toleratedFailureCount"]) == ("RUNNING", 3, 1)
    assert (stopped["status"], left["status"]) == ("ABORTED", "ABORTED")
    assert (redriven["status"], redriven["redriveCount"]) == ("RUNNING", 1)


def test_executed_branches(start):
    """In branches that run at once, each event follows the one before it in its branch."""
    client, run = start(
        {
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": name, "States": {name: {"Type": "Pass", "Result": name, "End": True}}} for name in "AB"
                ],
                "End": True,
            }
        }
    )

    assert ended(run) == "SUCCEEDED"
    assert json.loads(run.output) == ["A", "B"]
    history = client.get_execution_history(executionArn=run.arn)["events"]
    started = next(event["id"] for event in history if event["type"] == "ParallelStateStarted")
    entered = [event["previousEventId"] for event in history if event["type"] == "PassStateEntered"]
    assert entered == [started, started]


def test_synchronous_execution_is_executed(executed):
    """StartSyncExecution answers the result of the definition."""
    executed.add_state_machine(
        "orders", type="EXPRESS", definition='{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}'
    )

    answer = boto3.client("stepfunctions", REGION).start_sync_execution(stateMachineArn=ARN, input='{"id": 7}')

    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"id":7}')


def test_execution_by_the_mocks_own_option():
    """execute=True does the same as moto's configuration, for this mock only."""
    definition = '{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 7, "End": true}}}'
    outcomes = []
    for execute in (True, False):
        with mock_sfn_executions(execute=execute) as sfn, mock_aws():
            sfn.add_state_machine("orders", definition=definition)
            sfn.add_state_machine("fast", type="EXPRESS", definition=definition)
            client = boto3.client("stepfunctions", REGION)
            run = sfn.get_execution(client.start_execution(stateMachineArn=ARN)["executionArn"])
            answer = client.start_sync_execution(stateMachineArn=f"{PREFIX}:stateMachine:fast")
            outcomes.append((ended(run) if execute else run.status, run.output, answer["output"]))

    assert outcomes == [("SUCCEEDED", "7", "7"), ("RUNNING", None, "{}")]


def test_tasks_without_mock_aws():
    """Without mock_aws, the mock answers Step Functions' own operations."""
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True}
    start["Parameters"] = {"StateMachineArn": ARN}
    with mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders")
        sfn.add_state_machine("starts", definition=json.dumps({"StartAt": "Call", "States": {"Call": start}}))
        boto3.client("stepfunctions", REGION).start_execution(stateMachineArn=f"{PREFIX}:stateMachine:starts")

        assert [run.status for run in orders.executions] == ["SUCCEEDED"]


def test_frozen_execution(executed):
    """Under a frozen clock all events are at the frozen time."""
    executed.add_state_machine("orders")
    client = boto3.client("stepfunctions", REGION)

    with freeze_time(NOW):
        run = executed.get_execution(client.start_execution(stateMachineArn=ARN)["executionArn"])
        assert ended(run) == "SUCCEEDED"
        history = client.get_execution_history(executionArn=run.arn)["events"]

    assert run.stop_date == date(NOW)
    assert {event["timestamp"] for event in history} == {date(NOW)}


def test_on_start_has_priority_over_the_definition(executed):
    """A machine with on_start does not run its definition."""
    executed.add_state_machine("orders", definition='{"StartAt": "No", "States": {"No": {"Type": "Fail"}}}').on_start(
        status="SUCCEEDED", output='{"ok": true}'
    )
    client = boto3.client("stepfunctions", REGION)

    run = executed.get_execution(client.start_execution(stateMachineArn=ARN)["executionArn"])

    assert (run.status, run.output) == ("SUCCEEDED", '{"ok": true}')
