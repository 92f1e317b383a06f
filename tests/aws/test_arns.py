"""Parsing of ARNs: the fields of each kind, and text that is not an ARN of its kind."""

from __future__ import annotations

import pytest

from sfn_mock.aws.arns import (
    ActivityArn,
    ExecutionArn,
    MapRunArn,
    StateMachineArn,
    parse_activity_arn,
    parse_execution_arn,
    parse_map_run_arn,
    parse_state_machine_arn,
)
from sfn_mock.aws.exceptions import InvalidArn, ResourceTypeEmpty, ResourceTypeNotValid

PREFIX = "arn:aws:states:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("parse", "resource", "expected"),
    [
        pytest.param(
            parse_state_machine_arn,
            "stateMachine:orders",
            StateMachineArn(PREFIX, "orders", None, None),
            id="state machine",
        ),
        pytest.param(
            parse_state_machine_arn,
            "stateMachine:orders:live",
            StateMachineArn(PREFIX, "orders", "live", None),
            id="alias",
        ),
        pytest.param(
            parse_state_machine_arn,
            "stateMachine:orders/Items",
            StateMachineArn(PREFIX, "orders", None, "Items"),
            id="labelled state machine",
        ),
        pytest.param(
            parse_execution_arn,
            "execution:orders:nightly",
            ExecutionArn(PREFIX, "orders", None, "nightly", None),
            id="execution",
        ),
        pytest.param(
            parse_execution_arn,
            "execution:orders/Items:child",
            ExecutionArn(PREFIX, "orders", "Items", "child", None),
            id="child execution",
        ),
        pytest.param(
            parse_execution_arn,
            "express:fast:nightly:1f2e",
            ExecutionArn(PREFIX, "fast", None, "nightly", "1f2e"),
            id="EXPRESS execution",
        ),
        pytest.param(
            parse_map_run_arn, "mapRun:orders/Items:1f2e", MapRunArn(PREFIX, "orders", "Items", "1f2e"), id="map run"
        ),
        pytest.param(parse_activity_arn, "activity:pack", ActivityArn(PREFIX, "pack"), id="activity"),
    ],
)
def test_fields(parse, resource, expected):
    """Each kind of ARN is parsed into its fields; a field that it does not have is None."""
    assert parse(PREFIX + resource) == expected


@pytest.mark.parametrize(
    ("parse", "arn"),
    [
        pytest.param(parse_state_machine_arn, PREFIX.rstrip(":"), id="only five fields"),
        pytest.param(parse_state_machine_arn, PREFIX.replace("aws", "") + "stateMachine:orders", id="no partition"),
        pytest.param(parse_state_machine_arn, PREFIX + "stateMachine", id="state machine without a name"),
        pytest.param(parse_state_machine_arn, PREFIX + "stateMachine:", id="state machine with an empty name"),
        pytest.param(parse_state_machine_arn, PREFIX + "stateMachine:orders:1:2", id="state machine of three parts"),
        pytest.param(parse_execution_arn, PREFIX + "execution:orders", id="execution of one part"),
        pytest.param(parse_execution_arn, PREFIX + "execution:orders:nightly:1f2e", id="execution of three parts"),
        pytest.param(parse_execution_arn, PREFIX + "express:fast:nightly", id="EXPRESS execution of two parts"),
        pytest.param(parse_execution_arn, PREFIX + "express:fast:nightly:1f2e:2", id="EXPRESS execution of four parts"),
        pytest.param(parse_map_run_arn, PREFIX + "mapRun:orders/Items", id="map run of one part"),
        pytest.param(parse_map_run_arn, PREFIX + "mapRun:orders/Items:1f2e:2", id="map run of three parts"),
        pytest.param(parse_map_run_arn, PREFIX + "mapRun:orders:1f2e", id="map run without a label"),
        pytest.param(parse_map_run_arn, PREFIX + "mapRun:orders/:1f2e", id="map run with an empty label"),
        pytest.param(parse_map_run_arn, PREFIX + "mapRun:/Items:1f2e", id="map run without a state machine"),
        pytest.param(parse_activity_arn, PREFIX + "activity", id="activity without a name"),
        pytest.param(parse_activity_arn, PREFIX + "activity:pack:1", id="activity of two parts"),
    ],
)
def test_wrong_number_of_parts(parse, arn):
    """An ARN that has another number of parts than its kind, or an empty one, is InvalidArn with the ARN in full."""
    with pytest.raises(InvalidArn) as caught:
        parse(arn)

    assert caught.value.message == f"Invalid Arn: 'Invalid ARN prefix: {arn}'"


@pytest.mark.parametrize("parse", [parse_state_machine_arn, parse_execution_arn, parse_map_run_arn, parse_activity_arn])
def test_wrong_resource_type(parse):
    """The error names another resource type, also if nothing follows it; without a type it is another sentence."""
    with pytest.raises(ResourceTypeNotValid) as other:
        parse(PREFIX + "cluster:orders")
    with pytest.raises(ResourceTypeNotValid) as alone:
        parse(PREFIX + "cluster")
    with pytest.raises(ResourceTypeEmpty) as empty:
        parse(PREFIX)

    assert other.value.message == "Invalid Arn: 'Resource type not valid in this context: cluster'"
    assert alone.value.message == other.value.message
    assert empty.value.message == f"Invalid Arn: 'Resource type can not be empty: {PREFIX}'"
