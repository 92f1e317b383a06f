"""AWS Step Functions for unit tests: seed executions with chosen statuses and dates, and list them as AWS would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfn_mock.handle import StepFunctionsMock
    from sfn_mock.installation import install, uninstall
    from sfn_mock.mock import get_mock, mock_sfn_executions
    from sfn_mock.serving.server import server
    from sfn_mock.store.executions import Execution
    from sfn_mock.store.map_runs import MapRun
    from sfn_mock.store.seeding import SeedWarning
    from sfn_mock.store.state_machines import Alias, StateMachine, Version
    from sfn_mock.ways_in.calls import Call, Calls
    from sfn_mock.ways_in.faults import Fault
    from sfn_mock.ways_in.guard import UnmockedServiceError
    from sfn_mock.ways_in.paging_check import PagingError, PagingWarning

__version__ = "0.1.0"

__all__ = [
    "Alias",
    "Call",
    "Calls",
    "Execution",
    "Fault",
    "MapRun",
    "PagingError",
    "PagingWarning",
    "SeedWarning",
    "StateMachine",
    "StepFunctionsMock",
    "UnmockedServiceError",
    "Version",
    "get_mock",
    "install",
    "mock_sfn_executions",
    "server",
    "uninstall",
]

# Imported when first asked for: pytest imports this package for the plugin, in every run, used or not.
_ROOMS = {
    "Alias": "store.state_machines",
    "Call": "ways_in.calls",
    "Calls": "ways_in.calls",
    "Execution": "store.executions",
    "Fault": "ways_in.faults",
    "MapRun": "store.map_runs",
    "PagingError": "ways_in.paging_check",
    "PagingWarning": "ways_in.paging_check",
    "SeedWarning": "store.seeding",
    "StateMachine": "store.state_machines",
    "StepFunctionsMock": "handle",
    "UnmockedServiceError": "ways_in.guard",
    "Version": "store.state_machines",
    "get_mock": "mock",
    "install": "installation",
    "mock_sfn_executions": "mock",
    "server": "serving.server",
    "uninstall": "installation",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
