"""The interface to the package jsonata-python, which has no type hints."""

from __future__ import annotations

import datetime
import importlib
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sfn_mock.asl.jsonata.messages import QueryError, format_message, placeholders


class Library(NamedTuple):
    """The parts of the package that this project uses."""

    engine: Any
    error: Any
    null: Any
    signature: Any
    apply: Callable[[Any, list[Any]], Any]
    is_function: Callable[[Any], bool]
    is_lambda: Callable[[Any], bool]
    is_regex: Callable[[Any], bool]

    @property
    def templates(self) -> Mapping[str, str]:
        """The error messages by code."""
        templates: Mapping[str, str] = self.error.error_codes
        return templates


class _Datetime:
    """A stand-in for the class datetime whose utcnow causes no DeprecationWarning in Python 3.12."""

    def __call__(self, *arguments: Any) -> datetime.datetime:
        return datetime.datetime(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime.datetime, name)

    def utcnow(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class _DatetimeModule:
    """A stand-in for the module datetime; it looks up members at each use, because a test may freeze the clock."""

    datetime = _Datetime()

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


def _copy_symbol(symbol: Any) -> Any:
    """Copy a symbol of the parser, three times as fast as copy.copy; the parser copies one for each token."""
    made = object.__new__(type(symbol))
    vars(made).update(vars(symbol))
    return made


@cache
def library() -> Library:
    """Import the package at the first use, and restore the recursion limit that it changes."""
    limit = sys.getrecursionlimit()
    try:
        engine = importlib.import_module("jsonata.jsonata").Jsonata
    finally:
        sys.setrecursionlimit(limit)
    functions = importlib.import_module("jsonata.functions").Functions
    utils = importlib.import_module("jsonata.utils").Utils
    # The functions for date pictures call datetime.utcnow, which Python 3.12 deprecates.
    vars(importlib.import_module("jsonata.datetimeutils"))["datetime"] = _DatetimeModule()
    importlib.import_module("jsonata.parser").Parser.Symbol.clone = _copy_symbol
    return Library(
        engine=engine,
        error=importlib.import_module("jsonata.jexception").JException,
        null=utils.NULL_VALUE,
        signature=importlib.import_module("jsonata.signature").Signature,
        apply=functions.func_apply,
        is_function=utils.is_function,
        is_lambda=functions.is_lambda,
        is_regex=functions.is_regex,
    )


def failure(code: str, *values: object, position: int | None = None) -> QueryError:
    """Return the error with a code; the values fill the placeholders of its message in order."""
    return QueryError(code, format_message(library().templates, code, values), position, values)


def with_operator(error: QueryError, operator: str) -> QueryError:
    """Return an error whose message names an operator instead of the original function or operator."""
    names = placeholders(library().templates, error.code) if error.values else []
    if "token" not in names:
        return error
    values = [operator if name == "token" else value for name, value in zip(names, error.values, strict=False)]
    return failure(error.code, *values, position=error.position)
