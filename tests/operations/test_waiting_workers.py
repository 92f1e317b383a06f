"""GetActivityTask without a task: which workers wait for one, and for how long."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import boto3
import pytest
from answers import members, refusal
from freezegun import freeze_time

import sfn_mock
from sfn_mock import mock_sfn_executions
from sfn_mock.operations import activities

PICK = "arn:aws:states:us-east-1:123456789012:activity:pick"


@pytest.fixture
def pauses(monkeypatch):
    """Functions that run during the pauses of a waiting worker, one each; another pause fails."""
    steps = []
    monkeypatch.setattr(activities, "_pause", lambda: steps.pop(0)())
    return steps


@pytest.fixture
def worker():
    """A thread other than the test's."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_task_that_comes_later(client, orders, worker, pauses):
    """A waiting worker gets the task that the test adds meanwhile."""
    client.create_activity(name="pick")
    run, tokens = orders.add_execution(status="RUNNING", input='{"order": 7}'), []
    pauses += [lambda: None, lambda: tokens.append(run.wait_for_task(activity="pick"))]
    answer = worker.submit(client.get_activity_task, activityArn=PICK).result()

    assert members(answer) == {"taskToken": tokens[0], "input": '{"order": 7}'}
    assert pauses == []


def test_no_task_in_time(client, worker, monkeypatch):
    """A worker that has waited long enough gets an answer without a token."""
    monkeypatch.setattr(activities, "_LONGEST", 30)
    client.create_activity(name="pick")

    assert members(worker.submit(client.get_activity_task, activityArn=PICK).result()) == {}


@pytest.mark.usefixtures("pauses")
def test_answers_at_once(client, worker):
    """No worker waits in the test's thread, in an event loop, or with a frozen clock."""
    client.create_activity(name="pick")

    async def ask():
        return client.get_activity_task(activityArn=PICK)

    answers = [client.get_activity_task(activityArn=PICK), worker.submit(asyncio.run, ask()).result()]
    with freeze_time("2026-01-10"):
        answers.append(worker.submit(client.get_activity_task, activityArn=PICK).result())

    assert [members(answer) for answer in answers] == [{}, {}, {}]


def test_a_clock_that_is_frozen_meanwhile(client, worker, pauses):
    """A worker stops waiting when the clock is frozen."""
    client.create_activity(name="pick")
    freezer = freeze_time("2026-01-10")
    pauses.append(freezer.start)
    try:
        assert members(worker.submit(client.get_activity_task, activityArn=PICK).result()) == {}
    finally:
        freezer.stop()


def test_a_reset(sfn, client, worker, pauses):
    """After a reset, a waiting worker gets the error of a missing activity."""
    client.create_activity(name="pick")
    pauses.append(sfn.reset)

    assert worker.submit(refusal, client.get_activity_task, activityArn=PICK).result()[0] == "ActivityDoesNotExist"


def test_the_end_of_the_mock(worker, pauses):
    """A worker that waits when the mock ends gets an answer without a token."""
    waits, ended = Event(), Event()
    pauses.append(lambda: waits.set() or ended.wait(20))
    with mock_sfn_executions():
        client = boto3.client("stepfunctions", "us-east-1")
        client.create_activity(name="pick")
        asked = worker.submit(client.get_activity_task, activityArn=PICK)
        assert waits.wait(20)
    ended.set()

    assert members(asked.result()) == {}


def test_the_end_of_a_server(worker, monkeypatch):
    """A worker waits over HTTP too, and does not prevent the end of the server."""
    waits, pause = Event(), activities._pause
    monkeypatch.setattr(activities, "_pause", lambda: waits.set() or pause())
    server = sfn_mock.server()
    client = boto3.client("stepfunctions", "us-east-1", endpoint_url=server.start().endpoint_url)
    client.create_activity(name="pick")
    asked = worker.submit(client.get_activity_task, activityArn=PICK)
    assert waits.wait(20)
    server.stop()

    assert members(asked.result()) == {}
