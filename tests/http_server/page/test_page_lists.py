"""The page's lists: state machines, executions, their pages and filters."""

from __future__ import annotations

from itertools import pairwise

import pytest
from page_reader import drag

#: The text of an empty cell.
NONE = "\N{EN DASH}"


def test_state_machines(sfn, reader):
    """The list has all state machines of the account and region, with their numbers and last start."""
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
    assert reader.text("caption") == "2 state machines in total"
    assert reader.rows() == [
        ["clicks", "EXPRESS", "ACTIVE", NONE, NONE, NONE, NONE, "2026-01-02 00:00:00"],
        [
            *["orders", "STANDARD", "ACTIVE", "5 in total 1 RUNNING 3 SUCCEEDED 1 FAILED", "2026-01-10 00:59:00"],
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
    """The date of the last start shows how long ago it was, in the largest unit."""
    sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date=start)
    reader.open()

    assert reader.text("td.last .ago") == words


def test_a_future_date(sfn, reader):
    """A future date shows in how much time it is."""
    sfn.add_state_machine("orders", creation_date="2026-01-12T04:00:00Z")
    reader.open()

    assert reader.texts("td .ago") == ["in 2 d"]


def test_many_executions(sfn, reader):
    """All executions of a machine are counted."""
    sfn.add_state_machine("orders").add_executions(1001, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.open()

    assert reader.text("td.tally") == "1,001 in total 1,001 SUCCEEDED"


def test_many_state_machines(sfn, reader):
    """Some are shown at first, more on request, and a filter finds a part of the name."""
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


def test_an_empty_list(sfn, reader):
    """An empty list says so, and shows how to seed."""
    reader.open()

    assert reader.texts(".empty > *") == [
        "There is no state machine in account 123456789012, region us-east-1. Seed some:",
        f"curl {sfn.endpoint_url}/sfn-mock/seed --data-binary @seeds.yaml",
        "Or paste seeds, start the server with --seed FILE, or choose another account and region above.",
    ]
    reader.click("text=paste seeds")
    assert reader.text("h1") == "Seed"


def test_missing_view(sfn, reader):
    """An unknown URL leads to the state machines."""
    sfn.add_state_machine("orders")
    reader.open("constructor")

    assert [row[0] for row in reader.rows()] == ["orders"]


def test_accounts_and_regions(sfn, reader):
    """Account and region are chosen at the top and part of the URL; an ARN has its own."""
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
    assert reader.text("#account-region option:checked") == "123456789012 eu-central-1 (1 execution)"
    assert (
        reader.page.evaluate("getComputedStyle(document.getElementById('account-region')).textOverflow") == "ellipsis"
    )
    reader.click("text=State machines >> nth=0")
    assert reader.hash() == "#/machines?at=123456789012/eu-central-1"


def test_executions(sfn, reader, orders):
    """Executions are shown as ListExecutions returns them: statuses in words, dates in UTC, durations, redrives."""
    reader.open("executions", arn=orders.arn)

    assert reader.text("caption") == "5 executions in total: 1 RUNNING, 1 SUCCEEDED, 1 FAILED, 1 TIMED_OUT, 1 ABORTED"
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
    """Error and cause are below the status, and are not requested again while the clock is dragged."""
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


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        pytest.param(
            '{"errorType":"Full","errorMessage":"No shelf is left."}', "Full: No shelf is left.", id="function"
        ),
        pytest.param('{"errorMessage":7}', 'Full: {"errorMessage":7}', id="another message"),
        pytest.param("null", "Full: null", id="null"),
        pytest.param("No {shelf", "Full: No {shelf", id="no JSON"),
        pytest.param(None, "Full", id="no cause"),
    ],
)
def test_the_reason_of_a_function(sfn, reader, cause, shown):
    """Of the cause that a Lambda function gives, the list has the message; the tip over it has all of the cause."""
    orders = sfn.add_state_machine("orders")
    orders.add_execution("worse", status="FAILED", error="Full", cause=cause)
    reader.open("executions", arn=orders.arn)
    reason = reader.page.locator("tbody .reason")

    assert reader.texts("tbody .reason") == [shown]
    assert reason.get_attribute("title") == ("Full" if cause is None else f"Full: {cause}")


def test_time_line(sfn, reader, orders):
    """Each bar goes from start to stop on one axis; a running one has an open end, and a redrive is marked."""
    reader.open("executions", arn=orders.arn)
    bars = [
        [
            (mark.evaluate("node => node.tagName"), mark.get_attribute("x"), mark.get_attribute("width"))
            for mark in bar.locator("rect:first-of-type, svg").all()
        ]
        for bar in reader.page.locator("tbody .bar").all()
    ]
    axis = reader.page.locator("thead .axis text").all_text_contents()

    # 27 hours are 94 of 100 parts, and 3 parts are free at each end.
    assert [[(tag, x, width and round(float(width[:-1]), 2)) for tag, x, width in marks] for marks in bars] == [
        [("rect", "90.037%", 5.22), ("svg", "93.519%", None)],
        [("rect", "93.519%", 3.48), ("svg", "97.000%", None)],
        [("rect", "90.037%", 0.0)],
        [("rect", "3.000%", 85.3)],
        [("rect", "83.074%", 0.29)],
    ]
    assert reader.text("thead .span") == "2026-01-09 00:00:00 to 2026-01-10 03:00:00 UTC"
    assert reader.texts("thead .whole") == ["2026-01-09 00:00:00", "2026-01-10 03:00:00 UTC"]
    assert axis == ["9 Jan", "06:00", "12:00", "18:00", "10 Jan"]


def test_definition_of_a_list(sfn, reader, orders):
    """The definition of a state machine is above its executions, under a heading that says so."""
    reader.open("executions", arn=orders.arn)
    reader.page.click("text=Definition and role (STANDARD, ACTIVE)")

    assert reader.text("#definition pre").startswith('{ "StartAt": ')


def test_filter_by_status(sfn, reader, orders):
    """The status filter is that of ListExecutions, and part of the URL; Back undoes it."""
    reader.open("executions", arn=orders.arn)
    reader.choose("Status", "FAILED")
    filtered = [row[0] for row in reader.rows()], reader.hash(), reader.page.evaluate("document.activeElement.id")
    reader.page.go_back()
    reader.wait()

    assert filtered == (["bad"], f"#/executions?arn={orders.arn}&status=FAILED", "status")
    assert (len(reader.rows()), reader.page.input_value("#status")) == (5, "")


def test_version_and_alias(sfn, reader, orders):
    """The list of a version or alias has only its executions."""
    reader.open("executions", arn=orders.arn)
    options = reader.texts("#scope option")
    reader.choose("Started through", "Alias live (version 1)")

    assert options == ["All executions", "Version 1", "Alias live (version 1)"]
    assert [row[0] for row in reader.rows()] == ["night"]
    assert reader.hash() == f"#/executions?arn={orders.arn}:live"


def test_pages(sfn, reader, client):
    """Next, Previous and First use AWS's page tokens, and a link leads to its page."""
    orders = sfn.add_state_machine("orders")
    orders.add_executions(250, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.open("executions", arn=orders.arn)

    def shown():
        rows = reader.rows()
        return rows[0][0], rows[-1][0], reader.text("#page-words")

    assert reader.text("caption") == "250 executions in total: 250 SUCCEEDED; 100 on this page"
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
    token = client.list_executions(stateMachineArn=orders.arn)["nextToken"]
    reader.open("executions", arn=orders.arn, token=token, page="2")
    assert shown() == ("execution-149", "execution-50", "Page 2, more follow")
    assert reader.page.is_disabled("#page-previous")
    reader.open("executions", arn=orders.arn, token="too-old", page="2")
    assert reader.texts("main .problem, #page-words") == ["InvalidToken Invalid Token: 'Invalid token'", "Page 2"]
    reader.click("#page-first")
    assert shown() == ("execution-249", "execution-150", "Page 1, more follow")


def test_search(sfn, reader):
    """A part of the name finds executions of all pages, in any case, together with the other filters."""
    orders = sfn.add_state_machine("orders")
    orders.add_executions(250, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z", name="Order-{index}")
    orders.add_execution("order-24-bad", status="FAILED", start_date="2026-01-09T00:00:00Z", error="Out")
    reader.open("executions", arn=orders.arn, size="10")
    reader.page.fill("#name", "oRDER-24")
    reader.page.press("#name", "Enter")
    reader.wait()
    first = reader.text("caption"), [row[0] for row in reader.rows()], reader.hash()
    reader.click("#page-next")
    second = reader.text("#page-words"), [row[:2] for row in reader.rows()]
    reader.choose("Status", "SUCCEEDED")
    succeeded = reader.text("caption")
    reader.page.fill("#name", "nobody")
    reader.page.press("#name", "Enter")
    reader.wait()
    nobody = reader.text(".empty")
    reader.click("#show-all")
    everything = reader.text("caption"), reader.page.input_value("#name"), reader.hash()

    assert first == (
        "12 of 251 executions: 11 SUCCEEDED, 1 FAILED; 10 on this page",
        [f"Order-{index}" for index in range(249, 239, -1)],
        f"#/executions?arn={orders.arn}&size=10&name=oRDER-24",
    )
    assert second == ("Page 2, the last", [["Order-24", "SUCCEEDED"], ["order-24-bad", "FAILED Out"]])
    assert succeeded == "11 of 251 executions: 11 SUCCEEDED; 10 on this page"
    assert nobody == "None of 251 executions matches."
    assert everything == (
        "251 executions in total: 250 SUCCEEDED, 1 FAILED; 10 on this page",
        "",
        f"#/executions?arn={orders.arn}&size=10",
    )


def test_search_that_is_refused(sfn, reader, orders):
    """AWS's error about a filter is shown in a search too."""
    reader.open("executions", arn=orders.arn, name="a", status="PENDING_REDRIVE")

    assert reader.texts("main .problem") == [
        "ValidationException: The PENDING_REDRIVE status filter requires a MapRun ARN"
    ]


def test_no_executions(sfn, reader):
    """An empty list shows the command that starts an execution."""
    orders = sfn.add_state_machine("orders")
    reader.open("executions", arn=orders.arn)

    assert reader.texts(".empty > *") == [
        "No execution has started yet. Start one:",
        f"aws stepfunctions start-execution --endpoint-url {sfn.endpoint_url} --state-machine-arn {orders.arn}",
    ]


def test_no_child_executions(sfn, reader, orders):
    """A map run without children says so."""
    batches = orders.executions[0].add_map_run("Batches")
    reader.open("executions", arn=batches.arn)

    assert reader.text(".empty") == "The map run has no child execution by 2026-01-10 03:00:00 UTC."


@pytest.mark.parametrize("width", [360, 1280])
def test_the_table_head_stays_visible(sfn, reader, width):
    """While the reader scrolls, the table's head stays below the bar of time."""
    orders = sfn.add_state_machine("orders")
    orders.add_executions(100, status="SUCCEEDED", start_date="2026-01-10T00:00:00Z")
    reader.page.set_viewport_size({"width": width, "height": 600})
    reader.open("executions", arn=orders.arn)
    reader.page.evaluate("scrollTo(0, 2000)")
    bar, head, axis, texts = reader.page.evaluate(
        """() => {
          const box = (node) => node.getBoundingClientRect().toJSON();
          const all = [...document.querySelectorAll("thead .axis text")].filter((node) => node.checkVisibility());
          return [box(document.getElementById("scrubber")), box(document.querySelector("thead th.line")),
            box(document.querySelector("thead .axis")), all.map(box)];
        }"""
    )

    assert bar["top"] == 0
    assert head["top"] == pytest.approx(bar["bottom"], abs=1)
    assert len(texts) >= 2
    assert min(text["left"] for text in texts) >= axis["left"]
    assert max(text["right"] for text in texts) <= axis["right"]
    assert all(one["right"] < other["left"] for one, other in pairwise(texts))


def test_errors_are_awss(sfn, reader, orders):
    """AWS's error is shown with code and sentence, and the filter can be changed."""
    reader.open("executions", arn=orders.arn, status="PENDING_REDRIVE")
    refused = reader.text("main .problem")
    reader.choose("Status", "RUNNING")

    assert refused == "ValidationException The PENDING_REDRIVE status filter requires a MapRun ARN"
    assert [row[0] for row in reader.rows()] == ["night"]
    for view, arn, sentence in [
        ("executions", f"{orders.arn}x", f"StateMachineDoesNotExist State Machine Does Not Exist: '{orders.arn}x'"),
        ("executions", "nonsense", "InvalidArn Invalid Arn: 'Invalid ARN prefix: nonsense'"),
        ("map-run", "nonsense", "InvalidArn Invalid Arn: 'Invalid ARN prefix: nonsense'"),
    ]:
        reader.open(view, arn=arn)
        assert reader.texts("main .problem") == [sentence]
    reader.open("execution", arn=orders.arn.replace("stateMachine", "execution") + ":nobody")
    assert reader.texts("main .problem") == [
        "ExecutionDoesNotExist Execution Does Not Exist: "
        "'arn:aws:states:us-east-1:123456789012:execution:orders:nobody'"
    ]
