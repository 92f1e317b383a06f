"""CreateStateMachine, DescribeStateMachine, ListStateMachines, UpdateStateMachine and DeleteStateMachine."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from uuid import UUID

import boto3
import pytest
from answers import members, refusal
from moto.core.exceptions import ServiceException

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
LATER = NOW + timedelta(minutes=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
MISSING = f"{PREFIX}:stateMachine:missing"
LABELLED = f"{MACHINE}/ProcessItems"
EXECUTION = f"{PREFIX}:execution:orders:nightly"
ROLE = "arn:aws:iam::123456789012:role/orders"
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
CHANGED = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": true}}}'
LOG_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/orders:*"
LOGGING = {"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": LOG_GROUP}}]}
KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/0b7a3c1e-6a0f-4a57-9f6c-2b1b7f7a1c55"
ENCRYPTION = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KMS_KEY, "kmsDataKeyReusePeriodSeconds": 60}


def create(client, **arguments):
    """Create the machine "orders" with default arguments except for ``arguments``."""
    return client.create_state_machine(**{"name": "orders", "definition": DEFINITION, "roleArn": ROLE} | arguments)


def names(page) -> list[str]:
    return [machine["name"] for machine in page["stateMachines"]]


def walk(client, **arguments):
    """Every page of ListStateMachines from the first to the last."""
    page = client.list_state_machines(**arguments)
    yield page
    while "nextToken" in page:
        page = client.list_state_machines(**arguments, nextToken=page["nextToken"])
        yield page


# --- CreateStateMachine ------------------------------------------------------------------------------------------


def test_create_answers_arn_and_date(client):
    """Without a version CreateStateMachine answers ARN and creation date, and nothing else."""
    assert members(create(client)) == {"stateMachineArn": MACHINE, "creationDate": NOW}


@pytest.mark.parametrize("type", ["STANDARD", "EXPRESS"])
def test_create_with_publish_answers_version_1(client, type):
    """With publish it also answers the ARN of version 1, for both types."""
    assert members(create(client, type=type, publish=True)) == {
        "stateMachineArn": MACHINE,
        "creationDate": NOW,
        "stateMachineVersionArn": f"{MACHINE}:1",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({}, id="as before"),
        pytest.param({"type": "STANDARD"}, id="the default type, named"),
        pytest.param({"publish": False}, id="the default publish, named"),
        pytest.param({"loggingConfiguration": {"level": "OFF"}}, id="the default logging, named"),
        pytest.param({"tracingConfiguration": {"enabled": False}}, id="the default tracing, named"),
        pytest.param({"encryptionConfiguration": {"type": "AWS_OWNED_KEY"}}, id="the default encryption, named"),
        pytest.param({"roleArn": f"{ROLE}-2"}, id="another role"),
        pytest.param({"tags": [{"key": "team", "value": "billing"}]}, id="other tags"),
    ],
)
def test_create_repeated(client, clock, arguments):
    """A repeat gets the first answer, and changes neither role nor tags."""
    first = create(client, tags=[{"key": "team", "value": "sales"}])
    clock.move_to(LATER)

    assert members(create(client, **arguments)) == members(first)
    assert client.describe_state_machine(stateMachineArn=MACHINE)["roleArn"] == ROLE
    assert client.list_tags_for_resource(resourceArn=MACHINE)["tags"] == [{"key": "team", "value": "sales"}]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"definition": CHANGED}, id="definition"),
        pytest.param({"definition": f"{DEFINITION} "}, id="white space in the definition"),
        pytest.param({"type": "EXPRESS"}, id="type"),
        pytest.param({"loggingConfiguration": LOGGING}, id="logging"),
        pytest.param({"tracingConfiguration": {"enabled": True}}, id="tracing"),
        pytest.param({"encryptionConfiguration": ENCRYPTION}, id="encryption"),
        pytest.param({"publish": True}, id="publish"),
    ],
)
def test_create_with_a_difference(client, arguments):
    """Another request with a taken name is StateMachineAlreadyExists; definitions are compared as text."""
    create(client)

    assert refusal(create, client=client, **arguments) == (
        "StateMachineAlreadyExists",
        f"State Machine Already Exists: '{MACHINE}'",
    )
    assert client.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"] == []


def test_create_repeated_with_publish(client):
    """A repeat with publish answers version 1 again; another version description is not a repeat."""
    first = create(client, publish=True, versionDescription="one")

    assert members(create(client, publish=True, versionDescription="one")) == members(first)
    assert refusal(create, client=client, publish=True)[0] == "StateMachineAlreadyExists"

    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")

    assert "stateMachineVersionArn" not in create(client, publish=True, versionDescription="one")


def test_create_compares_with_the_machine_as_it_is(client):
    """After an update, a creation with the updated definition is a repeat."""
    create(client)
    client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)

    assert members(create(client, definition=CHANGED)) == {"stateMachineArn": MACHINE, "creationDate": NOW}
    assert refusal(create, client=client)[0] == "StateMachineAlreadyExists"


def test_create_in_another_region(client):
    """A name is taken only in its region."""
    create(client)

    assert create(boto3.client("stepfunctions", "eu-west-1"), definition=CHANGED)["stateMachineArn"] == (
        "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
    )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(f"a{character}b", id=f"U+{ord(character):04X}")
        for character in ' <>{}[]?*"#%\\^|~`$&,;:/\0\x1f\x7f\x9f'
    ],
)
def test_create_refuses_a_character(client, name):
    """A character that AWS refuses in names is InvalidName."""
    assert refusal(create, client=client, name=name) == ("InvalidName", f"Invalid Name: '{name}'")
    assert client.list_state_machines()["stateMachines"] == []


@pytest.mark.parametrize("name", [pytest.param("a.b-c_d", id="punctuation"), pytest.param("Größe-大", id="any script")])
def test_create_takes_other_characters(client, name):
    """Dots, hyphens, underscores and letters of any script are allowed in names and ARNs."""
    assert create(client, name=name)["stateMachineArn"] == f"{PREFIX}:stateMachine:{name}"
    assert client.describe_state_machine(stateMachineArn=f"{PREFIX}:stateMachine:{name}")["name"] == name


def test_create_refuses_a_long_name(client):
    """A name of more than 80 characters is a violation of the model, not an InvalidName."""
    assert refusal(create, client=client, name="n" * 81) == (
        "ValidationException",
        f"1 validation error detected: Value '{'n' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80",
    )


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        pytest.param(
            {"roleArn": "orders"},
            ("InvalidArn", "Invalid Role Arn: 'orders'"),
            id="role that is not an ARN",
        ),
        pytest.param(
            {"roleArn": "arn:aws:iam::123456789012:user/orders"},
            ("InvalidArn", "Invalid Role Arn: 'arn:aws:iam::123456789012:user/orders'"),
            id="ARN that is not a role's",
        ),
        pytest.param(
            {"versionDescription": "one"},
            ("ValidationException", "Version description can only be set when publish is true"),
            id="version description without publish",
        ),
        pytest.param(
            {"versionDescription": "one", "publish": False},
            ("ValidationException", "Version description can only be set when publish is true"),
            id="version description with publish false",
        ),
        pytest.param(
            {"tags": [{"key": "team", "value": "billing"}, {"value": "billing"}]},
            (
                "ValidationException",
                "1 validation error detected: Value null at 'tags.2.member.key' failed to satisfy constraint: "
                "Member must not be null",
            ),
            id="tag without a key",
        ),
    ],
)
def test_create_refuses(client, arguments, refused):
    """A refused creation changes nothing."""
    assert refusal(create, client=client, **arguments) == refused
    assert client.list_state_machines()["stateMachines"] == []


def test_create_with_tags(client):
    """A machine has the tags of its creation; the value of a tag may be empty or absent."""
    create(client, tags=[{"key": "team", "value": "billing"}, {"key": "draft", "value": ""}, {"key": "new"}])

    assert client.list_tags_for_resource(resourceArn=MACHINE)["tags"] == [
        {"key": "team", "value": "billing"},
        {"key": "draft", "value": ""},
        {"key": "new", "value": ""},
    ]


def test_create_does_not_inherit_tags(client):
    """A new machine has no tags of a deleted machine with its name."""
    create(client, tags=[{"key": "team", "value": "billing"}])
    client.delete_state_machine(stateMachineArn=MACHINE)
    create(client)

    assert client.list_tags_for_resource(resourceArn=MACHINE)["tags"] == []


# --- Definitions -------------------------------------------------------------------------------------------------

NO_OBJECT = "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"
WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "https://sqs/orders", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}
SYNCING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders"},
    "End": True,
}
PASS = {"Type": "Pass", "End": True}


def source(text: str, column: int) -> str:
    """The position at which AWS's parser stops in a text that is not JSON, in its words."""
    return f'[Source: (String)"{text}"; line: 1, column: {column}]'


def workflow(**states) -> dict:
    return {"StartAt": next(iter(states)), "States": states}


CUT_OFF = '{"StartAt": "Done"'
BAD_DEFINITIONS = [
    pytest.param(" ", NO_OBJECT, id="blank"),
    pytest.param("[]", NO_OBJECT, id="JSON, but no object"),
    pytest.param(
        "not JSON",
        "INVALID_JSON_DESCRIPTION: Unrecognized token 'not': was expecting "
        "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n"
        f" at {source('not JSON', 4)} at {source('not JSON', 4)}",
        id="no JSON",
    ),
    pytest.param(
        '{"StartAt": "Done"',
        "INVALID_JSON_DESCRIPTION: Unexpected end-of-input: expected close marker for Object "
        f"(start marker at {source(CUT_OFF, 1)})\n at {source(CUT_OFF, 19)} at {source(CUT_OFF, 19)}",
        id="cut off",
    ),
    pytest.param(
        '{"StartAt": "Done"}',
        "SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /",
        id="no States",
    ),
    pytest.param(
        '{"States": {"Done": {"Type": "Succeed"}}}',
        "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /",
        id="no StartAt",
    ),
    pytest.param(
        "{}",
        "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /",
        id="neither StartAt nor States",
    ),
]


@pytest.mark.parametrize(("definition", "reason"), BAD_DEFINITIONS)
def test_create_refuses_a_definition(client, definition, reason):
    """A text that is not a JSON object, or lacks a required field, is InvalidDefinition."""
    assert refusal(create, client=client, definition=definition) == (
        "InvalidDefinition",
        f"Invalid State Machine Definition: '{reason}'",
    )
    assert client.list_state_machines()["stateMachines"] == []


@pytest.mark.parametrize(("definition", "reason"), BAD_DEFINITIONS)
def test_update_refuses_a_definition(client, definition, reason):
    """An update refuses the definitions that a creation refuses, and then changes nothing."""
    create(client)

    assert refusal(client.update_state_machine, stateMachineArn=MACHINE, definition=definition) == (
        "InvalidDefinition",
        f"Invalid State Machine Definition: '{reason}'",
    )
    assert client.describe_state_machine(stateMachineArn=MACHINE)["definition"] == DEFINITION


@pytest.mark.parametrize(
    ("definition", "pattern", "pointer"),
    [
        pytest.param(
            workflow(Ask=WAITING),
            ".waitForTaskToken' service integration ",
            "/States/Ask/Resource",
            id="for a callback",
        ),
        pytest.param(workflow(Nest=SYNCING), ".sync' service integration", "/States/Nest/Resource", id="for a job"),
        pytest.param(
            workflow(Both={"Type": "Parallel", "Branches": [workflow(One=PASS), workflow(Ask=WAITING)], "End": True}),
            ".waitForTaskToken' service integration ",
            "/States/Both/Branches[1]/States/Ask/Resource",
            id="in a branch",
        ),
        pytest.param(
            workflow(Each={"Type": "Map", "ItemProcessor": workflow(Nest=SYNCING), "End": True}),
            ".sync' service integration",
            "/States/Each/ItemProcessor/States/Nest/Resource",
            id="for each item",
        ),
        pytest.param(
            workflow(Each={"Type": "Map", "Iterator": workflow(Nest=SYNCING), "End": True}),
            ".sync' service integration",
            "/States/Each/Iterator/States/Nest/Resource",
            id="for each item, as it was written before",
        ),
    ],
)
def test_express_cannot_wait(client, definition, pattern, pointer):
    """Only STANDARD machines may have a task that waits for a job or a callback."""
    text = json.dumps(definition)

    assert refusal(create, client=client, definition=text, type="EXPRESS") == (
        "InvalidDefinition",
        f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support "
        f"'{pattern} at {pointer}'",
    )
    assert create(client, definition=text)["stateMachineArn"] == MACHINE


# --- Configurations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        pytest.param(
            {"loggingConfiguration": {}},
            {"loggingConfiguration": {"level": "OFF", "includeExecutionData": False}},
            id="no logging",
        ),
        pytest.param(
            {"loggingConfiguration": {"level": "OFF", "includeExecutionData": True, "destinations": []}},
            {"loggingConfiguration": {"level": "OFF", "includeExecutionData": True, "destinations": []}},
            id="logging prepared and off",
        ),
        pytest.param(
            {"loggingConfiguration": LOGGING},
            {"loggingConfiguration": {"includeExecutionData": False, **LOGGING}},
            id="logging of errors",
        ),
        pytest.param({"tracingConfiguration": {}}, {"tracingConfiguration": {"enabled": False}}, id="no tracing"),
        pytest.param(
            {"tracingConfiguration": {"enabled": True}}, {"tracingConfiguration": {"enabled": True}}, id="tracing"
        ),
        pytest.param(
            {"encryptionConfiguration": ENCRYPTION}, {"encryptionConfiguration": ENCRYPTION}, id="a key of one's own"
        ),
    ],
)
def test_configuration_is_shown_with_its_defaults(client, arguments, shown):
    """A configuration is described with AWS's defaults for absent members."""
    create(client, **arguments)
    description = client.describe_state_machine(stateMachineArn=MACHINE)

    assert {member: description[member] for member in shown} == shown


ONE_DESTINATION = (
    "InvalidLoggingConfiguration",
    "Invalid Logging Configuration: Must specify exactly one Log Destination.",
)
NO_DESTINATION = ("InvalidLoggingConfiguration", "Invalid Logging Configuration: Log Destination not found.")


def logged_to(arn: str) -> dict:
    return {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]}


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        pytest.param({"loggingConfiguration": {"level": "ALL"}}, ONE_DESTINATION, id="no log destination"),
        pytest.param(
            {"loggingConfiguration": {"level": "FATAL", "destinations": []}}, ONE_DESTINATION, id="no destination"
        ),
        pytest.param(
            {"loggingConfiguration": {"destinations": LOGGING["destinations"] * 2}},
            ONE_DESTINATION,
            id="two destinations, even if nothing is logged",
        ),
        pytest.param(
            {"loggingConfiguration": {"level": "ALL", "destinations": [{}]}}, NO_DESTINATION, id="empty destination"
        ),
        pytest.param(
            {"loggingConfiguration": {"destinations": [{"cloudWatchLogsLogGroup": {}}]}},
            NO_DESTINATION,
            id="no log group",
        ),
        pytest.param({"loggingConfiguration": logged_to("/orders")}, NO_DESTINATION, id="log group by its name"),
        pytest.param(
            {"loggingConfiguration": logged_to(LOG_GROUP.removesuffix(":*"))}, NO_DESTINATION, id="ARN without :*"
        ),
        pytest.param(
            {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}},
            (
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Must specify a KMS key for type CUSTOMER_MANAGED_KMS_KEY.",
            ),
            id="no key",
        ),
        pytest.param(
            {"encryptionConfiguration": {"type": "AWS_OWNED_KEY", "kmsKeyId": "alias/orders"}},
            (
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: Must not specify a KMS key for type AWS_OWNED_KEY.",
            ),
            id="key id of the default key",
        ),
        pytest.param(
            {"encryptionConfiguration": {"type": "NONE"}},
            (
                "ValidationException",
                "1 validation error detected: Value 'NONE' at 'encryptionConfiguration.type' failed to satisfy "
                "constraint: Member must satisfy enum value set: [AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY]",
            ),
            id="unknown type of key",
        ),
    ],
)
def test_configuration_is_refused(client, arguments, refused):
    """Creations and updates refuse the same configurations, and then change nothing."""
    assert refusal(create, client=client, **arguments) == refused
    assert client.list_state_machines()["stateMachines"] == []

    create(client)
    before = members(client.describe_state_machine(stateMachineArn=MACHINE))

    assert refusal(client.update_state_machine, stateMachineArn=MACHINE, **arguments) == refused
    assert members(client.describe_state_machine(stateMachineArn=MACHINE)) == before


# --- DescribeStateMachine ----------------------------------------------------------------------------------------


def test_describe(client):
    """A machine that was never updated has exactly these members."""
    create(client)

    assert members(client.describe_state_machine(stateMachineArn=MACHINE)) == {
        "stateMachineArn": MACHINE,
        "name": "orders",
        "status": "ACTIVE",
        "definition": DEFINITION,
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": NOW,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


def test_describe_seeded(client, sfn_executions):
    """A seeded machine is described as it was seeded."""
    sfn_executions.add_state_machine(
        "orders", type="EXPRESS", definition=DEFINITION, role_arn=ROLE, creation_date="2025-06-01T08:00:00.250Z"
    )
    description = client.describe_state_machine(stateMachineArn=MACHINE)

    assert description["type"] == "EXPRESS"
    assert description["definition"] == DEFINITION
    assert description["roleArn"] == ROLE
    assert description["creationDate"] == datetime(2025, 6, 1, 8, 0, 0, 250_000, tzinfo=timezone.utc)


def test_create_of_a_seeded_machine(client, sfn_executions):
    """CreateStateMachine returns a seeded machine of the same name, definition and role, unless it is to publish."""
    sfn_executions.add_state_machine("orders", definition=DEFINITION, role_arn=ROLE)

    assert create(client)["stateMachineArn"] == MACHINE
    again = {"name": "orders", "definition": DEFINITION, "roleArn": ROLE, "publish": True}
    assert refusal(client.create_state_machine, **again)[0] == "StateMachineAlreadyExists"


def test_describe_version(client, clock):
    """The ARN of a version shows its ARN, date, revision and description, and the machine's name."""
    create(client)
    clock.move_to(LATER)
    client.publish_state_machine_version(stateMachineArn=MACHINE, description="one")
    client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED, roleArn=f"{ROLE}-2")

    assert members(client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")) == {
        "stateMachineArn": f"{MACHINE}:1",
        "name": "orders",
        "status": "ACTIVE",
        "definition": DEFINITION,
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": LATER,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "description": "one",
    }
    assert "description" not in client.describe_state_machine(stateMachineArn=MACHINE)


def test_describe_version_without_description(client):
    """A version without a description shows none."""
    create(client, publish=True)

    assert "description" not in client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")


@pytest.mark.parametrize(
    ("included", "definition"),
    [
        pytest.param({"includedData": "ALL_DATA"}, DEFINITION, id="all data"),
        pytest.param({"includedData": "METADATA_ONLY"}, "{}", id="metadata only"),
    ],
)
def test_describe_included_data(client, included, definition):
    """With METADATA_ONLY the definition is {}, and the rest does not change."""
    create(client, publish=True)
    whole = members(client.describe_state_machine(stateMachineArn=MACHINE))
    version = client.describe_state_machine(stateMachineArn=f"{MACHINE}:1", **included)

    assert members(client.describe_state_machine(stateMachineArn=MACHINE, **included)) == {
        **whole,
        "definition": definition,
    }
    assert version["definition"] == definition


def does_not_exist(arn: str) -> tuple[str, str]:
    return "StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'"


LABEL_REFUSED = (
    "ValidationException",
    f"This operation does not support labeled state machine ARNs: '{LABELLED}'",
    {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
)
OTHER_PLACES = [
    pytest.param(MACHINE.replace("us-east-1", "eu-west-1"), id="another region"),
    pytest.param(MACHINE.replace("123456789012", "210987654321"), id="another account"),
]
BAD_ARNS = [
    pytest.param(
        "not_a_valid_arn",
        ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"),
        id="no ARN",
    ),
    pytest.param(
        EXECUTION,
        ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: execution'"),
        id="an execution's ARN",
    ),
    pytest.param(LABELLED, LABEL_REFUSED, id="a labelled ARN"),
]


@pytest.mark.parametrize(("arn", "refused"), BAD_ARNS)
@pytest.mark.parametrize("operation", ["describe_state_machine", "update_state_machine", "delete_state_machine"])
def test_arn_is_refused(client, operation, arn, refused):
    """Every operation on machines refuses an ARN of another kind, even if a missing machine is not an error."""
    assert refusal(getattr(client, operation), stateMachineArn=arn) == refused


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(MISSING, id="no machine of that name"),
        *OTHER_PLACES,
        pytest.param(f"{MACHINE}:2", id="no version of that number"),
        pytest.param(f"{MACHINE}:01", id="a number written otherwise"),
        pytest.param(f"{MACHINE}:other", id="no alias of that name"),
        pytest.param(f"{MACHINE}:live", id="an alias, which has its own operation"),
    ],
)
def test_describe_of_a_missing_machine(client, sfn_executions, arn):
    """A missing machine or version is StateMachineDoesNotExist, with the given ARN."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())

    assert refusal(client.describe_state_machine, stateMachineArn=arn) == does_not_exist(arn)


# --- ListStateMachines -------------------------------------------------------------------------------------------


def test_list_items(client, sfn_executions):
    """Each item has these four members."""
    create(client, type="EXPRESS")
    sfn_executions.add_state_machine("billing", creation_date="2025-06-01")

    assert client.list_state_machines()["stateMachines"] == [
        {
            "stateMachineArn": f"{PREFIX}:stateMachine:billing",
            "name": "billing",
            "type": "STANDARD",
            "creationDate": datetime(2025, 6, 1, tzinfo=timezone.utc),
        },
        {"stateMachineArn": MACHINE, "name": "orders", "type": "EXPRESS", "creationDate": NOW},
    ]


def test_list_is_empty(client):
    """Without machines the list is empty."""
    assert members(client.list_state_machines()) == {"stateMachines": []}


def test_list_order(client, sfn_executions):
    """Machines are listed by name in the order of code points, not by date."""
    for name in ["sm_2_", "a", "sm_10_", "B", "sm_1_", "ä", "sm_0_"]:
        sfn_executions.add_state_machine(name)

    assert names(client.list_state_machines()) == ["B", "a", "sm_0_", "sm_10_", "sm_1_", "sm_2_", "ä"]
    assert [name for page in walk(client, maxResults=2) for name in names(page)] == names(client.list_state_machines())


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        pytest.param({}, 100, id="default"),
        pytest.param({"maxResults": 0}, 100, id="0 means default"),
        pytest.param({"maxResults": 1}, 1, id="least"),
        pytest.param({"maxResults": 1000}, 1000, id="most"),
    ],
)
def test_list_page_size(client, sfn_executions, arguments, size):
    """A page has 100 machines by default; maxResults is 1 to 1000."""
    for index in range(1001):
        sfn_executions.add_state_machine(f"sm-{index:04}")
    page = client.list_state_machines(**arguments)

    assert len(page["stateMachines"]) == size
    assert "nextToken" in page


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        pytest.param(2, [2], id="exactly one page"),
        pytest.param(3, [2, 1], id="one more"),
        pytest.param(4, [2, 2], id="two full pages"),
    ],
)
def test_list_ends_without_a_token(client, sfn_executions, count, sizes):
    """The last page has no token, even if it is full."""
    for index in range(count):
        sfn_executions.add_state_machine(f"sm-{index}")

    assert [len(page["stateMachines"]) for page in walk(client, maxResults=2)] == sizes


def test_list_paginator(client, sfn_executions):
    """botocore's paginator gets every machine once."""
    for index in range(5):
        sfn_executions.add_state_machine(f"sm-{index}")
    pages = client.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 2})

    assert [name for page in pages for name in names(page)] == ["sm-0", "sm-1", "sm-2", "sm-3", "sm-4"]


def test_list_token_marks_a_name(client, sfn_executions):
    """Machines that are added or deleted between two pages neither shift nor repeat the others."""
    for name in ["b", "d", "f"]:
        sfn_executions.add_state_machine(name)
    first = client.list_state_machines(maxResults=2)
    client.delete_state_machine(stateMachineArn=f"{PREFIX}:stateMachine:d")
    sfn_executions.add_state_machine("a")
    sfn_executions.add_state_machine("e")

    assert names(first) == ["b", "d"]
    assert names(client.list_state_machines(maxResults=1000, nextToken=first["nextToken"])) == ["e", "f"]


def test_list_token_of_the_longest_name(client, sfn_executions):
    """A token has at most 1024 characters, also for a name of 80 characters of four bytes."""
    name = "\U00020000" * 80
    sfn_executions.add_state_machine(name)
    sfn_executions.add_state_machine(name.replace("\U00020000", "\U00020001"))
    token = client.list_state_machines(maxResults=1)["nextToken"]

    assert len(token) <= 1024
    assert len(client.list_state_machines(nextToken=token)["stateMachines"]) == 1


@pytest.fixture
def token(client, sfn_executions):
    """A token for the second page of ListStateMachines."""
    sfn_executions.add_state_machine("billing").publish_version()
    sfn_executions.add_state_machine("orders").publish_version()
    return client.list_state_machines(maxResults=1)["nextToken"]


INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: "InvalidToken", id="any text"),
        pytest.param(lambda token: token[:-4], id="cut off"),
        pytest.param(str.swapcase, id="in other letters"),
        pytest.param(lambda token: "\ud800", id="a lone surrogate"),
    ],
)
def test_list_refuses_a_token(client, token, spoil):
    """A token that ListStateMachines did not give is InvalidToken."""
    assert refusal(client.list_state_machines, nextToken=spoil(token)) == INVALID_TOKEN


def test_list_refuses_tokens_of_other_requests(client, token):
    """A token is valid only for its operation and region, and until a reset."""
    elsewhere = boto3.client("stepfunctions", "eu-west-1")

    assert refusal(client.list_state_machine_versions, stateMachineArn=MACHINE, nextToken=token) == INVALID_TOKEN
    assert refusal(elsewhere.list_state_machines, nextToken=token) == INVALID_TOKEN


def test_list_token_expires(client, clock, token):
    """A token is valid for less than 24 hours."""
    clock.move_to(NOW + timedelta(hours=24) - timedelta(milliseconds=1))

    assert names(client.list_state_machines(nextToken=token)) == ["orders"]

    clock.move_to(NOW + timedelta(hours=24))

    assert refusal(client.list_state_machines, nextToken=token) == INVALID_TOKEN


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
def test_list_constraints(client, arguments, violation):
    """Values outside the model's limits are refused with AWS's sentences."""
    assert refusal(client.list_state_machines, **arguments) == (
        "ValidationException",
        f"1 validation error detected: {violation}",
    )


# --- UpdateStateMachine ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        pytest.param({"definition": CHANGED}, {"definition": CHANGED}, id="definition"),
        pytest.param({"roleArn": f"{ROLE}-2"}, {"roleArn": f"{ROLE}-2"}, id="role"),
        pytest.param(
            {"loggingConfiguration": LOGGING},
            {"loggingConfiguration": {"includeExecutionData": False, **LOGGING}},
            id="logging",
        ),
        pytest.param(
            {"tracingConfiguration": {"enabled": True}}, {"tracingConfiguration": {"enabled": True}}, id="tracing"
        ),
        pytest.param({"encryptionConfiguration": ENCRYPTION}, {"encryptionConfiguration": ENCRYPTION}, id="encryption"),
    ],
)
def test_update(client, clock, arguments, shown):
    """An update changes only the given members, and answers its date and a revision id."""
    create(client)
    before = members(client.describe_state_machine(stateMachineArn=MACHINE))
    clock.move_to(LATER)
    answer = members(client.update_state_machine(stateMachineArn=MACHINE, **arguments))
    revision = answer.pop("revisionId")

    assert answer == {"updateDate": LATER}
    assert members(client.describe_state_machine(stateMachineArn=MACHINE)) == {
        **before,
        **shown,
        "revisionId": revision,
    }


def test_update_replaces_a_configuration(client):
    """A configuration is replaced as a whole: absent members have their defaults again."""
    create(client, loggingConfiguration=LOGGING)
    client.update_state_machine(stateMachineArn=MACHINE, loggingConfiguration={})

    assert client.describe_state_machine(stateMachineArn=MACHINE)["loggingConfiguration"] == {
        "level": "OFF",
        "includeExecutionData": False,
    }


def test_update_to_the_same(client, clock):
    """An update without a change makes no revision."""
    create(client)
    clock.move_to(LATER)

    assert members(client.update_state_machine(stateMachineArn=MACHINE, definition=DEFINITION, roleArn=ROLE)) == {
        "updateDate": LATER
    }

    changed = client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)

    assert members(client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)) == {
        "updateDate": LATER,
        "revisionId": changed["revisionId"],
    }


def test_update_back_and_forth(client):
    """Each change has its own revision id, also one that restores an earlier state."""
    create(client)
    revisions = [
        client.update_state_machine(stateMachineArn=MACHINE, definition=definition)["revisionId"]
        for definition in [CHANGED, DEFINITION, CHANGED]
    ]

    assert len(set(revisions)) == 3


def test_update_with_publish(client):
    """An update with publish answers the version of the new revision."""
    create(client, publish=True)
    answer = client.update_state_machine(
        stateMachineArn=MACHINE, tracingConfiguration={"enabled": True}, publish=True, versionDescription="traced"
    )
    version = client.describe_state_machine(stateMachineArn=f"{MACHINE}:2")

    assert members(answer) == {
        "updateDate": NOW,
        "revisionId": str(UUID(answer["revisionId"])),
        "stateMachineVersionArn": f"{MACHINE}:2",
    }
    assert version["description"] == "traced"
    assert version["tracingConfiguration"] == {"enabled": True}
    assert version["revisionId"] == answer["revisionId"]


@pytest.mark.parametrize("published", [pytest.param(False, id="first"), pytest.param(True, id="again")])
def test_update_to_the_same_with_publish(client, published):
    """publish without a change answers version 1 and no revision id, whether or not it existed."""
    create(client, publish=published)

    assert members(client.update_state_machine(stateMachineArn=MACHINE, definition=DEFINITION, publish=True)) == {
        "updateDate": NOW,
        "stateMachineVersionArn": f"{MACHINE}:1",
    }


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        pytest.param(
            {},
            (
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
                "specified",
            ),
            id="nothing",
        ),
        pytest.param(
            {"publish": True, "versionDescription": "one"},
            (
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be "
                "specified",
            ),
            id="nothing but a version",
        ),
        pytest.param(
            {"definition": CHANGED, "versionDescription": "one"},
            ("ValidationException", "Version description can only be set when publish is true"),
            id="version description without publish",
        ),
        pytest.param(
            {"roleArn": "orders", "definition": CHANGED},
            ("InvalidArn", "Invalid Role Arn: 'orders'"),
            id="role that is not an ARN",
        ),
        pytest.param(
            {"definition": json.dumps(workflow(Ask=WAITING)), "roleArn": f"{ROLE}-2"},
            (
                "InvalidDefinition",
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support "
                "'.waitForTaskToken' service integration  at /States/Ask/Resource'",
            ),
            id="definition for the other type",
        ),
    ],
)
def test_update_refuses(client, arguments, refused):
    """A refused update changes nothing."""
    create(client, type="EXPRESS")
    before = members(client.describe_state_machine(stateMachineArn=MACHINE))

    assert refusal(client.update_state_machine, stateMachineArn=MACHINE, **arguments) == refused
    assert members(client.describe_state_machine(stateMachineArn=MACHINE)) == before
    assert client.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"] == []


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(MISSING, id="no machine of that name"),
        *OTHER_PLACES,
        pytest.param(f"{MACHINE}:1", id="a version"),
        pytest.param(f"{MACHINE}:live", id="an alias"),
    ],
)
def test_update_of_a_missing_machine(client, sfn_executions, arn):
    """UpdateStateMachine does not accept the ARNs of versions and aliases."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())

    assert refusal(client.update_state_machine, stateMachineArn=arn, definition=CHANGED) == does_not_exist(arn)


# --- DeleteStateMachine ------------------------------------------------------------------------------------------


def test_delete(client, sfn_executions):
    """A machine without running executions is deleted at once, with its versions, aliases and executions."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())
    orders.add_execution("nightly", status="SUCCEEDED")

    assert members(client.delete_state_machine(stateMachineArn=MACHINE)) == {}
    assert client.list_state_machines()["stateMachines"] == []
    for arn in [MACHINE, f"{MACHINE}:1", f"{MACHINE}:live"]:
        assert refusal(client.describe_state_machine, stateMachineArn=arn) == does_not_exist(arn)
    assert refusal(client.describe_execution, executionArn=EXECUTION)[0] == "ExecutionDoesNotExist"


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(MISSING, id="no machine of that name"),
        *OTHER_PLACES,
        pytest.param(f"{MACHINE}:1", id="a version"),
        pytest.param(f"{MACHINE}:live", id="an alias"),
    ],
)
def test_delete_of_a_missing_resource(client, sfn_executions, arn):
    """The deletion of a missing machine succeeds and deletes nothing."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())

    assert members(client.delete_state_machine(stateMachineArn=arn)) == {}
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["status"] == "ACTIVE"
    assert client.describe_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live")["name"] == "live"


@pytest.fixture
def deleting(client, sfn_executions):
    """The DELETING machine "orders" and its running execution."""
    orders = sfn_executions.add_state_machine("orders", definition=DEFINITION, role_arn=ROLE)
    orders.add_alias("live", orders.publish_version())
    running = orders.add_execution("nightly", status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)
    return running


def test_delete_waits_for_executions(client, deleting):
    """While an execution runs, the machine is DELETING and is listed; then it is deleted."""
    assert client.describe_state_machine(stateMachineArn=MACHINE)["status"] == "DELETING"
    assert client.describe_state_machine(stateMachineArn=f"{MACHINE}:1")["status"] == "DELETING"
    assert names(client.list_state_machines()) == ["orders"]

    deleting.succeed()

    assert client.list_state_machines()["stateMachines"] == []
    assert refusal(client.describe_state_machine, stateMachineArn=MACHINE) == does_not_exist(MACHINE)


@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
def test_delete_waits_for_child_executions(client, sfn_executions, execution_type):
    """A machine is also DELETING while a child execution of a map run runs."""
    orders = sfn_executions.add_state_machine("orders")
    batch = orders.add_execution(status="SUCCEEDED").add_map_run("Items", execution_type=execution_type)
    batch_arn = batch.arn
    child = batch.add_execution("item", status="FAILED")
    child.status = "RUNNING"
    other = sfn_executions.add_state_machine("other").add_execution(status="RUNNING")
    other.add_map_run("Items").add_execution(status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)

    assert client.describe_state_machine(stateMachineArn=MACHINE)["status"] == "DELETING"
    assert [run["name"] for run in client.list_executions(mapRunArn=batch_arn)["executions"]] == ["item"]

    child.succeed()

    assert refusal(client.describe_state_machine, stateMachineArn=MACHINE) == does_not_exist(MACHINE)
    assert refusal(client.list_executions, mapRunArn=batch_arn)[0] == "ResourceNotFound"
    assert other.status == "RUNNING"


def test_delete_twice(client, deleting):
    """A second deletion of a DELETING machine changes nothing."""
    assert members(client.delete_state_machine(stateMachineArn=MACHINE)) == {}
    assert client.describe_state_machine(stateMachineArn=MACHINE)["status"] == "DELETING"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        pytest.param(
            "create_state_machine", {"name": "orders", "definition": DEFINITION, "roleArn": ROLE}, id="create"
        ),
        pytest.param("update_state_machine", {"stateMachineArn": MACHINE, "definition": CHANGED}, id="update"),
        pytest.param("publish_state_machine_version", {"stateMachineArn": MACHINE}, id="publish"),
        pytest.param(
            "create_state_machine_alias",
            {"name": "next", "routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]},
            id="create an alias",
        ),
        pytest.param(
            "update_state_machine_alias",
            {"stateMachineAliasArn": f"{MACHINE}:live", "description": "d"},
            id="update an alias",
        ),
        pytest.param("list_state_machine_aliases", {"stateMachineArn": MACHINE}, id="list aliases"),
        pytest.param("start_execution", {"stateMachineArn": MACHINE}, id="start"),
        pytest.param("start_execution", {"stateMachineArn": f"{MACHINE}:live"}, id="start by alias"),
    ],
)
def test_deleting_machine_refuses(client, deleting, operation, arguments):
    """These operations answer StateMachineDeleting for a DELETING machine."""
    assert refusal(getattr(client, operation), **arguments) == (
        "StateMachineDeleting",
        f"State Machine is being deleted: '{MACHINE}'",
    )


def test_name_is_free_after_deletion(client, deleting):
    """A new machine with the name of a deleted one is empty, and its versions begin with 1."""
    deleting.abort()
    create(client, definition=CHANGED, publish=True)

    assert client.list_executions(stateMachineArn=MACHINE)["executions"] == []
    assert client.list_state_machine_aliases(stateMachineArn=MACHINE)["stateMachineAliases"] == []
    assert client.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"] == [
        {"stateMachineVersionArn": f"{MACHINE}:1", "creationDate": NOW}
    ]


# --- moto's backend ----------------------------------------------------------------------------------------------


def test_backend_creates_and_updates(client, backend):
    """moto's backend creates, updates and deletes the same machines, with moto's attributes."""
    created = backend.create_state_machine("orders", DEFINITION, ROLE, tags=[{"key": "team", "value": "billing"}])

    assert (created.arn, created.name, created.type, created.roleArn) == (MACHINE, "orders", "STANDARD", ROLE)
    assert (created.creation_date, created.update_date, created.description) == (NOW, NOW, None)
    assert created.loggingConfiguration == {"level": "OFF", "includeExecutionData": False}
    assert created.tracingConfiguration == {"enabled": False}
    assert created.encryptionConfiguration == {"type": "AWS_OWNED_KEY"}
    assert client.list_tags_for_resource(resourceArn=MACHINE)["tags"] == [{"key": "team", "value": "billing"}]

    updated = backend.update_state_machine(MACHINE, definition=CHANGED, publish=True, version_description="one")

    assert updated.definition == CHANGED
    assert client.describe_state_machine(stateMachineArn=MACHINE)["definition"] == CHANGED
    assert backend.describe_state_machine(f"{MACHINE}:1").description == "one"

    backend.delete_state_machine(MACHINE)

    assert client.list_state_machines()["stateMachines"] == []


def test_backend_lists(backend):
    """The backend's list has moto's form, a page and a token, in AWS's order."""
    for name in ["b", "a", "c"]:
        backend.create_state_machine(name, DEFINITION, ROLE)
    page, token = backend.list_state_machines(max_results=2)
    rest, end = backend.list_state_machines(next_token=token)

    assert [machine.name for machine in [*page, *rest]] == ["a", "b", "c"]
    assert end is None


def test_backend_aliases(client, backend):
    """The backend creates, reads and deletes aliases by the same rules."""
    backend.create_state_machine("orders", DEFINITION, ROLE, publish=True)
    routing = [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]
    alias = backend.create_state_machine_alias("live", routing, None)

    assert (alias.arn, alias.name, alias.statemachine_arn) == (f"{MACHINE}:live", "live", MACHINE)
    assert (alias.description, alias.creation_date, alias.update_date) == (None, NOW, NOW)
    assert alias.routing_configuration == routing
    assert backend.update_state_machine_alias(f"{MACHINE}:live", "for customers", None).description == "for customers"
    assert [found.name for found in backend.list_state_machine_aliases(MACHINE)[0]] == ["live"]

    backend.delete_state_machine_alias(f"{MACHINE}:live")

    assert client.list_state_machine_aliases(stateMachineArn=MACHINE)["stateMachineAliases"] == []


@pytest.mark.parametrize(
    ("name", "definition", "refused"),
    [
        pytest.param(
            "orders",
            "{}",
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: "
            "These fields are required: [States, StartAt] at /'",
            id="definition",
        ),
        pytest.param(
            "n" * 81,
            DEFINITION,
            f"ValidationException: 1 validation error detected: Value '{'n' * 81}' at 'name' failed to satisfy "
            "constraint: Member must have length less than or equal to 80",
            id="long name",
        ),
    ],
)
def test_backend_refuses(client, backend, name, definition, refused):
    """The backend refuses what a client would be refused, including the model's constraints."""
    with pytest.raises(ServiceException) as error:
        backend.create_state_machine(name, definition, ROLE)

    assert str(error.value) == refused
    assert client.list_state_machines()["stateMachines"] == []
