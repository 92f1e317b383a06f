"""Rules that seed, update and redrive map runs, and checks of what calls return for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import plain_map_runs
from history_core import Core, minutes, picks
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from plain_executions import UNSUCCESSFUL, Execution, Scope
from scripts import arguments

_dates = {"start_date": minutes(-9, 1), "redrive_date": minutes(-6, 0)}
#: The status and the dates of a map run; the rule, which knows now, adds it to the dates.
_seeds = st.one_of(
    st.fixed_dictionaries({"status": st.just("RUNNING")}, optional=_dates),
    st.fixed_dictionaries(
        {"status": st.sampled_from(["SUCCEEDED", "FAILED", "ABORTED"]), "stop_date": minutes(-6, 6)}, optional=_dates
    ),
    st.fixed_dictionaries({}, optional=_dates),
)


class MapRuns(Core):
    """Rules for map runs."""

    @precondition(lambda self: len([scope for scope in self.world.map_runs if scope.work is None]) < 5)
    @rule(
        pick=picks,
        execution_type=st.sampled_from(["STANDARD", "EXPRESS"]),
        label=st.sampled_from(["Files", "Rows"]),
        tolerated=st.sampled_from([0, 0, 1, 3]),
        most=st.integers(0, 3),
        seed=st.just({}) | _seeds,
    )
    def add_map_run(
        self, pick: int, execution_type: str, label: str, tolerated: int, most: int, seed: dict[str, Any]
    ) -> None:
        """Add a map run: its status follows from its children, or is seeded; it must be within its parent."""
        now = self.now()
        parent = self.some_execution(pick)
        if parent.scope.work is not None:
            return
        if self.was_removed(parent) or parent.scope.is_map_run:
            error = "RuntimeError" if self.was_removed(parent) else "ValueError"
            self.script.run(f"with fails({error}): {parent.key}.add_map_run({label!r})")
            return
        seed = {member: now + value if member.endswith("_date") else value for member, value in seed.items()}
        if plain_map_runs.is_possible(parent, seed, now):
            self.add_map_run_to(parent, execution_type, label, tolerated, most, seed)
        else:
            self.script.run(f"with fails(ValueError): {parent.key}.add_map_run({label!r}, {arguments(**seed)})")

    @rule(pick=picks, tolerated=st.none() | st.integers(0, 3), most=st.none() | st.integers(0, 3))
    def update_map_run(self, pick: int, tolerated: int | None, most: int | None) -> None:
        """Update a map run; the new limits apply at once, also to children that wait for a redrive."""
        now = self.now()
        map_runs = [scope for scope in self.scopes.values() if scope.is_map_run]
        given = {"toleratedFailureCount": tolerated, "maxConcurrency": most}
        given = {member: value for member, value in given.items() if value is not None}
        if not map_runs:
            return
        chosen = map_runs[pick % len(map_runs)]
        if chosen.work is not None:
            return
        map_run = self.world.scope_at(chosen.arn)
        code = None
        if map_run is None or now < map_run.start:
            code = "ResourceNotFound"
        elif not given or plain_map_runs.state(map_run, now).stop_date is not None:
            code = "ValidationException"
        if self.script.refused(f"client.update_map_run(mapRunArn={chosen.arn!r}, {arguments(**given)})", code):
            return
        map_run.tolerated = given.get("toleratedFailureCount", map_run.tolerated)
        if most is not None:
            map_run.max_concurrency = most
            self.world.take_turns(map_run)

    @precondition(lambda self: self.world.map_runs)
    @rule(pick=picks, end=st.booleans(), plan=st.none() | minutes(0, 4))
    def redrive_parent(self, pick: int, end: bool, plan: timedelta | None) -> None:
        """Redrive the parent of a map run: its unsuccessful map runs and children are redriven with it.

        They keep running, or end as planned.
        """
        self.now()
        map_run = self.world.map_runs[pick % len(self.world.map_runs)]
        parent = map_run.parent
        if map_run.work is not None:
            return
        if end and parent.status(self.world.moment) == "RUNNING":
            self.script.run(f"{parent.key}.fail(error='Late')")
            self.world.end(parent, "FAILED", {"error": "Late"})
            # The end may let a DELETING machine go.
            self.now()
        if not self.is_gone(map_run) and self.is_redrivable_by_test(parent):
            for scope in (parent.scope, map_run) if plan is not None else ():
                self.script.run(f"{scope.key}.on_redrive(status='FAILED', duration={plan!r})")
                scope.redriven = ("FAILED", plan)
            self.script.run(f"{parent.key}.redrive()")
            self.world.redrive(parent)

    @rule(
        pick=picks,
        status=st.sampled_from(["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT"]),
        duration=minutes(0, 4),
    )
    def plan_redrives(self, pick: int, status: str, duration: timedelta) -> None:
        """Plan the outcome of later redrives in one scope; jobs have no plan, because they run their definition."""
        self.now()
        scope = self.some_scope(pick)
        if scope.work is not None or self.is_gone(scope):
            return
        lasts = {} if status == "RUNNING" else {"duration": duration}
        self.script.run(f"{scope.key}.on_redrive({arguments(status=status, **lasts)})")
        scope.redriven = (status, duration)

    def is_redrivable_by_test(self, execution: Execution) -> bool:
        """Return whether the handle can redrive an execution, which does not check all of AWS's conditions."""
        now = self.world.moment
        is_kept = execution.is_kept(now, self.world.retention)
        return not self.was_removed(execution) and is_kept and execution.status(now) in UNSUCCESSFUL

    def look_at_map_run(self, scope: Scope) -> None:
        """DescribeMapRun counts the started children, and those to come as pending; view and ListMapRuns agree."""
        now = self.now()
        # A map run is unknown before its start.
        if not scope.is_map_run or self.is_gone(scope) or now < scope.start:
            return
        executions, items = plain_map_runs.counts(scope, now)
        state = plain_map_runs.state(scope, now)
        stop = {} if state.stop_date is None else {"stopDate": state.stop_date}
        described = {
            **{"mapRunArn": scope.arn, "executionArn": scope.parent.arn, "startDate": scope.start, **stop},
            **{
                "status": state.status,
                "redriveCount": state.redrive_count,
                "maxConcurrency": scope.max_concurrency or 2**31 - 1,
            },
            **{"toleratedFailureCount": scope.tolerated, "toleratedFailurePercentage": 0.0},
            **{"itemCounts": items, "executionCounts": executions},
            **({} if state.redrive_date is None else {"redriveDate": state.redrive_date}),
        }
        self.script.run(f"described = client.describe_map_run(mapRunArn={scope.arn!r})")
        self.script.check("{k: v for k, v in described.items() if k != 'ResponseMetadata'}", described)
        self.script.check(f"({scope.key}.status, {scope.key}.stop_date)", (state.status, state.stop_date))
        item = {"mapRunArn": scope.arn, "executionArn": scope.parent.arn, "stateMachineArn": scope.shown_arn}
        item.update(startDate=scope.start, **stop)
        parent = f"executionArn={scope.parent.arn!r}"
        if self.world.execution_at(scope.parent.arn) is scope.parent:
            self.script.run(f"started = everything(client.list_map_runs, 'mapRuns', {parent})")
            self.script.check(f"[each for each in started if each['mapRunArn'] == {scope.arn!r}]", [item])
