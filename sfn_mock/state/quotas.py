"""Quotas: calls of each operation, open executions, and versions and aliases of a state machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sfn_mock.aws.constraints import operations
from sfn_mock.suggestions import did_you_mean

#: The quotas that are numbers, with AWS's defaults (Developer Guide, service quotas).
OPEN_EXECUTIONS = "open_executions"
_DEFAULT_NUMBERS = {OPEN_EXECUTIONS: 1_000_000, "versions": 1_000, "aliases": 100}
#: The value for AWS's default quota.
DEFAULT = "default"


class Bucket(NamedTuple):
    """A token bucket: its size, and the refill per second."""

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
    """The quotas that a test has set."""

    #: How many executions may be open at the same time, None for no limit.
    open_executions: int | None = None
    #: How many versions and aliases a state machine may have.
    versions: int = _DEFAULT_NUMBERS["versions"]
    aliases: int = _DEFAULT_NUMBERS["aliases"]
    #: The token buckets by operation; None for AWS's default, which depends on the region.
    buckets: Mapping[str, Bucket | None] = {}

    def bucket(self, operation: str, region: str) -> Bucket:
        """Return the token bucket of an operation in a region; the operation must have a quota."""
        return self.buckets[operation] or _DEFAULT_BUCKETS[operation][region not in _LARGE_REGIONS]


NO_QUOTAS = Quotas()


def read(quotas: object) -> Quotas:
    """Parse the option `quotas`.

    `open_executions`, `versions` and `aliases` are numbers. An operation has `(bucket, refill per second)`. The value
    `"default"` stands for AWS's default.

    Raises:
        ValueError: If a name is unknown, or a value is wrong.
    """
    if not isinstance(quotas, Mapping):
        raise ValueError(f"quotas must be a mapping such as {{'ListExecutions': (200, 5)}}, got {quotas!r}.")
    names = [*_DEFAULT_NUMBERS, *sorted(operations())]
    for name in quotas:
        if name not in names:
            numbers_too = ", ".join(_DEFAULT_NUMBERS)
            raise ValueError(f"quotas must name operations or {numbers_too}, got {name!r}. {did_you_mean(name, names)}")
    numbers = {name: _number(name, quotas[name]) for name in _DEFAULT_NUMBERS if name in quotas}
    buckets = {name: _bucket(name, quota) for name, quota in quotas.items() if name not in numbers}
    return Quotas(**numbers, buckets=buckets)


def _number(name: str, quota: object) -> int:
    if quota == DEFAULT:
        return _DEFAULT_NUMBERS[name]
    if not isinstance(quota, int) or isinstance(quota, bool) or quota < 0:
        raise ValueError(f"quotas[{name!r}] must be an int >= 0 or {DEFAULT!r}, got {quota!r}.")
    return quota


def _bucket(operation: str, quota: object) -> Bucket | None:
    if quota == DEFAULT and operation in _DEFAULT_BUCKETS:
        return None
    if quota == DEFAULT:
        raise ValueError(
            f"quotas[{operation!r}] must be (bucket, refill per second), got {DEFAULT!r}: AWS publishes defaults only "
            f"for {', '.join(_DEFAULT_BUCKETS)}."
        )
    match quota:
        case (int(size), (int() | float()) as refill) if isinstance(quota, Sequence) and size >= 1 and refill >= 0:
            return Bucket(size, refill)
    raise ValueError(
        f"quotas[{operation!r}] must be (bucket, refill per second), such as (200, 5), or {DEFAULT!r}, got {quota!r}."
    )


class RateLimiter:
    """A token bucket in use: full at first, refilled as the clock moves forward, unchanged when it moves back."""

    def __init__(self, bucket: Bucket, moment: int) -> None:
        self._bucket = bucket
        self._moment = moment
        # In thousandths of a call, because moments are in thousandths of a second.
        self._left: float = bucket.size * 1000

    def acquire(self, moment: int) -> bool:
        """Take a token for one call; return whether there was one."""
        refill = max(0, moment - self._moment) * self._bucket.refill
        self._left = min(self._bucket.size * 1000, self._left + refill)
        self._moment = moment
        if self._left < 1000:
            return False
        self._left -= 1000
        return True
