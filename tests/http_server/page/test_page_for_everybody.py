"""The page on narrow and wide screens, in both colour schemes, with the keyboard, with hostile names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

ONE_STATE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
HOSTILE = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"""


def test_markup_is_text(sfn, reader, client):
    """Markup in names, inputs, errors, calls and URLs is shown as text."""
    orders = sfn.add_state_machine("orders", definition=json.dumps({"Comment": HOSTILE, **ONE_STATE}))
    run = orders.add_execution("a", status="FAILED", input=json.dumps(HOSTILE), error=HOSTILE, cause=HOSTILE)
    with pytest.raises(client.exceptions.InvalidName):
        client.start_execution(stateMachineArn=orders.arn, name=HOSTILE[:80])
    sfn.add_fault("ListExecutions", error="ThrottlingException", message=HOSTILE)
    views = {
        ("executions", orders.arn): 1,  # the closed definition
        ("execution", run.arn): 5,  # input, error, cause, and the cause in the history
        ("calls", ""): 1,
        ("controls", ""): 1,
        ("executions", HOSTILE): 2,
        ("execution", HOSTILE): 2,
        ("map-run", HOSTILE): 2,
    }
    for (view, arn), least in views.items():
        reader.open(view, **({"arn": arn} if arn else {}))
        shown = reader.page.evaluate("document.querySelector('main').textContent")
        assert shown.count("<img src=x onerror=") >= least, view
        assert reader.page.locator("main img, main script").count() == 0
        assert reader.page.title() != "owned"


#: The minimum contrast of a text with its background.
CONTRAST = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => channels(color).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0.99) return color;
    }
  };
  return Math.min(...[...document.querySelectorAll("body *")]
    .filter((node) => !node.closest(":disabled, .skip, dialog") && node.checkVisibility())
    .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .map((node) => {
      const style = getComputedStyle(node);
      const text = node instanceof SVGElement ? style.fill : style.color;
      const [light, dark] = [luminance(text), luminance(behind(node))].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    }));
}"""


@pytest.fixture
def crowded(sfn, orders, client):
    """A server with long names, texts and numbers in each view; names and ARNs of the views."""
    batches = orders.executions[0].add_map_run("Batches", start_date="2026-01-10T02:00:00Z")
    batches.add_execution("w" * 80, status="PENDING_REDRIVE", start_date="2026-01-10T02:00:00Z", item_count=25)
    client.start_execution(stateMachineArn=orders.arn, name="n" * 80, input=json.dumps("i" * 500))
    sfn.add_fault("ListExecutions", error="ThrottlingException", message="m" * 200)
    return {
        "machines": {},
        "executions": {"arn": orders.arn},
        "execution": {"arn": orders.executions[0].arn},
        "map-run": {"arn": batches.arn},
        "executions of a map run": {"arn": batches.arn},
        "seed": {},
        "calls": {},
        "controls": {},
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1010, 1280, 1440])
def test_it_is_readable(reader, crowded, width, scheme):
    """On narrow and wide screens, in both colour schemes, nothing overflows and texts have contrast."""
    reader.page.set_viewport_size({"width": width, "height": 900})
    reader.page.emulate_media(color_scheme=scheme)
    backgrounds = set()
    for view, parameters in crowded.items():
        reader.open(view.split()[0], **parameters)
        assert reader.page.evaluate("document.documentElement.scrollWidth") == width, view
        assert reader.page.evaluate(CONTRAST) >= 4.5, view
        backgrounds.add(reader.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert backgrounds == {{"light": "rgb(246, 247, 249)", "dark": "rgb(18, 21, 28)"}[scheme]}


AXE = Path(os.environ.get("SFN_MOCK_AXE", Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"))


@pytest.mark.skipif(not AXE.exists(), reason="there is no axe-core: `npm ci` installs it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(reader, crowded, width, scheme):
    """axe-core finds no problem in any view, open or closed, or in the dialogs."""
    reader.page.set_viewport_size({"width": width, "height": 900})
    reader.page.emulate_media(color_scheme=scheme)
    found = []

    def look(where):
        violations = reader.page.evaluate(
            "async () => (await axe.run()).violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html)])"
        )
        found.extend((where, *violation) for violation in violations)

    reader.open()
    reader.page.evaluate(AXE.read_text(encoding="utf-8"))
    for view, parameters in crowded.items():
        reader.open(view.split()[0], **parameters)
        reader.page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
        look(view)
    reader.page.click("#reset")
    look("reset")
    reader.page.click("#reset-no")
    reader.page.evaluate("document.getElementById('copy-dialog').showModal()")
    look("copy")
    reader.page.click("#copy-close")

    assert found == []


def test_by_keyboard(sfn, reader, orders):
    """A reader without a mouse can use everything, and sees where the focus is."""
    reader.load()
    reader.page.keyboard.press("Tab")
    skip = reader.page.evaluate("document.activeElement.textContent")
    reader.page.keyboard.press("Enter")
    main = reader.page.evaluate("document.activeElement.id"), reader.hash()
    for _ in range(3):  # the name filter, its button, the first state machine
        reader.page.keyboard.press("Tab")
    link = reader.page.evaluate("document.activeElement.textContent")
    reader.page.keyboard.press("Enter")
    reader.wait()

    assert (skip, main, link) == ("Skip to the content", ("main", "#/"), "orders")
    assert reader.page.evaluate("document.activeElement.tagName") == "H1"
    unlabelled = "[...document.querySelectorAll('input, select')].filter((node) => node.labels.length === 0).length"
    for view, arn in [("machines", ""), ("executions", orders.arn), ("calls", ""), ("controls", "")]:
        reader.open(view, arn=arn)
        assert reader.page.evaluate(unlabelled) == 0
        assert reader.page.locator("h1").count() == 1
        assert reader.page.locator("button:not([type])").count() == 0
