"""Names and ARNs: one rule for the names that callers choose, one form for each kind of ARN."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from answers import refusal
from freezegun import freeze_time
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

NOON = "2026-01-10T12:00:00Z"
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
FAST = f"{PREFIX}:stateMachine:fast"
ROLE = "arn:aws:iam::123456789012:role/orders"
DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'

#: The characters other than white space that CreateStateMachine's documentation forbids in names.
FORBIDDEN = '<>{}[]?*"#%\\^|~`$&,;:/\ufffe\uffff\U0010ffff' + "".join(
    chr(code) for code in [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]
)


@pytest.fixture
def client(client):
    with freeze_time(NOON):
        yield client


@pytest.fixture
def orders(sfn_executions, client):
    return sfn_executions.add_state_machine("orders")


# --- Names -------------------------------------------------------------------------------------------------------


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.text(min_size=1, max_size=8) | st.sampled_from(FORBIDDEN).map(lambda character: f"a{character}b"))
@example(name="a.b")
@example(name="a\u2003b")
@example(name="a\ud800b")
def test_one_rule_for_all_names(client, sfn_executions, name):
    """All kinds of resources accept the same names, and answer InvalidName for others."""
    sfn_executions.reset()
    sfn_executions.add_state_machine("orders")
    sfn_executions.add_state_machine("fast", type="EXPRESS")
    calls = {
        f"{PREFIX}:activity:{name}": lambda: client.create_activity(name=name)["activityArn"],
        f"{PREFIX}:stateMachine:{name}": lambda: client.create_state_machine(
            name=name, definition=DEFINITION, roleArn=ROLE
        )["stateMachineArn"],
        f"{PREFIX}:execution:orders:{name}": lambda: client.start_execution(stateMachineArn=MACHINE, name=name)[
            "executionArn"
        ],
        f"{PREFIX}:express:fast:{name}": lambda: client.start_sync_execution(stateMachineArn=FAST, name=name)[
            "executionArn"
        ].rpartition(":")[0],
    }
    if any(character in FORBIDDEN or character.isspace() for character in name):
        assert [refusal(call) for call in calls.values()] == [("InvalidName", f"Invalid Name: '{name}'")] * 4
    else:
        assert [call() for call in calls.values()] == list(calls)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(lambda sfn, name: sfn.add_state_machine(name), id="state machine"),
        pytest.param(
            lambda sfn, name: sfn.get_state_machine("orders").add_execution(name, status="RUNNING"), id="execution"
        ),
    ],
)
def test_seeds_follow_the_rule(sfn_executions, orders, seed):
    """Seeds accept exactly the names that AWS accepts."""
    for character in FORBIDDEN:
        with pytest.raises(ValueError) as refused:
            seed(sfn_executions, f"a{character}b")

        expected = f"name must be free of {character!r}, which AWS refuses in names, got {f'a{character}b'!r}"
        assert str(refused.value) == expected
    assert seed(sfn_executions, "a.b-Größe_大").name == "a.b-Größe_大"


# --- ARNs --------------------------------------------------------------------------------------------------------


def test_form_of_each_kind_of_arn(client, orders):
    """ARNs of each kind have the form that was recorded on AWS."""
    version = orders.publish_version()
    run = orders.add_execution("nightly", status="RUNNING", alias=orders.add_alias("live", version))
    batch = run.add_map_run("Items")
    quick = run.add_map_run("Quick", execution_type="EXPRESS")
    child, express = batch.add_execution("one", status="RUNNING"), quick.add_execution("two", status="RUNNING")

    assert orders.arn == f"{PREFIX}:stateMachine:orders"
    assert version.arn == f"{PREFIX}:stateMachine:orders:1"
    assert orders.executions[0].arn == f"{PREFIX}:execution:orders:nightly"
    assert batch.arn.rpartition(":")[0] == f"{PREFIX}:mapRun:orders/Items"
    assert child.arn == f"{PREFIX}:execution:orders/Items:one"
    assert express.arn.rpartition(":")[0] == f"{PREFIX}:express:orders/Quick:two"
    assert client.describe_execution(executionArn=child.arn)["stateMachineArn"] == f"{PREFIX}:stateMachine:orders/Items"
    assert client.create_activity(name="pack")["activityArn"] == f"{PREFIX}:activity:pack"


def test_generated_names_are_uuids(sfn_executions, client, orders):
    """Generated names, labels and ids are UUIDs; those of map runs and children have version 3."""
    fast = sfn_executions.add_state_machine("fast", type="EXPRESS")
    started = client.start_execution(stateMachineArn=orders.arn)["executionArn"].split(":")
    express = client.start_execution(stateMachineArn=fast.arn)["executionArn"].split(":")
    batch = orders.add_execution(status="RUNNING").add_map_run()
    child = batch.add_execution(status="FAILED", duration=timedelta(seconds=1))
    machine_and_label, id = batch.arn.split(":")[-2:]
    of_map_run = [machine_and_label.partition("/")[2], id, child.arn.split(":")[-1]]

    assert [str(UUID(text)) for text in (started[-1], *express[-2:])] == [started[-1], *express[-2:]]
    assert [UUID(text).version for text in of_map_run] == [3, 3, 3]


# --- Text that is not an ARN ---------------------------------------------------------------------------------------

ARN_MEMBERS = [
    pytest.param("list_executions", "stateMachineArn", "invalid_state_machine_arn", id="ListExecutions"),
    pytest.param("describe_execution", "executionArn", "invalid_state_machine_arn", id="DescribeExecution"),
    pytest.param("get_execution_history", "executionArn", "invalid_state_machine_arn", id="GetExecutionHistory"),
    pytest.param("describe_state_machine", "stateMachineArn", "not_a_valid_arn", id="DescribeStateMachine"),
    pytest.param("publish_state_machine_version", "stateMachineArn", "invalid_arn", id="PublishStateMachineVersion"),
    pytest.param("describe_activity", "activityArn", "no_an_activity_arn", id="DescribeActivity"),
    pytest.param("get_activity_task", "activityArn", "no_an_activity_arn", id="GetActivityTask"),
]


@pytest.mark.parametrize(("operation", "member", "text"), ARN_MEMBERS)
def test_text_that_is_not_an_arn(client, operation, member, text):
    """Every operation has the same error for a text that is not an ARN."""
    assert refusal(getattr(client, operation), **{member: text}) == (
        "InvalidArn",
        f"Invalid Arn: 'Invalid ARN prefix: {text}'",
    )


@pytest.mark.parametrize("operation", ["describe_execution", "stop_execution", "get_execution_history"])
def test_arn_of_an_express_execution(sfn_executions, client, operation):
    """No operation accepts the ARN of an execution of an EXPRESS machine."""
    fast = sfn_executions.add_state_machine("fast", type="EXPRESS")
    arn = client.start_execution(stateMachineArn=fast.arn)["executionArn"]

    assert refusal(getattr(client, operation), executionArn=arn) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )
