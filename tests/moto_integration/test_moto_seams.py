"""Each place where the mock sits in moto, one test or more per seam: when moto changes, the one that moved fails."""

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
    """Code within moto that takes a backend from the dictionary finds what the test seeded."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        backend = stepfunctions_backends[ACCOUNT][REGION]

        assert [machine.name for machine in backend.state_machines] == ["orders"]
        assert isinstance(stepfunctions_backends.backend, type)
        assert issubclass(stepfunctions_backends.backend, StepFunctionBackend)


def test_dictionary_of_an_account_made_before():
    """An account's dictionary has copied the class when it was made; new regions in it are the mock's as well."""
    with mock_aws():
        account = stepfunctions_backends[ACCOUNT]
        with mock_sfn_executions() as sfn:
            sfn.add_state_machine("orders", region="eu-west-1")

            assert [machine.name for machine in account["eu-west-1"].state_machines] == ["orders"]

        assert type(account["eu-north-1"]) is StepFunctionBackend


def test_motos_dictionary_is_as_before():
    """After the mock moto makes its own backends again, and has none of ours."""
    with mock_sfn_executions():
        assert stepfunctions_backends[ACCOUNT][REGION].state_machines == []

    assert stepfunctions_backends.backend is StepFunctionBackend
    assert dict(stepfunctions_backends) == {}


def test_tags_are_seen_by_the_tagging_api():
    """The Resource Groups Tagging API of moto asks every backend in use, if its class can be asked."""
    pytest.importorskip("moto.core.resource_tagging", reason="older ones of moto need all its extras for that API")
    with mock_sfn_executions(), mock_aws():
        arn = create(sfn_client(), tags=[{"key": "team", "value": "billing"}])
        tagged = boto3.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["states:stateMachine"])

    assert tagged["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "billing"}]}]


# --- BackendDict.reset -------------------------------------------------------------------------------------------


def test_seeds_outlive_mock_aws_inside():
    """Entering and leaving mock_aws resets moto's stores, not the mock's."""
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
    """The mock inside mock_aws starts with what moto has, here nothing, and leaves nothing there."""
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
    """The order of decorators does not matter: here moto's is outside."""
    create(sfn_client())
    boto3.client("s3").create_bucket(Bucket="reports")

    assert machine_names(sfn_client()) == ["orders"]


@mock_sfn_executions
@mock_aws
def test_decorators_of_both_the_other_way_round():
    """The order of decorators does not matter: here moto's is inside."""
    create(sfn_client())
    boto3.client("s3").create_bucket(Bucket="reports")

    assert machine_names(sfn_client()) == ["orders"]


# --- Regional backends made earlier ------------------------------------------------------------------------------


def test_what_moto_holds_is_taken_over():
    """Machines and executions of an outer mock_aws are listed, seeded to and stopped like the mock's own."""
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


def test_moto_has_its_own_again():
    """After the mock moto goes on with what it had, as it had it."""
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
    """Not only the mock's own."""
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


def test_what_a_finished_mock_aws_left_is_not_taken_over():
    """moto's class decorator keeps data between tests; a mock without mock_aws starts empty all the same."""

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


def test_all_that_moto_holds_of_a_machine_is_taken_over():
    """Its versions, as they were published, its aliases, and which of its executions have ended."""
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


# --- The mocks' ends, out of order -------------------------------------------------------------------------------


def test_mock_aws_ends_within(monkeypatch):
    """Started first and stopped first, as by two lines in setUp and tearDown: each undoes its own."""
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


def test_mock_aws_outlives(monkeypatch):
    """mock_aws puts back what it found, which was the mock's: when it ends, that goes as well."""
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


def test_what_someone_else_wraps_of_moto_stays(monkeypatch):
    """Watching for the end of mock_aws takes nothing out that came later."""
    monkeypatch.setattr(MockAWS, "stop", MockAWS.stop)

    with mock_sfn_executions():
        MockAWS.stop = theirs = lambda self, remove_data=True: None

    assert MockAWS.stop is theirs


def environment() -> dict[str, object]:
    """All that a mock could leave behind for clients made later."""
    return {**os.environ, "default session": boto3.DEFAULT_SESSION}


# --- backend_url_patterns, and the stubber -----------------------------------------------------------------------


def test_hosts_that_moto_does_not_know():
    """moto's table of URLs has no sync-states.: its stubber would answer 404."""
    with mock_sfn_executions(), mock_aws():
        client = sfn_client()
        with pytest.raises(client.exceptions.ClientError) as error:
            client.start_sync_execution(stateMachineArn=257 * "a")

    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_signed_requests_without_botocore():
    """What `requests` sends is caught by moto's own mock of it, and answered from the same store."""
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
    """Another JSON service on moto's stubber is left to it; after the mock the stubber is untouched."""
    with mock_sfn_executions(), mock_aws():
        boto3.client("secretsmanager").create_secret(Name="token", SecretString="s")
        assert boto3.client("secretsmanager").get_secret_value(SecretId="token")["SecretString"] == "s"

    assert "process_request" not in vars(botocore_stubber)


def test_requests_that_moto_passes_through():
    """mock_aws may let services through to the real thing; Step Functions stays the mock's."""
    with mock_sfn_executions() as sfn, mock_aws(config={"core": {"passthrough": {"services": ["states"]}}}):
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


def test_urls_by_which_motos_server_finds_step_functions():
    """The module beside `models` that moto looks for leads both hosts to the mock's answers."""
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
    """A stack's state machine is created, updated and deleted in the store that the test seeds and lists."""
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
    """Told to execute state machines, moto would use another dictionary; calls reach the mock all the same."""
    with mock_sfn_executions() as sfn, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


# --- BaseBackend.reset -------------------------------------------------------------------------------------------


def test_reset_of_a_held_backend():
    """moto's reset leaves the mock's records alone; the handle's own empties them."""
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
    """The mock is not a MockAWS and takes no part in its count: mock_aws nested within goes on to patch."""
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
    """A role counts also where it is one of the account that moto takes for everybody's."""
    with mock_sfn_executions(account_id="333333333333"), mock_aws():
        role = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")

        assert create(sfn_client(**keys_of(role))) == ARN


def test_keys_of_a_user_are_the_mocks_account():
    """A user made in moto lives in moto's default account, which stands for the mock's."""
    with mock_sfn_executions(account_id="333333333333"), mock_aws():
        iam = boto3.client("iam")
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        client = sfn_client(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

        assert create(client) == ARN.replace(ACCOUNT, "333333333333")


def test_motos_account_variable_is_for_moto(monkeypatch):
    """MOTO_ACCOUNT_ID names the account of moto's other services; Step Functions calls stay where the seeds are."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "444444444444")

    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert listed(sfn_client()) == [("nightly", "SUCCEEDED")]


# --- Classes of moto's -------------------------------------------------------------------------------------------


def test_errors_are_motos_service_exceptions():
    """moto passes the members of a ServiceException on; those of its older AWSError it would drop."""
    from sfn_mock.aws.exceptions import SFNError

    assert issubclass(SFNError, ServiceException)


def test_records_are_no_models_of_motos():
    """moto tracks each BaseModel by its module's name, and raises IndexError for one outside moto's package."""
    assert BaseModel not in StateMachine.__mro__
    with pytest.raises(IndexError):
        type("StateMachine", (BaseModel,), {"__module__": "records"})


def test_type_of_a_machine_taken_over():
    """moto keeps the type in `type`, where moto 5.2.0 knows STANDARD only; its `sm_type` always says STANDARD."""
    with mock_aws():
        arn = create(sfn_client(), type="EXPRESS")
        motos = stepfunctions_backends[ACCOUNT][REGION].state_machines[0].type

        with mock_sfn_executions():
            assert sfn_client().describe_state_machine(stateMachineArn=arn)["type"] == motos
