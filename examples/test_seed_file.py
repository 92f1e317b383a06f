"""A monitor that reports imports that have been running for more than an hour.

The production bug: the monitor counts from startDate, so an import that was redriven just now is reported as stuck.
The executions are in a seed file: an editor completes and checks it by its JSON Schema, and the server can load it
too.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3

SEEDS = Path(__file__).with_name("seeds.yaml")


def stuck_imports(state_machine_arn: str, longest: timedelta) -> list[str]:
    """Return the names of the executions that have been running for longer than that."""
    limit = datetime.now(timezone.utc) - longest
    pages = (
        boto3.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=state_machine_arn, statusFilter="RUNNING")
    )
    return [
        execution["name"]
        for page in pages
        for execution in page["executions"]
        if execution.get("redriveDate", execution["startDate"]) < limit
    ]


def test_a_redrive_starts_the_hour_anew(sfn_executions):
    """Of three running imports one is new, one was redriven 20 minutes ago, and one is stuck."""
    [imports] = sfn_executions.seed(SEEDS)

    assert stuck_imports(imports.arn, timedelta(hours=1)) == ["stuck"]
    assert len(imports.executions) == 51
