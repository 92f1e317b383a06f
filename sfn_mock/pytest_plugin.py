"""The ``sfn_executions`` fixture and its marker. Neither boto3 nor moto is imported before a test asks for them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from sfn_mock.handle import StepFunctionsMock

_NAME = "sfn_executions"
#: The fixtures that take the marker's options.
_FIXTURES = {_NAME, "sfn_executions_server"}
_OPTIONS = (
    "account_id",
    "region",
    "retry_sleeps",
    "check_paging",
    "consistency_lag",
    "short_pages",
    "retention",
    "quotas",
    "execute",
    "transport",
)
_REPLACE_MOTO = "sfn_mock_replace_moto"
_CHECK_PAGING = "sfn_mock_check_paging"
_CHECK_PAGING_VALUES: dict[str, bool | Literal["warn"]] = {"false": False, "true": True, "warn": "warn"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        _REPLACE_MOTO,
        "Put sfn_mock behind every mock_aws of the run, in place of moto's own Step Functions.",
        type="bool",
        default=False,
    )
    parser.addini(
        _CHECK_PAGING,
        f"check_paging of every mock that does not ask for another: {', '.join(_CHECK_PAGING_VALUES)}.",
        default="false",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getini(_REPLACE_MOTO):
        _replace_moto(config)
    _check_paging_by_ini(config)
    options = ", ".join(f"{option}=..." for option in _OPTIONS)
    config.addinivalue_line(
        "markers", f"{_NAME}({options}): run the test under mock_sfn_executions with these options."
    )


def _replace_moto(config: pytest.Config) -> None:
    from sfn_mock.moto_integration.installation import install, uninstall

    def put_moto_back() -> None:
        # A mock_aws that the suite never stops ends with the process, and so does what stands behind it.
        with suppress(RuntimeError):
            uninstall()

    try:
        install()
    except RuntimeError as error:
        raise pytest.UsageError(f"{_REPLACE_MOTO}: {error}") from None
    config.add_cleanup(put_moto_back)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A marked test has the fixture, whether or not it takes the handle as an argument."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and item.get_closest_marker(_NAME)
            and _FIXTURES.isdisjoint(item.fixturenames)
        ):
            # The tests of one function share the list, but not all of them need be marked.
            item.fixturenames = [_NAME, *item.fixturenames]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What the ini file says of paging holds for every mock of a test, unless the test's marker says otherwise."""
    mode = _check_paging(item)
    if not mode:
        return (yield)
    from sfn_mock.instruments import paging_check

    with paging_check.by_default(mode):
        return (yield)


def _check_paging(item: pytest.Item) -> bool | Literal["warn"]:
    if any("check_paging" in marker.kwargs for marker in item.iter_markers(_NAME)):
        return False  # what a marker says goes to the fixture
    return _check_paging_by_ini(item.config)


def _check_paging_by_ini(config: pytest.Config) -> bool | Literal["warn"]:
    """UsageError for a value that is none."""
    value = str(config.getini(_CHECK_PAGING)).lower()
    if value not in _CHECK_PAGING_VALUES:
        raise pytest.UsageError(f"{_CHECK_PAGING} = {value}: write {' or '.join(_CHECK_PAGING_VALUES)}.")
    return _CHECK_PAGING_VALUES[value]


@pytest.fixture
def sfn_executions(request: pytest.FixtureRequest) -> Iterator[StepFunctionsMock]:
    """AWS Step Functions, mocked while the test runs. Gives the handle that seeds executions and inspects them.

    ``@pytest.mark.sfn_executions(...)`` takes the options of ``mock_sfn_executions``.
    """
    options = _marker_options(request)
    from sfn_mock.mock import mock_sfn_executions

    with mock_sfn_executions(**options) as sfn:
        yield sfn


@pytest.fixture
def sfn_executions_server(request: pytest.FixtureRequest) -> Iterator[StepFunctionsMock]:
    """AWS Step Functions on a port of this machine while the test runs, for clients of any process and language.

    Gives the handle of ``sfn_executions``, and takes the options of its marker; ``endpoint_url`` is where it listens.
    """
    options = _marker_options(request)
    from sfn_mock.http_server.server import server

    with server(**options) as sfn:
        yield sfn


def _marker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The markers' keywords, of each option the closest one's; UsageError for anything that is no option."""
    options: dict[str, Any] = {}
    for marker in request.node.iter_markers(_NAME):
        wrong = [*map(repr, marker.args), *(option for option in marker.kwargs if option not in _OPTIONS)]
        if wrong:
            raise pytest.UsageError(
                f"@pytest.mark.{_NAME} takes the keywords {', '.join(_OPTIONS)}, and got {', '.join(wrong)}."
            )
        options = {**marker.kwargs, **options}
    return options


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[Any],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the mock how a test failed before its report is written: then it need not report the same once more.

    The report of a test that failed under the mock gains a section with its calls and executions.
    """
    life = sys.modules.get("sfn_mock.session")
    if life is None:
        return (yield)
    if call.excinfo is not None:
        life.settle(call.excinfo.value)
    report = yield
    ended = life.take_last_words()
    if report.failed and (told := life.tell() or ended):
        report.sections.append(("Step Functions, as mocked", told))
    return report
