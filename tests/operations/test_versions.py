"""PublishStateMachineVersion, ListStateMachineVersions and DeleteStateMachineVersion."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from answers import members, refusal

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
LABELLED = f"{MACHINE}/ProcessItems"
INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")

NOT_ARNS = [
    pytest.param("invalid_arn", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'"), id="no ARN"),
    pytest.param(
        f"{PREFIX}:activity:orders",
        ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: activity'"),
        id="an activity's ARN",
    ),
    pytest.param(
        LABELLED,
        (
            "ValidationException",
            f"This operation does not support labeled state machine ARNs: '{LABELLED}'",
            {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
        ),
        id="a labelled ARN",
    ),
]
OTHER_PLACES = [
    pytest.param(f"{PREFIX}:stateMachine:missing", id="no machine of that name"),
    pytest.param(MACHINE.replace("us-east-1", "eu-west-1"), id="another region"),
    pytest.param(MACHINE.replace("123456789012", "210987654321"), id="another account"),
    pytest.param(f"{MACHINE}:live", id="an alias"),
    pytest.param(f"{MACHINE}:1", id="a version"),
]


def definition(seconds: int) -> str:
    return f'{{"StartAt": "Wait", "States": {{"Wait": {{"Type": "Wait", "Seconds": {seconds}, "End": true}}}}}}'


def update(client, seconds: int, **arguments):
    """Change the machine "orders"."""
    return client.update_state_machine(stateMachineArn=MACHINE, definition=definition(seconds), **arguments)


def publish(client, **arguments) -> str:
    """Publish a version and return its ARN."""
    return client.publish_state_machine_version(stateMachineArn=MACHINE, **arguments)["stateMachineVersionArn"]


def numbers(page) -> list[int]:
    return [int(version["stateMachineVersionArn"].rpartition(":")[2]) for version in page["stateMachineVersions"]]


def listed(client, **arguments) -> list[int]:
    return numbers(client.list_state_machine_versions(stateMachineArn=MACHINE, **arguments))


# --- PublishStateMachineVersion ----------------------------------------------------------------------------------


def test_publish(client, orders):
    """PublishStateMachineVersion answers the version's ARN and creation date, and nothing else."""
    assert members(client.publish_state_machine_version(stateMachineArn=MACHINE)) == {
        "stateMachineVersionArn": f"{MACHINE}:1",
        "creationDate": NOW,
    }


def test_publish_again(client, orders, clock):
    """A revision is published once: a repeat gets the first answer."""
    first = client.publish_state_machine_version(stateMachineArn=MACHINE, description="one")
    clock.move_to(NOW + timedelta(hours=1))

    assert members(client.publish_state_machine_version(stateMachineArn=MACHINE)) == members(first)
    assert members(client.publish_state_machine_version(stateMachineArn=MACHINE, description="two")) == members(first)
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["description"] == "one"
    assert listed(client) == [1]


def test_update_with_another_description(client, orders):
    """An update without a change publishes a version only with a new description."""

    def published(**arguments) -> str:
        updated = client.update_state_machine(
            stateMachineArn=MACHINE, roleArn=orders.role_arn, publish=True, **arguments
        )
        return updated["stateMachineVersionArn"]

    assert published(versionDescription="one") == f"{MACHINE}:1"
    assert published(versionDescription="one") == f"{MACHINE}:1"
    assert published() == f"{MACHINE}:1"
    assert published(versionDescription="two") == f"{MACHINE}:2"
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:2")["description"] == "two"
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["description"] == "one"


def test_publish_after_an_update(client, orders):
    """Each revision gets the next number, and keeps its definition."""
    publish(client)
    update(client, 5)

    assert publish(client) == f"{MACHINE}:2"

    update(client, 10)

    assert publish(client) == f"{MACHINE}:3"
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:2")["definition"] == definition(5)


def test_publish_of_a_restored_definition(client, orders):
    """A restored definition is a new revision, and so a new version."""
    update(client, 5, publish=True)
    update(client, 10, publish=True)

    assert update(client, 5, publish=True)["stateMachineVersionArn"] == f"{MACHINE}:3"


def test_numbers_are_never_used_again(client, orders):
    """The number of a deleted version is not used again."""
    publish(client)
    update(client, 5)
    publish(client)
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:2")

    assert publish(client) == f"{MACHINE}:3"
    assert listed(client) == [3, 1]


def test_publish_finds_the_newest_seeded_version(client, orders):
    """If seeds made several versions of one revision, a repeat answers the newest."""
    for _ in range(3):
        orders.publish_version()
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:3")

    assert publish(client) == f"{MACHINE}:2"


def test_publish_express(client, sfn_executions):
    """EXPRESS machines have versions too."""
    sfn_executions.add_state_machine("orders", type="EXPRESS")

    assert publish(client) == f"{MACHINE}:1"
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["type"] == "EXPRESS"


def test_publish_of_a_given_revision(client, orders):
    """A revision id must be that of the current revision; INITIAL is the first one."""
    assert publish(client, revisionId="INITIAL") == f"{MACHINE}:1"

    revision = update(client, 5)["revisionId"]

    assert publish(client, revisionId=revision) == f"{MACHINE}:2"


def test_publish_of_a_stale_revision(client, orders):
    """Another revision id is a ConflictException with both ids."""
    assert refusal(client.publish_state_machine_version, stateMachineArn=MACHINE, revisionId="r-1") == (
        "ConflictException",
        "Failed to publish the State Machine version for revision r-1. The current State Machine revision is INITIAL.",
    )

    stale = update(client, 5)["revisionId"]
    current = update(client, 10)["revisionId"]

    for given in [stale, "INITIAL"]:
        assert refusal(client.publish_state_machine_version, stateMachineArn=MACHINE, revisionId=given) == (
            "ConflictException",
            f"Failed to publish the State Machine version for revision {given}. "
            f"The current State Machine revision is {current}.",
        )
    assert listed(client) == []


@pytest.mark.parametrize(("arn", "refused"), NOT_ARNS)
def test_publish_refuses_an_arn(client, arn, refused):
    """An ARN of another kind cannot be published."""
    assert refusal(client.publish_state_machine_version, stateMachineArn=arn) == refused


@pytest.mark.parametrize("arn", OTHER_PLACES)
def test_publish_of_a_missing_machine(client, orders, arn):
    """The ARN must be that of a machine in this region, not of a version or alias."""
    orders.add_alias("live", orders.publish_version())

    assert refusal(client.publish_state_machine_version, stateMachineArn=arn) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{arn}'",
    )


# --- ListStateMachineVersions ------------------------------------------------------------------------------------


def test_list(client, orders, clock):
    """Versions are listed newest first, each with ARN and creation date."""
    publish(client)
    clock.move_to(NOW + timedelta(hours=1))
    update(client, 5, publish=True)

    assert members(client.list_state_machine_versions(stateMachineArn=MACHINE)) == {
        "stateMachineVersions": [
            {"stateMachineVersionArn": f"{MACHINE}:2", "creationDate": NOW + timedelta(hours=1)},
            {"stateMachineVersionArn": f"{MACHINE}:1", "creationDate": NOW},
        ]
    }


def test_list_order(client, orders):
    """The tenth version comes before the ninth."""
    for _ in range(11):
        orders.publish_version()

    assert listed(client) == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_list_is_empty(client, orders):
    """The list of a machine without versions is empty."""
    assert members(client.list_state_machine_versions(stateMachineArn=MACHINE)) == {"stateMachineVersions": []}


@pytest.mark.parametrize("arn", OTHER_PLACES)
def test_list_of_a_missing_machine(client, orders, arn):
    """The list of a missing machine is empty, because the model has no error for it."""
    orders.add_alias("live", orders.publish_version())

    assert members(client.list_state_machine_versions(stateMachineArn=arn)) == {"stateMachineVersions": []}
    assert refusal(client.list_state_machine_versions, stateMachineArn=arn, nextToken="t") == INVALID_TOKEN


@pytest.mark.parametrize(("arn", "refused"), NOT_ARNS)
def test_list_refuses_an_arn(client, arn, refused):
    """An ARN of another kind is refused."""
    assert refusal(client.list_state_machine_versions, stateMachineArn=arn) == refused


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        pytest.param({}, 100, id="default"),
        pytest.param({"maxResults": 0}, 100, id="0 means default"),
        pytest.param({"maxResults": 1}, 1, id="least"),
        pytest.param({"maxResults": 1000}, 101, id="most"),
    ],
)
def test_list_page_size(client, orders, arguments, size):
    """A page has 100 versions by default; maxResults is 1 to 1000."""
    for _ in range(101):
        orders.publish_version()

    assert len(listed(client, **arguments)) == size


def test_list_pages(client, orders):
    """maxResults may change under a token; added and deleted versions neither shift nor repeat the others."""
    for _ in range(13):
        orders.publish_version()
    first = client.list_state_machine_versions(stateMachineArn=MACHINE, maxResults=10)
    orders.publish_version()
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:4")
    second = client.list_state_machine_versions(stateMachineArn=MACHINE, maxResults=3, nextToken=first["nextToken"])

    assert numbers(first) == [13, 12, 11, 10, 9, 8, 7, 6, 5, 4]
    assert numbers(second) == [3, 2, 1]
    assert "nextToken" not in second


def test_list_token_is_tied_to_its_machine(client, sfn_executions, orders):
    """A token is valid only for its machine, and not for a new one with its name."""
    for machine in [orders, sfn_executions.add_state_machine("billing")]:
        machine.publish_version()
        machine.publish_version()
    token = client.list_state_machine_versions(stateMachineArn=MACHINE, maxResults=1)["nextToken"]
    billing = f"{PREFIX}:stateMachine:billing"

    assert listed(client, nextToken=token) == [1]
    assert refusal(client.list_state_machine_versions, stateMachineArn=billing, nextToken=token) == INVALID_TOKEN
    assert refusal(client.list_state_machine_aliases, stateMachineArn=MACHINE, nextToken=token) == INVALID_TOKEN

    client.delete_state_machine(stateMachineArn=MACHINE)
    sfn_executions.add_state_machine("orders").publish_version()

    assert refusal(client.list_state_machine_versions, stateMachineArn=MACHINE, nextToken=token) == INVALID_TOKEN


@pytest.mark.parametrize(
    ("arguments", "violation"),
    [
        pytest.param(
            {"maxResults": 1001},
            "Value '1001' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
            id="page too large",
        ),
        pytest.param(
            {"nextToken": "t" * 1025},
            f"Value '{'t' * 1025}' at 'nextToken' failed to satisfy constraint: "
            "Member must have length less than or equal to 1024",
            id="token too long",
        ),
    ],
)
def test_list_constraints(client, orders, arguments, violation):
    """Values outside the model's limits are refused with AWS's sentences."""
    assert refusal(client.list_state_machine_versions, stateMachineArn=MACHINE, **arguments) == (
        "ValidationException",
        f"1 validation error detected: {violation}",
    )


# --- DeleteStateMachineVersion -----------------------------------------------------------------------------------


def test_delete(client, orders):
    """A deleted version is not listed, described or started any more."""
    orders.publish_version()
    orders.publish_version()

    assert members(client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")) == {}
    assert listed(client) == [2]
    for operation in [client.describe_state_machine, client.start_execution]:
        assert refusal(operation, stateMachineArn=f"{MACHINE}:1") == (
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{MACHINE}:1'",
        )


def test_delete_leaves_executions(client, orders):
    """Executions of a deleted version stay, and still show its ARN."""
    orders.add_execution("nightly", status="RUNNING", version=orders.publish_version())
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")
    [execution] = client.list_executions(stateMachineArn=MACHINE)["executions"]

    assert execution["status"] == "RUNNING"
    assert execution["stateMachineVersionArn"] == f"{MACHINE}:1"


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(f"{MACHINE}:2", id="no version of that number"),
        pytest.param(f"{MACHINE}:01", id="a number written otherwise"),
        pytest.param(f"{PREFIX}:stateMachine:missing:1", id="no machine of that name"),
        pytest.param(f"{MACHINE}:1".replace("us-east-1", "eu-west-1"), id="another region"),
    ],
)
def test_delete_of_a_missing_resource(client, orders, arn):
    """The deletion of a missing version succeeds and deletes nothing."""
    orders.publish_version()

    assert members(client.delete_state_machine_version(stateMachineVersionArn=arn)) == {}
    assert listed(client) == [1]


def test_delete_twice(client, orders):
    """A second deletion succeeds too."""
    orders.publish_version()
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")

    assert members(client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")) == {}


@pytest.mark.parametrize(
    ("arn", "refused"),
    [
        *NOT_ARNS,
        *(
            pytest.param(arn, ("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'"), id=id)
            for arn, id in [
                (MACHINE, "a machine's ARN"),
                (f"{MACHINE}:live", "an alias's ARN"),
                (f"{MACHINE}:\u0661", "a digit of another script"),
            ]
        ),
    ],
)
def test_delete_refuses_an_arn(client, orders, arn, refused):
    """An ARN of another kind is refused, and nothing is deleted."""
    orders.add_alias("live", orders.publish_version())

    assert refusal(client.delete_state_machine_version, stateMachineVersionArn=arn) == refused
    assert client.describe_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live")["name"] == "live"


@pytest.mark.parametrize(
    ("aliases", "named"),
    [pytest.param(["live"], "live", id="one"), pytest.param(["live", "canary"], "live, canary", id="two")],
)
def test_delete_of_a_version_with_an_alias(client, orders, aliases, named):
    """A version of an alias cannot be deleted: ConflictException with the names of the aliases."""
    first, second = orders.publish_version(), orders.publish_version()
    for alias in aliases:
        orders.add_alias(alias, [(first, 90), (second, 10)])

    for version in [first, second]:
        assert refusal(client.delete_state_machine_version, stateMachineVersionArn=version.arn) == (
            "ConflictException",
            "Version to be deleted must not be referenced by an alias. "
            f"Current list of aliases referencing this version: [{named}]",
        )

    for alias in aliases:
        client.delete_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:{alias}")
    client.delete_state_machine_version(stateMachineVersionArn=first.arn)

    assert listed(client) == [2]
