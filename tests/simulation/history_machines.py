"""Rules for whole state machines: versions, aliases, updates, tags, deletion, reset and savepoints."""

from __future__ import annotations

import json
from typing import Any

from history_core import JOB, Core, name_of, picks
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from plain_executions import Scope, Work
from plain_nesting import Nest
from plain_spread import Spread
from plain_waiting import Ask


def _is_long(history: Core) -> bool:
    """Return whether enough executions exist to delete or reset; earlier deletions would keep histories short."""
    return sum(len(scope.executions) for scope in history.world.scopes.values()) > 40


class Machines(Core):
    """Rules for state machines."""

    @rule(pick=picks)
    def publish(self, pick: int) -> None:
        self.now()
        machine = self.some_machine(pick)
        if machine is None or machine.deleting:
            return
        machine.last_version += 1
        machine.versions.append(machine.last_version)
        machine.published[machine.last_version] = machine.definition
        self.script.check(f"{machine.key}.publish_version().number", machine.last_version)

    @rule(pick=picks, alias=st.sampled_from(["live", "split"]), numbers=st.lists(picks, min_size=1, max_size=2))
    def route(self, pick: int, alias: str, numbers: list[int]) -> None:
        """Update an alias: later starts get a version that it now routes to, earlier executions keep theirs."""
        self.now()
        machine = self.some_machine(pick)
        if machine is None or alias not in machine.aliases or machine.deleting:
            return
        versions = sorted({machine.versions[number % len(machine.versions)] for number in numbers})
        weights = [100] if len(versions) == 1 else [70, 30]
        routes = [
            {"stateMachineVersionArn": f"{machine.arn}:{version}", "weight": weight}
            for version, weight in zip(versions, weights, strict=True)
        ]
        self.script.run(
            f"client.update_state_machine_alias(stateMachineAliasArn={f'{machine.arn}:{alias}'!r}, "
            f"routingConfiguration={routes!r})"
        )
        machine.aliases[alias] = versions

    @rule(pick=picks, seconds=st.sampled_from([60, 120, 240]))
    def update(self, pick: int, seconds: int) -> None:
        """Update the definition: later unqualified starts use it, earlier executions keep the old one."""
        self.now()
        machine = self.some_machine(pick)
        if machine is None or not machine.definition or isinstance(machine.work, (Ask, Nest, Spread)):
            return
        if machine.work is None:
            definition = {**machine.definition, "TimeoutSeconds": 2 * seconds}
        else:
            states = machine.definition["States"]
            definition = {**JOB, "States": {**states, "Pause": {**states["Pause"], "Seconds": seconds}}}
        call = f"client.update_state_machine(stateMachineArn={machine.arn!r}, definition={json.dumps(definition)!r})"
        if not self.script.refused(call, "StateMachineDeleting" if machine.deleting else None):
            machine.definition = definition

    @rule(pick=picks, add=st.booleans(), key=st.sampled_from(["team", "cost"]), value=st.sampled_from(["", "7"]))
    def tag(self, pick: int, add: bool, key: str, value: str) -> None:
        """Tag or untag a machine, possibly one that is DELETING; a deleted machine has no tags."""
        self.now()
        scope = self.some_scope(pick)
        if scope.is_map_run:
            return
        machine = self.world.scope_at(scope.arn)
        given = f"tags={[{'key': key, 'value': value}]!r}" if add else f"tagKeys={[key]!r}"
        call = f"client.{'tag' if add else 'untag'}_resource(resourceArn={scope.arn!r}, {given})"
        if self.script.refused(call, "ResourceNotFound" if machine is None else None):
            return
        machine.tags.pop(key, None) if not add else machine.tags.update({key: value})
        expected = [{"key": name, "value": tag} for name, tag in sorted(machine.tags.items())]
        listed = f"client.list_tags_for_resource(resourceArn={scope.arn!r})['tags']"
        self.script.check(f"sorted({listed}, key=lambda tag: tag['key'])", expected)

    @rule(pick=picks, number=picks)
    def delete_version(self, pick: int, number: int) -> None:
        """Delete a version, unless an alias routes to it; executions started through it keep its ARN."""
        self.now()
        machine = self.some_machine(pick)
        if machine is None or not machine.versions:
            return
        version = machine.versions[number % len(machine.versions)]
        is_routed = any(version in versions for versions in machine.aliases.values())
        call = f"client.delete_state_machine_version(stateMachineVersionArn={f'{machine.arn}:{version}'!r})"
        if not self.script.refused(call, "ConflictException" if is_routed else None):
            machine.versions.remove(version)

    @precondition(_is_long)
    @rule(pick=picks, ended=st.sampled_from(["before", "after", "never"]))
    def delete_machine(self, pick: int, ended: str) -> None:
        """Delete a machine: it is DELETING while an execution runs, then all its records are deleted.

        The machine of jobs stays while executions that have started jobs could be redriven.
        """
        self.now()
        machine = self.some_machine(pick)
        nesting = [each for each in self.world.machines if isinstance(each.work, Nest) and each.executions]
        if machine is not None and not (nesting and isinstance(machine.work, Work)):
            if ended == "before":
                self._end_all(machine)
            self.script.run(f"client.delete_state_machine(stateMachineArn={machine.arn!r})")
            machine.deleting = True
            self.world.finish_deletions()
            if ended == "after":
                self._end_all(machine)
        self.add_missing_machines()

    def _end_all(self, machine: Scope) -> None:
        for execution in self.world.executions_of(machine):
            if execution.status(self.world.moment) == "RUNNING":
                self.script.run(f"{execution.key}.time_out()")
                self.world.end(execution, "TIMED_OUT", {})

    @precondition(lambda self: len(self.world.machines) < len(self.additions))
    @rule()
    def begin_anew(self) -> None:
        self.now()
        self.add_missing_machines()

    def add_missing_machines(self) -> None:
        names = {name_of(machine) for machine in self.world.machines}
        for name, add in self.additions.items():
            if name not in names:
                add()

    @precondition(_is_long)
    @rule()
    def reset(self) -> None:
        self.script.run("sfn.reset()")
        self.world.scopes.clear()
        self.world.tokens.clear()
        self.world.quick = None
        self.add_missing_machines()

    # --- Savepoints -------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.savepoints) < 2)
    @rule()
    def enter_inner_mock(self) -> None:
        self.now()
        self.enter_inner()

    @precondition(lambda self: self.savepoints)
    @rule()
    def leave_inner_mock(self) -> None:
        """Leave the inner mock: the state is the same as before it, whatever happened inside."""
        self.leave_inner()

    @rule(pick=picks, in_parts=st.booleans())
    def load_what_is_listed(self, pick: int, in_parts: Any) -> None:
        """Load a listing into this mock, which skips known executions, and into an empty one, which lists the same."""
        self.now()
        scope = self.some_scope(pick)
        if self.is_gone(scope):
            return
        given = f"{'mapRunArn' if scope.is_map_run else 'stateMachineArn'}={scope.arn!r}"
        listing = f"everything(client.list_executions, 'executions', {given})"
        items = self.world.items(self.world.listing(scope))
        self.script.run(f"listing = {listing}")
        if not self.world.lag:
            # Executions that are already stored in the same state are skipped.
            source = "[{'executions': [item]} for item in listing]" if in_parts else "listing"
            self.script.check(f"[run.arn for run in sfn.load({source})]", [item["executionArn"] for item in items])
        self.enter_inner()
        self.script.run("sfn.reset()")
        self.script.run("with quietly(): loaded = sfn.load(listing)")
        self.script.check("len(loaded)", len(items))
        if items:
            self.script.check(listing, items)
        self.leave_inner()
