"""A singleton guard: start the import only if no import is RUNNING.

The production bug: the guard looks only at the newest execution. Running executions are listed by start date, and
ended ones by stop date, so a manual re-run that started later and has ended is listed before an import that is still
running. The guard then starts a second import.
"""

from datetime import timedelta

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def start_import(client, state_machine_arn):
    """Start an import and return its ARN; return None while another one is running."""
    running = client.list_executions(stateMachineArn=state_machine_arn, statusFilter="RUNNING", maxResults=1)
    if running["executions"]:
        return None
    return client.start_execution(stateMachineArn=state_machine_arn)["executionArn"]


def start_import_naively(client, state_machine_arn):
    newest = client.list_executions(stateMachineArn=state_machine_arn, maxResults=1)["executions"]
    if newest and newest[0]["status"] == "RUNNING":
        return None
    return client.start_execution(stateMachineArn=state_machine_arn)["executionArn"]


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def imports(sfn_executions):
    """Two imports of one night: the regular one from 02:00 to 06:00, and a manual re-run from 02:30 to 02:35."""
    imports = sfn_executions.add_state_machine("imports")
    imports.add_execution("regular", status="SUCCEEDED", start_date="2026-01-10T02:00:00Z", duration=timedelta(hours=4))
    imports.add_execution("re-run", status="FAILED", start_date="2026-01-10T02:30:00Z", duration=timedelta(minutes=5))
    return imports


@freeze_time("2026-01-10 03:00:00")
def test_no_second_import_beside_a_running_one(imports):
    """At three the regular import is still running: nothing is started."""
    assert start_import(boto3.client("stepfunctions"), imports.arn) is None
    assert [execution.name for execution in imports.executions] == ["regular", "re-run"]


@freeze_time("2026-01-10 06:00:00")
def test_the_next_import_starts_as_soon_as_the_last_one_has_stopped(imports):
    """At six the regular import has just stopped: the next one starts, and another must wait."""
    client = boto3.client("stepfunctions")

    assert start_import(client, imports.arn) == imports.executions[-1].arn
    assert start_import(client, imports.arn) is None
    assert [execution.status for execution in imports.executions] == ["SUCCEEDED", "FAILED", "RUNNING"]


@freeze_time("2026-01-10 03:00:00")
def test_the_newest_execution_says_nothing_about_the_others(imports):
    """The naive guard sees the re-run that has ended, and starts a second import."""
    start_import_naively(boto3.client("stepfunctions"), imports.arn)

    assert [execution.status for execution in imports.executions] == ["RUNNING", "FAILED", "RUNNING"]
