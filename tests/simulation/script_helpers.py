"""Short helpers that scripts of the simulation import besides the package."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError
from interrupts import interrupted_after
from thread_turns import in_turns

from sfn_mock import SeedWarning, TaskError

__all__ = ["everything", "fails", "in_turns", "interrupted_after", "quietly", "refused", "result_of_item", "warned"]


def result_of_item(input: dict[str, int]) -> int:
    """Return the result of the Task of an item, which fails until its execution was redriven often enough."""
    if input["redrives"] < input["failures"]:
        raise TaskError("Late", "Rain")
    return 7


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect AWS's error with that code."""
    with pytest.raises(ClientError) as caught:
        yield

    assert caught.value.response["Error"]["Code"] == code


@contextmanager
def fails(error: type[Exception]) -> Iterator[None]:
    """Expect an error for the author of a test, whose text is a sentence; a warning before it fails."""
    with pytest.raises(error, match=r"\w+( \S+)+"):
        yield


@contextmanager
def warned() -> Iterator[None]:
    """Expect a warning about a seed."""
    with pytest.warns(SeedWarning):
        yield


@contextmanager
def quietly() -> Iterator[None]:
    """Ignore warnings about seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeedWarning)
        yield


def everything(call: Callable[..., dict[str, Any]], member: str, **arguments: Any) -> list[dict[str, Any]]:
    """Return the items of a member from all pages."""
    page = call(**arguments)
    items = page[member]
    while "nextToken" in page:
        page = call(**arguments, nextToken=page["nextToken"])
        items += page[member]
    return items
