"""Wrong arguments of public calls are errors in one sentence, never an error from inside."""

from __future__ import annotations

import inspect
import json

import pytest

import sfn_mock
from sfn_mock import mock_sfn_executions
from sfn_mock.argument_errors import ArgumentError

CHARGE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "charge"},
    "End": True,
}
DEFINITION = json.dumps({"StartAt": "Charge", "States": {"Charge": CHARGE}})
WRONG = [None, 3, -1.5, True, "", " ", "\ud800", b"x", [], [1], (), {}, {"a": 1}, {1: 2}, object(), int]
#: The errors for the author of a test. A subclass, such as KeyError or UnicodeError, comes from inside.
EXPECTED = {ValueError, ArgumentError, LookupError, FileNotFoundError}


def seeded(sfn):
    """Return one object of each kind that has public methods."""
    orders = sfn.add_state_machine("orders", definition=DEFINITION)
    orders.add_alias("live", orders.publish_version())
    run = orders.add_execution("nightly", status="RUNNING")
    batch = run.add_map_run("Items")
    return {"sfn": sfn, "orders": orders, "run": run, "batch": batch, "calls": sfn.calls}


def outcome_of(method, arguments):
    """Return the class of the error that a call raises, and its message; None without an error."""
    positional = [
        arguments[name]
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY and name in arguments
    ]
    keywords = {
        name: arguments[name]
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY and name in arguments
    }
    try:
        method(*positional, **keywords)
    except Exception as error:
        return type(error), str(error)
    return None


@pytest.mark.parametrize(
    ("owner", "method", "arguments"),
    [
        pytest.param("sfn", "add_state_machine", {"name": "x"}, id="add_state_machine"),
        pytest.param("sfn", "replay", {"definition": DEFINITION, "history": []}, id="replay a definition"),
        pytest.param("sfn", "load", {"source": []}, id="load"),
        pytest.param("sfn", "seed", {"source": {}}, id="seed"),
        pytest.param("sfn", "mock_task", {"state_or_resource": "Charge", "result": {}}, id="mock_task anywhere"),
        pytest.param("sfn", "mock_lambda", {"name": "charge", "handler": print}, id="mock_lambda"),
        pytest.param("sfn", "load_mock_config", {"source": {}}, id="load_mock_config"),
        pytest.param(
            "sfn", "add_fault", {"operation": "ListExecutions", "error": "ThrottlingException"}, id="add_fault"
        ),
        pytest.param("sfn", "get_state_machine", {"arn_or_name": "orders"}, id="get_state_machine"),
        pytest.param("sfn", "get_execution", {"arn": "x"}, id="get_execution"),
        pytest.param("sfn", "get_map_run", {"arn": "x"}, id="get_map_run"),
        pytest.param("calls", "of", {"operation": "ListExecutions"}, id="calls of"),
        pytest.param("orders", "replay", {"history": []}, id="replay"),
        pytest.param("orders", "publish_version", {}, id="publish_version"),
        pytest.param("orders", "add_alias", {"name": "other", "version": 1}, id="add_alias"),
        pytest.param("orders", "add_execution", {"status": "FAILED"}, id="add_execution"),
        pytest.param("orders", "add_executions", {"count": 2, "status": "SUCCEEDED"}, id="add_executions"),
        pytest.param("orders", "on_start", {"status": "FAILED"}, id="on_start"),
        pytest.param("orders", "on_start", {"outcomes": "FAILED"}, id="on_start by position"),
        pytest.param("orders", "on_redrive", {"status": "FAILED"}, id="on_redrive"),
        pytest.param("orders", "mock_task", {"state": "Charge", "result": {}}, id="mock_task result"),
        pytest.param("orders", "mock_task", {"state": "Charge", "error": "Declined"}, id="mock_task error"),
        pytest.param("orders", "mock_task", {"state": "Charge", "outcomes": [{"result": 1}]}, id="mock_task outcomes"),
        pytest.param("run", "succeed", {}, id="succeed"),
        pytest.param("run", "fail", {}, id="fail"),
        pytest.param("run", "abort", {}, id="abort"),
        pytest.param("run", "wait_for_task", {}, id="wait_for_task"),
        pytest.param("run", "add_map_run", {}, id="add_map_run"),
        pytest.param("batch", "add_execution", {"status": "FAILED"}, id="add a child"),
        pytest.param("batch", "add_executions", {"count": 2, "status": "FAILED"}, id="add children"),
        pytest.param("batch", "on_redrive", {"status": "FAILED"}, id="on_redrive of a map run"),
    ],
)
@pytest.mark.filterwarnings("ignore::sfn_mock.SeedWarning")
def test_wrong_values_of_each_argument(owner, method, arguments):
    """Each wrong value of each argument is accepted or refused by an error for the test author."""
    unexpected = []
    with mock_sfn_executions(execute=True) as sfn:
        call = getattr(seeded(sfn)[owner], method)
        for name in inspect.signature(call).parameters:
            for wrong in WRONG:
                with mock_sfn_executions():
                    outcome = outcome_of(call, {**arguments, name: wrong})
                if outcome is not None and (outcome[0] not in EXPECTED or not outcome[1]):
                    unexpected.append((name, wrong, outcome))

    assert unexpected == []


OPERATION = "must be an operation of Step Functions"
STATUSES = "RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED"


MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


@pytest.mark.parametrize(
    ("owner", "method", "arguments", "sentence"),
    [
        pytest.param(
            "sfn",
            "add_fault",
            {"operation": "listexecutions", "error": "InvalidToken"},
            f"operation {OPERATION}, got 'listexecutions'. Did you mean 'ListExecutions'?",
            id="operation of a fault",
        ),
        pytest.param(
            "sfn",
            "add_fault",
            {"operation": "ListExecutions", "error": "invalidtoken"},
            "error must be an error of ListExecutions or of the connection, got 'invalidtoken'. "
            "Did you mean 'InvalidToken'?",
            id="error of a fault",
        ),
        pytest.param(
            "calls",
            "of",
            {"operation": "List_Executions"},
            f"operation {OPERATION}, got 'List_Executions'. Did you mean 'ListExecutions'?",
            id="operation of calls",
        ),
        pytest.param(
            "orders",
            "add_execution",
            {"status": "Failed"},
            f"status must be one of {STATUSES}, got 'Failed'. Did you mean 'FAILED'?",
            id="status",
        ),
        pytest.param(
            "orders",
            "add_execution",
            {"status": "FAILED", "failed_in": "charge"},
            f"failed_in must be a state in the definition of {MACHINE}, got 'charge'. Did you mean 'Charge'?",
            id="state of failed_in",
        ),
        pytest.param(
            "orders",
            "mock_task",
            {"state": "charge", "result": 1},
            f"state must be a Task state of {MACHINE}, got 'charge'. Did you mean 'Charge'?",
            id="state of mock_task",
        ),
        pytest.param(
            "orders",
            "add_execution",
            {"status": "FAILED", "alias": "Live"},
            f"alias must be an alias of {MACHINE}, got 'Live'. Did you mean 'live'?",
            id="alias",
        ),
        pytest.param(
            "sfn",
            "seed",
            {"source": {"state_machines": [], "State_Machine": []}},
            "The seed document has the unknown key 'State_Machine'. Did you mean 'state_machines'?",
            id="key of a seed document",
        ),
    ],
)
def test_names_in_the_wrong_case(owner, method, arguments, sentence):
    """A name in the wrong case is refused with a sentence that has the right one."""
    with mock_sfn_executions(execute=True) as sfn:
        outcome = outcome_of(getattr(seeded(sfn)[owner], method), arguments)

    assert outcome in ((ValueError, sentence), (ArgumentError, sentence))


@pytest.mark.parametrize(
    ("factory", "options", "sentence"),
    [
        pytest.param(
            mock_sfn_executions,
            {"quotas": {"listexecutions": (1, 1)}},
            "quotas must name operations or open_executions, versions, aliases, got 'listexecutions'. "
            "Did you mean 'ListExecutions'?",
            id="quota",
        ),
        pytest.param(
            mock_sfn_executions,
            {"transport": "Wire"},
            "transport must be 'direct' or 'wire', got 'Wire'. Did you mean 'wire'?",
            id="transport",
        ),
        pytest.param(
            sfn_mock.server,
            {"host": "\ud800"},
            "host must be an address as text, such as '127.0.0.1', got '\\ud800'.",
            id="host",
        ),
    ],
)
def test_wrong_options(factory, options, sentence):
    """A wrong value of an option is refused before the mock starts."""
    with pytest.raises(ValueError) as error:
        factory(**options)

    assert str(error.value) == sentence


def test_unknown_option_suggests_the_right_name():
    """An option in the wrong case is a TypeError that suggests the right name."""
    with pytest.raises(TypeError) as error:
        mock_sfn_executions(Retention=None)

    assert str(error.value) == "Unknown option 'Retention'. Did you mean 'retention'?"


@pytest.mark.parametrize("name", [pytest.param("execute", id="option"), pytest.param("regoin", id="misspelt")])
def test_attributes_of_the_handle_cannot_be_set(sfn_executions, name):
    """The handle has no attributes to set: options are arguments of the mock."""
    with pytest.raises(AttributeError, match=f"'StepFunctionsMock' object has no attribute '{name}'"):
        setattr(sfn_executions, name, True)


def test_missing_arns_suggest_the_closest():
    """A name that is not there is a LookupError that suggests the closest name."""
    with mock_sfn_executions() as sfn:
        seeded(sfn)
        with pytest.raises(LookupError) as error:
            sfn.get_state_machine("Orders")

    assert str(error.value) == (
        "No state machine 'Orders'. Did you mean 'orders'? "
        "Known: arn:aws:states:us-east-1:123456789012:stateMachine:orders."
    )


def test_missing_mock_config(tmp_path):
    """A missing mock config is a FileNotFoundError with the absolute path; a folder is a ValueError."""
    with mock_sfn_executions(execute=True) as sfn:
        with pytest.raises(FileNotFoundError) as missing:
            sfn.load_mock_config(tmp_path / "config.json")
        with pytest.raises(ValueError, match=r"^cannot read mock config '.*: give a file with JSON\.$"):
            sfn.load_mock_config(tmp_path)

    assert str(missing.value) == (
        f"No file '{tmp_path / 'config.json'}': give the path of a MockConfigFile.json, or its content as a dict."
    )
