"""Write what is stored as a seed document, which stores the same again.

A document holds what is seen at one moment: an execution that runs then is RUNNING in it, however it will end.
It holds no tags, no plans of ``on_start`` and ``on_redrive``, and no definitions from before the last update.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sfn_mock.seeding.state_machines import default_role_arn
from sfn_mock.state import clock
from sfn_mock.state.map_run_states import map_runs_at, state_at
from sfn_mock.state.records import Alias, Execution, MapRun, StateMachine
from sfn_mock.state.revisions import DEFAULT_DEFINITION

#: Statuses of child executions that keep their map run from ending.
_UNFINISHED = ("RUNNING", "PENDING_REDRIVE")
#: The deepest nesting of lists and objects that is not written as JSON text.
_DEEPEST = 30


def describe_seeds(machine: StateMachine, executions: Collection[Execution], moment: int) -> dict[str, Any]:
    """Return a seed document with a state machine and some of its executions, as they stand at a moment.

    A child execution comes with its map run and its parent, and an execution that is given without children with all
    its map runs and children. A map run that was loaded without its parent comes with a parent of its dates and status.
    """
    map_runs = {execution: execution.map_run for execution in executions if execution.map_run is not None}
    children = map_runs.keys()
    parents = {map_run.parent or map_run for map_run in map_runs.values()}
    own = sorted({*executions, *parents} - children, key=_sequence)
    revision, default_role = machine.revision, default_role_arn(machine.records, machine.name)
    described = {
        "name": machine.name,
        "type": "EXPRESS" if machine.type == "EXPRESS" else None,
        "definition": None if revision.definition == DEFAULT_DEFINITION else _definition(revision.definition),
        "role_arn": None if revision.role_arn == default_role else revision.role_arn,
        "creation_date": _date(machine.created),
        "region": machine.records.region,
        "account_id": machine.records.account_id,
        "versions": [_version(machine, number) for number in range(1, machine.last_number + 1)],
        "aliases": [_alias(alias) for alias in machine.aliases.values()],
        "executions": [
            _made_up_parent(owner, moment, children)
            if isinstance(owner, MapRun)
            else _execution(owner, moment, children if owner in parents else None)
            for owner in own
        ],
    }
    return {"state_machines": [_without_empty(described)]}


def _version(machine: StateMachine, number: int) -> dict[str, Any]:
    """Return a version; a deleted one is written too, because executions may have been started through it."""
    version = machine.versions.get(str(number))
    return {} if version is None else _without_empty({"description": version.description})


def _alias(alias: Alias) -> dict[str, Any]:
    routes = [[int(route.qualifier), route.weight] for route in alias.routes]
    version = routes[0][0] if len(routes) == 1 else routes
    return _without_empty({"name": alias.name, "version": version, "description": alias.description})


def _execution(execution: Execution, moment: int, children: Collection[Execution] | None) -> dict[str, Any]:
    """Return an execution with its map runs, with all of their children or only ``children``."""
    described = _shown(execution, moment)
    origin = execution.origin
    described["version"] = None if origin.version_number is None else int(origin.version_number)
    # A seed cannot have a deleted alias.
    described["alias"] = origin.alias_name if origin.alias_name in execution.state_machine.aliases else None
    map_runs = [(map_run, map_run.index.executions) for map_run in map_runs_at(execution, moment)]
    if children is not None:
        map_runs = [(run, [child for child in own if child in children]) for run, own in map_runs]
        map_runs = [(run, own) for run, own in map_runs if own]
    described["map_runs"] = [_map_run(map_run, moment, own) for map_run, own in map_runs]
    return _without_empty(described)


def _made_up_parent(map_run: MapRun, moment: int, children: Collection[Execution]) -> dict[str, Any]:
    """Return a parent for a map run without one: with the name that DescribeMapRun shows, and the map run's dates."""
    state = state_at(map_run, moment)
    return _without_empty(
        {
            "name": map_run.execution_arn.rpartition(":")[2],
            "status": state.status,
            **_dates(map_run.start, state.stop, state.redrive_count, state.redrive),
            "map_runs": [_map_run(map_run, moment, [child for child in map_run.index.executions if child in children])],
        }
    )


def _map_run(map_run: MapRun, moment: int, children: Collection[Execution]) -> dict[str, Any]:
    state = state_at(map_run, moment)
    started = [child for child in children if child.attempt_at(moment) is not None]
    described = [_child(child, moment) for child in sorted(started, key=_sequence)]
    # Its status follows from its children if they also make it RUNNING.
    follows = state.status == "RUNNING" and (
        not described or any(child["status"] in _UNFINISHED for child in described)
    )
    return _without_empty(
        {
            "label": map_run.label,
            "execution_type": "EXPRESS" if map_run.execution_type == "EXPRESS" else None,
            "max_concurrency": map_run.max_concurrency or None,
            "tolerated_failure_count": map_run.tolerance.failures or None,
            "tolerated_failure_percentage": map_run.tolerance.percentage or None,
            "status": None if follows else state.status,
            **_dates(map_run.start, state.stop, state.redrive_count, state.redrive),
            "executions": described,
        }
    )


def _child(child: Execution, moment: int) -> dict[str, Any]:
    return _without_empty({**_shown(child, moment), "item_count": child.origin.item_count})


def _shown(execution: Execution, moment: int) -> dict[str, Any]:
    """Return the members that executions and child executions have in common."""
    attempt = execution.attempt_at(moment)
    assert attempt is not None, "only executions that have started are written"
    ending = attempt.ending_at(moment)
    # Another ending's is that of the state in which it was to fail; an earlier definition's need not be there any more.
    tells_state = (
        ending.status == "FAILED" and execution.revision.definition == execution.state_machine.revision.definition
    )
    return {
        "name": execution.name,
        "status": attempt.status_at(moment),
        **_dates(execution.start, attempt.stop_at(moment), attempt.redrive_count, attempt.redrive),
        "input": None if execution.input == "{}" else _payload(execution.input),
        "output": None if ending.output in (None, "{}") else _payload(str(ending.output)),
        "error": ending.error,
        "cause": ending.cause,
        "failed_in": ending.failed_in if tells_state else None,
    }


def _dates(start: int, stop: int | None, redrive_count: int, redrive: int | None) -> dict[str, Any]:
    return {
        "start_date": _date(start),
        "stop_date": _date(stop),
        "redrive_count": redrive_count or None,
        "redrive_date": _date(redrive),
    }


def _sequence(owner: Execution | MapRun) -> int:
    return owner.sequence


def _date(moment: int | None) -> str | None:
    return None if moment is None else clock.describe(moment).replace(".000Z", "Z")


def _definition(text: str) -> Any:
    value = _read(text)
    return text if value is None else value


def _payload(text: str) -> Any:
    """Return a list or object if seeding it gives the same text; otherwise the text."""
    value = _read(text)
    same = value is not None and json.dumps(value, ensure_ascii=False, separators=(",", ":")) == text
    return value if same else text


def _read(text: str) -> Any:
    """Return the list or object in a JSON text; None for other values, for invalid JSON and for deep nesting."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) and _is_shallow(value, _DEEPEST) else None


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _without_empty(described: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if value is not None and value != []}
