"""Any history of seeds, calls, clock and disturbances, compared with the rules restated over plain lists."""

from __future__ import annotations

import os
from itertools import count

import pytest
from history_assignments import Assignments
from history_core import Core
from history_disturbances import Disturbances
from history_listings import Listings
from history_machines import Machines
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

#: How many steps all histories take at least, and with which seed they begin; `tox -e soak` sets the first.
STEPS = int(os.environ.get("SFN_MOCK_STEPS", "800"))
FIRST_SEED = int(os.environ.get("SFN_MOCK_SEED", "0"))
STEPS_OF_A_TEST = 400
#: No test needs as many seeds as that for its steps.
SEEDS_OF_A_TEST = 1000
#: Whether the shortest history is looked for that fails, which may take five minutes.
SHRINKS = os.environ.get("SFN_MOCK_SHRINK") != "0"

# Several short runs, as of one long run most examples would be variations of a few.
HISTORIES = settings(
    phases=[Phase.generate, Phase.shrink] if SHRINKS else [Phase.generate],
    max_examples=8,
    stateful_step_count=50,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
)


class Histories(Machines, Listings, Assignments, Disturbances):
    """All rules together."""


def run_histories(first: int, steps: int) -> None:
    """Run histories of one seed after the other until they have taken so many steps."""
    done = Core.steps + steps
    for number in count(first):
        try:
            run_state_machine_as_test(seed(number)(Histories), settings=HISTORIES)
        except BaseException:
            print(f"The same again: SFN_MOCK_SEED={number} SFN_MOCK_STEPS=1 pytest tests/simulation")
            raise
        if Core.steps >= done:
            return


@pytest.mark.parametrize("number", range(-(-STEPS // STEPS_OF_A_TEST)))
def test_any_history(number):
    """Whatever happened, in any order, a client gets what the rules say. The same histories in every run."""
    run_histories(FIRST_SEED + number * SEEDS_OF_A_TEST, min(STEPS, STEPS_OF_A_TEST))
