"""StartExecution, StopExecution, DescribeExecution and DescribeStateMachineForExecution."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from answers import members, refusal

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
MISSING = f"{PREFIX}:stateMachine:missing"
EXECUTION = f"{PREFIX}:execution:orders:nightly"
NO_SUCH_EXECUTION = f"{PREFIX}:execution:orders:never"
ROLE = "arn:aws:iam::123456789012:role/orders"
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
CHANGED = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": true}}}'
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
INPUT_SIZE = 262144


@pytest.fixture
def orders(sfn_executions):
    return sfn_executions.add_state_machine("orders", definition=DEFINITION, role_arn=ROLE)


def start(client, name="nightly", **arguments):
    return client.start_execution(**{"stateMachineArn": MACHINE, "name": name} | arguments)


def describe(client, arn=EXECUTION, **arguments):
    return members(client.describe_execution(executionArn=arn, **arguments))


def listed(client, **arguments):
    return [item["name"] for item in client.list_executions(**{"stateMachineArn": MACHINE} | arguments)["executions"]]


def described(**more):
    """The answer of DescribeExecution for "nightly", started now and RUNNING except for ``more``."""
    running = {
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
    }
    return {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "name": "nightly",
        "status": "RUNNING",
        "startDate": NOW,
        "input": "{}",
        "inputDetails": {"included": True},
        "redriveCount": 0,
        **({} if "redriveStatus" in more else running),
        **more,
    }


SUCCEEDED = {
    "status": "SUCCEEDED",
    "output": "{}",
    "outputDetails": {"included": True},
    "redriveStatus": "NOT_REDRIVABLE",
    "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
}


# --- StartExecution: what starts -------------------------------------------------------------------------------


def test_start_is_answered_with_arn_and_date(client, orders):
    """StartExecution answers the execution's ARN and its start date in milliseconds, and nothing else."""
    answer = start(client)

    assert members(answer) == {"executionArn": EXECUTION, "startDate": NOW}


def test_started_execution_runs_until_it_is_ended(client, orders, clock):
    """Without on_start a started execution stays RUNNING, by default with input {}."""
    start(client)
    clock.tick(300 * DAY)

    assert describe(client) == described()


def test_name_is_a_uuid_unless_given(client, orders):
    """An execution without a name gets a UUID as its name."""
    arns = [client.start_execution(stateMachineArn=MACHINE)["executionArn"] for _ in range(2)]

    assert all(re.fullmatch(f"{PREFIX}:execution:orders:{UUID}", arn) for arn in arns)
    assert arns[0] != arns[1]
    assert [describe(client, arn)["name"] for arn in arns] == [arn.rpartition(":")[2] for arn in arns]


@pytest.mark.parametrize(
    ("qualifier", "arns"),
    [
        pytest.param("", {}, id="machine"),
        pytest.param(":1", {"stateMachineVersionArn": f"{MACHINE}:1"}, id="version"),
        pytest.param(
            ":live",
            {"stateMachineVersionArn": f"{MACHINE}:2", "stateMachineAliasArn": f"{MACHINE}:live"},
            id="alias, and the version it chose",
        ),
    ],
)
def test_execution_shows_the_version_and_alias_of_its_start(client, orders, qualifier, arns):
    """The execution's ARN and stateMachineArn are unqualified; version and alias have their own members."""
    orders.publish_version()
    orders.add_alias("live", orders.publish_version())

    answer = start(client, stateMachineArn=MACHINE + qualifier)

    assert answer["executionArn"] == EXECUTION
    assert describe(client) == described(**arns)
    assert members(client.list_executions(stateMachineArn=MACHINE + qualifier)) == {
        "executions": [
            {
                "executionArn": EXECUTION,
                "stateMachineArn": MACHINE,
                "name": "nightly",
                "status": "RUNNING",
                "startDate": NOW,
                "redriveCount": 0,
                **arns,
            }
        ]
    }


@pytest.mark.parametrize("qualifier", ["", ":1", ":live"])
def test_express_arn_ends_with_an_id(client, fast, qualifier):
    """The ARN of an EXPRESS execution ends with a UUID, so its name can be used again at once."""
    fast.add_alias("live", fast.publish_version())

    arns = [start(client, stateMachineArn=fast.arn + qualifier)["executionArn"] for _ in range(2)]

    assert all(re.fullmatch(f"{PREFIX}:express:fast:nightly:{UUID}", arn) for arn in arns)
    assert arns[0] != arns[1]


def test_express_name_is_a_uuid_unless_given(client, fast):
    """The ARN of an EXPRESS execution without a name has two UUIDs."""
    arn = client.start_execution(stateMachineArn=fast.arn)["executionArn"]

    assert re.fullmatch(f"{PREFIX}:express:fast:{UUID}:{UUID}", arn)


def test_the_header_of_a_trace_has_priority_over_the_parameter(monkeypatch, client, orders):
    """The header X-Amzn-Trace-Id has priority over traceHeader."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "nightly")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    start(client, traceHeader="Root=1-00000000-000000000000000000000000")

    assert describe(client) == described(traceHeader="Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")


@pytest.mark.parametrize("header", ["Root=1-5759e988-bd862e3fe1be46a994272793", "x" * 256, ""])
def test_trace_header_is_described(client, orders, header):
    """DescribeExecution shows the X-Ray trace header that was passed."""
    start(client, traceHeader=header)

    assert describe(client) == described(traceHeader=header)


def test_started_and_seeded_executions_are_alike(client, orders, clock, sfn_executions):
    """A test can end started executions, and code can list and stop seeded ones."""
    orders.add_execution("seeded", status="RUNNING", start_date=-MINUTE)
    start(client, "started")

    sfn_executions.get_execution(f"{PREFIX}:execution:orders:started").fail("Late", "Rain")
    client.stop_execution(executionArn=f"{PREFIX}:execution:orders:seeded")

    assert [execution.name for execution in orders.executions] == ["seeded", "started"]
    assert listed(client, statusFilter="FAILED") == ["started"]
    assert listed(client, statusFilter="ABORTED") == ["seeded"]


# --- StartExecution: names and inputs --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a" * 80, "v1.2_3-4", "Größe", "日次", "it's(2)=a+b!@"])
def test_valid_name(client, orders, name):
    """A name has up to 80 characters: dots, letters of any alphabet, and marks without a meaning for AWS."""
    arn = start(client, name)["executionArn"]

    assert arn == f"{PREFIX}:execution:orders:{name}"
    assert describe(client, arn)["name"] == name


@pytest.mark.parametrize(
    "character",
    [
        *' \t\n\u2003<>{}[]?*"#%\\^|~`$&,;:/',
        *"\x00\x1f\x7f\x80\x9f\ufffe\uffff\ud800\udfff\U0010ffff",
    ],
    ids=ascii,
)
def test_character_that_names_cannot_have(client, orders, character):
    """White space, brackets, wildcards, special and control characters make a name invalid."""
    name = f"a{character}b"

    assert refusal(start, client=client, name=name) == ("InvalidName", f"Invalid Name: '{name}'")
    assert listed(client) == []


def test_name_of_81_characters_is_refused(client, orders):
    """A name that is too long is a ValidationException, not an InvalidName."""
    name = "a" * 81

    assert refusal(start, client=client, name=name) == (
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
        f"Member must have length less than or equal to 80",
    )


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "2",
        '"some text"',
        "null",
        "[1, 2]",
        ' {"a": {"b": 1.5e3}} ',
        '{"größe": "日"}',
        pytest.param(f'"{"a" * (INPUT_SIZE - 2)}"', id="the most bytes"),
        pytest.param("1" * 5000, id="a number of 5,000 digits"),
    ],
)
def test_input_is_any_json_text(client, orders, text):
    """An input may be any JSON value, and is shown as the text that was sent."""
    start(client, input=text)

    assert describe(client) == described(input=text)


ANY_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("not some json", f"Unrecognized token 'not': was expecting {ANY_VALUE}", id="recorded: a word"),
        pytest.param(
            "{'not': 'json'",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            id="recorded: a name in single quotes",
        ),
        pytest.param("", "Invalid execution input.", id="recorded: nothing"),
        pytest.param(" \n", "Invalid execution input.", id="white space"),
        pytest.param(
            "NaN",
            "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
            id="NaN",
        ),
        pytest.param(
            '{"a": undefined}', f"Unrecognized token 'undefined': was expecting {ANY_VALUE}", id="a word inside"
        ),
        pytest.param(
            '{"a": 1',
            "Unexpected end-of-input: expected close marker for Object (start marker at [Source: "
            '(String)"{"a": 1"; line: 1, column: 1])',
            id="cut off",
        ),
        pytest.param(
            '["a", "b',
            "Unexpected end-of-input: was expecting closing quote for a string value",
            id="cut off in a string",
        ),
        pytest.param(
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            id="no colon",
        ),
        pytest.param(
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
            id="no comma",
        ),
        pytest.param(
            '{"a": 1 , }',
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            id="a comma too many in an object",
        ),
        pytest.param(
            "[1,]",
            f"Unexpected character (']' (code 93)): expected a valid value {ANY_VALUE}",
            id="a comma too many in an array",
        ),
        pytest.param(
            "{} true",
            "Unexpected character ('t' (code 116)): expected the end of the input",
            id="two values",
        ),
        pytest.param(
            '"a\nb"',
            "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in "
            "string value",
            id="a line break in a string",
        ),
        pytest.param(r'"a\qb"', "Unrecognized character escape 'q' (code 113)", id="an escape JSON does not have"),
        pytest.param("[" * 100_000, "Document nesting depth exceeds the maximum allowed", id="too deep"),
    ],
)
def test_input_that_is_not_json(client, orders, text, reason):
    """InvalidExecutionInput names the position at which the parser failed."""
    assert refusal(start, client=client, input=text) == (
        "InvalidExecutionInput",
        f"Invalid State Machine Execution Input: '{reason}'",
    )
    assert listed(client) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'"{"a" * (INPUT_SIZE - 1)}"', id="one byte more"),
        pytest.param(f'"{"ö" * (INPUT_SIZE // 2)}"', id="fewer characters, more bytes"),
    ],
)
def test_input_too_large(client, orders, text):
    """An input has at most 262,144 bytes, and the error does not repeat it."""
    assert refusal(start, client=client, input=text) == (
        "ValidationException",
        "1 validation error detected: Value at 'input' failed to satisfy constraint: "
        "Member must have size less than or equal to 262144 bytes in UTF-8 encoding",
    )


# --- StartExecution: what cannot be started --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        pytest.param(
            "not_an_arn", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: not_an_arn'"), id="recorded: no ARN"
        ),
        pytest.param(
            f"{PREFIX}:execution:orders:nightly",
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: execution'"),
            id="recorded: an execution",
        ),
        pytest.param(
            f"{PREFIX}::stateMachine:orders",
            ("InvalidArn", f"Invalid Arn: 'Resource type can not be empty: {PREFIX}::stateMachine:orders'"),
            id="recorded: no resource type",
        ),
        *(
            pytest.param(arn, ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'"), id=what)
            for what, arn in {
                "recorded: no such machine": MISSING,
                "no such version": f"{MACHINE}:7",
                "no such alias": f"{MACHINE}:live",
                "no such region": MACHINE.replace("us-east-1", "eu-west-1"),
                "no such account": MACHINE.replace("123456789012", "210987654321"),
            }.items()
        ),
        pytest.param(
            f"{MACHINE}/ProcessItems",
            (
                "ValidationException",
                f"This operation does not support labeled state machine ARNs: '{MACHINE}/ProcessItems'",
                {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
            ),
            id="labelled",
        ),
    ],
)
def test_arn_that_cannot_be_started(client, orders, arn, error):
    """A start needs the ARN of an existing machine, version or alias."""
    assert refusal(start, client=client, stateMachineArn=arn) == error


def test_deleting_machine_starts_nothing(client, orders):
    """A DELETING machine refuses starts, also through a version."""
    version = orders.publish_version()
    run = orders.add_execution("last", status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)

    deleting = ("StateMachineDeleting", f"State Machine is being deleted: '{MACHINE}'")
    assert refusal(start, client=client) == deleting
    assert refusal(start, client=client, stateMachineArn=version.arn) == deleting

    run.succeed()

    assert refusal(start, client=client)[0] == "StateMachineDoesNotExist"


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        pytest.param(
            {"stateMachineArn": "x", "name": "a" * 81, "input": "x"}, "ValidationException", id="constraints first"
        ),
        pytest.param({"stateMachineArn": "x", "name": "a b", "input": "x"}, "InvalidArn", id="then the ARN"),
        pytest.param(
            {"stateMachineArn": MISSING, "name": "a b", "input": "x"}, "StateMachineDoesNotExist", id="then existence"
        ),
        pytest.param(
            {"stateMachineArn": f"{PREFIX}:stateMachine:old", "name": "a b", "input": "x"},
            "StateMachineDeleting",
            id="then whether it stays",
        ),
        pytest.param({"name": "a b", "input": "x"}, "InvalidName", id="then the name's characters"),
        pytest.param({"name": "nightly", "input": "x"}, "InvalidExecutionInput", id="then the input"),
        pytest.param({"name": "nightly", "input": "[]"}, "ExecutionAlreadyExists", id="then whether the name is free"),
    ],
)
def test_first_error_wins(client, orders, sfn_executions, faults, code):
    """The first error counts: constraints, ARN, existence, DELETING, name, input, then a taken name."""
    orders.add_execution("nightly", status="RUNNING")
    old = sfn_executions.add_state_machine("old")
    old.add_execution(status="RUNNING")
    client.delete_state_machine(stateMachineArn=old.arn)

    assert refusal(start, client=client, **faults)[0] == code
    assert listed(client) == ["nightly"]


def test_several_violations_in_one_answer(client, orders):
    """One answer has all violations of the API's model."""
    assert refusal(start, client=client, name="a" * 81, traceHeader="ö") == (
        "ValidationException",
        f"2 validation errors detected: Value '{'a' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80; Value 'ö' at 'traceHeader' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: \p{ASCII}*",
    )


def test_refused_start_does_not_advance_a_weighted_alias(client, orders):
    """A refused start does not change which version an alias chooses next."""
    orders.add_alias("live", [(orders.publish_version(), 50), (orders.publish_version(), 50)])
    start(client, "first", stateMachineArn=f"{MACHINE}:live")
    refusal(start, client=client, name="a b", stateMachineArn=f"{MACHINE}:live")
    start(client, "second", stateMachineArn=f"{MACHINE}:live")

    assert [listed(client, stateMachineArn=f"{MACHINE}:{number}") for number in (1, 2)] == [["first"], ["second"]]


# --- StartExecution: a name used again -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param({"input": '{"order": 7}'}, {"input": '{"order": 7}'}, id="the same input"),
        pytest.param({}, {"input": "{}"}, id="no input, which means {}"),
        pytest.param({}, {"traceHeader": "Root=1"}, id="another trace header"),
        pytest.param({}, {"stateMachineArn": f"{MACHINE}:1"}, id="a version"),
    ],
)
def test_repeated_start_of_a_running_execution(client, orders, clock, first, again):
    """A start with name and input of a RUNNING execution gets the first answer, and starts nothing."""
    orders.publish_version()
    answer = start(client, **first)
    clock.tick(DAY)

    assert members(start(client, **again)) == members(answer) == {"executionArn": EXECUTION, "startDate": NOW}
    assert listed(client) == ["nightly"]


def test_repeated_start_of_a_seeded_execution(client, orders):
    """A start with name and input of a seeded RUNNING execution starts nothing."""
    orders.add_execution("nightly", status="RUNNING", start_date=-MINUTE, input="[7]")

    assert members(start(client, input="[7]")) == {"executionArn": EXECUTION, "startDate": NOW - MINUTE}


def test_repeated_start_of_a_redriven_execution(client, orders, clock):
    """An execution that runs after a redrive counts as RUNNING, with its first start date."""
    orders.add_execution("nightly", status="FAILED").redrive()
    clock.tick(MINUTE)

    assert members(start(client)) == {"executionArn": EXECUTION, "startDate": NOW}


ALREADY_EXISTS = ("ExecutionAlreadyExists", f"Execution Already Exists: '{EXECUTION}'")


@pytest.mark.parametrize("text", ['{"order":7}', "{}"])
def test_other_input_under_a_running_name(client, orders, text):
    """Inputs are compared as text: other white space is another input."""
    start(client, input='{"order": 7}')

    assert refusal(start, client=client, input=text) == ALREADY_EXISTS


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_name_of_a_closed_execution(client, orders, status):
    """The name of a closed execution is taken, even for a start with the same input."""
    orders.add_execution("nightly", status=status)

    assert refusal(start, client=client) == ALREADY_EXISTS
    assert listed(client) == ["nightly"]


def test_name_of_an_execution_seeded_for_later(client, orders):
    """The name of an execution that starts later is taken."""
    with pytest.warns(match="is after now"):
        orders.add_execution("nightly", status="RUNNING", start_date=DAY)

    assert refusal(start, client=client) == ALREADY_EXISTS


@pytest.mark.parametrize("days", [1, 90, 400, 4000])
def test_closed_execution_keeps_its_name_for_ever(client, orders, clock, days):
    """Without a retention the name of a closed execution is never free again."""
    orders.add_execution("nightly", status="SUCCEEDED")
    clock.tick(days * DAY)

    assert refusal(start, client=client) == ALREADY_EXISTS
    assert listed(client) == ["nightly"]


def test_names_of_two_machines_are_separate(client, orders, sfn_executions):
    """A name is taken only on its state machine."""
    other = sfn_executions.add_state_machine("invoices")
    start(client)

    assert start(client, stateMachineArn=other.arn)["executionArn"] == f"{PREFIX}:execution:invoices:nightly"


# --- on_start --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "came_to"),
    [
        pytest.param(
            {"status": "SUCCEEDED", "output": '{"ok": true}'},
            SUCCEEDED | {"output": '{"ok": true}'},
            id="SUCCEEDED with output",
        ),
        pytest.param({"status": "SUCCEEDED"}, SUCCEEDED, id="SUCCEEDED, with {} for an output"),
        pytest.param(
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            {"status": "FAILED", "error": "Late", "cause": "Rain", "redriveStatus": "REDRIVABLE"},
            id="FAILED with error and cause",
        ),
        pytest.param({"status": "TIMED_OUT"}, {"status": "TIMED_OUT", "redriveStatus": "REDRIVABLE"}, id="TIMED_OUT"),
        pytest.param(
            {"status": "ABORTED", "cause": "Rain"},
            {"status": "ABORTED", "cause": "Rain", "redriveStatus": "REDRIVABLE"},
            id="ABORTED with a cause",
        ),
    ],
)
def test_start_ends_as_on_start_says(client, orders, clock, outcome, came_to):
    """A started execution is RUNNING for the duration of on_start, then has its status."""
    orders.on_start(**outcome, duration=5 * MINUTE)
    start(client)

    clock.tick(5 * MINUTE - timedelta(milliseconds=1))
    assert describe(client) == described()

    clock.tick(timedelta(milliseconds=1))
    assert describe(client) == described(stopDate=NOW + 5 * MINUTE, **came_to)


def test_start_without_duration_has_ended_at_once(client, orders):
    """With on_start without a duration, a started execution has ended at once."""
    orders.on_start(status="SUCCEEDED")
    start(client)

    assert describe(client) == described(stopDate=NOW, **SUCCEEDED)


@pytest.mark.parametrize("qualifier", ["", ":1", ":live"])
def test_outcome_of_every_qualified_start(client, orders, qualifier):
    """on_start applies to starts by machine, by version and by alias."""
    orders.add_alias("live", orders.publish_version())
    orders.on_start(status="FAILED")
    start(client, stateMachineArn=MACHINE + qualifier)

    assert describe(client)["status"] == "FAILED"


def test_last_outcome_counts_for_later_starts(client, orders):
    """on_start replaces an earlier on_start, and does not change existing executions."""
    orders.add_execution("seeded", status="RUNNING")
    start(client, "first")
    orders.on_start(status="FAILED")
    start(client, "second")
    orders.on_start(status="SUCCEEDED")
    start(client, "third")
    orders.on_start(status="RUNNING")
    start(client, "fourth")

    assert [(execution.name, execution.status) for execution in orders.executions] == [
        ("seeded", "RUNNING"),
        ("first", "RUNNING"),
        ("second", "FAILED"),
        ("third", "SUCCEEDED"),
        ("fourth", "RUNNING"),
    ]


# --- StopExecution ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="without a word"),
        pytest.param({"error": "Late", "cause": "Rain"}, id="with error and cause"),
        pytest.param({"error": "", "cause": ""}, id="with empty texts"),
    ],
)
def test_stopped_execution_is_aborted(client, orders, clock, given):
    """StopExecution answers only the stop date; DescribeExecution shows error and cause if given."""
    start(client)
    clock.tick(MINUTE)
    answer = client.stop_execution(executionArn=EXECUTION, **given)
    clock.tick(MINUTE)

    assert members(answer) == {"stopDate": NOW + MINUTE}
    assert describe(client) == described(status="ABORTED", stopDate=NOW + MINUTE, redriveStatus="REDRIVABLE", **given)
    assert listed(client, statusFilter="ABORTED") == ["nightly"]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_closed_execution_is_not_stopped_again(client, orders, clock, status):
    """A second stop answers the date of the first one, and changes nothing."""
    orders.add_execution("nightly", status=status, duration=MINUTE)
    clock.tick(2 * MINUTE)
    before = describe(client)

    answer = client.stop_execution(executionArn=EXECUTION, error="Late", cause="Rain")

    assert members(answer) == {"stopDate": NOW + MINUTE}
    assert describe(client) == before


def test_stop_replaces_a_planned_end(client, orders, clock):
    """After a stop, a later end that was planned does not happen."""
    orders.add_execution("nightly", status="SUCCEEDED", duration=5 * MINUTE)
    clock.tick(MINUTE)
    client.stop_execution(executionArn=EXECUTION)
    clock.tick(DAY)

    assert describe(client) == described(status="ABORTED", stopDate=NOW + MINUTE, redriveStatus="REDRIVABLE")


@pytest.mark.parametrize(("member", "most"), [("error", 256), ("cause", 32768)])
def test_longest_error_and_cause(client, orders, member, most):
    """Error and cause are measured in characters, and an error does not repeat them."""
    start(client)

    assert refusal(client.stop_execution, executionArn=EXECUTION, **{member: "a" * (most + 1)}) == (
        "ValidationException",
        f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {most}",
    )
    assert describe(client) == described()
    client.stop_execution(executionArn=EXECUTION, **{member: "ö" * most})
    assert describe(client)[member] == "ö" * most


# --- DescribeExecution -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "shown"),
    [
        pytest.param({"status": "SUCCEEDED"}, SUCCEEDED, id="SUCCEEDED"),
        pytest.param(
            {"status": "SUCCEEDED", "input": "[1]", "output": "null"},
            SUCCEEDED | {"input": "[1]", "output": "null"},
            id="SUCCEEDED with input and output",
        ),
        pytest.param(
            {"status": "FAILED"}, {"status": "FAILED", "redriveStatus": "REDRIVABLE"}, id="FAILED, no more said"
        ),
        pytest.param(
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            {"status": "FAILED", "error": "Late", "cause": "Rain", "redriveStatus": "REDRIVABLE"},
            id="FAILED with error and cause",
        ),
        pytest.param({"status": "TIMED_OUT"}, {"status": "TIMED_OUT", "redriveStatus": "REDRIVABLE"}, id="TIMED_OUT"),
        pytest.param(
            {"status": "ABORTED", "error": "Late"},
            {"status": "ABORTED", "error": "Late", "redriveStatus": "REDRIVABLE"},
            id="ABORTED with an error",
        ),
    ],
)
def test_each_status_is_described(client, orders, clock, seed, shown):
    """The status is RUNNING until the stop date, and then has exactly its members."""
    orders.add_execution("nightly", **seed, duration=MINUTE)
    assert describe(client) == described(input=seed.get("input", "{}"))

    clock.tick(MINUTE)

    assert describe(client) == described(stopDate=NOW + MINUTE, **shown)


@pytest.mark.parametrize("included_data", ["ALL_DATA", None])
def test_data_is_included(client, orders, included_data):
    """includedData ALL_DATA is the default."""
    orders.add_execution("nightly", status="SUCCEEDED")
    arguments = {} if included_data is None else {"includedData": included_data}

    assert describe(client, **arguments) == described(stopDate=NOW, **SUCCEEDED)


@pytest.mark.parametrize(
    ("seed", "shown"),
    [
        pytest.param(
            {"status": "SUCCEEDED"},
            {name: value for name, value in SUCCEEDED.items() if name != "output"}
            | {"outputDetails": {"included": False}},
            id="SUCCEEDED",
        ),
        pytest.param(
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            {"status": "FAILED", "redriveStatus": "REDRIVABLE"},
            id="FAILED",
        ),
    ],
)
def test_metadata_only(client, orders, seed, shown):
    """METADATA_ONLY leaves out what a key may encrypt: input, output, error and cause."""
    orders.add_execution("nightly", **seed)
    expected = described(stopDate=NOW, inputDetails={"included": False}, **shown)
    del expected["input"]

    assert describe(client, includedData="METADATA_ONLY") == expected


def test_unknown_included_data(client, orders):
    """includedData has only two values."""
    start(client)

    assert refusal(client.describe_execution, executionArn=EXECUTION, includedData="SOME") == (
        "ValidationException",
        "1 validation error detected: Value 'SOME' at 'includedData' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]",
    )


def test_execution_is_unknown_before_its_start(client, orders, clock):
    """An execution does not exist before its start, also after the clock went back."""
    with pytest.warns(match="is after now"):
        orders.add_execution("nightly", status="RUNNING", start_date=MINUTE)
    unknown = ("ExecutionDoesNotExist", f"Execution Does Not Exist: '{EXECUTION}'")
    assert refusal(client.describe_execution, executionArn=EXECUTION) == unknown

    clock.tick(MINUTE)
    assert describe(client) == described(startDate=NOW + MINUTE)

    clock.move_to(NOW)
    assert refusal(client.describe_execution, executionArn=EXECUTION) == unknown


def test_execution_is_described_while_its_machine_is_deleted(client, orders):
    """Executions of a DELETING machine exist until the last one has ended."""
    orders.add_execution("nightly", status="SUCCEEDED")
    last = orders.add_execution("last", status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)
    assert describe(client) == described(stopDate=NOW, **SUCCEEDED)

    client.stop_execution(executionArn=last.arn)

    assert refusal(client.describe_execution, executionArn=EXECUTION)[0] == "ExecutionDoesNotExist"


# --- DescribeStateMachineForExecution --------------------------------------------------------------------------


def machine_for(client, arn=EXECUTION, **arguments):
    return members(client.describe_state_machine_for_execution(executionArn=arn, **arguments))


def for_execution(**more):
    """The answer of DescribeStateMachineForExecution for an execution of "orders", except for ``more``."""
    return {
        "stateMachineArn": MACHINE,
        "name": "orders",
        "definition": DEFINITION,
        "roleArn": ROLE,
        "updateDate": NOW,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        **more,
    }


@pytest.mark.parametrize("seeded", [True, False])
def test_machine_of_an_execution(client, orders, clock, seeded):
    """A machine that was never updated has no revisionId, and its update date is its creation date."""
    clock.tick(MINUTE)
    if seeded:
        orders.add_execution("nightly", status="SUCCEEDED")
    else:
        start(client)

    assert machine_for(client) == for_execution()


def test_execution_keeps_the_revision_it_was_started_with(client, orders, clock):
    """An update changes only later executions, with another revisionId and date."""
    start(client)
    orders.add_execution("seeded", status="RUNNING")
    clock.tick(MINUTE)
    revision = client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)["revisionId"]
    clock.tick(MINUTE)
    start(client, "later")
    client.update_state_machine(stateMachineArn=MACHINE, tracingConfiguration={"enabled": True})

    assert machine_for(client) == machine_for(client, f"{PREFIX}:execution:orders:seeded") == for_execution()
    assert machine_for(client, f"{PREFIX}:execution:orders:later") == for_execution(
        definition=CHANGED, updateDate=NOW + MINUTE, revisionId=revision
    )


@pytest.mark.parametrize("seeded", [True, False])
@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_execution_of_a_version_runs_the_revision_of_that_version(client, orders, qualifier, seeded):
    """The ARN is unqualified; the revision is the version's, also after its deletion."""
    version = orders.publish_version()
    alias = orders.add_alias("live", version)
    client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)
    if seeded:
        orders.add_execution("nightly", status="RUNNING", **({"version": 1} if qualifier == "1" else {"alias": alias}))
    else:
        start(client, stateMachineArn=f"{MACHINE}:{qualifier}")
    client.delete_state_machine_alias(stateMachineAliasArn=alias.arn)
    client.delete_state_machine_version(stateMachineVersionArn=version.arn)

    assert machine_for(client) == for_execution()


@pytest.mark.parametrize("updated", [False, True])
def test_machine_of_a_child_execution(client, orders, updated):
    """A child's machine has the labelled ARN, label and map run, and its parent's definition."""
    parent = orders.add_execution(status="RUNNING")
    if updated:
        client.update_state_machine(stateMachineArn=MACHINE, definition=CHANGED)
    map_run = parent.add_map_run("ProcessItems")
    child = map_run.add_execution(status="RUNNING")

    assert machine_for(client, child.arn) == for_execution(
        stateMachineArn=f"{MACHINE}/ProcessItems", label="ProcessItems", mapRunArn=map_run.arn
    )


def test_metadata_of_the_machine_of_an_execution(client, orders):
    """With METADATA_ONLY the definition is {}."""
    start(client)

    assert machine_for(client, includedData="METADATA_ONLY") == for_execution(definition="{}")
    assert machine_for(client, includedData="ALL_DATA") == for_execution()


# --- ARNs without an execution ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        "describe_execution",
        "stop_execution",
        "redrive_execution",
        "list_map_runs",
        "describe_state_machine_for_execution",
    ],
)
@pytest.mark.parametrize(
    ("arn", "code", "message"),
    [
        pytest.param("invalid_arn", "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'", id="no ARN"),
        pytest.param(
            f"{MACHINE}:nightly",
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: stateMachine'",
            id="a state machine's",
        ),
        pytest.param(
            f"{PREFIX}:mapRun:orders/ProcessItems:0d9b3c1e-6a0f-4a57-9f6c-2b1b7f7a1c55",
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: mapRun'",
            id="a map run's",
        ),
        pytest.param(
            f"{PREFIX}:express:fast:nightly:0d9b3c1e-6a0f-4a57-9f6c-2b1b7f7a1c55",
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
            id="an EXPRESS execution's",
        ),
        pytest.param(
            f"{PREFIX}::execution:orders:nightly",
            "InvalidArn",
            f"Invalid Arn: 'Resource type can not be empty: {PREFIX}::execution:orders:nightly'",
            id="no resource type",
        ),
        pytest.param(
            f"{PREFIX}:execution:orders",
            "InvalidArn",
            f"Invalid Arn: 'Invalid ARN prefix: {PREFIX}:execution:orders'",
            id="no name",
        ),
        *(
            pytest.param(arn, "ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", id=what)
            for what, arn in {
                "no such execution": NO_SUCH_EXECUTION,
                "no such machine": f"{PREFIX}:execution:missing:nightly",
                "no such label": f"{PREFIX}:execution:orders/ProcessItems:nightly",
                "another region": EXECUTION.replace("us-east-1", "eu-west-1"),
                "another account": EXECUTION.replace("123456789012", "210987654321"),
                "another partition": EXECUTION.replace("arn:aws:", "arn:aws-cn:"),
            }.items()
        ),
    ],
)
def test_arn_without_an_execution(client, orders, operation, arn, code, message):
    """An ARN of another kind is InvalidArn, and that of a missing execution is ExecutionDoesNotExist."""
    orders.add_execution("nightly", status="FAILED")

    assert refusal(getattr(client, operation), executionArn=arn) == (code, message)


@pytest.mark.parametrize(
    "operation",
    [
        "describe_execution",
        "stop_execution",
        "redrive_execution",
        "list_map_runs",
        "describe_state_machine_for_execution",
    ],
)
def test_execution_of_an_express_machine_is_refused(client, fast, operation):
    """An execution of an EXPRESS machine cannot be described or stopped."""
    arn = start(client, stateMachineArn=fast.arn)["executionArn"]

    assert refusal(getattr(client, operation), executionArn=arn) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )
