"""``quotas``: ThrottlingException by token buckets on the test's clock, and ExecutionLimitExceeded."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
import requests
from answers import refusal
from botocore.config import Config
from moto import mock_aws

from sfn_mock import mock_sfn_executions

NOW = "2026-01-10T03:00:00Z"
RATE_EXCEEDED = ("ThrottlingException", "Rate exceeded")
LIMIT_EXCEEDED = ("ExecutionLimitExceeded", "The maximum number of running executions has been reached")
#: Each call is tried once, so that no test waits.
ONCE = Config(retries={"total_max_attempts": 1})


def client_in(region="us-east-1"):
    return boto3.client("stepfunctions", region, config=ONCE)


def calls_until_throttled(call, most=2000):
    """The number of calls that are answered before one is throttled."""
    for count in range(most):
        try:
            call()
        except Exception as error:
            assert type(error).__name__ == "ThrottlingException" or "(ThrottlingException)" in str(error)
            return count
    return most


# --- Calls ---------------------------------------------------------------------------------------------------------


def test_a_bucket_empties_and_refills(clock):
    """A bucket is refilled by the clock, up to its size."""
    with mock_sfn_executions(quotas={"ListStateMachines": (3, 2)}):
        client = client_in()
        answered = [calls_until_throttled(client.list_state_machines)]
        for milliseconds in (499, 1, 500, 1000, 60_000, 499):
            clock.tick(timedelta(milliseconds=milliseconds))
            answered.append(calls_until_throttled(client.list_state_machines))

        assert answered == [3, 0, 1, 1, 2, 3, 0]
        assert refusal(client.list_state_machines) == RATE_EXCEEDED


def test_a_slow_bucket(clock):
    """A bucket may refill slower than one call per second."""
    with mock_sfn_executions(quotas={"ListStateMachines": (1, 0.1)}):
        client = client_in()
        answered = []
        for _ in range(3):
            answered.append(calls_until_throttled(client.list_state_machines))
            clock.tick(timedelta(seconds=5))

        assert answered == [1, 0, 1]


def test_the_clock_going_back_refills_nothing(clock):
    """If the clock goes back, the bucket continues from the new time."""
    with mock_sfn_executions(quotas={"ListStateMachines": (1, 1)}):
        client = client_in()
        answered = [calls_until_throttled(client.list_state_machines)]
        for moment in ("02:00:00", "02:00:00.999", "02:00:01"):
            clock.move_to(f"2026-01-10 {moment}")
            answered.append(calls_until_throttled(client.list_state_machines))

        assert answered == [1, 0, 0, 1]


def test_buckets_are_separate(clock):
    """Each operation, account and region has its own bucket; other operations are not limited."""
    with mock_sfn_executions(quotas={"ListStateMachines": (1, 0), "ListActivities": (1, 0)}):
        client = client_in()
        client.list_state_machines()

        assert refusal(client.list_state_machines) == RATE_EXCEEDED
        assert calls_until_throttled(client.list_activities) == 1
        assert calls_until_throttled(client_in("eu-west-1").list_state_machines) == 1
        assert calls_until_throttled(lambda: client.create_activity(name="approve"), most=20) == 20


@pytest.mark.parametrize(
    ("region", "operation", "size"),
    [
        ("us-east-1", "ListExecutions", 200),
        ("eu-west-1", "ListExecutions", 200),
        ("eu-central-1", "ListExecutions", 100),
        ("us-west-2", "DescribeExecution", 300),
        ("eu-central-1", "DescribeExecution", 250),
        ("eu-central-1", "ListMapRuns", 100),
    ],
)
def test_default_buckets(clock, region, operation, size):
    """``"default"`` means AWS's bucket for the operation in that region."""
    with mock_sfn_executions(quotas={operation: "default"}, region=region) as sfn:
        orders = sfn.add_state_machine("orders")
        run = orders.add_execution("nightly", status="RUNNING")
        client = client_in(region)
        call = {
            "ListExecutions": lambda: client.list_executions(stateMachineArn=orders.arn),
            "DescribeExecution": lambda: client.describe_execution(executionArn=run.arn),
            "ListMapRuns": lambda: client.list_map_runs(executionArn=run.arn),
        }[operation]

        assert calls_until_throttled(call) == size


def test_a_refused_call_counts_and_a_throttled_one_does_not(clock):
    """A refused call uses the bucket, and a throttled start starts nothing."""
    with mock_sfn_executions(quotas={"StartExecution": (2, 0)}) as sfn:
        orders = sfn.add_state_machine("orders")
        client = client_in()
        client.start_execution(stateMachineArn=orders.arn)

        assert refusal(client.start_execution, stateMachineArn="orders")[0] == "InvalidArn"
        assert refusal(client.start_execution, stateMachineArn="orders") == RATE_EXCEEDED
        assert refusal(client.start_execution, stateMachineArn=orders.arn) == RATE_EXCEEDED
        assert len(orders.executions) == 1


def test_botocore_tries_again(clock, monkeypatch):
    """botocore retries a throttled call, and its pause may refill the bucket."""
    monkeypatch.setattr("time.sleep", lambda _: clock.tick(1))
    with mock_sfn_executions(quotas={"ListStateMachines": (1, 1)}):
        client = boto3.client("stepfunctions", "us-east-1")
        client.list_state_machines()

        assert client.list_state_machines()["ResponseMetadata"]["RetryAttempts"] == 1


def test_throttling_on_the_wire(clock):
    """The HTTP answer has AWS's code and sentence."""
    with mock_aws(), mock_sfn_executions(quotas={"ListStateMachines": (1, 0)}):
        client_in().list_state_machines()
        answer = requests.post(
            "https://states.us-east-1.amazonaws.com",
            data=json.dumps({}),
            headers={"X-Amz-Target": "AWSStepFunctions.ListStateMachines"},
            timeout=5,
        )

        assert (answer.status_code, answer.json()) == (
            400,
            {"__type": "com.amazon.coral.availability#ThrottlingException", "message": "Rate exceeded"},
        )


def test_reset_fills_the_buckets(clock):
    """A reset refills the buckets."""
    with mock_sfn_executions(quotas={"ListStateMachines": (1, 0)}) as sfn:
        client = client_in()
        client.list_state_machines()
        sfn.reset()

        assert calls_until_throttled(client.list_state_machines) == 1


# --- Open executions -----------------------------------------------------------------------------------------------


def test_open_executions_are_limited(clock):
    """RUNNING executions of all machines and map runs count; above the limit none starts or is redriven."""
    with mock_sfn_executions(quotas={"open_executions": 3}) as sfn:
        orders, returns = sfn.add_state_machine("orders"), sfn.add_state_machine("returns")
        parent = orders.add_execution("parent", status="RUNNING")
        child = parent.add_map_run("Process").add_execution("child", status="RUNNING")
        failed = orders.add_execution("failed", status="FAILED")
        client = client_in()
        client.start_execution(stateMachineArn=returns.arn, name="third", input="{}")

        assert refusal(client.start_execution, stateMachineArn=orders.arn) == LIMIT_EXCEEDED
        assert refusal(client.redrive_execution, executionArn=failed.arn) == LIMIT_EXCEEDED
        assert [run.status for run in orders.executions] == ["RUNNING", "FAILED"]
        # A repeated start starts nothing.
        client.start_execution(stateMachineArn=returns.arn, name="third", input="{}")
        child.succeed()
        client.redrive_execution(executionArn=failed.arn)
        assert refusal(client.start_execution, stateMachineArn=orders.arn) == LIMIT_EXCEEDED
        client.stop_execution(executionArn=parent.arn)
        client.start_execution(stateMachineArn=orders.arn)


def test_express_executions_are_outside_the_limit(clock):
    """The quota of open executions does not apply to EXPRESS executions."""
    with mock_sfn_executions(quotas={"open_executions": 1}) as sfn:
        fast = sfn.add_state_machine("fast", type="EXPRESS")
        client = client_in()
        for _ in range(3):
            client.start_execution(stateMachineArn=fast.arn)
        orders = sfn.add_state_machine("orders")
        started = client.start_execution(stateMachineArn=orders.arn)["executionArn"]
        batch = sfn.get_execution(started).add_map_run("Process", execution_type="EXPRESS")
        batch.add_executions(3, status="RUNNING")
        sfn.get_execution(started).succeed()

        client.start_execution(stateMachineArn=orders.arn, name="another")


def test_seeds_may_exceed_the_limit(clock):
    """The quota does not apply to seeds."""
    with mock_sfn_executions(quotas={"open_executions": 0}) as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_executions(3, status="RUNNING")

        assert refusal(client_in().start_execution, stateMachineArn=orders.arn) == LIMIT_EXCEEDED


def test_the_default_limit_is_large(clock):
    """AWS's quota of open executions is a million."""
    with mock_sfn_executions(quotas={"open_executions": "default"}) as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_executions(30, status="RUNNING")
        client_in().start_execution(stateMachineArn=orders.arn, name="another")

        assert len(orders.executions) == 31


# --- Versions and aliases ------------------------------------------------------------------------------------------

DEFINITIONS = [json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed", "Comment": n}}}) for n in "abcd"]
ORDERS = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


def quota_reached(quota):
    return ("ServiceQuotaExceededException", f"State Machine '{ORDERS}' has reached its quota of {quota}.")


def test_versions_are_limited():
    """A repeated publication makes no version, and is never refused."""
    with mock_sfn_executions(quotas={"versions": 2}) as sfn:
        client = client_in()
        orders = sfn.add_state_machine("orders", definition=DEFINITIONS[0])
        for definition in DEFINITIONS[:2]:
            client.update_state_machine(stateMachineArn=orders.arn, definition=definition, publish=True)

        again = client.publish_state_machine_version(stateMachineArn=orders.arn)["stateMachineVersionArn"]
        assert again == f"{ORDERS}:2"
        update = {"stateMachineArn": orders.arn, "definition": DEFINITIONS[2], "publish": True}
        assert refusal(client.update_state_machine, **update) == quota_reached("versions")
        assert client.describe_state_machine(stateMachineArn=orders.arn)["definition"] == DEFINITIONS[1]
        client.update_state_machine(stateMachineArn=orders.arn, definition=DEFINITIONS[2])
        assert refusal(client.publish_state_machine_version, stateMachineArn=orders.arn) == quota_reached("versions")


def test_aliases_are_limited_by_default():
    """By default a machine can have 100 aliases; a repeated creation is not a new alias."""
    with mock_sfn_executions() as sfn:
        client = client_in()
        routing = [{"stateMachineVersionArn": sfn.add_state_machine("orders").publish_version().arn, "weight": 100}]
        for number in range(100):
            client.create_state_machine_alias(name=f"alias-{number}", routingConfiguration=routing)

        client.create_state_machine_alias(name="alias-0", routingConfiguration=routing)
        refused = refusal(client.create_state_machine_alias, name="one-more", routingConfiguration=routing)
        assert refused == quota_reached("aliases")


# --- Values of the option ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quotas", "sentence"),
    [
        pytest.param(
            200, r"quotas must be a mapping such as \{'ListExecutions': \(200, 5\)\}, got 200\.$", id="no mapping"
        ),
        pytest.param(
            {"list_executions": (1, 1)},
            r"quotas must name operations or open_executions, versions, aliases, got 'list_executions'\. "
            r"Did you mean 'ListExecutions'\?$",
            id="no operation",
        ),
        pytest.param(
            {"ListActivities": "default"},
            r"quotas\['ListActivities'\] must be \(bucket, refill per second\), got 'default': AWS publishes defaults "
            r"only for DescribeExecution, .*, UpdateMapRun\.$",
            id="no default known",
        ),
        *(
            pytest.param(
                {"ListExecutions": quota},
                r"quotas\['ListExecutions'\] must be \(bucket, refill per second\), such as \(200, 5\), or 'default', "
                r"got .*\.$",
                id=f"no bucket: {quota}",
            )
            for quota in (200, (200,), (0, 1), (1, -1), (1.5, 1), "2", {1: 2, 3: 4}, None)
        ),
        *(
            pytest.param(
                {"open_executions": quota},
                r"quotas\['open_executions'\] must be an int >= 0 or 'default', got .*\.$",
                id=f"no number: {quota}",
            )
            for quota in (-1, 1.5, True, (1, 1), None)
        ),
    ],
)
def test_wrong_quota(quotas, sentence):
    """A wrong quota is refused before a mock begins, with the known names."""
    with pytest.raises(ValueError, match=sentence):
        mock_sfn_executions(quotas=quotas)
