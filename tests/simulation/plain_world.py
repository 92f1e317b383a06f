"""All state machines, map runs and executions as plain lists, and the rules for what happens to them.

Nothing here is imported from the package. A copy of a world is all that a savepoint needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from plain_executions import UNSUCCESSFUL, Execution, Scope
from plain_life_cycle import LifeCycle

DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012:"


@dataclass
class World(LifeCycle):
    """What exists. ``moment`` is the test's time, and the options are those of the mock."""

    moment: datetime
    lag: timedelta = timedelta(0)
    retention: timedelta | None = None
    scopes: dict[str, Scope] = field(default_factory=dict)
    places: int = 0

    # --- What is there ----------------------------------------------------------------------------------------------

    @property
    def machines(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if not scope.is_map_run]

    @property
    def map_runs(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if scope.is_map_run]

    def scope_at(self, arn: str) -> Scope | None:
        """The one that is there: an ARN may come back after a deletion or a reset."""
        return next((scope for scope in self.scopes.values() if scope.arn == arn), None)

    def execution(self, key: str) -> Execution | None:
        return next((run for scope in self.scopes.values() for run in scope.executions if run.key == key), None)

    def execution_at(self, arn: str) -> Execution | None:
        """What a call with that ARN finds now: it has started and is kept."""
        found = next((run for scope in self.scopes.values() for run in scope.executions if run.arn == arn), None)
        return found if found is not None and self._is_there(found) else None

    def _is_there(self, execution: Execution) -> bool:
        return execution.at(self.moment) is not None and execution.is_kept(self.moment, self.retention)

    def _of(self, machine: Scope) -> list[Scope]:
        """The machine and its map runs."""
        return [scope for scope in self.scopes.values() if machine in (scope, scope.machine)]

    def executions_of(self, machine: Scope) -> list[Execution]:
        """Its own, then the child executions of its map runs."""
        return [execution for scope in self._of(machine) for execution in scope.executions]

    def _named_with(self, scope: Scope) -> list[Scope]:
        """The executions whose names are kept, without its own: map runs of one machine and label share theirs."""
        if not scope.is_map_run:
            return [scope]
        return [other for other in self.map_runs if (other.machine, other.label) == (scope.machine, scope.label)]

    def names_beside(self, scope: Scope) -> set[str]:
        """The names that an execution of ``scope`` cannot have; before its start an execution has its name, too."""
        return {
            execution.name
            for other in self._named_with(scope)
            for execution in other.executions
            if execution.is_kept(self.moment, self.retention) and not execution.replaced
        }

    def default_names(self, scope: Scope, how_many: int) -> list[str]:
        taken = self.names_beside(scope)
        names = (f"execution-{index}" for index in count(scope.default_names))
        free = (name for name in names if name not in taken)
        return [next(free) for _ in range(how_many)]

    def version_there(self, scope: Scope, qualifier: int | str | None) -> bool:
        """Whether the machine has what a qualified ARN names."""
        return qualifier is None or qualifier in scope.versions or qualifier in scope.aliases

    # --- What comes and goes ----------------------------------------------------------------------------------------

    def add(self, execution: Execution) -> None:
        """Store it; what had its name, and is kept no longer, goes."""
        scope = execution.scope
        for other in self._named_with(scope):
            for earlier in [earlier for earlier in other.executions if earlier.name == execution.name]:
                # Names of EXPRESS executions are free at any time, so these go on being listed.
                earlier.replaced = True
                if other.kind != "EXPRESS":
                    other.executions.remove(earlier)
        if execution.line[-1].status == "PENDING_REDRIVE" and scope.parent.line[-1].stop_date is not None:
            execution.give_up(execution.line[-1].since, scope.parent.line[-1].stop_date)
        scope.executions.append(execution)

    def next_place(self) -> int:
        self.places += 1
        return self.places

    def finish_deletions(self) -> None:
        """A machine in deletion goes, with all that is its own, when a call comes and nothing of it runs."""
        for machine in [machine for machine in self.machines if machine.deleting]:
            if not any(execution.status(self.moment) == "RUNNING" for execution in self.executions_of(machine)):
                for scope in self._of(machine):
                    del self.scopes[scope.key]

    # --- What calls are refused with --------------------------------------------------------------------------------

    def obstacle_to_find(self, kind: str, arn: str) -> str | None:
        if kind == "EXPRESS":
            return "InvalidArn"
        return "ExecutionDoesNotExist" if self.execution_at(arn) is None else None

    def is_redrivable(self, execution: Execution) -> bool:
        """Unsuccessful ones, within 14 days, of a machine that stays, and no child executions."""
        shown = execution.at(self.moment)
        return (
            shown.status in UNSUCCESSFUL
            and self.moment - shown.stop_date <= 14 * DAY
            and not execution.scope.is_map_run
            and not execution.scope.deleting
        )

    def obstacle_to_list(self, arguments: dict[str, Any]) -> str | None:
        if "mapRunArn" in arguments:
            return None if self.scope_at(arguments["mapRunArn"]) else "ResourceNotFound"
        *unqualified, qualifier = (*arguments["stateMachineArn"].split(":")[:7], None)
        given = arguments["stateMachineArn"].split(":")[7:]
        qualifier = (int(given[0]) if given[0].isdigit() else given[0]) if given else None
        scope = self.scope_at(":".join(unqualified))
        if scope is None or not self.version_there(scope, qualifier):
            return "StateMachineDoesNotExist"
        if arguments.get("statusFilter") == "PENDING_REDRIVE" or "redriveFilter" in arguments:
            return "ValidationException"
        return None

    # --- What is listed ---------------------------------------------------------------------------------------------

    def listing(
        self,
        scope: Scope,
        qualifier: int | str | None = None,
        status: str | None = None,
        redriven: bool | None = None,
    ) -> list[Execution]:
        """What had started by the listing's moment, was kept then and passes the filters, newest first."""
        moment = self.moment - self.lag
        found = [
            execution
            for execution in scope.executions
            if execution.at(moment) is not None
            and execution.is_kept(moment, self.retention)
            and qualifier in (None, execution.version, execution.alias)
            and status in (None, execution.status(moment))
            and redriven in (None, execution.at(moment).redrive_count > 0)
        ]
        return sorted(found, key=lambda execution: execution.sort_key(moment), reverse=True)

    def items(self, executions: list[Execution]) -> list[dict[str, Any]]:
        return [execution.item(self.moment - self.lag) for execution in executions]
