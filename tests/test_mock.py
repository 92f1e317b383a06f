"""mock_sfn_executions: the forms of use, nesting, and the environment during and after a mock."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
import unittest
from datetime import timedelta
from unittest import IsolatedAsyncioTestCase, TestCase

import boto3
import botocore.session
import pytest

import sfn_mock
from sfn_mock import get_mock, mock_sfn_executions
from sfn_mock.options import Options

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
KNOWS_SOVEREIGN_CLOUD = pytest.mark.skipif(
    "aws-eusc" not in botocore.session.get_session().get_available_partitions(),
    reason="This botocore does not know the partition.",
)


def names(**arguments) -> list[str]:
    """Return the names that ListExecutions returns for the machine "orders"."""
    client = boto3.client("stepfunctions")
    return [
        execution["name"] for execution in client.list_executions(stateMachineArn=MACHINE, **arguments)["executions"]
    ]


def machine_names() -> list[str]:
    return [machine.name for machine in get_mock().state_machines]


def seed(name: str) -> None:
    """Add another machine to the active mock."""
    get_mock().add_state_machine(name)


def is_active() -> bool:
    try:
        get_mock()
    except RuntimeError:
        return False
    return True


@pytest.fixture(autouse=True)
def nothing_survives():
    """Check after every test that no mock is active."""
    yield

    assert not is_active()


# --- Context manager ---------------------------------------------------------------------------------------------


def test_with_gives_the_handle():
    """A real boto3 client lists what the handle has seeded."""
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders").add_execution("nightly", status="SUCCEEDED")

        assert names() == ["nightly"]


def test_get_mock_gives_the_same_handle():
    """get_mock() returns the handle."""
    with mock_sfn_executions() as sfn:
        assert get_mock() is sfn


def test_get_mock_needs_an_active_mock():
    """Without an active mock get_mock() is a RuntimeError."""
    with pytest.raises(RuntimeError) as error:
        get_mock()

    assert str(error.value) == (
        "No mock_sfn_executions is active: call get_mock() inside one or, after install(), inside a mock_aws."
    )


def test_each_use_starts_empty():
    """If the same object is used again, it has a new store and a new handle."""
    mock = mock_sfn_executions()
    with mock as first:
        first.add_state_machine("orders")
    with mock as second:
        assert second is not first
        assert second.state_machines == []


def test_handle_ends_with_its_mock():
    """After the end of the mock, its handle and records raise RuntimeError."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")

    with pytest.raises(RuntimeError):
        sfn.add_state_machine("late")
    with pytest.raises(RuntimeError):
        orders.add_execution("late", status="RUNNING")


def test_nothing_survives_a_failure():
    """The mock ends with its block, also after an exception."""
    with pytest.raises(ZeroDivisionError), mock_sfn_executions():
        raise ZeroDivisionError

    assert not is_active()
    assert "AWS_ACCESS_KEY_ID" not in os.environ


# --- start and stop ----------------------------------------------------------------------------------------------


def test_start_gives_the_handle_until_stop():
    """start() returns the handle, and stop() ends the mock."""
    mock = mock_sfn_executions()
    sfn = mock.start()
    try:
        assert get_mock() is sfn
    finally:
        mock.stop()

    assert not is_active()


def test_stop_needs_a_start():
    """stop() without start() is a RuntimeError."""
    mock = mock_sfn_executions()
    with mock:
        pass

    with pytest.raises(RuntimeError) as error:
        mock.stop()

    assert str(error.value) == "cannot stop(): this mock is not active; call start() first."


def test_stop_of_another_mock_leaves_the_active_one():
    """stop() ends only the mock that its object started."""
    with mock_sfn_executions() as sfn:
        with pytest.raises(RuntimeError):
            mock_sfn_executions().stop()

        assert get_mock() is sfn


# --- Options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account_id", ["12345678901", "1234567890123", "12345678901a", "", 123456789012, None])
def test_account_id_is_twelve_digits(account_id):
    """Another account_id is refused when the object is created."""
    with pytest.raises(ValueError) as error:
        mock_sfn_executions(account_id=account_id)

    assert str(error.value) == (f"account_id must be a string of 12 digits, got {account_id!r}.")


@pytest.mark.parametrize("region", ["Frankfurt", "", "eu-central", "us-east-1 ", "eu_central_1", 1])
def test_region_has_the_form_of_a_region(region):
    """A region must have the form of a region, so that typing errors are found."""
    with pytest.raises(ValueError) as error:
        mock_sfn_executions(region=region)

    assert str(error.value) == f"region must be the name of an AWS region, such as 'us-east-1', got {region!r}."


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        pytest.param("us-gov-west-1", "aws-us-gov", id="GovCloud"),
        pytest.param("cn-north-1", "aws-cn", id="China"),
        pytest.param("us-isob-east-1", "aws-iso-b", id="ISOB"),
        pytest.param("eu-isoe-west-1", "aws-iso-e", id="ISOE"),
        pytest.param("us-isof-south-1", "aws-iso-f", id="ISOF"),
        pytest.param("eusc-de-east-1", "aws-eusc", id="European Sovereign Cloud", marks=KNOWS_SOVEREIGN_CLOUD),
        pytest.param("ap-future-1", "aws", id="unknown region"),
        pytest.param("moon-far-side-1", "aws", id="unknown partition"),
    ],
)
def test_region_may_be_of_any_partition(region, partition):
    """A region may be in any partition, or unknown to the installed boto3; ARNs have botocore's partition."""
    with mock_sfn_executions(region=region) as sfn:
        orders = sfn.add_state_machine("orders")
        listed = boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)

    assert orders.arn == f"arn:{partition}:states:{region}:123456789012:stateMachine:orders"
    assert listed["executions"] == []


def test_options_are_keywords():
    """Options are accepted only as keywords."""
    with pytest.raises(TypeError):
        mock_sfn_executions("123456789012")
    with pytest.raises(TypeError):
        mock_sfn_executions(acount_id="123456789012")


def test_account_id_owns_seeds_and_calls():
    """All calls belong to the mock's account, whatever the credentials."""
    with mock_sfn_executions(account_id="210987654321") as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("nightly", status="RUNNING")
        listed = boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)["executions"]

    assert orders.arn == "arn:aws:states:us-east-1:210987654321:stateMachine:orders"
    assert [execution["executionArn"] for execution in listed] == [
        "arn:aws:states:us-east-1:210987654321:execution:orders:nightly"
    ]


# --- Region and credentials in the environment -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "option", "meanwhile"),
    [
        pytest.param(None, None, "us-east-1", id="nothing said"),
        pytest.param("", None, "us-east-1", id="empty variable"),
        pytest.param("eu-west-1", None, "eu-west-1", id="variable alone"),
        pytest.param(None, "eu-north-1", "eu-north-1", id="option alone"),
        pytest.param("eu-west-1", "eu-north-1", "eu-north-1", id="option over variable"),
    ],
)
def test_region_of_handle_and_clients(before, option, meanwhile, monkeypatch):
    """AWS_DEFAULT_REGION is the option region, else its old value, else us-east-1."""
    if before is not None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", before)

    with mock_sfn_executions(region=option) as sfn:
        assert sfn.region == meanwhile
        assert os.environ["AWS_DEFAULT_REGION"] == meanwhile
        assert boto3.client("stepfunctions").meta.region_name == meanwhile

    assert os.environ.get("AWS_DEFAULT_REGION") == before


def test_aws_region_is_ignored(monkeypatch):
    """AWS_REGION is ignored, as boto3 ignores it."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    with mock_sfn_executions() as sfn:
        assert sfn.region == boto3.client("stepfunctions").meta.region_name == "us-east-1"


def test_region_of_a_profile_is_ignored(monkeypatch, tmp_path):
    """The region of a profile is ignored, so that tests do not depend on it."""
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    with mock_sfn_executions():
        assert boto3.client("stepfunctions").meta.region_name == "us-east-1"


def test_environment_that_the_test_changes(monkeypatch):
    """A mapping that replaces os.environ is changed and restored like it."""
    own = {"PATH": os.environ["PATH"], "AWS_SESSION_TOKEN": "real"}
    monkeypatch.setattr(os, "environ", own.copy())

    with mock_sfn_executions():
        assert "AWS_SESSION_TOKEN" not in os.environ
        assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"

    assert os.environ == own


def test_environment_is_restored(monkeypatch):
    """After the mock, environment variables have their old values."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.setenv(name, "real")
    before = dict(os.environ)

    with mock_sfn_executions():
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_ACCESS_KEY_ID"] = "changed"
        del os.environ["AWS_EC2_METADATA_DISABLED"]

    assert dict(os.environ) == before


def test_clients_get_fake_credentials(monkeypatch):
    """During the mock there are only fake credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.setenv(name, "real")

    with mock_sfn_executions():
        credentials = boto3.Session().get_credentials().get_frozen_credentials()

    assert credentials.access_key == credentials.secret_key == "sfn-mock"
    assert credentials.token is None


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_missing_profile_is_ignored(variable, monkeypatch):
    """A profile in the environment that does not exist is ignored."""
    monkeypatch.setenv(variable, "on-another-machine")

    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders")

        assert names() == []


def test_expired_credentials_are_ignored(monkeypatch):
    """The expiry date of real credentials is removed."""
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")

    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders")

        assert names() == []


def test_default_session_is_replaced_and_restored():
    """boto3's default session during the mock is a new one, and the old one is restored."""
    boto3.setup_default_session(aws_access_key_id="real", aws_secret_access_key="real")
    before = boto3.DEFAULT_SESSION

    with mock_sfn_executions():
        boto3.client("stepfunctions")
        meanwhile = boto3.DEFAULT_SESSION
        assert meanwhile.get_credentials().access_key == "sfn-mock"

    assert meanwhile is not before
    assert boto3.DEFAULT_SESSION is before


def test_each_mock_has_its_own_default_session():
    """Each mock has its own default session."""
    seen = []
    with mock_sfn_executions():
        events = boto3.DEFAULT_SESSION.events
        events.register("before-call.sfn.ListStateMachines", lambda **call: seen.append("first"))
        events.register_last("before-call.sfn.ListStateMachines", lambda **call: seen.append("last"))
        boto3.client("stepfunctions").list_state_machines()
        assert not hasattr(boto3.DEFAULT_SESSION, "nothing")

    with mock_sfn_executions():
        boto3.client("stepfunctions").list_state_machines()

    assert seen == ["first", "last"]


def test_default_session_reads_the_current_environment(monkeypatch):
    """The default session reads the current environment."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"})
        with mock_sfn_executions():
            assert boto3.client("stepfunctions").meta.region_name == "eu-west-1"

    with mock_sfn_executions(region="eu-north-1"):
        client = boto3.client("stepfunctions")

        assert client.meta.region_name == "eu-north-1"
        assert boto3.DEFAULT_SESSION.get_credentials().access_key == "sfn-mock"


def test_session_with_a_profile_asks_no_metadata_service(monkeypatch, tmp_path):
    """A session with an explicit profile does not ask the metadata service."""
    config = tmp_path / "config"
    config.write_text("[profile empty]\noutput = json\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.2/credentials")

    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders")
        session = boto3.Session(profile_name="empty")

        assert session.get_credentials() is None
        assert session.client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"] == []


# --- Functions ---------------------------------------------------------------------------------------------------


def test_bare_decorator():
    """Each call of the decorated function has its own mock."""

    @mock_sfn_executions
    def run() -> list[str]:
        seed("orders")
        return machine_names()

    assert run() == ["orders"]
    assert run() == ["orders"]
    assert not is_active()


def test_decorator_with_options():
    """The options apply to each call."""

    @mock_sfn_executions(account_id="210987654321", region="eu-west-1")
    def run() -> tuple[str, str]:
        return get_mock().account_id, get_mock().region

    assert run() == ("210987654321", "eu-west-1")


def test_decorated_function_keeps_its_signature():
    """A decorated function has its signature, so pytest finds its fixtures."""

    def original(first: int, *, second: str = "b") -> str:
        """Its docstring."""
        return f"{first}{second}"

    decorated = mock_sfn_executions(original)

    assert inspect.signature(decorated) == inspect.signature(original)
    assert (decorated.__name__, decorated.__doc__, decorated.__wrapped__) == ("original", "Its docstring.", original)
    assert decorated(1, second="c") == "1c"


def test_failing_function_ends_its_mock():
    """After an exception the mock has ended."""

    @mock_sfn_executions
    def run() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()

    assert not is_active()


def test_coroutine_function():
    """The mock of a coroutine function lasts until the coroutine ends."""

    @mock_sfn_executions
    async def run() -> list[str]:
        seed("orders")
        await asyncio.sleep(0)
        return machine_names()

    assert inspect.iscoroutinefunction(run)
    assert asyncio.run(run()) == ["orders"]


def test_generator_function():
    """The mock of a generator function lasts until the generator ends, as for a pytest fixture."""

    @mock_sfn_executions
    def run():
        seed("orders")
        received = yield machine_names()
        seed(received)
        return machine_names()

    generator = run()

    assert inspect.isgeneratorfunction(run)
    assert next(generator) == ["orders"]
    with pytest.raises(StopIteration) as stop:
        generator.send("invoices")
    assert stop.value.value == ["orders", "invoices"]


def test_async_generator_function():
    """Values, sent values and errors pass through; the mock lasts until the generator ends."""

    @mock_sfn_executions
    async def run():
        seed("orders")
        received = yield machine_names()
        seed(received)
        try:
            yield machine_names()
        except ZeroDivisionError:
            yield "caught"

    async def use() -> list[object]:
        generator = run()
        produced = [
            await generator.asend(None),
            await generator.asend("invoices"),
            await generator.athrow(ZeroDivisionError()),
            is_active(),
        ]
        with pytest.raises(StopAsyncIteration):
            await generator.asend(None)
        return produced

    assert inspect.isasyncgenfunction(run)
    assert asyncio.run(use()) == [["orders"], ["orders", "invoices"], "caught", True]


def test_async_generator_closed_early():
    """If the wrapper is closed, the generator is closed and the mock ends."""
    closed = []

    @mock_sfn_executions
    async def run():
        try:
            yield
        finally:
            closed.append(is_active())

    async def use() -> None:
        generator = run()
        await generator.asend(None)
        await generator.aclose()

    asyncio.run(use())

    assert closed == [True]


@pytest.mark.parametrize(
    "target",
    ["orders", 7, staticmethod(is_active), classmethod(is_active)],
    ids=["text", "number", "staticmethod", "classmethod"],
)
def test_only_functions_and_classes_are_decorated(target):
    """Another object is refused, because it is probably an option without its name."""
    with pytest.raises(TypeError) as error:
        mock_sfn_executions()(target)

    assert str(error.value) == (
        f"mock_sfn_executions must decorate a function or a class, got {target!r}. Pass options as "
        "keywords, and put it below decorators such as @pytest.fixture or @staticmethod."
    )


def test_method():
    """A decorated method has a mock, and the other methods of its class have none."""

    class Suite:
        @mock_sfn_executions
        def test(self) -> list[str]:
            seed("orders")
            return machine_names()

        def other(self) -> bool:
            return is_active()

    assert Suite().test() == ["orders"]
    assert Suite().other() is False


# --- Nesting and re-entering -------------------------------------------------------------------------------------


def test_nested_mocks_share_one_handle():
    """An inner mock shares store and handle, and its changes are undone at its end."""
    with mock_sfn_executions() as outer:
        outer.add_state_machine("orders")
        with mock_sfn_executions() as inner:
            assert inner is outer
            inner.add_state_machine("invoices")
            assert machine_names() == ["orders", "invoices"]

        assert machine_names() == ["orders"]


@pytest.mark.parametrize("option", ["execute", "retry_sleeps", "short_pages"])
@pytest.mark.parametrize("value", [1, 0, None, "no"], ids=repr)
def test_options_that_are_bools(option, value):
    """An option that is a bool accepts only a bool."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(**{option: value})

    assert str(refusal.value) == f"{option} must be True or False, got {value!r}."


def test_all_entry_points_have_the_same_options():
    """Decorator, server and the markers of both fixtures have the same options."""

    def options(function) -> dict[str, object]:
        parameters = inspect.signature(function).parameters.values()
        return {each.name: each.default for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}

    asked_of_a_server = options(sfn_mock.server)
    of_its_own = [asked_of_a_server.pop(name) for name in ("host", "port", "allowed_hosts")]

    assert of_its_own == ["127.0.0.1", 0, ()]
    assert asked_of_a_server == options(mock_sfn_executions) == vars(Options())


def test_unknown_option():
    """An unknown option is refused with the closest one as a suggestion."""
    with pytest.raises(TypeError) as refusal:
        mock_sfn_executions(regoin="eu-west-1")

    assert str(refusal.value) == "Unknown option 'regoin'. Did you mean 'region'?"


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param({}, id="none"),
        pytest.param({"account_id": "210987654321"}, id="the same account"),
        pytest.param({"region": "eu-west-1"}, id="the same region"),
        pytest.param({"retention": timedelta(days=90), "quotas": {"ListExecutions": (200, 5)}}, id="the same edges"),
    ],
)
def test_inner_mock_may_have_equal_options(inner):
    """An inner mock may have no options, or those of the outer mock."""
    with (
        mock_sfn_executions(
            account_id="210987654321",
            region="eu-west-1",
            retention=timedelta(days=90),
            quotas={"ListExecutions": (200, 5)},
        ) as outer,
        mock_sfn_executions(**inner) as shared,
    ):
        assert shared is outer


def test_inner_mock_may_name_the_region_that_the_environment_chose():
    """An inner mock may name the region that the outer one got from the environment."""
    with mock_sfn_executions() as outer, mock_sfn_executions(region="us-east-1") as shared:
        assert shared is outer


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (
            {"account_id": "210987654321"},
            "cannot use account_id='210987654321' in an inner mock: it shares the active mock, which "
            "has account_id='123456789012'; leave the option out, or give the outer mock the same "
            "value instead.",
        ),
        (
            {"region": "eu-west-1"},
            "cannot use region='eu-west-1' in an inner mock: it shares the active mock, which has "
            "region='us-east-1'; leave the option out, or give the outer mock the same value instead.",
        ),
        (
            {"short_pages": True},
            "cannot use short_pages=True in an inner mock: it shares the active mock, which has "
            "short_pages=False; leave the option out, or give the outer mock the same value instead.",
        ),
        (
            {"transport": "wire"},
            "cannot use transport='wire' in an inner mock: it shares the active mock, which has "
            "transport='direct'; leave the option out, or give the outer mock the same value instead.",
        ),
    ],
    ids=["account", "region", "short pages", "transport"],
)
def test_inner_mock_cannot_differ(option, sentence):
    """An inner mock with other options is a RuntimeError, and the outer one continues."""
    with mock_sfn_executions() as sfn:
        with pytest.raises(RuntimeError) as error:
            mock_sfn_executions(**option).start()

        assert str(error.value) == sentence
        assert get_mock() is sfn


def test_one_object_nested_in_itself():
    """A recursive decorated function has one store."""

    @mock_sfn_executions
    def run(depth: int) -> list[str]:
        seed(f"depth-{depth}")
        return run(depth - 1) if depth else machine_names()

    assert run(2) == ["depth-2", "depth-1", "depth-0"]
    assert not is_active()


def test_one_object_in_threads_at_once():
    """Overlapping threads share the mock, which ends with the last of them."""
    mock = mock_sfn_executions()
    entered = threading.Barrier(4)
    handles = []

    def use() -> None:
        with mock as sfn:
            handles.append(sfn)
            entered.wait(timeout=10)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(handles) == 4
    assert len(set(map(id, handles))) == 1
    assert not is_active()


def test_one_object_in_tasks_at_once():
    """Overlapping tasks share the mock, which ends with the last of them."""

    @mock_sfn_executions
    async def use(name: str, turns: int) -> list[str]:
        seed(name)
        for _ in range(turns):
            await asyncio.sleep(0)
        return machine_names()

    async def run() -> list[list[str]]:
        return await asyncio.gather(use("orders", 2), use("invoices", 4))

    assert asyncio.run(run()) == [["orders", "invoices"], ["orders", "invoices"]]
    assert not is_active()


def test_calls_from_another_thread_are_mocked():
    """Calls from other threads are answered."""
    listed = []
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders").add_execution("nightly", status="RUNNING")
        thread = threading.Thread(target=lambda: listed.extend(names()))
        thread.start()
        thread.join()

    assert listed == ["nightly"]


# --- Plain classes -----------------------------------------------------------------------------------------------


def test_class_stays_the_same_class():
    """Only the tests of a class are wrapped, not its helpers, class and static methods."""

    class Suite:
        def test_it(self):
            return is_active()

        def helper(self):
            return is_active()

        @staticmethod
        def test_static():
            return is_active()

        @classmethod
        def test_class(cls):
            return is_active()

    decorated = mock_sfn_executions(Suite)
    suite = Suite()

    assert decorated is Suite
    assert (suite.test_it(), suite.helper(), suite.test_static(), suite.test_class()) == (True, False, False, False)


def test_class_does_not_change_other_classes():
    """A class that is an attribute of the test class is not wrapped."""

    class TestDouble:
        def test_connection(self):
            return is_active()

    @mock_sfn_executions
    class Suite:
        TestDouble_ = TestDouble

        def test_it(self):
            return self.TestDouble_

    assert TestDouble().test_connection() is False


def test_each_test_of_a_class_starts_empty():
    """Each test of a class has its own store."""

    @mock_sfn_executions
    class Suite:
        def test_a(self):
            seed("orders")
            return machine_names()

        async def test_b(self):
            seed("orders")
            return machine_names()

    assert Suite().test_a() == ["orders"]
    assert asyncio.run(Suite().test_b()) == ["orders"]
    assert not is_active()


PLAIN_CLASS = """
    import pytest
    from sfn_mock import get_mock, mock_sfn_executions

    def seen():
        return [machine.name for machine in get_mock().state_machines]

    @pytest.fixture
    def from_fixture():
        get_mock().add_state_machine("fixture")

    class Base:
        def setup_method(self, method):
            get_mock().add_state_machine(f"setup of {method.__name__}".replace(" ", "-"))

        def test_inherited(self):
            assert seen() == ["setup-of-test_inherited"]

    @mock_sfn_executions
    class TestDecorated(Base):
        @classmethod
        def setup_class(cls):
            get_mock().add_state_machine("class")

        def setup_method(self, method):
            super().setup_method(method)
            get_mock().add_state_machine("derived")

        def test_inherited(self):
            assert seen() == ["class", "setup-of-test_inherited", "derived"]

        def test_own(self, from_fixture):
            assert seen() == ["class", "setup-of-test_own", "derived", "fixture"]

        @pytest.mark.parametrize("number", [1, 2])
        def test_parametrized(self, number):
            get_mock().add_state_machine("test")
            assert seen() == ["class", "setup-of-test_parametrized", "derived", "test"]

        def teardown_method(self):
            assert "derived" in seen()

        def teardown_class(cls):
            assert seen() == ["class"]

        class TestNested:
            def test_nested(self):
                assert seen() == ["class"]

    class TestDerived(TestDecorated):
        def setup_method(self, method):
            get_mock().add_state_machine("first")
            super().setup_method(method)

        def test_inherited(self):
            assert seen() == ["class", "first", "setup-of-test_inherited", "derived"]

        test_own = test_parametrized = None

        def teardown_method(self):
            super().teardown_method()
            assert "first" in seen()

    @mock_sfn_executions
    class TestWithoutSetup:
        def test_fixture(self, from_fixture):
            assert seen() == ["fixture"]

    def test_nothing_is_left():
        with pytest.raises(RuntimeError):
            get_mock()
"""


def test_class_under_pytest(pytester):
    """setup_method, fixtures, test and teardown_method share a store, in base and derived classes too."""
    pytester.makepyfile(PLAIN_CLASS)

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=9)


def test_setup_method_of_a_test_case(pytester):
    """pytest's setup_method of a TestCase shares the store of the test."""
    pytester.makepyfile(
        """
        import unittest
        from sfn_mock import get_mock, mock_sfn_executions

        @mock_sfn_executions
        class Decorated(unittest.TestCase):
            pass

        class Derived(Decorated):
            def setup_method(self, method):
                get_mock().add_state_machine("setup-method")

            def setUp(self):
                get_mock().add_state_machine("set-up")

            def test_it(self):
                assert [machine.name for machine in get_mock().state_machines] == ["setup-method", "set-up"]
        """
    )

    pytester.runpytest().assert_outcomes(passed=1)


def test_failing_setup_method_ends_the_mock(pytester):
    """If setup_method fails, the mock ends."""
    pytester.makepyfile(
        """
        import pytest
        from sfn_mock import get_mock, mock_sfn_executions

        @mock_sfn_executions
        class TestBase:
            def setup_method(self):
                get_mock()

            def test_one(self):
                get_mock()

        class TestDerived(TestBase):
            def setup_method(self):
                super().setup_method()
                raise ZeroDivisionError

        def test_nothing_is_left():
            with pytest.raises(RuntimeError):
                get_mock()
        """
    )

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2, errors=1)


def test_class_decorated_twice():
    """A second decoration changes nothing."""

    @mock_sfn_executions
    @mock_sfn_executions(region="us-east-1")
    class Suite:
        def setup_method(self):
            seed("setup")

        def test_it(self):
            return machine_names()

    suite = Suite()
    suite.setup_method()
    try:
        assert suite.test_it() == ["setup"]
    finally:
        suite.teardown_method()

    assert not is_active()


def test_decorated_class_keeps_its_own_init_subclass():
    """The class's own __init_subclass__ is still called."""
    derived = []

    @mock_sfn_executions
    class Base:
        def __init_subclass__(cls, tag: str, **kwargs: object) -> None:
            super().__init_subclass__(**kwargs)
            derived.append((cls.__name__, tag))

    class Derived(Base, tag="t"):
        def test_it(self):
            return is_active()

    assert derived == [("Derived", "t")]
    assert Derived().test_it() is True


# --- unittest classes --------------------------------------------------------------------------------------------


def run_case(case: type[TestCase]) -> unittest.TestResult:
    """Run every test of the class as unittest does, and return the result."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


def problems(result: unittest.TestResult) -> list[str]:
    """Return the last line of each error and failure."""
    return [text.strip().splitlines()[-1] for _, text in result.errors + result.failures]


def test_test_case_shares_the_store_with_its_setup():
    """setUp, test, tearDown and cleanups share one store; the next test has another."""
    seen = []

    @mock_sfn_executions
    class Case(TestCase):
        def setUp(self):
            seed("setup")
            self.addCleanup(lambda: seen.append(("cleanup", machine_names())))

        def test_a(self):
            seed("a")
            seen.append(("test", machine_names()))

        def test_b(self):
            seed("b")
            seen.append(("test", machine_names()))

        def tearDown(self):
            seen.append(("teardown", machine_names()))

    result = run_case(Case)

    assert problems(result) == []
    assert seen == [(part, ["setup", name]) for name in ("a", "b") for part in ("test", "teardown", "cleanup")]
    assert not is_active()


def test_isolated_asyncio_test_case():
    """Asynchronous setup and teardown share the store too."""
    seen = []

    @mock_sfn_executions
    class Case(IsolatedAsyncioTestCase):
        def setUp(self):
            seed("setup")

        async def asyncSetUp(self):
            seed("async-setup")

        async def test_it(self):
            seed("test")

        async def asyncTearDown(self):
            seen.append(machine_names())

    result = run_case(Case)

    assert problems(result) == []
    assert seen == [["setup", "async-setup", "test"]]


def test_set_up_class_seeds_for_each_test():
    """Seeds of setUpClass exist in each test."""

    @mock_sfn_executions
    class Case(TestCase):
        @classmethod
        def setUpClass(cls):
            cls.client = boto3.client("stepfunctions")
            cls.machines = cls.client.list_state_machines()["stateMachines"]
            seed("class")

        def test_it(self):
            assert self.machines == []
            assert machine_names() == ["class"]
            assert [item["name"] for item in self.client.list_state_machines()["stateMachines"]] == ["class"]
            seed("test")

        test_again = test_it

        @classmethod
        def tearDownClass(cls):
            assert machine_names() == ["class"]

    assert problems(run_case(Case)) == []
    assert not is_active()


def test_derived_and_inherited_tests_are_mocked():
    """Inherited tests, and those of derived classes, are mocked."""
    ran = []

    class Base(TestCase):
        def test_inherited(self):
            ran.append((type(self).__name__, is_active()))

    @mock_sfn_executions
    class Decorated(Base):
        pass

    class Derived(Decorated):
        @classmethod
        def setUpClass(cls):
            ran.append(("setUpClass", is_active()))

        def setUp(self):
            ran.append(("setUp", is_active()))

        def test_own(self):
            ran.append(("own", is_active()))

    for case in (Base, Decorated, Derived):
        assert problems(run_case(case)) == []

    assert ran == [
        ("Base", False),
        ("Decorated", True),
        ("setUpClass", True),
        ("setUp", True),
        ("Derived", True),
        ("setUp", True),
        ("own", True),
    ]


def test_mixin_of_a_test_case():
    """A decorated mixin makes the test cases that use it mocked."""
    ran = []

    @mock_sfn_executions
    class Mixin:
        def test_it(self):
            ran.append(machine_names())

    class Case(Mixin, TestCase):
        def setUp(self):
            seed("setup")

    assert problems(run_case(Case)) == []
    assert ran == [["setup"]]


def test_failing_test_case_ends_its_mock():
    """unittest reports failures, and the mock ends."""

    @mock_sfn_executions
    class Case(TestCase):
        def test_it(self):
            raise ZeroDivisionError

    assert problems(run_case(Case)) == ["ZeroDivisionError"]
    assert not is_active()


def test_debug_runs_under_the_mock():
    """unittest's debug() runs a test under the mock."""

    @mock_sfn_executions
    class Case(TestCase):
        def test_it(self):
            seed("orders")
            raise ZeroDivisionError(machine_names())

    with pytest.raises(ZeroDivisionError, match=r"\['orders'\]"):
        Case("test_it").debug()

    assert not is_active()


def test_skipped_test_case():
    """A skipped class leaves no mock."""

    @unittest.skip("not now")
    @mock_sfn_executions
    class Case(TestCase):
        def test_it(self):
            raise AssertionError

    result = run_case(Case)

    assert [reason for _, reason in result.skipped] == ["not now"]
    assert not is_active()


# --- Public names ------------------------------------------------------------------------------------------------


def test_public_names():
    """dir() lists the public names in order, and each can be imported."""
    public = [name for name in dir(sfn_mock) if name != "__version__"]

    assert public == sorted(public) != []
    named = set(public) - {"Status"}  # a type alias
    assert all(getattr(sfn_mock, name).__name__ == name for name in named)


def test_unknown_public_name():
    """An unknown name of the package is an AttributeError."""
    with pytest.raises(AttributeError, match="module 'sfn_mock' has no attribute 'mock_sfn_execution'"):
        sfn_mock.mock_sfn_execution  # noqa: B018  # looking it up is the test
