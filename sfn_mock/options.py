"""The options of a mock: the one list that the decorator, fixture, marker, server and command read.

To add an option, add a field to ``Options`` and a row to the table of docs/options.md.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, get_args

from sfn_mock.aws.accounts import DEFAULT_ACCOUNT_ID, check_account_id, check_region
from sfn_mock.suggestions import did_you_mean, with_suggestion

if TYPE_CHECKING:
    from sfn_mock.state.simulation import Simulation

Warn = Literal["warn"]
#: True: a paging mistake fails the test. "warn": it is a warning. False: nothing is checked.
CheckPaging = bool | Warn
Transport = Literal["direct", "wire"]

_Options = TypeVar("_Options", bound="Options")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options that ``mock_sfn_executions(...)`` takes, with their defaults.

    Fields with a ``help`` text are options of the server's command too.

    Raises:
        ValueError: If an option has a wrong value.
    """

    account_id: str = field(default=DEFAULT_ACCOUNT_ID, metadata={"help": "account of seeds and calls"})
    region: str | None = field(
        default=None, metadata={"help": "region of seeds and unsigned calls (AWS_DEFAULT_REGION or us-east-1)"}
    )
    retry_sleeps: bool = True
    check_paging: CheckPaging = False
    consistency_lag: timedelta = field(
        default=timedelta(0), metadata={"help": "listings show executions as they were this long ago"}
    )
    short_pages: bool = field(default=False, metadata={"help": "pages have fewer items than asked for, sometimes none"})
    retention: timedelta | None = field(
        default=None, metadata={"help": "closed executions vanish this long after they stop"}
    )
    quotas: Mapping[str, Any] | None = field(
        default=None, metadata={"help": 'limits of calls, such as {"ListExecutions": [200, 5]}'}
    )
    execute: bool = field(default=False, metadata={"help": "run the definition of each execution that is started"})
    wait_scale: float = field(
        default=1.0, metadata={"help": "multiplies the seconds of Wait states and retry pauses, 0 for no time"}
    )
    transport: Transport = "direct"

    def __post_init__(self) -> None:
        # Without fields(), which makes another list of them for each mock that begins.
        for name, option in self.__dataclass_fields__.items():
            if option.type == "bool":
                _check_switch(name, getattr(self, name))
        if not isinstance(self.check_paging, bool) and self.check_paging not in get_args(Warn):
            sentence = f"check_paging must be True, False or 'warn', got {self.check_paging!r}."
            raise ValueError(with_suggestion(sentence, self.check_paging, (True, False, *get_args(Warn))))
        if self.transport not in get_args(Transport):
            sentence = f"transport must be 'direct' or 'wire', got {self.transport!r}."
            raise ValueError(with_suggestion(sentence, self.transport, get_args(Transport)))
        check_account_id(self.account_id)
        if self.region is not None:
            check_region(self.region)
        _check_scale("wait_scale", self.wait_scale)
        _check_duration("consistency_lag", self.consistency_lag, or_none=False)
        _check_duration("retention", self.retention, or_none=True)
        # Only quotas need botocore's model: a mock without quotas does not load it here.
        if self.quotas is not None:
            self.simulation  # noqa: B018  # reading it reads the quotas

    @cached_property
    def simulation(self) -> Simulation:
        """Return what the mock simulates of AWS's limits and delays."""
        # Imported here: both read botocore's model, which the pytest plugin must not load.
        from sfn_mock.state import quotas
        from sfn_mock.state.simulation import Simulation

        return Simulation(
            consistency_lag=_milliseconds(self.consistency_lag),
            short_pages=self.short_pages,
            retention=None if self.retention is None else _milliseconds(self.retention),
            quotas=quotas.NO_QUOTAS if self.quotas is None else quotas.read(self.quotas),
            wait_scale=self.wait_scale,
        )


class RunDefaults(NamedTuple):
    """The defaults that a test run, such as its ini file, sets for its mocks."""

    check_paging: CheckPaging = False
    region: str | None = None


_run_defaults = RunDefaults()


def run_defaults() -> RunDefaults:
    """Return the defaults of the test run."""
    return _run_defaults


@contextmanager
def defaults_of_run(defaults: RunDefaults) -> Iterator[None]:
    """Set the defaults of every mock that starts inside the block."""
    global _run_defaults
    before, _run_defaults = _run_defaults, defaults
    try:
        yield
    finally:
        _run_defaults = before


#: The options' names, in the order of their declaration.
NAMES = tuple(option.name for option in fields(Options))


def read_options(options_class: type[_Options], given: Mapping[str, Any]) -> _Options:
    """Return the options given as keywords; TypeError for another keyword, ValueError for a wrong value."""
    for name in given:
        names = [option.name for option in fields(options_class)]
        if name not in names:
            raise TypeError(f"Unknown option {name!r}. {did_you_mean(name, names)}")
    return options_class(**given)


def keyword_signature(options: Callable[..., Any], *first: inspect.Parameter) -> inspect.Signature:
    """Return the signature of a function that takes ``first`` and the keywords of an options class."""
    return inspect.Signature([*first, *inspect.signature(options).parameters.values()])


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}.")


def _check_scale(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ValueError(f"{name} must be a number >= 0, got {value!r}.")


def _check_duration(name: str, value: object, *, or_none: bool) -> None:
    """Raise ValueError unless the value is a timedelta >= 0, or None or > 0 for an option that may be None."""
    if value is None and or_none:
        return
    wanted = "a datetime.timedelta > 0 or None" if or_none else "a datetime.timedelta >= 0"
    if not isinstance(value, timedelta) or value < timedelta(0) or (or_none and not _milliseconds(value)):
        raise ValueError(f"{name} must be {wanted}, got {value!r}.")


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


#: The options of a mock without options, which are checked once for all of them.
DEFAULTS = Options()
