"""The picture of a definition with its coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from sfn_mock.asl.definition import parse_definition
from sfn_mock.instruments.coverage import Coverage, CoverageReport
from sfn_mock.instruments.coverage_page import page
from sfn_mock.instruments.definition_graph import Look, draw

PASS = {"Type": "Pass", "End": True}


def state(next):
    return {"Type": "Pass", "Next": next}


def picture(states, counts=()):
    """The picture as a tree, with its width and height."""
    program = parse_definition(json.dumps({"StartAt": next(iter(states)), "States": states}))
    width, height, svg = draw(program, Look(dict(counts)))
    return width, height, ElementTree.fromstring(f"<svg>{svg}</svg>")


def texts(tree):
    return [(text.get("class"), text.text) for text in tree.iter("text")]


def boxes(tree):
    """The boxes by the name in them: left, top, right and bottom."""
    rects = [element for element in tree if element.tag == "rect"]
    names = [
        text.text.partition(":")[0] for text in tree if text.tag == "text" and "state" in text.get("class").split()
    ]
    sides = [[float(rect.get(side)) for side in ("x", "y", "width", "height")] for rect in rects]
    return {name: (x, y, x + w, y + h) for name, (x, y, w, h) in zip(names, sides, strict=True)}


def test_parts_that_were_taken():
    """States, transitions and ends show how often they were taken, and have a class for their colour."""
    counts = {("state", "A", None): 2, ("transition", "A", None): 1, ("state", "B", None): 1}
    _, _, tree = picture({"A": state("B"), "B": PASS}, counts)

    assert texts(tree) == [
        ("taken transition", "Next: 1"),
        ("taken state", "A: 2"),
        ("taken state", "B: 1"),
        ("missed transition", "End: never"),
    ]
    assert [rect.get("class") for rect in tree.iter("rect")] == ["taken", "taken"]
    assert [path.get("class") for path in tree.iter("path")] == ["taken", "taken"]


def test_rows():
    """A state is below those that lead to it on the shortest path; an unreachable one is last."""
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$", "IsNull": True, "Next": "B"}, {"Variable": "$", "IsNull": False, "Next": "C"}],
        "Default": "D",
    }
    width, height, tree = picture({"A": choice, "B": state("D"), "C": state("D"), "D": PASS, "Alone": PASS})
    placed = boxes(tree)

    tops = {name: top for name, (_, top, _, _) in placed.items()}
    assert tops["A"] < tops["B"] == tops["C"] == tops["D"] < tops["Alone"]
    rights = [right for _, _, right, _ in placed.values()]
    bottoms = [bottom for _, _, _, bottom in placed.values()]
    assert (width >= max(rights), height >= max(bottoms)) == (True, True)
    lefts = sorted((left, right) for left, top, right, _ in placed.values() if top == tops["B"])
    assert all(right < left for (_, right), (left, _) in pairwise(lefts))


def test_backward_transitions():
    """A transition back is drawn at the side, within the picture's width."""
    width, _, tree = picture({"A": state("B"), "B": state("A")})
    straight, _, _ = picture({"A": state("B"), "B": PASS})
    [back] = [path for path in tree.iter("path") if "H" in path.get("d")]

    assert back.find("title").text == "B: Next -> A"
    assert width > straight


@pytest.mark.parametrize(
    "container",
    [
        pytest.param({"Type": "Map", "ItemProcessor": {"StartAt": "In", "States": {"In": PASS}}}, id="Map"),
        pytest.param({"Type": "Parallel", "Branches": [{"StartAt": "In", "States": {"In": PASS}}]}, id="Parallel"),
    ],
)
def test_states_within_a_state(container):
    """Branches and processors are drawn within the box of their state."""
    _, _, tree = picture({"Outer": {**container, "End": True}})
    [(_, top, right, bottom)] = boxes(tree).values()
    [group] = tree.iter("g")
    [(_, _, inner_right, inner_bottom)] = boxes(group).values()
    left, down = map(float, group.get("transform")[len("translate(") : -1].split())

    assert down > top
    assert (left + inner_right < right, down + inner_bottom < bottom) == (True, True)


def elements(text) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n").replace('<meta charset="utf-8">', "")).iter()


def test_page():
    """The page is well-formed with any names of states, and loads nothing."""
    name = "<b>\"A\" & 'B'</b>"
    definition = json.dumps({"StartAt": name, "States": {name: PASS}})
    text = page(CoverageReport([Coverage("orders", definition, {("state", name, None): 1}, 1)]))

    found = list(elements(text))
    assert [element.text for element in found if element.tag == "h2"] == ["orders: 1 of 2 parts taken, 50.0 %"]
    assert [element.text for element in found if element.tag == "td"] == [name, "1", f"{name}: End", "never"]
    assert {key for element in found for key in element.attrib}.isdisjoint({"src", "href"})
    assert "@import" not in text


def test_page_of_nothing():
    """Without a state machine the page shows the number 0."""
    assert "<h1>Coverage of state machines: 0.0 %</h1>" in page(CoverageReport([]))
