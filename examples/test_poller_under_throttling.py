"""A poller that waits until nothing is RUNNING, also while AWS throttles.

The production bug: the poller asks every second. In a busy account ListExecutions is throttled for longer than boto3
retries, the error ends the poller, and the next step never runs.
"""

from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def wait_until_idle(client, state_machine_arn, sleep):
    """Ask until nothing is running; wait twice as long after each throttled request, at most a minute."""
    pause = 1
    while True:
        try:
            page = client.list_executions(stateMachineArn=state_machine_arn, statusFilter="RUNNING", maxResults=1)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ThrottlingException":
                raise
            pause = min(pause * 2, 60)
        else:
            if not page["executions"]:
                return
            pause = 1
        sleep(pause)


def wait_until_idle_naively(client, state_machine_arn, sleep):
    while client.list_executions(stateMachineArn=state_machine_arn, statusFilter="RUNNING", maxResults=1)["executions"]:
        sleep(1)


# --- Its tests -----------------------------------------------------------------------------------------------------

#: The number of requests that the client sends for one call, including retries.
TRIES = 3

pytestmark = pytest.mark.sfn_executions(retry_sleeps=False)


@pytest.fixture
def client(sfn_executions):
    """The retry mode and number of tries are set, because they differ between versions of botocore."""
    return boto3.client("stepfunctions", config=Config(retries={"mode": "standard", "total_max_attempts": TRIES}))


@pytest.fixture
def clock():
    with freeze_time("2026-01-10 02:00:00") as clock:
        yield clock


@pytest.fixture
def sleep(clock):
    """A sleep function that moves the frozen clock."""
    return lambda seconds: clock.tick(timedelta(seconds=seconds))


@pytest.fixture
def nightly(sfn_executions, clock):
    """A machine with an execution that runs for three more seconds."""
    nightly = sfn_executions.add_state_machine("nightly")
    nightly.add_execution("import", status="SUCCEEDED", duration=timedelta(seconds=3))
    return nightly


def test_returns_when_the_last_execution_stops(client, nightly, sfn_executions, sleep):
    """Without throttling it asks every second, and once more after the import has stopped."""
    wait_until_idle(client, nightly.arn, sleep)

    assert [f"{call.date:%M:%S}" for call in sfn_executions.calls] == ["00:00", "00:01", "00:02", "00:03"]


def test_backs_off_while_throttled(client, nightly, sfn_executions, sleep):
    """After two throttled calls it has waited two and four seconds, and gets its answer."""
    throttle = sfn_executions.add_fault("ListExecutions", error="ThrottlingException", times=2 * TRIES)
    wait_until_idle(client, nightly.arn, sleep)

    assert throttle.count == 2 * TRIES
    assert [f"{call.date:%M:%S}" for call in sfn_executions.calls][::TRIES] == ["00:00", "00:02", "00:06"]


def test_other_errors_are_not_waited_for(client, nightly, sfn_executions, sleep):
    """Other errors are raised."""
    sfn_executions.add_fault("ListExecutions", error="AccessDeniedException", times=None)
    with pytest.raises(ClientError, match="not authorized to perform: states:ListExecutions"):
        wait_until_idle(client, nightly.arn, sleep)

    assert [call.error for call in sfn_executions.calls] == ["AccessDeniedException"]


def test_throttling_ends_the_naive_poller(client, nightly, sfn_executions, sleep):
    """The naive poller fails after boto3's retries, while the import is still running."""
    sfn_executions.add_fault("ListExecutions", error="ThrottlingException", skip=1, times=2 * TRIES)
    with pytest.raises(ClientError, match="ThrottlingException"):
        wait_until_idle_naively(client, nightly.arn, sleep)

    assert nightly.executions[0].status == "RUNNING"
