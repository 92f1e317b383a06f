"""A browser with the page of a server, and a reader who uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
import urllib3
from page_reader import Reader

import sfn_mock

HERE = Path(__file__).parent
NOW = "2026-01-10T03:00:00Z"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run the page's tests last, because Playwright's event loop disturbs asyncio's tests."""
    items.sort(key=lambda item: HERE in item.path.parents)


#: These options only turn off features that the page does not need.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """The chromium that SFN_MOCK_CHROMIUM names or that is on the PATH; None if none runs."""
    for name in (os.environ.get("SFN_MOCK_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        path = name and shutil.which(name)
        # Ubuntu has a chromium command that only asks to install another one.
        if path and subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0:
            return path
    return None


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, one for each worker."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing: tox -e page has it")
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no chromium: install one, or name it in SFN_MOCK_CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_server():
    """One server for the tests of a module: what each adds is removed after it."""
    with sfn_mock.server() as sfn:
        yield sfn


@pytest.fixture
def sfn(page_server):
    """A server whose clock is frozen at 03:00 on 10 January 2026, UTC."""
    body = json.dumps({"now": NOW})
    assert urllib3.request("PUT", f"{page_server.endpoint_url}/sfn-mock/clock", body=body).status == 200
    yield page_server
    page_server.reset()


@pytest.fixture(scope="session")
def context(browser):
    """A window of 1400 pixels, whose page may write to the clipboard."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        context.set_default_timeout(60_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context


@pytest.fixture(scope="session")
def page(context):
    """A page that stays open from test to test."""
    return context.new_page()


@pytest.fixture
def reader(sfn, page):
    """A reader; at the end there was no error in the console and no request to another host."""
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")
    # A refresh would keep what this test has written and chosen.
    page.evaluate("document.getElementById('main')?.replaceChildren()")
    reader = Reader(sfn, page)
    yield reader
    reader.check()


@pytest.fixture
def new_reader(sfn, browser):
    """A reader with a new page, for tests that change how its clock runs."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        context.set_default_timeout(60_000)
        reader = Reader(sfn, context.new_page())
        yield reader
        reader.check()


@pytest.fixture
def client(sfn):
    """A client of the server with its own keys, because the mock of the module has started before."""
    return boto3.client(
        "stepfunctions",
        region_name="us-east-1",
        endpoint_url=sfn.endpoint_url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )


@pytest.fixture
def orders(sfn):
    """A state machine with an execution of every status."""
    orders = sfn.add_state_machine("orders")
    live = orders.add_alias("live", orders.publish_version())
    orders.add_execution("night", status="RUNNING", start_date="2026-01-10T02:00:00Z", alias=live)
    orders.add_execution(
        "again",
        status="SUCCEEDED",
        start_date="2026-01-10T01:00:00Z",
        redrive_date="2026-01-10T02:00:00Z",
        stop_date="2026-01-10T02:30:00Z",
    )
    orders.add_execution(
        "bad", status="FAILED", start_date="2026-01-10T01:00:00Z", duration=timedelta(milliseconds=1250), error="Out"
    )
    orders.add_execution(
        "slow", status="TIMED_OUT", start_date="2026-01-09T00:00:00Z", stop_date="2026-01-10T00:30:00Z"
    )
    orders.add_execution("off", status="ABORTED", start_date="2026-01-09T23:00:00Z", duration=timedelta(minutes=5))
    return orders
