"""The section of the mock in pytest's report of a failed test."""

from __future__ import annotations

import itertools
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import boto3
import pytest

from sfn_mock import UnmockedServiceError, activation, get_mock, mock_sfn_executions
from sfn_mock.instruments import report
from sfn_mock.state import store

SECTION = "*- Step Functions, as mocked -*"


def section(result) -> list[str]:
    """The lines of the mock's section in the report of the first failed test."""
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if "- Step Functions, as mocked -" in line)
    end = next(number for number, line in enumerate(lines) if number > start and line.startswith("==="))
    return lines[start + 1 : end]


def test_calls_and_executions(run_module):
    """The section has the calls, and the executions as the test saw them, also after a frozen clock."""
    result = run_module(
        """
        import boto3
        from freezegun import freeze_time

        @freeze_time("2026-01-10 02:04:00")
        def test_it(sfn_executions):
            orders = sfn_executions.add_state_machine("orders")
            orders.add_execution("a", status="FAILED", start_date="2026-01-10T01:00:00Z")
            orders.add_execution(
                "b", status="SUCCEEDED", start_date="2026-01-10T02:00:00Z", stop_date="2026-01-10T02:05:00Z"
            )
            client = boto3.client("stepfunctions")
            client.list_executions(stateMachineArn=orders.arn, statusFilter="FAILED")
            client.start_execution(stateMachineArn=orders.arn, name="c")
            assert False
        """
    )

    assert section(result) == [
        "Calls (2):",
        "date                      operation       "
        "parameters                                                    answer",
        "2026-01-10T02:04:00.000Z  ListExecutions  "
        "stateMachineArn='stateMachine:orders', statusFilter='FAILED'  executions: 1",
        "2026-01-10T02:04:00.000Z  StartExecution  "
        "stateMachineArn='stateMachine:orders', name='c'               "
        "executionArn='execution:orders:c', startDate=2026-01-10T02:04:00.000Z",
        "",
        "Executions at 2026-01-10T02:04:00.000Z (2 RUNNING, 1 FAILED):",
        "of                   name  status   start date                stop date",
        "stateMachine:orders  c     RUNNING  2026-01-10T02:04:00.000Z",
        "stateMachine:orders  b     RUNNING  2026-01-10T02:00:00.000Z",
        "stateMachine:orders  a     FAILED   2026-01-10T01:00:00.000Z  2026-01-10T01:00:00.000Z",
    ]


def test_long_report(run_module):
    """Of many calls and executions the last twenty are shown, with the number of all."""
    result = run_module(
        """
        import boto3
        from freezegun import freeze_time

        @freeze_time("2026-01-10 02:00:00")
        def test_it(sfn_executions):
            orders = sfn_executions.add_state_machine("orders")
            orders.add_executions(1000, status="FAILED")
            client = boto3.client("stepfunctions")
            for size in range(1, 26):
                client.list_executions(stateMachineArn=orders.arn, maxResults=size)
            assert False
        """
    )
    lines = section(result)

    assert lines[0] == "Calls (the last 20 of 25):"
    assert "maxResults=6 " in lines[2]
    assert "maxResults=25 " in lines[21]
    assert lines[23] == "Executions at 2026-01-10T02:00:00.000Z (1000 FAILED, the 20 that started last):"
    assert [line.split()[1] for line in lines[25:]] == [f"execution-{index}" for index in range(999, 979, -1)]


def test_other_executions(run_module):
    """Child executions are listed under their map run, and future ones say so."""
    result = run_module(
        """
        import warnings
        from freezegun import freeze_time

        @freeze_time("2026-01-10 02:00:00")
        def test_it(sfn_executions):
            orders = sfn_executions.add_state_machine("orders")
            batch = orders.add_execution("parent", status="RUNNING").add_map_run("Items")
            batch.add_execution("child", status="FAILED")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                orders.add_execution("later", status="RUNNING", start_date="2026-01-10T03:00:00Z")
            assert False
        """
    )
    lines = section(result)

    assert lines[0] == "Executions at 2026-01-10T02:00:00.000Z (1 RUNNING, 1 not started, 1 FAILED):"
    assert [line.split(maxsplit=2)[1:] for line in lines[2:]] == [
        ["later", "not started  2026-01-10T03:00:00.000Z"],
        ["child", "FAILED       2026-01-10T02:00:00.000Z  2026-01-10T02:00:00.000Z"],
        ["parent", "RUNNING      2026-01-10T02:00:00.000Z"],
    ]
    assert lines[3].startswith("mapRun:orders/Items:")


def test_refused_seeds(run_module):
    """The report has no execution of a seed that was refused as a whole."""
    result = run_module(
        """
        import pytest
        from freezegun import freeze_time

        @freeze_time("2026-01-10 02:00:00")
        def test_it(sfn_executions):
            orders = sfn_executions.add_state_machine("orders")
            orders.add_execution("a", status="FAILED")
            with pytest.raises(ValueError):
                executions = [{"name": "b", "status": "FAILED"}, {"name": "c", "status": "FALED"}]
                sfn_executions.seed({"state_machines": [{"name": "orders", "executions": executions}]})
            assert False
        """
    )

    assert section(result) == [
        "Executions at 2026-01-10T02:00:00.000Z (1 FAILED):",
        "of                   name  status  start date                stop date",
        "stateMachine:orders  a     FAILED  2026-01-10T02:00:00.000Z  2026-01-10T02:00:00.000Z",
    ]


def test_calls_alone(run_module):
    """Without executions the section has only the calls."""
    result = run_module(
        """
        import boto3

        def test_it(sfn_executions):
            boto3.client("stepfunctions").list_state_machines()
            assert False
        """
    )

    assert [line.split("  ")[0] for line in section(result)][::2] == ["Calls (1):", section(result)[2][:24]]
    assert section(result)[2].endswith("stateMachines: 0")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import pytest

            @pytest.fixture
            def broken(sfn_executions):
                sfn_executions.add_state_machine("orders").add_execution("a", status="FAILED")
                assert False

            def test_it(broken):
                pass
            """,
            id="fixture that fails",
        ),
        pytest.param(
            """
            import unittest, pytest
            from sfn_mock import get_mock

            @pytest.mark.sfn_executions
            class TestIt(unittest.TestCase):
                def test_it(self):
                    get_mock().add_state_machine("orders").add_execution("a", status="FAILED")
                    self.fail()
            """,
            id="unittest with the marker",
        ),
        pytest.param(
            """
            from sfn_mock import get_mock, mock_sfn_executions

            @mock_sfn_executions
            class TestIt:
                def test_it(self):
                    get_mock().add_state_machine("orders").add_execution("a", status="FAILED")
                    assert False
            """,
            id="decorated class",
        ),
        pytest.param(
            """
            from sfn_mock import get_mock, mock_sfn_executions

            @mock_sfn_executions
            def test_it():
                get_mock().add_state_machine("orders").add_execution("a", status="FAILED")
                assert False
            """,
            id="decorated function",
        ),
        pytest.param(
            """
            import unittest
            from sfn_mock import get_mock, mock_sfn_executions

            @mock_sfn_executions
            class TestIt(unittest.TestCase):
                def test_it(self):
                    get_mock().add_state_machine("orders").add_execution("a", status="FAILED")
                    self.fail()
            """,
            id="decorated unittest",
        ),
        pytest.param(
            """
            import pytest
            from sfn_mock import get_mock, mock_sfn_executions

            @pytest.fixture(scope="module", autouse=True)
            def held():
                with mock_sfn_executions():
                    yield

            @mock_sfn_executions
            def test_it():
                get_mock().add_state_machine("orders").add_execution("a", status="FAILED")
                assert False
            """,
            id="decorated function under a mock of the module",
        ),
        pytest.param(
            """
            from sfn_mock import mock_sfn_executions

            def test_it():
                with mock_sfn_executions() as sfn:
                    sfn.add_state_machine("orders").add_execution("a", status="FAILED")
                    assert False
            """,
            id="with",
        ),
    ],
)
def test_wherever_a_mock_is_active(run_module, source):
    """Each failure while a mock is active has the section."""
    result = run_module(source)

    assert [line.split()[:3] for line in section(result)[2:]] == [["stateMachine:orders", "a", "FAILED"]]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def test_it(sfn_executions):\n    assert False", id="nothing to report"),
        pytest.param(
            "from sfn_mock import mock_sfn_executions\n\ndef test_it():\n"
            "    with mock_sfn_executions() as sfn:\n"
            "        sfn.add_state_machine('orders').add_execution(status='FAILED')\n"
            "    assert False",
            id="mock that has ended",
        ),
        pytest.param("def test_it():\n    assert False", id="no mock"),
        pytest.param(
            "import pytest\nfrom sfn_mock import mock_sfn_executions\n\ndef test_it():\n"
            "    with pytest.raises(OSError), mock_sfn_executions() as sfn:\n"
            "        sfn.add_state_machine('orders').add_execution(status='FAILED')\n"
            "        raise OSError\n\ndef test_next():\n"
            "    assert False",
            id="mock of the test before",
        ),
        pytest.param(
            "def test_it(sfn_executions):\n"
            "    sfn_executions.add_state_machine('orders').add_execution(status='FAILED')",
            id="test that passes",
        ),
        pytest.param(
            "import pytest\n\n@pytest.mark.xfail\ndef test_it(sfn_executions):\n"
            "    sfn_executions.add_state_machine('orders').add_execution(status='FAILED')\n"
            "    assert False",
            id="failure that was expected",
        ),
    ],
)
def test_no_section(run_module, source):
    """Without calls and executions, or without a failure, there is no section."""
    result = run_module(source, "-rA")

    result.stdout.no_fnmatch_line(SECTION)


# --- Unusual reports ---------------------------------------------------------------------------------------------

HOSTILE = """
    import pytest
    import urllib3

    @pytest.mark.parametrize(
        "body",
        ["{" * 50_000, "[" * 50_000, '{"name":' * 50_000, '{"name":' + "[" * 900 + "]" * 900 + "}", b"\\xff\\xfe",
         '{"\\\\ud800":"\\\\u0000\\\\u001b[31m","name":NaN}'],
        ids=range(6),
    )
    def test_it(sfn_executions, body):
        http = urllib3.PoolManager()
        target = {"X-Amz-Target": "AWSStepFunctions.CreateActivity"}
        http.request("POST", "https://states.us-east-1.amazonaws.com/", body=body, headers=target)
        assert False, "its own failure"
"""


EXECUTION = """
    def test_an_execution(sfn_executions):
        sfn_executions.add_state_machine("orders").add_execution("a", status="FAILED")
        assert False
"""


def test_hostile_requests(run_module):
    """Whatever a request contains, pytest reports the test's own failure."""
    check_hostile(run_module(HOSTILE), failed=6)


def test_reports_of_a_worker(run_module):
    """The reports of a pytest-xdist worker have the section too, and the own failure of each hostile request."""
    result = run_module(EXECUTION + HOSTILE, "-n", "1")

    assert [line.split()[:3] for line in section(result)[2:3]] == [["stateMachine:orders", "a", "FAILED"]]
    check_hostile(result, failed=7)


def check_hostile(result, failed):
    """Check that tests failed, and that pytest shows the own failures of the hostile ones."""
    result.assert_outcomes(failed=failed)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert sum("its own failure" in line for line in result.outlines if line.startswith("E ")) == 6


BROKEN = """
    import pytest
    from sfn_mock import get_mock, mock_sfn_executions
    from sfn_mock.instruments import report

    @pytest.fixture(autouse=True)
    def broken(monkeypatch):
        def describe(*_):
            raise RecursionError

        monkeypatch.setattr(report, "describe", describe)

    def test_it():
        with mock_sfn_executions():
            with mock_sfn_executions():
                assert False, "its own failure"

    def test_next():
        with pytest.raises(RuntimeError):
            get_mock()
"""


def test_report_that_cannot_be_made(run_module):
    """If the section cannot be made, it says so, and the failure and the mock's end are as usual."""
    result = run_module(BROKEN)

    result.assert_outcomes(failed=1, passed=1)
    assert section(result) == ["The report of this mock cannot be made: RecursionError."]
    assert any(line.startswith("E ") and "its own failure" in line for line in result.outlines)


class OddError(Exception):
    """A failure with attributes that raise exceptions."""

    __notes__ = None

    @property
    def exceptions(self):
        raise ZeroDivisionError


def test_failure_that_cannot_be_joined():
    """If a note cannot be added, the failure stays."""
    odd = OddError()
    vars(odd)["__notes__"] = "no list"

    @mock_sfn_executions
    def run_code() -> None:
        with suppress(UnmockedServiceError):
            boto3.client("s3").list_buckets()
        raise odd

    with pytest.raises(OddError) as error:
        run_code()

    assert error.value is odd


class EqualError(Exception):
    """A failure that raises an exception when it is compared, in an endless group."""

    exceptions = itertools.count()
    __hash__ = None

    def __eq__(self, other):
        raise ZeroDivisionError


def test_failure_that_cannot_be_compared():
    """The runner gets this failure, with the findings of the mock."""
    failure = EqualError()

    @mock_sfn_executions(check_paging=True)
    def run_code() -> None:
        orders = get_mock().add_state_machine("orders")
        orders.add_executions(101, status="SUCCEEDED")
        boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)
        raise failure

    with pytest.raises(EqualError) as error:
        run_code()

    assert error.value is failure
    [note] = vars(failure)["__notes__"]
    assert note.startswith("check_paging has also found:")


ODD_MODULES = """
    def test_it(sfn_executions):
        exec("def fail(): assert False, 'its own failure'\\nfail()", {"__name__": 5})
"""


def test_code_without_a_module(run_module):
    """Executed code may have no module name."""
    result = run_module(ODD_MODULES)

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_run_ended_by_the_test(monkeypatch):
    """Ctrl-C makes no report."""
    made = []
    monkeypatch.setattr(report, "describe", lambda *_: made.append(1) or "")
    with pytest.raises(KeyboardInterrupt), mock_sfn_executions():
        raise KeyboardInterrupt

    assert made == []
    with pytest.raises(OSError, match="its own"), mock_sfn_executions():
        raise OSError("its own")

    assert made == [1]


def test_thread_that_locks_the_records(monkeypatch):
    """A thread that uses the records does not prevent the mock's end or the report."""
    monkeypatch.setattr(store, "_LONGEST_WAIT", 0.01)
    entered, go_on = Event(), Event()

    def wait(name: str, input: str) -> dict[str, str]:
        entered.set()
        go_on.wait()
        return {"status": "SUCCEEDED"}

    def start(client: Any, arn: str) -> None:
        with suppress(RuntimeError):
            client.start_execution(stateMachineArn=arn)

    def fail(sfn: Any) -> None:
        orders = sfn.add_state_machine("orders")
        orders.on_start(wait)
        threads.append(Thread(target=start, args=(boto3.client("stepfunctions"), orders.arn)))
        threads[0].start()
        entered.wait()
        raise OSError("its own")

    threads: list[Thread] = []
    with pytest.raises(OSError, match="its own"), mock_sfn_executions() as sfn:
        fail(sfn)
    go_on.set()
    threads[0].join()

    assert activation._activation is None
