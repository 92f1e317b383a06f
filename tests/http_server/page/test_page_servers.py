"""The page with unusual servers."""

from __future__ import annotations

from page_reader import Reader

import sfn_mock


def test_an_empty_page_has_a_next_one(browser):
    """After an empty page with a token, the reader can open the next page."""
    with sfn_mock.server(short_pages=True) as sfn, browser.new_context() as context:
        orders = sfn.add_state_machine("orders")
        orders.add_executions(30, status="RUNNING")
        reader = Reader(sfn, context.new_page())
        reader.open("executions", arn=orders.arn, size="10")
        shown = [row[0] for row in reader.rows()]
        sizes = [len(shown)]
        while reader.page.is_enabled("#page-next"):
            reader.click("#page-next")
            shown += [row[0] for row in reader.rows()]
            sizes.append(len(reader.rows()))

    assert shown == [f"execution-{index}" for index in range(29, -1, -1)]
    assert 0 in sizes


def test_a_server_that_has_stopped(browser):
    """When the server has stopped, the shown data stays, and the page says so."""
    with browser.new_context() as context:
        with sfn_mock.server() as sfn:
            sfn.add_state_machine("orders")
            reader = Reader(sfn, context.new_page())
            reader.open()
        reader.click("#refresh")

        assert reader.text("#connection") == "The server does not answer. What is shown is what it last said."
        assert [row[0] for row in reader.rows()] == ["orders"]
