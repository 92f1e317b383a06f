"""Clients that are not Python's, over HTTP: the AWS CLI, and the AWS SDK for JavaScript.

Both are found where the environment says, and are left out where they are not there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from freezegun import freeze_time

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
UNKNOWN = f"{PREFIX}:stateMachine:nobody"
NOBODY = f"State Machine Does Not Exist: '{UNKNOWN}'"


def environment(**variables):
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        **variables,
    }


# --- The AWS CLI -------------------------------------------------------------------------------------------------


def find_aws():
    """The AWS CLI, version 1 or 2, that SFN_MOCK_AWS_CLI names or that is on the PATH; None without one."""
    path = os.environ.get("SFN_MOCK_AWS_CLI") or shutil.which("aws")
    if path is None:
        return None
    try:
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return None
    return path if version.returncode == 0 and "aws-cli/" in version.stdout + version.stderr else None


@pytest.fixture(scope="module")
def aws_cli():
    path = find_aws()
    if path is None:
        pytest.skip("there is no AWS CLI: install one, or name it in SFN_MOCK_AWS_CLI")
    return path


@pytest.fixture
def aws(sfn, aws_cli):
    """Run `aws stepfunctions`, and return exit code, output and errors."""

    def aws(*arguments):
        ended = subprocess.run(
            [aws_cli, "--endpoint-url", sfn.endpoint_url, "--output", "json", "stepfunctions", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment(AWS_PAGER="", AWS_CLI_FILE_ENCODING="utf-8"),
        )
        return ended.returncode, ended.stdout, ended.stderr

    return aws


def test_cli_lists_executions(sfn, aws):
    """The CLI reads all pages, and load takes its output."""
    with freeze_time("2026-01-10 03:00:00"):
        orders = sfn.add_state_machine("orders")
        orders.add_executions(250, status="FAILED")
        orders.add_execution("late", status="RUNNING")
        code, printed, errors = aws("list-executions", "--state-machine-arn", MACHINE, "--status-filter", "FAILED")
    names = [execution["name"] for execution in json.loads(printed)["executions"]]

    assert (code, errors) == (0, "")
    assert names == [f"execution-{index}" for index in reversed(range(250))]
    assert [call.operation for call in sfn.calls] == ["ListExecutions"] * 3
    sfn.reset()
    assert [execution.name for execution in sfn.load(printed)] == names


def test_cli_starts_and_describes(sfn, aws):
    """An execution that the CLI started is described with its dates."""
    sfn.add_state_machine("orders").on_start(status="SUCCEEDED", output='{"ok": true}')
    _, started, _ = aws("start-execution", "--state-machine-arn", MACHINE, "--name", "a", "--input", '{"order": 7}')
    arn = json.loads(started)["executionArn"]
    _, described, _ = aws("describe-execution", "--execution-arn", arn)
    run = json.loads(described)

    assert arn == f"{PREFIX}:execution:orders:a"
    assert (run["status"], run["input"], run["output"]) == ("SUCCEEDED", '{"order": 7}', '{"ok": true}')
    assert run["startDate"] == json.loads(started)["startDate"]


def test_cli_prints_errors(aws):
    """After an error the CLI ends with its exit code, and prints AWS's code and sentence."""
    code, printed, errors = aws("list-executions", "--state-machine-arn", UNKNOWN)

    assert code in (254, 255)
    assert printed == ""
    assert f"(StateMachineDoesNotExist) when calling the ListExecutions operation: {NOBODY}" in errors


# --- The AWS SDK for JavaScript ----------------------------------------------------------------------------------

SCRIPT = """
const { SFNClient, paginateListExecutions, StartExecutionCommand, StartSyncExecutionCommand, ListExecutionsCommand,
        StateMachineDoesNotExist } = require("@aws-sdk/client-sfn");

const client = new SFNClient({ endpoint: process.env.ENDPOINT, disableHostPrefix: true });
const [machine, fast, unknown] = process.argv.slice(1);

async function main() {
  const names = [];
  for await (const page of paginateListExecutions({ client, pageSize: 100 }, { stateMachineArn: machine })) {
    names.push(...page.executions.map((execution) => execution.name));
  }
  const started = await client.send(new StartExecutionCommand({ stateMachineArn: machine, name: "mine" }));
  const sync = await client.send(new StartSyncExecutionCommand({ stateMachineArn: fast }));
  const refused = await client.send(new ListExecutionsCommand({ stateMachineArn: unknown })).catch((error) => error);
  const checked = await client.send(new ListExecutionsCommand({})).catch((error) => error);
  const results = {
    names,
    started: started.startDate.toISOString(),
    attempts: started.$metadata.attempts,
    requestId: started.$metadata.requestId,
    sync: sync.status,
    refused: [refused instanceof StateMachineDoesNotExist, refused.name, refused.message],
    checked: [checked.name, checked.message],
  };
  console.log(JSON.stringify(results));
}

main();
"""


@pytest.fixture(scope="module")
def node():
    """Node.js, in the folder that SFN_MOCK_JAVASCRIPT names, in which the SDK is installed."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("there is no Node.js")
    folder = os.environ.get("SFN_MOCK_JAVASCRIPT", "")
    if not (Path(folder) / "node_modules" / "@aws-sdk" / "client-sfn").is_dir():
        pytest.skip("there is no AWS SDK: npm install @aws-sdk/client-sfn, and name the folder in SFN_MOCK_JAVASCRIPT")
    return path, folder


def test_javascript(sfn, node):
    """The SDK's client reads pages and dates, has error classes, and retries throttled calls."""
    path, folder = node
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    sfn.add_fault("StartExecution", error="ThrottlingException")
    with freeze_time("2026-01-10 03:00:00.250"):
        sfn.add_state_machine("orders").add_executions(250, status="RUNNING")
        ended = subprocess.run(
            [path, "-e", SCRIPT, "--", MACHINE, fast.arn, UNKNOWN],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment(ENDPOINT=sfn.endpoint_url),
        )
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)

    assert answer.pop("names") == [f"execution-{index}" for index in reversed(range(250))]
    assert len(answer.pop("requestId")) == 36
    assert answer == {
        "started": "2026-01-10T03:00:00.250Z",
        "attempts": 2,
        "sync": "SUCCEEDED",
        "refused": [True, "StateMachineDoesNotExist", NOBODY],
        "checked": ["ValidationException", "Must provide a StateMachine ARN or MapRun ARN"],
    }
    assert [call.operation for call in sfn.calls] == [
        *["ListExecutions"] * 3,
        *["StartExecution"] * 2,
        "StartSyncExecution",
        *["ListExecutions"] * 2,
    ]
