"""AWS Step Functions for unit tests: seed executions with chosen statuses and dates, and list them as AWS would.

Use the pytest fixture ``sfn_executions``, or the context manager and decorator ``mock_sfn_executions``:

    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T02:00:00Z")
        boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)

``help(sfn_mock.mock_sfn_executions)`` explains the options, ``help(sfn_mock.StepFunctionsMock)`` the handle ``sfn``,
``help(sfn_mock.StateMachine)`` what ``orders`` offers. ``python -m sfn_mock --help`` explains the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfn_mock.handle import StepFunctionsMock
    from sfn_mock.http_server.server import server
    from sfn_mock.instruments.calls import Call, Calls
    from sfn_mock.instruments.coverage import Coverage, CoverageReport
    from sfn_mock.instruments.faults import Fault
    from sfn_mock.instruments.guard import UnmockedServiceError
    from sfn_mock.instruments.paging_walks import PagingError, PagingWarning
    from sfn_mock.instruments.replay_differences import ReplayDifference
    from sfn_mock.mock import get_mock, mock_sfn_executions
    from sfn_mock.moto_integration.installation import install, uninstall
    from sfn_mock.state.seeds import SeedWarning
    from sfn_mock.state.task_mocks import TaskError
    from sfn_mock.views import Alias, Execution, Executions, MapRun, Replay, StateMachine, Status, Version

__version__ = "0.1.0"

__all__ = [
    "Alias",
    "Call",
    "Calls",
    "Coverage",
    "CoverageReport",
    "Execution",
    "Executions",
    "Fault",
    "MapRun",
    "PagingError",
    "PagingWarning",
    "Replay",
    "ReplayDifference",
    "SeedWarning",
    "StateMachine",
    "Status",
    "StepFunctionsMock",
    "TaskError",
    "UnmockedServiceError",
    "Version",
    "get_mock",
    "install",
    "mock_sfn_executions",
    "server",
    "uninstall",
]

# Imported when first asked for: pytest imports this package for the plugin, in every run, used or not.
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
    "PagingError": "instruments.paging_walks",
    "PagingWarning": "instruments.paging_walks",
    "Replay": "views",
    "ReplayDifference": "instruments.replay_differences",
    "SeedWarning": "state.seeds",
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
    return [*__all__, "__version__"]
