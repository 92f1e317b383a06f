"""Random histories of seeds, calls, clock moves and interrupts, compared with a model over plain lists."""

from __future__ import annotations

import os
from itertools import count

import pytest
from history_assignments import Assignments
from history_core import Core
from history_disturbances import Disturbances
from history_listings import Listings
from history_machines import Machines
from history_nesting import Nesting
from history_singles import Singles
from history_spreads import Spreads
from history_waiting import Waiting
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

#: The least number of steps of all histories, and the first seed; `tox -e soak` sets the number of steps.
STEPS = int(os.environ.get("SFN_MOCK_STEPS", "800"))
FIRST_SEED = int(os.environ.get("SFN_MOCK_SEED", "0"))
STEPS_OF_A_TEST = 400
#: More seeds than any test needs for its steps.
SEEDS_OF_A_TEST = 1000
#: Whether to search for the shortest history that fails, which may take five minutes.
SHRINKS = os.environ.get("SFN_MOCK_SHRINK") != "0"

# Several short runs, because most examples of one long run would be variations of a few.
HISTORIES = settings(
    phases=[Phase.generate, Phase.shrink] if SHRINKS else [Phase.generate],
    max_examples=8,
    stateful_step_count=50,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
)


class Histories(Machines, Listings, Assignments, Disturbances, Waiting, Spreads, Nesting, Singles):
    """All rules together."""


def run_histories(first: int, steps: int) -> None:
    """Run the histories of one seed after another until they have taken ``steps`` steps."""
    done = Core.steps + steps
    for number in count(first):
        try:
            run_state_machine_as_test(seed(number)(Histories), settings=HISTORIES)
        except BaseException:
            print(f"The same again: SFN_MOCK_SEED={number} SFN_MOCK_STEPS=1 pytest tests/simulation")
            raise
        if Core.steps >= done:
            return


# An interrupt while a finished run of a definition is deleted is reported as unraisable.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", range(-(-STEPS // STEPS_OF_A_TEST)))
def test_any_history(number):
    """In every history a client gets the answers of the model; the histories are the same in every run."""
    run_histories(FIRST_SEED + number * SEEDS_OF_A_TEST, min(STEPS, STEPS_OF_A_TEST))
