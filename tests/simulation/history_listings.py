"""Rules that list executions page by page, and check the counts of map runs."""

from __future__ import annotations

from datetime import datetime
from itertools import cycle
from typing import Any, NamedTuple

from history_calls import Calls
from history_core import Core, picks
from history_map_runs import MapRuns
from history_seeds import qualifiers, statuses
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from plain_executions import STOPPED, Execution, Scope
from plain_world import DAY
from scripts import arguments

page_sizes = st.sampled_from([0, 1, 2, 3, 5, 1000])
filters = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"status": statuses}),
    st.fixed_dictionaries({"qualifier": qualifiers}),
    st.fixed_dictionaries({"redriven": st.booleans()}),
    st.fixed_dictionaries({"qualifier": qualifiers, "status": statuses}),
    st.fixed_dictionaries({"redriven": st.booleans(), "status": statuses}),
)
_PARTS = [{}, *({"status": status} for status in ("RUNNING", *STOPPED))]
_OF_MAP_RUNS = [*_PARTS, {"redriven": True}, {"redriven": False}]
_OF_MACHINES = [*_PARTS, *({"qualifier": qualifier} for qualifier in (1, 2, "live", "split"))]


class Token(NamedTuple):
    """A page token, the request and moment that it was given for, and the position of the last item before it."""

    text: str
    arguments: dict[str, Any]
    scope: str
    filters: dict[str, Any]
    position: tuple[datetime, int]
    given: datetime


class Listings(Calls, MapRuns):
    """Rules for listings, and checks after each third step."""

    @invariant()
    def listing_keeps_up(self) -> None:
        """Check one part of every listing after each third step, so that several changes happen between checks."""
        Core.steps += 1
        step = self._steps = getattr(self, "_steps", -1) + 1
        if not self.scopes or step % 3:
            return
        for key in list(self.world.scopes):
            scope = self.world.scopes.get(key)
            if scope is None:
                continue
            turns = _OF_MAP_RUNS if scope.is_map_run else _OF_MACHINES
            self._list(scope, turns[step % len(turns)], [20])
            if not self.is_gone(scope):
                arns = [execution.arn for execution in scope.executions]
                self.script.check(f"[run.arn for run in {key}.executions]", arns)
                self.look_at_map_run(scope)
                if scope.executions:
                    self.look_at(scope.executions[-1 - step % len(scope.executions)])

    @rule(pick=picks, filters=filters, sizes=st.lists(page_sizes, min_size=1, max_size=3))
    def walk(self, pick: int, filters: dict[str, Any], sizes: list[int]) -> None:
        scope = self.some_scope(pick)
        if scope.is_map_run:
            filters = {name: value for name, value in filters.items() if name != "qualifier"}
        self._list(scope, filters, sizes)

    def _list(self, scope: Scope, filters: dict[str, Any], sizes: list[int]) -> None:
        """List page by page, with any page sizes; the model filters, sorts and cuts a plain list."""
        self.now()
        given = _arguments(scope, **filters)
        code = self.world.obstacle_to_list(given)
        if code is None:
            self._walk(self.world.scope_at(scope.arn), given, filters, sizes)
        else:
            self.script.refused(f"client.list_executions({arguments(**given)})", code)

    def _walk(self, scope: Scope, given: dict[str, Any], filters: dict[str, Any], sizes: list[int]) -> None:
        rest = self.world.listing(scope, **filters)
        token = ""
        was_empty = False
        for size in cycle(sizes):
            self.script.run(f"page = client.list_executions({arguments(**given, maxResults=size)}{token})")
            shown, rest = self._cut(rest, size)

            assert not (was_empty and not shown), "Two empty pages follow each other."

            if not rest:
                return
            token = ", nextToken=page['nextToken']"
            was_empty = not shown
            if shown:
                text = self.script.value("page['nextToken']")
                position = shown[-1].sort_key(self.world.moment - self.world.lag)
                self.tokens.append(Token(text, given, scope.key, filters, position, self.world.moment))

    def _cut(self, rest: list[Execution], size: int) -> tuple[list[Execution], list[Execution]]:
        """Compare a page with the first of the remaining executions; return these, and the rest."""
        length = min(size or 100, len(rest))
        if self.short_pages:
            length = self.script.value("len(page['executions'])")

            assert length <= (size or 100)

        shown, rest = rest[:length], rest[length:]
        self.script.check("page['executions']", self.world.items(shown))
        self.script.check("'nextToken' in page", bool(rest))
        return shown, rest

    @precondition(lambda self: self.tokens)
    @rule(age=picks, size=page_sizes, other_filter=st.sampled_from([False, False, False, True]))
    def next_page(self, age: int, size: int, other_filter: bool) -> None:
        """Read on from any earlier token: the page has what now sorts after the position of the token."""
        now = self.now()
        token = self.tokens[-1 - age % len(self.tokens)]
        given = dict(token.arguments)
        if other_filter:
            given["statusFilter"] = "FAILED" if given.get("statusFilter") != "FAILED" else "ABORTED"
        scope = self.world.scopes.get(token.scope)
        code = self.world.obstacle_to_list(given)
        if code is None and (scope is None or now - token.given >= DAY or other_filter):
            code = "InvalidToken"
        call = f"page = client.list_executions({arguments(**given, maxResults=size, nextToken=token.text)})"
        if not self.script.refused(call, code):
            self._cut(self._behind(token, scope), size)

    def _behind(self, token: Token, scope: Scope) -> list[Execution]:
        """Return what sorts after the position, now and, if the clock was set back, also when the token was given."""
        moments = [moment - self.world.lag for moment in (self.world.moment, max(self.world.moment, token.given))]
        return [
            execution
            for execution in self.world.listing(scope, **token.filters)
            if all(execution.sort_key(moment) < token.position for moment in moments)
        ]


def _arguments(
    scope: Scope, qualifier: int | str | None = None, status: str | None = None, redriven: bool | None = None
) -> dict[str, Any]:
    """Return the members of a request."""
    if scope.is_map_run:
        given = {"mapRunArn": scope.arn}
    else:
        given = {"stateMachineArn": scope.arn if qualifier is None else f"{scope.arn}:{qualifier}"}
    if status is not None:
        given["statusFilter"] = status
    if redriven is not None:
        given["redriveFilter"] = "REDRIVEN" if redriven else "NOT_REDRIVEN"
    return given
