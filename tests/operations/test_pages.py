"""ListExecutions' pages and page tokens."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import boto3
import pytest

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


def names(page) -> list[str]:
    return [execution["name"] for execution in page["executions"]]


def walk(client, **arguments):
    """Every page from the first to the last."""
    page = client.list_executions(**arguments)
    yield page
    while "nextToken" in page:
        page = client.list_executions(**arguments, nextToken=page["nextToken"])
        yield page


# --- Sizes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        pytest.param({}, 100, id="default"),
        pytest.param({"maxResults": 0}, 100, id="0 means default"),
        pytest.param({"maxResults": 1}, 1, id="least"),
        pytest.param({"maxResults": 1000}, 1000, id="most"),
    ],
)
def test_page_size(client, orders, arguments, size):
    """A page has maxResults executions, by default 100."""
    orders.add_executions(1001, status="SUCCEEDED")

    page = client.list_executions(stateMachineArn=MACHINE, **arguments)

    assert len(page["executions"]) == size
    assert "nextToken" in page


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        pytest.param(0, [0], id="nothing"),
        pytest.param(9, [9], id="less than a page"),
        pytest.param(10, [10], id="exactly one page"),
        pytest.param(11, [10, 1], id="one more"),
        pytest.param(20, [10, 10], id="two full pages"),
    ],
)
def test_full_last_page_has_no_token(client, orders, count, sizes):
    """The last page has no token, even if it is full."""
    orders.add_executions(count, status="SUCCEEDED")

    pages = list(walk(client, stateMachineArn=MACHINE, maxResults=10))

    assert [len(page["executions"]) for page in pages] == sizes


def test_walk_shows_each_execution_once_in_order(client, orders):
    """All pages together have each execution once, in order."""
    orders.add_executions(95, status="SUCCEEDED")

    shown = [name for page in walk(client, stateMachineArn=MACHINE, maxResults=7) for name in names(page)]

    assert shown == [f"execution-{index}" for index in reversed(range(95))]


def test_boto3_paginator_agrees_with_single_calls(client, orders):
    """boto3's paginator gets the same executions as single calls."""
    orders.add_executions(25, status="SUCCEEDED")
    paginator = client.get_paginator("list_executions")

    pages = paginator.paginate(stateMachineArn=MACHINE, PaginationConfig={"PageSize": 10, "MaxItems": 21})

    assert [len(page["executions"]) for page in pages] == [10, 10, 1]


def test_page_size_may_change_between_pages(client, orders):
    """maxResults may differ from page to page: 10 of 13, then the other 3, without a token."""
    orders.add_executions(13, status="SUCCEEDED")
    first = client.list_executions(stateMachineArn=MACHINE, maxResults=10)

    second = client.list_executions(stateMachineArn=MACHINE, maxResults=3, nextToken=first["nextToken"])

    assert names(second) == ["execution-2", "execution-1", "execution-0"]
    assert "nextToken" not in second


def test_page_ends_between_equal_dates(client, orders):
    """A page may end between executions with equal dates, and the next page continues there."""
    orders.add_executions(10, status="SUCCEEDED", interval=timedelta(0))

    shown = [name for page in walk(client, stateMachineArn=MACHINE, maxResults=3) for name in names(page)]

    assert shown == [f"execution-{index}" for index in reversed(range(10))]


# --- Tokens ----------------------------------------------------------------------------------------------------


def test_each_answer_gives_a_new_token(client, orders):
    """Two equal calls get different tokens."""
    orders.add_executions(3, status="SUCCEEDED")

    tokens = {client.list_executions(stateMachineArn=MACHINE, maxResults=1)["nextToken"] for _ in range(5)}

    assert len(tokens) == 5


def test_older_token_gives_its_page_again(client, orders):
    """An older token for a page gives that page again."""
    orders.add_executions(30, status="SUCCEEDED")
    token = client.list_executions(stateMachineArn=MACHINE, maxResults=10)["nextToken"]
    second = client.list_executions(stateMachineArn=MACHINE, maxResults=10, nextToken=token)
    client.list_executions(stateMachineArn=MACHINE, maxResults=10, nextToken=second["nextToken"])

    again = client.list_executions(stateMachineArn=MACHINE, maxResults=10, nextToken=token)

    assert names(again) == names(second)


@pytest.mark.parametrize(
    ("age", "alive"),
    [
        pytest.param(timedelta(hours=24) - timedelta(milliseconds=1), True, id="just under 24 hours"),
        pytest.param(timedelta(hours=24), False, id="24 hours"),
        pytest.param(timedelta(hours=-1), True, id="clock moved back"),
    ],
)
def test_token_expires_after_24_hours(client, orders, clock, age, alive):
    """A token is invalid after 24 hours."""
    orders.add_executions(3, status="SUCCEEDED", start_date=NOW - timedelta(days=1))
    token = client.list_executions(stateMachineArn=MACHINE, maxResults=1)["nextToken"]
    clock.move_to(NOW + age)

    if alive:
        assert names(client.list_executions(stateMachineArn=MACHINE, nextToken=token)) == ["execution-1", "execution-0"]
    else:
        with pytest.raises(client.exceptions.InvalidToken, match="Invalid Token: 'Invalid token'"):
            client.list_executions(stateMachineArn=MACHINE, nextToken=token)


def test_24_hours_of_a_token_count_from_its_page(client, orders, clock):
    """The 24 hours of a token count from its own page."""
    orders.add_executions(3, status="SUCCEEDED")
    first = client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    clock.tick(timedelta(hours=23))
    second = client.list_executions(stateMachineArn=MACHINE, maxResults=1, nextToken=first["nextToken"])
    clock.tick(timedelta(hours=23))

    third = client.list_executions(stateMachineArn=MACHINE, maxResults=1, nextToken=second["nextToken"])

    assert names(third) == ["execution-0"]


@pytest.fixture
def token(client, orders):
    """A token for a list of FAILED executions."""
    orders.publish_version()
    orders.add_executions(3, status="FAILED", version=1)
    return client.list_executions(stateMachineArn=MACHINE, statusFilter="FAILED", maxResults=1)["nextToken"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"stateMachineArn": MACHINE}, id="status filter left out"),
        pytest.param({"stateMachineArn": MACHINE, "statusFilter": "ABORTED"}, id="another status filter"),
        pytest.param({"stateMachineArn": f"{MACHINE}:1", "statusFilter": "FAILED"}, id="another ARN"),
    ],
)
def test_token_is_tied_to_arn_and_filters(client, token, arguments):
    """A token is valid only with the same ARN and filters; maxResults may differ."""
    with pytest.raises(client.exceptions.InvalidToken, match="Invalid Token: 'Invalid token'"):
        client.list_executions(**arguments, nextToken=token)


def test_token_is_tied_to_the_machine_not_to_its_name(client, sfn_executions, token):
    """A token of a deleted machine is not valid for a new machine of its name."""
    client.delete_state_machine(stateMachineArn=MACHINE)
    sfn_executions.add_state_machine("orders").add_executions(3, status="FAILED")

    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=MACHINE, statusFilter="FAILED", nextToken=token)


def test_token_is_tied_to_region(client, sfn_executions, token):
    """A token is not valid in another region."""
    sfn_executions.add_state_machine("orders", region="eu-west-1").add_executions(3, status="FAILED")
    abroad = boto3.client("stepfunctions", "eu-west-1")

    with pytest.raises(abroad.exceptions.InvalidToken):
        abroad.list_executions(
            stateMachineArn=MACHINE.replace("us-east-1", "eu-west-1"), statusFilter="FAILED", nextToken=token
        )


def test_reset_makes_tokens_invalid(client, sfn_executions, token):
    """A token is not valid after a reset."""
    sfn_executions.reset()
    sfn_executions.add_state_machine("orders").add_executions(3, status="FAILED")

    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=MACHINE, statusFilter="FAILED", nextToken=token)


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param("x", id="a letter"),
        pytest.param("not a token", id="words"),
        pytest.param("ey%%%J9", id="no base64"),
        pytest.param("Ünïcode", id="not ASCII"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param("\x00", id="NUL"),
        pytest.param("A" * 3096, id="longest"),
        pytest.param(base64.urlsafe_b64encode(b"0" * 16 + b"[1,2,3]").decode(), id="forged"),
    ],
)
def test_text_that_is_not_a_token_is_invalid(client, orders, garbage):
    """Every unknown token within the length limit is InvalidToken."""
    with pytest.raises(client.exceptions.InvalidToken) as caught:
        client.list_executions(stateMachineArn=MACHINE, nextToken=garbage)

    assert caught.value.response["Error"] == {"Code": "InvalidToken", "Message": "Invalid Token: 'Invalid token'"}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: token[:-4], id="cut"),
        pytest.param(lambda token: token + "AAAA", id="longer"),
        pytest.param(lambda token: " " + token, id="a blank before"),
        pytest.param(lambda token: token + "\n", id="a line end behind"),
        pytest.param(str.swapcase, id="other case"),
    ],
)
def test_changed_token_is_invalid(client, token, spoil):
    """A changed token is InvalidToken."""
    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=MACHINE, statusFilter="FAILED", nextToken=spoil(token))


# --- Changes during a walk -------------------------------------------------------------------------------------


def test_stop_every_running_execution_page_by_page(client, orders, clock):
    """Stopped executions leave the filtered list, and the token still finds the others."""
    orders.add_executions(25, status="RUNNING")
    clock.tick()

    for page in walk(client, stateMachineArn=MACHINE, statusFilter="RUNNING", maxResults=10):
        for execution in page["executions"]:
            client.stop_execution(executionArn=execution["executionArn"])

    assert names(client.list_executions(stateMachineArn=MACHINE, statusFilter="RUNNING")) == []
    assert len(client.list_executions(stateMachineArn=MACHINE, statusFilter="ABORTED")["executions"]) == 25


def test_new_executions_neither_shift_nor_repeat_the_rest(client, orders, clock):
    """Executions that start between two pages neither shift nor repeat the others."""
    orders.add_executions(6, status="SUCCEEDED")
    first = client.list_executions(stateMachineArn=MACHINE, maxResults=3)
    clock.tick()
    orders.add_executions(5, status="SUCCEEDED", name="new-{index}")

    second = client.list_executions(stateMachineArn=MACHINE, maxResults=3, nextToken=first["nextToken"])

    assert names(first) + names(second) == [f"execution-{index}" for index in reversed(range(6))]
    assert "nextToken" not in second


def test_execution_that_moves_during_a_walk_is_shown_at_most_once(client, orders, clock):
    """An execution that stops between two pages is listed at most once."""
    runs = orders.add_executions(4, status="RUNNING", start_date=NOW - timedelta(hours=1))
    first = client.list_executions(stateMachineArn=MACHINE, maxResults=2)
    clock.tick()
    runs[0].succeed()
    runs[3].succeed()

    second = client.list_executions(stateMachineArn=MACHINE, maxResults=2, nextToken=first["nextToken"])

    assert (names(first), names(second)) == (["execution-3", "execution-2"], ["execution-1"])


def test_clock_moved_back_during_a_walk_repeats_nothing(client, orders, clock):
    """If the clock goes back between two pages, nothing is listed twice."""
    hour = timedelta(hours=1)
    for name, start in [("shown", -5), ("stays", -4)]:
        orders.add_execution(name, status="RUNNING", start_date=NOW + start * hour)
    orders.executions[0].succeed()
    orders.add_execution("older", status="SUCCEEDED", start_date=NOW - 6 * hour)
    first = client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    clock.move_to(NOW - hour)

    second = client.list_executions(stateMachineArn=MACHINE, maxResults=1, nextToken=first["nextToken"])
    clock.move_to(NOW - 2 * hour)
    third = client.list_executions(stateMachineArn=MACHINE, maxResults=1, nextToken=second["nextToken"])

    assert [names(page) for page in (first, second, third)] == [["shown"], ["stays"], ["older"]]
    assert "nextToken" not in third
    assert names(client.list_executions(stateMachineArn=MACHINE)) == ["stays", "shown", "older"]
