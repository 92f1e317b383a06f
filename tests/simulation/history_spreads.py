"""Rules for executions that run a Distributed Map."""

from __future__ import annotations

import json

from history_core import name_of
from history_seeds import Seeds
from hypothesis import strategies as st
from hypothesis.stateful import rule
from plain_executions import Execution, Scope, Shown
from plain_spread import TOLERATED, Item, Spread, spread

#: How long items wait, in seconds; none ends at the moment of a call.
_SECONDS = (70, 100, 170, 290)


class Spreads(Seeds):
    """Rules that start executions with map runs; their children are listed, counted and redriven as all others."""

    @rule(
        failures=st.lists(st.sampled_from([0, 0, 1, 2]), min_size=1, max_size=4),
        name=st.sampled_from([None, None, "nightly"]),
    )
    def start_spread(self, failures: list[int], name: str | None) -> None:
        self.now()
        machine = next((each for each in self.world.machines if name_of(each) == "spread"), None)
        if machine is None:
            return
        items = tuple(Item(seconds, often) for seconds, often in zip(_SECONDS, failures, strict=False))
        before = len(self.executions)
        input = json.dumps({"items": [item._asdict() for item in items]})
        self._start(
            machine,
            machine,
            None,
            name,
            input,
            lambda machine, version: [Shown(self.world.moment, "RUNNING", work=Spread(items))],
        )
        if len(self.executions) > before:
            self._add_map_run_of(machine.executions[-1])

    def _add_map_run_of(self, parent: Execution) -> None:
        """Add the map run and the children of an execution that has just started."""
        machine, items = parent.scope, parent.line[0].work.items
        key = self.key("map_run")
        self.script.run(f"[{key}] = {parent.key}.map_runs")
        arn = self.script.value(f"{key}.arn")
        shown_arn = f"{machine.arn}/Each"
        map_run = Scope(key, arn, shown_arn, "STANDARD", machine, "Each", parent, tolerated=TOLERATED, work=Spread())
        self.keep_scope(map_run)
        for index, item in enumerate(items):
            child = self.key("child")
            self.script.run(f"{child} = {key}.executions[{index}]")
            name, child_arn = self.script.value(f"({child}.name, {child}.arn)")
            input = json.dumps(item._asdict(), separators=(",", ":"))
            number = self.world.next_number()
            self.world.add(Execution(child, map_run, name, child_arn, number, [], input=input, item_count=1))
        spread(parent, map_run, self.world.moment)
