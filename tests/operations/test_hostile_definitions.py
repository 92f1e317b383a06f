"""Definitions and inputs that would never end: each gets AWS's answer, in limited time and memory."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager

import pytest
from answers import needs_member, refusal

NOW = "2026-01-10T12:00:00Z"
ROLE = "arn:aws:iam::123456789012:role/orders"
PASS = {"Type": "Pass", "End": True}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
# Seconds of processor time, with room for coverage and a busy machine. Each takes about one on a free machine; what has
# no bound takes hours.
LIMIT = 60
# Megabytes that a definition of one megabyte may add to what the process holds.
MEMORY = 300

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]


def held() -> int:
    """Return the peak memory of this process in MB, or 0 if the system does not show it."""
    try:
        import resource
    except ImportError:
        return 0
    # In kilobytes, but in bytes on macOS.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


@contextmanager
def bounded():
    """Fail if the block takes too much processor time or memory."""
    before, memory = time.process_time(), held()
    yield
    assert time.process_time() - before < LIMIT
    assert held() - memory < MEMORY


def machine(state: dict, **top) -> str:
    return json.dumps({"StartAt": "S", "States": {"S": state}, **top})


def jsonata(expression: str) -> str:
    return machine({**PASS, "Output": f"{{% {expression} %}}"}, QueryLanguage="JSONata")


def parallels(levels: int) -> str:
    """Return a definition of nested Parallel states; json.dumps would overflow Python's stack."""
    text = json.dumps({"StartAt": "Inner", "States": {"Inner": PASS}})
    for level in range(levels):
        text = f'{{"StartAt":"P{level}","States":{{"P{level}":{{"Type":"Parallel","Branches":[{text}],"End":true}}}}}}'
    return text


def chain(states: int) -> str:
    """Return a definition of states one after the other; 26,000 are a megabyte."""
    inner = {f"S{number}": {"Type": "Pass", "Next": f"S{number + 1}"} for number in range(states)}
    return json.dumps({"StartAt": "S0", "States": {**inner, f"S{states}": {"Type": "Succeed"}}}, separators=(",", ":"))


def ring(states: int, ways: int) -> str:
    """Return a definition of Choice states that lead only to each other."""

    def to(number: int) -> str:
        return f"S{number % states}"

    return json.dumps(
        {
            "StartAt": "S0",
            "States": {
                f"S{number}": {
                    "Type": "Choice",
                    "Choices": [
                        {"Variable": "$.a", "IsNull": True, "Next": to(7 * number + way)} for way in range(ways)
                    ],
                    "Default": to(number + 1),
                }
                for number in range(states)
            },
        }
    )


SCHEMA = "SCHEMA_VALIDATION_FAILED"
TOO_DEEP = ("TOO_DEEPLY_NESTED", "Definition is nested more than 250 levels deep", None)
OVERFLOW = "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive"
TEMPLATE = "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(parallels(100), TOO_DEEP, id="100 levels"),
        pytest.param(parallels(5_000), TOO_DEEP, id="5,000 levels"),
        pytest.param("[" * 1_000_000, TOO_DEEP, id="a megabyte of brackets"),
        pytest.param(
            ring(200, 40), ("MISSING_END_STATE", "Workflow has no terminal state", None), id="cycles of names"
        ),
        pytest.param(
            machine({**PASS, "Parameters": {"a.$": "$.a["}, "Next": 1}),
            (SCHEMA, "There should only be one of the following fields: [Next, End]", "/States/S"),
            id="a number for a name",
        ),
        pytest.param(
            machine({**PASS, "Parameters": {"a.$": f"{'States.Array(' * 5_000}1{')' * 5_000}"}}),
            (SCHEMA, TEMPLATE, "/States/S/Parameters"),
            id="5,000 intrinsic functions within each other",
        ),
        pytest.param(
            machine({**PASS, "InputPath": f"$.a[?({'(' * 50_000}@.a == 1{')' * 50_000})]"}),
            (SCHEMA, "Value must be a valid JSONPath.", "/States/S/InputPath"),
            id="50,000 brackets in a filter",
        ),
        pytest.param(
            jsonata(f"{'(' * 50_000}1{')' * 50_000}"),
            (
                "INVALID_JSONATA_EXPRESSION",
                "Expression evaluation timeout: Check for infinite loop",
                "/States/S/Output",
            ),
            id="an expression of more than 65,536 characters",
        ),
        pytest.param(
            jsonata(f"{'(' * 30_000}1{')' * 30_000}"),
            ("INVALID_JSONATA_EXPRESSION", OVERFLOW, "/States/S/Output"),
            id="30,000 brackets in an expression",
        ),
        pytest.param(
            machine({"Type": "Wait", "Timestamp": "2" * 900_000, "End": True}),
            (SCHEMA, "String does not match RFC3339 timestamp", "/States/S/Timestamp"),
            id="a long timestamp",
        ),
        pytest.param(
            f'{{"StartAt": "S", "States": {{"S": {{"Type": "Wait", "Seconds": {"9" * 900_000}, "End": true}}}}}}',
            (SCHEMA, "Expected value of type Integer", "/States/S/Seconds"),
            id="a long number",
        ),
    ],
)
def test_definition_that_is_refused(client, definition, expected):
    """A hostile definition gets its diagnostic at once, and CreateStateMachine refuses it."""
    with bounded():
        answer = client.validate_state_machine_definition(definition=definition)
        code, message = refusal(client.create_state_machine, name="orders", definition=definition, roleArn=ROLE)

    found = answer["diagnostics"][0]
    assert (answer["result"], found["code"], found["message"], found.get("location")) == ("FAIL", *expected)
    assert code == "InvalidDefinition"
    assert message.startswith(f"Invalid State Machine Definition: '{expected[0]}: {expected[1]} at ")


@needs_member("ValidateStateMachineDefinition", "truncated")
def test_more_faults_than_are_reported(client):
    """Of 40,000 faults 100 are reported, and ``truncated`` is true."""
    definition = machine({**PASS, "Parameters": {f"k{number}.$": "$.a[" for number in range(40_000)}})
    with bounded():
        answer = client.validate_state_machine_definition(definition=definition)

    assert (len(answer["diagnostics"]), answer["truncated"]) == (100, True)


def test_megabyte_of_states(client):
    """A megabyte of states is checked and created in less than a second on a free machine."""
    definition = chain(26_000)
    with bounded():
        answer = client.validate_state_machine_definition(definition=definition)
        made = client.create_state_machine(name="orders", definition=definition, roleArn=ROLE)

    assert len(definition) > 1_000_000
    assert answer["result"] == "OK"
    assert made["stateMachineArn"].endswith(":orders")


def test_megabyte_of_expressions(client):
    """A megabyte of JSONata in 20,000 expressions is checked in less than a second on a free machine."""
    outputs = {
        f"S{number}": {
            "Type": "Pass",
            "Output": [f"{{% $states.input.items[price > {number}].name{item} %}}" for item in range(20)],
            "Next": f"S{number + 1}",
        }
        for number in range(1_000)
    }
    states = {**outputs, "S1000": {"Type": "Succeed"}}
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "S0", "States": states})
    with bounded():
        answer = client.validate_state_machine_definition(definition=definition)

    assert 1_000_000 < len(definition) < 1_048_576
    assert answer["result"] == "OK"


def evaluation(field: str, message: str) -> tuple[str, str]:
    return "States.QueryEvaluationError", f"{field} threw an error during evaluation. U1001: {message}"


ENDLESS = evaluation("'Output'", "Expression evaluation timeout: Check for infinite loop")


@pytest.mark.parametrize(
    ("definition", "error", "cause"),
    [
        pytest.param(jsonata("($f := function($x) {$f($x)}; $f(1))"), *ENDLESS, id="JSONata that never ends"),
        pytest.param(
            jsonata("($f := function($x) {1 + $f($x)}; $f(1))"), *evaluation("'Output'", OVERFLOW), id="ever deeper"
        ),
        pytest.param(
            jsonata("$map([1..100000], function($v) {$v * 2})"), *ENDLESS, id="JSONata of more than 100,000 steps"
        ),
        pytest.param(
            jsonata("$match($pad('a', 3000, 'a'), /(a{1,200}){1,200}b/)"), *ENDLESS, id="a catastrophic pattern"
        ),
        pytest.param(jsonata("$pad('x', 100000000)"), *ENDLESS, id="a text of a hundred megabytes"),
    ],
)
def test_run_that_is_stopped(sfn, client, definition, error, cause):
    """A run that would never end, or would fill the memory, fails with AWS's error.

    Data that each state lets grow is tested with the engine's limits of data, loops with its limit of events.
    """
    orders = sfn.add_state_machine("orders", definition=definition)
    with bounded():
        run = client.start_execution(stateMachineArn=orders.arn)["executionArn"]
        answer = client.describe_execution(executionArn=run)

    assert (answer["status"], answer["error"]) == ("FAILED", error)
    assert cause in answer["cause"]


def test_endless_retry(clock, sfn, client):
    """An endless Retry ends when the history is full."""
    retrier = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 99_999_999, "IntervalSeconds": 1, "BackoffRate": 1}
    orders = sfn.add_state_machine(
        "orders", definition=machine({"Type": "Task", "Resource": FUNCTION, "Retry": [retrier], "End": True})
    )
    orders.mock_task("S", [{"error": "Declined"}])
    with bounded():
        run = client.start_execution(stateMachineArn=orders.arn)["executionArn"]
        clock.tick(24 * 3600)
        answer = client.describe_execution(executionArn=run)

    assert (answer["status"], answer["error"], answer["cause"]) == (
        "FAILED",
        "States.Runtime",
        "The execution reached the maximum number of history events (25000).",
    )
