"""Copies from the page: ARNs, tests that run and seeds that can be loaded."""

from __future__ import annotations

import pytest


@pytest.fixture
def clipboard(reader):
    """Return the copied text when the page says that it was copied."""

    def read():
        reader.page.wait_for_selector("#said:not(:empty)")
        said = reader.text("#said")
        reader.page.evaluate("document.getElementById('said').replaceChildren()")
        return said, reader.page.evaluate("navigator.clipboard.readText()")

    return read


def test_arns(sfn, reader, clipboard, orders):
    """The ARN of the shown state machine, alias, execution or map run is copied."""
    night = orders.executions[0]
    batches = night.add_map_run("Batches")
    shown = [("executions", orders), ("executions", orders.aliases["live"]), ("execution", night), ("map-run", batches)]
    for view, what in shown:
        reader.open(view, arn=what.arn)
        reader.page.click("#copy-arn")
        assert clipboard() == (f"Copied: {what.arn}", what.arn)


def test_a_copied_test_runs(sfn, reader, clipboard, orders, pytester):
    """Copied tests of a filtered list and of an execution pass."""
    reader.open("executions", arn=orders.arn, name="a")
    reader.page.click("#copy-pytest")
    said, of_list = clipboard()
    reader.open("execution", arn=orders.executions[2].arn)
    reader.page.click("#copy-pytest")
    _, of_one = clipboard()
    pytester.path.joinpath("test_list.py").write_text(of_list, encoding="utf-8")
    pytester.path.joinpath("test_one.py").write_text(of_one, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error")

    result.assert_outcomes(passed=2)
    assert said == f"Copied: {len(of_list.splitlines())} lines"
    assert '[\n        ("again", "SUCCEEDED"),\n        ("bad", "FAILED"),\n    ]' in of_list
    assert 'assert described["error"] == "Out"' in of_one


def test_copied_seeds_load_again(sfn, reader, clipboard, orders):
    """Copied YAML creates the same list when it is pasted."""
    reader.open("executions", arn=orders.arn)
    rows = reader.rows()
    reader.page.click("#copy-yaml")
    _, text = clipboard()
    sfn.reset()
    reader.open("seed")
    reader.page.fill("#seed-text", text)
    reader.page.click("#seed-form button")
    reader.page.wait_for_selector("text=Seeded 1 state machine")
    reader.click("#seeded a")

    assert reader.rows() == rows


def test_too_much_to_copy(sfn, reader):
    """If there is too much to copy, the page says so, and nothing is copied."""
    orders = sfn.add_state_machine("orders")
    orders.add_executions(1001, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.open("executions", arn=orders.arn)
    reader.page.click("#copy-yaml")
    reader.page.wait_for_selector("#problem:visible")

    assert reader.text("#problem") == ("A copy holds at most 1,000 executions, and these are 1,001: filter them first.")
    assert reader.text("#said") == ""


def test_without_a_clipboard(sfn, reader, orders):
    """Without access to the clipboard, the page shows the text, selected to be copied by hand."""
    reader.open("executions", arn=orders.arn)
    reader.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    reader.page.click("#copy-arn")
    reader.page.wait_for_selector("#copy-dialog[open]")
    shown = reader.page.input_value("#copy-text"), reader.page.evaluate("getSelection().toString()")
    reader.page.click("#copy-close")
    reader.page.evaluate("delete navigator.clipboard.writeText")

    assert shown == (orders.arn, orders.arn)
    assert reader.page.is_hidden("#copy-dialog")
