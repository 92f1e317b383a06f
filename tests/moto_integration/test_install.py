"""install, uninstall and sfn_mock_replace_moto: the mock in every mock_aws of the process."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError, HTTPClientError
from freezegun import freeze_time
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.stepfunctions import responses
from moto.stepfunctions.models import StepFunctionBackend, stepfunctions_backends

import sfn_mock
from sfn_mock import get_mock, mock_sfn_executions
from sfn_mock.moto_integration import takeover

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:orders"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders"
DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
NO_MOCK = "No mock_sfn_executions is active: call get_mock() inside one or, after install(), inside a mock_aws."


@pytest.fixture
def installed():
    """The mock, installed for this test."""
    sfn_mock.install()
    yield
    sfn_mock.uninstall()


def sfn_client(region: str = REGION, **options):
    return boto3.client("stepfunctions", region, **options)


def create(client, name: str = "orders") -> str:
    return client.create_state_machine(name=name, definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]


def listed(arn: str = ARN) -> list[tuple[str, str]]:
    executions = sfn_client().list_executions(stateMachineArn=arn)["executions"]
    return [(execution["name"], execution["status"]) for execution in executions]


def machine_names() -> list[str]:
    return [machine["name"] for machine in sfn_client().list_state_machines()["stateMachines"]]


def replaced_parts() -> list[object]:
    """The parts of moto that an installation replaces."""
    return [
        stepfunctions_backends.backend,
        responses.get_backend,
        vars(botocore_stubber).get("process_request"),
        dict(stepfunctions_backends),
    ]


# --- Behind mock_aws ---------------------------------------------------------------------------------------------


def test_mock_aws_answers_as_aws_does(installed):
    """After install(), mock_aws has AWS's answers: here, statusFilter must be a known status."""
    with mock_aws():
        client = sfn_client()
        create(client)
        with pytest.raises(ClientError) as error:
            client.list_executions(stateMachineArn=ARN, statusFilter="succeeded")

    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_get_mock_within_mock_aws(installed):
    """get_mock() returns a handle for the contents of mock_aws."""
    with mock_aws(), freeze_time("2026-01-10T03:00:00Z"):
        create(sfn_client())
        get_mock().get_state_machine("orders").add_execution("nightly", status="FAILED")
        sfn_client().start_execution(stateMachineArn=ARN, name="started")

        assert listed() == [("started", "RUNNING"), ("nightly", "FAILED")]
        assert [run.name for run in get_mock().get_state_machine("orders").executions] == ["nightly", "started"]


def test_each_mock_aws_starts_empty(installed):
    """An outermost mock_aws starts empty and leaves nothing; an inner one shares its store."""
    with mock_aws():
        machine = get_mock().add_state_machine("orders")
        with mock_aws():
            assert machine_names() == ["orders"]
        assert machine_names() == ["orders"]

    with mock_aws():
        assert machine_names() == []
        with pytest.raises(RuntimeError) as error:
            machine.add_execution(status="RUNNING")

    assert str(error.value) == (
        f"The records of account {ACCOUNT} in {REGION} are gone, because their mock has ended or was reset: seed again "
        f"inside an active mock."
    )


def test_decorated_class_keeps_its_setup(installed):
    """moto's class decorator keeps what setUp created, and each test starts again."""

    @mock_aws
    class Suite:
        def setup_method(self):
            create(sfn_client())

        def test_first(self):
            create(sfn_client(), "second")
            return machine_names()

        def test_second(self):
            return machine_names()

    found = []
    for name in ("test_first", "test_second"):
        suite = Suite()
        suite.setup_method()
        found.append(getattr(suite, name)())

    assert found == [["orders", "second"], ["orders"]]


def test_hosts_that_moto_does_not_know(installed):
    """StartSyncExecution's host, which moto does not know, is answered."""
    with mock_aws():
        get_mock().add_state_machine("orders", type="EXPRESS")

        assert sfn_client().start_sync_execution(stateMachineArn=ARN)["status"] == "SUCCEEDED"


def test_regions_that_moto_does_not_know(installed):
    """A handle may seed in a region that moto does not know."""
    with mock_aws():
        machine = get_mock().add_state_machine("orders", region="eu-new-9")

        assert machine.arn == f"arn:aws:states:eu-new-9:{ACCOUNT}:stateMachine:orders"
        assert get_mock().state_machines == [machine]


def test_account_variable_of_moto(installed, monkeypatch):
    """MOTO_ACCOUNT_ID is the account of calls and seeds, and AWS_DEFAULT_REGION the region."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "444444444444")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    with mock_aws():
        machine = get_mock().add_state_machine("orders")
        machines = boto3.client("stepfunctions").list_state_machines()["stateMachines"]

    assert [machine["stateMachineArn"] for machine in machines] == [machine.arn]
    assert machine.arn == "arn:aws:states:eu-west-1:444444444444:stateMachine:orders"


def test_role_of_another_account(installed):
    """Calls with keys of an assumed role belong to the role's account."""
    with mock_aws():
        role = boto3.client("sts", REGION).assume_role(
            RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="session"
        )
        keys = role["Credentials"]
        theirs = sfn_client(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

        assert create(theirs) == "arn:aws:states:us-east-1:210987654321:stateMachine:orders"
        assert machine_names() == []


def test_services_that_moto_passes_through(installed):
    """If mock_aws passes Step Functions through to AWS, the mock does not answer."""
    passed_through = mock_aws(config={"core": {"passthrough": {"services": ["stepfunctions"]}}})
    with passed_through, pytest.raises(HTTPClientError) as error:
        machine_names()

    assert "was about to leave the machine" in str(error.value)


def test_reset_by_the_handle(installed):
    """reset() of the handle empties mock_aws's Step Functions."""
    with mock_aws():
        create(sfn_client())
        get_mock().reset()

        assert machine_names() == []


def test_handle_after_its_mock_aws(installed):
    """After the end of mock_aws, the handle raises RuntimeError."""
    with mock_aws():
        sfn = get_mock()

    with pytest.raises(RuntimeError) as error:
        sfn.add_state_machine("orders")
    assert str(error.value) == ("The mock_aws of this handle has ended: use the handle inside that mock_aws.")


# --- With mock_sfn_executions ------------------------------------------------------------------------------------


def test_mock_inside_shares_the_store(installed):
    """mock_sfn_executions inside an installed mock_aws uses its store."""
    with mock_aws():
        create(sfn_client())
        with mock_sfn_executions() as sfn:
            sfn.get_state_machine("orders").add_execution("nightly", status="SUCCEEDED")
            sfn.add_state_machine("invoices", region="eu-west-1")
            assert get_mock() is sfn
            assert listed() == [("nightly", "SUCCEEDED")]

        assert listed() == [("nightly", "SUCCEEDED")]
        assert [machine.name for machine in get_mock().state_machines] == ["orders", "invoices"]


def test_options_of_a_mock_inside(installed):
    """The options of an inner mock apply while it is active."""
    with freeze_time("2026-06-01"), mock_aws():
        create(sfn_client())
        get_mock().add_state_machine("abroad", region="eu-west-1")
        get_mock().get_state_machine("orders").add_execution("old", status="FAILED", start_date="2026-01-01T00:00:00Z")
        shown = [listed()]
        with mock_sfn_executions(retention=timedelta(days=90)) as sfn:
            sfn.get_state_machine("orders").add_execution("new", status="RUNNING")
            shown.append(listed())
        shown.append(listed())

    assert shown == [[("old", "FAILED")], [("new", "RUNNING")], [("new", "RUNNING"), ("old", "FAILED")]]


def test_mock_outside_keeps_its_own_store(installed):
    """mock_aws inside mock_sfn_executions uses its store, and does not end it."""
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders").add_execution("nightly", status="SUCCEEDED")
        with mock_aws():
            assert get_mock() is sfn
            assert listed() == [("nightly", "SUCCEEDED")]
        assert listed() == [("nightly", "SUCCEEDED")]

    with mock_aws():
        assert machine_names() == []


def test_mocks_that_end_out_of_order(installed):
    """If mock_aws ends first, its store ends with it, and everything is restored at the end."""
    before = replaced_parts()
    moto, ours = mock_aws(), mock_sfn_executions()
    moto.start()
    sfn = ours.start()
    moto.stop()
    try:
        with pytest.raises(RuntimeError):
            sfn.add_state_machine("orders")
    finally:
        ours.stop()

    assert replaced_parts() == before


# --- Installing and uninstalling ---------------------------------------------------------------------------------


def test_uninstall_restores_moto():
    """After uninstall() moto answers by itself, and nothing of it is replaced."""
    before = replaced_parts()
    sfn_mock.install()
    with mock_aws():
        create(sfn_client())
    sfn_mock.uninstall()

    assert replaced_parts() == before
    with mock_aws():
        create(sfn_client())
        assert type(stepfunctions_backends[ACCOUNT][REGION]) is StepFunctionBackend
        with pytest.raises(RuntimeError) as error:
            get_mock()
    assert str(error.value) == NO_MOCK


def test_installed_without_mock_aws(installed):
    """Outside of every mock, get_mock() raises an error that says what is missing."""
    with pytest.raises(RuntimeError) as error:
        get_mock()

    assert str(error.value) == NO_MOCK


def test_install_twice(installed):
    """A second install() is a RuntimeError."""
    with pytest.raises(RuntimeError) as error:
        sfn_mock.install()

    assert str(error.value) == ("cannot install() again: it is installed already; call uninstall() first.")


def test_uninstall_without_install():
    """uninstall() without install() is a RuntimeError."""
    with pytest.raises(RuntimeError) as error:
        sfn_mock.uninstall()

    assert str(error.value) == "cannot uninstall(): install() was not called."


@pytest.mark.parametrize("mock", [pytest.param(mock_aws, id="mock_aws"), pytest.param(mock_sfn_executions, id="ours")])
def test_install_within_a_mock(mock):
    """install() inside a mock is a RuntimeError."""
    with mock(), pytest.raises(RuntimeError) as error:
        sfn_mock.install()

    assert str(error.value) == (
        "cannot install() while a mock is active: call it before mock_aws or mock_sfn_executions "
        "starts, for example in conftest.py."
    )


@pytest.mark.parametrize("mock", [pytest.param(mock_aws, id="mock_aws"), pytest.param(mock_sfn_executions, id="ours")])
def test_uninstall_within_a_mock(installed, mock):
    """uninstall() inside a mock is a RuntimeError, and the installation stays."""
    with mock(), pytest.raises(RuntimeError) as error:
        sfn_mock.uninstall()

    assert str(error.value) == ("cannot uninstall() while mock_aws is active: call it after mock_aws has ended.")


# --- pytest ------------------------------------------------------------------------------------------------------

SUITE = """
    import boto3
    from moto import mock_aws
    from moto.stepfunctions.models import StepFunctionBackend, stepfunctions_backends

    @mock_aws
    def test_it():
        boto3.client("stepfunctions", "us-east-1").list_state_machines()
        backend = stepfunctions_backends["123456789012"]["us-east-1"]
        assert type(backend).__module__ == "{module}"
"""
INI = """
    [pytest]
    asyncio_default_fixture_loop_scope = function
    sfn_mock_replace_moto = true
"""


def test_ini_option(pytester):
    """sfn_mock_replace_moto = true installs the mock for the run, and restores moto after it."""
    before = replaced_parts()
    pytester.makeini(INI)
    pytester.makepyfile(SUITE.format(module="sfn_mock.models"))

    pytester.runpytest().assert_outcomes(passed=1)

    assert replaced_parts() == before


def test_without_the_ini_option(pytester):
    """Without the ini value nothing is installed."""
    pytester.makepyfile(SUITE.format(module="moto.stepfunctions.models"))

    pytester.runpytest().assert_outcomes(passed=1)


def test_ini_option_of_an_installed_mock(installed, pytester):
    """If the mock is installed already, the run ends with one sentence."""
    pytester.makeini(INI)
    pytester.makepyfile("def test_it(): pass")

    run = pytester.runpytest()

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(
        ["ERROR: sfn_mock_replace_moto: cannot install() again: it is installed already; call uninstall() first."]
    )


def test_ini_option_with_a_mock_that_never_stops(pytester):
    """A suite that never stops its mock_aws ends without an error."""
    pytester.makeini(INI)
    pytester.makepyfile(
        """
        from moto import mock_aws

        mock_aws().start()

        def test_it():
            pass
        """
    )

    run = pytester.runpytest_subprocess()

    run.assert_outcomes(passed=1)
    assert run.ret == pytest.ExitCode.OK


def test_an_interrupted_install_installs_nothing(monkeypatch):
    """If Ctrl-C arrives during install(), moto stays as it was, and install() may be called again."""
    before, install = replaced_parts(), takeover.install

    def install_and_interrupt(*arguments):
        install(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(takeover, "install", install_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        sfn_mock.install()
    monkeypatch.undo()
    after = replaced_parts()
    sfn_mock.install()
    sfn_mock.uninstall()

    assert after == before
    assert replaced_parts() == before
