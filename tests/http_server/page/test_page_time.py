"""The bar that moves the server's clock."""

from __future__ import annotations

import urllib3
from freezegun import freeze_time
from page_reader import drag, statuses, until


def test_dragging_the_clock(sfn, reader, orders):
    """The slider sets the clock, and executions are listed for that time."""
    reader.open("executions", arn=orders.arn)
    ends = reader.text("#time-first"), reader.text("#time-last")
    axis = reader.page.locator("thead .axis text").all_text_contents()
    drag(reader, "2026-01-10 00:20:00")

    assert ends == ("2026-01-08 23:10:00", "2026-01-10 03:20:00")
    assert statuses(reader) == {"slow": "RUNNING", "off": "ABORTED"}
    assert reader.page.get_attribute("#time", "aria-valuetext") == "2026-01-10 00:20:00 UTC"
    assert reader.page.locator("thead .axis text").all_text_contents() == axis
    assert urllib3.request("GET", f"{sfn.endpoint_url}/sfn-mock/clock").json() == {
        "now": "2026-01-10T00:20:00.000Z",
        "set": True,
        "tick": False,
    }


def test_time_by_keyboard(reader, orders):
    """The arrow keys move the slider by one step, and Home and End to its ends."""
    reader.open("executions", arn=orders.arn)
    for key, date in [
        ("ArrowLeft", "2026-01-10 02:50:00"),
        ("ArrowRight", "2026-01-10 03:00:00"),
        ("Home", "2026-01-08 23:10:00"),
        ("End", "2026-01-10 03:20:00"),
    ]:
        reader.page.press("#time", key)
        until(reader, date)

    assert reader.page.evaluate("document.activeElement.id") == "time"
    assert len(reader.rows()) == 5


def test_back_to_real_time(sfn, reader, orders):
    """While the clock is set, a button lets it show real time again."""
    reader.open("executions", arn=orders.arn)
    set_before = reader.page.is_visible("#time-real")
    reader.page.click("#time-real")
    reader.page.wait_for_selector("#time-real", state="hidden")

    assert set_before
    assert urllib3.request("GET", f"{sfn.endpoint_url}/sfn-mock/clock").json()["set"] is False


def test_stepping_from_change_to_change(reader, orders):
    """Previous and Next go to the moments at which an execution changes."""
    reader.open("executions", arn=orders.arn)
    shown = []
    for button, date in [
        ("previous", "2026-01-10 02:30:00"),
        ("previous", "2026-01-10 02:00:00"),
        ("previous", "2026-01-10 01:00:01.250"),
        ("previous", "2026-01-10 01:00:00"),
        ("next", "2026-01-10 01:00:01.250"),
    ]:
        reader.page.click(f"#time-{button}")
        until(reader, date)
        shown.append(statuses(reader).get("bad"))
    reader.page.press("#time", "End")
    until(reader, "2026-01-10 03:20:00")
    reader.page.wait_for_selector("#time-next[aria-disabled=true]")
    reader.page.click("#time-next", force=True)

    assert shown == ["FAILED", "FAILED", "FAILED", "RUNNING", "FAILED"]
    assert reader.text("#clock") == "2026-01-10 03:20:00 UTC"


def test_playing(new_reader, orders):
    """Play moves the clock step by step to the end; Pause stops it."""
    new_reader.page.clock.install(time=0)
    new_reader.open("executions", arn=orders.arn)
    # From now on this test controls the page's timers.
    new_reader.page.clock.pause_at(3_600_000)
    new_reader.page.press("#time", "End")
    until(new_reader, "2026-01-10 03:20:00")
    new_reader.page.click("#time-play")
    for clock in ("20", "30", "40"):
        until(new_reader, f"2026-01-08 23:{clock}:00")
        new_reader.page.clock.run_for(100)
    until(new_reader, "2026-01-08 23:50:00")
    playing = new_reader.page.get_attribute("#time-play", "aria-label")
    new_reader.page.click("#time-play")
    new_reader.page.wait_for_selector("#time-play[aria-label=Play]")
    new_reader.page.clock.run_for(10_000)

    assert playing == "Pause"
    assert (new_reader.text("#clock"), new_reader.rows()) == ("2026-01-08 23:50:00 UTC", [])
    new_reader.page.evaluate("document.getElementById('time').focus()")
    new_reader.page.press("#time", "End")
    new_reader.page.press("#time", "ArrowLeft")
    until(new_reader, "2026-01-10 03:10:00")
    new_reader.page.click("#time-play")
    until(new_reader, "2026-01-10 03:20:00")
    new_reader.page.wait_for_selector("#time-play[aria-label=Play]")


def test_lists_without_a_time_slider(sfn, reader):
    """Without executions, and in the list of calls, there is no slider; a test's frozen clock cannot be moved."""
    reader.open()
    hidden = [reader.page.is_hidden("#scrubber")]
    sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    reader.click("#refresh")
    hidden.append(reader.page.is_hidden("#scrubber"))
    note = reader.text("#time-note")
    reader.click("#view-calls")
    hidden.append(reader.page.is_hidden("#scrubber"))
    reader.click("#view-machines")
    with freeze_time("2026-01-10T05:00:00Z"):
        reader.page.click("#time-previous")
        reader.page.wait_for_selector("#problem:visible")

        assert reader.text("#problem") == (
            "cannot set the clock: the test has frozen it; move it with freezegun or time-machine instead."
        )
    assert hidden == [True, False, True]
    assert note == "Now is after the last change."
