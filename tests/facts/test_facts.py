"""The mock agrees with facts recorded on AWS; with permission, the same rows are checked on AWS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fact_accounts import PERMISSION, ROLE, Account, client_of_aws, missing
from fact_rows import CALLS, DEFINITIONS, RUNS, CallFact, DefinitionFact, RunFact
from freezegun import freeze_time

from sfn_mock import mock_sfn_executions

FACTS = [*CALLS, *RUNS, *DEFINITIONS]
#: The state transitions of the facts, and of the execution that each of the two tests begins with.
TRANSITIONS = 2 + sum(getattr(fact, "transitions", 0) for fact in FACTS)
CONFORMANCE = Path(__file__).parents[2] / "docs" / "conformance.md"
every_fact = pytest.mark.parametrize("fact", [pytest.param(fact, id=fact.id) for fact in FACTS])


@pytest.fixture(scope="module")
def mocked(kept_client):
    """An account of the mock. Its sleep moves the clock, so that no test waits."""
    with freeze_time("2026-01-10T12:00:00Z", auto_tick_seconds=10), mock_sfn_executions(execute=True):
        yield Account(kept_client, "arn:aws:iam::123456789012:role/orders")


@pytest.fixture(scope="module")
def real():
    """The account of AWS."""
    reason = missing(os.environ, TRANSITIONS)
    if reason is not None:
        pytest.skip(reason)
    account = Account(client_of_aws(), os.environ[ROLE])
    yield account
    account.delete()


def check(fact: CallFact | RunFact | DefinitionFact, account: Account) -> None:
    """Compare the answer of an account with a fact."""
    if isinstance(fact, CallFact):
        check_call(fact, account)
    elif isinstance(fact, RunFact):
        check_run(fact, account)
    else:
        answer = account.client.validate_state_machine_definition(definition=fact.definition)
        found = [(each["code"], each["message"], each.get("location")) for each in answer["diagnostics"]]

        assert found == list(fact.diagnostics)
        assert answer["result"] == ("FAIL" if fact.diagnostics else "OK")


def check_call(fact: CallFact, account: Account) -> None:
    # botocore itself would refuse the requests of some facts.
    call = account.client._make_api_call
    try:
        answer = call(fact.operation, account.fill_in(fact.parameters))
    except ClientError as error:
        refused = error.response["Error"]

        assert fact.error is not None, refused
        assert [refused["Code"], refused["Message"]] == account.fill_in(fact.error)
    else:
        assert fact.error is None
        assert {name: _member(answer, name) for name in fact.answer} == dict(fact.answer)


def _member(answer: dict[str, Any], path: str) -> Any:
    value: Any = answer
    for name in path.split("."):
        value = value.get(name)
    return value


def check_run(fact: RunFact, account: Account) -> None:
    states = dict(fact.states)
    limit = {"TimeoutSeconds": 2} if fact.ended["status"] == "TIMED_OUT" else {}
    machine = account.make_machine({"StartAt": next(iter(states)), "States": states, **limit})
    arn = account.client.start_execution(stateMachineArn=machine, input=fact.input)["executionArn"]
    answer = account.wait_for(arn)
    events = account.client.get_execution_history(executionArn=arn)["events"]

    assert {name: answer.get(name) for name in fact.ended} == dict(fact.ended)
    assert [(event["type"], event["previousEventId"]) for event in events] == list(fact.events)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))


@every_fact
def test_facts(mocked, fact):
    """The mock answers as AWS was recorded."""
    check(fact, mocked)


@pytest.mark.aws
@every_fact
def test_facts_on_aws(real, fact):
    """AWS still answers as it was recorded; run only with `-m aws`, credentials and permission."""
    check(fact, real)


@every_fact
def test_facts_are_rows_of_the_conformance(fact):
    """Each fact has a row in docs/conformance.md whose evidence is recorded or measured."""
    rows = [row.split(" | ") for row in CONFORMANCE.read_text().splitlines() if row.startswith(f"| {fact.rule} |")]

    assert [row[1].split()[0].rstrip(":") in ("recorded", "measured") for row in rows] == [True]


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        pytest.param({}, [PERMISSION, ROLE, "AWS_PROFILE or AWS_ACCESS_KEY_ID"], id="nothing"),
        pytest.param({PERMISSION: "1", "AWS_PROFILE": "a"}, [ROLE], id="no role"),
        pytest.param({ROLE: "arn", "AWS_ACCESS_KEY_ID": "a"}, [PERMISSION], id="no permission"),
    ],
)
def test_nothing_runs_on_aws_without_permission(given, absent):
    """The sentence names what is missing, and the cost."""
    assert missing(given, 40) == (
        "The facts make state machines in the account, start them, and delete them: 40 state transitions, 0.0010 US "
        f"dollars at most. Not set: {', '.join(absent)}."
    )


def test_all_is_given():
    """Nothing is missing with permission, role and credentials."""
    assert missing({PERMISSION: "1", ROLE: "arn", "AWS_PROFILE": "a"}, 40) is None
