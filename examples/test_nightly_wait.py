"""A nightly job whose definition waits until 06:00, run on the test's clock.

The production bug: the report is sent when the execution starts, while orders of the night still arrive. With
``execute=True`` the definition runs, and the clock decides how far.
"""

from __future__ import annotations

import json

import boto3
import pytest
from freezegun import freeze_time

DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Plan",
    "States": {
        "Plan": {
            "Type": "Pass",
            "Assign": {"until": "{% $states.input.day & 'T06:00:00Z' %}"},
            "Next": "WaitForMorning",
        },
        "WaitForMorning": {"Type": "Wait", "Timestamp": "{% $until %}", "Next": "Report"},
        "Report": {"Type": "Succeed", "Output": {"reported": "{% $until %}"}},
    },
}


@pytest.mark.sfn_executions(execute=True)
def test_the_report_waits_for_the_morning(sfn_executions):
    """At 03:00 the execution is RUNNING; at 07:00 it has succeeded an hour ago."""
    orders = sfn_executions.add_state_machine("nightly", definition=json.dumps(DEFINITION))
    with freeze_time("2026-01-10T03:00:00Z") as clock:
        client = boto3.client("stepfunctions")
        client.start_execution(stateMachineArn=orders.arn, name="report", input='{"day": "2026-01-10"}')
        [at_night] = client.list_executions(stateMachineArn=orders.arn)["executions"]
        clock.move_to("2026-01-10T07:00:00Z")
        [in_the_morning] = client.list_executions(stateMachineArn=orders.arn)["executions"]
        report = client.describe_execution(executionArn=in_the_morning["executionArn"])

    assert at_night["status"] == "RUNNING"
    assert (in_the_morning["status"], in_the_morning["stopDate"].isoformat()[:13]) == ("SUCCEEDED", "2026-01-10T06")
    assert json.loads(report["output"]) == {"reported": "2026-01-10T06:00:00Z"}
