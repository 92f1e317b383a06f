"""Store executions that ListExecutions printed elsewhere, under the account and region of their ARNs.

A call reads its whole source first, then compares it with the stored records, and stores last: if it fails, nothing is
stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import NAMESPACE_OID, uuid3

from moto.core.utils import underscores_to_camelcase

from sfn_mock import views
from sfn_mock.aws.arns import ExecutionArn, map_run_arn, parse_map_run_arn
from sfn_mock.seeding import exports as recordings
from sfn_mock.seeding.export_sources import naming
from sfn_mock.seeding.exports import Details, Item, Location, Shown
from sfn_mock.seeding.state_machines import seed_state_machine
from sfn_mock.state import clock, seed_warnings
from sfn_mock.state.executions import refuse_express, store_executions
from sfn_mock.state.joint_use import using_all
from sfn_mock.state.outcomes import ending
from sfn_mock.state.records import Execution, ExecutionScope, MapRun, Records, StateMachine
from sfn_mock.state.revisions import Origin, Route
from sfn_mock.state.state_machines import add_version, give_parent, set_alias, store_map_run
from sfn_mock.state.time_lines import Attempt, apply_time_limit
from sfn_mock.state.tolerance import Tolerance


def load(
    records_of: Callable[[str, str], Records], own_account_id: str, source: object, parent_view: views.Execution | None
) -> views.Executions:
    """Store the items of ``source`` by account and region, and return one execution for each item.

    An execution that is stored already is not changed. Among equal dates the items keep the source's order. An item
    that is impossible, or differs from a stored execution, is a ValueError; then nothing is stored.
    """
    items = recordings.read(source)
    records = {item.location: records_of(*item.location) for item in items}
    with using_all(records.values()) as moment:
        items = _with_map_runs(items, records)
        parent = _parent(parent_view, items)
        _check_owners(items, records, parent)
        stored, new = _sort_out(items, records, moment)
        _warn(items, new, records, own_account_id, moment)
        if parent is not None:
            _adopt(items, records, parent)
        executions = {**stored, **_store(new, records, moment, parent)}
        return views.Executions([executions[item.identity] for item in items])


def _with_map_runs(items: list[Item], records: Mapping[Location, Records]) -> list[Item]:
    """Return the items; children without a map run get the known map run with their label, or a new one."""
    found = [item.shown.map_run_arn for item in items]
    stored = [arn for own in records.values() for arn in own.map_runs]
    known: dict[tuple[str, str, str], list[str]] = {}
    for arn in dict.fromkeys(arn for arn in (*found, *stored) if arn is not None):
        known.setdefault(parse_map_run_arn(arn)[:3], []).append(arn)
    named: list[Item] = []
    for item in items:
        label = item.arn.label
        if label is None or item.shown.map_run_arn is not None:
            named.append(item)
            continue
        key = (item.arn.prefix, item.arn.state_machine_name, label)
        arn, *others = known.get(key) or [map_run_arn(*key, str(uuid3(NAMESPACE_OID, "/".join(key))))]
        if others:
            raise ValueError(
                f"{item.label}: mapRunArn must be given, got nothing: several map runs have the label {label!r}."
            )
        named.append(item._replace(shown=item.shown._replace(map_run_arn=arn)))
    return named


# --- Comparison with stored records ----------------------------------------------------------------------------


def _parent(parent: object, items: list[Item]) -> Execution | None:
    if parent is None:
        return None
    if not isinstance(parent, views.Execution):
        raise ValueError(f"parent must be what add_execution() returned, got {parent!r}.")
    if items and all(item.shown.map_run_arn is None for item in items):
        raise ValueError("parent must be left out unless an item is a child execution, got items without any.")
    return parent._record


def _check_owners(items: list[Item], records: Mapping[Location, Records], parent: Execution | None) -> None:
    """Raise ValueError if an item does not fit the existing records that its ARNs name."""
    types: dict[str, str] = {}
    for item in items:
        with naming(item.label):
            own = records[item.location]
            if item.arn.prefix != own.arn_prefix:
                raise ValueError(
                    f"executionArn must start with {own.arn_prefix!r}, as ARNs of region {own.region} do, got "
                    f"{item.arn.prefix!r}."
                )
            machine = own.state_machines.get(item.arn.state_machine_name)
            if machine is not None:
                refuse_express(machine)
            arn = item.shown.map_run_arn
            if arn is not None:
                map_run = own.map_runs.get(arn)
                type = types.setdefault(arn, item.execution_type if map_run is None else map_run.execution_type)
                if type != item.execution_type:
                    raise ValueError(
                        f"executionArn must be {type} like the other child executions of {arn}, got "
                        f"{item.execution_type}: AWS starts all children of a map run as one type."
                    )
                if parent is not None:
                    _check_parent_of(arn, machine, map_run, parent)


def _check_parent_of(arn: str, machine: StateMachine | None, map_run: MapRun | None, parent: Execution) -> None:
    if parent.owner is not machine:
        with parent.using():  # RuntimeError if it no longer exists
            raise ValueError(
                f"parent must be an execution of the state machine of {arn} and not a child execution, got "
                f"{parent.arn}."
            )
    if map_run is not None and map_run.parent not in (None, parent):
        raise ValueError(f"parent must be left out: {arn} already has the parent {map_run.execution_arn}.")


def _sort_out(
    items: list[Item], records: Mapping[Location, Records], moment: int
) -> tuple[dict[ExecutionArn, Execution], list[Item]]:
    """Return the executions that are stored already, and the new items, each once.

    An item that differs from the stored execution, or from an earlier item, with its name is a ValueError.
    """
    stored: dict[ExecutionArn, Execution] = {}
    new: dict[ExecutionArn, Item] = {}
    for item in items:
        with naming(item.label):
            execution = _find(item, records[item.location])
            if execution is not None and _is_taken(execution, item, moment):
                _check_equal(item, _states(execution, moment), "The mock already has an execution of this name")
                _check_details(item, _details(execution, item), "The mock already has an execution of this name")
                stored[item.identity] = execution
            elif item.identity in new:
                earlier = new[item.identity]
                _check_equal(item, [earlier.shown], "An earlier item has this name")
                _check_details(item, earlier.details, "An earlier item has this name")
                new[item.identity] = _joined(earlier, item)
            else:
                new[item.identity] = item
    return stored, list(new.values())


def _is_taken(execution: Execution, item: Item, moment: int) -> bool:
    """Return whether the name of ``execution`` is taken; a vanished one counts if ``item`` shows it."""
    return execution.is_kept_at(moment) or any(_agree(item.shown, state) for state in _states(execution, moment))


def _agree(one: Shown, other: Shown) -> bool:
    """Return whether both show the same, as far as both have item counts."""
    return one == other or (
        (one.item_count is None or other.item_count is None) and one._replace(item_count=other.item_count) == other
    )


def _joined(earlier: Item, item: Item) -> Item:
    """Return the earlier item, completed with members of the later item with its name."""
    details = earlier.details.joined_with(item.details)
    count = item.shown.item_count if earlier.shown.item_count is None else earlier.shown.item_count
    *before, last = earlier.attempts
    end = ending(last.ending.status, output=details.output, error=details.error, cause=details.cause)
    attempts = (*before, last._replace(ending=end))
    return earlier._replace(details=details, shown=earlier.shown._replace(item_count=count), attempts=attempts)


def _details(execution: Execution, item: Item) -> Details:
    """Return the details of a stored execution that listings lack, if it has the item's status."""
    end = execution.attempts[-1].ending
    if end.status != item.shown.status:
        return Details(execution.input, None, None, None, execution.origin.trace_header)
    return Details(execution.input, end.output, end.error, end.cause, execution.origin.trace_header)


def _check_details(item: Item, there: Details, what: str) -> None:
    """Raise ValueError if both have a member and it differs."""
    for member, mine, other in zip(Details._fields, item.details, there, strict=True):
        if mine is not None and other is not None and mine != other:
            difference = f"{underscores_to_camelcase(member)} {mine} instead of {other}"
            raise _differs(what, difference)


def _find(item: Item, records: Records) -> Execution | None:
    machine = records.state_machines.get(item.arn.state_machine_name)
    return None if machine is None else machine.find_execution(item.arn.label, item.arn.name)


def _states(execution: Execution, moment: int) -> list[Shown]:
    """Return its current state, if it has started, and its final state: a recording may show either."""
    last = execution.attempts[-1]
    end = last.since if last.stop is None else last.stop
    return [
        _shown(execution, attempt, moment)
        for moment in (moment, end)
        if (attempt := execution.attempt_at(moment)) is not None
    ]


def _shown(execution: Execution, attempt: Attempt, moment: int) -> Shown:
    return Shown(
        execution_arn=execution.arn,
        map_run_arn=None if execution.map_run is None else execution.map_run.arn,
        item_count=execution.origin.item_count,
        state_machine_version_arn=execution.version_arn,
        state_machine_alias_arn=execution.alias_arn,
        status=attempt.status_at(moment),
        start_date=execution.start,
        stop_date=attempt.stop_at(moment),
        redrive_count=attempt.redrive_count,
        redrive_date=attempt.redrive,
    )


def _check_equal(item: Item, states: list[Shown], what: str) -> None:
    if any(_agree(item.shown, state) for state in states):
        return
    differences = ", ".join(
        f"{underscores_to_camelcase(member)} {_say(member, here)} instead of {_say(member, there)}"
        for member, here, there in zip(Shown._fields, item.shown, states[0], strict=True)
        if here != there
    )
    raise _differs(what, differences)


def _differs(what: str, differences: str) -> ValueError:
    return ValueError(f"{what} with other values ({differences}): leave this item out, or call reset() before load().")


def _say(member: str, value: object) -> str:
    if value is None:
        return "none"
    return clock.describe(value) if member.endswith("_date") and isinstance(value, int) else str(value)


def _warn(
    items: list[Item], new: list[Item], records: Mapping[Location, Records], own_account_id: str, moment: int
) -> None:
    others = sorted({item.location[0] for item in items} - {own_account_id})
    if others:
        seed_warnings.warn(
            f"The loaded executions belong to account {' and '.join(others)}, but calls use account {own_account_id} "
            f"and do not list them: use mock_sfn_executions(account_id={others[0]!r})."
        )
    unknown = recordings.unknown_members(items)
    if unknown is not None:
        seed_warnings.warn(unknown)
    for location, own in records.items():
        lasts = [item.attempts[-1] for item in new if item.location == location]
        retention = own.simulation.retention
        if retention is not None:
            seed_warnings.warn_if_expired(moment, lasts, retention)
    latest = max(new, key=lambda item: item.start, default=None)
    if latest is not None and latest.start > moment:
        seed_warnings.warn_about_future(latest.written_start, latest.start, name=f"{latest.label}: startDate")


# --- Stored ----------------------------------------------------------------------------------------------------


def _adopt(items: list[Item], records: Mapping[Location, Records], parent: Execution) -> None:
    """Set ``parent`` as the parent of the source's map runs without one."""
    arns = {item.shown.map_run_arn for item in items}
    for own in records.values():
        for arn in own.map_runs.keys() & arns:
            map_run = own.map_runs[arn]
            if map_run.parent is None:
                give_parent(map_run, parent)


def _store(
    new: list[Item], records: Mapping[Location, Records], moment: int, parent: Execution | None
) -> dict[ExecutionArn, Execution]:
    """Store new items, with their state machines and map runs."""
    first_starts: dict[str | None, int] = {}
    for item in new:
        arn, start = item.shown.map_run_arn, item.start
        first_starts[arn] = min(start, first_starts.get(arn, start))
    executions: dict[ExecutionArn, Execution] = {}
    below: dict[str | None, int] = {}
    # From the end, because among equal dates the one added last is listed first.
    for item in reversed(new):
        own = records[item.location]
        owner = _owner(item, own, moment, first_starts[item.shown.map_run_arn], parent)
        revision = owner.revision_for(item.version_number)
        *earlier, last = _in_order(item, below, moment)
        due = apply_time_limit(last, owner.time_limit_of(revision))
        if last.stop is None and due.is_open(moment):
            # An execution longer than this definition allows was started with another one.
            last = due
        execution = executions[item.identity] = Execution(
            owner,
            item.arn.name,
            own.next_sequence(),
            item.start,
            last,
            Origin(
                revision,
                item.version_number,
                item.alias_name,
                "{}" if item.details.input is None else item.details.input,
                item.details.trace_header,
                _item_count(item),
            ),
            item.arn.express_id,
            tuple(earlier),
        )
        store_executions(owner, [execution])
    _store_qualifiers(executions.values(), moment)
    return executions


def _item_count(item: Item) -> int | None:
    """Return the number of items of a child, by default one; None for other executions."""
    return 1 if item.arn.label is not None and item.shown.item_count is None else item.shown.item_count


def _in_order(item: Item, below: dict[str | None, int], moment: int) -> tuple[Attempt, ...]:
    """Return the attempts of an item, that is listed above all that were stored before it.

    Redrives of EXPRESS child executions have no date, and the listing is sorted by it: one that runs again was redriven
    no earlier than the date of the item below it.
    """
    (*earlier, last), shown = item.attempts, item.shown
    floor = below.get(shown.map_run_arn, shown.start_date)
    if item.arn.express_id is not None and last.stop is None and shown.redrive_count:
        since = max(shown.start_date, min(floor, moment))
        earlier, last = [Attempt(shown.start_date)], last._replace(since=since)
    below[shown.map_run_arn] = last.since if last.stop is None else last.stop
    return (*earlier, last)


def _owner(item: Item, records: Records, moment: int, first_start: int, parent: Execution | None) -> ExecutionScope:
    """Return the machine or map run of an item; a missing one is created, a map run as of its first child."""
    name, arn = item.arn.state_machine_name, item.shown.map_run_arn
    if name not in records.state_machines:
        seed_state_machine(records, moment, name)
    machine = records.state_machines[name]
    if arn is None:
        return machine
    if arn not in records.map_runs:
        named = parse_map_run_arn(arn)
        map_run = MapRun(
            machine,
            parent,
            named.label,
            named.id,
            execution_type=item.execution_type,
            max_concurrency=0,
            tolerance=Tolerance(0, 0.0),
            attempts=(Attempt(first_start),),
            follows_children=True,
        )
        store_map_run(map_run)
    return records.map_runs[arn]


def _store_qualifiers(executions: Iterable[Execution], moment: int) -> None:
    """Create missing versions and aliases; an alias routes as its newest execution shows."""
    for execution in sorted(executions, key=lambda execution: (execution.start, execution.sequence), reverse=True):
        machine, number, name = execution.state_machine, execution.origin.version_number, execution.origin.alias_name
        if number is not None and number not in machine.versions:
            add_version(machine, int(number), None, moment)
        if number is not None and name is not None and name not in machine.aliases:
            set_alias(machine, name, (Route(number, 100),), None, moment)
