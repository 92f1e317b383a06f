"""TagResource, UntagResource and ListTagsForResource, and tags given at creation."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import boto3
import pytest
from answers import members, refusal
from moto import mock_aws
from moto.core.exceptions import ServiceException

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
ACTIVITY = f"{PREFIX}:activity:pick"
ROLE = "arn:aws:iam::123456789012:role/orders"
DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
TEAM = {"key": "team", "value": "billing"}
FIFTY = [{"key": f"tag-{number:02}", "value": ""} for number in range(50)]


@pytest.fixture(params=["STANDARD", "EXPRESS", "activity"])
def resource(request, client, sfn_executions):
    """The ARN of a machine, then of an activity: the two kinds that have tags."""
    if request.param == "activity":
        return client.create_activity(name="pick")["activityArn"]
    return sfn_executions.add_state_machine("orders", type=request.param).arn


def create_machine(client, **arguments) -> str:
    return client.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE, **arguments)[
        "stateMachineArn"
    ]


def create_activity(client, **arguments) -> str:
    return client.create_activity(name="pick", **arguments)["activityArn"]


CREATIONS = [pytest.param(create_machine, id="state machine"), pytest.param(create_activity, id="activity")]


def tags(client, arn: str) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}


# --- Tagging -----------------------------------------------------------------------------------------------------


def test_no_tags(client, resource):
    """A resource without tags has an empty list."""
    assert members(client.list_tags_for_resource(resourceArn=resource)) == {"tags": []}


def test_tag(client, resource):
    """New tags are added to the existing ones, and a value may be empty."""
    assert members(client.tag_resource(resourceArn=resource, tags=[TEAM])) == {}

    client.tag_resource(resourceArn=resource, tags=[{"key": "draft", "value": ""}])

    assert members(client.list_tags_for_resource(resourceArn=resource)) == {
        "tags": [TEAM, {"key": "draft", "value": ""}]
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param([TEAM, TEAM], {"team": "billing"}, id="same key and value"),
        pytest.param([TEAM, {"key": "team", "value": "sales"}], {"team": "sales"}, id="same key"),
        pytest.param([TEAM, {"key": "Team", "value": "sales"}], {"team": "billing", "Team": "sales"}, id="other case"),
        pytest.param([{"key": "team"}], {"team": ""}, id="no value"),
        pytest.param([], {"team": "support"}, id="none at all"),
    ],
)
def test_tags_of_one_key(client, orders, given, kept):
    """A key has one value, the last one; upper and lower case differ."""
    client.tag_resource(resourceArn=MACHINE, tags=[{"key": "team", "value": "support"}])
    client.tag_resource(resourceArn=MACHINE, tags=given)

    assert tags(client, MACHINE) == kept


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        pytest.param(["team"], {"stage": "test"}, id="one"),
        pytest.param(["team", "stage"], {}, id="all"),
        pytest.param(["team", "team"], {"stage": "test"}, id="one twice"),
        pytest.param(["unknown"], {"team": "billing", "stage": "test"}, id="unknown"),
        pytest.param(["TEAM"], {"team": "billing", "stage": "test"}, id="other case"),
        pytest.param([], {"team": "billing", "stage": "test"}, id="none"),
    ],
)
def test_untag(client, resource, keys, kept):
    """UntagResource removes the tags of the keys; missing keys are not an error."""
    client.tag_resource(resourceArn=resource, tags=[TEAM, {"key": "stage", "value": "test"}])

    assert members(client.untag_resource(resourceArn=resource, tagKeys=keys)) == {}
    assert tags(client, resource) == kept


# --- Adding and removing tags ------------------------------------------------------------------------------------


@pytest.mark.parametrize("create", CREATIONS)
def test_tags_at_creation(client, create):
    """A creation sets tags at once; a repeated creation does not change them."""
    arn = create(client, tags=[TEAM, TEAM])
    create(client, tags=[{"key": "team", "value": "sales"}])

    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [TEAM]


@pytest.mark.parametrize("create", CREATIONS)
def test_tags_go_with_the_resource(client, create):
    """A deleted resource has no tags, and neither has a new one with its name."""
    arn = create(client, tags=[TEAM])
    client.delete_state_machine(stateMachineArn=MACHINE)
    client.delete_activity(activityArn=ACTIVITY)

    assert refusal(client.list_tags_for_resource, resourceArn=arn)[0] == "ResourceNotFound"

    create(client)

    assert tags(client, arn) == {}


def test_tags_of_a_deleting_machine(client, orders):
    """A DELETING machine has its tags."""
    orders.add_execution(status="RUNNING")
    client.tag_resource(resourceArn=MACHINE, tags=[TEAM])
    client.delete_state_machine(stateMachineArn=MACHINE)

    assert tags(client, MACHINE) == {"team": "billing"}


def test_update_keeps_tags(client):
    """An update of the machine does not change its tags."""
    create_machine(client, tags=[TEAM])
    client.update_state_machine(stateMachineArn=MACHINE, roleArn=f"{ROLE}-2")

    assert tags(client, MACHINE) == {"team": "billing"}


def test_same_name_of_another_kind(client, sfn_executions):
    """A machine and an activity with one name have separate tags."""
    sfn_executions.add_state_machine("pick")
    client.create_activity(name="pick", tags=[TEAM])

    assert tags(client, f"{PREFIX}:stateMachine:pick") == {}


# --- Resources without tags --------------------------------------------------------------------------------------

OPERATIONS = [
    pytest.param("tag_resource", {"tags": [TEAM]}, id="tag"),
    pytest.param("untag_resource", {"tagKeys": ["team"]}, id="untag"),
    pytest.param("list_tags_for_resource", {}, id="list"),
]


@pytest.mark.parametrize(("operation", "arguments"), OPERATIONS)
@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(f"{MACHINE}:1", id="a version"),
        pytest.param(f"{MACHINE}:live", id="an alias"),
        pytest.param(f"{MACHINE}/ProcessItems", id="a labelled ARN"),
        pytest.param(f"{PREFIX}:stateMachine:missing", id="no such machine"),
        pytest.param(f"{PREFIX}:activity:missing", id="no such activity"),
        pytest.param(MACHINE.replace("us-east-1", "eu-west-1"), id="another region"),
        pytest.param(ACTIVITY.replace("123456789012", "210987654321"), id="another account"),
    ],
)
def test_not_found(client, orders, operation, arguments, arn):
    """Versions, aliases and missing resources have no tags."""
    orders.add_alias("live", orders.publish_version())
    client.create_activity(name="pick")

    assert refusal(getattr(client, operation), resourceArn=arn, **arguments) == (
        "ResourceNotFound",
        f"Resource not found: '{arn}'",
        {"resourceName": arn},
    )
    assert tags(client, MACHINE) == {}


@pytest.mark.parametrize(("operation", "arguments"), OPERATIONS)
@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        pytest.param("orders", "Invalid ARN prefix: orders", id="no ARN"),
        pytest.param("arn:aws:s3:::orders", "Invalid ARN prefix: arn:aws:s3:::orders", id="another service"),
        pytest.param(f"{PREFIX}::orders", f"Resource type can not be empty: {PREFIX}::orders", id="empty type"),
        pytest.param(f"{ACTIVITY}:1", f"Invalid ARN prefix: {ACTIVITY}:1", id="a part too many"),
        *(
            pytest.param(f"{PREFIX}:{resource}", f"Resource type not valid in this context: {kind}", id=kind)
            for kind, resource in [
                ("execution", "execution:orders:nightly"),
                ("express", "express:orders:nightly:1"),
                ("mapRun", "mapRun:orders/ProcessItems:1"),
            ]
        ),
    ],
)
def test_invalid_arn(client, orders, operation, arguments, arn, sentence):
    """The ARN of another kind of resource, such as an execution, is not valid."""
    orders.add_execution("nightly", status="RUNNING")

    assert refusal(getattr(client, operation), resourceArn=arn, **arguments) == (
        "InvalidArn",
        f"Invalid Arn: '{sentence}'",
    )


# --- Limits ------------------------------------------------------------------------------------------------------


def test_fifty_tags(client, resource):
    """A resource has up to 50 tags, and the values of existing tags can then still be changed."""
    client.tag_resource(resourceArn=resource, tags=FIFTY)
    client.tag_resource(resourceArn=resource, tags=[{"key": "tag-49", "value": "last"}])

    assert tags(client, resource) == {**{tag["key"]: "" for tag in FIFTY}, "tag-49": "last"}


@pytest.mark.parametrize(
    ("present", "given"),
    [
        pytest.param([], [*FIFTY, TEAM], id="at once"),
        pytest.param(FIFTY, [{"key": "tag-00", "value": "changed"}, TEAM], id="one by one"),
    ],
)
def test_too_many_tags(client, resource, present, given):
    """A request that would add the 51st tag is refused as a whole."""
    client.tag_resource(resourceArn=resource, tags=present)

    assert refusal(client.tag_resource, resourceArn=resource, tags=given) == (
        "TooManyTags",
        f"Too many tags: '{resource}'",
        {"resourceName": resource},
    )
    assert client.list_tags_for_resource(resourceArn=resource)["tags"] == present


@pytest.mark.parametrize(
    ("create", "arn"),
    [pytest.param(create_machine, MACHINE, id="state machine"), pytest.param(create_activity, ACTIVITY, id="activity")],
)
def test_too_many_tags_at_creation(client, create, arn):
    """The limit also applies at creation; the same tag twice counts once."""
    assert refusal(create, client=client, tags=[*FIFTY, TEAM]) == (
        "TooManyTags",
        f"Too many tags: '{arn}'",
        {"resourceName": arn},
    )
    assert refusal(client.list_tags_for_resource, resourceArn=arn)[0] == "ResourceNotFound"
    assert len(tags(client, create(client, tags=[*FIFTY, FIFTY[0]]))) == 50


@pytest.mark.parametrize(
    ("tag", "violation"),
    [
        pytest.param(
            {"key": "k" * 129, "value": ""},
            f"Value '{'k' * 129}' at 'tags.2.member.key' failed to satisfy constraint: Member must have length less "
            "than or equal to 128",
            id="key too long",
        ),
        pytest.param(
            {"key": "k", "value": "v" * 257},
            f"Value '{'v' * 257}' at 'tags.2.member.value' failed to satisfy constraint: Member must have length less "
            "than or equal to 256",
            id="value too long",
        ),
        pytest.param(
            {"value": "v"},
            "Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
            id="no key",
        ),
        *(
            pytest.param(
                {"key": key, "value": ""},
                f"Value '{key}' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular "
                r"expression pattern: ^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$",
                id=label,
            )
            for key, label in [("team,stage", "comma in the key"), ("aws:team", "AWS's own prefix")]
        ),
        *(
            pytest.param(
                {"key": "k", "value": value},
                f"Value '{value}' at 'tags.2.member.value' failed to satisfy constraint: Member must satisfy regular "
                r"expression pattern: ^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$",
                id=label,
            )
            for value, label in [("{x}", "braces in the value"), ("R&D", "ampersand"), ("\U0001f680", "emoji")]
        ),
    ],
)
@pytest.mark.parametrize("create", [*CREATIONS, pytest.param(None, id="later")])
def test_tag_refused(client, resource, create, tag, violation):
    """A request with one bad tag is refused as a whole, at creation and later."""
    if create is None:
        refused = refusal(client.tag_resource, resourceArn=resource, tags=[TEAM, tag])
    else:
        refused = refusal(create, client=client, tags=[TEAM, tag])

    assert refused == ("ValidationException", f"1 validation error detected: {violation}")
    assert tags(client, resource) == {}


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param({"key": "k" * 128, "value": "v" * 256}, id="longest"),
        pytest.param({"key": "Größe 7_.:/=+-@", "value": "注文 7_.:/=+-@"}, id="every kind of character"),
        pytest.param({"key": "team", "value": "aws:billing"}, id="AWS's own prefix in a value"),
    ],
)
def test_tag_accepted(client, orders, tag):
    """A tag may have letters, digits and white space of any script, and a few marks."""
    client.tag_resource(resourceArn=MACHINE, tags=[tag])

    assert client.list_tags_for_resource(resourceArn=MACHINE)["tags"] == [tag]


def test_untag_key_too_long(client, orders):
    """UntagResource checks the length of keys too."""
    assert refusal(client.untag_resource, resourceArn=MACHINE, tagKeys=["k" * 129]) == (
        "ValidationException",
        f"1 validation error detected: Value '{'k' * 129}' at 'tagKeys.1.member' failed to satisfy constraint: Member "
        "must have length less than or equal to 128",
    )


# --- moto --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"team": "billing"}, id="as newer versions of moto give them"),
        pytest.param([TEAM], id="as older versions do"),
    ],
)
def test_backend(client, backend, resource, given):
    """Code that uses moto's backend reads and changes the same tags."""
    backend.tag_resource(resource, given)

    assert tags(client, resource) == {"team": "billing"}
    assert backend.list_tags_for_resource(resource) == {"tags": [TEAM]}
    assert backend.get_tags_list_for_state_machine(resource) == [TEAM]

    backend.untag_resource(resource, ["team"])

    assert tags(client, resource) == {}


def test_backend_refuses(backend):
    """The backend refuses what a client would be refused."""
    with pytest.raises(ServiceException) as refused:
        backend.tag_resource(MACHINE, {"team": "billing"})

    assert str(refused.value) == f"ResourceNotFound: Resource not found: '{MACHINE}'"


def test_tagger(client, backend, resource):
    """moto's tagger, which CloudFormation uses, has the same tags."""
    client.tag_resource(resourceArn=resource, tags=[TEAM])
    backend.tagger.tag_resource(resource, [{"key": "stage", "value": "test"}])

    assert tags(client, resource) == {"team": "billing", "stage": "test"}
    assert backend.tagger.get_tag_dict_for_resource(resource) == {"team": "billing", "stage": "test"}


def test_tagging_api(client, orders):
    """moto's Resource Groups Tagging API finds, adds and removes tags of machines and activities."""
    pytest.importorskip("moto.core.resource_tagging", reason="older versions of moto know no activities there")
    with mock_aws():
        tagging = boto3.client("resourcegroupstaggingapi", "us-east-1")
        client.create_activity(name="pick", tags=[TEAM])
        tagging.tag_resources(ResourceARNList=[MACHINE], Tags={"stage": "test", "team": "sales"})
        tagging.untag_resources(ResourceARNList=[MACHINE], TagKeys=["team"])
        found = tagging.get_resources(ResourceTypeFilters=["states"])["ResourceTagMappingList"]

    assert found == [
        {"ResourceARN": MACHINE, "Tags": [{"Key": "stage", "Value": "test"}]},
        {"ResourceARN": ACTIVITY, "Tags": [{"Key": "team", "Value": "billing"}]},
    ]
    assert tags(client, MACHINE) == {"stage": "test"}


def test_tags_of_moto_are_taken_over():
    """Inside mock_aws, the mock starts with the tags of moto's machines, and moto's do not change."""
    with mock_aws():
        outer = boto3.client("stepfunctions", "us-east-1")
        create_machine(outer, tags=[TEAM])
        with mock_sfn_executions(region="us-east-1"):
            inner = boto3.client("stepfunctions", "us-east-1")

            assert tags(inner, MACHINE) == {"team": "billing"}

            inner.tag_resource(resourceArn=MACHINE, tags=[{"key": "team", "value": "sales"}])

        assert tags(outer, MACHINE) == {"team": "billing"}
