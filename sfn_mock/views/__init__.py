"""The views: state machines, versions, aliases, executions and map runs as a test sees them.

A view keeps only a reference to a record; it is made on access. Two views of one record are equal. Dates are aware
datetimes in UTC. Arguments are checked here or in ``state``: what AWS could never show is a ValueError, and nothing is
stored. A view whose record was deleted, reset or rolled back raises RuntimeError. After the mock's end a view can be
read, in its last state, but not changed.

Views refer to each other through this package, because an execution has a state machine, which has executions.
"""

from sfn_mock.types import MachineType, MapRunStatus, Status
from sfn_mock.views.alias import Alias
from sfn_mock.views.execution import Execution
from sfn_mock.views.executions import Executions
from sfn_mock.views.map_run import MapRun
from sfn_mock.views.replay import Replay
from sfn_mock.views.state_machine import StateMachine
from sfn_mock.views.version import Version

__all__ = [
    "Alias",
    "Execution",
    "Executions",
    "MachineType",
    "MapRun",
    "MapRunStatus",
    "Replay",
    "StateMachine",
    "Status",
    "Version",
]
