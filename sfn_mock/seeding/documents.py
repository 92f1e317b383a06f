"""Seeds that are written down, in JSON, YAML or dicts: what the seeding calls take, by the names of their arguments.

A document is put into the store as the calls of a test would be, one after the other. Where one is refused, all that
came before it is taken back.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from reprlib import repr as shortened
from typing import Any

from sfn_mock.aws.accounts import check_account_id, check_region
from sfn_mock.seeding.exports import naming
from sfn_mock.state import durations
from sfn_mock.state import seeds as seeding
from sfn_mock.state.outcome_plans import OutcomeWords
from sfn_mock.state.records import Records, seed_state_machine
from sfn_mock.views import Execution, MapRun, StateMachine

#: A path, JSON or YAML text, or the same as a dict.
Document = str | os.PathLike[str] | Mapping[str, Any]

_FIRST_WORD = re.compile(r"\w+")


# --- The text --------------------------------------------------------------------------------------------------


def read(path: str | os.PathLike[str]) -> Any:
    """What the file at ``path`` says, in JSON or YAML; ValueError if it is neither, FileNotFoundError without one."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"There is no seed file {os.path.abspath(path)!r}: give the path of one, or its text, which begins with "
            f"'{{' or has several lines."
        ) from None
    except (OSError, ValueError) as error:
        raise ValueError(f"It cannot be read ({error}): give the path of a seed file.") from None
    return parse(text)


def parse(text: str) -> Any:
    """What ``text`` says: JSON if it begins with a bracket, else YAML. ValueError, with line and column, if neither."""
    return _parse_json(text) if text.lstrip().startswith(("{", "[")) else _parse_yaml(text)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"It is no JSON (line {error.lineno}, column {error.colno}: {error.msg}).") from None
    except RecursionError:
        raise ValueError("It is no JSON that can be read (too deep).") from None


def _parse_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise ValueError(
            "It is no JSON, and YAML needs PyYAML: install it with pip install 'sfn_mock[server]'."
        ) from None

    class Loader(yaml.SafeLoader):
        """Leaves dates as they are written: the seeding calls read them, with all that they may be."""

        yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own way to say it
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
        raise ValueError(f"It is no YAML ({place}{error.problem}).") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"It is no YAML ({' '.join(str(error).split())}).") from None
    except (LookupError, AttributeError):  # what PyYAML comes to with !!bool and !!timestamp
        raise ValueError("It is no YAML (a tag such as !!bool stands before what is no such thing).") from None


# --- The document ----------------------------------------------------------------------------------------------


def seed(records_of: Callable[[str | None, str | None], Records], source: object) -> list[StateMachine]:
    """Store what a document says, and return its state machines in its order.

    ``records_of`` gives the records of an account and region, the mock's own for None. ValueError, with nothing stored,
    naming the place in the document of what AWS could never show.
    """
    if isinstance(source, str) and (source.lstrip().startswith("{") or "\n" in source):
        with naming("The seed document"):
            document = parse(source)
        return _seed(records_of, document)
    if isinstance(source, (str, os.PathLike)):
        with naming(os.fspath(source)):
            return _seed(records_of, read(source))
    return _seed(records_of, source)


def _seed(records_of: Callable[[str | None, str | None], Records], document: object) -> list[StateMachine]:
    if not isinstance(document, Mapping) or "state_machines" not in document:
        raise ValueError(f"{shortened(document)} is no seed document: it is an object with 'state_machines', a list.")
    _Entry("The document", document, _DOCUMENT)
    entries = [
        _Entry(place, entry, _MACHINE, required=("name",))
        for place, entry in _items("state_machines", document["state_machines"])
    ]
    with ExitStack() as locks, ExitStack() as undo:
        places = [_place(entry) for entry in entries]
        # In one order whatever the document's, so that two of them at a time never wait for each other.
        ordered = sorted(set(places), key=lambda place: tuple(part or "" for part in place))
        records = {place: records_of(*place) for place in ordered}
        moment = max((locks.enter_context(own.using()) for own in records.values()), default=0)
        machines = [
            _seed_machine(entry, records[place], moment, undo) for entry, place in zip(entries, places, strict=True)
        ]
        undo.pop_all()
        return list(dict.fromkeys(machines))


def _place(entry: _Entry) -> tuple[str | None, str | None]:
    account_id, region = entry.get("account_id"), entry.get("region")
    with entry.naming():
        if account_id is not None:
            check_account_id(account_id)
        if region is not None:
            check_region(region)
    return account_id, region


def _seed_machine(entry: _Entry, records: Records, moment: int, undo: ExitStack) -> StateMachine:
    """The machine of that name, new or there already, with what the entry adds to it."""
    with entry.naming():
        machine = records.state_machines.get(seeding.check_name(entry.get("name")))
    if machine is None:
        arguments = {"type": "STANDARD", "definition": None, "role_arn": None, "creation_date": None}
        with entry.naming():
            given = entry.arguments("name", *arguments)
            machine = seed_state_machine(records, moment, given.pop("name"), **{**arguments, **given})
        undo.callback(records.discard, machine)
    else:
        with entry.naming():
            for key in ("type", "definition", "role_arn", "creation_date"):
                if key in entry.keys:
                    raise ValueError(f"{key} is given, and {machine.arn} exists already: leave it out to add to that.")
        undo.callback(machine.mark())
    view = StateMachine(machine)
    for version in entry.entries("versions", _VERSION):
        with version.naming():
            view.publish_version(**version.arguments())
    for alias in entry.entries("aliases", _ALIAS, required=("name", "version")):
        with alias.naming():
            given = alias.arguments()
            view.add_alias(given.pop("name"), given.pop("version"), **given)
    _seed_executions(entry, view, _EXECUTION, _EXECUTIONS)
    _seed_outcomes(entry, "on_start", view.on_start)
    _seed_outcomes(entry, "on_redrive", view.on_redrive)
    return view


def _seed_executions(
    entry: _Entry, owner: StateMachine | MapRun, of_one: frozenset[str], of_many: frozenset[str]
) -> None:
    for execution in entry.entries("executions", of_one | of_many, required=("status",)):
        if "count" in execution.keys:
            execution.check(of_many)
            with execution.naming():
                given = execution.arguments()
                owner.add_executions(given.pop("count"), **given)
            continue
        execution.check(of_one)
        with execution.naming():
            made = owner.add_execution(**execution.arguments())
        for map_run in execution.entries("map_runs", _MAP_RUN):
            _seed_map_run(map_run, made)


def _seed_map_run(entry: _Entry, parent: Execution) -> None:
    with entry.naming():
        map_run = parent.add_map_run(**entry.arguments())
    _seed_executions(entry, map_run, _CHILD, _CHILDREN)
    _seed_outcomes(entry, "on_redrive", map_run.on_redrive)


def _seed_outcomes(entry: _Entry, key: str, say: Callable[..., None]) -> None:
    told = entry.get(key)
    if told is None:
        return
    if isinstance(told, str):
        told = {"status": told}
    if isinstance(told, Mapping):
        outcome = _Entry(f"{entry.place}.{key}", told, _OUTCOME, required=("status",))
        with outcome.naming():
            say(**outcome.arguments())
        return
    outcomes: list[OutcomeWords] = []
    for place, words in _items(f"{entry.place}.{key}", told):
        if isinstance(words, str):
            outcomes.append(words)
            continue
        outcome = _Entry(place, words, _OUTCOME, required=("status",))
        with outcome.naming():
            outcomes.append(outcome.arguments())
    with _at(f"{entry.place}.{key}"):
        say(outcomes)


# --- Its parts -------------------------------------------------------------------------------------------------


def _arguments_of(call: Callable[..., object], *others: str) -> frozenset[str]:
    return frozenset({*list(inspect.signature(call).parameters)[1:], *others})


_DOCUMENT = frozenset({"state_machines"})
_MACHINE = frozenset(
    {"name", "type", "definition", "role_arn", "creation_date", "region", "account_id"}
    | {"versions", "aliases", "executions", "on_start", "on_redrive"}
)
_VERSION = _arguments_of(StateMachine.publish_version)
_ALIAS = _arguments_of(StateMachine.add_alias)
_EXECUTION = _arguments_of(StateMachine.add_execution, "map_runs")
_EXECUTIONS = _arguments_of(StateMachine.add_executions)
_MAP_RUN = _arguments_of(Execution.add_map_run, "executions", "on_redrive")
_CHILD = _arguments_of(MapRun.add_execution)
_CHILDREN = _arguments_of(MapRun.add_executions)
_OUTCOME = frozenset({"status", "duration", "output", "error", "cause", "failed_in"})

#: Keys of what is seeded by a call of its own.
_PARTS = frozenset({"versions", "aliases", "executions", "map_runs", "on_start", "on_redrive"})


def _date(value: object, name: str) -> object:
    return durations.to_date(value, name=name)


def _duration(value: object, name: str) -> object:
    return value if isinstance(value, timedelta) else durations.to_timedelta(value, name=name)


def _json_text(value: object, name: str) -> object:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"{name}={shortened(value)} cannot be written as JSON: give its JSON text.") from None


#: What the values of some keys become before they are passed on.
_FORMS: dict[str, Callable[[object, str], object]] = {
    **dict.fromkeys(("start_date", "stop_date", "redrive_date", "creation_date"), _date),
    **dict.fromkeys(("duration", "interval"), _duration),
    **dict.fromkeys(("input", "output", "definition"), _json_text),
}


class _Entry:
    """One object of the document. A key whose value is null is as good as absent."""

    def __init__(self, place: str, value: object, known: frozenset[str], *, required: tuple[str, ...] = ()) -> None:
        self.place = place
        if not isinstance(value, Mapping):
            raise ValueError(f"{place}: {shortened(value)} is no object: give it any of {', '.join(sorted(known))}.")
        self._value = {key: part for key, part in value.items() if part is not None}
        self.check(known)
        for key in required:
            if key not in self._value:
                raise ValueError(f"{place}: {key} is missing.")

    @property
    def keys(self) -> set[str]:
        return set(self._value)

    def check(self, known: frozenset[str]) -> None:
        """ValueError for a key that is not ``known``."""
        for key in self._value:
            if key not in known:
                raise ValueError(f"{self.place}: there is no {key!r} here; there are {', '.join(sorted(known))}.")

    def get(self, key: str) -> Any:
        return self._value.get(key)

    def entries(self, key: str, known: frozenset[str], *, required: tuple[str, ...] = ()) -> list[_Entry]:
        """The objects in the list under ``key``."""
        parts = _items(f"{self.place}.{key}", self._value.get(key, []))
        return [_Entry(place, part, known, required=required) for place, part in parts]

    def arguments(self, *names: str) -> dict[str, Any]:
        """The values as the seeding call takes them, all or those of ``names``."""
        return {
            key: _FORMS[key](value, key) if key in _FORMS else value
            for key, value in self._value.items()
            if (key in names if names else key not in _PARTS)
        }

    def naming(self) -> AbstractContextManager[None]:
        """Put the place into a ValueError, to the very key if its sentence begins with one."""
        return _at(self.place, self.keys)


def _items(place: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{place}: {shortened(value)} is no list.")
    return ((f"{place}[{index}]", item) for index, item in enumerate(value))


@contextmanager
def _at(place: str, keys: Collection[str] = ()) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        subject = _FIRST_WORD.match(str(error))
        key = f".{subject[0]}" if subject and subject[0] in keys else ""
        raise ValueError(f"{place}{key}: {error}") from None
