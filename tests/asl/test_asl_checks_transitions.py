"""Transitions between states, names of states and labels of Map states."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, PASS, machine, messages

END_STATE = "MISSING_END_STATE: Workflow has no terminal state at None"


def go(target: str) -> dict[str, Any]:
    """Return a state that goes to another."""
    return {"Type": "Pass", "Next": target}


def choose(target: str, default: str) -> dict[str, Any]:
    """Return a Choice between two states."""
    rule = {"Variable": "$.a", "IsPresent": True, "Next": target}
    return {"Type": "Choice", "Choices": [rule], "Default": default}


def missing(target: str, location: str) -> str:
    """Return the message about a target that is not a state."""
    return f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {target} at {location}"


def unreachable(name: str, location: str) -> str:
    """Return the message about a state that no transition leads to."""
    return f'MISSING_TRANSITION_TARGET: State "{name}" is not reachable. at {location}'


def workflow(start: str, **states: Any) -> dict[str, Any]:
    """Return a workflow of states."""
    return {"StartAt": start, "States": states}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(workflow("A", A=go("B"), B=PASS), [], id="good"),
        pytest.param(
            workflow("X", A=go("B"), B=PASS), [missing("X", "/StartAt"), unreachable("A", "/States/A")], id="start"
        ),
        pytest.param(
            workflow("A", A=go("X"), B=PASS), [missing("X", "/States/A/Next"), unreachable("B", "/States/B")], id="next"
        ),
        pytest.param(
            workflow("A", A=choose("X", "Y"), B=PASS),
            [
                missing("X", "/States/A/Choices[0]/Next"),
                missing("Y", "/States/A/Default"),
                unreachable("B", "/States/B"),
            ],
            id="choice",
        ),
        pytest.param(workflow("A", A=choose("B", "C"), B=PASS, C=PASS), [], id="both-branches"),
        pytest.param(
            workflow("A", A=go("B"), B=go("Z"), U=go("Z"), Z={"Type": "Succeed"}),
            [unreachable("U", "/States/U")],
            id="beside",
        ),
        pytest.param(
            workflow("A", A=go("B"), B=go("A"), C=PASS), [unreachable("C", "/States/C")], id="terminal-beside-a-loop"
        ),
        pytest.param(workflow("A", A=PASS, B=go("C"), C=go("B")), [], id="loop-beside"),
        pytest.param(workflow("A", A=go("B"), B=go("A"), U=go("A")), [END_STATE], id="no-end-hides-unreachable"),
        pytest.param(
            workflow("A", A=go("X"), U=go("A")), [missing("X", "/States/A/Next"), END_STATE], id="no-end-after-target"
        ),
        pytest.param(workflow("A", A={"Type": "Fail"}), [], id="fail-ends"),
        pytest.param(
            workflow("A", A={"Type": "Pass", "Next": "B", "End": False}, B=go("A")),
            ["There should only be one of the following fields: [Next, End] at /States/A", END_STATE],
            id="end-false",
        ),
        pytest.param(
            workflow("A", A={"Type": "Parallel", "End": True, "Branches": [workflow("B", B=go("A"))]}),
            [missing("A", "/States/A/Branches[0]/States/B/Next")],
            id="out-of-branch",
        ),
        pytest.param(
            workflow("A", A={"Type": "Map", "End": True, "ItemProcessor": workflow("B", B=go("B"), C=PASS)}),
            [unreachable("C", "/States/A/ItemProcessor/States/C")],
            id="within-processor",
        ),
        pytest.param(
            workflow("A", A={"Type": "Map", "End": True, "ItemProcessor": workflow("B", B=go("B"))}),
            [],
            id="only-the-machine-must-end",
        ),
        pytest.param(
            workflow("A", A={"Type": "Map", "End": True, "Iterator": workflow("X", B=PASS)}),
            [
                missing("X", "/States/A/Iterator/StartAt"),
                unreachable("B", "/States/A/Iterator/States/B"),
            ],
            id="iterator",
        ),
        pytest.param(
            workflow("A", A=5, B=PASS),
            ["Expected value of type [OBJECT] at /States/A", unreachable("B", "/States/B")],
            id="state-without-fields",
        ),
        pytest.param(
            workflow("A", A={"Type": "Choice", "Choices": [5, {"Next": 5}], "Default": {}}, B=PASS)
            | {"States": {"A": {**go("B"), "Catch": 5, "Choices": [5, {"Next": 5}]}, "B": {**PASS, "Branches": [5]}}},
            [
                "Field 'Catch' is not supported at /States/A",
                "Field 'Choices' is not supported at /States/A",
                "Field 'Branches' is not supported at /States/B",
            ],
            id="other-types",
        ),
    ],
)
def test_transitions(definition: dict[str, Any], expected: list[str]) -> None:
    """Missing targets come first, then a missing end, then unreachable states."""
    assert messages(definition) == expected


@pytest.mark.parametrize("length", [1, 80])
def test_state_name(length: int) -> None:
    """A state's name may have 80 characters, of any kind."""
    name = "ä /" * length

    assert messages(workflow(name[:length], **{name[:length]: PASS})) == []


def test_long_state_name() -> None:
    """A longer name is refused at the state."""
    name = "N" * 81

    assert messages(workflow(name, **{name: PASS})) == [
        f"INVALID_STATE_NAME: Invalid State name: State '{name}' exceeds the 80-character limit allowed by the service "
        f"at /States/{name}"
    ]


def test_state_name_twice() -> None:
    """A name may occur once in the whole machine, including branches and processors."""
    definition = workflow(
        "A",
        A={"Type": "Map", "Next": "P", "ItemProcessor": workflow("X", X=PASS)},
        P={"Type": "Parallel", "End": True, "Branches": [workflow("Y", Y=PASS), workflow("A", A=go("X"), X=PASS)]},
    )

    assert messages(definition) == [
        "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/P/Branches[1]/States/A",
        "DUPLICATE_STATE_NAME: Duplicate State name: X at /States/P/Branches[1]/States/X",
    ]


def test_labels() -> None:
    """A label has at most 40 characters and may occur once."""
    inner = {**DISTRIBUTED_MAP["ItemProcessor"], "StartAt": "B1", "States": {"B1": PASS}}
    definition = workflow(
        "A",
        A={**DISTRIBUTED_MAP, "Label": "L" * 40, "End": True},
        B={**DISTRIBUTED_MAP, "ItemProcessor": inner, "Label": "L" * 40},
    )
    del definition["States"]["A"]["End"]
    definition["States"]["A"]["Next"] = "B"

    assert messages(definition) == [f"DUPLICATE_LABEL_NAME: Duplicate Label name: {'L' * 40} at /States/B/Label"]

    definition["States"]["B"]["Label"] = "M" * 41
    assert messages(definition) == [
        f"INVALID_LABEL_NAME: Invalid Label name: Label '{'M' * 41}' exceeds the 40-character limit allowed by the "
        "service at /States/B/Label"
    ]


@pytest.mark.parametrize("character", [" ", "\t", *'?*<>{}[]"#%\\^|~`$&,;:/', "\x00", "\x1f", "\x7f", "\x9f"])
def test_characters_of_labels(character: str) -> None:
    """A label has no white space, wildcard, bracket, special or control character."""
    label = f"a{character}b"

    assert messages(machine({**DISTRIBUTED_MAP, "Label": label})) == [
        f"INVALID_LABEL_NAME: Invalid Label name: Label '{label}' contains invalid characters at /States/S/Label"
    ]
    assert messages(machine({**DISTRIBUTED_MAP, "Label": "a-b_c.d!(é)"})) == []
