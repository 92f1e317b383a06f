"""The view of an alias."""

from __future__ import annotations

from datetime import datetime

from sfn_mock import views
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.views.view import View


class Alias(View[kept.Alias]):
    """An alias: a name for one version of a state machine, or for two with weights."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The alias's name."""
        return self._record.name

    @property
    def state_machine(self) -> views.StateMachine:
        """The state machine of the alias."""
        return views.StateMachine(self._record.state_machine)

    @property
    def versions(self) -> list[tuple[int, int]]:
        """The versions that it routes to: pairs of the version's number and its weight in percent."""
        return [(int(route.qualifier), route.weight) for route in self._record.routes]

    @property
    def description(self) -> str | None:
        """The description of the alias; None without one."""
        return self._record.description

    @property
    def creation_date(self) -> datetime:
        """When it was made, in UTC."""
        return clock.to_datetime(self._record.created)

    @property
    def update_date(self) -> datetime:
        """When it was last updated, in UTC."""
        return clock.to_datetime(self._record.updated)
