"""The page at the server's root, as files over HTTP and as a browser shows it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest
import urllib3
from freezegun import freeze_time

import sfn_mock

HTTP = urllib3.PoolManager()
PAGE_FILES = files("sfn_mock.http_server").joinpath("page_files")
NOW = "2026-01-10T03:00:00Z"
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: What stands in a cell that has nothing to say.
NONE = "\N{EN DASH}"


@pytest.fixture
def sfn():
    """A server whose clock stands still at 03:00 on 10 January 2026, UTC."""
    with sfn_mock.server() as sfn:
        response = HTTP.request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body=json.dumps({"now": NOW}))
        assert response.status == 200
        yield sfn


# --- The files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(path.name for path in PAGE_FILES.iterdir()))
def test_each_file_is_served_and_asks_for_no_other_host(sfn, file):
    """A file comes with its type, and with the rule that the page is made of such files alone; it names no host."""
    response = HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/{file}")
    text = response.data.decode()

    assert (response.status, response.headers["Content-Type"]) == (
        200,
        {
            "css": "text/css; charset=utf-8",
            "html": "text/html; charset=utf-8",
            "js": "text/javascript; charset=utf-8",
            "svg": "image/svg+xml",
        }[file.rpartition(".")[2]],
    )
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert set(re.findall(r"(?:https?:)?//[a-z][\w.]+", text)) <= {"http://www.w3.org"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|style=", text)


def test_the_files_that_it_asks_for_are_there(sfn):
    """Whatever the page and its modules name under /sfn-mock/page/ is served."""
    names = {
        name
        for file in PAGE_FILES.iterdir()
        for name in re.findall(r"/sfn-mock/page/([\w.]+)", file.read_text(encoding="utf-8"))
    }

    assert {"app.js", "icon.svg", "style.css"} < names
    assert {HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/{name}").status for name in names} == {200}


def test_a_file_that_is_not_there(sfn):
    """What the page has no file for is a 404 with one sentence."""
    response = HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/page/nothing.js")

    assert (response.status, response.json()) == (404, {"message": "The page has no file 'nothing.js'."})


def test_browsers_get_it_at_the_root(sfn):
    """The page is at the root, and what it asks is not among the calls made."""
    response = HTTP.request("GET", sfn.endpoint_url, headers={"Accept": "text/html"})

    assert b'<script type="module" src="/sfn-mock/page/app.js"></script>' in response.data
    assert response.headers["Content-Security-Policy"] == POLICY


# --- A browser -----------------------------------------------------------------------------------------------------

#: None of these lets it do anything but show the page.
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
    """The one that SFN_MOCK_CHROMIUM names or that is on the path; None where there is none that runs."""
    for name in (os.environ.get("SFN_MOCK_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        path = name and shutil.which(name)
        # Ubuntu has a chromium that only asks to install another.
        if path and subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0:
            return path
    return None


# Not for longer than this module: Playwright's event loop would be in the way of asyncio's tests.
@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing: tox -e page has it")
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no chromium: install one, or name it in SFN_MOCK_CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Reader:
    """Somebody who looks at the page."""

    def __init__(self, sfn, page):
        self._sfn = sfn
        self.page = page
        #: What the console told, without Chromium's line for each answer of AWS's that is an error.
        self.console = []
        self.hosts = set()
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def open(self, view="", **parameters):
        """Open a view by its URL, as from a link in a mail."""
        query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
        self.page.goto("about:blank")
        self.page.goto(f"{self._sfn.endpoint_url}/#/{view}" + (f"?{query}" if query else ""))
        self.wait()

    def wait(self):
        """Until what was asked for is shown."""
        self.page.wait_for_function(
            "() => { const main = document.getElementById('main');"
            " return main.ariaBusy === 'false' && main.dataset.hash === location.hash; }"
        )

    def click(self, selector):
        self.page.click(selector)
        self.wait()

    def choose(self, label, option):
        control = self.page.get_by_label(label, exact=True)
        control.focus()
        control.select_option(label=option)
        self.wait()

    def text(self, selector):
        return " ".join(self.page.inner_text(selector).split())

    def texts(self, selector):
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def rows(self):
        """The rows of the table, as a list of texts each, without the time line."""
        return self.page.evaluate(
            "() => [...document.querySelectorAll('tbody tr')].map((row) => "
            "[...row.children].filter((cell) => !cell.classList.contains('line'))"
            ".map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim()))"
        )

    def hash(self):
        return self.page.evaluate("location.hash")


@pytest.fixture
def reader(sfn, browser):
    """A reader with a window 1400 pixels wide; no error in the console, no request to another host, at the end."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(20_000)
    reader = Reader(sfn, context.new_page())
    yield reader
    context.close()
    assert [text for text in reader.console if "status of 400" not in text] == []
    assert reader.hosts == {sfn.endpoint_url.split("/")[2]}


def test_state_machines(sfn, reader):
    """All state machines of the account and region: type, status, executions, last start, versions and aliases."""
    orders = sfn.add_state_machine("orders", creation_date="2026-01-01T00:00:00Z")
    v1, v2 = orders.publish_version(), orders.publish_version("faster")
    orders.add_alias("live", [(v1, 90), (v2, 10)])
    orders.add_executions(3, status="SUCCEEDED", start_date="2026-01-08T03:00:00Z", name="good-{index}")
    orders.add_execution("bad", status="FAILED", start_date="2026-01-10T00:59:00Z")
    orders.add_execution(
        "again",
        status="RUNNING",
        start_date="2026-01-07T00:00:00Z",
        redrive_date="2026-01-10T02:00:00Z",
    )
    sfn.add_state_machine("clicks", type="EXPRESS", creation_date="2026-01-02T00:00:00Z")
    reader.open()

    assert reader.page.title() == "State machines · sfn_mock"
    assert reader.text("caption") == "2 state machines"
    assert reader.rows() == [
        ["clicks", "EXPRESS", "ACTIVE", NONE, NONE, NONE, NONE, "2026-01-02 00:00:00"],
        [
            *["orders", "STANDARD", "ACTIVE", "1 RUNNING 3 SUCCEEDED 1 FAILED", "2026-01-10 00:59:00 2 h ago"],
            *["2 1", "live", "2026-01-01 00:00:00"],
        ],
    ]
    assert reader.text("#clock") == "2026-01-10 03:00:00 UTC"
    assert list(sfn.calls) == []


@pytest.mark.parametrize(
    ("start", "words"),
    [
        pytest.param("2026-01-10T03:00:00Z", "just now", id="now"),
        pytest.param("2026-01-10T02:59:01Z", "59 s ago", id="seconds"),
        pytest.param("2026-01-10T02:00:01Z", "59 min ago", id="minutes"),
        pytest.param("2026-01-09T03:00:01Z", "23 h ago", id="hours"),
        pytest.param("2026-01-08T03:00:00Z", "2 d ago", id="days"),
    ],
)
def test_last_start(sfn, reader, start, words):
    """Beside the date of the last start stands how long ago it was, in the greatest unit."""
    sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date=start)
    reader.open()

    assert reader.text("td.last .beside") == words


def test_more_executions_than_are_counted(sfn, reader):
    """The newest thousand executions of a machine are counted, and the page says that there are more."""
    sfn.add_state_machine("orders").add_executions(1001, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.open()

    assert reader.text("td.tally") == "1,000 SUCCEEDED the newest 1,000; there are more"


def test_many_state_machines(sfn, reader):
    """Some are shown at first, more when asked for, and a filter finds by a part of the name."""
    for index in range(120):
        sfn.add_state_machine(f"machine-{index:03}")
    reader.open()
    shown = [len(reader.rows())]
    reader.click("#more")
    shown.append(len(reader.rows()))
    reader.page.fill("#name", "MACHINE-11")
    reader.click("text=Filter")

    assert shown == [50, 100]
    assert [row[0] for row in reader.rows()] == [f"machine-{index}" for index in range(110, 120)]
    assert reader.hash() == "#/machines?name=MACHINE-11"


def test_an_empty_place(sfn, reader):
    """Where nothing is, the page says so, and how to seed."""
    reader.open()

    assert reader.texts("main p") == [
        "There is no state machine in account 123456789012, region us-east-1.",
        "Seed some with sfn-mock-server --seed FILE, or choose another place above.",
    ]


def test_a_view_that_is_not_there(sfn, reader):
    """A URL that leads nowhere leads to the state machines."""
    sfn.add_state_machine("orders")
    reader.open("constructor")

    assert [row[0] for row in reader.rows()] == ["orders"]


def test_accounts_and_regions(sfn, reader):
    """The place is chosen at the top and part of the URL; an ARN says its own."""
    sfn.add_state_machine("here")
    abroad = sfn.add_state_machine("abroad", region="eu-central-1")
    abroad.add_execution("a", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    sfn.add_state_machine("elsewhere", account_id="210987654321")
    reader.open()
    reader.choose("Account and region", "123456789012 eu-central-1 (1 execution)")
    chosen = [row[0] for row in reader.rows()], reader.hash()
    reader.choose("Account and region", "210987654321 us-east-1 (0 executions)")
    other = [row[0] for row in reader.rows()], reader.hash()
    reader.open("executions", arn=abroad.arn)

    assert chosen == (["abroad"], "#/machines?at=123456789012/eu-central-1")
    assert other == (["elsewhere"], "#/machines?at=210987654321/us-east-1")
    assert [row[0] for row in reader.rows()] == ["a"]
    assert reader.text("#place option:checked") == "123456789012 eu-central-1 (1 execution)"
    reader.click("text=State machines >> nth=0")
    assert reader.hash() == "#/machines?at=123456789012/eu-central-1"


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


def test_executions(sfn, reader, orders):
    """Executions as ListExecutions tells of them: statuses in words, dates in UTC, durations, redrives, ways in."""
    reader.open("executions", arn=orders.arn)

    assert reader.text("caption") == "5 executions: 1 RUNNING, 1 SUCCEEDED, 1 FAILED, 1 TIMED_OUT, 1 ABORTED"
    day = "2026-01-10"
    assert reader.rows() == [
        ["again", "SUCCEEDED", f"{day} 01:00:00", f"{day} 02:30:00", "1 h 30 min", "1, last 02:00:00", NONE],
        ["night", "RUNNING", f"{day} 02:00:00", NONE, "1 h so far", NONE, "live, version 1"],
        ["bad", "FAILED Out", f"{day} 01:00:00", f"{day} 01:00:01.250", "1.25 s", NONE, NONE],
        ["slow", "TIMED_OUT", "2026-01-09 00:00:00", f"{day} 00:30:00", "1 d 30 min", NONE, NONE],
        ["off", "ABORTED", "2026-01-09 23:00:00", "2026-01-09 23:05:00", "5 min", NONE, NONE],
    ]
    assert reader.page.locator("tbody .status svg path").count() == 5
    assert len({path.get_attribute("d") for path in reader.page.locator("tbody .status path").all()}) == 5


def test_reasons(sfn, reader, orders):
    """Below the status stand the error and the cause; while the clock is dragged they are not asked for again."""
    orders.add_execution(
        "worse", status="FAILED", start_date="2026-01-10T02:00:00Z", error="Full", cause="No <b>shelf</b> is left."
    )
    reader.open("executions", arn=orders.arn)
    reasons = reader.texts("tbody .reason")
    described = []
    reader.page.on("request", lambda request: described.append(request.headers.get("x-amz-target", "")))
    drag(reader, "2026-01-10 02:50:00")

    assert reasons == ["Full: No <b>shelf</b> is left.", "Out"]
    assert reader.texts("tbody .reason") == reasons
    assert [target for target in described if target.endswith("DescribeExecution")] == []


def test_time_line(sfn, reader, orders):
    """Each bar reaches from start to stop on one axis; a running one is open to now, and a redrive is marked."""
    reader.open("executions", arn=orders.arn)
    bars = [
        [
            (mark.evaluate("node => node.tagName"), mark.get_attribute("x"), mark.get_attribute("width"))
            for mark in bar.locator("rect:first-of-type, svg").all()
        ]
        for bar in reader.page.locator("tbody .bar").all()
    ]
    axis = reader.page.locator("thead .axis text").all_text_contents()

    # 27 hours are 94 of 100 parts, and 3 are left free at either end.
    assert [[(tag, x, width and round(float(width[:-1]), 2)) for tag, x, width in marks] for marks in bars] == [
        [("rect", "90.037%", 5.22), ("svg", "93.519%", None)],
        [("rect", "93.519%", 3.48), ("svg", "97.000%", None)],
        [("rect", "90.037%", 0.0)],
        [("rect", "3.000%", 85.3)],
        [("rect", "83.074%", 0.29)],
    ]
    assert reader.text("thead .span") == "2026-01-09 00:00:00 to 2026-01-10 03:00:00 UTC"
    assert axis == ["9 Jan", "06:00", "12:00", "18:00", "10 Jan"]


def test_filter_by_status(sfn, reader, orders):
    """The status filter is ListExecutions's, and part of the URL; Back undoes it."""
    reader.open("executions", arn=orders.arn)
    reader.choose("Status", "FAILED")
    filtered = [row[0] for row in reader.rows()], reader.hash(), reader.page.evaluate("document.activeElement.id")
    reader.page.go_back()
    reader.wait()

    assert filtered == (["bad"], f"#/executions?arn={orders.arn}&status=FAILED", "status")
    assert (len(reader.rows()), reader.page.input_value("#status")) == (5, "")


def test_version_and_alias(sfn, reader, orders):
    """What was started through one version or alias alone."""
    reader.open("executions", arn=orders.arn)
    options = reader.texts("#scope option")
    reader.choose("Started through", "Alias live (version 1)")

    assert options == ["All executions", "Version 1", "Alias live (version 1)"]
    assert [row[0] for row in reader.rows()] == ["night"]
    assert reader.hash() == f"#/executions?arn={orders.arn}:live"


def test_pages(sfn, reader):
    """Next, Previous and First go by AWS's own page tokens, and a link leads to its page."""
    orders = sfn.add_state_machine("orders")
    orders.add_executions(250, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.open("executions", arn=orders.arn)

    def shown():
        rows = reader.rows()
        return rows[0][0], rows[-1][0], reader.text("#page-words")

    assert reader.text("caption") == "100 executions on this page: 100 SUCCEEDED"
    pages = [shown()]
    for button in ("#page-next", "#page-next", "#page-previous", "#page-next", "#page-first"):
        reader.click(button)
        pages.append(shown())
        assert reader.page.evaluate("scrollY") == 0
    assert pages == [
        ("execution-249", "execution-150", "Page 1, more follow"),
        ("execution-149", "execution-50", "Page 2, more follow"),
        ("execution-49", "execution-0", "Page 3, the last"),
        ("execution-149", "execution-50", "Page 2, more follow"),
        ("execution-49", "execution-0", "Page 3, the last"),
        ("execution-249", "execution-150", "Page 1, more follow"),
    ]

    reader.choose("Page size", "25")
    assert len(reader.rows()) == 25
    token = boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)["nextToken"]
    reader.open("executions", arn=orders.arn, token=token, page="2")
    assert shown() == ("execution-149", "execution-50", "Page 2, more follow")
    assert reader.page.is_disabled("#page-previous")
    reader.open("executions", arn=orders.arn, token="too-old", page="2")
    assert reader.texts("main [role=alert], #page-words") == ["InvalidToken Invalid Token: 'Invalid token'", "Page 2"]
    reader.click("#page-first")
    assert shown() == ("execution-249", "execution-150", "Page 1, more follow")


def test_errors_are_awss(sfn, reader, orders):
    """What AWS refuses is shown with its code and sentence, and what led there can be changed."""
    reader.open("executions", arn=orders.arn, status="PENDING_REDRIVE")
    refused = reader.text("main [role=alert]")
    reader.choose("Status", "RUNNING")

    assert refused == "ValidationException The PENDING_REDRIVE status filter requires a MapRun ARN"
    assert [row[0] for row in reader.rows()] == ["night"]
    for view, arn, sentence in [
        ("executions", f"{orders.arn}x", f"StateMachineDoesNotExist State Machine Does Not Exist: '{orders.arn}x'"),
        ("executions", "nonsense", "InvalidArn Invalid Arn: 'Invalid ARN prefix: nonsense'"),
        ("map-run", "nonsense", "InvalidArn Invalid Arn: 'Invalid ARN prefix: nonsense'"),
    ]:
        reader.open(view, arn=arn)
        assert reader.texts("main [role=alert]") == [sentence]
    reader.open("execution", arn=orders.arn.replace("stateMachine", "execution") + ":nobody")
    assert reader.texts("main [role=alert]") == [
        "ExecutionDoesNotExist Execution Does Not Exist: "
        "'arn:aws:states:us-east-1:123456789012:execution:orders:nobody'"
    ]


def test_execution(sfn, reader, orders):
    """An execution's description, input and output, and its history."""
    run = orders.add_execution("told", status="SUCCEEDED", start_date=NOW, input='{"order":{"id":7}}', output='["ok"]')
    reader.open("execution", arn=run.arn)
    facts = dict(zip(reader.texts("dt"), reader.texts("dd"), strict=True))

    assert reader.text("h1") == "told SUCCEEDED"
    assert (facts["ARN"], facts["Start (UTC)"], facts["Duration"]) == (run.arn, "2026-01-10 03:00:00", "0 s")
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
    reader.click("text=Newest first")
    assert [row[0] for row in reader.rows()] == ["4", "3", "2", "1"]


def test_graph(sfn, reader):
    """The definition is drawn in the colours of an execution's history; a click unfolds what is known of a state."""
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
    assert reader.texts("#state-1 dd") == ["2026-01-10 01:00:00", "5 s", "FAILED", "Out", "of stock"]
    assert reader.text("pre[aria-label='Input of Ship']") == '{ "n": 1 }'
    reader.page.click("figure text[data-state=Done]")
    assert reader.texts("details[open] summary") == ["Ship Pass FAILED 5 s Out"]


def test_stop_and_redrive(sfn, reader, orders):
    """A running execution is stopped, and one that AWS lets be redriven is redriven, by buttons."""
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
    """Map runs with what their items and children came to, from the execution to the children and back."""
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
    reader.click("text=List its child executions")
    assert [(row[0], row[1], row[-1]) for row in reader.rows()] == [
        ("late", "RUNNING", "15"),
        ("bad", "FAILED", "10"),
        ("execution-2", "SUCCEEDED", "25"),
        ("execution-1", "SUCCEEDED", "25"),
        ("execution-0", "SUCCEEDED", "25"),
    ]
    reader.choose("Redriven", "REDRIVEN")
    assert reader.text("main p") == "No execution to show."
    assert reader.texts(".breadcrumbs li") == ["State machines", "orders", "night", "ProcessOrders", "Child executions"]
    reader.click(".breadcrumbs >> text=night")
    assert reader.hash() == f"#/execution?arn={night.arn}"


def test_an_empty_page_has_a_next_one(browser):
    """Where AWS gives an empty page and a token, the reader can go on."""
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


# --- Time ------------------------------------------------------------------------------------------------------------


def statuses(reader):
    """The status of each execution in the list, without the reason below it."""
    return dict(zip([row[0] for row in reader.rows()], reader.texts("tbody .state .status"), strict=True))


def until(reader, date):
    """Wait until the page shows what there is at a date."""
    reader.page.wait_for_function("text => document.getElementById('clock').innerText === text", arg=f"{date} UTC")
    reader.wait()


def drag(reader, date):
    """Drag the clock, which begins at 23:10 on 8 January with the executions of `orders`, and do not let go."""
    reader.page.evaluate(
        """date => {
          const slider = document.getElementById("time");
          slider.value = Date.parse(date) - Date.parse("2026-01-08 23:10:00Z");
          slider.dispatchEvent(new Event("input"));
        }""",
        f"{date}Z",
    )
    until(reader, date)


def test_dragging_the_clock(sfn, reader, orders):
    """Where the slider is dragged to, the clock stands; executions are listed as they were then."""
    reader.open("executions", arn=orders.arn)
    ends = reader.text("#time-first"), reader.text("#time-last")
    axis = reader.page.locator("thead .axis text").all_text_contents()
    drag(reader, "2026-01-10 00:20:00")

    assert ends == ("2026-01-08 23:10:00", "2026-01-10 03:20:00")
    assert statuses(reader) == {"slow": "RUNNING", "off": "ABORTED"}
    assert reader.page.get_attribute("#time", "aria-valuetext") == "2026-01-10 00:20:00 UTC"
    assert reader.page.locator("thead .axis text").all_text_contents() == axis
    assert HTTP.request("GET", f"{sfn.endpoint_url}/sfn-mock/clock").json() == {
        "now": "2026-01-10T00:20:00.000Z",
        "set": True,
        "tick": False,
    }


def test_time_by_keyboard(reader, orders):
    """The slider takes the arrow keys, one step each, and Home and End."""
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


def test_stepping_from_change_to_change(reader, orders):
    """Previous and Next lead to the moments at which an execution starts, stops or is redriven."""
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


def test_playing(reader, orders):
    """Play moves the clock step by step to the end, from the beginning if it is there already; Pause halts it."""
    reader.page.clock.install(time=0)
    reader.open("executions", arn=orders.arn)
    # From now on the page's timers wait for this test alone, however busy the machine is.
    reader.page.clock.pause_at(3_600_000)
    reader.page.press("#time", "End")
    until(reader, "2026-01-10 03:20:00")
    reader.page.click("#time-play")
    for clock in ("20", "30", "40"):
        until(reader, f"2026-01-08 23:{clock}:00")
        reader.page.clock.run_for(100)
    until(reader, "2026-01-08 23:50:00")
    playing = reader.page.get_attribute("#time-play", "aria-label")
    reader.page.click("#time-play")
    reader.page.wait_for_selector("#time-play[aria-label=Play]")
    reader.page.clock.run_for(10_000)

    assert playing == "Pause"
    assert (reader.text("#clock"), reader.rows()) == ("2026-01-08 23:50:00 UTC", [])
    reader.page.evaluate("document.getElementById('time').focus()")
    reader.page.press("#time", "End")
    reader.page.press("#time", "ArrowLeft")
    until(reader, "2026-01-10 03:10:00")
    reader.page.click("#time-play")
    until(reader, "2026-01-10 03:20:00")
    reader.page.wait_for_selector("#time-play[aria-label=Play]")


def test_where_the_time_cannot_be_moved(sfn, reader):
    """Without executions, and beside calls, there is no slider; a clock that a test has frozen is not moved."""
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


# --- Calls, clock, faults --------------------------------------------------------------------------------------------


def test_calls(sfn, reader, orders):
    """The calls of the code under test, newest first, with parameters and answer or error; one operation's alone."""
    client = boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)
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
    reader.page.click("text=Forget all")
    reader.page.wait_for_selector("text=No call has been made")
    assert list(sfn.calls) == []


def test_many_calls(sfn, reader, orders):
    """The newest hundred at first, and older ones when asked for."""
    client = boto3.client("stepfunctions")
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


def test_refreshing_keeps_what_the_reader_does(sfn, reader, orders):
    """A refresh shows what is new, and leaves alone what was unfolded, written or focused."""
    client = boto3.client("stepfunctions")
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
    HTTP.request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body='{"now": "2026-01-10T03:00:01Z"}')
    reader.page.focus("#clock-now")
    reader.page.evaluate("document.getElementById('refresh').click()")
    reader.page.wait_for_selector("text=2026-01-10 03:00:01")
    reader.wait()

    assert reader.page.input_value("#clock-now") == "2026-01-1"
    assert reader.page.is_checked("#clock-tick")
    assert reader.page.evaluate("document.activeElement.id") == "clock-now"
    assert len(reader.rows()) == 1


def test_auto_refresh(sfn, reader, orders):
    """Where it is switched on, which the URL tells, what happens appears by itself."""
    reader.page.clock.install()
    reader.open("executions", arn=orders.arn, status="FAILED")
    reader.click("text=Auto-refresh")
    switched_on = reader.hash()
    orders.executions[0].fail()
    reader.page.clock.run_for(2000)
    reader.page.wait_for_selector("text=night")
    reader.click("text=Auto-refresh")

    assert switched_on == f"#/executions?arn={orders.arn}&status=FAILED&live=1"
    assert reader.hash() == f"#/executions?arn={orders.arn}&status=FAILED"
    assert [row[0] for row in reader.rows()] == ["night", "bad"]


def test_clock(sfn, reader, orders):
    """The clock is set to a date or by a length of time, advanced and let go; what it cannot show is said."""
    reader.open("controls")

    def told():
        return reader.text("#clock"), reader.texts("dd")[1]

    assert told() == ("2026-01-10 03:00:00 UTC", "stands still")
    reader.page.click("text=Advance by 1 hour")
    reader.page.wait_for_selector("#clock:has-text('2026-01-10 04:00:00')")
    reader.page.fill("#clock-now", "yesterday")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("#problem:visible")
    assert reader.text("#problem") == (
        "now must be ISO 8601 text like '2026-01-10T02:00:00Z', or a time from now like '-2h', '+5m' or 'now', "
        "got 'yesterday'"
    )
    reader.page.fill("#clock-now", "2026-01-10T02:10:00.250Z")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("#clock:has-text('2026-01-10 02:10:00.250 UTC')")
    assert not reader.page.is_visible("#problem")
    reader.page.check("#clock-tick")
    reader.page.fill("#clock-now", "-1d")
    reader.page.click("#set-clock button")
    reader.page.wait_for_selector("dd:has-text('was set, and goes on')")
    assert told()[0].startswith("2026-01-09 02:10:0")
    reader.page.click("text=Back to the machine's time")
    reader.page.wait_for_selector('dd:has-text("is the machine\'s")')
    assert reader.page.is_disabled("#clock-free")


def test_faults(sfn, reader, orders):
    """Faults are added, listed with what they have struck, and cleared; the page's own calls are spared."""
    client = boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)
    reader.open("controls")
    assert reader.text("section:nth-of-type(2) p") == "Nothing goes wrong."
    reader.page.fill("#fault-operation", "ListExecution")
    reader.page.fill("#fault-error", "AccessDeniedException")
    reader.page.click("#add-fault >> text=Add")
    reader.page.wait_for_selector("#problem:visible")
    assert "ListExecution" in reader.text("#problem")
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
    reader.page.wait_for_selector("text=Nothing goes wrong.")
    assert list(sfn._session.faults) == []


def test_reset(sfn, reader, orders):
    """A reset asks first."""
    reader.open("controls")
    reader.page.click("#reset")
    question = reader.text("dialog h2"), reader.text("dialog p")
    reader.page.click("text=Keep them")
    kept = len(sfn.state_machines)
    reader.page.click("#reset")
    reader.page.click("#reset-yes")
    reader.page.wait_for_selector("#place:has-text('(0 executions)')", state="attached")

    assert question == (
        "Reset the server?",
        "State machines, executions, calls and faults are gone then, in all accounts and regions.",
    )
    assert (kept, sfn.state_machines) == (1, [])


def test_a_server_that_is_gone(browser):
    """When the server has stopped, what was shown stays, and the page says so."""
    with browser.new_context() as context:
        with sfn_mock.server() as sfn:
            sfn.add_state_machine("orders")
            reader = Reader(sfn, context.new_page())
            reader.open()
        reader.click("#refresh")

        assert reader.text("#connection") == "The server does not answer. What is shown is what it last said."
        assert [row[0] for row in reader.rows()] == ["orders"]


# --- For everybody ---------------------------------------------------------------------------------------------------

ONE_STATE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
HOSTILE = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"""


def test_markup_is_text(sfn, reader):
    """Whatever is markup in names, inputs, errors, calls and URLs is shown letter by letter."""
    orders = sfn.add_state_machine("orders", definition=json.dumps({"Comment": HOSTILE, **ONE_STATE}))
    run = orders.add_execution("a", status="FAILED", input=json.dumps(HOSTILE), error=HOSTILE, cause=HOSTILE)
    client = boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)
    with pytest.raises(client.exceptions.InvalidName):
        client.start_execution(stateMachineArn=orders.arn, name=HOSTILE[:80])
    sfn.add_fault("ListExecutions", error="ThrottlingException", message=HOSTILE)
    views = {
        ("executions", orders.arn): 1,  # the definition, folded
        ("execution", run.arn): 5,  # input, error, cause, and the latter in the history
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


WHERE = {
    "state machines": ("machines", lambda orders: None),
    "executions": ("executions", lambda orders: orders.arn),
    "execution": ("execution", lambda orders: orders.executions[0].arn),
    "map run": ("map-run", lambda orders: orders.executions[0].map_runs[0].arn),
    "children": ("executions", lambda orders: orders.executions[0].map_runs[0].arn),
    "calls": ("calls", lambda orders: None),
    "controls": ("controls", lambda orders: None),
}

#: The least contrast of any text with what is behind it.
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1010, 1400])
def test_it_is_readable(sfn, browser, orders, width, scheme):
    """On a narrow screen and a wide one, in either colour scheme: nothing sticks out, and texts stand out."""
    batches = orders.executions[0].add_map_run("Batches", start_date="2026-01-10T02:00:00Z")
    batches.add_execution("w" * 80, status="PENDING_REDRIVE", start_date="2026-01-10T02:00:00Z", item_count=25)
    client = boto3.client("stepfunctions")
    client.start_execution(stateMachineArn=orders.arn, name="n" * 80, input=json.dumps("i" * 500))
    sfn.add_fault("ListExecutions", error="ThrottlingException", message="m" * 200)
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        reader = Reader(sfn, context.new_page())
        backgrounds = set()
        for view, arn in WHERE.values():
            reader.open(view, **({"arn": arn(orders)} if arn(orders) else {}))
            assert reader.page.evaluate("document.documentElement.scrollWidth") == width, view
            assert reader.page.evaluate(CONTRAST) >= 4.5, view
            backgrounds.add(reader.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert backgrounds == {{"light": "rgb(246, 247, 249)", "dark": "rgb(18, 21, 28)"}[scheme]}


def test_by_keyboard(sfn, reader, orders):
    """A reader without a mouse gets everywhere, and is told where."""
    reader.open()
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


# --- What is written about it ----------------------------------------------------------------------------------------

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)\s]+)\)", (DOCS / "page.md").read_text(encoding="utf-8")))
def test_its_description_leads_somewhere(target):
    """Each picture and link of docs/page.md is there, and no picture is larger than it needs to be."""
    path = DOCS / target

    assert path.exists()
    assert path.suffix != ".png" or path.stat().st_size < 150_000
