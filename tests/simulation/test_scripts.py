"""A failed simulation prints its seed, and a script that reproduces the failure."""

from __future__ import annotations

import pytest
import test_simulation
from scripts import Difference, Script
from test_simulation import run_histories


def test_a_script_shows_the_difference():
    """A difference raises when it is found, and again when the whole script is run."""
    script = Script()
    script.run("mock = mock_sfn_executions()")
    script.run("sfn = mock.start()")
    script.run("orders = sfn.add_state_machine('orders')")
    script.refused("client.describe_execution(executionArn=orders.arn)", "InvalidArn")
    script.check("orders.name", "orders")
    with pytest.raises(Difference, match="gave     'STANDARD'\n  expected 'EXPRESS'"):
        script.check("orders.type", "EXPRESS")
    script.run("mock.stop()")

    with pytest.raises(AssertionError):
        exec(str(script), names := {})
    names["mock"].stop()


def test_a_failure_prints_its_seed(monkeypatch, capsys):
    """The printed seed reproduces the failed history first."""
    seeds = []

    def fail_at_the_third(histories, settings):
        seeds.append(histories)
        test_simulation.Core.steps += 10
        if len(seeds) == 3:
            raise Difference("listed")

    monkeypatch.setattr(test_simulation, "run_state_machine_as_test", fail_at_the_third)
    with pytest.raises(Difference, match="listed"):
        run_histories(7, 100)

    assert capsys.readouterr().out == "The same again: SFN_MOCK_SEED=9 SFN_MOCK_STEPS=1 pytest tests/simulation\n"
