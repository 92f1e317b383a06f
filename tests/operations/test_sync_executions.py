"""StartSyncExecution: the end of an EXPRESS execution, answered at once."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import members, refusal
from botocore.config import Config

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
FAST = f"{PREFIX}:stateMachine:fast"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
INPUT_SIZE = 262144
INCLUDED = {"included": True}


def start(client, **arguments):
    return members(client.start_sync_execution(**{"stateMachineArn": FAST, "name": "nightly"} | arguments))


def answered(arn, **more):
    """The answer for "nightly": SUCCEEDED at once with input {}, except for ``more``."""
    return {
        "executionArn": arn,
        "stateMachineArn": FAST,
        "name": "nightly",
        "startDate": NOW,
        "stopDate": NOW,
        "status": "SUCCEEDED",
        "input": "{}",
        "inputDetails": INCLUDED,
        "outputDetails": INCLUDED,
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100},
        **more,
    }


# --- Answers ---------------------------------------------------------------------------------------------------


def test_succeeds_at_once_without_on_start(client, fast):
    """Without on_start it SUCCEEDED in the millisecond of its start, with output {}."""
    answer = start(client)

    assert re.fullmatch(f"{PREFIX}:express:fast:nightly:{UUID}", answer["executionArn"])
    assert answer == answered(answer["executionArn"], output="{}")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param({"status": "SUCCEEDED", "output": "[8]"}, {"output": "[8]"}, id="succeeded"),
        pytest.param({"status": "FAILED"}, {"status": "FAILED"}, id="failed"),
        pytest.param(
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            id="failed, saying why",
        ),
        pytest.param(
            {"status": "TIMED_OUT", "duration": 5 * MINUTE},
            {
                "status": "TIMED_OUT",
                "stopDate": NOW + 5 * MINUTE,
                "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 300_000},
            },
            id="timed out",
        ),
        pytest.param({"status": "RUNNING"}, {"output": "{}"}, id="RUNNING is not an end"),
    ],
)
def test_ends_as_on_start_says(client, fast, outcome, expected):
    """Status, output, error and cause are those of on_start; outputDetails are always present."""
    fast.on_start(**outcome)

    answer = start(client)

    assert answer == answered(answer["executionArn"], **expected)


@pytest.mark.parametrize(
    ("duration", "billed"),
    [
        pytest.param(timedelta(0), 100, id="none"),
        pytest.param(MILLISECOND, 100, id="a millisecond"),
        pytest.param(100 * MILLISECOND, 100, id="one chunk"),
        pytest.param(101 * MILLISECOND, 200, id="a bit more"),
        pytest.param(SECOND, 1000, id="a second"),
    ],
)
def test_duration_is_billed_in_chunks(client, fast, duration, billed):
    """The billed duration is rounded up to a multiple of 100 milliseconds, at least one."""
    fast.on_start(status="SUCCEEDED", duration=duration)

    answer = start(client)

    assert answer["stopDate"] == NOW + duration
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == billed


def test_call_does_not_wait(client, fast, clock):
    """The answer has the end at once, and the clock does not move; the handle shows the end when it comes."""
    fast.on_start(status="FAILED", duration=MINUTE)

    answer = start(client)

    assert (answer["status"], answer["stopDate"]) == ("FAILED", NOW + MINUTE)
    assert datetime.now(timezone.utc) == NOW
    assert [(execution.arn, execution.status) for execution in fast.executions] == [(answer["executionArn"], "RUNNING")]

    clock.tick(MINUTE)

    assert fast.executions[0].status == "FAILED"


def test_answer_has_input_and_trace_header(client, fast):
    """The answer has the caller's input and trace header."""
    answer = start(client, input="[7]", traceHeader="Root=1-5e1b4151-5ac6c58f3b7c1d2e4f6a8b9c")

    assert answer == answered(
        answer["executionArn"], input="[7]", output="{}", traceHeader="Root=1-5e1b4151-5ac6c58f3b7c1d2e4f6a8b9c"
    )


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param({"status": "SUCCEEDED", "output": "[8]"}, id="output"),
        pytest.param({"status": "FAILED", "error": "Late", "cause": "Rain"}, id="error and cause"),
    ],
)
def test_metadata_only_leaves_data_out(client, fast, outcome):
    """includedData="METADATA_ONLY" hides input, output, error and cause, as for DescribeExecution."""
    fast.on_start(**outcome)

    answer = start(client, input="[7]", includedData="METADATA_ONLY")

    expected = answered(
        answer["executionArn"],
        status=outcome["status"],
        inputDetails={"included": False},
        outputDetails={"included": False},
    )
    del expected["input"]
    assert answer == expected


def test_names_may_repeat(client, fast):
    """The name of an EXPRESS execution can be used again at once."""
    arns = [start(client)["executionArn"] for _ in range(2)]

    assert len(set(arns)) == 2
    assert [execution.arn for execution in fast.executions] == arns


def test_name_is_a_uuid_unless_given(client, fast):
    """An execution without a name gets a UUID as its name."""
    answers = [members(client.start_sync_execution(stateMachineArn=FAST)) for _ in range(2)]

    assert all(re.fullmatch(UUID, answer["name"]) for answer in answers)
    assert answers[0]["name"] != answers[1]["name"]
    assert [answer["executionArn"].split(":")[7] for answer in answers] == [answer["name"] for answer in answers]


@pytest.mark.parametrize(
    ("qualifier", "version", "alias"),
    [
        pytest.param("", None, None, id="machine"),
        pytest.param(":1", 1, None, id="version"),
        pytest.param(":live", 2, "live", id="alias"),
    ],
)
def test_starts_through_version_and_alias(client, fast, qualifier, version, alias):
    """A version and an alias can be started; stateMachineArn is unqualified."""
    versions = {1: fast.publish_version(), 2: fast.publish_version(), None: None}
    fast.add_alias("live", versions[2])

    answer = start(client, stateMachineArn=FAST + qualifier)

    assert answer["stateMachineArn"] == FAST
    assert fast.executions[0].version == versions[version]
    assert fast.executions[0].alias == (fast.aliases["live"] if alias else None)


def test_other_operations_refuse_the_execution(client, fast):
    """An EXPRESS execution cannot be described or stopped, and has no history."""
    arn = start(client)["executionArn"]

    for operation in (client.describe_execution, client.stop_execution, client.get_execution_history):
        assert refusal(operation, executionArn=arn) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="sync-states."),
        pytest.param({"config": Config(inject_host_prefix=False)}, id="states."),
        pytest.param({"endpoint_url": "https://states.example.com"}, id="an endpoint of the user's"),
    ],
)
def test_is_answered_at_every_host(sfn_executions, fast, settings):
    """The call is answered with and without the host prefix of the operation."""
    client = boto3.client("stepfunctions", "us-east-1", **settings)

    assert start(client)["status"] == "SUCCEEDED"


# --- Refused starts --------------------------------------------------------------------------------------------

LABELLED = f"{FAST}/items"
MISSING = f"{PREFIX}:stateMachine:missing"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            {"stateMachineArn": f"{PREFIX}:stateMachine:orders"},
            ("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"),
            id="STANDARD",
        ),
        pytest.param(
            {"stateMachineArn": MISSING},
            ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{MISSING}'"),
            id="missing machine",
        ),
        pytest.param(
            {"stateMachineArn": f"{FAST}:9"},
            ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{FAST}:9'"),
            id="missing version",
        ),
        pytest.param(
            {"stateMachineArn": LABELLED},
            (
                "ValidationException",
                f"This operation does not support labeled state machine ARNs: '{LABELLED}'",
                {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
            ),
            id="labelled",
        ),
        pytest.param(
            {"stateMachineArn": f"{PREFIX}:activity:fast"},
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: activity'"),
            id="activity",
        ),
        pytest.param({"name": "night ly"}, ("InvalidName", "Invalid Name: 'night ly'"), id="forbidden name"),
        pytest.param(
            {"name": 81 * "n"},
            (
                "ValidationException",
                f"1 validation error detected: Value '{81 * 'n'}' at 'name' failed to satisfy constraint: "
                f"Member must have length less than or equal to 80",
            ),
            id="long name",
        ),
        pytest.param(
            {"input": "not some json"},
            (
                "InvalidExecutionInput",
                "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, "
                "Number, Array, Object or token 'null', 'true' or 'false')'",
            ),
            id="input is not JSON",
        ),
        pytest.param(
            {"input": json.dumps(INPUT_SIZE * "n")},
            (
                "ValidationException",
                "1 validation error detected: Value at 'input' failed to satisfy constraint: "
                "Member must have size less than or equal to 262144 bytes in UTF-8 encoding",
            ),
            id="large input",
        ),
        pytest.param(
            {"includedData": "SOME_DATA"},
            (
                "ValidationException",
                "1 validation error detected: Value 'SOME_DATA' at 'includedData' failed to satisfy constraint: "
                "Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]",
            ),
            id="unknown includedData",
        ),
    ],
)
def test_refused_start_starts_nothing(client, sfn_executions, fast, arguments, expected):
    """The errors are StartExecution's and that of the type; nothing is stored."""
    orders = sfn_executions.add_state_machine("orders")

    assert refusal(client.start_sync_execution, **{"stateMachineArn": FAST} | arguments) == expected
    assert fast.executions == orders.executions == []


def test_deleting_machine_starts_nothing(client, fast):
    """A DELETING machine refuses starts."""
    client.start_execution(stateMachineArn=FAST)
    client.delete_state_machine(stateMachineArn=FAST)

    assert refusal(client.start_sync_execution, stateMachineArn=FAST) == (
        "StateMachineDeleting",
        f"State Machine is being deleted: '{FAST}'",
    )
    assert len(fast.executions) == 1


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        pytest.param(
            {"status": "ABORTED"},
            "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, got 'ABORTED'. StopExecution refuses EXPRESS "
            "executions.",
            id="aborted",
        ),
        pytest.param(
            {"status": "SUCCEEDED", "duration": 5 * MINUTE + MILLISECOND},
            "duration must be at most five minutes for an EXPRESS execution, got 300.001 s",
            id="too long",
        ),
    ],
)
def test_impossible_outcome_of_an_express_execution(client, fast, outcome, sentence):
    """on_start of an EXPRESS machine refuses impossible outcomes, and keeps the earlier one."""
    fast.on_start(status="FAILED")

    with pytest.raises(ValueError) as refused:
        fast.on_start(**outcome)

    assert str(refused.value) == sentence
    assert start(client)["status"] == "FAILED"
