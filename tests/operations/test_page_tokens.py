"""Page tokens of all operations with pages: their limits, and the requests for which they are valid."""

from __future__ import annotations

import pytest
from answers import refusal
from freezegun import freeze_time

NOW = "2026-01-10T12:00:00Z"
PREFIX = "arn:aws:states:us-east-1:123456789012"
#: A name of the maximum length, in characters of four bytes.
LONG = "\U00020000" * 80
MACHINE = f"{PREFIX}:stateMachine:{LONG}"
RUN = f"{PREFIX}:execution:{LONG}:{LONG}"
INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")

#: Each operation with a request for several pages, and with other arguments for it.
PAGED = {
    "list_activities": ({}, []),
    "list_executions": (
        {"stateMachineArn": MACHINE, "statusFilter": "RUNNING"},
        [{"stateMachineArn": MACHINE}, {"stateMachineArn": f"{MACHINE}:1", "statusFilter": "RUNNING"}],
    ),
    "list_map_runs": ({"executionArn": RUN}, [{"executionArn": f"{PREFIX}:execution:{LONG}:other"}]),
    "list_state_machine_aliases": ({"stateMachineArn": MACHINE}, [{"stateMachineArn": f"{MACHINE}:1"}]),
    "list_state_machine_versions": (
        {"stateMachineArn": MACHINE},
        [{"stateMachineArn": f"{PREFIX}:stateMachine:other"}],
    ),
    "list_state_machines": ({}, []),
    "get_execution_history": (
        {"executionArn": RUN},
        [{"executionArn": RUN, "reverseOrder": True}, {"executionArn": RUN, "includeExecutionData": False}],
    ),
}

EACH_OPERATION = pytest.mark.parametrize("operation", list(PAGED))


@pytest.fixture
def client(client, sfn_executions):
    """A client of a mock with several of everything, with names of the maximum length."""
    with freeze_time(NOW):
        sfn_executions.add_state_machine("other").publish_version()
        machine = sfn_executions.add_state_machine(LONG)
        for alias in ("a" * 80, "b" * 80):
            machine.add_alias(alias, machine.publish_version())
            machine.add_alias(f"{alias[:-1]}c", 1)
        run = machine.add_execution(LONG, status="RUNNING", version=1)
        machine.add_execution("other", status="RUNNING", version=1)
        for _ in range(2):
            run.add_map_run()
        for name in (LONG, "other"):
            client.create_activity(name=name)
        yield client


def first_page(client, operation):
    return getattr(client, operation)(**PAGED[operation][0], maxResults=1)


@EACH_OPERATION
def test_token_is_within_its_limit(client, operation):
    """Tokens of ListExecutions have up to 3096 characters, and all others up to 1024."""
    most = 3096 if operation == "list_executions" else 1024
    arguments = PAGED[operation][0]

    assert len(first_page(client, operation)["nextToken"]) <= most
    assert refusal(getattr(client, operation), **arguments, nextToken="t" * most) == INVALID_TOKEN
    assert refusal(getattr(client, operation), **arguments, nextToken="t" * (most + 1)) == (
        "ValidationException",
        f"1 validation error detected: Value '{'t' * (most + 1)}' at 'nextToken' failed to satisfy constraint: Member "
        f"must have length less than or equal to {most}",
    )


@EACH_OPERATION
def test_page_is_within_its_limit(client, operation):
    """A page has at most 1000 items, and maxResults 0 means the default."""
    arguments = PAGED[operation][0]
    default, asked = (getattr(client, operation)(**arguments, **size) for size in ({}, {"maxResults": 0}))
    del default["ResponseMetadata"], asked["ResponseMetadata"]

    assert asked == default
    assert refusal(getattr(client, operation), **arguments, maxResults=1001) == (
        "ValidationException",
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
        "value less than or equal to 1000",
    )


@EACH_OPERATION
def test_token_is_tied_to_its_operation(client, operation):
    """A token is valid for its operation, several times, and for no other."""
    token = first_page(client, operation)["nextToken"]

    for other, (arguments, _) in PAGED.items():
        if other != operation:
            assert refusal(getattr(client, other), **arguments, nextToken=token) == INVALID_TOKEN
    answers = [getattr(client, operation)(**PAGED[operation][0], nextToken=token) for _ in range(2)]
    for answer in answers:
        del answer["ResponseMetadata"]
        answer.pop("nextToken", None)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        pytest.param(operation, other, id=f"{operation}: {', '.join(other)}")
        for operation, (_, others) in PAGED.items()
        for other in others
    ],
)
def test_token_is_tied_to_its_arguments(client, operation, arguments):
    """A token is not valid with other arguments."""
    token = first_page(client, operation)["nextToken"]

    assert refusal(getattr(client, operation), **arguments, nextToken=token) == INVALID_TOKEN
    assert getattr(client, operation)(**arguments)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_longest_names_fit_into_tokens(client, sfn):
    """A token for a name of 80 characters of four bytes has at most 1024 characters."""
    names = ["\U0001d4b3" * 79 + digit for digit in "12"]
    for name in names:
        sfn.add_state_machine(name)
    pages = [client.list_state_machines(maxResults=1)]
    while "nextToken" in pages[-1]:
        pages.append(client.list_state_machines(maxResults=1, nextToken=pages[-1]["nextToken"]))
    listed = [machine["name"] for page in pages for machine in page["stateMachines"]]
    tokens = [page["nextToken"] for page in pages[:-1]]

    assert [name for name in listed if name in names] == names
    assert [len(token) for token in tokens if len(token) > 1024] == []
