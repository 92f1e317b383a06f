"""Write the shown executions as a test or as a seed document, to copy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sfn_mock.argument_errors import must_be_one_of
from sfn_mock.http_server.searches import records_of, search
from sfn_mock.options import Options
from sfn_mock.seeding.snapshots import describe_seeds
from sfn_mock.seeding.texts import write_yaml
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.records import Execution, MapRun, Records, StateMachine

#: Most executions in a copy, child executions included.
MOST = 1000
#: The line length of a test, where lines can be broken.
_WIDTH = 100
_INDENT = " " * 4


class Copied(NamedTuple):
    """The executions to copy, as of a moment, and what shows them: the machine, a map run, or the execution itself."""

    machine: StateMachine
    executions: Sequence[Execution]
    listed: StateMachine | MapRun | Execution
    moment: int


def write_copy(session: Session, arguments: Mapping[str, str]) -> str:
    """Return text that recreates what is shown; ValueError for a wrong argument, and for too many executions.

    The arguments are ``as``, one of ``FORMS``, and those of a search, of which ``of`` may also be an execution.
    """
    form = arguments.get("as")
    if form is None:
        raise ValueError(f"as must be given: one of {', '.join(FORMS)}.")
    if form not in FORMS:
        raise must_be_one_of("as", FORMS, form)
    records = records_of(session, arguments)
    with records.using() as moment:
        copied = _copied(records, moment, arguments)
        document = describe_seeds(copied.machine, copied.executions, moment)
        count = sum(1 for _ in _described_executions(document["state_machines"]))
        if count > MOST:
            raise ValueError(f"A copy holds at most {MOST:,} executions, and these are {count:,}: filter them first.")
        return FORMS[form](document, copied)


def _copied(records: Records, moment: int, arguments: Mapping[str, str]) -> Copied:
    arn = arguments["of"]
    execution = records.find_execution(arn)
    if execution is not None and execution.attempt_at(moment) is not None and _is_listed(execution):
        return Copied(execution.state_machine, [execution], execution, moment)
    machine = records.state_machines.get(arn.rpartition(":")[2])
    if machine is not None and machine.arn == arn and machine.type == "EXPRESS":
        return Copied(machine, [], machine, moment)
    found = search(records, moment, arguments)
    listed = found.owner.as_map_run or found.owner.state_machine
    return Copied(found.owner.state_machine, [entry[2] for entry in found.matching], listed, moment)


def _is_listed(execution: Execution) -> bool:
    """Return whether ListExecutions lists it; executions of EXPRESS state machines are never listed."""
    return execution.map_run is not None or execution.state_machine.type == "STANDARD"


def _described_executions(owners: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for owner in owners:
        for execution in owner.get("executions", ()):
            yield execution
            yield from _described_executions(execution.get("map_runs", ()))


def _name(copied: Copied) -> str:
    return copied.listed.label if isinstance(copied.listed, MapRun) else copied.listed.name


def _what(copied: Copied) -> str:
    """Return a description of the copied executions."""
    kind = {StateMachine: "state machine", MapRun: "map run", Execution: "execution"}[type(copied.listed)]
    return f"The {kind} {_name(copied)} as a server showed it at {clock.describe(copied.moment)}"


def _as_yaml(document: dict[str, Any], copied: Copied) -> str:
    return f"# {_what(copied)}.\n{write_yaml(document)}"


# --- A test ----------------------------------------------------------------------------------------------------


def _as_test(document: dict[str, Any], copied: Copied) -> str:
    [machine] = document["state_machines"]
    subject = re.sub(r"[^a-z0-9]+", "_", _name(copied).lower()).strip("_") or "executions"
    options = {"region": machine.pop("region")}
    account_id = machine.pop("account_id")
    if account_id != Options().account_id:
        options["account_id"] = account_id
    head = [
        f'"""{_what(copied)}, as a test."""',
        "",
        "import boto3",
        "import pytest",
        "from freezegun import freeze_time",
        "",
        "",
        f"@freeze_time({_literal(clock.describe(copied.moment))})",
        _call("@pytest.mark.sfn_executions", options),
        f"def test_{subject}(sfn_executions):",
    ]
    body = [*_seeding_calls(machine), 'client = boto3.client("stepfunctions")', "", *_checks(copied)]
    return "\n".join([*head, *map(_indented, body), ""])


def _seeding_calls(machine: dict[str, Any]) -> Iterator[str]:
    parts = {key: machine.pop(key, []) for key in ("versions", "aliases", "executions")}
    yield _call("machine = sfn_executions.add_state_machine", machine, "name")
    for version in parts["versions"]:
        yield _call("machine.publish_version", version)
    for alias in parts["aliases"]:
        yield _call("machine.add_alias", alias, "name", "version")
    for execution in parts["executions"]:
        map_runs = execution.pop("map_runs", [])
        yield _call("execution = machine.add_execution", execution, "name")
        for map_run in map_runs:
            children = map_run.pop("executions", [])
            yield _call("map_run = execution.add_map_run", map_run, "label")
            for child in children:
                yield _call("child = map_run.add_execution", child, "name")


def _checks(copied: Copied) -> Iterator[str]:
    """Yield checks of what the code under test would see: the listed executions, or the described one."""
    if isinstance(copied.listed, Execution):
        variable = "execution" if copied.listed.map_run is None else "child"
        attempt = copied.listed.attempt_at(copied.moment)
        assert attempt is not None
        yield f"described = client.describe_execution(executionArn={variable}.arn)"
        yield ""
        yield f'assert described["status"] == {_literal(attempt.status_at(copied.moment))}'
        for member in ("error", "cause"):
            value = getattr(attempt.ending_at(copied.moment), member)
            if value is not None:
                yield f'assert described["{member}"] == {_literal(value)}'
        return
    if copied.machine.type == "EXPRESS":
        yield 'assert client.describe_state_machine(stateMachineArn=machine.arn)["status"] == "ACTIVE"'
        return
    of = "mapRunArn=map_run.arn" if isinstance(copied.listed, MapRun) else "stateMachineArn=machine.arn"
    yield f'listed = client.list_executions({of}, maxResults={MOST})["executions"]'
    yield ""
    pairs = []
    for execution in copied.executions:
        attempt = execution.attempt_at(copied.moment)
        assert attempt is not None
        pairs.append(f"({_literal(execution.name)}, {_literal(attempt.status_at(copied.moment))})")
    yield _bracketed('assert [(each["name"], each["status"]) for each in listed] == [', pairs, "]")


def _call(function: str, arguments: Mapping[str, Any], *positional: str) -> str:
    """Return a call, in one line if it fits."""
    parts = [
        _literal(value) if name in positional else f"{name}={_literal(value)}" for name, value in arguments.items()
    ]
    return _bracketed(f"{function}(", parts, ")")


def _literal(value: object) -> str:
    """Return a value as Python writes it, with double quotes around text."""
    if isinstance(value, str):
        # JSON's escapes are Python's; half a surrogate pair can be written in no other way.
        text = json.dumps(value, ensure_ascii=False)
        return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    if isinstance(value, dict):
        return _bracketed("{", [f"{_literal(key)}: {_literal(part)}" for key, part in value.items()], "}")
    if isinstance(value, list):
        return _bracketed("[", [_literal(part) for part in value], "]")
    return repr(value)


def _bracketed(begin: str, parts: Sequence[str], end: str) -> str:
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return "\n".join([begin, *(_indented(f"{part},") for part in parts), end])


def _indented(text: str) -> str:
    return "\n".join(f"{_INDENT}{line}" if line else line for line in text.split("\n"))


#: The forms of a copy.
FORMS: dict[str, Callable[[dict[str, Any], Copied], str]] = {"pytest": _as_test, "yaml": _as_yaml}
