"""--sfn-coverage: the coverage of definitions over a whole session."""

from __future__ import annotations

import json

import pytest

TESTS = """
import json

import boto3
import pytest

DEFINITION = json.dumps({
    "StartAt": "Check",
    "States": {
        "Check": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.big", "BooleanEquals": True, "Next": "Ask"}],
            "Default": "Done",
        },
        "Ask": {"Type": "Pass", "End": True},
        "Done": {"Type": "Succeed"},
    },
})

@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize("number", range(3))
def test_small(sfn_executions, number):
    orders = sfn_executions.add_state_machine("orders", definition=DEFINITION)
    boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn, input='{"big": false}')
"""
SECTION = """
state machine  runs  parts  missed  taken
orders         3     6      3       50.0 %
all                  6      3       50.0 %
orders, never taken: Check: Choices[0] -> Ask
orders, never taken: Ask
orders, never taken: Ask: End
""".strip().splitlines()


@pytest.fixture
def run(pytester):
    """Run the tests with arguments, and return pytest's result."""
    pytester.makepyfile(TESTS)
    return pytester.runpytest


def section(result):
    """The lines of the section, without its heading and empty lines."""
    lines = result.outlines
    [begin] = [number for number, line in enumerate(lines) if "coverage of state machines" in line and "===" in line]
    end = next(number for number, line in enumerate(lines) if number > begin and line.startswith("==="))
    return [line for line in lines[begin + 1 : end] if line]


def test_section(run):
    """The section shows what all tests together took."""
    result = run("--sfn-coverage")

    assert (result.ret, section(result)) == (pytest.ExitCode.OK, SECTION)


def test_no_option(run):
    """Without an option there is no section."""
    result = run()

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*coverage of state machines*")


def test_workers_are_added_up(run):
    """With pytest-xdist the counts of all workers are added, also for the threshold."""
    result = run("--sfn-coverage-fail-under", "50", "-n", "2")

    assert (result.ret, section(result)) == (pytest.ExitCode.OK, SECTION)


def test_worker_that_crashes(pytester):
    """The counts of a crashed worker are missing, and the section says so."""
    pytester.makepyfile("import os\n\ndef test_crash():\n    os._exit(1)\n")
    result = pytester.runpytest("--sfn-coverage", "-n", "1", "--max-worker-restart", "0")

    assert result.ret != pytest.ExitCode.OK
    assert section(result) == [
        "No definition of a state machine was there to run.",
        "Worker gw0 has crashed: what it took is missing.",
    ]


@pytest.mark.parametrize(
    ("least", "code", "lines"),
    [
        pytest.param("50", pytest.ExitCode.OK, [], id="reached"),
        pytest.param(
            "50.5",
            pytest.ExitCode.TESTS_FAILED,
            ["FAILED: coverage of state machines must be at least 50.5 %, got 50.00 %"],
            id="missed",
        ),
    ],
)
def test_threshold(run, least, code, lines):
    """A session below the threshold fails; the option turns coverage on."""
    result = run("--sfn-coverage-fail-under", least)

    assert (result.ret, section(result)) == (code, [*SECTION, *lines])


def test_threshold_of_a_session_that_fails_anyway(run):
    """If the session fails for another reason, its exit code stays."""
    assert run("--sfn-coverage-fail-under=100", "-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("least", ["-1", "101", "half", "nan"])
def test_threshold_that_is_not_a_percentage(run, least):
    """The threshold must be a number from 0 to 100."""
    result = run(f"--sfn-coverage-fail-under={least}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*N must be a number from 0 to 100, got {least}*"])


def test_json(run, pytester):
    """The JSON file has the result of as_dict()."""
    run("--sfn-coverage-json", "reports/coverage.json")
    report = json.loads((pytester.path / "reports" / "coverage.json").read_text())

    assert report["percentage"] == 50.0
    [machine] = report["machines"]
    assert (machine["name"], machine["runs"], len(machine["parts"])) == ("orders", 3, 6)
    assert machine["parts"][0] == {"kind": "state", "state": "Check", "number": None, "next": None, "taken": 3}


def test_html(run, pytester):
    """The HTML file has a picture and a table of each machine."""
    run("--sfn-coverage-html", "coverage.html")
    page = (pytester.path / "coverage.html").read_text(encoding="utf-8")

    assert "<h2>orders: 3 of 6 parts taken, 50.0 %</h2>" in page
    assert '<tr class="missed"><td>Check: Choices[0] -&gt; Ask</td><td>never</td></tr>' in page
    assert '<tr class="taken"><td>Check: Default -&gt; Done</td><td>3</td></tr>' in page
    assert page.count("<figure>") == 1


def test_a_session_that_only_collects(run):
    """If no test runs, no file is written."""
    result = run("--sfn-coverage", "--collect-only")

    assert section(result) == ["No definition of a state machine was there to run."]


def test_help(run):
    """--help lists the options, and measures nothing."""
    result = run("--sfn-coverage", "--help")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*--sfn-coverage-fail-under=N*"])
