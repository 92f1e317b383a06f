"""Limits of seeds: a short text cannot use all memory of the machine."""

from __future__ import annotations

import pytest


def laughs(depth):
    """YAML whose aliases expand to ten to the power of ``depth`` values."""
    lines = ["state_machines: []", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, depth):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [pytest.param(laughs(9), id="billion laughs"), pytest.param("a: &a\n  - *a\n", id="an alias within itself")],
)
def test_aliases_of_yaml(sfn, text):
    """Aliases that expand to too many values are refused, and nothing is stored."""
    with pytest.raises(ValueError) as refused:
        sfn.seed(text)

    assert str(refused.value) == (
        "The seed document: YAML must have fewer than 10,000,000 values with its aliases expanded."
    )


def test_aliases_of_yaml_are_taken(sfn):
    """A few aliases are allowed."""
    [first, second] = sfn.seed(
        "state_machines:\n- name: a\n  executions: &runs [{status: FAILED}]\n- name: b\n  executions: *runs\n"
    )

    assert [len(first.executions), len(second.executions)] == [1, 1]


def test_longest_texts_are_taken(client, orders):
    """An input, an error and a cause may be as long as AWS allows."""
    texts = {"input": '"' + "é" * 131071 + '"', "error": "x" * 256, "cause": "x" * 32768}
    run = orders.add_execution(status="FAILED", **texts)

    described = client.describe_execution(executionArn=run.arn)
    assert {name: described[name] for name in texts} == texts


def test_longest_names_and_descriptions_are_taken(orders):
    """A version and an alias may have descriptions of 256 characters, and the alias a name of 80."""
    version = orders.publish_version("x" * 256)
    alias = orders.add_alias("live" * 20, version, description="y" * 256)

    assert (version.description, alias.name, alias.description) == ("x" * 256, "live" * 20, "y" * 256)


@pytest.mark.parametrize("name", ["{index:1000000000}", "{index:.999999999f}", "{index!s:>0500}", "{index:{index}}"])
def test_widths_of_names(orders, name):
    """A template with a huge width is refused."""
    with pytest.raises(ValueError) as refused:
        orders.add_executions(2, status="FAILED", name=name)

    assert str(refused.value) == (
        f"name must be a template with at most two digits after the colon of {{index}}, got {name!r}"
    )


def test_widths_within_a_name_are_taken(orders):
    """A template may pad its number with zeros."""
    assert [run.name for run in orders.add_executions(2, status="FAILED", name="n-{index:03}")] == ["n-000", "n-001"]
