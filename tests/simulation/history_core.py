"""The base of simulated histories: the mock, the clock, the model, and the script that records all steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from plain_executions import MINUTE, Execution, Scope, Shown, Work
from plain_map_runs import seeded_rounds
from plain_nesting import Nest
from plain_spread import TOLERATED, Spread
from plain_waiting import HEARTBEAT, TIMEOUT, Ask, change, waiting
from plain_world import DAY, PREFIX, World
from scripts import PYTHONPATH, Script, arguments

NOON = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
#: AWS cuts microseconds off every date; a script adds them to every moment of the clock.
BELOW_A_MILLISECOND = timedelta(microseconds=999)

#: The definition of the only machine whose executions run it: a Task, a pause and a Pass state.
JOB = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work",
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Done"},
        "Done": {"Type": "Pass", "End": True},
    },
}

#: A definition whose executions are TIMED_OUT after six minutes.
LIMITED = {"TimeoutSeconds": 360, "StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}

#: A definition with a Distributed Map: each child waits, and then does a Task.
SPREAD = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "Label": "Each",
            "ItemsPath": "$.items",
            "ToleratedFailureCount": TOLERATED,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Pause",
                "States": {
                    "Pause": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Item"},
                    "Item": {
                        "Type": "Task",
                        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:item",
                        "Parameters": {"failures.$": "$.failures", "redrives.$": "$$.Execution.RedriveCount"},
                        "End": True,
                    },
                },
            },
            "End": True,
        }
    },
}

#: A definition whose executions start a job, and end when it does.
NEST = {
    "StartAt": "Nest",
    "States": {
        "Nest": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": f"{PREFIX}stateMachine:jobs"},
            "ResultPath": None,
            "End": True,
        }
    },
}

SECOND = timedelta(seconds=1)
ACTIVITY = f"{PREFIX}activity:pack"

#: Choose an item of a list, counted from the newest.
picks = st.integers(0, 30)


def minutes(least: int, most: int) -> st.SearchStrategy[timedelta]:
    """Return a strategy for whole minutes; with so few values many dates are equal."""
    return st.integers(least, most).map(lambda number: number * MINUTE)


def name_of(machine: Scope) -> str:
    return machine.arn.rpartition(":")[2]


class Core(RuleBasedStateMachine):
    """One account and one history of it.

    Listing is one rule among the others, so the mock must be right without regular listings.
    """

    #: The number of steps of all histories so far.
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.script = Script()
        self.world = World(NOON)
        #: All scopes and executions so far, also deleted ones, by their variables in the script; no key is used twice.
        self.scopes: dict[str, Scope] = {}
        self.executions: dict[str, Execution] = {}
        #: The worlds before the inner mocks, each with the number of page tokens at that time.
        self.savepoints: list[tuple[World, int]] = []
        self.tokens: list[Any] = []
        self._keys = 0
        #: The variables of mocks and clocks to stop, the innermost last.
        self._started: list[str] = []
        self._move_to(NOON, "clock = ")

    @initialize(
        lag=st.just(timedelta(0)) | minutes(0, 3),
        retention=st.none() | st.none() | minutes(5, 20),
        short_pages=st.sampled_from([False, False, True]),
    )
    def begin(self, lag: timedelta, retention: timedelta | None, short_pages: bool) -> None:
        self.world.lag, self.world.retention, self.short_pages = lag, retention, short_pages
        options = f"consistency_lag={lag!r}, retention={retention!r}, short_pages={short_pages!r}"
        self.script.run(f"mock = mock_sfn_executions(execute=True, {options})")
        self.begin_use("mock", "sfn = ")
        self.script.run("asked = []")
        for add in self.additions.values():
            add()

    @property
    def additions(self) -> dict[str, Callable[[], None]]:
        """Return how to add each machine, by its name."""
        names = ("orders", "jobs", "limited", "desk", "plant", "spread", "nest")
        return {name: getattr(self, f"add_{name}") for name in names}

    def teardown(self) -> None:
        """Stop every mock and the clock, even if one stop fails, so that the next history starts clean."""
        note(f"# A script that shows the failure; run it with PYTHONPATH={PYTHONPATH}\n{self.script}")
        with ExitStack() as stack:
            for started in self._started:
                stack.callback(self.script.run, f"{started}.stop()")

    def key(self, kind: str) -> str:
        self._keys += 1
        return f"{kind}_{self._keys}"

    def begin_use(self, name: str, assign: str = "") -> None:
        self.script.run(f"{assign}{name}.start()")
        self._started.append(name)

    # --- The clock --------------------------------------------------------------------------------------------------

    def _move_to(self, moment: datetime, start: str | None = None) -> None:
        self.world.moment = moment
        text = (moment + BELOW_A_MILLISECOND).isoformat()
        if start is None:
            self.script.run(f"clock.move_to({text!r})")
        else:
            self.script.run(f"freezer = freeze_time({text!r})")
            self.begin_use("freezer", start)

    @rule(by=minutes(-5, 5) | st.sampled_from([DAY - timedelta(milliseconds=1), DAY, -DAY, 14 * DAY]))
    def move_clock(self, by: timedelta) -> None:
        self._move_to(self.world.moment + by)

    @contextmanager
    def moved_by(self, by: timedelta) -> Iterator[None]:
        """Move the clock inside the block."""
        moment = self.world.moment
        self._move_to(moment + by)
        yield
        self._move_to(moment)

    def now(self) -> datetime:
        """Return the current moment for the next call; each call finishes the deletions that are due."""
        self.world.finish_deletions()
        return self.world.moment

    # --- Finding ----------------------------------------------------------------------------------------------------

    def some_scope(self, pick: int) -> Scope:
        """Return a scope, possibly a deleted one; after a savepoint it is the copy in the current world."""
        keys = list(self.scopes)
        key = keys[-1 - pick % len(keys)]
        return self.world.scopes.get(key, self.scopes[key])

    def some_machine(self, pick: int) -> Scope | None:
        machines = self.world.machines
        return machines[-1 - pick % len(machines)] if machines else None

    def some_execution(self, pick: int) -> Execution:
        """An execution that is there or has been; often the parent of a map run or a job, as these are few."""
        parents = [scope.parent.key for scope in self.world.map_runs]
        jobs = [run.key for scope in self.world.machines if scope.work is not None for run in scope.executions]
        few = parents if pick > 25 else jobs if pick > 20 else []
        keys = few or list(self.executions)
        key = keys[-1 - pick % len(keys)]
        return self.world.execution(key) or self.executions[key]

    def is_gone(self, scope: Scope) -> bool:
        return scope.key not in self.world.scopes

    def was_removed(self, execution: Execution) -> bool:
        """Return whether the execution of a view was deleted or replaced."""
        return execution.replaced or self.world.execution(execution.key) is None

    # --- The beginning of a history ---------------------------------------------------------------------------------

    def keep_scope(self, scope: Scope) -> Scope:
        self.world.scopes[scope.key] = self.scopes[scope.key] = scope
        return scope

    def keep(self, execution: Execution) -> Execution:
        self.world.add(execution)
        self.executions[execution.key] = execution
        return execution

    def add_orders(self) -> None:
        """Add a machine with versions, aliases and a map run of either execution type."""
        key = self.key("orders")
        arn = f"{PREFIX}stateMachine:orders"
        self.script.run(f"{key} = sfn.add_state_machine('orders')")
        self.script.run(f"{key}.on_start(status='RUNNING')")
        orders = self._with_aliases(Scope(key, arn, arn))
        # The parent starts before the old child executions.
        start = self.world.moment - timedelta(hours=3)
        parent = self.listed(
            orders, f"{key}.add_execution(status='RUNNING', start_date={start!r})", [Shown(start, "RUNNING")]
        )
        for scope in [
            orders,
            self.add_map_run_to(parent, "STANDARD", "Files", most=2),
            self.add_map_run_to(parent, "EXPRESS", "Rows"),
        ]:
            self._add_old_executions(scope)

    def _with_aliases(self, machine: Scope) -> Scope:
        """Add a machine, of which the handle exists already, with two versions and two aliases of them."""
        self.script.run(f"[{machine.key}.publish_version() for _ in range(2)]")
        self.script.run(f"{machine.key}.add_alias('live', 1)")
        self.script.run(f"{machine.key}.add_alias('split', [(1, 50), (2, 50)])")
        machine.versions, machine.last_version = [1, 2], 2
        machine.published = {1: machine.definition, 2: machine.definition}
        machine.aliases = {"live": [1], "split": [1, 2]}
        return self.keep_scope(machine)

    def _add_old_executions(self, scope: Scope) -> None:
        """Add nine old executions: if most executions of a list changed, the mock would sort the whole list again."""
        start = self.world.moment - timedelta(hours=2)
        names = self.world.default_names(scope, 9)
        # Seeds that are already past retention cause a warning.
        helper = "with warned()" if self.world.retention is not None else "if True"
        self.script.run(
            f"{helper}: old = {scope.key}.add_executions(9, status='FAILED', start_date={start!r}, "
            f"interval={MINUTE!r}, duration={MINUTE!r})"
        )
        scope.default_names += 9
        for index, name in enumerate(names):
            line = [Shown(start, "RUNNING"), Shown(start + MINUTE, "FAILED", start + MINUTE)]
            record = self.listed(scope, f"old[{index}]", line, item_count=1 if scope.is_map_run else None)
            start += MINUTE

            assert record.name == name

    def add_jobs(self) -> None:
        """The machine whose definition runs."""
        key = self.key("jobs")
        arn = f"{PREFIX}stateMachine:jobs"
        self.script.run(f"{key} = sfn.add_state_machine('jobs', definition={json.dumps(JOB)!r})")
        self._with_aliases(Scope(key, arn, arn, definition=JOB, work=Work(timedelta(0))))
        self.script.run(f"{key}.mock_task('Work', result=7)")

    def add_limited(self) -> None:
        """Add the machine whose executions do not run their definition, but are TIMED_OUT by it."""
        key = self.key("limited")
        arn = f"{PREFIX}stateMachine:limited"
        self.script.run(f"{key} = sfn.add_state_machine('limited', definition={json.dumps(LIMITED)!r})")
        self.script.run(f"{key}.on_start(status='RUNNING')")
        self.keep_scope(Scope(key, arn, arn, definition=LIMITED))

    def _add_waiting(self, name: str, ask: Ask, task: dict[str, Any]) -> None:
        """Add a machine whose executions wait for an answer with a task token."""
        key = self.key(name)
        arn = f"{PREFIX}stateMachine:{name}"
        limits = {"TimeoutSeconds": TIMEOUT // SECOND, "HeartbeatSeconds": HEARTBEAT // SECOND}
        definition = {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", **task, **limits, "End": True}}}
        self.script.run(f"{key} = sfn.add_state_machine({name!r}, definition={json.dumps(definition)!r})")
        self.keep_scope(Scope(key, arn, arn, definition=definition, work=ask))

    def add_desk(self) -> None:
        """Add the machine whose executions wait for the answer of somebody to whom a function gave the token."""
        payload = {"execution.$": "$$.Execution.Id", "token.$": "$$.Task.Token"}
        parameters = {"FunctionName": "ask", "Payload": payload}
        self.script.run("sfn.mock_lambda('ask', lambda event, _: asked.append((event['execution'], event['token'])))")
        resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
        self._add_waiting("desk", Ask(of_activity=False), {"Resource": resource, "Parameters": parameters})

    def add_plant(self) -> None:
        """Add the machine whose executions wait for a worker of an activity."""
        self.script.run("client.create_activity(name='pack')")
        self._add_waiting("plant", Ask(of_activity=True), {"Resource": ACTIVITY})

    def add_spread(self) -> None:
        """Add the machine whose executions run a Distributed Map."""
        key = self.key("spread")
        arn = f"{PREFIX}stateMachine:spread"
        self.script.run(f"{key} = sfn.add_state_machine('spread', definition={json.dumps(SPREAD)!r})")
        self.script.run(f"{key}.mock_task('Item', result_of_item)")
        self.keep_scope(Scope(key, arn, arn, definition=SPREAD, work=Spread()))

    def add_nest(self) -> None:
        """Add the machine whose executions start a job, and wait for its end."""
        key = self.key("nest")
        arn = f"{PREFIX}stateMachine:nest"
        self.script.run(f"{key} = sfn.add_state_machine('nest', definition={json.dumps(NEST)!r})")
        self.keep_scope(Scope(key, arn, arn, definition=NEST, work=Nest()))

    def note_token(self, execution: Execution) -> None:
        """Note the token that the function got at the start or the last redrive of the execution, if it got one."""
        shown = waiting(execution, self.world.moment)
        if shown is not None and not shown.work.of_activity:
            arn, token = self.script.value(f"{execution.key}.status and asked[-1]")

            assert arn == execution.arn
            assert self.world.tokens.setdefault(token, execution.key) == execution.key

            change(execution, self.world.moment, token=token)

    def redriven(self, execution: Execution) -> None:
        """Redrive the execution in the model."""
        self.world.redrive(execution)
        self.note_token(execution)

    def add_map_run_to(
        self,
        parent: Execution,
        execution_type: str,
        label: str,
        tolerated: int = 0,
        most: int = 0,
        seed: Mapping[str, Any] = {},
    ) -> Scope:
        """Add a map run, possibly one with a status and dates of its own."""
        key = self.key("map_run")
        given = {"execution_type": execution_type, "tolerated_failure_count": tolerated, "max_concurrency": most}
        # A start to come causes a warning.
        self.script.run(f"with quietly(): {key} = {parent.key}.add_map_run({label!r}, {arguments(**given, **seed)})")
        arn = self.script.value(f"{key}.arn")
        shown = f"{parent.scope.arn}/{label}"
        rounds = seeded_rounds(parent, seed)
        map_run = Scope(key, arn, shown, execution_type, parent.scope, label, parent, rounds=rounds)
        map_run.tolerated, map_run.max_concurrency = tolerated, most
        return self.keep_scope(map_run)

    def listed(self, scope: Scope, expression: str, line: list[Shown], **given: Any) -> Execution:
        """Assign the execution that an expression returns to a variable, and add it to the model."""
        key = self.key("run")
        self.script.run(f"{key} = {expression}")
        name, arn = self.script.value(f"({key}.name, {key}.arn)")
        version, alias = given.pop("version", None), given.pop("alias", None)
        if alias is not None and version is None:
            version = self.script.value(f"{key}.version.number")

            assert version in scope.aliases[alias]

        number = self.world.next_number()
        given["definition"] = {} if scope.is_map_run else scope.definition_of(version)
        return self.keep(Execution(key, scope, name, arn, number, line, version=version, alias=alias, **given))

    # --- Savepoints -------------------------------------------------------------------------------------------------

    def enter_inner(self) -> None:
        self.savepoints.append((deepcopy(self.world), len(self.tokens)))
        name = f"inner_{len(self.savepoints) - 1}"
        self.script.run(f"{name} = mock_sfn_executions()")
        self.begin_use(name)

    def leave_inner(self) -> None:
        """Restore the world before the inner mock, except for the clock."""
        moment = self.world.moment
        self.world, tokens = self.savepoints.pop()
        del self.tokens[tokens:]
        self.world.moment = moment
        self.script.run(f"{self._started.pop()}.stop()")
