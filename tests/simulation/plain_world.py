"""A model of one account: state machines, map runs and executions as plain lists, and the rules for them.

It imports nothing from the package. A savepoint is a copy of a world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import plain_map_runs
from plain_executions import UNSUCCESSFUL, Execution, Scope
from plain_life_cycle import LifeCycle

DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012:"


@dataclass
class World(LifeCycle):
    """All records, the moment of the clock, and the options of the mock."""

    moment: datetime
    lag: timedelta = timedelta(0)
    retention: timedelta | None = None
    scopes: dict[str, Scope] = field(default_factory=dict)
    #: The key of the execution that each task token was given for; no other execution has that token.
    tokens: dict[str, str] = field(default_factory=dict)
    last_number: int = 0
    #: The variable of the EXPRESS machine in the script, None while there is none.
    quick: str | None = None

    # --- Finding records ----------------------------------------------------------------------------------------------

    @property
    def machines(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if not scope.is_map_run]

    @property
    def map_runs(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if scope.is_map_run]

    def scope_at(self, arn: str) -> Scope | None:
        """Return the scope that has the ARN now; after a deletion or a reset a new one may have it."""
        return next((scope for scope in self.scopes.values() if scope.arn == arn), None)

    def execution(self, key: str) -> Execution | None:
        return next((run for scope in self.scopes.values() for run in scope.executions if run.key == key), None)

    def execution_at(self, arn: str) -> Execution | None:
        """Return the execution that a call with the ARN finds now: it has started, and its retention is not over."""
        found = next((run for scope in self.scopes.values() for run in scope.executions if run.arn == arn), None)
        return found if found is not None and self._is_there(found) else None

    def _is_there(self, execution: Execution) -> bool:
        return execution.at(self.moment) is not None and execution.is_kept(self.moment, self.retention)

    def _scopes_of(self, machine: Scope) -> list[Scope]:
        """Return the machine and its map runs."""
        return [scope for scope in self.scopes.values() if machine in (scope, scope.machine)]

    def executions_of(self, machine: Scope) -> list[Execution]:
        """Return the executions of the machine, then the child executions of its map runs."""
        return [execution for scope in self._scopes_of(machine) for execution in scope.executions]

    def _scopes_sharing_names(self, scope: Scope) -> list[Scope]:
        """Return the scopes that share names with a scope: map runs of the same machine and label do."""
        if not scope.is_map_run:
            return [scope]
        return [other for other in self.map_runs if (other.machine, other.label) == (scope.machine, scope.label)]

    def taken_names(self, scope: Scope) -> set[str]:
        """Return the names that a new execution of ``scope`` cannot have, also those of executions to come."""
        return {
            execution.name
            for other in self._scopes_sharing_names(scope)
            for execution in other.executions
            if execution.is_kept(self.moment, self.retention) and not execution.replaced
        }

    def default_names(self, scope: Scope, how_many: int) -> list[str]:
        taken = self.taken_names(scope)
        names = (f"execution-{index}" for index in count(scope.default_names))
        free = (name for name in names if name not in taken)
        return [next(free) for _ in range(how_many)]

    def has_qualifier(self, scope: Scope, qualifier: int | str | None) -> bool:
        """Return whether the machine has the version or alias of a qualified ARN."""
        return qualifier is None or qualifier in scope.versions or qualifier in scope.aliases

    # --- Adding and deleting ----------------------------------------------------------------------------------------

    def add(self, execution: Execution) -> None:
        """Store an execution, and delete earlier ones of its name, whose retention is over."""
        scope = execution.scope
        for other in self._scopes_sharing_names(scope):
            for earlier in [earlier for earlier in other.executions if earlier.name == execution.name]:
                # EXPRESS executions may share a name, so the earlier ones stay listed.
                earlier.replaced = True
                if other.kind != "EXPRESS":
                    other.executions.remove(earlier)
        if execution.line and execution.line[-1].status == "PENDING_REDRIVE":
            end = plain_map_runs.known_end(scope)
            if end is not None:
                execution.end_waiting(execution.line[-1].since, end)
        scope.executions.append(execution)

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    def finish_deletions(self) -> None:
        """Delete each DELETING machine without RUNNING executions, with all its records; each call does this."""
        for machine in [machine for machine in self.machines if machine.deleting]:
            if not any(execution.status(self.moment) == "RUNNING" for execution in self.executions_of(machine)):
                for scope in self._scopes_of(machine):
                    del self.scopes[scope.key]

    # --- Error codes of calls --------------------------------------------------------------------------------

    def obstacle_to_find(self, kind: str, arn: str) -> str | None:
        if kind == "EXPRESS":
            return "InvalidArn"
        return "ExecutionDoesNotExist" if self.execution_at(arn) is None else None

    def is_redrivable(self, execution: Execution) -> bool:
        """Return whether RedriveExecution accepts it.

        It must be unsuccessful, closed for at most 14 days, no child execution, and its machine not DELETING.
        """
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
        if scope is None or not self.has_qualifier(scope, qualifier):
            return "StateMachineDoesNotExist"
        if arguments.get("statusFilter") == "PENDING_REDRIVE" or "redriveFilter" in arguments:
            return "ValidationException"
        return None

    # --- Listing ---------------------------------------------------------------------------------------------

    def listing(
        self,
        scope: Scope,
        qualifier: int | str | None = None,
        status: str | None = None,
        redriven: bool | None = None,
    ) -> list[Execution]:
        """Return the executions that were there at the moment of the listing and match the filters, newest first."""
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
