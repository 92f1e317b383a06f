"""Fixtures of the tests of operations: moto's backend, and an EXPRESS state machine."""

from __future__ import annotations

import pytest
from moto.stepfunctions.models import stepfunctions_backends


@pytest.fixture
def backend(sfn):
    """moto's backend, as code that uses moto gets it."""
    return stepfunctions_backends["123456789012"]["us-east-1"]


@pytest.fixture
def fast(sfn):
    """An EXPRESS state machine named fast."""
    return sfn.add_state_machine("fast", type="EXPRESS")
