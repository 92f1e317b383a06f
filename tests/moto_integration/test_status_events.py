"""Events of changed statuses: on moto's EventBridge, and in tests without it."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from moto import mock_aws

import sfn_mock
from sfn_mock.state.clock import restored, set_to
from sfn_mock.state.status_listeners import add_listener
from sfn_mock.state.undo_log import UndoLog

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
AT_3 = 1768014000000
HOUR = 3_600_000
REGION = "us-east-1"
ACCOUNT = "123456789012"
PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT}"
ARN = f"{PREFIX}:stateMachine:orders"
PATTERN = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
REPORT = {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": True}}}
TASK = {"Type": "Task", "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:check", "End": True}
CHECK = {"StartAt": "Check", "States": {"Check": TASK}}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/events"
ITEMS = {
    "Type": "Map",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Sleep",
        "States": REPORT["States"],
    },
    "End": True,
}


@pytest.fixture
def sfn(clock):
    with mock_aws(), sfn_mock.mock_sfn_executions(execute=True) as sfn:
        yield sfn


@pytest.fixture
def orders(sfn):
    return sfn.add_state_machine("orders", definition=json.dumps(REPORT))


def make_queue(pattern=PATTERN, endpoint_url=None):
    """Make a queue for events of that pattern, and return a function that takes events out of it."""
    queues = boto3.client("sqs", REGION, endpoint_url=endpoint_url)
    url = queues.create_queue(QueueName="changes")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:changes"
    events = boto3.client("events", REGION, endpoint_url=endpoint_url)
    events.put_rule(Name="changes", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": arn}])

    def take():
        messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    return take


@pytest.fixture
def take(sfn):
    return make_queue()


def statuses(events):
    return [(event["detail"]["name"], event["detail"]["status"], event["time"]) for event in events]


def test_start_and_end_of_a_run(clock, client, orders, take):
    """A run sends an event when it starts, and when the clock reaches its end; none twice."""
    client.start_execution(stateMachineArn=ARN, name="nightly")
    [started] = take()
    clock.tick(7200)
    [ended] = take()
    clock.move_to(NOW)
    assert (orders.executions[0].status, take()) == ("RUNNING", [])
    clock.tick(7200)
    assert (orders.executions[0].status, take()) == ("SUCCEEDED", [])

    arn = f"{PREFIX}:execution:orders:nightly"
    # moto does not send the account to a queue.
    assert {**started, "id": "", "account": ACCOUNT} == {
        "version": "0",
        "id": "",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": ACCOUNT,
        "time": "2026-01-10T03:00:00Z",
        "region": REGION,
        "resources": [arn],
        "detail": {
            "executionArn": arn,
            "stateMachineArn": ARN,
            "name": "nightly",
            "status": "RUNNING",
            "startDate": AT_3,
            "stopDate": None,
            "input": "{}",
            "inputDetails": {"included": True},
            "output": None,
            "outputDetails": None,
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
            "error": None,
            "cause": None,
        },
    }
    assert ended["time"] == "2026-01-10T04:00:00Z"
    assert ended["detail"] == {
        **started["detail"],
        "status": "SUCCEEDED",
        "stopDate": AT_3 + HOUR,
        "output": "{}",
        "outputDetails": {"included": True},
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


def test_ends_by_on_start(clock, client, orders, take):
    """An outcome of on_start sends its event when the clock reaches it."""
    orders.on_start([{"status": "FAILED", "duration": timedelta(minutes=5), "error": "Broken"}, "SUCCEEDED"])
    client.start_execution(stateMachineArn=ARN, name="slow")
    client.start_execution(stateMachineArn=ARN, name="fast")

    assert statuses(take()) == [
        ("slow", "RUNNING", "2026-01-10T03:00:00Z"),
        ("fast", "RUNNING", "2026-01-10T03:00:00Z"),
        ("fast", "SUCCEEDED", "2026-01-10T03:00:00Z"),
    ]
    clock.tick(600)
    [failed] = take()
    assert failed["time"] == "2026-01-10T03:05:00Z"
    assert (failed["detail"]["error"], failed["detail"]["cause"]) == ("Broken", None)
    assert (failed["detail"]["redriveStatus"], failed["detail"]["redriveStatusReason"]) == ("REDRIVABLE", None)


def test_changes_come_in_order(clock, client, orders, take):
    """Several changes that the clock has passed are sent in order."""
    minutes = [{"status": "SUCCEEDED", "duration": timedelta(minutes=number)} for number in (9, 3)]
    orders.on_start(minutes)
    client.start_execution(stateMachineArn=ARN, name="nine")
    client.start_execution(stateMachineArn=ARN, name="three")
    take()
    clock.tick(600)

    assert statuses(take()) == [
        ("three", "SUCCEEDED", "2026-01-10T03:03:00Z"),
        ("nine", "SUCCEEDED", "2026-01-10T03:09:00Z"),
    ]


def test_calls_and_handle(clock, client, orders, take):
    """Stops, redrives and changes by the handle send events too."""
    run = orders.add_execution("nightly", status="FAILED", start_date=timedelta(hours=-1))
    client.redrive_execution(executionArn=run.arn)
    run.fail("Broken", "It broke.")
    clock.tick(60)
    run.redrive()
    client.stop_execution(executionArn=run.arn, error="Stop")

    events = take()
    assert statuses(events) == [
        ("nightly", "RUNNING", "2026-01-10T03:00:00Z"),
        ("nightly", "FAILED", "2026-01-10T03:00:00Z"),
        ("nightly", "RUNNING", "2026-01-10T03:01:00Z"),
        ("nightly", "ABORTED", "2026-01-10T03:01:00Z"),
    ]
    assert [event["detail"]["redriveCount"] for event in events] == [1, 1, 2, 2]
    assert events[2]["detail"]["redriveDate"] == AT_3 + 60_000


def test_changes_within_a_call(sfn, client, orders, take):
    """Changes within a call are sent when the call ends, in order."""
    other = sfn.add_state_machine("other")
    waiting = other.add_execution("waiting", status="RUNNING")

    def plan(name, input):
        waiting.succeed()
        return "FAILED"

    orders.on_start(plan)
    client.start_execution(stateMachineArn=ARN, name="nightly")

    now = "2026-01-10T03:00:00Z"
    assert statuses(take()) == [
        ("waiting", "SUCCEEDED", now),
        ("nightly", "RUNNING", now),
        ("nightly", "FAILED", now),
    ]


def test_replays(sfn, take):
    """A replay sends no events, and later executions do."""
    events = [
        ("ExecutionStarted", "executionStartedEventDetails", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        ("PassStateEntered", "stateEnteredEventDetails", {"name": "Pass", "input": "{}"}),
        ("PassStateExited", "stateExitedEventDetails", {"name": "Pass", "output": "{}"}),
        ("ExecutionSucceeded", "executionSucceededEventDetails", {"output": "{}"}),
    ]
    history = [
        {"id": id, "previousEventId": id - 1, "timestamp": "2026-01-09T03:00:00Z", "type": kind, member: details}
        for id, (kind, member, details) in enumerate(events, 1)
    ]
    replay = sfn.add_state_machine("seeded").replay({"events": history})

    assert (replay.execution.status, replay.differences, take()) == ("SUCCEEDED", [], [])
    sfn.add_state_machine("orders").add_execution("nightly", status="RUNNING").succeed()
    assert statuses(take()) == [("nightly", "SUCCEEDED", "2026-01-10T03:00:00Z")]


def test_bus_without_rules(client, orders):
    """Changes from before a rule are not sent later."""
    boto3.client("events", REGION).list_rules()
    client.start_execution(stateMachineArn=ARN)

    assert make_queue()() == []


def test_a_change_before_a_refused_call(clock, client, orders, take):
    """A change that was due at a refused call has sent its event, even if the clock goes back before anyone looks."""
    orders.add_execution("nightly", status="SUCCEEDED", duration="5m")
    clock.tick(600)
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.describe_execution(executionArn=f"{PREFIX}:execution:orders:missing")
    clock.move_to(NOW)

    assert statuses(take()) == [("nightly", "SUCCEEDED", "2026-01-10T03:05:00Z")]


def test_events_of_a_call_are_sent_at_its_end(sfn, client, take):
    """A task that reads the queue does not yet find the start of its execution, which a call is starting."""
    machine = sfn.add_state_machine("checked", definition=json.dumps(CHECK))
    seen = []
    machine.mock_task("Check", lambda input: seen.append(take()) or {})
    client.start_execution(stateMachineArn=machine.arn, name="nightly")

    assert seen == [[]]
    assert [event["detail"]["status"] for event in take()] == ["RUNNING", "SUCCEEDED"]


def test_seeds(clock, orders, take):
    """A seed sends events only for later changes."""
    orders.add_execution("over", status="SUCCEEDED")
    orders.add_execution("ending", status="SUCCEEDED", start_date=timedelta(hours=-1), duration=timedelta(hours=2))
    with pytest.warns(sfn_mock.SeedWarning):
        orders.add_execution("later", status="RUNNING", start_date=timedelta(minutes=30))
    orders.add_execution("open", status="RUNNING").add_map_run("Items").add_execution(status="PENDING_REDRIVE")

    assert take() == []
    clock.tick(7200)
    assert statuses(take()) == [
        ("later", "RUNNING", "2026-01-10T03:30:00Z"),
        ("ending", "SUCCEEDED", "2026-01-10T04:00:00Z"),
    ]


def test_changes_of_new_seeds(clock, orders, take):
    """What a seed is at first sends no event, even if it changes at the same moment."""
    orders.add_execution("starts", status="RUNNING").succeed()
    orders.add_execution("stops", status="FAILED", start_date="-1h", stop_date="now").redrive()

    now = "2026-01-10T03:00:00Z"
    assert statuses(take()) == [("starts", "SUCCEEDED", now), ("stops", "RUNNING", now)]


def test_redrive_that_does_not_come(clock, orders, take):
    """A child sends no event when it waits for its redrive, nor when the map run ends before that."""
    parent = orders.add_execution("nightly", status="FAILED")
    batch = parent.add_map_run("Items", max_concurrency=1)
    batch.add_execution("first", status="FAILED")
    batch.add_execution("second", status="FAILED")
    parent.redrive()
    clock.tick(60)
    parent.fail()

    assert statuses(take()) == [
        ("nightly", "RUNNING", "2026-01-10T03:00:00Z"),
        ("first", "RUNNING", "2026-01-10T03:00:00Z"),
        ("nightly", "FAILED", "2026-01-10T03:01:00Z"),
        ("first", "ABORTED", "2026-01-10T03:01:00Z"),
    ]


def test_express_executions(sfn, client, take):
    """EXPRESS executions send no events."""
    express = sfn.add_state_machine("express", type="EXPRESS")
    client.start_execution(stateMachineArn=express.arn)
    client.start_sync_execution(stateMachineArn=express.arn)

    assert take() == []
    with pytest.raises(RuntimeError, match="AWS sends none for EXPRESS executions"):
        express.executions[0].status_change_event()


def test_child_executions(clock, sfn, client, take):
    """STANDARD child executions of a map run send events when they start and end."""
    sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Items", "States": {"Items": ITEMS}}))
    client.start_execution(stateMachineArn=ARN, name="nightly", input="[7]")
    clock.tick(3600)
    [batch] = sfn.get_execution(f"{PREFIX}:execution:orders:nightly").map_runs
    [child] = batch.executions
    events = take()

    assert statuses(events) == [
        ("nightly", "RUNNING", "2026-01-10T03:00:00Z"),
        (child.name, "RUNNING", "2026-01-10T03:00:00Z"),
        (child.name, "SUCCEEDED", "2026-01-10T04:00:00Z"),
        ("nightly", "SUCCEEDED", "2026-01-10T04:00:00Z"),
    ]
    assert events[1]["detail"]["stateMachineArn"] == child.state_machine_arn


def test_another_end_after_the_clock_moved_back(clock, client, orders, take):
    """If the clock goes back, another end of the same execution is sent."""
    client.start_execution(stateMachineArn=ARN, name="nightly")
    clock.tick(3600)
    assert [status for _, status, _ in statuses(take())] == ["RUNNING", "SUCCEEDED"]
    clock.move_to(NOW + timedelta(minutes=1))
    orders.executions[0].abort()
    clock.tick(7200)

    assert statuses(take()) == [("nightly", "ABORTED", "2026-01-10T03:01:00Z")]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param({"source": ["aws.states"], "detail": {"status": ["FAILED"]}}, ["bad"], id="status"),
        pytest.param({"source": ["aws.states"], "detail": {"stateMachineArn": ["other"]}}, [], id="machine"),
        pytest.param({"source": ["shop"]}, [], id="source"),
    ],
)
def test_patterns(client, orders, pattern, names):
    """A rule gets the events that its pattern matches."""
    take = make_queue(pattern)
    orders.on_start(["SUCCEEDED", "FAILED"])
    client.start_execution(stateMachineArn=ARN, name="good")
    client.start_execution(stateMachineArn=ARN, name="bad")

    assert [event["detail"]["name"] for event in take()] == names


def test_targets(sfn, client, orders):
    """Topics and state machines get events; a target that moto does not know is skipped."""
    other = sfn.add_state_machine("other")
    other.on_start(status="RUNNING")
    take = make_queue({**PATTERN, "detail": {"stateMachineArn": [ARN]}})
    topic = boto3.client("sns", REGION).create_topic(Name="changes")["TopicArn"]
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:changes"
    boto3.client("sns", REGION).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    role = f"arn:aws:iam::{ACCOUNT}:role/rules"
    arns = {
        "a-function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:gone",
        "a-layer": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:gone",
        "a-topic": topic,
        "gone": f"arn:aws:sns:{REGION}:{ACCOUNT}:gone",
        "machine": other.arn,
    }
    targets = [{"Id": id, "Arn": arn, "RoleArn": role} for id, arn in arns.items()]
    boto3.client("events", REGION).put_targets(Rule="changes", Targets=targets)
    orders.on_start(status="RUNNING")
    client.start_execution(stateMachineArn=ARN, name="nightly")

    published, direct = sorted(take(), key=lambda message: "detail" in message)
    assert direct["detail"]["name"] == json.loads(published["Message"])["detail"]["name"] == "nightly"
    [started] = other.executions
    assert json.loads(started.input)["detail"] == direct["detail"]


def test_a_package_that_moto_lacks(monkeypatch, clock, orders, take):
    """If moto lacks a package for targets, an error says what to install; the executions change, and stay changed."""
    first, second = orders.add_execution("a", status="RUNNING"), orders.add_execution("b", status="RUNNING")
    with monkeypatch.context() as missing:
        missing.setitem(sys.modules, "jsonpath_ng.ext", None)
        with pytest.raises(ImportError) as raised:
            first.fail("Late")
    second.fail("Late")

    assert str(raised.value) == (
        "import of jsonpath_ng.ext halted; None in sys.modules, which moto needs for targets of EventBridge: install "
        "it with pip install 'moto[events]'."
    )
    assert [(run.status, run.error) for run in orders.executions] == [("FAILED", "Late")] * 2
    assert [event["detail"]["name"] for event in take()] == ["b"]


def test_an_error_of_a_listener(client, orders):
    """The listener that was added last gets all changes, and then its first error is raised."""
    statuses, outer = [], []

    def note(change):
        statuses.append(change.status)
        raise ZeroDivisionError(change.status)

    orders.on_start(status="SUCCEEDED", duration="0s")
    undo = UndoLog()
    add_listener(undo, outer.append)
    add_listener(undo, note)
    with pytest.raises(ZeroDivisionError, match=r"^RUNNING$"):
        client.start_execution(stateMachineArn=ARN)
    undo.roll_back()

    assert (statuses, outer) == (["RUNNING", "SUCCEEDED"], [])


def test_functions_as_targets(clock, sfn, client, orders):
    """A handler of ``mock_lambda`` is called at the moment of the change; its exception is ignored."""
    seen = []

    def alert(event, context):
        seen.append((event["detail"]["status"], event["time"], context.get_remaining_time_in_millis()))
        raise ValueError("no one is listening")

    sfn.mock_lambda("alert", alert)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:alert"
    events = boto3.client("events", REGION)
    events.put_rule(Name="changes", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="changes", Targets=[{"Id": "alert", "Arn": arn}])
    client.start_execution(stateMachineArn=ARN, name="nightly")
    clock.tick(7200)
    client.list_executions(stateMachineArn=ARN)

    assert seen == [
        ("RUNNING", "2026-01-10T03:00:00Z", 15 * 60 * 1000),
        ("SUCCEEDED", "2026-01-10T04:00:00Z", 15 * 60 * 1000),
    ]


def test_functions_as_targets_of_other_events(sfn):
    """A handler also gets events that the code under test puts, with the target's input."""
    seen = []
    sfn.mock_lambda("alert", lambda event, context: seen.append(event))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:alert"
    events = boto3.client("events", REGION)
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["orders"]}))
    events.put_targets(Rule="orders", Targets=[{"Id": "alert", "Arn": arn, "Input": '{"wake": "up"}'}])
    for source in ("orders", "bills"):
        events.put_events(Entries=[{"Source": source, "DetailType": "new", "Detail": "{}"}])

    assert seen == [{"wake": "up"}]


def test_order_of_targets(sfn, take):
    """Mocked functions and state machines get an event before the other targets of its rule."""
    seen = []
    sfn.mock_lambda("alert", lambda event, context: seen.append(("function", take())))
    machine = sfn.add_state_machine("check", definition=json.dumps(CHECK))
    machine.mock_task("Check", lambda event: seen.append(("state machine", take())))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:alert"
    events = boto3.client("events", REGION)
    events.put_rule(Name="changes", EventPattern=json.dumps({"source": ["orders"]}))
    events.put_targets(
        Rule="changes",
        Targets=[{"Id": "check", "Arn": machine.arn, "RoleArn": ROLE}, {"Id": "alert", "Arn": arn}],
    )
    events.put_events(Entries=[{"Source": "orders", "DetailType": "new", "Detail": "{}"}])

    assert seen == [("state machine", []), ("function", [])]
    assert [event["source"] for event in take()] == ["orders"]


def test_installed_behind_mock_aws(clock):
    """In an installed mock_aws, events are sent at the next call of another service."""
    sfn_mock.install()
    try:
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
            sfn = sfn_mock.get_mock()
            sfn.add_state_machine("orders", definition=json.dumps(REPORT))
            take = make_queue()
            boto3.client("stepfunctions", REGION).start_execution(stateMachineArn=ARN, name="nightly")
            clock.tick(3600)

            assert [status for _, status, _ in statuses(take())] == ["RUNNING", "SUCCEEDED"]
    finally:
        sfn_mock.uninstall()


def test_through_a_server():
    """A client of a server gets the events of changes since its last call."""
    with restored(), sfn_mock.server(execute=True) as sfn:
        set_to(AT_3, tick=False)
        sfn.add_state_machine("orders", definition=json.dumps(REPORT))
        take = make_queue(endpoint_url=sfn.endpoint_url)
        client = boto3.client("stepfunctions", REGION, endpoint_url=sfn.endpoint_url)
        client.start_execution(stateMachineArn=ARN, name="nightly")
        assert [status for _, status, _ in statuses(take())] == ["RUNNING"]
        set_to(AT_3 + HOUR, tick=False)

        assert statuses(take()) == [("nightly", "SUCCEEDED", "2026-01-10T04:00:00Z")]


def test_without_mock_aws(clock):
    """Without mock_aws, a change is not sent, and not sent later."""
    with sfn_mock.mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        boto3.client("stepfunctions", REGION).start_execution(stateMachineArn=ARN, name="nightly")
        with mock_aws():
            take = make_queue()
            assert take() == []
            orders.executions[0].succeed()
            assert [status for _, status, _ in statuses(take())] == ["SUCCEEDED"]


# --- Without EventBridge -----------------------------------------------------------------------------------------


def test_event_of_the_current_status(clock, sfn):
    """status_change_event() returns the event of the current status."""
    orders = sfn.add_state_machine("orders")
    version = orders.publish_version()
    live = orders.add_alias("live", version)
    run = orders.add_execution(
        "nightly",
        status="SUCCEEDED",
        start_date=NOW - timedelta(hours=1),
        duration=timedelta(hours=2),
        alias=live,
        input='{"a": 1}',
        output='{"b": 2}',
    )
    running = run.status_change_event()
    clock.tick(3600)
    event = run.status_change_event()

    assert (running["time"], running["detail"]["status"], running["detail"]["output"]) == (
        "2026-01-10T02:00:00Z",
        "RUNNING",
        None,
    )
    assert running["id"] != event["id"]
    assert event["resources"] == [run.arn]
    assert event["detail"] == {
        "executionArn": run.arn,
        "stateMachineArn": ARN,
        "name": "nightly",
        "status": "SUCCEEDED",
        "startDate": AT_3 - HOUR,
        "stopDate": AT_3 + HOUR,
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"b": 2}',
        "outputDetails": {"included": True},
        "stateMachineVersionArn": version.arn,
        "stateMachineAliasArn": live.arn,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "error": None,
        "cause": None,
    }


def test_event_before_the_start(sfn):
    """An execution that has not started has no event."""
    with pytest.warns(sfn_mock.SeedWarning):
        later = sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date=timedelta(hours=1))

    with pytest.raises(RuntimeError, match="has no event yet: it starts only at 2026-01-10T04:00:00"):
        later.status_change_event()


def test_event_of_a_child_execution(sfn):
    """A failed child execution is redriven by its map run."""
    parent = sfn.add_state_machine("orders").add_execution(status="RUNNING")
    child = parent.add_map_run("Items").add_execution(status="FAILED")

    assert child.status_change_event()["detail"]["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"


BIG = json.dumps("x" * 130_000)
LARGER = json.dumps("x" * 260_000)
#: Each quotation mark takes two more bytes when the text is escaped in the event.
QUOTED = json.dumps('"' * 70_000)


@pytest.mark.parametrize(
    ("input", "output", "included"),
    [
        pytest.param(BIG, "{}", (True, True), id="both fit"),
        pytest.param(BIG, BIG, (False, True), id="together too large"),
        pytest.param("{}", LARGER, (False, False), id="output too large"),
        pytest.param(LARGER, "{}", (False, True), id="input too large"),
        pytest.param(QUOTED, "{}", (False, True), id="escaped too large"),
    ],
)
def test_large_data(sfn, input, output, included):
    """Input and output have at most 248 KiB together in an event; the input is left out first."""
    run = sfn.add_state_machine("orders").add_execution(status="SUCCEEDED", input=input, output=output)
    detail = run.status_change_event()["detail"]

    assert (detail["inputDetails"]["included"], detail["outputDetails"]["included"]) == included
    assert (detail["input"], detail["output"]) == (input if included[0] else None, output if included[1] else None)
