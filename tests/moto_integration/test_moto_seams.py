"""Each function and attribute of moto that the mock replaces has a test that fails if moto changes it."""

from __future__ import annotations

import json
import os
import re
import unittest

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel
from moto.core.exceptions import ServiceException
from moto.core.models import MockAWS, botocore_stubber
from moto.core.request import normalize_request
from moto.stepfunctions.models import StepFunctionBackend, stepfunctions_backends

from sfn_mock import StateMachine, UnmockedServiceError, mock_sfn_executions

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:orders"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders"
DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
OTHER_DEFINITION = json.dumps({"StartAt": "No", "States": {"No": {"Type": "Fail"}}})


def sfn_client(region: str = REGION, **options):
    return boto3.client("stepfunctions", region, **options)


def create(client, name: str = "orders", **options) -> str:
    return client.create_state_machine(name=name, definition=DEFINITION, roleArn=ROLE, **options)["stateMachineArn"]


def machine_names(client) -> list[str]:
    return [machine["name"] for machine in client.list_state_machines()["stateMachines"]]


def listed(client, arn: str = ARN) -> list[tuple[str, str]]:
    executions = client.list_executions(stateMachineArn=arn)["executions"]
    return sorted((execution["name"], execution["status"]) for execution in executions)


def seed(sfn, name: str = "nightly") -> None:
    sfn.add_state_machine("orders").add_execution(name, status="SUCCEEDED")


# --- stepfunctions_backends.backend ------------------------------------------------------------------------------


def test_motos_dictionary_gives_the_mocks_backends():
    """moto's dictionary of backends returns backends with the seeds."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        backend = stepfunctions_backends[ACCOUNT][REGION]

        assert [machine.name for machine in backend.state_machines] == ["orders"]
        assert isinstance(stepfunctions_backends.backend, type)
        assert issubclass(stepfunctions_backends.backend, StepFunctionBackend)


def test_dictionary_of_an_account_made_before():
    """An account's dictionary from before the mock makes the mock's backends for new regions."""
    with mock_aws():
        account = stepfunctions_backends[ACCOUNT]
        with mock_sfn_executions() as sfn:
            sfn.add_state_machine("orders", region="eu-west-1")

            assert [machine.name for machine in account["eu-west-1"].state_machines] == ["orders"]

        assert type(account["eu-north-1"]) is StepFunctionBackend


def test_motos_dictionary_is_restored():
    """After the mock, moto makes its own backends again."""
    with mock_sfn_executions():
        assert stepfunctions_backends[ACCOUNT][REGION].state_machines == []

    assert stepfunctions_backends.backend is StepFunctionBackend
    assert dict(stepfunctions_backends) == {}


def test_tags_are_seen_by_the_tagging_api():
    """moto's Resource Groups Tagging API finds tags in every backend in use."""
    pytest.importorskip("moto.core.resource_tagging", reason="older ones of moto need all its extras for that API")
    with mock_sfn_executions(), mock_aws():
        arn = create(sfn_client(), tags=[{"key": "team", "value": "billing"}])
        tagged = boto3.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["states:stateMachine"])

    assert tagged["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "billing"}]}]


# --- BackendDict.reset -------------------------------------------------------------------------------------------


def test_inner_mock_aws_keeps_seeds():
    """An inner mock_aws does not reset the mock's stores."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        client = sfn_client()
        with mock_aws():
            assert listed(client) == [("nightly", "SUCCEEDED")]
            sfn.get_state_machine("orders").add_execution("second", status="RUNNING")
        assert listed(client) == [("nightly", "SUCCEEDED"), ("second", "RUNNING")]

        with mock_aws():
            assert listed(sfn_client()) == [("nightly", "SUCCEEDED"), ("second", "RUNNING")]


def test_seeds_in_mock_aws_outside():
    """Inside mock_aws the mock starts with moto's contents, and leaves nothing there."""
    with mock_aws():
        with mock_sfn_executions() as sfn:
            seed(sfn)
            with mock_aws():
                assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]
            assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]

        assert machine_names(sfn_client()) == []


@mock_aws
@mock_sfn_executions
def test_decorators_of_both():
    """The decorators may be in either order: here moto's is outside."""
    create(sfn_client())
    boto3.client("s3").create_bucket(Bucket="reports")

    assert machine_names(sfn_client()) == ["orders"]


@mock_sfn_executions
@mock_aws
def test_decorators_in_the_other_order():
    """The decorators may be in either order: here moto's is inside."""
    create(sfn_client())
    boto3.client("s3").create_bucket(Bucket="reports")

    assert machine_names(sfn_client()) == ["orders"]


# --- Regional backends made earlier ------------------------------------------------------------------------------


def test_records_of_moto_are_taken_over():
    """Machines and executions of an outer mock_aws can be listed, seeded and stopped."""
    with mock_aws():
        client = sfn_client()
        create(client)
        client.start_execution(stateMachineArn=ARN, name="motos", input='{"from": "moto"}')

        with mock_sfn_executions() as sfn:
            assert listed(client) == [("motos", "RUNNING")]
            sfn.get_state_machine("orders").add_execution("seeded", status="FAILED")
            run = sfn.get_execution(f"arn:aws:states:{REGION}:{ACCOUNT}:execution:orders:motos")
            assert client.describe_execution(executionArn=run.arn)["input"] == '{"from": "moto"}'
            client.stop_execution(executionArn=run.arn)
            assert listed(client) == [("motos", "ABORTED"), ("seeded", "FAILED")]


def test_motos_contents_are_restored():
    """After the mock, moto has its own contents unchanged."""
    with mock_aws():
        client = sfn_client()
        create(client)
        client.start_execution(stateMachineArn=ARN, name="motos")

        with mock_sfn_executions() as sfn:
            create(client, "invoices")
            sfn.get_state_machine("orders").add_execution("seeded", status="FAILED")
            client.delete_state_machine(stateMachineArn=create(client, "short-lived"))

        assert machine_names(client) == ["orders"]
        assert listed(client) == [("motos", "RUNNING")]
        create(client, "afterwards")
        assert machine_names(client) == ["orders", "afterwards"]


def test_every_account_and_region_is_taken_over():
    """The contents of all accounts and regions are taken over."""
    with mock_aws():
        create(sfn_client("eu-west-1"))
        role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="session")
        other = sfn_client("eu-north-1", **keys_of(role))
        create(other, "theirs")

        with mock_sfn_executions() as sfn:
            assert {machine.arn for machine in sfn.state_machines} == {
                f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:orders",
                "arn:aws:states:eu-north-1:210987654321:stateMachine:theirs",
            }
            assert machine_names(other) == ["theirs"]


def test_records_of_a_finished_mock_aws_are_not_taken_over():
    """A mock without mock_aws starts empty, even if moto has old data."""

    @mock_aws
    class Suite(unittest.TestCase):
        def setUp(self):
            create(sfn_client())

        def test_it(self):
            pass

    unittest.defaultTestLoader.loadTestsFromTestCase(Suite).run(unittest.TestResult())
    left = stepfunctions_backends[ACCOUNT][REGION].state_machines
    try:
        with mock_sfn_executions() as sfn:
            assert sfn.state_machines == []

        assert [machine.name for machine in left] == ["orders"]
        assert stepfunctions_backends[ACCOUNT][REGION].state_machines is left
    finally:
        BackendDict.reset()


def keys_of(role) -> dict[str, str]:
    """The credentials of an assumed role, as arguments of a client."""
    return {
        "aws_access_key_id": role["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": role["Credentials"]["SecretAccessKey"],
        "aws_session_token": role["Credentials"]["SessionToken"],
    }


def test_all_records_of_a_machine_of_moto_are_taken_over():
    """Versions, aliases and the ends of executions are taken over."""
    with mock_aws():
        client = sfn_client()
        create(client, publish=True, versionDescription="first")
        first = f"{ARN}:1"
        client.update_state_machine(stateMachineArn=ARN, definition=OTHER_DEFINITION)
        client.create_state_machine_alias(
            name="live", routingConfiguration=[{"stateMachineVersionArn": first, "weight": 100}]
        )
        stopped = client.start_execution(stateMachineArn=ARN, name="stopped")["executionArn"]
        client.stop_execution(executionArn=stopped)

        with mock_sfn_executions():
            assert stepfunctions_backends[ACCOUNT][REGION].state_machines[0].definition == OTHER_DEFINITION
            version = client.describe_state_machine(stateMachineArn=first)
            machine = client.describe_state_machine(stateMachineArn=ARN)
            alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{ARN}:live")
            execution = client.describe_execution(executionArn=stopped)

    assert (version["definition"], version["description"]) == (DEFINITION, "first")
    assert machine["definition"] == OTHER_DEFINITION
    assert alias["routingConfiguration"] == [{"stateMachineVersionArn": first, "weight": 100}]
    assert execution["status"] == "ABORTED"
    assert execution["startDate"] <= execution["stopDate"]


# --- Mocks that end out of order ---------------------------------------------------------------------------------


def test_mock_aws_ends_within(monkeypatch):
    """If mock_aws starts first and stops first, each restores its own changes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    before = environment()
    moto, ours = mock_aws(), mock_sfn_executions()
    moto.start()
    create(sfn_client())
    sfn = ours.start()
    boto3.client("s3").create_bucket(Bucket="reports")
    moto.stop()
    try:
        assert os.environ["AWS_ACCESS_KEY_ID"] == "sfn-mock"
        assert machine_names(sfn_client()) == ["orders"]
        assert [machine.name for machine in sfn.state_machines] == ["orders"]
    finally:
        ours.stop()

    assert environment() == before
    assert dict(stepfunctions_backends) == {}
    assert stepfunctions_backends.backend is StepFunctionBackend


def test_mock_aws_that_ends_last(monkeypatch):
    """If mock_aws ends last, what it restores of the mock is removed too."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    before = environment()
    stop = MockAWS.stop
    moto, ours = mock_aws(), mock_sfn_executions()
    sfn = ours.start()
    boto3.client("stepfunctions")
    moto.start()
    seed(sfn)
    ours.stop()
    try:
        with mock_aws():
            pass
        boto3.client("s3").create_bucket(Bucket="reports")
        assert machine_names(sfn_client()) == []
    finally:
        moto.stop()

    assert environment() == before
    assert MockAWS.stop is stop


def test_wrapper_of_mock_aws_by_others_stays(monkeypatch):
    """A later wrapper of mock_aws's methods stays."""
    monkeypatch.setattr(MockAWS, "stop", MockAWS.stop)

    with mock_sfn_executions():
        MockAWS.stop = theirs = lambda self, remove_data=True: None

    assert MockAWS.stop is theirs


def environment() -> dict[str, object]:
    """Everything that a mock could leave for later clients."""
    return {**os.environ, "default session": boto3.DEFAULT_SESSION}


# --- backend_url_patterns, and the stubber -----------------------------------------------------------------------


def test_hosts_that_moto_does_not_know():
    """The host sync-states., which moto's stubber does not know, is answered."""
    with mock_sfn_executions(), mock_aws():
        client = sfn_client()
        with pytest.raises(client.exceptions.ClientError) as error:
            client.start_sync_execution(stateMachineArn=257 * "a")

    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_signed_requests_without_botocore():
    """Calls of `requests` are answered from the same store."""
    with mock_aws(), mock_sfn_executions() as sfn:
        seed(sfn)
        headers = {"X-Amz-Target": "AWSStepFunctions.ListExecutions", "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest(
            "POST",
            f"https://states.{REGION}.amazonaws.com/",
            headers=headers,
            data=json.dumps({"stateMachineArn": ARN}),
        )
        SigV4Auth(Credentials("any", "any"), "states", REGION).add_auth(request)
        prepared = request.prepare()
        answer = requests.post(prepared.url, data=prepared.body, headers=dict(prepared.headers), timeout=5)

    assert answer.status_code == 200
    assert [execution["name"] for execution in answer.json()["executions"]] == ["nightly"]


def test_stubber_keeps_its_other_services():
    """moto's stubber still answers other services; after the mock it is unchanged."""
    with mock_sfn_executions(), mock_aws():
        boto3.client("secretsmanager").create_secret(Name="token", SecretString="s")
        assert boto3.client("secretsmanager").get_secret_value(SecretId="token")["SecretString"] == "s"

    assert "process_request" not in vars(botocore_stubber)


def test_requests_that_moto_passes_through():
    """If mock_aws passes services through to AWS, the mock still answers Step Functions."""
    with mock_sfn_executions() as sfn, mock_aws(config={"core": {"passthrough": {"services": ["states"]}}}):
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


def test_urls_by_which_motos_server_finds_step_functions():
    """moto finds both hosts in the module `urls`."""
    with mock_sfn_executions() as sfn, mock_aws():
        seed(sfn)
        urls = stepfunctions_backends[ACCOUNT][REGION].urls
        answers = {}
        for host in ("states", "sync-states"):
            url = f"https://{host}.{REGION}.amazonaws.com/"
            (dispatch,) = [dispatch for pattern, dispatch in urls.items() if re.match(pattern, url)]
            headers = {"Host": f"{host}.{REGION}.amazonaws.com", "X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
            request = AWSRequest("POST", url, headers=headers, data="{}").prepare()
            status, _, body = dispatch(normalize_request(request), url, request.headers)
            answers[host] = (status, [machine["name"] for machine in json.loads(body)["stateMachines"]])

    assert answers == {"states": (200, ["orders"]), "sync-states": (200, ["orders"])}


# --- StepFunctionBackend -----------------------------------------------------------------------------------------


def test_cloudformation_reaches_the_mock():
    """A stack's state machine is created, updated and deleted in the mock's store."""
    pytest.importorskip("openapi_spec_validator", reason="moto's CloudFormation needs it")
    template = {
        "Resources": {
            "Orders": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"StateMachineName": "orders", "DefinitionString": DEFINITION, "RoleArn": ROLE},
            }
        }
    }

    with mock_sfn_executions() as sfn, mock_aws():
        stacks = boto3.client("cloudformation", REGION)
        stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
        sfn.get_state_machine("orders").add_execution("nightly", status="SUCCEEDED")
        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]

        template["Resources"]["Orders"]["Properties"]["RoleArn"] = ROLE + "-2"
        stacks.update_stack(StackName="stack", TemplateBody=json.dumps(template))
        assert sfn_client().describe_state_machine(stateMachineArn=ARN)["roleArn"] == ROLE + "-2"

        stacks.delete_stack(StackName="stack")
        assert machine_names(sfn_client()) == []


# --- StepFunctionResponse.stepfunction_backend -------------------------------------------------------------------


def test_mock_aws_that_executes_state_machines():
    """With execute_state_machine calls are answered by the mock too."""
    with mock_sfn_executions() as sfn, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


# --- BaseBackend.reset -------------------------------------------------------------------------------------------


def test_reset_of_a_held_backend():
    """A reset of moto's backend does not change the mock's records."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        backend = stepfunctions_backends[ACCOUNT][REGION]
        backend.reset()
        assert [machine.name for machine in sfn.state_machines] == ["orders"]

        sfn.reset()
        assert sfn.state_machines == []
        assert stepfunctions_backends[ACCOUNT][REGION] is backend


# --- MockAWS -----------------------------------------------------------------------------------------------------


def test_mock_aws_counts_its_own_nesting():
    """The mock does not change moto's count of nested mocks."""
    before = MockAWS._nested_count

    with mock_sfn_executions():
        assert MockAWS._nested_count == before
        with mock_aws():
            boto3.client("s3").create_bucket(Bucket="reports")

    with pytest.raises(UnmockedServiceError), mock_sfn_executions():
        boto3.client("s3").list_buckets()


# --- Accounts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account_id", [ACCOUNT, "333333333333"])
def test_assumed_role_has_its_own_account(account_id):
    """Under an assumed role's keys a call belongs to the role's account, otherwise to the mock's."""
    with mock_sfn_executions(account_id=account_id) as sfn, mock_aws():
        role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="session")
        assumed = sfn_client(**keys_of(role))

        assert create(assumed) == f"arn:aws:states:{REGION}:210987654321:stateMachine:orders"
        assert create(sfn_client()) == f"arn:aws:states:{REGION}:{account_id}:stateMachine:orders"
        assert [machine.arn for machine in sfn.state_machines] == [
            f"arn:aws:states:{REGION}:210987654321:stateMachine:orders",
            f"arn:aws:states:{REGION}:{account_id}:stateMachine:orders",
        ]


def test_role_assumed_in_motos_default_account():
    """A role of moto's default account counts too."""
    with mock_sfn_executions(account_id="333333333333"), mock_aws():
        role = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")

        assert create(sfn_client(**keys_of(role))) == ARN


def test_keys_of_a_user_belong_to_the_mocks_account():
    """Keys of a user in moto's default account belong to the mock's account."""
    with mock_sfn_executions(account_id="333333333333"), mock_aws():
        iam = boto3.client("iam")
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        client = sfn_client(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

        assert create(client) == ARN.replace(ACCOUNT, "333333333333")


def test_motos_account_variable_is_for_moto(monkeypatch):
    """MOTO_ACCOUNT_ID does not change the account of Step Functions calls."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "444444444444")

    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


# --- moto's classes ----------------------------------------------------------------------------------------------


def test_errors_are_motos_service_exceptions():
    """Errors are moto's ServiceException, because moto keeps their members."""
    from sfn_mock.aws.exceptions import SFNError

    assert issubclass(SFNError, ServiceException)


def test_records_are_not_models_of_moto():
    """Records are not moto's BaseModel, which only works in moto's package."""
    assert BaseModel not in StateMachine.__mro__
    with pytest.raises(IndexError):
        type("StateMachine", (BaseModel,), {"__module__": "records"})


def test_type_of_a_machine_taken_over():
    """The type of a machine is taken from moto's attribute `type`."""
    with mock_aws():
        arn = create(sfn_client(), type="EXPRESS")
        motos = stepfunctions_backends[ACCOUNT][REGION].state_machines[0].type

        with mock_sfn_executions():
            assert sfn_client().describe_state_machine(stateMachineArn=arn)["type"] == motos
