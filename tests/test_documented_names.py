"""Public classes have only documented names, and each public name has a docstring."""

from __future__ import annotations

import inspect
import re
from operator import add
from pathlib import Path

import pytest

import sfn_mock
from sfn_mock.options import NAMES

REFERENCE = Path(__file__).parents[1] / "docs" / "reference.md"
LIFE_OF_AN_EXECUTION = "succeed fail time_out abort redrive wait_for_task wait_until_done add_map_run"
SHOWN_OF_AN_EXECUTION = (
    "arn name state_machine state_machine_arn map_run map_runs version version_arn alias alias_arn item_count input "
    "trace_header status start_date stop_date redrive_count redrive_date output error cause visited context "
    "status_change_event"
)
SEEDING = "add_execution add_executions on_redrive executions"
SHOWN_OF_A_MAP_RUN = (
    "arn label id parent state_machine execution_type max_concurrency tolerated_failure_count "
    "tolerated_failure_percentage status start_date stop_date"
)
#: The public names of the package, without its version.
PUBLIC = [name for name in dir(sfn_mock) if not name.startswith("_")]
#: The names of every list.
LIST = [name for name in dir(list) if not name.startswith("_")]
SHOWN_OF_A_MACHINE = "arn name type definition role_arn creation_date update_date versions aliases"


@pytest.mark.parametrize(
    ("documented", "names"),
    [
        pytest.param(
            sfn_mock.StepFunctionsMock,
            "account_id region add_state_machine replay load seed add_fault state_machines get_state_machine "
            "get_execution get_map_run mock_task mock_lambda load_mock_config calls coverage endpoint_url "
            "partial_listing reset",
            id="handle",
        ),
        pytest.param(
            sfn_mock.StateMachine,
            f"{SHOWN_OF_A_MACHINE} publish_version add_alias replay on_start mock_task coverage {SEEDING}",
            id="state machine",
        ),
        pytest.param(sfn_mock.Version, "arn number state_machine description creation_date", id="version"),
        pytest.param(
            sfn_mock.Alias, "arn name state_machine versions description creation_date update_date", id="alias"
        ),
        pytest.param(sfn_mock.Execution, f"{SHOWN_OF_AN_EXECUTION} {LIFE_OF_AN_EXECUTION}", id="execution"),
        pytest.param(sfn_mock.Coverage, "name definition runs counts taken missed percentage as_dict", id="coverage"),
        pytest.param(sfn_mock.CoverageReport, "machines percentage as_dict", id="coverage report"),
        pytest.param(sfn_mock.Fault, "count remove", id="fault"),
        pytest.param(sfn_mock.Call, "operation parameters account_id region date response error", id="call"),
        pytest.param(sfn_mock.Calls, f"of {' '.join(LIST)}", id="calls"),
        pytest.param(sfn_mock.MapRun, f"{SHOWN_OF_A_MAP_RUN} {SEEDING}", id="map run"),
    ],
)
def test_public_names_are_the_documented_ones(documented, names):
    """``dir()`` of a public class has exactly the documented names."""
    public = {name for name in dir(documented) if not name.startswith("_")}

    assert public == set(names.split())
    assert [name for name in public if not inspect.getdoc(getattr(documented, name))] == []


def test_the_reference_has_each_public_name():
    """docs/reference.md has each public name and fixture once, and each has a docstring to show there."""
    named = re.findall(r"^::: sfn_mock\.(\S+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    fixtures = ["pytest_plugin.sfn_executions", "pytest_plugin.sfn_executions_server"]

    assert sorted(named) == sorted([*PUBLIC, *fixtures])
    assert [name for name in PUBLIC if name != "Status" and not inspect.getdoc(getattr(sfn_mock, name))] == []


def test_attributes_of_views(sfn_executions):
    """Each documented attribute of a view has the value of the record."""
    orders = sfn_executions.add_state_machine("orders")
    version = orders.publish_version("first")
    live = orders.add_alias("live", version, description="for customers")
    run = orders.add_execution("nightly", status="FAILED", alias="live", error="Broken", start_date="2026-01-10")
    batch = run.add_map_run("Items", tolerated_failure_count=2, tolerated_failure_percentage=5)

    assert (version.state_machine, live.state_machine, batch.state_machine) == (orders, orders, orders)
    assert (live.versions, live.description) == ([(1, 100)], "for customers")
    assert (run.version, run.alias, run.trace_header) == (version, live, None)
    assert (batch.execution_type, batch.parent, batch.label) == ("STANDARD", run, "Items")
    assert (batch.tolerated_failure_count, batch.tolerated_failure_percentage) == (2, 5.0)
    assert (batch.stop_date, batch.start_date) == (run.stop_date, run.start_date)
    assert live.creation_date == live.update_date
    assert orders.creation_date == orders.update_date
    assert version.creation_date <= live.creation_date
    assert orders.executions != "executions"
    assert repr(orders.executions) == f"[{run!r}]"
    assert orders.executions[:1] == orders.executions
    assert version != "version"
    assert repr(live) == f"<Alias {live.arn}>"


def test_executions_are_joined(sfn_executions):
    """Executions of several state machines are joined with `+`, with one another and with lists."""
    machines = [sfn_executions.add_state_machine(name) for name in ("orders", "bills")]
    runs = [machine.add_execution("nightly", status="RUNNING") for machine in machines]
    orders, bills = (machine.executions for machine in machines)

    assert add(orders, bills) == add(list(orders), bills) == add(orders, list(bills)) == runs
    with pytest.raises(TypeError, match="unsupported operand"):
        add(orders, ("nightly",))


def test_attributes_that_can_be_assigned(sfn_executions):
    """Status, dates and details of an execution can be assigned, as in tests that were written for moto."""
    run = sfn_executions.add_state_machine("orders").add_execution("nightly", status="RUNNING")
    run.start_date = "2026-01-10T00:00:00Z"
    run.stop_date = "2026-01-10T01:00:00Z"
    run.error = "Broken"
    run.cause = "It broke."
    run.status = "FAILED"

    assert (run.status, run.error, run.cause, run.stop_date.hour) == ("FAILED", "Broken", "It broke.", 1)
    run.status = "SUCCEEDED"
    run.output = "7"
    assert run.output == "7"


def test_attributes_of_a_fault(sfn_executions):
    """A fault shows its arguments, and how often it has applied."""
    fault = sfn_executions.add_fault("list_executions", error="ThrottlingException", times=2, skip=1, message="Slow.")
    shown = {name for name in vars(fault) if not name.startswith("_")}

    assert shown == {"operation", "error", "times", "skip", "message"}
    assert (fault.operation, fault.error, fault.times, fault.skip, fault.message) == (
        "ListExecutions",
        "ThrottlingException",
        2,
        1,
        "Slow.",
    )
    assert fault.count == 0


def public_functions():
    """Yield the public functions, and the methods of public classes, with a name for each."""
    for name in PUBLIC:
        value = getattr(sfn_mock, name)
        if inspect.isfunction(value):
            yield name, value
        elif inspect.isclass(value) and value.__module__.startswith("sfn_mock."):
            for member, function in vars(value).items():
                if not member.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{member}", function


def test_docstrings_of_public_functions_name_each_argument():
    """A docstring has each parameter under Args, or names the method that describes the same parameters."""
    missing = []
    for name, function in public_functions():
        text = inspect.getdoc(function) or ""
        elsewhere = {"self", *(NAMES if "    **options: The options of ``mock_sfn_executions``" in text else ())}
        parameters = [parameter for parameter in inspect.signature(function).parameters if parameter not in elsewhere]
        if "Arguments are those of ``" not in text:
            missing += [f"{name}({item})" for item in parameters if not re.search(rf"^    (\*\*)?{item}: ", text, re.M)]

    assert missing == []
