"""The page's views of calls, clock and faults."""

from __future__ import annotations

import pytest
import urllib3


def test_calls(sfn, reader, orders, client):
    """The calls are shown newest first, with parameters and answer or error, of all operations or one."""
    client.start_execution(stateMachineArn=orders.arn, name="mine", input='{"order": 8}')
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.list_executions(stateMachineArn=f"{orders.arn}x")
    place = "123456789012 us-east-1"
    start = [
        "2026-01-10 03:00:00",
        "StartExecution",
        'stateMachineArn: "stateMachine:orders", name: "mine", input: "{\\"order\\": 8}"',
        'executionArn: "execution:orders:mine", startDate: "2026-01-10T03:00:00.000Z"',
        place,
    ]
    reader.open("calls")

    assert reader.rows() == [
        [
            "2026-01-10 03:00:00",
            "ListExecutions",
            'stateMachineArn: "stateMachine:ordersx"',
            f"StateMachineDoesNotExist State Machine Does Not Exist: '{orders.arn}x'",
            place,
        ],
        start,
    ]
    reader.choose("Operation", "StartExecution")
    assert (reader.rows(), reader.hash()) == ([start], "#/calls?operation=StartExecution")
    reader.page.click("text=Delete all")
    reader.page.wait_for_selector("text=There are no calls yet")
    assert list(sfn.calls) == []


def test_many_calls(sfn, reader, orders, client):
    """The newest hundred are shown at first, and older ones on request."""
    for size in range(1, 102):
        client.list_executions(stateMachineArn=orders.arn, maxResults=size)
    reader.open("calls")
    newest = reader.text("caption"), reader.rows()[0][2:4], reader.rows()[-1][2]
    reader.click("#older")

    assert newest == (
        "The newest 100 of 101 calls",
        ['stateMachineArn: "stateMachine:orders", maxResults: 101', "executions: 5"],
        'stateMachineArn: "stateMachine:orders", maxResults: 2',
    )
    assert (reader.text("caption"), len(reader.rows())) == ("Calls: 101", 101)


def test_refresh_keeps_open_and_focused_elements(sfn, reader, orders, client):
    """A refresh keeps what is open, written or focused."""
    client.list_executions(stateMachineArn=orders.arn)
    reader.open("calls")
    reader.page.click("#answer-1 summary")
    reader.page.focus("#answer-1 summary")
    client.describe_state_machine(stateMachineArn=orders.arn)
    reader.click("#refresh")

    assert [row[1] for row in reader.rows()] == ["DescribeStateMachine", "ListExecutions"]
    assert reader.page.evaluate("[...document.querySelectorAll('details[open]')].map((node) => node.id)") == [
        "answer-1"
    ]

    reader.open("executions", arn=orders.arn)
    reader.page.click("#definition summary")
    reader.click("#refresh")
    assert reader.page.is_visible("pre[aria-label=Definition]")

    reader.open("controls")
    reader.page.fill("#clock-now", "2026-01-1")
    reader.page.check("#clock-tick")
    sfn.add_fault("ListExecutions", error="ThrottlingException")
    urllib3.request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body='{"now": "2026-01-10T03:00:01Z"}')
    reader.page.focus("#clock-now")
    reader.page.evaluate("document.getElementById('refresh').click()")
    reader.page.wait_for_selector("text=2026-01-10 03:00:01")
    reader.wait()

    assert reader.page.input_value("#clock-now") == "2026-01-1"
    assert reader.page.is_checked("#clock-tick")
    assert reader.page.evaluate("document.activeElement.id") == "clock-now"
    assert len(reader.rows()) == 1


def test_auto_refresh(sfn, new_reader, orders):
    """If auto-refresh is on, which the URL contains, changes appear by themselves."""
    new_reader.page.clock.install()
    new_reader.open("executions", arn=orders.arn, status="FAILED")
    new_reader.click("text=Auto-refresh")
    switched_on = new_reader.hash()
    orders.executions[0].fail()
    new_reader.page.clock.run_for(2000)
    new_reader.page.wait_for_selector("text=night")
    new_reader.click("text=Auto-refresh")

    assert switched_on == f"#/executions?arn={orders.arn}&status=FAILED&live=1"
    assert new_reader.hash() == f"#/executions?arn={orders.arn}&status=FAILED"
    assert [row[0] for row in new_reader.rows()] == ["night", "bad"]


def test_clock(sfn, reader, orders):
    """The clock can be set to a date or duration, advanced and released; a wrong value is an error."""
    reader.open("controls")

    def shown_clock():
        return reader.text("#clock"), reader.texts("dd")[1]

    assert shown_clock() == ("2026-01-10 03:00:00 UTC", "stands still")
    reader.page.click("text=Advance by 1 hour")
    reader.page.wait_for_selector("#clock:has-text('2026-01-10 04:00:00')")
    reader.page.fill("#clock-now", "yesterday")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("#clock-now[aria-invalid]")
    assert reader.text("#clock-now-problem") == (
        "now must be ISO 8601 text like '2026-01-10T02:00:00Z', or a time from now like '-2h', '+5m' or 'now', "
        "got 'yesterday'"
    )
    reader.page.fill("#clock-now", "2026-01-10T02:10:00.250Z")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("#clock:has-text('2026-01-10 02:10:00.250 UTC')")
    assert not reader.page.is_visible("#clock-now-problem")
    reader.page.check("#clock-tick")
    reader.page.fill("#clock-now", "-1d")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("dd:has-text('was set, and goes on')")
    assert shown_clock()[0].startswith("2026-01-09 02:10:0")
    reader.page.click("text=Back to real time")
    reader.page.wait_for_selector("dd:has-text('shows real time')")
    assert reader.page.is_disabled("#clock-free")


def test_faults(sfn, reader, orders, client):
    """Faults are added, listed with their counts, and removed; they do not apply to the page's own calls."""
    reader.open("controls")
    assert reader.texts(".empty > *") == [
        "There are no faults. Add one below, or:",
        f"curl {sfn.endpoint_url}/sfn-mock/faults --data "
        """'{"operation": "ListExecutions", "error": "ThrottlingException"}'""",
    ]
    reader.page.fill("#fault-operation", "ListExecution")
    reader.page.fill("#fault-error", "AccessDeniedException")
    reader.page.click("#add-fault >> text=Add")
    reader.page.wait_for_selector("#fault-operation[aria-invalid]")
    assert "ListExecution" in reader.text("#fault-operation-problem")
    reader.page.fill("#fault-operation", "ListExecutions")
    reader.page.fill("#fault-times", "")
    reader.page.fill("#fault-skip", "1")
    reader.page.fill("#fault-message", "no apples")
    reader.page.click("#add-fault >> text=Add")
    reader.page.wait_for_selector("table")
    client.list_executions(stateMachineArn=orders.arn)
    with pytest.raises(client.exceptions.ClientError) as error:
        client.list_executions(stateMachineArn=orders.arn)
    reader.click("#refresh")

    assert error.value.response["Error"] == {"Code": "AccessDeniedException", "Message": "no apples"}
    assert reader.rows() == [["ListExecutions", "AccessDeniedException", "all", "1", "1", "no apples"]]
    reader.open("executions", arn=orders.arn)
    assert len(reader.rows()) == 5
    reader.open("controls")
    reader.page.click("text=Clear all")
    reader.page.wait_for_selector("text=There are no faults.")
    assert list(sfn._session.faults) == []


def test_reset(sfn, reader, orders):
    """A reset asks for confirmation."""
    reader.open("controls")
    reader.page.click("#reset")
    question = reader.text("#reset-dialog h2"), reader.text("#reset-dialog p")
    reader.page.click("text=Cancel")
    kept = len(sfn.state_machines)
    reader.page.click("#reset")
    reader.page.click("#reset-yes")
    reader.page.wait_for_selector("#account-region:has-text('(0 executions)')", state="attached")

    assert question == (
        "Reset the server?",
        "This deletes all state machines, executions, calls and faults, in all accounts and regions.",
    )
    assert (kept, sfn.state_machines) == (1, [])
