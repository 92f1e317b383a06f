"""What AWS allows one account in one region: calls of each operation, and executions that are open at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sfn_mock.aws.constraints import operations

#: The one quota that is not an operation's.
OPEN_EXECUTIONS = "open_executions"
#: In place of numbers: what AWS allows unless asked for more.
DEFAULT = "default"

_DEFAULT_OPEN_EXECUTIONS = 1_000_000


class Bucket(NamedTuple):
    """How many calls can be made at once, and how many more each second."""

    size: int
    refill: float


# Developer Guide, service quotas: in these regions, and in all others.
_LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_DEFAULT_BUCKETS = {
    "DescribeExecution": (Bucket(300, 15), Bucket(250, 10)),
    "DescribeMapRun": (Bucket(200, 1), Bucket(200, 1)),
    "ListExecutions": (Bucket(200, 5), Bucket(100, 2)),
    "ListMapRuns": (Bucket(100, 1), Bucket(100, 1)),
    "ListStateMachineAliases": (Bucket(100, 1), Bucket(100, 1)),
    "ListStateMachineVersions": (Bucket(100, 1), Bucket(100, 1)),
    "RedriveExecution": (Bucket(1300, 300), Bucket(800, 150)),
    "StartExecution": (Bucket(1300, 300), Bucket(800, 150)),
    "UpdateMapRun": (Bucket(100, 1), Bucket(100, 1)),
}


class Quotas(NamedTuple):
    """Those that a test has asked for."""

    #: How many executions may be open at once; None for any number.
    open_executions: int | None = None
    #: By operation; None where AWS's default is asked for, which depends on the region.
    buckets: Mapping[str, Bucket | None] = {}

    def bucket(self, operation: str, region: str) -> Bucket | None:
        """What limits the calls of ``operation`` in ``region``, if anything does."""
        if operation not in self.buckets:
            return None
        return self.buckets[operation] or _DEFAULT_BUCKETS[operation][region not in _LARGE_REGIONS]


NO_QUOTAS = Quotas()


def read(quotas: object) -> Quotas:
    """The quotas that a test's mapping asks for; ValueError for what no quota is called or comes to.

    ``open_executions`` is a number. An operation has ``(bucket, refill per second)``. Either may be ``"default"``.
    """
    if not isinstance(quotas, Mapping):
        raise ValueError(f"quotas={quotas!r} is no mapping: write it like {{'ListExecutions': (200, 5)}}.")
    known = operations()
    for name in quotas:
        if name not in known and name != OPEN_EXECUTIONS:
            raise ValueError(
                f"quotas has no {name!r}: name {OPEN_EXECUTIONS!r} or operations, which are {', '.join(sorted(known))}."
            )
    return Quotas(
        _open_executions(quotas[OPEN_EXECUTIONS]) if OPEN_EXECUTIONS in quotas else None,
        {name: _bucket(name, quota) for name, quota in quotas.items() if name != OPEN_EXECUTIONS},
    )


def _open_executions(quota: object) -> int:
    if quota == DEFAULT:
        return _DEFAULT_OPEN_EXECUTIONS
    if not isinstance(quota, int) or isinstance(quota, bool) or quota < 0:
        raise ValueError(
            f"quotas[{OPEN_EXECUTIONS!r}]={quota!r} counts no executions: give a whole number or {DEFAULT!r}."
        )
    return quota


def _bucket(operation: str, quota: object) -> Bucket | None:
    if quota == DEFAULT and operation in _DEFAULT_BUCKETS:
        return None
    if quota == DEFAULT:
        raise ValueError(
            f"quotas[{operation!r}]={DEFAULT!r} is not known: give (bucket, refill per second); defaults are known of "
            f"{', '.join(_DEFAULT_BUCKETS)}."
        )
    match quota:
        case (int(size), (int() | float()) as refill) if isinstance(quota, Sequence) and size >= 1 and refill >= 0:
            return Bucket(size, refill)
    raise ValueError(
        f"quotas[{operation!r}]={quota!r} limits no calls: give (bucket, refill per second), such as (200, 5), or "
        f"{DEFAULT!r}."
    )


class Allowance:
    """What is left in a bucket: full at first, refilled as the clock goes on, unmoved by its going back."""

    def __init__(self, bucket: Bucket, moment: int) -> None:
        self._bucket = bucket
        self._moment = moment
        # In thousandths of a call, as moments are in thousandths of a second.
        self._left: float = bucket.size * 1000

    def take(self, moment: int) -> bool:
        """Take one call out, if there is one."""
        refill = max(0, moment - self._moment) * self._bucket.refill
        self._left = min(self._bucket.size * 1000, self._left + refill)
        self._moment = moment
        if self._left < 1000:
            return False
        self._left -= 1000
        return True
