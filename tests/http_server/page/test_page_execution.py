"""The page's view of one execution and of one map run."""

from __future__ import annotations

import json


def test_execution(sfn, reader, orders):
    """An execution's description, input and output, and its history."""
    run = orders.add_execution(
        "told", status="SUCCEEDED", start_date="-0s", input={"order": {"id": 7}}, output='["ok"]'
    )
    reader.open("execution", arn=run.arn)
    facts = dict(zip(reader.texts("dt"), reader.texts("dd"), strict=True))

    assert reader.text("h1") == "told SUCCEEDED"
    assert (facts["ARN"], facts["Start (UTC)"], facts["Duration"]) == (run.arn, "2026-01-10 03:00:00 just now", "0 s")
    assert [reader.page.inner_text(f"pre[aria-label={title}]") for title in ("Input", "Output")] == [
        '{\n  "order": {\n    "id": 7\n  }\n}',
        '[\n  "ok"\n]',
    ]
    assert [row[:4] for row in reader.rows()] == [
        ["1", "ExecutionStarted", "2026-01-10 03:00:00", "0 s"],
        ["2", "PassStateEntered", "2026-01-10 03:00:00", "0 s"],
        ["3", "PassStateExited", "2026-01-10 03:00:00", "0 s"],
        ["4", "ExecutionSucceeded", "2026-01-10 03:00:00", "0 s"],
    ]
    assert reader.text("caption") == "4 events in total"
    reader.click("text=Newest first")
    assert [row[0] for row in reader.rows()] == ["4", "3", "2", "1"]


def test_a_long_history(sfn, reader):
    """A history of several pages says that its number is that of one page."""
    states = {f"S{index}": {"Type": "Pass", "Next": f"S{index + 1}"} for index in range(50)}
    definition = {"StartAt": "S0", "States": {**states, "S50": {"Type": "Succeed"}}}
    orders = sfn.add_state_machine("orders", definition=definition)
    reader.open("execution", arn=orders.add_execution("a", status="SUCCEEDED").arn)
    captions = [reader.text("caption")]
    reader.click("#page-next")
    captions.append(reader.text("caption"))

    assert captions == ["100 events on this page", "4 events on this page"]


def test_graph(sfn, reader):
    """The definition is drawn in the colours of the history; a click opens the details of a state."""
    definition = {
        "StartAt": "Check",
        "States": {
            "Check": {"Type": "Pass", "Next": "Ship"},
            "Ship": {"Type": "Pass", "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    }
    orders = sfn.add_state_machine("orders", definition=json.dumps(definition))
    run = orders.add_execution(
        "a", status="FAILED", failed_in="Ship", error="Out", cause="of stock", input='{"n":1}',
        start_date="2026-01-10T01:00:00Z", stop_date="2026-01-10T01:00:05Z",
    )  # fmt: skip
    reader.open("execution", arn=run.arn)
    boxes = [
        (box.get_attribute("data-state"), box.get_attribute("class"))
        for box in reader.page.locator("figure rect").all()
    ]
    colour = "getComputedStyle(document.querySelector('figure rect.status-failed')).stroke"

    assert boxes == [("Check", "status-succeeded"), ("Ship", "status-failed"), ("Done", "status-untouched")]
    assert reader.page.locator("figure text").all_text_contents() == ["Check: SUCCEEDED", "Ship: FAILED", "Done"]
    assert reader.page.evaluate(colour) == "rgb(197, 48, 42)"
    assert reader.texts(".states summary") == ["Check Pass SUCCEEDED 0 s", "Ship Pass FAILED 5 s Out"]
    reader.page.click("figure text[data-state=Ship]")
    assert reader.page.evaluate("document.activeElement.closest('details').id") == "state-1"
    assert reader.texts("#state-1 dd") == ["2026-01-10 01:00:00 2 h ago", "5 s", "FAILED", "Out", "of stock"]
    assert reader.text("pre[aria-label='Input of Ship']") == '{ "n": 1 }'
    reader.page.click("figure text[data-state=Done]")
    assert reader.texts("details[open] summary") == ["Ship Pass FAILED 5 s Out"]


def test_long_texts(sfn, reader):
    """A long cause has a line of its own, and lines of the graph do not cross out its labels."""
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.n", "IsPresent": True, "Next": "Done"}], "Default": "Done"}
    definition = {"StartAt": "Check", "States": {"Check": choice, "Done": {"Type": "Succeed"}}}
    orders = sfn.add_state_machine("orders", definition=json.dumps(definition))
    run = orders.add_execution("a", status="FAILED", error="Out", cause="There was nothing left of it. " * 3)
    reader.open("execution", arn=run.arn)
    style = "getComputedStyle([...document.querySelectorAll('figure text')].find((text) => text.textContent === %r))"

    assert reader.texts("main > .facts .wide dt") == ["Cause"]
    assert reader.page.evaluate(f"{style % 'Choices[0]'}.paintOrder") == "stroke"


def test_stop_and_redrive(sfn, reader, orders):
    """Buttons stop a running execution, and redrive one that AWS would redrive."""
    night = orders.executions[0]
    reader.open("execution", arn=night.arn)
    disabled = [reader.page.is_disabled("#redrive")]
    reader.page.click("#stop")
    reader.page.wait_for_selector("h1:has-text('ABORTED')")
    reader.wait()
    disabled.append(reader.page.is_disabled("#stop"))
    stopped = night.status
    reader.page.click("#redrive")
    reader.page.wait_for_selector("h1:has-text('RUNNING')")
    reader.wait()

    assert disabled == [True, True]
    assert (stopped, night.status, night.redrive_count) == ("ABORTED", "RUNNING", 1)
    assert list(sfn.calls) == []


def test_map_run(sfn, reader, orders):
    """Map runs show their items and children, with links to the children and back."""
    night = orders.executions[0]
    batches = night.add_map_run("ProcessOrders", tolerated_failure_percentage=5.0, start_date="2026-01-10T02:00:00Z")
    batches.add_executions(3, status="SUCCEEDED", start_date="2026-01-10T02:00:00Z", item_count=25)
    batches.add_execution("bad", status="FAILED", start_date="2026-01-10T02:10:00Z", item_count=10)
    batches.add_execution("late", status="RUNNING", start_date="2026-01-10T02:50:00Z", item_count=15)
    counts = [
        "75 SUCCEEDED", "10 FAILED", "0 TIMED_OUT", "0 ABORTED", "15 RUNNING", "0 PENDING",
        "3 SUCCEEDED", "1 FAILED", "0 TIMED_OUT", "0 ABORTED", "1 RUNNING", "0 PENDING",
    ]  # fmt: skip
    reader.open("execution", arn=night.arn)

    assert reader.texts(".map-run header") == ["ProcessOrders RUNNING 1 h so far"]
    assert reader.texts(".map-run h3") == ["Items 100 in total", "Child executions 5 in total"]
    assert reader.texts(".map-run li") == counts
    assert [
        (part.get_attribute("class"), part.get_attribute("x"), part.get_attribute("width"))
        for part in reader.page.locator(".map-run svg.counts-bar >> nth=0 >> rect").all()
    ] == [
        ("status-succeeded", "0%", "75%"),
        ("status-failed", "75%", "10%"),
        ("status-running", "85%", "15%"),
    ]

    reader.click("text=ProcessOrders >> nth=0")
    assert reader.texts("main li:not(nav li)") == counts
    assert dict(zip(reader.texts("dt"), reader.texts("dd"), strict=True))["Children at once"] == "no limit"
    reader.click("text=List its child executions")
    assert [(row[0], row[1], row[-1]) for row in reader.rows()] == [
        ("late", "RUNNING", "15"),
        ("bad", "FAILED", "10"),
        ("execution-2", "SUCCEEDED", "25"),
        ("execution-1", "SUCCEEDED", "25"),
        ("execution-0", "SUCCEEDED", "25"),
    ]
    reader.choose("Redriven", "REDRIVEN")
    assert reader.text("main p") == "None of 5 executions matches."
    assert reader.texts(".breadcrumbs li") == ["State machines", "orders", "night", "ProcessOrders", "Child executions"]
    reader.click(".breadcrumbs >> text=night")
    assert reader.hash() == f"#/execution?arn={night.arn}"
