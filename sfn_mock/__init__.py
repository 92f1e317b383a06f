"""A mock of AWS Step Functions for unit tests: it answers boto3 as AWS does, with the executions that a test adds.

In pytest, use the fixture ``sfn_executions``. Elsewhere, use a ``with`` block or a decorator:

    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T02:00:00Z")
        boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)

``help(sfn_mock.mock_sfn_executions)`` explains the options, ``help(sfn_mock.StepFunctionsMock)`` the handle ``sfn``,
``help(sfn_mock.StateMachine)`` what ``orders`` offers, and so on for each name:

    Start a mock       mock_sfn_executions, get_mock, install, uninstall, server
    Handle, records    StepFunctionsMock, StateMachine, Version, Alias, Execution, Executions, Status, MapRun
    Calls and faults   Calls, Call, Fault
    Definitions        Replay, ReplayDifference, Coverage, CoverageReport, TaskError
    Other errors       UnmockedServiceError, NestingError, PagingError, PagingWarning, SeedWarning

``python -m sfn_mock --help`` explains the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfn_mock.handle import StepFunctionsMock as StepFunctionsMock
    from sfn_mock.http_server.server import server as server
    from sfn_mock.instruments.calls import Call as Call
    from sfn_mock.instruments.calls import Calls as Calls
    from sfn_mock.instruments.coverage import Coverage as Coverage
    from sfn_mock.instruments.coverage import CoverageReport as CoverageReport
    from sfn_mock.instruments.faults import Fault as Fault
    from sfn_mock.instruments.guard import UnmockedServiceError as UnmockedServiceError
    from sfn_mock.instruments.paging_walks import PagingError as PagingError
    from sfn_mock.instruments.paging_walks import PagingWarning as PagingWarning
    from sfn_mock.instruments.replay_differences import ReplayDifference as ReplayDifference
    from sfn_mock.mock import get_mock as get_mock
    from sfn_mock.mock import mock_sfn_executions as mock_sfn_executions
    from sfn_mock.moto_integration.installation import install as install
    from sfn_mock.moto_integration.installation import uninstall as uninstall
    from sfn_mock.state.nesting import NestingError as NestingError
    from sfn_mock.state.seed_warnings import SeedWarning as SeedWarning
    from sfn_mock.state.task_mocks import TaskError as TaskError
    from sfn_mock.views import Alias as Alias
    from sfn_mock.views import Execution as Execution
    from sfn_mock.views import Executions as Executions
    from sfn_mock.views import MapRun as MapRun
    from sfn_mock.views import Replay as Replay
    from sfn_mock.views import StateMachine as StateMachine
    from sfn_mock.views import Status as Status
    from sfn_mock.views import Version as Version

__version__ = "0.1.0"

# The public names, each imported when it is first used: pytest imports this package in every run, to load the plugin.
# There is no __all__, because help(sfn_mock) would then show every class with all its methods, on a hundred screens.
_MODULES = {
    "Alias": "views",
    "Call": "instruments.calls",
    "Calls": "instruments.calls",
    "Coverage": "instruments.coverage",
    "CoverageReport": "instruments.coverage",
    "Execution": "views",
    "Executions": "views",
    "Fault": "instruments.faults",
    "MapRun": "views",
    "NestingError": "state.nesting",
    "PagingError": "instruments.paging_walks",
    "PagingWarning": "instruments.paging_walks",
    "Replay": "views",
    "ReplayDifference": "instruments.replay_differences",
    "SeedWarning": "state.seed_warnings",
    "StateMachine": "views",
    "Status": "views",
    "StepFunctionsMock": "handle",
    "TaskError": "state.task_mocks",
    "UnmockedServiceError": "instruments.guard",
    "Version": "views",
    "get_mock": "mock",
    "install": "moto_integration.installation",
    "mock_sfn_executions": "mock",
    "server": "http_server.server",
    "uninstall": "moto_integration.installation",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return [*_MODULES, "__version__"]
