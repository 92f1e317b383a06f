"""The fixture sfn_executions, its marker, and the reports of tests, as pytest runs them."""

from __future__ import annotations

import os
import pydoc
import re
import subprocess
import sys

import boto3
import pytest

import sfn_mock
from sfn_mock import StepFunctionsMock, get_mock

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


# --- The fixture -------------------------------------------------------------------------------------------------


def test_fixture_gives_the_handle(sfn_executions):
    """A real boto3 client lists what the fixture's handle has seeded."""
    sfn_executions.add_state_machine("orders").add_execution("nightly", status="SUCCEEDED")
    listed = boto3.client("stepfunctions").list_executions(stateMachineArn=ARN)["executions"]

    assert isinstance(sfn_executions, StepFunctionsMock)
    assert get_mock() is sfn_executions
    assert [execution["name"] for execution in listed] == ["nightly"]


def test_every_test_starts_empty(run_module):
    """Each test has its own mock, also after one that failed."""
    result = run_module(
        """
        import os, pytest
        from sfn_mock import get_mock

        @pytest.mark.parametrize("number", [1, 2])
        def test_fails(sfn_executions, number):
            assert sfn_executions.state_machines == []
            sfn_executions.add_state_machine("orders")
            raise ZeroDivisionError

        def test_nothing_is_left():
            with pytest.raises(RuntimeError):
                get_mock()
            assert "AWS_ACCESS_KEY_ID" not in os.environ
        """
    )

    result.assert_outcomes(failed=2, passed=1)


def test_fixture_in_other_fixtures(run_module):
    """A fixture that uses it shares its store with the test."""
    result = run_module(
        """
        import boto3, pytest

        @pytest.fixture
        def orders(sfn_executions):
            return sfn_executions.add_state_machine("orders")

        def test_it(orders, sfn_executions):
            assert sfn_executions.get_state_machine("orders") == orders
        """
    )

    result.assert_outcomes(passed=1)


def test_fixture_with_asyncio(run_module):
    """An asynchronous test runs under the mock too."""
    result = run_module(
        """
        import asyncio, boto3, pytest

        @pytest.mark.asyncio
        async def test_it(sfn_executions):
            sfn_executions.add_state_machine("orders")
            await asyncio.sleep(0)
            assert len(boto3.client("stepfunctions").list_state_machines()["stateMachines"]) == 1
        """
    )

    result.assert_outcomes(passed=1)


def test_fixture_with_unittest(run_module):
    """A TestCase can use it by usefixtures or by the marker, with get_mock()."""
    result = run_module(
        """
        import unittest, pytest
        from sfn_mock import get_mock

        @pytest.mark.usefixtures("sfn_executions")
        class Used(unittest.TestCase):
            def setUp(self):
                get_mock().add_state_machine("orders")

            def test_it(self):
                self.assertEqual(len(get_mock().state_machines), 1)

        @pytest.mark.sfn_executions(region="eu-west-1")
        class Marked(unittest.TestCase):
            def test_it(self):
                self.assertEqual(get_mock().region, "eu-west-1")
        """
    )

    result.assert_outcomes(passed=2)


# --- The marker --------------------------------------------------------------------------------------------------


def test_closest_marker_wins(run_module):
    """For each option, the function's marker has priority over its class's, and that over the module's."""
    result = run_module(
        """
        import pytest

        pytestmark = pytest.mark.sfn_executions(account_id="111111111111", region="eu-west-1")

        def place(sfn):
            return sfn.account_id, sfn.region

        def test_module(sfn_executions):
            assert place(sfn_executions) == ("111111111111", "eu-west-1")

        @pytest.mark.sfn_executions(account_id="222222222222")
        class TestClass:
            def test_class(self, sfn_executions):
                assert place(sfn_executions) == ("222222222222", "eu-west-1")

            @pytest.mark.sfn_executions(region="eu-north-1")
            def test_function(self, sfn_executions):
                assert place(sfn_executions) == ("222222222222", "eu-north-1")

        @pytest.mark.parametrize(
            "region",
            [
                pytest.param("ap-south-1", marks=pytest.mark.sfn_executions(region="ap-south-1")),
                pytest.param("eu-west-1"),
            ],
        )
        def test_parametrized(sfn_executions, region):
            assert sfn_executions.region == region
        """
    )

    result.assert_outcomes(passed=5)


def test_marker_brings_the_fixture(run_module):
    """A test with the marker is mocked even if it does not use the fixture."""
    result = run_module(
        """
        import pytest
        from sfn_mock import get_mock

        def active():
            try:
                return get_mock().region
            except RuntimeError:
                return None

        @pytest.fixture
        def region():
            return active()

        @pytest.mark.sfn_executions(region="eu-west-1")
        def test_marked(region):
            assert region == active() == "eu-west-1"

        @pytest.mark.parametrize(
            "expected", [pytest.param("us-east-1", marks=pytest.mark.sfn_executions), pytest.param(None)]
        )
        def test_parametrized(expected):
            assert active() == expected
        """
    )

    result.assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param("'eu-west-1'", " takes options by keyword only, got 'eu-west-1'.", id="by position"),
        pytest.param("regoin='eu-west-1'", ": unknown option 'regoin'. Did you mean 'region'?", id="unknown"),
        pytest.param("regoin=2, account_id='1'", ": unknown option 'regoin'. Did you mean 'region'?", id="several"),
    ],
)
def test_marker_takes_options_only(arguments, sentence, run_module):
    """Another argument is an error that names it and the options."""
    result = run_module(
        f"""
        import pytest

        @pytest.mark.sfn_executions({arguments})
        def test_it(sfn_executions):
            pass
        """
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E*: @pytest.mark.sfn_executions{sentence}"])


def test_marker_refuses_values_as_the_decorator_does(run_module):
    """A wrong region is a ValueError before the test begins."""
    result = run_module(
        """
        import pytest

        @pytest.mark.sfn_executions(region="Frankfurt")
        def test_it(sfn_executions):
            pass
        """
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*ValueError: region must be the name of an AWS region, *, got 'Frankfurt'."])


def test_marker_is_registered(pytester):
    """--markers explains the marker, and --strict-markers accepts it."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.sfn_executions
        def test_it():
            pass
        """
    )

    pytester.runpytest("--strict-markers").assert_outcomes(passed=1)
    pytester.runpytest("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.sfn_executions(account_id=..., region=..., *): run the test under mock_sfn_executions*"]
    )


# --- The report --------------------------------------------------------------------------------------------------


def test_swallowed_call_is_an_error_of_the_teardown(run_module):
    """If a passed test swallowed a refused call, its teardown has an error."""
    result = run_module(
        """
        import boto3

        def test_it(sfn_executions):
            try:
                boto3.client("s3").list_buckets()
            except Exception:
                pass
        """
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*UnmockedServiceError: *swallowed the error: s3 ListBuckets.*"])


def test_refused_call_is_reported_once(run_module):
    """A test that fails because of a refused call has no second report."""
    result = run_module(
        """
        import boto3

        def test_it(sfn_executions):
            boto3.client("s3").list_buckets()
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*swallowed*")


def test_refused_call_of_a_fixture_is_reported_once(run_module):
    """A fixture that fails because of it is only an error of the setup."""
    result = run_module(
        """
        import boto3, pytest

        @pytest.fixture
        def buckets(sfn_executions):
            return boto3.client("s3").list_buckets()

        def test_it(buckets):
            pass
        """
    )

    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*swallowed*")


def test_swallowed_call_joins_the_report_of_a_failure(run_module):
    """The test's own failure is reported, with the finding."""
    result = run_module(
        """
        import boto3

        def test_it(sfn_executions):
            try:
                boto3.client("s3").list_buckets()
            except Exception:
                pass
            assert False, "of its own"
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*of its own*", "E*swallowed the error: s3 ListBuckets.*"])


def test_class_reports_a_refused_call_once(run_module):
    """A decorated plain or unittest class reports it once too."""
    result = run_module(
        """
        import unittest, boto3
        from sfn_mock import mock_sfn_executions

        @mock_sfn_executions
        class TestPlain:
            def test_it(self):
                boto3.client("s3").list_buckets()

        @mock_sfn_executions
        class TestCase(unittest.TestCase):
            def test_it(self):
                boto3.client("s3").list_buckets()
        """
    )

    result.assert_outcomes(failed=2)
    result.stdout.no_fnmatch_line("*swallowed*")


# --- A plugin that is not used -----------------------------------------------------------------------------------


def loaded_by(program: str, *arguments: str, **environment: str) -> str:
    """The heavy packages that a new Python has imported after the program."""
    report = "print('loaded:', sorted({'boto3', 'botocore', 'moto', 'responses'} & set(__import__('sys').modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"{program}\n{report}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return run.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "program",
    [
        "import sfn_mock; sfn_mock.__version__; dir(sfn_mock)",
        "import sfn_mock.pytest_plugin",
        "from sfn_mock import mock_sfn_executions",
    ],
)
def test_import_is_light(program):
    """boto3 and moto are not imported before a mock is used."""
    assert loaded_by(program) == "loaded: []"


def test_unused_plugin_is_light(pytester):
    """A test run without the fixture does not import boto3 or moto."""
    pytester.makepyfile("def test_it(): pass")
    program = f"import pytest; pytest.main(['-p', 'no:randomly', '-p', 'no:cacheprovider', {str(pytester.path)!r}])"

    assert loaded_by(program) == "loaded: []"


# --- The region of a test run --------------------------------------------------------------------------------------

REGIONS = """
    import os
    import pytest
    from sfn_mock import mock_sfn_executions

    def test_fixture(sfn_executions):
        assert sfn_executions.add_state_machine("a").arn.split(":")[3] == "eu-west-3"
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-3"

    @pytest.mark.sfn_executions(region="eu-north-1")
    def test_marker(sfn_executions):
        assert sfn_executions.add_state_machine("a").arn.split(":")[3] == "eu-north-1"

    def test_context_manager():
        with mock_sfn_executions() as sfn:
            assert sfn.add_state_machine("a").arn.split(":")[3] == "eu-west-3"
"""


def test_region_of_the_run(pytester, monkeypatch):
    """The ini value sets the region of every mock without the option, whatever the environment has."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    pytester.makeini("[pytest]\nsfn_mock_region = eu-west-3\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(REGIONS)

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=3)
    assert os.environ["AWS_DEFAULT_REGION"] == "us-west-2"


def test_wrong_region_of_the_run(pytester):
    """A wrong region is refused before the first test, with the name of the ini value."""
    pytester.makeini("[pytest]\nsfn_mock_region = moon\nasyncio_default_fixture_loop_scope = function\n")

    result = pytester.runpytest()
    result.stderr.fnmatch_lines(["*sfn_mock_region: region must be the name of an AWS region, *, got 'moon'."])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_replace_moto_that_is_not_a_bool(pytester):
    """A value that is not a bool is refused before the first test, with the name of the ini value."""
    pytester.makeini("[pytest]\nsfn_mock_replace_moto = maybe\nasyncio_default_fixture_loop_scope = function\n")

    result = pytester.runpytest()
    result.stderr.fnmatch_lines(["ERROR: sfn_mock_replace_moto must be true or false: invalid truth value 'maybe'."])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_fixtures_are_explained(pytester):
    """--fixtures shows what each fixture does, how to seed, and which marker sets its options."""
    result = pytester.runpytest("--fixtures")

    result.stdout.fnmatch_lines(
        [
            "sfn_executions -- *",
            "    Mock AWS Step Functions while the test runs, and return the handle that seeds and inspects *",
            '    Seed with ``sfn_executions.add_state_machine("orders").add_execution("nightly", *',
            "    ``@pytest.mark.sfn_executions(...)`` sets the options of ``mock_sfn_executions``.",
            "sfn_executions_server -- *",
            "    Serve AWS Step Functions on a free port of this machine, for clients of any process and language.",
            "    Returns the same handle as ``sfn_executions``; clients use its ``endpoint_url``.",
        ]
    )


def test_help_fits_a_screen():
    """help(sfn_mock) begins with an example and a table of every public name, and shows no class with its methods."""
    shown = pydoc.render_doc(sfn_mock, renderer=pydoc.plaintext).splitlines()
    guide = shown[: shown.index("PACKAGE CONTENTS")]
    table = [re.split(r"  +", line.strip()) for line in guide if re.match(r" {8}\w.+  ", line)]

    assert "        with mock_sfn_executions() as sfn:" in guide
    assert sorted(name for _, names in table for name in names.split(", ")) == [
        name for name in dir(sfn_mock) if name != "__version__"
    ]
    assert len(guide) <= 25
    assert [line for line in shown if line.strip() in ("CLASSES", "FUNCTIONS")] == []
    assert len(shown) <= 70
