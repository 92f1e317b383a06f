"""What a test may ask for of AWS's rough edges; by default there are none. Lengths of time are in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sfn_mock.state import quotas as quotas_of
from sfn_mock.state.quotas import Quotas

_NO_QUOTAS = Quotas()


class RoughEdges(NamedTuple):
    #: Listings show executions as they were that long ago.
    consistency_lag: int = 0
    #: Pages have fewer items than asked for, at times none.
    short_pages: bool = False
    #: How long closed executions are kept; None for ever.
    retention: int | None = None
    quotas: Quotas = _NO_QUOTAS


NO_ROUGH_EDGES = RoughEdges()


def rough_edges(
    *,
    consistency_lag: timedelta,
    short_pages: bool,
    retention: timedelta | None,
    quotas: Mapping[str, Any] | None,
) -> RoughEdges:
    """Those that the options ask for; ValueError for an option that says nothing of the kind."""
    lag = _milliseconds(consistency_lag, "consistency_lag")
    if lag < 0:
        raise ValueError(f"consistency_lag={consistency_lag!r} looks ahead: give timedelta(0) or longer.")
    kept = None if retention is None else _milliseconds(retention, "retention")
    if kept is not None and kept <= 0:
        raise ValueError(
            f"retention={retention!r} keeps nothing: give a longer timedelta, such as timedelta(days=90), or None."
        )
    return RoughEdges(lag, short_pages, kept, _NO_QUOTAS if quotas is None else quotas_of.read(quotas))


def _milliseconds(length: object, name: str) -> int:
    if not isinstance(length, timedelta):
        raise ValueError(f"{name}={length!r} is no length of time: give a datetime.timedelta.")
    return length // timedelta(milliseconds=1)
