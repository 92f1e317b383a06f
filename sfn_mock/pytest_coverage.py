"""``--sfn-coverage``: the parts of the definitions that a whole pytest session has taken."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sfn_mock.instruments.coverage import CoverageReport

_KEY = "sfn_coverage"


def add_options(parser: pytest.Parser) -> None:
    """Declare the options; each of them turns coverage on."""
    group = parser.getgroup("sfn_mock", "AWS Step Functions")
    group.addoption(
        "--sfn-coverage",
        action="store_true",
        help="Tell which parts of state machines' definitions the session took, and which it never took.",
    )
    group.addoption(
        "--sfn-coverage-fail-under",
        type=_percentage,
        metavar="N",
        help="Fail the session if less than N of a hundred parts of the definitions were taken.",
    )
    group.addoption("--sfn-coverage-json", metavar="FILE", help="Write the coverage of definitions to a JSON file.")
    group.addoption(
        "--sfn-coverage-html",
        metavar="FILE",
        help="Write a page with a picture of each definition, and what was taken of it.",
    )


def _percentage(text: str) -> float:
    try:
        percentage = float(text)
    except ValueError:
        percentage = -1.0
    if not 0 <= percentage <= 100:
        raise ArgumentTypeError(f"N must be a number from 0 to 100, got {text}")
    return percentage


def register(config: pytest.Config) -> None:
    """Register the counting plugin if an option turns coverage on."""
    given = (config.getoption(f"sfn_coverage{suffix}") for suffix in ("", "_fail_under", "_json", "_html"))
    if any(option not in (None, False) for option in given):
        config.pluginmanager.register(_CoveragePlugin(config), _KEY)


class _CoveragePlugin:
    """Counts the parts that a session takes; under pytest-xdist the workers count and the controller adds up."""

    def __init__(self, config: pytest.Config) -> None:
        # Imported here, so that a session without coverage does not load it.
        from sfn_mock.instruments.session_coverage import SessionCoverage

        self._config = config
        self._coverage = SessionCoverage()
        self._report: CoverageReport | None = None
        self._is_too_low = False
        self._silent_workers: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._coverage.start()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the counts of a worker; a crashed worker has none."""
        data = getattr(node, "workeroutput", {}).get(_KEY)
        if data is None:
            self._silent_workers.append(node.gateway.id)
        else:
            self._coverage.log.add_data(data)

    # Last, because mocks of session fixtures end before.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._coverage.stop()
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self._coverage.log.as_data()
            return
        self._report = self._coverage.log.report()
        self._write("json", json.dumps(self._report.as_dict(), indent=2) + "\n")
        if self._config.getoption("sfn_coverage_html"):
            from sfn_mock.instruments.coverage_page import page

            self._write("html", page(self._report))
        least = self._config.getoption("sfn_coverage_fail_under")
        self._is_too_low = least is not None and self._report.percentage < least
        if self._is_too_low and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write(self, form: str, text: str) -> None:
        name = self._config.getoption(f"sfn_coverage_{form}")
        if name is not None:
            path = Path(self._config.invocation_params.dir, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._report is None:
            return
        terminalreporter.section("coverage of state machines")
        terminalreporter.write_line(str(self._report))
        for worker in self._silent_workers:
            terminalreporter.write_line(f"Worker {worker} has crashed: what it took is missing.", red=True)
        if self._is_too_low:
            least = self._config.getoption("sfn_coverage_fail_under")
            terminalreporter.write_line(
                f"FAILED: coverage of state machines must be at least {least:g} %, got {self._report.percentage:.2f} %",
                red=True,
            )
