"""check_paging: the five mistakes that it finds, and what it accepts."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import os
import pickle
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import PagingError, PagingWarning, UnmockedServiceError, get_mock, mock_sfn_executions
from sfn_mock.instruments.paging_check import LISTINGS
from sfn_mock.operations import listing, registry

ROOT = Path(__file__).parents[2]
NOW = "2026-01-10T12:00:00Z"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
UNREAD = (
    "the nextToken of this answer was neither read nor sent, so the rest of the list was never read. Request pages "
    "until an answer has no nextToken. If the code may stop early, use `with sfn.partial_listing():`."
)
UNSEEN = (
    " (The answer went over the wire, so the mock cannot see whether its nextToken is read: this is only a warning.)"
)
EMPTY_PAGE = (
    "an empty page with a nextToken was treated as the last one. A page may have few items or none: only an answer "
    "without nextToken is the last."
)
OTHER_ARGUMENTS = (
    "a nextToken was refused with InvalidToken, because it was sent with other arguments than it was given for: "
    "{}. Within a list, change only maxResults."
)
TOKEN_AGAIN = (
    "the same nextToken was sent for the third time, without an error in between, and got the same page. Send the "
    "nextToken of the latest answer."
)
FIRST_PAGE_AGAIN = (
    "the same first page was requested for the hundredth time in a row, and the clock has not moved. Send the "
    "nextToken of each answer with the next call, or move the clock between two polls."
)


@contextmanager
def checking(mode=True):
    """A mock that checks, at noon, with 750 executions of the state machine "orders"."""
    with freeze_time(NOW), mock_sfn_executions(check_paging=mode) as sfn:
        sfn.add_state_machine("orders").add_executions(750, status="RUNNING")
        yield sfn


def run_checked(code, mode=True):
    """Run ``code`` with a client inside a new mock."""
    with checking(mode):
        code(boto3.client("stepfunctions"))


def found(code):
    """The findings about ``code``; empty if it is right."""
    try:
        run_checked(code)
    except PagingError as error:
        return str(error)
    return ""


def page(client, **arguments):
    return client.list_executions(stateMachineArn=ARN, **arguments)


def at(function, text):
    """File and line of the line in ``function`` that contains ``text``, as in a finding."""
    lines, first = inspect.getsourcelines(function)
    [number] = [number for number, line in enumerate(lines, first) if text in line]
    return f"{__file__.removeprefix(os.getcwd() + os.sep)}:{number}"


# --- 1: pages left unread ----------------------------------------------------------------------------------------


def test_unread_pages():
    """Code that reads only the first page gets an error with the call and its line."""

    def names(client):
        return [run["name"] for run in client.list_executions(stateMachineArn=ARN)["executions"]]

    where = at(names, "client.list")

    assert found(names) == (
        f"{where}: {UNREAD}\n   1. {where} ListExecutions(stateMachineArn='{ARN}') -> executions: 100, nextToken"
    )


def test_walk_that_stops_in_between():
    """The last token of a walk decides; a long walk is shown without its middle."""

    def five_pages(client):
        answer = client.list_executions(stateMachineArn=ARN, maxResults=10)
        for _ in range(5):
            answer = page(client, nextToken=answer["nextToken"])

    first, then = at(five_pages, "client.list"), at(page, "client.list")

    assert found(five_pages).splitlines() == [
        f"{then}: {UNREAD}",
        f"   1. {first} ListExecutions(stateMachineArn='{ARN}', maxResults=10) -> executions: 10, nextToken",
        f"   2. {then} ListExecutions(stateMachineArn='{ARN}', nextToken=<of call 1>) -> executions: 100, nextToken",
        "   ... 2 more ...",
        f"   5. {then} ListExecutions(stateMachineArn='{ARN}', nextToken=<of call 4>) -> executions: 100, nextToken",
        f"   6. {then} ListExecutions(stateMachineArn='{ARN}', nextToken=<of call 5>) -> executions: 100, nextToken",
    ]


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda answer: answer["nextToken"], id="by key"),
        pytest.param(lambda answer: answer.get("nextToken"), id="get"),
        pytest.param(lambda answer: "nextToken" in answer, id="in"),
        pytest.param(lambda answer: answer.pop("nextToken"), id="pop"),
        pytest.param(lambda answer: answer.setdefault("nextToken"), id="setdefault"),
        pytest.param(lambda answer: answer.items(), id="items"),
        pytest.param(lambda answer: answer.values(), id="values"),
        pytest.param(lambda answer: answer.keys(), id="keys"),
        pytest.param(list, id="iteration"),
        pytest.param(lambda answer: list(reversed(answer)), id="reversed"),
        pytest.param(lambda answer: answer.popitem(), id="popitem"),
        pytest.param(lambda answer: {**answer}, id="unpacked"),
        pytest.param(lambda answer: answer | {}, id="joined"),
        pytest.param(lambda answer: {} | answer, id="joined to another"),
        pytest.param(lambda answer: answer == {}, id="compared"),
        pytest.param(lambda answer: answer != {}, id="not equal"),
        pytest.param(dict, id="dict"),
        pytest.param(lambda answer: answer.copy(), id="copy"),
        pytest.param(copy.deepcopy, id="deep copy"),
        pytest.param(lambda answer: json.dumps(answer, default=str), id="JSON"),
        pytest.param(pickle.dumps, id="pickle"),
    ],
)
def test_looking_at_the_token(look):
    """Code that reads the token in any way is right."""
    assert found(lambda client: look(page(client))) == ""


@pytest.mark.parametrize(
    "glance",
    [
        pytest.param(lambda answer: answer["executions"], id="items"),
        pytest.param(lambda answer: answer.get("ResponseMetadata"), id="another member"),
        pytest.param(lambda answer: "executions" in answer, id="in"),
        pytest.param(len, id="length"),
        pytest.param(repr, id="printed"),
        pytest.param(bool, id="truth"),
    ],
)
def test_other_reads_do_not_count(glance):
    """Other reads of the answer, such as printing it, do not count."""
    assert UNREAD in found(lambda client: glance(page(client)))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        pytest.param(1, "", id="one"),
        pytest.param(99, "", id="99"),
        pytest.param(0, UNREAD, id="0 is the default"),
        pytest.param(100, UNREAD, id="the default itself"),
        pytest.param(500, UNREAD, id="large"),
    ],
)
def test_small_pages(size, message):
    """Code that asks for fewer than 100 items and gets them is right."""
    assert message in found(lambda client: page(client, maxResults=size))
    assert bool(found(lambda client: page(client, maxResults=size))) is bool(message)


def test_next_call_failed():
    """A walk that an error ended is not reported, whichever call failed."""

    def stop_all(client):
        page(client)
        with suppress(ClientError):
            client.stop_execution(executionArn=f"{ARN}:none")

    assert found(stop_all) == ""


def test_a_later_call_failed():
    """An error after successful calls ends no walk."""

    def stop_all(client):
        for run in page(client)["executions"][:2]:
            client.stop_execution(executionArn=run["executionArn"])
        with suppress(ClientError):
            client.stop_execution(executionArn=f"{ARN}:none")

    assert UNREAD in found(stop_all)


def test_next_call_of_another_service_failed():
    """An error of another service also ends a walk."""

    def archive(client):
        page(client)
        with suppress(ClientError):
            boto3.client("s3").get_object(Bucket="archive", Key="none")

    assert mock_aws(found)(archive) == ""


def test_partial_listing():
    """Inside partial_listing() calls of any thread may stop early."""
    with checking() as sfn:
        client = boto3.client("stepfunctions")
        with sfn.partial_listing(), get_mock().partial_listing():
            page(client)
            thread = threading.Thread(target=page, args=[client])
            thread.start()
            thread.join()


def test_after_partial_listing():
    """After partial_listing() calls are checked again."""

    def meant_and_not_meant(client):
        with get_mock().partial_listing():
            page(client)
        page(client)

    assert UNREAD in found(meant_and_not_meant)


def test_partial_listing_of_a_mock_that_has_ended():
    """After the end of its mock, the handle raises RuntimeError."""
    with mock_sfn_executions() as sfn:
        pass

    with pytest.raises(RuntimeError, match="This mock has ended"):
        sfn.partial_listing()


def test_one_finding_for_each_line():
    """Several findings of one line are reported once, with their number."""

    def twice(client):
        for status in ("RUNNING", "FAILED", "RUNNING"):
            client.list_executions(stateMachineArn=ARN, statusFilter=status)

    where = at(twice, "client.list")

    assert found(twice).splitlines() == [
        f"{where}: {UNREAD} (2 times at this line; these are the calls of the first.)",
        f"   1. {where} ListExecutions(stateMachineArn='{ARN}', statusFilter='RUNNING') -> executions: 100, nextToken",
    ]


def test_other_listings():
    """Every operation with pages is checked."""
    model = Session().get_service_model("stepfunctions")
    outputs = {name: model.operation_model(name).output_shape for name in model.operation_names}
    paged = {name: shape for name, shape in outputs.items() if shape and "nextToken" in shape.members}

    assert {
        name: [member for member, shape in output.members.items() if shape.type_name == "list"]
        for name, output in paged.items()
    } == {name: [member] for name, member in LISTINGS.items()}


def test_unread_state_machines():
    """A list of more than 100 state machines is checked too."""

    def names(client):
        for index in range(100):
            get_mock().add_state_machine(f"machine-{index}")
        return [machine["name"] for machine in client.list_state_machines()["stateMachines"]]

    assert found(names).endswith(" ListStateMachines() -> stateMachines: 100, nextToken")


# --- 2: the same token again and again ---------------------------------------------------------------------------


def again(client, token, times):
    for _ in range(times):
        client.list_executions(stateMachineArn=ARN, nextToken=token, maxResults=5)


def test_same_token_again():
    """The third request with one token raises the error at once."""

    def for_ever(client):
        token = page(client)["nextToken"]
        again(client, token, 1000)

    first, then = at(page, "client.list"), at(again, "client.list")
    call = f"{then} ListExecutions(stateMachineArn='{ARN}', nextToken=<of call 1>, maxResults=5)"

    assert found(for_ever).splitlines() == [
        f"{then}: {TOKEN_AGAIN}",
        f"   1. {first} ListExecutions(stateMachineArn='{ARN}') -> executions: 100, nextToken",
        f"   2. {call} -> executions: 5, nextToken",
        f"   3. {call} -> executions: 5, nextToken",
        f"   4. {call} -> executions: 5, nextToken",
    ]


def test_token_of_a_later_page_again():
    """This also applies to the token of a later page."""

    def for_ever(client):
        token = page(client)["nextToken"]
        again(client, page(client, nextToken=token)["nextToken"], 3)

    assert f"   1. {at(page, 'client.list')} ListExecutions(stateMachineArn='{ARN}', nextToken='" in found(for_ever)


def test_same_token_twice():
    """The second request with a token counts as a retry."""
    assert found(lambda client: again(client, page(client)["nextToken"], 2)) == ""


def test_same_token_after_an_error():
    """After an error the same token may be sent again."""

    def with_errors(client):
        token = page(client)["nextToken"]
        for _ in range(5):
            again(client, token, 2)
            with suppress(ClientError):
                client.describe_execution(executionArn="none")

    assert found(with_errors) == ""


def test_same_token_in_threads():
    """Each thread may read the page once."""

    def in_threads(client):
        token = page(client)["nextToken"]
        for _ in range(3):
            thread = threading.Thread(target=again, args=[client, token, 2])
            thread.start()
            thread.join()

    assert found(in_threads) == ""


def test_same_token_in_tasks():
    """Each task may read the page, but not three times."""

    def in_tasks(client, times):
        async def read(token):
            again(client, token, times)

        async def read_three():
            token = page(client)["nextToken"]
            await asyncio.gather(*(read(token) for _ in range(3)))

        asyncio.run(read_three())

    assert found(lambda client: in_tasks(client, 2)) == ""
    assert TOKEN_AGAIN in found(lambda client: in_tasks(client, 3))


# --- 3: a token with other arguments -----------------------------------------------------------------------------


def swallowed(client, token, **arguments):
    with suppress(client.exceptions.InvalidToken):
        client.list_executions(**{"stateMachineArn": ARN, "nextToken": token, **arguments})


def test_token_of_another_filter():
    """A token with another filter is reported even if the code swallows InvalidToken."""

    def other_filter(client):
        token = page(client)["nextToken"]
        swallowed(client, token, statusFilter="RUNNING")

    first, then = at(page, "client.list"), at(swallowed, "client.list")
    refused = OTHER_ARGUMENTS.format("statusFilter was absent and is 'RUNNING'")

    assert found(other_filter).splitlines() == [
        f"{then}: {refused}",
        f"   1. {first} ListExecutions(stateMachineArn='{ARN}') -> executions: 100, nextToken",
        f"   2. {then} ListExecutions(stateMachineArn='{ARN}', nextToken=<of call 1>, statusFilter='RUNNING')"
        " -> InvalidToken",
    ]


def test_token_of_another_machine():
    """A token with another ARN is reported too."""

    def other_machine(client):
        get_mock().add_state_machine("returns")
        swallowed(client, page(client)["nextToken"], stateMachineArn=ARN.replace("orders", "returns"))

    assert f"stateMachineArn was '{ARN}' and is '{ARN.replace('orders', 'returns')}'." in found(other_machine)


def test_token_of_another_region():
    """A token of another region is reported, although no argument differs."""

    def other_region(client):
        get_mock().add_state_machine("returns")
        token = client.list_state_machines(maxResults=1)["nextToken"]
        abroad = boto3.client("stepfunctions", "eu-west-1")
        with suppress(abroad.exceptions.InvalidToken):
            abroad.list_state_machines(nextToken=token)

    assert "for: region was 'us-east-1' and is 'eu-west-1'. " in found(other_region)


def test_token_that_is_too_old():
    """Other reasons of InvalidToken are not reported."""
    with checking() as sfn:
        client = boto3.client("stepfunctions")
        old = page(client)["nextToken"]
        with freeze_time("2026-01-12"):
            swallowed(client, old)
        swallowed(client, "none of ours")
        foreign = page(client)["nextToken"]
        sfn.reset()
        with suppress(client.exceptions.StateMachineDoesNotExist):
            page(client, nextToken=foreign, statusFilter="FAILED")


# --- 4: an empty page taken for the end --------------------------------------------------------------------------


@pytest.fixture
def empty_pages(monkeypatch):
    """Make ListExecutions return no items but a token, as it may on AWS."""
    full = listing.list_executions

    def empty(*arguments, **members):
        return {**full(*arguments, **members), "executions": []}

    monkeypatch.setitem(registry.OPERATIONS, "ListExecutions", empty)


def paginate(client, **config):
    return client.get_paginator("list_executions").paginate(stateMachineArn=ARN, PaginationConfig=config)


def first_page(client):
    """Return the first page of a new paginator."""
    return next(iter(paginate(client)))


@pytest.mark.usefixtures("empty_pages")
@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(lambda client: page(client)["executions"], id="any at all"),
        pytest.param(lambda client: page(client, maxResults=1)["executions"], id="one"),
        pytest.param(lambda client: page(client)["nextToken"], id="looked at"),
        pytest.param(first_page, id="paginator"),
    ],
)
def test_empty_page(guard):
    """An empty page with a token is not the last one, whatever maxResults is."""
    assert f"{EMPTY_PAGE}\n" in found(guard)


@pytest.mark.usefixtures("empty_pages")
def test_empty_page_in_between():
    """Code that continues to the end, or until an error, is right."""

    def walk(client):
        answer = page(client)
        while "nextToken" in answer:
            answer = page(client, nextToken=answer["nextToken"])
        page(client)
        with suppress(ClientError):
            page(client, nextToken="none")

    assert found(walk) == ""


# --- 5: the same first page again and again ----------------------------------------------------------------------


def poll(client, times, **arguments):
    for _ in range(times):
        answer = client.list_executions(stateMachineArn=ARN, **{"maxResults": 10, **arguments})
        if "nextToken" not in answer:
            break


def test_same_first_page():
    """Code that never sends the token gets an error at the hundredth answer."""
    where = at(poll, "client.list")
    call = f"{where} ListExecutions(stateMachineArn='{ARN}', maxResults=10) -> executions: 10, nextToken"

    assert found(lambda client: poll(client, 100)).splitlines() == [
        f"{where}: {FIRST_PAGE_AGAIN}",
        f"   1. {call}",
        f"   2. {call}",
        "   ... 96 more ...",
        f"   99. {call}",
        f"   100. {call}",
    ]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(lambda client: client.describe_state_machine(stateMachineArn=ARN), id="another operation"),
        pytest.param(lambda client: poll(client, 1, maxResults=5), id="other arguments"),
        pytest.param(lambda client: page(client, nextToken=page(client)["nextToken"], maxResults=1), id="next page"),
        pytest.param(lambda client: page(client, statusFilter="FAILED"), id="answered without token"),
        pytest.param(
            lambda client: client.get_paginator("list_state_machines").paginate().build_full_result(), id="paginator"
        ),
        pytest.param(lambda client: swallowed(client, "none of ours"), id="error"),
    ],
)
def test_not_running(between):
    """Ninety-nine equal requests are right, and any number with other calls in between."""

    def ninety_nine_and_again(client):
        poll(client, 99)
        between(client)
        poll(client, 99)

    assert found(ninety_nine_and_again) == ""


def test_clock_that_moves():
    """If the clock moves between two requests, any number is right."""
    with mock_sfn_executions(check_paging=True) as sfn, freeze_time(NOW) as clock:
        sfn.add_state_machine("orders").add_executions(20, status="RUNNING")
        client = boto3.client("stepfunctions")
        for _ in range(200):
            poll(client, 1)
            clock.tick(timedelta(milliseconds=1))


# --- Code without findings ---------------------------------------------------------------------------------------


def by_hand(client):
    arguments = {"stateMachineArn": ARN}
    while True:
        answer = client.list_executions(**arguments)
        if not (token := answer.get("nextToken")):
            return
        arguments["nextToken"] = token


def resumed(client):
    first = paginate(client, MaxItems=150)
    first.build_full_result()
    for _ in range(4):
        paginate(client, StartingToken=first.resume_token, MaxItems=20).build_full_result()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(by_hand, id="by hand"),
        pytest.param(lambda client: list(paginate(client)), id="paginator"),
        pytest.param(lambda client: list(paginate(client, PageSize=1000)), id="page size"),
        pytest.param(lambda client: list(paginate(client, MaxItems=150)), id="max items"),
        pytest.param(lambda client: list(paginate(client, MaxItems=200)), id="max items at the end of a page"),
        pytest.param(lambda client: list(paginate(client, MaxItems=150, PageSize=7)), id="max items and page size"),
        pytest.param(resumed, id="starting token"),
        pytest.param(lambda client: paginate(client).build_full_result(), id="full result"),
        pytest.param(lambda client: list(paginate(client).search("executions[].name")), id="search"),
        pytest.param(lambda client: next(paginate(client).search("executions[].name")), id="first found"),
        pytest.param(first_page, id="first page"),
        pytest.param(lambda client: [first_page(client) for _ in range(101)], id="first page, often"),
        pytest.param(lambda client: [list(keys) for keys in paginate(client).result_key_iters()], id="result keys"),
    ],
)
def test_right_code(code):
    """Code that reads to the end, or stops in botocore's paginator, is right."""
    assert found(code) == ""


def test_examples(pytester):
    """The examples of this project are right."""
    options = ["-c", ROOT / "setup.cfg", "-p", "no:xdist", "-o", "sfn_mock_check_paging=true"]
    run = pytester.runpytest_inprocess(*options, ROOT / "examples")

    assert run.ret == pytest.ExitCode.OK


# --- Reads that the mock cannot see ------------------------------------------------------------------------------


def over_the_wire():
    """A client with a handler that makes its calls go over the wire."""
    client = boto3.client("stepfunctions")
    client.meta.events.register("before-send.sfn", lambda **_: None)
    return client


def test_unread_pages_on_the_wire():
    """On the wire, an unread page is a warning, because the code may have read the token."""
    with pytest.warns(PagingWarning) as warned, checking():
        page(over_the_wire())["nextToken"]

    [warning] = warned
    assert str(warning.message).splitlines()[0] == f"{at(page, 'client.list')}: {UNREAD}{UNSEEN}"
    assert (warning.filename, f"{warning.lineno}") == (__file__, at(page, "client.list").rpartition(":")[2])


def test_unread_pages_of_a_mock_on_the_wire():
    """It is a warning too if the mock has transport="wire"."""

    @mock_sfn_executions(transport="wire", check_paging=True)
    def read_one_page():
        get_mock().add_state_machine("orders").add_executions(101, status="RUNNING")
        page(boto3.client("stepfunctions"))

    with pytest.warns(PagingWarning, match="the rest of the list was never read"):
        read_one_page()


@pytest.mark.usefixtures("empty_pages")
def test_empty_page_on_the_wire():
    """An empty page is a warning too."""
    with pytest.warns(PagingWarning, match="an empty page with a nextToken was treated as the last one"), checking():
        page(over_the_wire())


def test_uncertain_beside_certain():
    """If there is an error too, it contains the warnings."""

    def both_ways(client):
        page(client)
        page(over_the_wire())

    assert found(both_ways).count(UNREAD) == 2


def test_right_code_on_the_wire():
    """On the wire, the paginator and sent tokens are recognised."""
    with checking():
        by_hand(over_the_wire())
        list(paginate(over_the_wire(), MaxItems=150))


def test_same_token_on_the_wire():
    """On the wire, repeated tokens are found too."""

    def for_ever(client):
        again(over_the_wire(), page(client)["nextToken"], 3)

    assert TOKEN_AGAIN in found(for_ever)


def test_call_without_a_line():
    """A call that a thread makes without code of the test has the thread's name."""

    def in_a_thread(client):
        arguments = {"stateMachineArn": ARN}
        thread = threading.Thread(target=client.list_executions, kwargs=arguments, name="reader")
        thread.start()
        thread.join()

    assert found(in_a_thread).startswith(f"<reader>:0: {UNREAD}\n")


# --- Reports of findings -----------------------------------------------------------------------------------------


def test_off_by_default():
    """Without the option nothing is reported, and an answer is a plain dict."""
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders").add_executions(250, status="RUNNING")
        answer = page(boto3.client("stepfunctions"))

    assert type(answer) is dict


def test_answers_are_dicts():
    """With the option answers are equal to dicts, and their copies are plain dicts."""
    with checking():
        answer = page(boto3.client("stepfunctions"), maxResults=1)
    plain = {member: answer[member] for member in ("executions", "nextToken", "ResponseMetadata")}

    assert isinstance(answer, dict)
    assert (answer, plain) == (plain, answer)
    assert (answer != plain) is False
    assert json.dumps(answer, default=str) == json.dumps(plain, default=str)
    assert repr(answer) == repr(plain)
    for made in (copy.copy(answer), copy.deepcopy(answer), pickle.loads(pickle.dumps(answer)), answer.copy()):
        assert (type(made), made) == (dict, plain)


def test_warn():
    """check_paging="warn" warns at the line of the code instead of raising an error."""

    def all_wrong(client):
        again(client, page(client)["nextToken"], 5)
        poll(client, 150)
        swallowed(client, page(client)["nextToken"], statusFilter="RUNNING")
        page(client)

    with pytest.warns(PagingWarning) as warned:
        run_checked(all_wrong, "warn")
    refused = OTHER_ARGUMENTS.format("statusFilter was absent and is 'RUNNING'")

    assert [str(warning.message).splitlines()[0] for warning in warned] == [
        f"{at(again, 'client.list')}: {TOKEN_AGAIN}",
        f"{at(poll, 'client.list')}: {FIRST_PAGE_AGAIN}",
        f"{at(swallowed, 'client.list')}: {refused}",
        f"{at(page, 'client.list')}: {UNREAD}",
    ]


def test_failure_is_never_masked():
    """The test's own failure is raised, with all findings as a note."""

    def failing(client):
        page(client)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as failure:
        run_checked(failing)

    [note] = failure.value.__notes__
    assert note.startswith(f"check_paging has also found:\n{at(page, 'client.list')}: {UNREAD}\n")


def test_error_that_was_raised_gets_no_note():
    """A failure that contains the error gets no note."""

    def from_it(client):
        try:
            again(client, page(client)["nextToken"], 3)
        except PagingError as error:
            raise KeyError from error

    with pytest.raises(KeyError) as failure:
        run_checked(from_it)

    assert not hasattr(failure.value, "__notes__")


def test_swallowed_error_is_raised_again():
    """An error that the code swallows is raised again at the end."""

    def swallow(client):
        for _ in range(2):
            with suppress(AssertionError):
                again(client, page(client)["nextToken"], 3)

    assert found(swallow).startswith(f"{at(again, 'client.list')}: {TOKEN_AGAIN} (2 times at this line; ")


def test_beside_a_swallowed_call_to_another_service():
    """Of two errors at the end one is raised, with the other as a note."""

    def both_wrong(client):
        with suppress(UnmockedServiceError):
            boto3.client("s3").list_buckets()
        page(client)

    with pytest.raises(UnmockedServiceError) as error:
        run_checked(both_wrong)

    [note] = error.value.__notes__
    assert UNREAD in note


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        pytest.param("yes", "", id="yes"),
        pytest.param(1, "", id="1"),
        pytest.param(None, "", id="None"),
        pytest.param("true", " Did you mean True?", id="text of True"),
        pytest.param("warning", " Did you mean 'warn'?", id="nearly warn"),
    ],
)
def test_wrong_value(value, hint):
    """Another value is refused with the closest one as a suggestion."""
    with pytest.raises(ValueError, match="check_paging") as error:
        mock_sfn_executions(check_paging=value)

    assert str(error.value) == f"check_paging must be True, False or 'warn', got {value!r}.{hint}"


def test_nested():
    """An inner mock has the same check, and cannot have another value."""

    def within(client):
        with mock_sfn_executions(), mock_sfn_executions(check_paging=True):
            page(client)

    def asks_otherwise(client):
        with pytest.raises(RuntimeError, match="cannot use check_paging='warn' in an inner mock"):
            mock_sfn_executions(check_paging="warn").start()

    assert UNREAD in found(within)
    assert found(asks_otherwise) == ""


def test_inner_mock_reports_its_own_findings():
    """The mock in which a walk began reports it once."""
    ended = []

    def within(client):
        begun = page(client)
        with mock_sfn_executions():
            page(client, nextToken=begun["nextToken"])
        ended.append("nothing found")
        with pytest.raises(PagingError, match="neither read nor sent"), mock_sfn_executions():
            page(client)
        ended.append("found")

    assert found(within).count(UNREAD) == 1
    assert ended == ["nothing found", "found"]


def test_error_that_leaves_an_inner_mock():
    """An error that is swallowed outside of the inner mock is raised again by the outer one."""

    def within(client):
        token = page(client)["nextToken"]
        with suppress(PagingError), mock_sfn_executions():
            for _ in range(3):
                page(client, nextToken=token)["nextToken"]

    assert TOKEN_AGAIN in found(within)


# --- pytest ------------------------------------------------------------------------------------------------------

NAIVE = """
    import boto3, pytest
    from sfn_mock import get_mock, mock_sfn_executions

    def naive():
        orders = get_mock().add_state_machine("orders")
        orders.add_executions(101, status="RUNNING")
        boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)
"""


@pytest.fixture
def run(pytester):
    """Run the tests in the order in which they are written, and return pytest's result."""

    def run(source, *arguments):
        pytester.makepyfile(inspect.cleandoc(NAIVE) + "\n\n" + inspect.cleandoc(source))
        return pytester.runpytest("-p", "no:randomly", "-W", "default", *arguments)

    return run


USED_IN_ALL_WAYS = """
    def test_fixture(sfn_executions):
        naive()

    @mock_sfn_executions
    def test_decorated():
        naive()

    @pytest.mark.sfn_executions(check_paging=False)
    def test_marked_otherwise(sfn_executions):
        naive()

    @pytest.mark.sfn_executions(region="eu-west-1")
    def test_marked():
        naive()
"""


@pytest.mark.parametrize(
    ("value", "outcomes"),
    [
        pytest.param("true", {"passed": 3, "errors": 2, "failed": 1}, id="true"),
        pytest.param("True", {"passed": 3, "errors": 2, "failed": 1}, id="as TOML has it"),
        pytest.param("warn", {"passed": 4, "warnings": 3}, id="warn"),
        pytest.param("false", {"passed": 4}, id="false"),
    ],
)
def test_ini(value, outcomes, run):
    """The ini setting applies to every mock, unless the marker has another value."""
    run(USED_IN_ALL_WAYS, "-o", f"sfn_mock_check_paging={value}").assert_outcomes(**{"warnings": 0, **outcomes})


@pytest.mark.parametrize(
    ("value", "hint"),
    [pytest.param("maybe", "", id="maybe"), pytest.param("Warning", " Did you mean 'warn'?", id="nearly warn")],
)
def test_ini_with_a_wrong_value(run, value, hint):
    """A wrong ini value is an error before the first test, with the closest value as a suggestion."""
    result = run(USED_IN_ALL_WAYS, "-o", f"sfn_mock_check_paging={value}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: sfn_mock_check_paging must be false or true or warn, got {value.lower()}.{hint}"]
    )


def test_marker(run):
    """The marker turns the check on for a test, and its teardown raises the error."""
    result = run(
        """
        @pytest.mark.sfn_executions(check_paging=True)
        def test_it():
            naive()
        """
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*PagingError: *test_marker.py:7: the nextToken of this answer was neither *"])


def test_report_of_a_failure(run):
    """A test that fails shows its own failure with the finding, once."""
    result = run(
        """
        @pytest.mark.sfn_executions(check_paging=True)
        def test_it():
            naive()
            assert False, "of its own"
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*of its own*", "E*check_paging has also found:*", "E*neither read nor sent*"])


def test_class(run):
    """In plain and unittest classes each test reports its own findings."""
    result = run(
        """
        import unittest

        @mock_sfn_executions(check_paging=True)
        class TestPlain:
            def test_naive(self):
                naive()

            def test_right(self):
                pass

        @mock_sfn_executions(check_paging=True)
        class TestCase(unittest.TestCase):
            def test_naive(self):
                naive()

            def test_failing(self):
                naive()
                self.fail("of its own")

            def test_right(self):
                pass
        """
    )

    result.assert_outcomes(passed=3, errors=1, failed=2)
