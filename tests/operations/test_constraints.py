"""Requests that break the model's constraints are refused with AWS's sentences."""

import json
from enum import Enum, IntEnum

import pytest
from botocore.model import ServiceModel
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_mock.aws import constraints
from sfn_mock.aws.constraints import check, operations, read
from sfn_mock.aws.exceptions import ConstraintViolation, SerializationException, UnknownOperationException

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
VERSION_ARN = f"{ARN}:1"
MAP_RUN_ARN = "arn:aws:states:us-east-1:123456789012:mapRun:orders/items:7f2f4a4e"
ALIAS_PATTERN = r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"


class Status(str, Enum):
    """The API's statuses as an enum of the user's code."""

    RUNNING = "RUNNING"
    GONE_WELL = "SUCCEEDED"
    GONE_WRONG = "WRONG"


class Limit(IntEnum):
    TOO_MANY = 1001


def message(operation, parameters):
    """The sentence that refuses the request."""
    with pytest.raises(ConstraintViolation) as refusal:
        check(operation, parameters)
    return refusal.value.message


def refusal_of(operation, parameters):
    """The sentence of the error, empty if AWS sends none, or None if the request passes."""
    try:
        check(operation, parameters)
    except (ConstraintViolation, SerializationException) as refusal:
        return refusal.message
    return None


def routing(*weights):
    """The routing configuration of an alias, with the same version in each part."""
    return [{"stateMachineVersionArn": VERSION_ARN, "weight": weight} for weight in weights]


def alias(**parameters):
    """Parameters of CreateStateMachineAlias, valid except for ``parameters``."""
    return {"name": "live", "routingConfiguration": routing(100)} | parameters


def machine(**parameters):
    """Parameters of CreateStateMachine, valid except for ``parameters``."""
    return {"name": "orders", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r"} | parameters


# --- Each constraint -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "parameters", "violation"),
    [
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": ARN, "statusFilter": "succeeded"},
            "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: "
            "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
            id="status filter, in the recorded order",
        ),
        pytest.param(
            "ListExecutions",
            {"mapRunArn": MAP_RUN_ARN, "redriveFilter": "x"},
            "Value 'x' at 'redriveFilter' failed to satisfy constraint: Member must satisfy enum value set: "
            "[REDRIVEN, NOT_REDRIVEN]",
            id="redrive filter, in the model's order",
        ),
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": ARN, "maxResults": 1001},
            "Value '1001' at 'maxResults' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000",
            id="page size over the largest",
        ),
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": ARN, "maxResults": -1},
            "Value '-1' at 'maxResults' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0",
            id="page size below zero",
        ),
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": ARN, "nextToken": "x" * 3097},
            f"Value '{'x' * 3097}' at 'nextToken' failed to satisfy constraint: "
            "Member must have length less than or equal to 3096",
            id="page token too long",
        ),
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": ARN, "nextToken": ""},
            "Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
            id="page token empty",
        ),
        pytest.param(
            "ListExecutions",
            {"stateMachineArn": "a" * 257},
            f"Value '{'a' * 257}' at 'stateMachineArn' failed to satisfy constraint: "
            "Member must have length less than or equal to 256",
            id="state machine ARN too long",
        ),
        pytest.param(
            "ListExecutions",
            {"mapRunArn": "a" * 2001},
            f"Value '{'a' * 2001}' at 'mapRunArn' failed to satisfy constraint: "
            "Member must have length less than or equal to 2000",
            id="map run ARN too long",
        ),
        pytest.param(
            "ListStateMachineVersions",
            {"stateMachineArn": ARN, "nextToken": "x" * 1025},
            f"Value '{'x' * 1025}' at 'nextToken' failed to satisfy constraint: "
            "Member must have length less than or equal to 1024",
            id="page token of another operation too long",
        ),
        pytest.param(
            "StartExecution",
            {"stateMachineArn": ARN, "name": "n" * 81},
            f"Value '{'n' * 81}' at 'name' failed to satisfy constraint: "
            "Member must have length less than or equal to 80",
            id="execution name too long",
        ),
        pytest.param(
            "CreateStateMachineAlias",
            alias(name="n" * 81),
            f"Value '{'n' * 81}' at 'name' failed to satisfy constraint: "
            "Member must have length less than or equal to 80",
            id="alias name too long",
        ),
        pytest.param(
            "CreateStateMachineAlias",
            alias(routingConfiguration=routing(50, 30, 20)),
            "Value '["
            f"RoutingConfigurationListItem(stateMachineVersionArn={VERSION_ARN}, weight=50), "
            f"RoutingConfigurationListItem(stateMachineVersionArn={VERSION_ARN}, weight=30), "
            f"RoutingConfigurationListItem(stateMachineVersionArn={VERSION_ARN}, weight=20)"
            "]' at 'routingConfiguration' failed to satisfy constraint: "
            "Member must have length less than or equal to 2",
            id="more than two versions",
        ),
        pytest.param(
            "CreateStateMachineAlias",
            alias(routingConfiguration=[]),
            "Value '[]' at 'routingConfiguration' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            id="no version",
        ),
        pytest.param(
            "CreateStateMachineAlias",
            alias(routingConfiguration=routing(101)),
            "Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: "
            "Member must have value less than or equal to 100",
            id="weight over 100",
        ),
        pytest.param(
            "UpdateStateMachineAlias",
            {"stateMachineAliasArn": f"{ARN}:live", "routingConfiguration": routing(50, -1)},
            "Value '-1' at 'routingConfiguration.2.member.weight' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0",
            id="second weight below zero",
        ),
        pytest.param(
            "CreateStateMachine",
            machine(loggingConfiguration={"level": "LOUD"}),
            "Value 'LOUD' at 'loggingConfiguration.level' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ALL, ERROR, FATAL, OFF]",
            id="in a structure",
        ),
        pytest.param(
            "CreateStateMachine",
            machine(
                loggingConfiguration={
                    "destinations": [{}, {"cloudWatchLogsLogGroup": {"logGroupArn": ""}}],
                }
            ),
            "Value '' at 'loggingConfiguration.destinations.2.member.cloudWatchLogsLogGroup.logGroupArn' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1",
            id="in a structure in a list in a structure",
        ),
        pytest.param(
            "UntagResource",
            {"resourceArn": ARN, "tagKeys": ["team", ""]},
            "Value '' at 'tagKeys.2.member' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            id="in a list of strings",
        ),
        pytest.param(
            "RedriveExecution",
            {"executionArn": ARN, "clientToken": "two words"},
            "Value 'two words' at 'clientToken' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [!-~]+",
            id="client token with a blank",
        ),
        pytest.param(
            "StartExecution",
            {"stateMachineArn": ARN, "traceHeader": "Root=é"},
            "Value 'Root=é' at 'traceHeader' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: \p{ASCII}*",
            id="trace header outside ASCII",
        ),
        pytest.param(
            "UpdateMapRun",
            {"mapRunArn": MAP_RUN_ARN, "toleratedFailurePercentage": 100.5},
            "Value '100.5' at 'toleratedFailurePercentage' failed to satisfy constraint: "
            "Member must have value less than or equal to 100",
            id="percentage over 100",
        ),
        pytest.param(
            "UpdateMapRun",
            {"mapRunArn": MAP_RUN_ARN, "toleratedFailurePercentage": 101},
            "Value '101.0' at 'toleratedFailurePercentage' failed to satisfy constraint: "
            "Member must have value less than or equal to 100",
            id="whole percentage, which Java writes as a float",
        ),
    ],
)
def test_violation(operation, parameters, violation):
    """The sentence has the value, its path and the model's limit."""
    refusal = message(operation, parameters)

    assert refusal == f"1 validation error detected: {violation}"


@pytest.mark.parametrize(
    "name", ["123", "INVALID ALIAS", "!INVALID", "ALIAS@", "ALIAS\n", "\nALIAS", "ALIÁS", "\u0661a"]
)
def test_alias_name_pattern(name):
    """A pattern must match the whole value, including a newline at its end."""
    refusal = message("CreateStateMachineAlias", alias(name=name))

    assert refusal == (
        f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {ALIAS_PATTERN}"
    )


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"])
def test_statuses(status):
    """The recorded order of the statuses decides only the order: each status passes."""
    check("ListExecutions", {"statusFilter": status})


def test_str_enum():
    """A str that is also an Enum counts as its text, also in the sentence."""
    check("ListExecutions", {"statusFilter": Status.GONE_WELL})

    refusal = message("ListExecutions", {"statusFilter": Status.GONE_WRONG, "maxResults": Limit.TOO_MANY})

    assert refusal == (
        "2 validation errors detected: "
        "Value 'WRONG' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: "
        "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]; "
        "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"
    )


# --- Required members ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "parameters", "path"),
    [
        pytest.param("DescribeStateMachine", {}, "stateMachineArn", id="absent"),
        pytest.param("DescribeStateMachine", {"stateMachineArn": None}, "stateMachineArn", id="null"),
        pytest.param("CreateStateMachine", machine(definition=None), "definition", id="sensitive"),
        pytest.param(
            "CreateStateMachineAlias",
            alias(routingConfiguration=[{"stateMachineVersionArn": VERSION_ARN}]),
            "routingConfiguration.1.member.weight",
            id="in a list",
        ),
        pytest.param("UntagResource", {"resourceArn": ARN, "tagKeys": [None]}, "tagKeys.1.member", id="null in a list"),
    ],
)
def test_missing_required_member(operation, parameters, path):
    """A required member that is absent or null is named by its path."""
    refusal = message(operation, parameters)

    assert refusal == (
        f"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )


def test_null_of_an_optional_member():
    """A null of an optional member counts as absent."""
    assert refusal_of("ListStateMachines", {"maxResults": None}) is None


# --- Sensitive members -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "parameters", "violation"),
    [
        pytest.param(
            "StartExecution",
            {"stateMachineArn": ARN, "input": "x" * 262145},
            "Value at 'input' failed to satisfy constraint: "
            "Member must have size less than or equal to 262144 bytes in UTF-8 encoding",
            id="input",
        ),
        pytest.param(
            "StartExecution",
            {"stateMachineArn": ARN, "input": "é" * 131073},
            "Value at 'input' failed to satisfy constraint: "
            "Member must have size less than or equal to 262144 bytes in UTF-8 encoding",
            id="input of few characters but many bytes",
        ),
        pytest.param(
            "SendTaskSuccess",
            {"taskToken": "t", "output": "x" * 262145},
            "Value at 'output' failed to satisfy constraint: "
            "Member must have size less than or equal to 262144 bytes in UTF-8 encoding",
            id="output",
        ),
        pytest.param(
            "CreateStateMachine",
            machine(definition="x" * 1048577),
            "Value at 'definition' failed to satisfy constraint: Member must have length less than or equal to 1048576",
            id="definition",
        ),
        pytest.param(
            "CreateStateMachine",
            machine(definition=""),
            "Value at 'definition' failed to satisfy constraint: Member must have length greater than or equal to 1",
            id="empty definition",
        ),
        pytest.param(
            "StopExecution",
            {"executionArn": ARN, "error": "x" * 257},
            "Value at 'error' failed to satisfy constraint: Member must have length less than or equal to 256",
            id="error",
        ),
        pytest.param(
            "CreateStateMachineAlias",
            alias(description="x" * 257),
            "Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 256",
            id="description",
        ),
    ],
)
def test_sensitive_member(operation, parameters, violation):
    """The value of a sensitive member is never repeated; inputs and outputs are measured in bytes."""
    refusal = message(operation, parameters)

    assert refusal == f"1 validation error detected: {violation}"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param("StartExecution", {"stateMachineArn": ARN, "input": "é" * 131072}, id="input, in bytes"),
        pytest.param("SendTaskFailure", {"taskToken": "t", "cause": "é" * 32768}, id="cause, in characters"),
        pytest.param(
            "PublishStateMachineVersion", {"stateMachineArn": ARN, "description": "é" * 256}, id="description"
        ),
    ],
)
def test_largest_sensitive_member(operation, parameters):
    """The limit of inputs and outputs is in bytes, and that of all other texts in characters."""
    check(operation, parameters)


# --- Several violations ----------------------------------------------------------------------------------------


def test_all_violations_in_one_answer():
    """One answer has every violation, in the order of the model's members."""
    refusal = message(
        "ListExecutions", {"redriveFilter": "", "maxResults": 1001, "stateMachineArn": "", "mapRunArn": ""}
    )

    assert refusal == (
        "4 validation errors detected: "
        "Value '' at 'stateMachineArn' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000; "
        "Value '' at 'mapRunArn' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        "Value '' at 'redriveFilter' failed to satisfy constraint: "
        "Member must satisfy enum value set: [REDRIVEN, NOT_REDRIVEN]"
    )


def test_violations_of_one_value():
    """Length comes before pattern, a list before its elements; an absent member is shown as null."""
    refusal = message(
        "CreateStateMachineAlias", alias(name="@" * 81, routingConfiguration=[*routing(1, 1), {"weight": 101}])
    )

    part = f"RoutingConfigurationListItem(stateMachineVersionArn={VERSION_ARN}, weight=1)"
    assert refusal == (
        "5 validation errors detected: "
        f"Value '{'@' * 81}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80; "
        f"Value '{'@' * 81}' at 'name' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {ALIAS_PATTERN}; "
        f"Value '[{part}, {part}, RoutingConfigurationListItem(stateMachineVersionArn=null, weight=101)]' "
        "at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2; "
        "Value null at 'routingConfiguration.3.member.stateMachineVersionArn' failed to satisfy constraint: "
        "Member must not be null; "
        "Value '101' at 'routingConfiguration.3.member.weight' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )


# --- Types -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param('"{}"', id="string"),
        pytest.param("{", id="no JSON"),
        pytest.param(b"\xff", id="no text"),
        pytest.param("[" * 100_000, id="too deep"),
    ],
)
def test_body_that_is_not_an_object(body):
    """A body that is not a JSON object cannot be read."""
    with pytest.raises(SerializationException) as refusal:
        read(body)

    assert refusal.value.message == ""


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param("ListExecutions", {"stateMachineArn": 1}, id="number for a string"),
        pytest.param("ListExecutions", {"stateMachineArn": b"arn"}, id="bytes for a string"),
        pytest.param("ListExecutions", {"statusFilter": ["RUNNING"]}, id="list for an enum"),
        pytest.param("ListExecutions", {"maxResults": "10"}, id="string for an integer"),
        pytest.param("ListExecutions", {"maxResults": True}, id="boolean for an integer"),
        pytest.param("ListExecutions", {"maxResults": 10.0}, id="whole float for an integer"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailureCount": 1.5}, id="float for a long"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "maxConcurrency": 2**31}, id="more than 32 bits"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "maxConcurrency": -(2**31) - 1}, id="less than 32 bits"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailureCount": 2**63}, id="more than 64 bits"),
        pytest.param("ListExecutions", {"maxResults": 2**31}, id="more than 32 bits and the limit"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": "1"}, id="string for a float"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": True}, id="boolean for a float"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": float("nan")}, id="NaN"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": float("inf")}, id="Infinity"),
        pytest.param("GetExecutionHistory", {"executionArn": "e", "reverseOrder": 1}, id="number for a boolean"),
        pytest.param("UntagResource", {"resourceArn": "r", "tagKeys": "team"}, id="string for a list"),
        pytest.param("UntagResource", {"resourceArn": "r", "tagKeys": {}}, id="object for a list"),
        pytest.param("UntagResource", {"resourceArn": "r", "tagKeys": [1]}, id="number in a list of strings"),
        pytest.param("CreateStateMachine", machine(tracingConfiguration=[]), id="list for a structure"),
        pytest.param("ListExecutions", {"statusFilter": "x", "maxResults": "10"}, id="behind a violation"),
        pytest.param("CreateStateMachineAlias", alias(routingConfiguration=["v"] * 3), id="in a list that is too long"),
    ],
)
def test_other_type(operation, parameters):
    """A value of a type that the model does not have cannot be read, whatever else is wrong."""
    with pytest.raises(SerializationException) as refusal:
        check(operation, parameters)

    assert refusal.value.message == ""


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param("ListExecutions", {}, id="nothing required"),
        pytest.param("ListExecutions", dict.fromkeys(["stateMachineArn", "maxResults", "nextToken"]), id="nulls"),
        pytest.param("ListExecutions", {"maxResults": 0}, id="least value"),
        pytest.param("ListExecutions", {"maxResults": 1000}, id="greatest value"),
        pytest.param(
            "ListExecutions", {"stateMachineArn": "a", "nextToken": "x" * 3096}, id="least and greatest length"
        ),
        pytest.param("ListExecutions", {"unheardOf": {"of": []}}, id="unknown member"),
        pytest.param("StartExecution", {"stateMachineArn": ARN, "traceHeader": ""}, id="empty trace header"),
        pytest.param("StartExecution", {"stateMachineArn": ARN, "traceHeader": "Root=1;\n\x00~"}, id="all of ASCII"),
        pytest.param("StartExecution", {"stateMachineArn": ARN, "input": "{}"}, id="input"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": 5}, id="whole percentage"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailureCount": 2**40}, id="long"),
        pytest.param("GetExecutionHistory", {"executionArn": "e", "reverseOrder": False}, id="boolean"),
        pytest.param("UntagResource", {"resourceArn": "r", "tagKeys": []}, id="empty list"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "maxConcurrency": 2**31 - 1}, id="integer of 32 bits"),
        pytest.param("UpdateMapRun", {"mapRunArn": "m", "toleratedFailureCount": 2**63 - 1}, id="long of 64 bits"),
        pytest.param("UntagResource", {"resourceArn": "r", "tagKeys": ("team",)}, id="tuple for a list"),
        pytest.param("CreateStateMachineAlias", alias(name="live-2.0_b"), id="alias"),
        pytest.param("CreateStateMachineAlias", alias(routingConfiguration=routing(90, 10)), id="two versions"),
    ],
)
def test_valid_request(operation, parameters):
    """A request that the model allows has no violation."""
    check(operation, parameters)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\udfff{0}\x00%s"], ids=ascii)
def test_texts_that_cannot_be_encoded(text):
    """Lone surrogates, NUL and templates are repeated unchanged, and measured like other texts."""
    check("StartExecution", {"stateMachineArn": text, "input": text})

    refusal = message("ListExecutions", {"redriveFilter": text})

    assert refusal == (
        f"1 validation error detected: Value '{text}' at 'redriveFilter' failed to satisfy constraint: "
        "Member must satisfy enum value set: [REDRIVEN, NOT_REDRIVEN]"
    )


def test_percentages_of_any_size():
    """A whole percentage that is too large for Java breaks only its limit."""
    refusal = message("UpdateMapRun", {"mapRunArn": "m", "toleratedFailurePercentage": 10**400})

    assert refusal == (
        f"1 validation error detected: Value '{10**400}.0' at 'toleratedFailurePercentage' failed to satisfy "
        "constraint: Member must have value less than or equal to 100"
    )


# --- All of the API --------------------------------------------------------------------------------------------


def test_unknown_operation():
    """An unknown operation is refused before its parameters are checked."""
    with pytest.raises(UnknownOperationException) as refusal:
        check("ListEverything", None)

    assert refusal.value.code == "UnknownOperationException"


def test_operations():
    """The operations are those of the API's model, which is read once."""
    names = operations()

    assert {"ListExecutions", "RedriveExecution", "UpdateMapRun"} < names
    assert operations() is names


@pytest.mark.parametrize("operation", sorted(operations()))
def test_every_operation(operation):
    """The check of each operation misses exactly the members that the model requires."""
    required = constraints.get_service_model("stepfunctions").operation_model(operation).input_shape.required_members
    sentence = refusal_of(operation, {}) or ""

    assert all(f"Value null at '{member}' failed" in sentence for member in required)
    assert sentence.count("Member must not be null") == len(required)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(data=st.data())
def test_any_request(data):
    """Every request passes or gets an AWS error."""
    operation = data.draw(st.sampled_from(sorted(operations())))
    members = constraints.get_service_model("stepfunctions").operation_model(operation).input_shape.members
    any_object = st.dictionaries(st.text(max_size=3), JSON, max_size=3)
    parameters = data.draw(any_object | st.fixed_dictionaries({}, optional=dict.fromkeys(members, JSON)))

    sentence = refusal_of(operation, parameters)

    assert sentence is None or json.loads(json.dumps(sentence)) == sentence


# --- Another model of the service ------------------------------------------------------------------------------


@pytest.fixture
def use_shapes(monkeypatch):
    """Replace the API by one operation, ``Ask``, with the given shapes."""

    def use(**shapes):
        model = ServiceModel(
            {"metadata": {}, "operations": {"Ask": {"input": {"shape": "AskInput"}}}, "shapes": shapes}
        )
        monkeypatch.setattr(constraints, "get_service_model", lambda name: model)
        forget()

    def forget():
        constraints.operations.cache_clear()
        constraints._request_check.cache_clear()

    yield use
    forget()


def test_new_status(use_shapes):
    """A new status of the API passes, and is last in the recorded order."""
    use_shapes(
        AskInput={"type": "structure", "members": {"status": {"shape": "ExecutionStatus"}}},
        ExecutionStatus={"type": "string", "enum": ["PAUSED", "RUNNING", "LOST", "SUCCEEDED"]},
    )

    check("Ask", {"status": "PAUSED"})

    assert message("Ask", {"status": "x"}) == (
        "1 validation error detected: Value 'x' at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SUCCEEDED, RUNNING, PAUSED, LOST]"
    )


def test_required_member_of_a_structure(use_shapes):
    """A given structure must have its required members; an absent structure misses none."""
    use_shapes(
        AskInput={"type": "structure", "members": {"key": {"shape": "Key"}}},
        Key={"type": "structure", "members": {"type": {"shape": "Text"}}, "required": ["type"]},
        Text={"type": "string"},
    )

    check("Ask", {"key": None})

    assert message("Ask", {"key": {}}) == (
        "1 validation error detected: Value null at 'key.type' failed to satisfy constraint: Member must not be null"
    )


def test_pattern_that_python_cannot_read(use_shapes):
    """A pattern that Python cannot read refuses nothing."""
    use_shapes(
        AskInput={"type": "structure", "members": {"letter": {"shape": "Letter"}}},
        Letter={"type": "string", "pattern": r"\p{javaLetter}"},
    )

    check("Ask", {"letter": "1"})


def test_new_type(use_shapes):
    """A value of a type that the API does not use today is not checked."""
    use_shapes(
        AskInput={"type": "structure", "members": {"since": {"shape": "Timestamp"}}},
        Timestamp={"type": "timestamp"},
    )

    check("Ask", {"since": "yesterday"})


def test_echo_of_each_type(use_shapes):
    """A list is written as Java writes it, without the values of sensitive members."""
    use_shapes(
        AskInput={"type": "structure", "members": {"items": {"shape": "Items"}}},
        Items={"type": "list", "member": {"shape": "Item"}, "max": 0},
        Item={
            "type": "structure",
            "members": {"on": {"shape": "Flag"}, "share": {"shape": "Share"}, "secret": {"shape": "Secret"}},
        },
        Flag={"type": "boolean"},
        Share={"type": "double"},
        Secret={"type": "string", "sensitive": True},
    )

    refusal = message("Ask", {"items": [{"on": True, "share": 1.5, "secret": "s3cret"}, {"on": False, "share": 2}]})

    assert refusal == (
        "1 validation error detected: Value '["
        "Item(on=true, share=1.5, secret=***Sensitive Data Redacted***), Item(on=false, share=2.0, secret=null)"
        "]' at 'items' failed to satisfy constraint: Member must have length less than or equal to 0"
    )
