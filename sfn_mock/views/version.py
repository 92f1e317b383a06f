"""The view of a version."""

from __future__ import annotations

from datetime import datetime

from sfn_mock import views
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.views.view import View


class Version(View[kept.Version]):
    """A published version of a state machine."""

    __slots__ = ()

    @property
    def number(self) -> int:
        """The version's number, counted from 1."""
        return self._record.number

    @property
    def state_machine(self) -> views.StateMachine:
        """The state machine of the version."""
        return views.StateMachine(self._record.state_machine)

    @property
    def description(self) -> str | None:
        """The description of the version; None without one."""
        return self._record.description

    @property
    def creation_date(self) -> datetime:
        """When it was published, in UTC."""
        return clock.to_datetime(self._record.created)
