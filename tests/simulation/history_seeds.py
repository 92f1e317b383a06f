"""Rules that seed executions in every form, and start executions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from history_core import Core, minutes, name_of, picks
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import (
    STOPPED,
    Execution,
    Scope,
    Shown,
    Work,
    limited,
    line_of_many,
    seeded_line,
    time_limit,
    worked_line,
)
from scripts import Spelled, arguments

statuses = st.sampled_from(["RUNNING", "PENDING_REDRIVE", *STOPPED])
qualifiers = st.sampled_from([1, 2, "live", "split"])

# Dates of seeds are offsets from now; the rule, which knows now, adds it.
dates = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"start_date": minutes(-9, 3)}),
    st.fixed_dictionaries({"start_date": minutes(-9, 0), "redrive_date": minutes(-6, 1)}),
    st.fixed_dictionaries({"start_date": minutes(-9, -5), "redrive_date": minutes(-5, 0), "redrive_count": st.just(3)}),
    st.just({"redrive_count": 2}),
)
stops = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"stop_date": minutes(-6, 6)}),
    st.fixed_dictionaries({"duration": minutes(0, 12)}),
)
DETAILS = [{}, {"input": "7"}, {"output": '{"ok": true}'}, {"error": "Late", "cause": "Rain"}, {"input": "no JSON"}]
FITTING_DETAILS = {"SUCCEEDED": DETAILS[:3], "FAILED": [*DETAILS[:2], DETAILS[3]]}
routes = st.sampled_from(
    [{}, {}, {"alias": "live"}, {"alias": "split"}, {"version": 2, "alias": "live"}]
    # only versions 1 and 2 exist from the beginning
    + [{"version": number} for number in (1, 2, 3)]
)
works = st.tuples(minutes(0, 3), st.sampled_from([None, None, "Late"])).map(lambda pair: Work(*pair))


def _as_datetime(moment: datetime, now: datetime) -> str:
    return repr(moment)


def _as_naive(moment: datetime, now: datetime) -> str:
    return repr(moment.replace(tzinfo=None))


def _as_text_of_another_zone(moment: datetime, now: datetime) -> str:
    return repr(moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat())


def _as_text(moment: datetime, now: datetime) -> str:
    return repr(moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _as_length(moment: datetime, now: datetime) -> str:
    return repr(moment - now)


def _as_short_text(moment: datetime, now: datetime) -> str:
    return repr(f"{(moment - now) // timedelta(seconds=1):+d}s")


FORMS = [_as_datetime, _as_naive, _as_text_of_another_zone, _as_text, _as_length, _as_short_text]


@st.composite
def seeds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw arguments of add_execution, for machines and map runs; one seed in four may have impossible ones."""
    status = draw(statuses)
    anything = draw(st.integers(0, 3)) == 3
    return {
        "status": status,
        **draw(dates),
        **(draw(stops) if anything or status != "RUNNING" else {}),
        **draw(st.sampled_from(DETAILS if anything else FITTING_DETAILS.get(status, DETAILS[:2]))),
        **draw(routes),
        "name": draw(st.sampled_from([None, None, None, "nightly"])),
        "item_count": draw(st.integers(0, 3)),
    }


class Seeds(Core):
    """Rules that seed and start."""

    def _seed_with(self, scope: Scope, statement: str, possible: bool, *, warned: bool) -> bool:
        """Run a seeding call and return whether it is possible; a refused call raises a sentence and never warns."""
        if possible and not self.is_gone(scope):
            self.script.run(f"with warned(): {statement}" if warned else statement)
            return True
        self.script.run(f"with fails({'RuntimeError' if self.is_gone(scope) else 'ValueError'}): {statement}")
        return False

    def _is_forgotten(self, line: list[Shown] | None) -> bool:
        """Return whether an execution with that line is already past retention."""
        return line is not None and line[-1].forgotten(self.world.retention, self.world.moment)

    @rule(pick=picks, seed=seeds(), form=st.sampled_from(FORMS), in_document=st.booleans())
    def seed(self, pick: int, seed: dict[str, Any], form: Any, in_document: bool) -> None:
        now = self.now()
        scope = self.some_scope(pick)
        if scope.work is not None:
            return
        strange = ("version", "alias") if scope.is_map_run else ("item_count",)
        seed = {argument: value for argument, value in seed.items() if argument not in strange}
        seed = {argument: now + value if argument.endswith("_date") else value for argument, value in seed.items()}
        name = seed.pop("name")
        line = seeded_line(seed, scope, now)
        possible = line is not None and name not in self.world.taken_names(scope)
        possible = possible and (seed.get("alias") is None or seed["alias"] in scope.aliases)
        # A default start never warns, even with a map run that starts later.
        warned = seed.get("start_date", now) > now or self._is_forgotten(line)
        spelled = {
            argument: Spelled(form(value, now)) if argument.endswith("_date") else value
            for argument, value in seed.items()
        }
        if in_document and not scope.is_map_run and not self.is_gone(scope):
            execution = arguments(**spelled, **({} if name is None else {"name": name}))
            document = f"{{'state_machines': [{{'name': {name_of(scope)!r}, 'executions': [dict({execution})]}}]}}"
            statement, expression = f"sfn.seed({document})", f"{scope.key}.executions[-1]"
        else:
            statement, expression = f"seeded = {scope.key}.add_execution({name!r}, {arguments(**spelled)})", "seeded"
        if self._seed_with(scope, statement, possible, warned=warned):
            given = {
                argument: seed[argument] for argument in ("input", "version", "alias", "item_count") if argument in seed
            }
            self.listed(scope, expression, line, **given)

    @rule(
        pick=picks,
        how_many=st.integers(0, 6),
        status=statuses,
        times=st.fixed_dictionaries(
            {"interval": minutes(0, 2)}, optional={"start_date": minutes(-9, 3), "duration": minutes(0, 5)}
        ),
        route=routes,
    )
    def seed_many(self, pick: int, how_many: int, status: str, times: dict[str, Any], route: dict[str, Any]) -> None:
        """Seed several executions, the oldest first.

        Without a start date the newest starts now; without a duration none ends later.
        Of child executions without a start date the oldest starts with its map run, and none starts after now.
        """
        now = self.now()
        scope = self.some_scope(pick)
        if scope.work is not None:
            return
        route = {} if scope.is_map_run else route
        start = now + times["start_date"] if "start_date" in times else None
        version = route.get("version")
        starts = scope.starts_of_many(how_many, start, times["interval"], now)
        lines = [
            line_of_many(each, status, times.get("duration"), scope, now, dated=start is not None, version=version)
            for each in starts
        ]
        lengths = {"duration": times["duration"]} if "duration" in times else {}
        # Impossible arguments are refused even if no execution is to be added, but then none exceeds a time limit.
        anywhere = Scope("", "", "", scope.kind, versions=scope.versions)
        possible = seeded_line({"status": status, **route, **lengths}, anywhere, now) is not None
        possible = possible and all(line is not None for line in lines)
        possible = possible and (route.get("alias") is None or route["alias"] in scope.aliases)
        warned = (start is not None and max(starts, default=now) > now) or any(map(self._is_forgotten, lines))
        given = {**times, **({} if start is None else {"start_date": start}), "status": status, **route}
        names = self.world.default_names(scope, how_many)
        statement = f"seeded = {scope.key}.add_executions({how_many}, {arguments(**given)})"
        if not self._seed_with(scope, statement, possible, warned=warned):
            return
        scope.default_names += how_many
        self.script.check("[run.name for run in seeded]", names)
        for index, line in enumerate(lines):
            self.listed(scope, f"seeded[{index}]", line, item_count=1 if scope.is_map_run else None, **route)

    # --- Starts -----------------------------------------------------------------------------------------------------

    @rule(
        pick=picks,
        qualifier=st.none() | qualifiers | st.just(3),
        name=st.sampled_from([None, None, "nightly"]),
        input=st.sampled_from(["{}", "7"]),
        outcome=st.none() | st.tuples(st.sampled_from(["RUNNING", *STOPPED]), minutes(0, 4)),
    )
    def start(
        self, pick: int, qualifier: Any, name: str | None, input: str, outcome: tuple[str, timedelta] | None
    ) -> None:
        """Start an execution; it ends as the last on_start says."""
        self.now()
        scope = self.some_scope(pick)
        if scope.is_map_run or scope.work is not None:
            return
        if outcome is not None:
            status, duration = outcome
            lasts = {} if status == "RUNNING" else {"duration": duration}
            if self._seed_with(scope, f"{scope.key}.on_start({arguments(status=status, **lasts)})", True, warned=False):
                scope.outcome = outcome
        machine = self.world.scope_at(scope.arn)
        self._start(scope, machine, qualifier, name, input, self._started_line)

    def _started_line(self, machine: Scope, version: int | None = None) -> list[Shown]:
        now, (status, duration) = self.world.moment, machine.outcome
        line = [Shown(now, "RUNNING")]
        if status != "RUNNING":
            details = {"output": "{}"} if status == "SUCCEEDED" else {}
            line.append(Shown(now + duration, status, now + duration, details=details))
        return limited(line, time_limit(machine.definition_of(version)))

    @rule(
        qualifier=st.none() | qualifiers,
        name=st.sampled_from([None, None, "nightly"]),
        work=st.none() | works,
    )
    def start_job(self, qualifier: Any, name: str | None, work: Work | None) -> None:
        """Start a job: it runs its definition, or that of a version, with the last mock of its Task."""
        self.now()
        machine = next((machine for machine in self.world.machines if isinstance(machine.work, Work)), None)
        if machine is None:
            return
        if work is not None:
            machine.work = work
            result = {"result": 7} if work.error is None else {"error": work.error, "cause": "Rain"}
            self.script.run(f"{machine.key}.mock_task('Work', {arguments(**result, duration=work.duration)})")
        self._start(machine, machine, qualifier, name, "{}", self._started_job)

    def _started_job(self, machine: Scope, version: int | None) -> list[Shown]:
        pause = timedelta(seconds=machine.definition_of(version)["States"]["Pause"]["Seconds"])
        return worked_line(self.world.moment, machine.work._replace(pause=pause))

    def _start(
        self,
        scope: Scope,
        machine: Scope | None,
        qualifier: Any,
        name: str | None,
        input: str,
        line: Callable[[Scope, int | None], list[Shown]],
    ) -> None:
        now = self.world.moment
        namesake = self._namesake(machine, name)
        repeated = namesake is not None and (namesake.status(now), namesake.input) == ("RUNNING", input)
        code = None
        if machine is None or not self.world.has_qualifier(machine, qualifier):
            code = "StateMachineDoesNotExist"
        elif machine.deleting:
            code = "StateMachineDeleting"
        elif namesake is not None and not repeated and namesake.is_kept(now, self.world.retention):
            code = "ExecutionAlreadyExists"
        arn = scope.arn if qualifier is None else f"{scope.arn}:{qualifier}"
        given = {"stateMachineArn": arn, "input": input, **({} if name is None else {"name": name})}
        if self.script.refused(f"started = client.start_execution({arguments(**given)})", code):
            return
        self.script.check("started['startDate']", namesake.start_date if repeated else now)
        if repeated:
            self.script.check("started['executionArn']", namesake.arn)
            return
        expression = "sfn.get_execution(started['executionArn'])"
        through = {} if isinstance(qualifier, int) or qualifier is None else {"alias": qualifier}
        version = self.script.value(f"{expression}.version.number") if through else qualifier

        assert not through or version in machine.aliases[qualifier]

        self.listed(machine, expression, line(machine, version), input=input, version=version, **through)

    def _namesake(self, machine: Scope | None, name: str | None) -> Execution | None:
        if machine is None or name is None:
            return None
        return next((execution for execution in machine.executions if execution.name == name), None)
