"""The command sfn-mock-server in its own process, as ``python -m sfn_mock``."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import boto3
import pytest
import urllib3

import sfn_mock
from sfn_mock.http_server import command

COMMAND = [sys.executable, "-m", "sfn_mock"]


@contextmanager
def serving(*arguments):
    """The process of the command, and the URL in its first line."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        ready = re.fullmatch(r"Step Functions at (http://127\.0\.0\.1:\d+)\n", line)
        assert ready, line + process.stderr.read()
        yield process, ready[1]
    finally:
        process.kill()
        process.communicate()


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)


def file(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def client_of(url, region="us-east-1"):
    return boto3.client("stepfunctions", region, endpoint_url=url, aws_access_key_id="any", aws_secret_access_key="any")


# --- The command in a process ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_a_signal(tmp_path, number):
    """One line has the URL, seeds exist at once, and a signal ends the command without more output."""
    item = {
        "executionArn": "arn:aws:states:us-east-1:123456789012:execution:imports:b",
        "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:imports",
        "name": "b",
        "status": "RUNNING",
        "startDate": "2026-01-10T01:00:00+00:00",
    }
    seeds = file(tmp_path, "seeds.yaml", "state_machines:\n- {name: orders, executions: [{status: FAILED, name: a}]}\n")
    printed = file(tmp_path, "executions.json", {"executions": [item]})
    with serving("--seed", seeds, "--seed", printed) as (process, url):
        client = client_of(url)
        listed = [
            run["name"]
            for machine in client.list_state_machines()["stateMachines"]
            for run in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        ]
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)

        assert sorted(listed) == ["a", "b"]
        assert (process.returncode, output, errors) == (0, "", "")


def test_moto_answers_beside_it():
    """moto answers other services, in the same account."""
    with serving("--account-id", "210987654321", "--region", "eu-central-1") as (_, url):
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        queues = boto3.client("sqs", "eu-central-1", endpoint_url=url, **keys)

        assert queues.create_queue(QueueName="a")["QueueUrl"] == f"{url}/210987654321/a"
        assert urllib3.PoolManager().request("GET", f"{url}/sfn-mock/info").json()["region"] == "eu-central-1"


def test_port_in_use():
    """If the port is in use, there is one sentence on stderr, and an exit code."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--port", str(port))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"sfn-mock-server: cannot listen on port {port} of 127.0.0.1 (Address already in use): choose "
        "another port, or 0 for a free one.\n"
    )


# --- The command in this process ---------------------------------------------------------------------------------


@pytest.fixture
def main(capsys, monkeypatch):
    """Run the command until it prints its URL; return exit code, output and the result of a look at the server."""

    def main(*arguments, look=lambda sfn: None):
        seen = []

        class Stopped:
            def is_set(self):
                return True

            def wait(self, timeout):
                seen.append(look(sfn_mock.get_mock()))
                return len(seen) > 1

        monkeypatch.setattr(command, "Event", Stopped)
        code = command.main(["--port", "0", *arguments])
        return code, capsys.readouterr(), seen

    return main


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            '{"state_machines": [{"name": "orders", "executions": [{"status": "FAILD"}]}]}',
            "state_machines[0].executions[0].status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got "
            "'FAILD'. Did you mean 'FAILED'?",
            id="a seed that cannot be",
        ),
        pytest.param(
            "{", "invalid JSON in line 1, column 2: Expecting property name enclosed in double quotes.", id="no JSON"
        ),
        pytest.param(
            "hello",
            "The document must be an object with 'state_machines', or what `aws stepfunctions list-executions`"
            " prints, got 'hello'",
            id="no seeds",
        ),
        pytest.param(
            '{"executions": [7]}',
            "Item 1: item must be an object with the members of an execution, got 7.",
            id="what no CLI prints",
        ),
    ],
)
def test_wrong_seed_file(main, tmp_path, content, sentence):
    """A wrong seed file is one sentence with the file and the position, and no server starts."""
    path = file(tmp_path, "seeds", content)
    code, printed, seen = main("--seed", path)

    assert (code, printed.out, printed.err, seen) == (1, "", f"sfn-mock-server: {path}: {sentence}\n", [])


def test_no_seed_file(main, tmp_path):
    """A missing file is named with its whole path."""
    code, printed, _ = main("--seed", str(tmp_path / "nowhere.yaml"))

    assert (code, printed.out) == (1, "")
    assert printed.err.startswith(f"sfn-mock-server: No file '{tmp_path}/nowhere.yaml'")


def test_seed_warnings_are_shown(main, tmp_path):
    """Warnings of seeds are printed on stderr, and the server starts."""
    soon = {"status": "RUNNING", "start_date": "+1h"}
    path = file(tmp_path, "seeds.json", {"state_machines": [{"name": "orders", "executions": [soon]}]})
    code, printed, _ = main("--seed", path)

    assert code == 0
    assert re.fullmatch(rf"sfn-mock-server: {re.escape(path)}: start_date \S+ is after now: .+\n", printed.err)


def test_options(main):
    """The command takes the options of the mock."""
    options = [
        *("--account-id", "210987654321", "--region", "eu-central-1", "--consistency-lag", "5s", "--short-pages"),
        *("--retention", "90d", "--quotas", '{"open_executions": 3}', "--execute"),
        *("--wait-scale", "0.5"),
    ]
    code, _, [edges, _] = main(*options, look=lambda sfn: sfn._session.records().simulation)

    assert code == 0
    assert (edges.consistency_lag, edges.short_pages, edges.retention) == (5000, True, 90 * 24 * 3600 * 1000)
    assert (edges.quotas.open_executions, edges.wait_scale) == (3, 0.5)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        pytest.param(["--account-id", "7"], 1, "account_id must be a string of 12 digits, got '7'.", id="account"),
        pytest.param(["--region", "moon"], 1, "got 'moon'.", id="region"),
        pytest.param(["--quotas", "[]"], 1, "quotas must be a mapping such as", id="quotas"),
        pytest.param(["--quotas", "{"], 2, "argument --quotas: must be JSON, got '{'", id="quotas that are not JSON"),
        pytest.param(["--retention", "9"], 2, "argument --retention: LENGTH must be a timedelta >= 0", id="retention"),
        pytest.param(["--port", "none"], 2, "argument -p/--port: invalid int value: 'none'", id="port"),
        pytest.param(["--port", "70000"], 1, "port must be an int from 0 to 65535, got 70000.", id="no such port"),
        pytest.param(["--host", "192.0.2.7"], 1, "cannot listen on port 0 of 192.0.2.7 (", id="host"),
    ],
)
def test_refused(capsys, arguments, code, sentence):
    """A wrong option is one sentence on stderr, and an exit code."""
    try:
        ended = command.main(["--port", "0", *arguments])
    except SystemExit as exit:
        ended = exit.code
    output, errors = capsys.readouterr()

    assert (ended, output) == (code, "")
    assert errors.startswith("sfn-mock-server: ")
    assert sentence in errors
    assert errors.count("\n") == 1


def test_version(capsys):
    """The version is the package's."""
    with pytest.raises(SystemExit) as ended:
        command.main(["--version"])

    assert (ended.value.code, capsys.readouterr().out) == (0, f"sfn-mock-server {sfn_mock.__version__}\n")
