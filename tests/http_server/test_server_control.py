"""The routes under /sfn-mock/, and which requests are allowed."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import boto3
import pytest
import time_machine
import urllib3
from botocore.config import Config
from freezegun import freeze_time

import sfn_mock
from sfn_mock import SeedWarning

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:orders"


@pytest.fixture
def ask(sfn):
    """Send a request to a control route, and return status and JSON of the answer."""
    pool = urllib3.PoolManager(retries=False)

    def ask(method, route, body=None, headers=None):
        if not isinstance(body, str | bytes | None):
            body = json.dumps(body)
        answer = pool.request(method, f"{sfn.endpoint_url}{route}", body=body, headers=headers or {})
        return answer.status, answer.json()

    return ask


def started(client, **arguments):
    return client.start_execution(stateMachineArn=MACHINE, **arguments)["startDate"]


# --- Seeds -------------------------------------------------------------------------------------------------------


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            '{"state_machines": [{"name": "orders", "executions": [{"name": "a", "status": "FAILED"}]}]}', id="JSON"
        ),
        pytest.param("state_machines: [{name: orders, executions: [{name: a, status: FAILED}]}]", id="YAML"),
    ],
)
def test_seed(ask, client, body):
    """A seed document may be JSON or YAML, and the answer has its state machines."""
    assert ask("POST", "/sfn-mock/seed", body) == (200, {"state_machines": [MACHINE], "warnings": []})

    [run] = client.list_executions(stateMachineArn=MACHINE)["executions"]
    assert (run["name"], run["status"]) == ("a", "FAILED")


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda item: {"executions": [item]}, id="list-executions"),
        pytest.param(lambda item: [item], id="its items"),
        pytest.param(lambda item: item, id="describe-execution"),
    ],
)
def test_seed_output_of_the_cli(ask, wrap):
    """The route for seed documents accepts output of the AWS CLI, and answers its executions."""
    item = {
        "executionArn": f"{EXECUTION}:a",
        "stateMachineArn": MACHINE,
        "name": "a",
        "status": "RUNNING",
        "startDate": "2026-01-10T02:00:00Z",
    }

    assert ask("POST", "/sfn-mock/seed", wrap(item)) == (200, {"executions": [f"{EXECUTION}:a"], "warnings": []})


@freeze_time("2026-01-10 03:00:00")
def test_seed_warnings_are_shown(ask):
    """The answer has the warnings that a test would get."""
    soon = {"name": "a", "status": "RUNNING", "start_date": "+1h"}
    _, answer = ask("POST", "/sfn-mock/seed", {"state_machines": [{"name": "orders", "executions": [soon]}]})

    assert answer["warnings"] == [
        "start_date 2026-01-10T04:00:00.000Z is after now: the execution is not listed until the clock reaches it."
    ]


@freeze_time("2026-01-10 03:00:00")
def test_load(ask, client):
    """Output of the AWS CLI is loaded as by sfn.load."""
    item = {
        "executionArn": f"{EXECUTION}:a",
        "stateMachineArn": MACHINE,
        "name": "a",
        "status": "SUCCEEDED",
        "startDate": "2026-01-10T01:00:00+00:00",
        "stopDate": "2026-01-10T02:00:00+00:00",
        "redriveCount": 0,
    }

    assert ask("POST", "/sfn-mock/load", {"executions": [item]}) == (
        200,
        {"executions": [f"{EXECUTION}:a"], "warnings": []},
    )
    [run] = client.list_executions(stateMachineArn=MACHINE)["executions"]
    assert run["stopDate"] == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)


def test_reset(sfn, ask, client):
    """After a reset there are no executions, faults or calls; the clock does not change."""
    sfn.add_state_machine("orders")
    sfn.add_fault("ListExecutions", error="ThrottlingException")
    ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})

    assert ask("POST", "/sfn-mock/reset") == (200, {})
    assert client.list_state_machines()["stateMachines"] == []
    assert ask("GET", "/sfn-mock/faults") == (200, [])
    assert ask("GET", "/sfn-mock/clock")[1]["now"] == "2026-01-10T02:00:00.000Z"


# --- Ends of executions --------------------------------------------------------------------------------------------


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize(
    ("end", "described"),
    [
        pytest.param({"status": "SUCCEEDED", "output": {"ok": True}}, {"output": '{"ok":true}'}, id="SUCCEEDED"),
        pytest.param(
            {"status": "FAILED", "error": "Out", "cause": "of stock", "failed_in": "Pass"},
            {"error": "Out", "cause": "of stock"},
            id="FAILED",
        ),
        pytest.param({"status": "TIMED_OUT"}, {}, id="TIMED_OUT"),
        pytest.param({"status": "ABORTED", "error": "Why"}, {"error": "Why"}, id="ABORTED"),
    ],
)
def test_end(ask, sfn, client, end, described):
    """A running execution ends now."""
    run = sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date="-1h")
    ended = ask("POST", "/sfn-mock/end", {"execution": run.arn, **end})
    answer = client.describe_execution(executionArn=run.arn)

    assert ended == (200, {"execution": run.arn, "status": end["status"]})
    assert answer["status"] == end["status"]
    assert answer["stopDate"] == datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
    assert {name: answer[name] for name in ("output", "error", "cause") if name in answer} == described


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize(
    ("end", "message"),
    [
        pytest.param(
            {},
            'status must be given: send {"execution": "arn:aws:states:...", "status": "ABORTED"}.',
            id="no status",
        ),
        pytest.param(
            {"status": "DONE"}, "status must be one of SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'", id="status"
        ),
        pytest.param(
            {"status": "FAILED", "execution": f"{EXECUTION}:b"},
            f"No execution '{EXECUTION}:b'. Did you mean '{EXECUTION}:a'? Known: {EXECUTION}:a.",
            id="unknown",
        ),
        pytest.param(
            {"status": "TIMED_OUT"},
            f"{EXECUTION}:a cannot be made TIMED_OUT: it is SUCCEEDED, and only a RUNNING execution can end.",
            id="not running",
        ),
        pytest.param(
            {"status": "SUCCEEDED", "error": "Out"},
            "error must be left out unless the status is FAILED or ABORTED, got it with SUCCEEDED",
            id="error",
        ),
        pytest.param(
            {"status": "FAILED", "reason": "Out"},
            "Unknown member 'reason' of /sfn-mock/end. Known: execution, status, output, error, cause, failed_in.",
            id="unknown member",
        ),
    ],
)
def test_end_that_is_refused(ask, sfn, end, message):
    """An execution that is not RUNNING, or a wrong status, is refused with one sentence."""
    run = sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date="-1h")
    if end.get("status") == "TIMED_OUT":
        run.succeed()

    assert ask("POST", "/sfn-mock/end", {"execution": run.arn, **end}) == (400, {"message": message})


def test_end_of_no_execution(ask):
    """A request without the execution says that it must be given."""
    assert ask("POST", "/sfn-mock/end", {"status": "ABORTED"}) == (
        400,
        {"message": 'execution must be given: send {"execution": "arn:aws:states:...", "status": "ABORTED"}.'},
    )


# --- The clock ---------------------------------------------------------------------------------------------------


def test_clock_that_was_set_does_not_move(sfn, ask, client):
    """A clock that was set does not move until it is set again, also for tests in the same process."""
    orders = sfn.add_state_machine("orders")
    answer = ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})
    run = orders.add_execution("a", status="SUCCEEDED", duration=timedelta(minutes=5))

    assert answer == (200, {"now": "2026-01-10T02:00:00.000Z", "set": True, "tick": False})
    assert run.start_date == started(client) == started(client) == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)
    assert run.status == "RUNNING"
    assert ask("PUT", "/sfn-mock/clock", {"now": "+5m"})[1]["now"] == "2026-01-10T02:05:00.000Z"
    assert run.status == "SUCCEEDED"


def test_clock_is_given_back(ask):
    """After DELETE the clock is the machine's again."""
    ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})
    before = datetime.now(timezone.utc)
    _, answer = ask("DELETE", "/sfn-mock/clock")
    shown = datetime.fromisoformat(answer.pop("now").replace("Z", "+00:00"))

    assert answer == {"set": False, "tick": True}
    assert before - timedelta(milliseconds=1) <= shown <= datetime.now(timezone.utc)


def test_clock_ticks(ask, monkeypatch):
    """With tick the clock runs on from its date."""
    machines_time = 1_000_000_000_000
    monkeypatch.setattr("time.time_ns", lambda: machines_time)
    answer = ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z", "tick": True})
    machines_time += 1_500_000_000

    assert answer == (200, {"now": "2026-01-10T02:00:00.000Z", "set": True, "tick": True})
    assert ask("GET", "/sfn-mock/clock")[1]["now"] == "2026-01-10T02:00:01.500Z"


def test_clock_of_an_outer_server(ask):
    """The end of an inner server restores the clock of the outer one."""
    ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})
    with sfn_mock.server() as inner:
        urllib3.PoolManager().request("PUT", f"{inner.endpoint_url}/sfn-mock/clock", body='{"now": "2026-02-20"}')

    assert ask("GET", "/sfn-mock/clock")[1]["now"] == "2026-01-10T02:00:00.000Z"


def test_clock_ends_with_the_server(sfn_executions):
    """After the end of the server the clock is the machine's again."""
    with sfn_mock.server() as sfn:
        urllib3.PoolManager().request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body='{"now": "2026-01-10"}')
        then = sfn.add_state_machine("orders").creation_date

    assert then == datetime(2026, 1, 10, tzinfo=timezone.utc)
    assert sfn_executions.add_state_machine("others").creation_date > then + timedelta(days=1)


@pytest.mark.parametrize("travel", [freeze_time, time_machine.travel])
def test_clock_of_a_test_has_priority(ask, client, sfn, travel):
    """While freezegun or time-machine controls the time, it is shown, and cannot be set."""
    sfn.add_state_machine("orders")
    ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})
    with travel(datetime(2025, 1, 1, tzinfo=timezone.utc)):
        first = started(client)
        refused = ask("PUT", "/sfn-mock/clock", {"now": "2026-01-10T03:00:00Z"})

    assert first.year == 2025
    assert started(client) == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)
    assert refused == (
        400,
        {"message": "cannot set the clock: the test has frozen it; move it with freezegun or time-machine instead."},
    )


# --- Faults ------------------------------------------------------------------------------------------------------


def test_faults(ask, sfn):
    """POST adds a fault like add_fault, GET shows how often each applied, DELETE removes all."""
    added = ask(
        "POST",
        "/sfn-mock/faults",
        {"operation": "list_state_machines", "error": "ThrottlingException", "times": None, "message": "Slower"},
    )
    client = boto3.client(
        "stepfunctions", endpoint_url=sfn.endpoint_url, config=Config(retries={"total_max_attempts": 1})
    )
    with pytest.raises(client.exceptions.ClientError, match="Slower"):
        client.list_state_machines()
    fault = {
        "operation": "ListStateMachines",
        "error": "ThrottlingException",
        "times": None,
        "skip": 0,
        "message": "Slower",
    }

    assert added == (200, {**fault, "count": 0})
    assert ask("GET", "/sfn-mock/faults") == (200, [{**fault, "count": 1}])
    assert ask("DELETE", "/sfn-mock/faults") == (200, {})
    assert client.list_state_machines()["stateMachines"] == []


# --- Calls -------------------------------------------------------------------------------------------------------


@freeze_time("2026-01-10 02:00:00")
def test_calls(ask, client, sfn):
    """GET shows the calls in order, of all operations or one; DELETE removes them."""
    sfn.add_state_machine("orders")
    client.start_execution(stateMachineArn=MACHINE, name="a")
    with pytest.raises(client.exceptions.InvalidArn):
        client.list_executions(stateMachineArn="nonsense")
    place = {"date": "2026-01-10T02:00:00.000Z", "account_id": "123456789012", "region": "us-east-1"}
    start = {
        "operation": "StartExecution",
        "parameters": {"stateMachineArn": MACHINE, "name": "a"},
        "response": {"executionArn": f"{EXECUTION}:a", "startDate": "2026-01-10T02:00:00.000Z"},
        "error": None,
        **place,
    }
    message = "Invalid Arn: 'Invalid ARN prefix: nonsense'"
    listing = {
        "operation": "ListExecutions",
        "parameters": {"stateMachineArn": "nonsense"},
        "response": {"Error": {"Message": message, "Code": "InvalidArn"}, "message": message},
        "error": "InvalidArn",
        **place,
    }

    assert ask("GET", "/sfn-mock/calls") == (200, [start, listing])
    assert ask("GET", "/sfn-mock/calls?operation=list_executions") == (200, [listing])
    assert ask("DELETE", "/sfn-mock/calls") == (200, {})
    assert ask("GET", "/sfn-mock/calls") == (200, [])


def test_call_whose_answer_was_dropped(ask, client, sfn, monkeypatch):
    """A call whose answer was dropped has null as its answer."""
    monkeypatch.setattr("sfn_mock.instruments.calls.KEPT_BYTES", 10_000)
    sfn.add_state_machine("orders").add_executions(10, status="RUNNING")
    for _ in range(2):
        client.list_executions(stateMachineArn=MACHINE)
    _, answer = ask("GET", "/sfn-mock/calls")

    assert [call["response"] is None for call in answer] == [True, False]
    assert [call["parameters"] for call in answer] == [{"stateMachineArn": MACHINE}] * 2


# --- Records and calls -------------------------------------------------------------------------------------------


@freeze_time("2026-01-10 02:00:00")
def test_info(ask, client, sfn):
    """GET shows version, account, time, and the numbers for each account and region."""
    orders = sfn.add_state_machine("orders")
    batch = orders.add_execution(status="RUNNING").add_map_run("Items")
    batch.add_executions(3, status="SUCCEEDED")
    sfn.add_state_machine("abroad", region="eu-central-1")
    client.create_activity(name="hand")
    sfn.add_fault("ListExecutions", error="ThrottlingException")
    place = {"account_id": "123456789012", "region": "us-east-1"}

    assert ask("GET", "/sfn-mock/info") == (
        200,
        {
            "version": sfn_mock.__version__,
            **place,
            "now": "2026-01-10T02:00:00.000Z",
            "places": [
                {**place, "state_machines": 1, "executions": 4, "map_runs": 1, "activities": 1},
                {
                    **place,
                    "region": "eu-central-1",
                    "state_machines": 1,
                    "executions": 0,
                    "map_runs": 0,
                    "activities": 0,
                },
            ],
            "calls": 1,
            "faults": 1,
        },
    )


# --- Refused requests --------------------------------------------------------------------------------------------

ROUTES = "info, seed, load, end, reset, clock, executions, copy, moments, graph, faults, calls"


@pytest.mark.parametrize(
    ("method", "route", "body", "status", "message"),
    [
        pytest.param(
            "GET",
            "nothing",
            None,
            404,
            f"Unknown path 'nothing' below /sfn-mock/. Known: {ROUTES}.",
            id="no such route",
        ),
        pytest.param("PUT", "info", None, 405, "/sfn-mock/info takes GET, not PUT.", id="wrong method"),
        pytest.param(
            "POST",
            "page/index.html",
            None,
            405,
            "/sfn-mock/page/index.html takes GET, not POST.",
            id="wrong method for the page",
        ),
        pytest.param("GET", "page/nothing.js", None, 404, "The page has no file 'nothing.js'.", id="no such file"),
        pytest.param(
            "GET", "page/..%2Fpage.py", None, 404, "The page has no file '../page.py'.", id="no file of the page"
        ),
        pytest.param("POST", "load", "{", 400, "body must be JSON.", id="no JSON"),
        pytest.param(
            "POST",
            "load",
            '"/etc/passwd"',
            400,
            "body must be the JSON that `aws stepfunctions list-executions` prints, got '/etc/passwd'.",
            id="a path to load",
        ),
        pytest.param(
            "POST",
            "load",
            "[7]",
            400,
            "Item 1: item must be an object with the members of an execution, got 7.",
            id="nothing to load",
        ),
        pytest.param(
            "POST",
            "seed",
            "/etc/passwd",
            400,
            "The document must be an object with 'state_machines', or what `aws stepfunctions list-executions`"
            " prints, got '/etc/passwd'",
            id="a path to seed",
        ),
        pytest.param("POST", "seed", b"\xff", 400, "body must be text in UTF-8.", id="no text"),
        pytest.param(
            "POST",
            "seed",
            "{",
            400,
            "invalid JSON in line 1, column 2: Expecting property name enclosed in double quotes.",
            id="no JSON to seed",
        ),
        pytest.param(
            "POST",
            "seed",
            '{"state_machines": [{"name": "a", "type": "FAST"}]}',
            400,
            "state_machines[0].type must be one of STANDARD, EXPRESS, got 'FAST'",
            id="a seed that cannot be",
        ),
        pytest.param(
            "PUT", "clock", "[]", 400, "body must be a JSON object with any of now, tick, got [].", id="no object"
        ),
        pytest.param(
            "PUT", "clock", "{}", 400, 'now must be given: send {"now": "2026-01-10T02:00:00Z"}.', id="no time"
        ),
        pytest.param(
            "PUT",
            "clock",
            '{"now": 7}',
            400,
            "now must be a datetime, a date, ISO 8601 text like '2026-01-10T02:00:00Z', or a timedelta from now like "
            "'-2h', '+5m' or 'now', got 7",
            id="a number for a time",
        ),
        pytest.param(
            "PUT", "clock", '{"now": "2026-01-10", "tick": 1}', 400, "tick must be true or false, got 1.", id="tick"
        ),
        pytest.param(
            "PUT",
            "clock",
            '{"time": "2026-01-10"}',
            400,
            "Unknown member 'time' of /sfn-mock/clock. Known: now, tick.",
            id="an unknown member",
        ),
        pytest.param(
            "POST",
            "faults",
            '{"operation": "ListExecutions"}',
            400,
            'error must be given: send {"operation": "ListExecutions", "error": "ThrottlingException"}.',
            id="a fault without an error",
        ),
        pytest.param(
            "POST",
            "faults",
            '{"operation": "ListExecutions", "error": "ReadTimeout", "times": 0}',
            400,
            "times must be an int >= 1, or None for all requests until remove(), got 0",
            id="fault that never applies",
        ),
        pytest.param("GET", "calls?operation=Nothing", None, 400, None, id="calls of no operation"),
        pytest.param(
            "GET",
            "calls?op=ListExecutions",
            None,
            400,
            "Unknown argument 'op' of /sfn-mock/calls. Known: operation.",
            id="calls of?",
        ),
    ],
)
def test_refused(ask, sfn, method, route, body, status, message):
    """A wrong request is one sentence, and changes nothing."""
    answer = ask(method, f"/sfn-mock/{route}", body)

    assert answer[0] == status
    assert list(answer[1]) == ["message"]
    assert message is None or answer[1]["message"] == message
    assert sfn.state_machines == []
    assert ask("GET", "/sfn-mock/clock")[1]["set"] is False


def test_seed_warnings_of_the_test_itself(ask, sfn):
    """A seed of the test itself warns the test."""
    with pytest.warns(SeedWarning, match="is after now"):
        sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date=timedelta(hours=1))


# --- The page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/", {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, id="as a browser asks"),
        pytest.param("/sfn-mock/page/index.html", {}, id="by its address"),
    ],
)
def test_page(sfn, path, headers):
    """A request for text/html at the root gets the page."""
    answer = urllib3.PoolManager().request("GET", f"{sfn.endpoint_url}{path}", headers=headers)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.data.startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        pytest.param("GET", {}, id="no browser"),
        pytest.param("POST", {"Accept": "text/html"}, id="no GET"),
    ],
)
def test_other_hosts_get_no_page(sfn, method, headers):
    """Any other request for the root is one to moto's S3."""
    answer = urllib3.PoolManager().request(method, f"{sfn.endpoint_url}/", headers=headers)

    assert re.search(rb"xmlns=|<Error>", answer.data)


@pytest.mark.parametrize(("number", "shown"), [("NaN", "NaN"), ("-1e999", "-Infinity")])
def test_call_with_a_number_that_json_lacks(ask, number, shown):
    """The list is valid JSON, whatever a client has sent."""
    ask("POST", "/", f'{{"maxResults": {number}}}', {"X-Amz-Target": "AWSStepFunctions.ListExecutions"})

    _, [call] = ask("GET", "/sfn-mock/calls")
    assert call["parameters"] == {"maxResults": shown}


# --- Requests of websites ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accept"), [("/sfn-mock/info", "*/*"), ("/sfn-mock/page/index.html", "*/*"), ("/", "text/html")]
)
@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        pytest.param("localhost:{port}", None, 200, id="no browser"),
        pytest.param("127.0.0.1:{port}", "http://127.0.0.1:{port}", 200, id="the page"),
        pytest.param("localhost:{port}", "http://localhost:{port}", 200, id="the page, by name"),
        pytest.param("[::1]:{port}", "http://[::1]:{port}", 200, id="the page, on IPv6"),
        pytest.param("x.localhost", None, 200, id="a name under localhost"),
        pytest.param("127.0.0.1:{port}", "https://example.com", 403, id="another site"),
        pytest.param("127.0.0.1:{port}", "http://127.0.0.1:3000", 403, id="another port"),
        pytest.param("127.0.0.1:{port}", "null", 403, id="a site without a name"),
        pytest.param("example.com:{port}", "http://example.com:{port}", 403, id="a name that leads here"),
        pytest.param("example.com", None, 403, id="a name that leads here, without an origin"),
        pytest.param("192.0.2.7:{port}", None, 403, id="another machine's address"),
        pytest.param("localhost.example.com", None, 403, id="a name that only looks like it"),
    ],
)
def test_origins_of_requests(sfn, path, accept, host, origin, status):
    """Programs and the server's page are allowed; other sites are not, whatever name they use."""
    port = sfn.endpoint_url.rpartition(":")[2]
    headers = {"Host": host.format(port=port), "Accept": accept}
    if origin is not None:
        headers["Origin"] = origin.format(port=port)
    answer = urllib3.PoolManager().request("GET", f"{sfn.endpoint_url}{path}", headers=headers)

    assert answer.status == status


def test_refusal_names_the_header(ask):
    """The refusal names the header."""
    assert ask("POST", "/sfn-mock/reset", headers={"Host": "example.com"}) == (
        403,
        {
            "message": "Host 'example.com' is not allowed: use localhost or 127.0.0.1, or start the server with "
            "allowed_hosts=['example.com'] in Python, or as sfn-mock-server --allow-host example.com."
        },
    )
    assert ask("POST", "/sfn-mock/reset", headers={"Host": "localhost", "Origin": "http://example.com"}) == (
        403,
        {
            "message": "Origin 'http://example.com' shows that another site sent this request: only the page of "
            "http://localhost, and programs other than browsers, may send it."
        },
    )


@pytest.mark.parametrize(
    ("method", "route"), [("POST", "seed"), ("POST", "end"), ("GET", "executions"), ("GET", "copy?as=yaml")]
)
def test_other_sites_cannot_use_control_routes(ask, sfn, method, route):
    """Other sites cannot seed, end, search or copy executions."""
    body = '{"state_machines": [{"name": "new"}]}' if method == "POST" else None
    status, _ = ask(method, f"/sfn-mock/{route}", body, headers={"Origin": "http://example.com"})

    assert (status, sfn.state_machines) == (403, [])


def test_other_sites_cannot_reset(ask, sfn):
    """Other sites cannot call moto's reset."""
    orders = sfn.add_state_machine("orders")
    status, _ = ask("POST", "/moto-api/reset", headers={"Origin": "http://example.com"})

    assert status == 403
    assert sfn.state_machines == [orders]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://example.com"}, id="another site"),
        pytest.param({"Host": "example.com"}, id="a name that leads here"),
    ],
)
def test_other_sites_cannot_call_motos_routes(ask, sfn, headers):
    """Other sites cannot call moto's own routes; programs can."""
    route = "/moto-api/data.json"

    assert ask("GET", route, headers=headers)[0] == 403
    assert urllib3.PoolManager().request("GET", f"{sfn.endpoint_url}{route}").status == 200


def test_other_sites_cannot_call_motos_services(sfn):
    """Other sites cannot call moto's services; programs can."""
    boto3.client("s3").create_bucket(Bucket="private")
    url, pool = f"{sfn.endpoint_url}/private", urllib3.PoolManager()

    assert pool.request("GET", url).status == 200
    assert pool.request("GET", url, headers={"Origin": "https://example.com"}).status == 403


@pytest.mark.parametrize(
    ("path", "site", "mode", "status"),
    [
        pytest.param("/moto-api/data.json", "same-origin", "cors", 200, id="the page itself"),
        pytest.param("/moto-api/data.json", "none", "navigate", 200, id="a typed address"),
        pytest.param("/moto-api/data.json", "cross-site", "no-cors", 403, id="an image of another site"),
        pytest.param("/moto-api/data.json", "same-site", "no-cors", 403, id="an image of another port"),
        pytest.param("/moto-api/data.json", "cross-site", "navigate", 403, id="a link to a route"),
        pytest.param("/?Action=CreateTopic&Name=a", "cross-site", "navigate", 403, id="a link that calls a service"),
        pytest.param("/", "cross-site", "no-cors", 403, id="an image of the page's address"),
        pytest.param("/", "cross-site", "navigate", 200, id="a link to the page"),
    ],
)
def test_browser_requests_without_an_origin(sfn, path, site, mode, status):
    """Images, scripts and links of other sites are refused; a link may open the page."""
    headers = {"Accept": "text/html", "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    answer = urllib3.PoolManager().request("GET", f"{sfn.endpoint_url}{path}", headers=headers)

    assert answer.status == status
    if status == 403:
        assert answer.json()["message"] == (
            f"Sec-Fetch-Site {site!r} shows that another site sent this request: only the page of {sfn.endpoint_url}, "
            "and programs other than browsers, may send it."
        )


@pytest.mark.parametrize(
    ("method", "path", "referer", "status"),
    [
        pytest.param("GET", "/moto-api/data.json", "{own}", 200, id="the page itself"),
        pytest.param("GET", "/moto-api/data.json", "{own}/", 200, id="the page itself, with its path"),
        pytest.param("GET", "/moto-api/data.json", "https://example.com/a", 403, id="an image of another site"),
        pytest.param("GET", "/moto-api/data.json", "{own}.example.com/", 403, id="a site that only looks like it"),
        pytest.param("POST", "/moto-api/reset", "https://example.com/a", 403, id="a form of another site"),
        pytest.param("POST", "/", "https://example.com/a", 403, id="a form that calls a service"),
        pytest.param(
            "GET", "/?Action=CreateTopic&Name=a", "https://example.com/", 403, id="a link that calls a service"
        ),
        pytest.param("GET", "/", "https://example.com/a", 200, id="a link to the page"),
    ],
)
def test_requests_of_an_older_browser(sfn, method, path, referer, status):
    """Without Sec-Fetch-Site, the Referer decides."""
    referer = referer.format(own=sfn.endpoint_url)
    headers = {"Accept": "text/html", "Referer": referer}
    answer = urllib3.PoolManager().request(method, f"{sfn.endpoint_url}{path}", headers=headers)

    assert answer.status == status
    if status == 403:
        assert answer.json()["message"] == (
            f"Referer {referer!r} shows that another site sent this request: only the page of {sfn.endpoint_url}, "
            "and programs other than browsers, may send it."
        )


def test_form_of_another_site(ask):
    """A form of another site that is sent to the page is refused."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert ask("POST", "/", headers=headers)[0] == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("sfn-mock:5000", 200, id="a name without a dot"),
        pytest.param("host.docker.internal:5000", 200, id="a private name"),
        pytest.param("192.0.2.7:5000", 200, id="an address"),
        pytest.param("[2001:db8::7]:5000", 200, id="an address of IPv6"),
        pytest.param("example.com:5000", 403, id="a name that a site may have"),
    ],
)
def test_names_of_a_network_are_allowed_on_all_addresses(host, status):
    """On all addresses, names of the network are allowed, but other sites are not."""
    with sfn_mock.server(host="0.0.0.0") as sfn:
        url = f"{sfn.endpoint_url}/sfn-mock/info"
        pool = urllib3.PoolManager()

        assert pool.request("GET", url, headers={"Host": host}).status == status
        assert pool.request("GET", url, headers={"Host": host, "Origin": "http://a:1"}).status == 403


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        pytest.param([], 403, id="none"),
        pytest.param(["other.example.com"], 403, id="another name"),
        pytest.param(["Mock.Example.com"], 200, id="that name"),
        pytest.param(("*",), 200, id="any name"),
    ],
)
def test_allowed_hosts(allowed, status):
    """An unknown host name is refused, for calls and routes, unless it is allowed."""
    with sfn_mock.server(allowed_hosts=allowed) as sfn:
        pool = urllib3.PoolManager()
        host = {"Host": "mock.example.com.:80"}
        call = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", **host}
        statuses = [
            pool.request("GET", f"{sfn.endpoint_url}/sfn-mock/info", headers=host).status,
            pool.request("GET", f"{sfn.endpoint_url}/moto-api/data.json", headers=host).status,
            pool.request("POST", sfn.endpoint_url, body="{}", headers=call).status,
        ]

    assert statuses == [status] * 3


def test_the_option_that_a_refused_name_needs(ask):
    """The refusal of a container's name says which option allows it."""
    refused = (403, {"message": NOT_ALLOWED})

    assert ask("GET", "/sfn-mock/info", headers={"Host": "sfn-mock:5000"}) == refused
    with sfn_mock.server(allowed_hosts=["sfn-mock"]) as sfn:
        url = f"{sfn.endpoint_url}/sfn-mock/info"

        assert urllib3.PoolManager().request("GET", url, headers={"Host": "sfn-mock:5000"}).status == 200


NOT_ALLOWED = (
    "Host 'sfn-mock:5000' is not allowed: use localhost or 127.0.0.1, or start the server with "
    "allowed_hosts=['sfn-mock'] in Python, or as sfn-mock-server --allow-host sfn-mock."
)


@pytest.mark.parametrize("allowed", ["mock.example.com", [1], None])
def test_invalid_allowed_hosts(allowed):
    """A wrong allowed_hosts is refused when the server is created."""
    with pytest.raises(ValueError) as error:
        sfn_mock.server(allowed_hosts=allowed)

    assert str(error.value) == (
        f"allowed_hosts must be a list of host names, such as ['mock.example.com'], got {allowed!r}."
    )


def test_hosts_of_aws_are_allowed(ask):
    """Hosts of AWS are allowed, because a site cannot have such a name."""
    headers = {"Host": "states.eu-west-1.amazonaws.com", "X-Amz-Target": "AWSStepFunctions.ListStateMachines"}

    assert ask("POST", "/", "{}", headers) == (200, {"stateMachines": []})


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://example.com"}, id="another site"),
        pytest.param({"Origin": "http://example.com", "Host": "example.com"}, id="a name that leads here"),
    ],
)
def test_other_sites_cannot_call_step_functions(ask, sfn, headers):
    """The preflight request of another site is refused."""
    call = {"X-Amz-Target": "AWSStepFunctions.CreateActivity", **headers}

    assert ask("POST", "/", {"name": "a"}, call)[0] == 403
    assert sfn.calls == []


# --- The graph of an execution -----------------------------------------------------------------------------------


@freeze_time("2026-01-10 03:00:00")
def test_graph(ask, sfn):
    """A STANDARD execution has a graph with its states; nothing else has one."""
    orders = sfn.add_state_machine("orders")
    run = orders.add_execution("a", status="SUCCEEDED")
    batches = orders.add_execution("b", status="RUNNING").add_map_run("Batches", execution_type="EXPRESS")
    child = batches.add_execution(status="SUCCEEDED")
    with pytest.warns(SeedWarning):
        later = orders.add_execution("c", status="RUNNING", start_date=timedelta(hours=1))
    sfn.add_state_machine("other", region="eu-central-1")
    status, answer = ask("GET", f"/sfn-mock/graph?execution={run.arn}")

    assert status == 200
    assert [(state["name"], state["status"], state["count"]) for state in answer["states"]] == [
        ("Pass", "SUCCEEDED", 1)
    ]
    for arn in (child.arn, later.arn, f"{run.arn}x", ""):
        assert ask("GET", f"/sfn-mock/graph?execution={arn}") == (
            400,
            {"message": f"execution must be the ARN of a STANDARD execution that has started, got {arn!r}."},
        )
    assert ask("GET", "/sfn-mock/graph") == (
        400,
        {"message": "execution must be given: the ARN of a STANDARD execution that has started."},
    )
