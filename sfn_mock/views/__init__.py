"""What a test sees of the records: state machines, versions, aliases, executions and map runs.

A view holds a record and nothing else; it is made when somebody looks. Two views of one record are equal. Dates are
aware datetimes in UTC. What a test author gives is checked here or in ``state``, and what AWS could never show is a
ValueError, with nothing stored. A view whose record was deleted, reset or rolled back raises RuntimeError; one whose
mock has ended can be read as it last stood, and not changed.

Views return each other, as an execution has a state machine and that has executions: they find each other here.
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
