"""No public class offers a name that is not documented, and each public name has a docstring."""

from __future__ import annotations

import inspect

import pytest

import sfn_mock

LIFE_OF_AN_EXECUTION = "succeed fail time_out abort redrive wait_for_task add_map_run"
SHOWN_OF_AN_EXECUTION = (
    "arn name state_machine state_machine_arn map_run map_runs version version_arn alias alias_arn item_count input "
    "trace_header status start_date stop_date redrive_count redrive_date output error cause"
)
SEEDING = "add_execution add_executions on_redrive executions"
SHOWN_OF_A_MAP_RUN = (
    "arn label id parent state_machine execution_type max_concurrency tolerated_failure_count "
    "tolerated_failure_percentage status start_date stop_date"
)
SHOWN_OF_A_MACHINE = "arn name type definition role_arn creation_date update_date versions aliases"


@pytest.mark.parametrize(
    ("documented", "names"),
    [
        pytest.param(
            sfn_mock.StepFunctionsMock,
            "account_id region add_state_machine load seed add_fault state_machines get_state_machine get_execution "
            "get_map_run calls endpoint_url partial_listing reset",
            id="handle",
        ),
        pytest.param(
            sfn_mock.StateMachine,
            f"{SHOWN_OF_A_MACHINE} publish_version add_alias on_start {SEEDING}",
            id="state machine",
        ),
        pytest.param(sfn_mock.Version, "arn number state_machine description creation_date", id="version"),
        pytest.param(
            sfn_mock.Alias, "arn name state_machine versions description creation_date update_date", id="alias"
        ),
        pytest.param(sfn_mock.Execution, f"{SHOWN_OF_AN_EXECUTION} {LIFE_OF_AN_EXECUTION}", id="execution"),
        pytest.param(sfn_mock.MapRun, f"{SHOWN_OF_A_MAP_RUN} {SEEDING}", id="map run"),
    ],
)
def test_public_names_are_the_documented_ones(documented, names):
    """``dir()`` of a public class is its reference."""
    public = {name for name in dir(documented) if not name.startswith("_")}

    assert public == set(names.split())
    assert [name for name in public if not inspect.getdoc(getattr(documented, name))] == []
