"""CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import members, refusal
from moto import mock_aws
from moto.core.exceptions import ServiceException

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
PREFIX = "arn:aws:states:us-east-1:123456789012"
PICK = f"{PREFIX}:activity:pick"
INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")
KEY = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/orders", "kmsDataKeyReusePeriodSeconds": 300}


@pytest.fixture
def pick(client):
    """The ARN of an activity."""
    return client.create_activity(name="pick")["activityArn"]


def names(page) -> list[str]:
    return [activity["name"] for activity in page["activities"]]


# --- CreateActivity ----------------------------------------------------------------------------------------------


def test_create(client):
    """Creating answers the activity's ARN and creation date, and nothing else."""
    assert members(client.create_activity(name="pick")) == {"activityArn": PICK, "creationDate": NOW}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({}, id="the same call"),
        pytest.param({"tags": [{"key": "team", "value": "billing"}]}, id="other tags"),
        pytest.param({"encryptionConfiguration": {"type": "AWS_OWNED_KEY"}}, id="the default key, named"),
    ],
)
def test_create_again(client, clock, arguments):
    """A repeat answers as the first call did, and changes nothing."""
    first = client.create_activity(name="pick", tags=[{"key": "team", "value": "sales"}])
    clock.move_to(NOW + timedelta(hours=1))

    assert members(client.create_activity(name="pick", **arguments)) == members(first)
    assert client.list_tags_for_resource(resourceArn=PICK)["tags"] == [{"key": "team", "value": "sales"}]
    assert names(client.list_activities()) == ["pick"]


def test_create_with_another_key(client, pick):
    """The encryption configuration of an activity that exists cannot be changed."""
    assert refusal(client.create_activity, name="pick", encryptionConfiguration=KEY) == (
        "ActivityAlreadyExists",
        f"Activity Already Exists: '{PICK}'",
    )
    assert client.describe_activity(activityArn=pick)["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        *(
            pytest.param({"name": f"pi{character}ck"}, ("InvalidName", f"Invalid Name: 'pi{character}ck'"), id=label)
            for character, label in [
                *((character, character) for character in '<>{}[]?*"#%\\^|~`$&,;:/'),
                *((character, f"U+{ord(character):04X}") for character in " \n\x00\x1f\x7f\x9f\ufffe\U0010ffff"),
            ]
        ),
        pytest.param(
            {"name": "n" * 81},
            (
                "ValidationException",
                f"1 validation error detected: Value '{'n' * 81}' at 'name' failed to satisfy constraint: Member must "
                "have length less than or equal to 80",
            ),
            id="81 characters",
        ),
        pytest.param(
            {"name": "pick", "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}},
            (
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Must specify a KMS key for type CUSTOMER_MANAGED_KMS_KEY.",
            ),
            id="no key named",
        ),
        pytest.param(
            {"name": "pick", "encryptionConfiguration": {"type": "AWS_OWNED_KEY", "kmsKeyId": "alias/orders"}},
            (
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Must not specify a KMS key for type AWS_OWNED_KEY.",
            ),
            id="key id of the default key",
        ),
        pytest.param(
            {"name": "pick", "tags": [{"value": "billing"}]},
            (
                "ValidationException",
                "1 validation error detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member "
                "must not be null",
            ),
            id="tag without a key",
        ),
    ],
)
def test_create_refused(client, arguments, error):
    """What AWS refuses is not stored."""
    assert refusal(client.create_activity, **arguments) == error
    assert client.list_activities()["activities"] == []


@pytest.mark.parametrize("name", [pytest.param("n" * 80, id="80 characters"), pytest.param("Größe.1_a-b", id="marks")])
def test_create_with_a_valid_name(client, name):
    """A name has up to 80 characters, of any script, with dots, dashes and underscores."""
    assert client.create_activity(name=name)["activityArn"] == f"{PREFIX}:activity:{name}"


# --- DescribeActivity --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "encryption"),
    [
        pytest.param({}, {"type": "AWS_OWNED_KEY"}, id="AWS's key"),
        pytest.param({"encryptionConfiguration": KEY}, KEY, id="one's own key"),
    ],
)
def test_describe(client, arguments, encryption):
    """DescribeActivity shows what the activity was created with, and AWS's default encryption."""
    client.create_activity(name="pick", **arguments)

    assert members(client.describe_activity(activityArn=PICK)) == {
        "activityArn": PICK,
        "name": "pick",
        "creationDate": NOW,
        "encryptionConfiguration": encryption,
    }


@pytest.mark.parametrize("operation", ["describe_activity", "get_activity_task"])
@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(f"{PREFIX}:activity:missing", id="never created"),
        pytest.param(f"{PREFIX}:activity:old", id="deleted"),
        pytest.param(PICK.replace("us-east-1", "eu-west-1"), id="another region"),
        pytest.param(PICK.replace("123456789012", "210987654321"), id="another account"),
    ],
)
def test_missing_activity(client, pick, operation, arn):
    """For an activity that does not exist in the account and region, the error contains the ARN."""
    old = client.create_activity(name="old")["activityArn"]
    client.delete_activity(activityArn=old)

    assert refusal(getattr(client, operation), activityArn=arn) == (
        "ActivityDoesNotExist",
        f"Activity Does Not Exist: '{arn}'",
    )


@pytest.mark.parametrize("operation", ["describe_activity", "get_activity_task", "delete_activity"])
@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        pytest.param("no_an_activity_arn", "Invalid ARN prefix: no_an_activity_arn", id="no ARN"),
        pytest.param(f"{PREFIX}:activity", f"Invalid ARN prefix: {PREFIX}:activity", id="no name"),
        pytest.param(f"{PICK}:1", f"Invalid ARN prefix: {PICK}:1", id="a part too many"),
        pytest.param(f"{PREFIX}::pick", f"Resource type can not be empty: {PREFIX}::pick", id="empty type"),
        *(
            pytest.param(f"{PREFIX}:{resource}", f"Resource type not valid in this context: {kind}", id=kind)
            for kind, resource in [
                ("stateMachine", "stateMachine:pick"),
                ("execution", "execution:orders:pick"),
                ("express", "express:orders:pick:1"),
                ("mapRun", "mapRun:orders/pick:1"),
            ]
        ),
    ],
)
def test_invalid_arn(client, operation, arn, sentence):
    """A text that is not the ARN of an activity has another error than a missing activity."""
    assert refusal(getattr(client, operation), activityArn=arn) == ("InvalidArn", f"Invalid Arn: '{sentence}'")


# --- ListActivities ----------------------------------------------------------------------------------------------


def test_list(client, clock):
    """Activities are listed by name, with ARN, name and creation date."""
    client.create_activity(name="pick_10")
    clock.move_to(NOW + timedelta(hours=1))
    client.create_activity(name="pick_1")

    assert members(client.list_activities()) == {
        "activities": [
            {"activityArn": f"{PICK}_1", "name": "pick_1", "creationDate": NOW + timedelta(hours=1)},
            {"activityArn": f"{PICK}_10", "name": "pick_10", "creationDate": NOW},
        ]
    }


def test_list_pages(client):
    """A page has up to maxResults activities, and a token as long as there are more; page sizes may differ."""
    for name in ["c", "_", "B", "a"]:
        client.create_activity(name=name)
    first = client.list_activities(maxResults=1)
    second = client.list_activities(maxResults=2, nextToken=first["nextToken"])
    last = client.list_activities(maxResults=1, nextToken=second["nextToken"])

    assert [names(page) for page in (first, second, last)] == [["B"], ["_", "a"], ["c"]]
    assert "nextToken" not in last


def test_list_by_paginator(client):
    """botocore's paginator gets every activity once."""
    for name in ["c", "a", "b"]:
        client.create_activity(name=name)
    pages = client.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 2})

    assert [names(page) for page in pages] == [["a", "b"], ["c"]]


def test_list_default_page(client):
    """A page has 100 activities by default; maxResults 0 means the default."""
    for number in range(101):
        client.create_activity(name=f"pick-{number:03}")

    assert [len(names(client.list_activities(**size))) for size in ({}, {"maxResults": 0})] == [100, 100]
    assert len(names(client.list_activities(maxResults=1000))) == 101


def test_list_token_of_another_listing(client, sfn_executions):
    """A token is valid only for the operation that gave it."""
    for name in ["a", "b"]:
        sfn_executions.add_state_machine(name)
    token = client.list_state_machines(maxResults=1)["nextToken"]

    assert refusal(client.list_activities, nextToken=token) == INVALID_TOKEN


def test_list_expired_token(client, clock):
    """A token is valid for 24 hours."""
    for name in ["a", "b"]:
        client.create_activity(name=name)
    token = client.list_activities(maxResults=1)["nextToken"]
    clock.move_to(NOW + timedelta(hours=24) - timedelta(milliseconds=1))

    assert names(client.list_activities(nextToken=token)) == ["b"]

    clock.move_to(NOW + timedelta(hours=24))

    assert refusal(client.list_activities, nextToken=token) == INVALID_TOKEN


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"nextToken": "invalid"}, INVALID_TOKEN, id="no token of ours"),
        pytest.param(
            {"nextToken": "t" * 1025},
            (
                "ValidationException",
                f"1 validation error detected: Value '{'t' * 1025}' at 'nextToken' failed to satisfy constraint: "
                "Member must have length less than or equal to 1024",
            ),
            id="token too long",
        ),
        pytest.param(
            {"maxResults": 1001},
            (
                "ValidationException",
                "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must "
                "have value less than or equal to 1000",
            ),
            id="page too large",
        ),
    ],
)
def test_list_refused(client, arguments, error):
    """Page sizes over 1000, and tokens that AWS did not give, are refused."""
    assert refusal(client.list_activities, **arguments) == error


def test_regions_are_separate(client, pick):
    """An activity exists only in its own region."""
    assert boto3.client("stepfunctions", "eu-west-1").list_activities()["activities"] == []


# --- DeleteActivity ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2])
def test_delete(client, pick, times):
    """A deleted activity does not exist; deleting it again is not an error."""
    answers = [members(client.delete_activity(activityArn=pick)) for _ in range(times)]

    assert answers == [{}] * times
    assert client.list_activities()["activities"] == []


def test_delete_in_another_region(client, pick):
    """The ARN of an activity in another region deletes no activity of this region."""
    client.delete_activity(activityArn=pick.replace("us-east-1", "eu-west-1"))

    assert names(client.list_activities()) == ["pick"]


def test_create_after_deletion(client, orders, clock):
    """A new activity with the name of a deleted one has neither its date, tags nor tasks."""
    client.create_activity(name="pick", tags=[{"key": "team", "value": "sales"}])
    orders.add_execution(status="RUNNING").wait_for_task(activity="pick")
    client.delete_activity(activityArn=PICK)
    clock.move_to(NOW + timedelta(hours=1))
    client.create_activity(name="pick")

    assert client.describe_activity(activityArn=PICK)["creationDate"] == NOW + timedelta(hours=1)
    assert client.list_tags_for_resource(resourceArn=PICK)["tags"] == []
    assert members(client.get_activity_task(activityArn=PICK)) == {}


# --- GetActivityTask ---------------------------------------------------------------------------------------------


def test_no_task(client, pick):
    """If no task is scheduled, the answer comes at once and has no token."""
    assert members(client.get_activity_task(activityArn=pick, workerName="worker-1")) == {}


@pytest.mark.parametrize("by", ["ARN", "name"])
def test_get_task(client, orders, pick, by):
    """One worker gets the token and the execution's input, and no other worker gets them."""
    run = orders.add_execution(status="RUNNING", input='{"order": 7}')
    token = run.wait_for_task(activity=pick if by == "ARN" else "pick")

    assert members(client.get_activity_task(activityArn=pick)) == {"taskToken": token, "input": '{"order": 7}'}
    assert members(client.get_activity_task(activityArn=pick)) == {}


def test_get_tasks_in_order(client, orders, pick):
    """Workers get the tasks of an activity in the order in which executions began to wait."""
    client.create_activity(name="pack")
    for name, activity in [("c", "pick"), ("x", "pack"), ("a", "pick"), ("b", "pick")]:
        orders.add_execution(name, status="RUNNING").wait_for_task(f"token of {name}", activity=activity)

    assert [client.get_activity_task(activityArn=pick)["taskToken"] for _ in range(3)] == [
        "token of c",
        "token of a",
        "token of b",
    ]
    assert client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")["taskToken"] == "token of x"


def test_get_task_of_a_closed_execution(client, orders, pick):
    """No worker gets the task of a closed execution."""
    closed, waiting = (orders.add_execution(status="RUNNING") for _ in range(2))
    closed.wait_for_task("closed", activity=pick)
    waiting.wait_for_task("waiting", activity=pick)
    client.stop_execution(executionArn=closed.arn)

    assert client.get_activity_task(activityArn=pick)["taskToken"] == "waiting"
    assert members(client.get_activity_task(activityArn=pick)) == {}


def test_worker_name_too_long(client, pick):
    """The name of a worker has at most 80 characters."""
    assert refusal(client.get_activity_task, activityArn=pick, workerName="w" * 81) == (
        "ValidationException",
        f"1 validation error detected: Value '{'w' * 81}' at 'workerName' failed to satisfy constraint: Member must "
        "have length less than or equal to 80",
    )


# --- moto's backend ----------------------------------------------------------------------------------------------


def test_backend(client, backend):
    """Code that uses moto's backend creates, lists and deletes the same activities, with moto's attributes."""
    created = backend.create_activity("pick", tags=[{"key": "team", "value": "billing"}])

    assert (created.arn, created.name, created.creation_date) == (PICK, "pick", NOW)
    assert created.encryption_configuration == {"type": "AWS_OWNED_KEY"}
    assert repr(created) == f"<Activity {PICK}>"
    assert client.list_tags_for_resource(resourceArn=PICK)["tags"] == [{"key": "team", "value": "billing"}]
    assert backend.activities == {PICK: backend.describe_activity(PICK)}

    backend.create_activity("pack")
    page, token = backend.list_activities(max_results=1)
    rest, end = backend.list_activities(next_token=token)

    assert [activity.name for activity in [*page, *rest]] == ["pack", "pick"]
    assert end is None

    backend.delete_activity(PICK)

    assert names(client.list_activities()) == ["pack"]


def test_backend_refuses(client, backend):
    """The backend refuses what a client would be refused, including the model's constraints."""
    with pytest.raises(ServiceException) as refused:
        backend.create_activity("n" * 81)

    assert str(refused.value) == (
        f"ValidationException: 1 validation error detected: Value '{'n' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80"
    )
    assert client.list_activities()["activities"] == []


def test_activities_of_moto_are_taken_over():
    """Inside mock_aws, the mock starts with moto's activities and tags, and moto's do not change."""
    with mock_aws():
        outer = boto3.client("stepfunctions", "us-east-1")
        outer.create_activity(name="pick", tags=[{"key": "team", "value": "billing"}])
        outer.create_activity(name="pack", encryptionConfiguration=KEY)
        with mock_sfn_executions(region="us-east-1"):
            inner = boto3.client("stepfunctions", "us-east-1")

            assert inner.describe_activity(activityArn=PICK)["creationDate"] == NOW
            assert inner.describe_activity(activityArn=PICK)["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}
            assert inner.describe_activity(activityArn=f"{PREFIX}:activity:pack")["encryptionConfiguration"] == KEY
            assert inner.list_tags_for_resource(resourceArn=PICK)["tags"] == [{"key": "team", "value": "billing"}]

            inner.untag_resource(resourceArn=PICK, tagKeys=["team"])
            inner.delete_activity(activityArn=PICK)

        assert sorted(names(outer.list_activities())) == ["pack", "pick"]
        assert outer.list_tags_for_resource(resourceArn=PICK)["tags"] == [{"key": "team", "value": "billing"}]
