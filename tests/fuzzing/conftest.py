"""Fixtures of the fuzz tests."""

from __future__ import annotations

import warnings

import pytest


@pytest.fixture(autouse=True)
def quiet():
    """Ignore warnings: for calls that miss a resource of another region, and of libraries that evaluate expressions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
