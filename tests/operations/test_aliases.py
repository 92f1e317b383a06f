"""The operations on aliases: Create-, Describe-, Update- and DeleteStateMachineAlias, ListStateMachineAliases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from answers import members, refusal
from botocore.exceptions import ParamValidationError

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
LATER = NOW + timedelta(minutes=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
OTHER = f"{PREFIX}:stateMachine:billing"
LIVE = f"{MACHINE}:live"
LABELLED = f"{MACHINE}/ProcessItems"
NOT_FOUND = "Request references a resource that does not exist."
INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")
NAME_PATTERN = r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"


@pytest.fixture
def orders(sfn_executions):
    """A machine with two versions; another machine has one."""
    sfn_executions.add_state_machine("billing").publish_version()
    machine = sfn_executions.add_state_machine("orders")
    machine.publish_version()
    machine.publish_version()
    return machine


def routing(*routes: tuple[str, int]) -> list[dict]:
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in routes]


TO_ONE = routing((f"{MACHINE}:1", 100))
TO_TWO = routing((f"{MACHINE}:2", 100))
TO_BOTH = routing((f"{MACHINE}:1", 90), (f"{MACHINE}:2", 10))


def create(client, name: str = "live", **arguments):
    return client.create_state_machine_alias(**{"name": name, "routingConfiguration": TO_ONE} | arguments)


def describe(client, arn: str = LIVE):
    return members(client.describe_state_machine_alias(stateMachineAliasArn=arn))


def names(page) -> list[str]:
    return [alias["stateMachineAliasArn"].rpartition(":")[2] for alias in page["stateMachineAliases"]]


def listed(client, arn: str = MACHINE, **arguments) -> list[str]:
    return names(client.list_state_machine_aliases(stateMachineArn=arn, **arguments))


# --- CreateStateMachineAlias -------------------------------------------------------------------------------------


def test_create(client, orders):
    """CreateStateMachineAlias answers the alias's ARN and creation date, and nothing else."""
    assert members(create(client)) == {"stateMachineAliasArn": LIVE, "creationDate": NOW}


def test_create_repeated(client, orders, clock):
    """A repeat answers as the first call did."""
    first = create(client, description="for customers", routingConfiguration=TO_BOTH)
    clock.move_to(LATER)

    assert members(create(client, description="for customers", routingConfiguration=TO_BOTH)) == members(first)
    assert describe(client)["updateDate"] == NOW


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"description": "for customers", "routingConfiguration": TO_TWO}, id="version"),
        pytest.param({"description": "for customers", "routingConfiguration": TO_BOTH}, id="weights"),
        pytest.param({"description": "for us"}, id="description"),
        pytest.param({}, id="no description"),
    ],
)
def test_create_with_a_difference(client, orders, arguments):
    """Another request with a taken name is a ConflictException, even if only the description differs."""
    create(client, description="for customers")
    before = describe(client)

    assert refusal(create, client=client, **arguments) == (
        "ConflictException",
        "Failed to create alias because an alias with the same name and a different routing configuration already "
        "exists.",
    )
    assert describe(client) == before


@pytest.mark.parametrize("name", ["live", "v1.0", "1-0", "_", "a" * 80])
def test_create_takes_a_name(client, orders, name):
    """A name has letters, digits, dots, hyphens and underscores, and not only digits."""
    assert create(client, name)["stateMachineAliasArn"] == f"{MACHINE}:{name}"
    assert listed(client) == [name]


@pytest.mark.parametrize("name", ["123", "INVALID ALIAS", "!INVALID", "ALIAS@", "größe"])
def test_create_refuses_a_name(client, orders, name):
    """The error for a name that does not match the model's pattern contains the pattern."""
    assert refusal(create, client=client, name=name) == (
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {NAME_PATTERN}",
    )
    assert listed(client) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param({"name": ""}, "Invalid length for parameter name, value: 0, valid min length: 1", id="empty name"),
        pytest.param(
            {"routingConfiguration": []},
            "Invalid length for parameter routingConfiguration, value: 0, valid min length: 1",
            id="no version",
        ),
        pytest.param(
            {"routingConfiguration": routing((f"{MACHINE}:1", -1))},
            "Invalid value for parameter routingConfiguration[0].weight, value: -1, valid min value: 0",
            id="a weight below zero",
        ),
    ],
)
def test_create_that_is_not_sent(client, orders, arguments, complaint):
    """botocore refuses a value below the model's minimum, and sends no request."""
    with pytest.raises(ParamValidationError) as refused:
        create(client, **arguments)

    assert str(refused.value) == f"Parameter validation failed:\n{complaint}"
    assert listed(client) == []


def routing_refused(sentence: str) -> tuple[str, str, dict]:
    return "ValidationException", sentence, {"reason": "INVALID_ROUTING_CONFIGURATION"}


def not_found(arn: str) -> tuple[str, str, dict]:
    return "ResourceNotFound", NOT_FOUND, {"resourceName": arn}


BAD_ROUTINGS = [
    pytest.param(
        routing((MACHINE, 50), (f"{MACHINE}:1", 50)),
        routing_refused(
            f"Routing configuration must contain state machine version ARNs. Received: [{MACHINE}, {MACHINE}:1]"
        ),
        id="a machine's ARN",
    ),
    pytest.param(
        routing((LIVE, 100)),
        routing_refused(f"Routing configuration must contain state machine version ARNs. Received: [{LIVE}]"),
        id="an alias's ARN",
    ),
    pytest.param(
        routing((f"{LABELLED}:1", 100)),
        routing_refused(f"Routing configuration must contain state machine version ARNs. Received: [{LABELLED}:1]"),
        id="a labelled ARN",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 50), (f"{MACHINE}:1", 50)),
        routing_refused(
            "Routing configuration must contain distinct state machine version ARNs. "
            f"Received: [{MACHINE}:1, {MACHINE}:1]"
        ),
        id="one version twice",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 70), (f"{MACHINE}:2", 29)),
        routing_refused("Sum of routing configuration weights must equal 100. Received: [70, 29]"),
        id="weights of 99",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 99)),
        routing_refused("Sum of routing configuration weights must equal 100. Received: [99]"),
        id="one weight of 99",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 50), (f"{OTHER}:1", 50)),
        routing_refused(
            f"Routing configuration must contain versions of one state machine. Received: [{MACHINE}:1, {OTHER}:1]"
        ),
        id="versions of two machines",
    ),
    pytest.param(routing((f"{MACHINE}:3", 100)), not_found(f"{MACHINE}:3"), id="no version of that number"),
    pytest.param(routing((f"{MACHINE}:01", 100)), not_found(f"{MACHINE}:01"), id="a number written otherwise"),
    pytest.param(
        routing((f"{PREFIX}:stateMachine:missing:1", 100)),
        not_found(f"{PREFIX}:stateMachine:missing:1"),
        id="no machine of that name",
    ),
    pytest.param(
        routing(("invalid_arn", 100)),
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'"),
        id="no ARN",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 50), (f"{MACHINE}:2", 30), (f"{MACHINE}:3", 20)),
        (
            "ValidationException",
            "1 validation error detected: Value '["
            f"RoutingConfigurationListItem(stateMachineVersionArn={MACHINE}:1, weight=50), "
            f"RoutingConfigurationListItem(stateMachineVersionArn={MACHINE}:2, weight=30), "
            f"RoutingConfigurationListItem(stateMachineVersionArn={MACHINE}:3, weight=20)"
            "]' at 'routingConfiguration' failed to satisfy constraint: "
            "Member must have length less than or equal to 2",
        ),
        id="three versions",
    ),
    pytest.param(
        routing((f"{MACHINE}:1", 101)),
        (
            "ValidationException",
            "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy "
            "constraint: Member must have value less than or equal to 100",
        ),
        id="a weight over 100",
    ),
]


@pytest.mark.parametrize(("routing_configuration", "refused"), BAD_ROUTINGS)
def test_create_refuses_a_routing(client, orders, routing_configuration, refused):
    """An alias routes to one version, or to two versions of one machine with weights that sum to 100."""
    assert refusal(create, client=client, routingConfiguration=routing_configuration) == refused
    assert listed(client) == []


@pytest.mark.parametrize(("routing_configuration", "refused"), BAD_ROUTINGS)
def test_update_refuses_a_routing(client, orders, routing_configuration, refused):
    """An update refuses the routings that a creation refuses, and then changes nothing."""
    create(client)
    before = describe(client)

    assert (
        refusal(
            client.update_state_machine_alias,
            stateMachineAliasArn=LIVE,
            routingConfiguration=routing_configuration,
            description="new",
        )
        == refused
    )
    assert describe(client) == before


def test_weights_may_be_zero(client, orders):
    """All starts may go to one of the two versions."""
    create(client, routingConfiguration=routing((f"{MACHINE}:1", 0), (f"{MACHINE}:2", 100)))
    arn = client.start_execution(stateMachineArn=LIVE)["executionArn"]

    assert client.describe_execution(executionArn=arn)["stateMachineVersionArn"] == f"{MACHINE}:2"


# --- DescribeStateMachineAlias -----------------------------------------------------------------------------------


def test_describe(client, orders):
    """DescribeStateMachineAlias has these members; at first the update date is the creation date."""
    create(client, description="for customers", routingConfiguration=TO_BOTH)

    assert describe(client) == {
        "stateMachineAliasArn": LIVE,
        "name": "live",
        "description": "for customers",
        "routingConfiguration": TO_BOTH,
        "creationDate": NOW,
        "updateDate": NOW,
    }


def test_describe_without_description(client, orders):
    """An alias without a description shows none."""
    create(client)

    assert "description" not in describe(client)


def test_describe_seeded(client, orders):
    """A seeded alias is described as it was seeded."""
    first, second = orders.versions["1"], orders.versions["2"]
    orders.add_alias("live", [(first, 90), (second, 10)], description="for customers")

    assert describe(client)["routingConfiguration"] == TO_BOTH
    assert describe(client)["description"] == "for customers"


BAD_ARNS = [
    pytest.param("invalid_arn", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'"), id="no ARN"),
    pytest.param(MACHINE, ("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {MACHINE}'"), id="a machine's ARN"),
    pytest.param(
        f"{PREFIX}:execution:orders:live",
        ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: execution'"),
        id="an execution's ARN",
    ),
    pytest.param(
        f"{LABELLED}:live",
        (
            "ValidationException",
            f"This operation does not support labeled state machine ARNs: '{LABELLED}:live'",
            {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
        ),
        id="a labelled ARN",
    ),
]
NO_ALIASES = [
    pytest.param(f"{MACHINE}:other", id="no alias of that name"),
    pytest.param(f"{MACHINE}:1", id="a version"),
    pytest.param(f"{PREFIX}:stateMachine:missing:live", id="no machine of that name"),
    pytest.param(LIVE.replace("us-east-1", "eu-west-1"), id="another region"),
    pytest.param(LIVE.replace("123456789012", "210987654321"), id="another account"),
]


@pytest.mark.parametrize(("arn", "refused"), BAD_ARNS)
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        pytest.param("describe_state_machine_alias", {}, id="describe"),
        pytest.param("update_state_machine_alias", {"description": "new"}, id="update"),
        pytest.param("delete_state_machine_alias", {}, id="delete"),
    ],
)
def test_arn_is_refused(client, orders, operation, arguments, arn, refused):
    """Every operation on aliases refuses an ARN of another kind, even if a missing alias is not an error."""
    assert refusal(getattr(client, operation), stateMachineAliasArn=arn, **arguments) == refused


@pytest.mark.parametrize("arn", NO_ALIASES)
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        pytest.param("describe_state_machine_alias", {}, id="describe"),
        pytest.param("update_state_machine_alias", {"description": "new"}, id="update"),
    ],
)
def test_missing_alias(client, orders, operation, arguments, arn):
    """A missing alias is ResourceNotFound, in a sentence without the ARN."""
    create(client)

    assert refusal(getattr(client, operation), stateMachineAliasArn=arn, **arguments) == not_found(arn)


# --- UpdateStateMachineAlias -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"description": "for us"}, id="description"),
        pytest.param({"description": ""}, id="empty description"),
        pytest.param({"routingConfiguration": TO_TWO}, id="routing"),
        pytest.param({"routingConfiguration": TO_BOTH, "description": "for us"}, id="both"),
    ],
)
def test_update(client, orders, clock, changes):
    """An update changes only the given members, and answers its date."""
    create(client, description="for customers")
    before = describe(client)
    clock.move_to(LATER)

    assert members(client.update_state_machine_alias(stateMachineAliasArn=LIVE, **changes)) == {"updateDate": LATER}
    assert describe(client) == {**before, **changes, "updateDate": LATER}


def test_a_repeated_update_changes_nothing(client, orders, clock):
    """An update that changes nothing answers the date of the update before."""
    create(client, description="for customers")
    update = {"stateMachineAliasArn": LIVE, "description": "for us", "routingConfiguration": TO_TWO}
    client.update_state_machine_alias(**update)
    clock.move_to(LATER)

    assert members(client.update_state_machine_alias(**update)) == {"updateDate": NOW}
    assert describe(client)["updateDate"] == NOW


def test_update_routes_future_starts(client, orders):
    """A start goes to the version of the alias at that time; earlier executions keep their version."""
    create(client)
    client.start_execution(stateMachineArn=LIVE, name="before")
    client.update_state_machine_alias(stateMachineAliasArn=LIVE, routingConfiguration=TO_TWO)
    client.start_execution(stateMachineArn=LIVE, name="after")
    executions = client.list_executions(stateMachineArn=LIVE)["executions"]

    assert {execution["name"]: execution["stateMachineVersionArn"] for execution in executions} == {
        "before": f"{MACHINE}:1",
        "after": f"{MACHINE}:2",
    }


def test_update_with_nothing(client, orders):
    """An update must have a description or a routing."""
    create(client)

    assert refusal(client.update_state_machine_alias, stateMachineAliasArn=LIVE) == (
        "ValidationException",
        "Must provide at least one of description and routingConfiguration",
        {"reason": "MISSING_REQUIRED_PARAMETER"},
    )


def test_update_to_another_machine(client, orders):
    """An alias cannot route to a version of another machine."""
    create(client)

    assert refusal(
        client.update_state_machine_alias,
        stateMachineAliasArn=LIVE,
        routingConfiguration=routing((f"{OTHER}:1", 100)),
    ) == routing_refused(f"Routing configuration must contain versions of one state machine. Received: [{OTHER}:1]")


# --- ListStateMachineAliases -------------------------------------------------------------------------------------


def test_list(client, orders, clock):
    """Aliases are listed oldest first, each with ARN and creation date."""
    create(client, "live")
    clock.move_to(LATER)
    create(client, "canary", routingConfiguration=TO_TWO)
    client.update_state_machine_alias(stateMachineAliasArn=LIVE, description="updated last")

    assert members(client.list_state_machine_aliases(stateMachineArn=MACHINE)) == {
        "stateMachineAliases": [
            {"stateMachineAliasArn": LIVE, "creationDate": NOW},
            {"stateMachineAliasArn": f"{MACHINE}:canary", "creationDate": LATER},
        ]
    }


def test_list_is_empty(client, orders):
    """The list of a machine without aliases is empty."""
    assert members(client.list_state_machine_aliases(stateMachineArn=MACHINE)) == {"stateMachineAliases": []}


def test_list_of_a_version(client, orders):
    """The ARN of a version lists the aliases that route to it with any weight."""
    create(client, "both", routingConfiguration=TO_BOTH)
    create(client, "one")
    create(client, "two", routingConfiguration=TO_TWO)

    assert listed(client) == ["both", "one", "two"]
    assert listed(client, f"{MACHINE}:1") == ["both", "one"]
    assert listed(client, f"{MACHINE}:2") == ["both", "two"]


def test_list_order_of_an_alias_that_replaces_another(client, orders):
    """A seeded alias that replaces another is listed as the newest."""
    for name in ["live", "canary", "live"]:
        orders.add_alias(name, 1)

    assert listed(client) == ["canary", "live"]
    assert listed(client, f"{MACHINE}:1") == ["canary", "live"]


@pytest.mark.parametrize(
    ("arn", "refused"),
    [
        pytest.param(
            f"{PREFIX}:stateMachine:missing",
            ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{PREFIX}:stateMachine:missing'"),
            id="no machine of that name",
        ),
        pytest.param(
            f"{PREFIX}:stateMachine:missing:1",
            ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{PREFIX}:stateMachine:missing'"),
            id="a version of no machine",
        ),
        pytest.param(f"{MACHINE}:3", not_found(f"{MACHINE}:3"), id="no version of that number"),
        pytest.param(LIVE, not_found(LIVE), id="an alias"),
        pytest.param("invalid_arn", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'"), id="no ARN"),
        pytest.param(
            LABELLED,
            (
                "ValidationException",
                f"This operation does not support labeled state machine ARNs: '{LABELLED}'",
                {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
            ),
            id="a labelled ARN",
        ),
    ],
)
def test_list_refuses_an_arn(client, orders, arn, refused):
    """Only an existing machine's or version's ARN lists aliases."""
    create(client)

    assert refusal(client.list_state_machine_aliases, stateMachineArn=arn) == refused


def test_list_pages(client, orders):
    """maxResults may change under a token; added and deleted aliases neither shift nor repeat the others."""
    for name in ["a", "b", "c", "d"]:
        create(client, name)
    first = client.list_state_machine_aliases(stateMachineArn=MACHINE, maxResults=2)
    client.delete_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:b")
    create(client, "A")
    second = client.list_state_machine_aliases(stateMachineArn=MACHINE, nextToken=first["nextToken"])

    assert names(first) == ["a", "b"]
    assert names(second) == ["c", "d", "A"]
    assert "nextToken" not in second


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
    """A page has 100 aliases by default; maxResults is 1 to 1000."""
    for index in range(101):
        orders.add_alias(f"alias-{index}", 1)

    assert len(listed(client, **arguments)) == size


def test_list_token_is_tied_to_its_arn(client, orders):
    """A token is valid only for the machine or version that it was given for."""
    create(client, "a")
    create(client, "b")
    token = client.list_state_machine_aliases(stateMachineArn=MACHINE, maxResults=1)["nextToken"]

    assert listed(client, nextToken=token) == ["b"]
    for arn in [f"{MACHINE}:1", OTHER]:
        assert refusal(client.list_state_machine_aliases, stateMachineArn=arn, nextToken=token) == INVALID_TOKEN


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        pytest.param({"nextToken": "InvalidToken"}, INVALID_TOKEN, id="any text"),
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
                "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
                "Member must have value less than or equal to 1000",
            ),
            id="page too large",
        ),
    ],
)
def test_list_refuses_paging(client, orders, arguments, refused):
    """Unknown tokens, and values outside the model's limits, are refused."""
    assert refusal(client.list_state_machine_aliases, stateMachineArn=MACHINE, **arguments) == refused


# --- DeleteStateMachineAlias -------------------------------------------------------------------------------------


def test_delete(client, orders):
    """A deleted alias is not listed, described or started any more; its versions stay."""
    create(client)

    assert members(client.delete_state_machine_alias(stateMachineAliasArn=LIVE)) == {}
    assert listed(client) == []
    assert refusal(client.describe_state_machine_alias, stateMachineAliasArn=LIVE) == not_found(LIVE)
    assert refusal(client.start_execution, stateMachineArn=LIVE) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{LIVE}'",
    )
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["status"] == "ACTIVE"


def test_delete_leaves_executions(client, orders):
    """Executions that a deleted alias started stay, and still show its ARN."""
    create(client)
    client.start_execution(stateMachineArn=LIVE)
    client.delete_state_machine_alias(stateMachineAliasArn=LIVE)
    [execution] = client.list_executions(stateMachineArn=MACHINE)["executions"]

    assert execution["stateMachineAliasArn"] == LIVE


@pytest.mark.parametrize("arn", NO_ALIASES)
def test_delete_of_a_missing_resource(client, orders, arn):
    """The deletion of a missing alias succeeds and deletes nothing."""
    create(client)

    assert members(client.delete_state_machine_alias(stateMachineAliasArn=arn)) == {}
    assert listed(client) == ["live"]
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["status"] == "ACTIVE"


def test_name_is_free_after_deletion(client, orders, clock):
    """An alias with the name of a deleted alias is a new one."""
    create(client)
    client.delete_state_machine_alias(stateMachineAliasArn=LIVE)
    clock.move_to(LATER)

    assert create(client, routingConfiguration=TO_TWO)["creationDate"] == LATER
