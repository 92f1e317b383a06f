"""The ``sfn_executions`` fixture and its marker. boto3 and moto are imported only when a test uses them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from sfn_mock import pytest_coverage
from sfn_mock.aws.accounts import check_region
from sfn_mock.options import NAMES, CheckPaging, RunDefaults, defaults_of_run
from sfn_mock.suggestions import did_you_mean, with_suggestion

if TYPE_CHECKING:
    from sfn_mock.handle import StepFunctionsMock

_NAME = "sfn_executions"
#: The fixtures that use the options of the marker.
_FIXTURES = {_NAME, "sfn_executions_server"}
_REPLACE_MOTO = "sfn_mock_replace_moto"
_REGION = "sfn_mock_region"
_CHECK_PAGING = "sfn_mock_check_paging"
_CHECK_PAGING_VALUES: dict[str, CheckPaging] = {"false": False, "true": True, "warn": "warn"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini values of this plugin to pytest."""
    pytest_coverage.add_options(parser)
    parser.addini(
        _REPLACE_MOTO,
        "Put sfn_mock behind every mock_aws of the run, in place of moto's own Step Functions.",
        type="bool",
        default=False,
    )
    parser.addini(_REGION, "The region of every mock that does not ask for another.", default="")
    parser.addini(
        _CHECK_PAGING,
        f"The option check_paging of every mock that does not ask for another: {', '.join(_CHECK_PAGING_VALUES)}.",
        default="false",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and install the mock if the ini value asks for it."""
    if _replace_moto_by_ini(config):
        _replace_moto(config)
    _check_paging_by_ini(config)
    _region_by_ini(config)
    pytest_coverage.register(config)
    options = ", ".join(f"{name}=..." for name in NAMES)
    config.addinivalue_line(
        "markers",
        f"{_NAME}({options}): run the test under mock_sfn_executions with these options, all of which may be left out. "
        f"A marked test need not take the fixture {_NAME} as an argument; the closest marker wins.",
    )


def _replace_moto_by_ini(config: pytest.Config) -> bool:
    """Return the ini setting; UsageError for a value that is neither true nor false."""
    try:
        return bool(config.getini(_REPLACE_MOTO))
    except (ValueError, pytest.UsageError) as error:
        # Which of both depends on the version of pytest. Neither names the option.
        raise pytest.UsageError(f"{_REPLACE_MOTO} must be true or false: {error}.") from None


def _replace_moto(config: pytest.Config) -> None:
    from sfn_mock.moto_integration.installation import install, uninstall

    def put_moto_back() -> None:
        # A mock_aws that the suite never stops keeps the installed backends until the process ends.
        with suppress(RuntimeError):
            uninstall()

    try:
        install()
    except RuntimeError as error:
        raise pytest.UsageError(f"{_REPLACE_MOTO}: {error}") from None
    config.add_cleanup(put_moto_back)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each marked test the fixture, even if it does not take the handle as an argument."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and item.get_closest_marker(_NAME)
            and _FIXTURES.isdisjoint(item.fixturenames)
        ):
            # The tests of one function share the list, but not all of them may be marked.
            item.fixturenames = [_NAME, *item.fixturenames]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Apply the ini file's defaults of paging and region to the mocks of a test."""
    defaults = RunDefaults(_check_paging(item), _region_by_ini(item.config) or None)
    with defaults_of_run(defaults):
        return (yield)


def _check_paging(item: pytest.Item) -> CheckPaging:
    if any("check_paging" in marker.kwargs for marker in item.iter_markers(_NAME)):
        return False  # the fixture reads the marker
    return _check_paging_by_ini(item.config)


def _check_paging_by_ini(config: pytest.Config) -> CheckPaging:
    """Return the ini setting; UsageError for an unknown value."""
    value = str(config.getini(_CHECK_PAGING)).lower()
    if value not in _CHECK_PAGING_VALUES:
        sentence = f"{_CHECK_PAGING} must be {' or '.join(_CHECK_PAGING_VALUES)}, got {value}."
        raise pytest.UsageError(with_suggestion(sentence, value, _CHECK_PAGING_VALUES))
    return _CHECK_PAGING_VALUES[value]


def _region_by_ini(config: pytest.Config) -> str:
    """Return the ini setting; UsageError for a value that cannot be a region."""
    region = str(config.getini(_REGION))
    if region:
        try:
            check_region(region)
        except ValueError as error:
            raise pytest.UsageError(f"{_REGION}: {error}") from None
    return region


@pytest.fixture
def sfn_executions(request: pytest.FixtureRequest) -> Iterator[StepFunctionsMock]:
    """Mock AWS Step Functions while the test runs, and return the handle that seeds and inspects executions.
    Seed with ``sfn_executions.add_state_machine("orders").add_execution("nightly", status="FAILED")``; boto3 lists it.
    ``@pytest.mark.sfn_executions(...)`` sets the options of ``mock_sfn_executions``.
    """
    options = _marker_options(request)
    from sfn_mock.mock import mock_sfn_executions

    with mock_sfn_executions(**options) as sfn:
        yield sfn


@pytest.fixture
def sfn_executions_server(request: pytest.FixtureRequest) -> Iterator[StepFunctionsMock]:
    """Serve AWS Step Functions on a free port of this machine, for clients of any process and language.
    Returns the same handle as ``sfn_executions``; clients use its ``endpoint_url``.
    ``@pytest.mark.sfn_executions(...)`` sets the options. Needs the extra ``server``.
    """
    options = _marker_options(request)
    from sfn_mock.http_server.server import server

    with server(**options) as sfn:
        yield sfn


def _marker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of a test's markers, the closest marker's first; UsageError for an unknown option."""
    options: dict[str, Any] = {}
    for marker in request.node.iter_markers(_NAME):
        if marker.args:
            raise pytest.UsageError(f"@pytest.mark.{_NAME} takes options by keyword only, got {marker.args[0]!r}.")
        for name in marker.kwargs:
            if name not in NAMES:
                raise pytest.UsageError(f"@pytest.mark.{_NAME}: unknown option {name!r}. {did_you_mean(name, NAMES)}")
        options = {**marker.kwargs, **options}
    return options


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[Any],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the mock how a test failed before its report is written, so that it does not report the same error twice.

    The report of a test that failed under the mock gains a section with its calls and executions.
    """
    if call.excinfo is not None:
        _hide_own_frames(call.excinfo)
    activation = sys.modules.get("sfn_mock.activation")
    if activation is None:
        return _point_at_test(call, (yield))
    if call.excinfo is not None:
        activation.report_findings(call.excinfo.value)
    report = _point_at_test(call, (yield))
    ended = activation.pop_last_report()
    if report.failed and (text := ended or activation.describe_active_mock()):
        report.sections.append(("Step Functions, as mocked", text))
    return report


def _hide_own_frames(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Make pytest leave frames of sfn_mock out of the tracebacks of errors for the test author."""
    for entry in excinfo.traceback:
        namespace = entry.frame.f_globals
        if _is_own(namespace.get("__name__", "")):
            # pytest looks for this name in a frame's variables, then in its module's.
            namespace["__tracebackhide__"] = _is_for_author
    if _is_for_author(excinfo):
        excinfo.traceback = excinfo.traceback.filter(_is_no_hook)


def _is_no_hook(entry: Any) -> bool:
    """Return whether a frame is not that of a hook, by which other plugins run the fixtures."""
    return not str(entry.name).startswith("pytest_")


def _point_at_test(call: pytest.CallInfo[Any], report: pytest.TestReport) -> pytest.TestReport:
    """Show where a test is, if an error of its fixture has no other line to show."""
    path, line, name = report.location
    for traceback, *_ in getattr(report.longrepr, "chain", ()):
        if call.excinfo is not None and _is_for_author(call.excinfo) and "hidden" in str(traceback.extraline):
            traceback.extraline = f"{path}:{1 if line is None else line + 1}: in {name}"
    return report


def _is_own(module: object) -> bool:
    """Return whether that is the name of a module of sfn_mock; executed code can have any value there."""
    return isinstance(module, str) and module.partition(".")[0] == "sfn_mock"


#: The errors that the fixtures, the handle and views raise on purpose; other errors of our code are bugs.
_FOR_AUTHOR = (ValueError, TypeError, LookupError, RuntimeError, TimeoutError, pytest.UsageError)


def _is_for_author(excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    raised_in: Any = excinfo.traceback[-1].frame.f_globals.get("__name__", "")
    return _is_own(type(excinfo.value).__module__) or (type(excinfo.value) in _FOR_AUTHOR and _is_own(raised_in))
