"""Seeds that AWS could never show are refused and store nothing; probable mistakes give a warning."""

from __future__ import annotations

import linecache
import warnings
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import attrgetter
from types import SimpleNamespace

import pytest
from answers import made_client

from sfn_mock import SeedWarning, get_mock, mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"


# --- Refused seeds -----------------------------------------------------------------------------------------------


@pytest.fixture
def world(sfn_executions, client):
    """One record of each kind."""
    return SimpleNamespace(sfn=sfn_executions, client=client, **seeded(sfn_executions))


def seeded(sfn):
    orders = sfn.add_state_machine("orders")
    versions = [orders.publish_version(), orders.publish_version()]
    live = orders.add_alias("live", [(versions[0], 75), (versions[1], 25)])
    orders.add_execution("taken", status="SUCCEEDED", alias=live)
    orders.add_executions(2, status="SUCCEEDED")
    parent = orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T01:00:00Z")
    batch = parent.add_map_run("Items")
    batch.add_execution("taken", status="SUCCEEDED")
    return {
        "orders": orders,
        "versions": versions,
        "live": live,
        "parent": parent,
        "batch": batch,
        "child": batch.executions[0],
        "express_batch": parent.add_map_run("Fast", execution_type="EXPRESS"),
        "express": sfn.add_state_machine("express", type="EXPRESS"),
        "other": sfn.add_state_machine("other"),
    }


def what_follows(world):
    """Return all listings, and the ids, names and versions that later seeds and starts get."""
    orders, batch, client = world.orders, world.batch, world.client
    named = [*orders.add_executions(2, status="SUCCEEDED"), *batch.add_executions(2, status="SUCCEEDED")]
    named += [orders.add_execution(status="RUNNING", alias="live") for _ in range(4)]
    client.start_execution(stateMachineArn=MACHINE)
    map_run = world.parent.add_map_run()
    named.append(world.express_batch.add_execution(status="SUCCEEDED"))
    listed = [
        client.list_executions(**arguments)["executions"]
        for arguments in (
            {"stateMachineArn": MACHINE},
            {"mapRunArn": batch.arn},
            {"mapRunArn": world.express_batch.arn},
            {"stateMachineArn": world.other.arn},
        )
    ]
    machines = client.list_state_machines()["stateMachines"]
    numbers = client.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"]
    aliases = client.list_state_machine_aliases(stateMachineArn=MACHINE)["stateMachineAliases"]
    map_runs = client.list_map_runs(executionArn=world.parent.arn)["mapRuns"]
    return listed, machines, numbers, aliases, map_runs, map_run.arn, [run.arn for run in named]


@cache
def what_follows_nothing():
    """Return what follows in a mock without a refused call."""
    return what_follows(SimpleNamespace(client=made_client(), **seeded(get_mock())))


def assert_nothing_was_stored(world):
    """Check that the refused call had no effect."""
    follows = what_follows(world)
    world.sfn.reset()

    assert follows == what_follows_nothing()


#: Ends of sentences that several rows have.
RUNS_UNTIL = "or give the status it ends with; it is RUNNING until its stop date anyway."
DUMP = "pass json.dumps(...) of the value."
A_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
OWN_STATUSES = "RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED"


def add(**arguments):
    return lambda world: world.orders.add_execution(**arguments)


def add_many(count=2, **arguments):
    return lambda world: world.orders.add_executions(count, **arguments)


def add_child(*name, **arguments):
    return lambda world: world.batch.add_execution(*name, **arguments)


def add_express_child(**arguments):
    return lambda world: world.express_batch.add_execution(**arguments)


def add_map_run(*label, **arguments):
    return lambda world: world.parent.add_map_run(*label, **arguments)


def add_machine(name="new", **arguments):
    return lambda world: world.sfn.add_state_machine(name, **arguments)


def add_alias(version, **arguments):
    return lambda world: world.orders.add_alias("next", version, **arguments)


def on_start(**arguments):
    return lambda world: world.orders.on_start(**arguments)


def add_many_children(**arguments):
    return lambda world: world.batch.add_executions(2, **arguments)


REFUSED = [
    # Statuses
    pytest.param(
        add(status="DONE"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'",
        id="unknown status",
    ),
    pytest.param(
        add(status="failed"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'failed'. Did you mean 'FAILED'?",
        id="status in small letters",
    ),
    pytest.param(
        add_many(status="DONE"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'",
        id="unknown status of many",
    ),
    pytest.param(
        add_child(status="DONE"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE, got 'DONE'",
        id="unknown status of a child",
    ),
    pytest.param(
        add(status="PENDING_REDRIVE"),
        "status must not be PENDING_REDRIVE outside a map run: add it to a map run",
        id="PENDING_REDRIVE outside a map run",
    ),
    pytest.param(
        add_many(status="PENDING_REDRIVE"),
        "status must not be PENDING_REDRIVE outside a map run: add it to a map run",
        id="many PENDING_REDRIVE outside a map run",
    ),
    pytest.param(
        lambda world: world.express.add_execution(status="RUNNING"),
        (
            "cannot add executions to arn:aws:states:us-east-1:123456789012:stateMachine:express: "
            "AWS never lists executions of an EXPRESS state machine; add them to a STANDARD one "
            "instead."
        ),
        id="execution of an EXPRESS machine",
    ),
    pytest.param(
        lambda world: world.express.add_executions(0, status="RUNNING"),
        (
            "cannot add executions to arn:aws:states:us-east-1:123456789012:stateMachine:express: "
            "AWS never lists executions of an EXPRESS state machine; add them to a STANDARD one "
            "instead."
        ),
        id="many executions of an EXPRESS machine",
    ),
    # Stops
    pytest.param(
        add(status="FAILED", stop_date=NOW, duration=MINUTE),
        "duration must be left out where stop_date is given, got both",
        id="stop date and duration",
    ),
    pytest.param(
        add(status="RUNNING", stop_date=NOW),
        (
            "stop_date must be left out if the status is RUNNING; give the closing status instead: "
            "the execution is RUNNING until it stops"
        ),
        id="RUNNING with a stop date",
    ),
    pytest.param(
        add(status="RUNNING", duration=MINUTE),
        (
            "duration must be left out if the status is RUNNING; give the closing status instead: "
            "the execution is RUNNING until it stops"
        ),
        id="RUNNING with a duration",
    ),
    pytest.param(
        add_many(status="RUNNING", duration=MINUTE),
        "duration must be left out if the status is RUNNING; give a closing status instead",
        id="many RUNNING with a duration",
    ),
    pytest.param(
        add(status="FAILED", start_date=NOW, stop_date=-SECOND),
        "stop_date must not be before the start at 2026-01-10T12:00:00.000Z, got 2026-01-10T11:59:59.000Z",
        id="stop before the start",
    ),
    pytest.param(
        add(status="FAILED", duration=-SECOND),
        (
            "duration must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got "
            "datetime.timedelta(days=-1, seconds=86399)"
        ),
        id="negative duration",
    ),
    pytest.param(
        add(status="FAILED", duration=timedelta(microseconds=-1)),
        (
            "duration must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got "
            "datetime.timedelta(days=-1, seconds=86399, microseconds=999999)"
        ),
        id="duration below 0",
    ),
    pytest.param(
        add(status="FAILED", duration=60),
        "duration must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got 60",
        id="duration in seconds",
    ),
    pytest.param(
        add(status="FAILED", duration=timedelta.max),
        "stop_date must be in the years 1970 to 9999, as AWS's dates are",
        id="duration without end",
    ),
    # Redrives
    pytest.param(
        add(status="FAILED", redrive_count=2),
        "redrive_count must come with a redrive_date, got 2 without one",
        id="redrive count without a date",
    ),
    pytest.param(
        add(status="RUNNING", redrive_count=-1, redrive_date=NOW),
        "redrive_count must be an int >= 0, got -1",
        id="negative redrive count",
    ),
    pytest.param(
        add(status="RUNNING", redrive_count=True, redrive_date=NOW),
        "redrive_count must be an int >= 0, got True",
        id="redrive count that is a bool",
    ),
    pytest.param(
        add(status="RUNNING", redrive_date=-SECOND),
        "redrive_date must not be before the start at 2026-01-10T12:00:00.000Z, got 2026-01-10T11:59:59.000Z",
        id="redrive before the start",
    ),
    pytest.param(
        add(status="RUNNING", redrive_date=SECOND),
        (
            "redrive_date must not be after now (2026-01-10T12:00:00.000Z), got "
            "2026-01-10T12:00:01.000Z; call redrive() when the clock has reached it"
        ),
        id="redrive after now",
    ),
    pytest.param(
        add(status="TIMED_OUT", start_date=-DAY, stop_date=-MINUTE, redrive_date=-SECOND),
        "redrive_date must not be after the stop at 2026-01-10T11:59:00.000Z, got 2026-01-10T11:59:59.000Z",
        id="redrive after the stop",
    ),
    pytest.param(
        add_express_child(status="FAILED", redrive_date=NOW),
        "redrive_date must be left out for EXPRESS child executions, which have none on AWS; redrive_count may stay",
        id="redrive date of an EXPRESS child",
    ),
    # What a status carries
    *[
        pytest.param(
            add(status=status, output="{}"),
            f"output must be left out unless the status is SUCCEEDED, got it with {status}",
            id=f"output of {status}",
        )
        for status in ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED")
    ],
    *[
        pytest.param(
            add(status=status, **{detail: "x"}),
            f"{detail} must be left out unless the status is FAILED or ABORTED, got it with {status}",
            id=f"{detail} of {status}",
        )
        for status in ("RUNNING", "SUCCEEDED", "TIMED_OUT")
        for detail in ("error", "cause")
    ],
    pytest.param(
        add_child(status="PENDING_REDRIVE", error="x"),
        "error must be left out unless the status is FAILED or ABORTED, got it with PENDING_REDRIVE",
        id="error of PENDING_REDRIVE",
    ),
    pytest.param(
        add(status="FAILED", error="x" * 257),
        "error must have at most 256 characters, got 257",
        id="long error",
    ),
    pytest.param(
        add(status="ABORTED", cause="x" * 32769),
        "cause must have at most 32768 characters, got 32769",
        id="long cause",
    ),
    pytest.param(
        add(status="RUNNING", input='"' + "é" * 131072 + '"'),
        "input must have at most 262144 bytes in UTF-8, got 262146",
        id="long input",
    ),
    # JSON
    pytest.param(
        add(status="RUNNING", input="order 7"),
        (
            "input must be JSON text, or a dict, list or number to be written as JSON, got 'order 7'. "
            "Invalid JSON: Unrecognized token 'order': was expecting (JSON String, Number, Array, "
            "Object or token 'null', 'true' or 'false')."
        ),
        id="input that is not JSON",
    ),
    pytest.param(
        add(status="SUCCEEDED", output=" "),
        (
            "output must be JSON text, or a dict, list or number to be written as JSON, got ' '. Invalid JSON: it is "
            "empty."
        ),
        id="empty output",
    ),
    pytest.param(
        add_many(status="SUCCEEDED", input="{"),
        (
            "input must be JSON text, or a dict, list or number to be written as JSON, got '{'. Invalid "
            'JSON: Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"{"; '
            "line: 1, column: 1])."
        ),
        id="input of many that is not JSON",
    ),
    # Names
    pytest.param(add(name="", status="RUNNING"), "name must be a str of 1 to 80 characters, got ''", id="empty name"),
    pytest.param(
        add(name="x" * 81, status="RUNNING"),
        (
            "name must be a str of 1 to 80 characters, got "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
        ),
        id="long name",
    ),
    pytest.param(
        add(name="a b", status="RUNNING"),
        "name must be free of ' ', which AWS refuses in names, got 'a b'",
        id="forbidden name",
    ),
    pytest.param(
        add(name="taken", status="RUNNING"),
        "name must be unused in the state machine or Map state, got 'taken'",
        id="name that is taken",
    ),
    pytest.param(
        add_child("taken", status="RUNNING"),
        "name must be unused in the state machine or Map state, got 'taken'",
        id="name of a child that is taken",
    ),
    pytest.param(
        add_many(status="RUNNING", name="nightly"),
        "name must be a template with {index}, so that each execution has its own name, got 'nightly'",
        id="one name for many",
    ),
    pytest.param(
        add_many(count=1, status="RUNNING", name="taken"),
        "name must be unused in the state machine or Map state, got 'taken'",
        id="name of many that is taken",
    ),
    pytest.param(
        add_many(count=3, status="RUNNING", name="execution-{index:d}"),
        "name must be unused in the state machine or Map state, got 'execution-0'",
        id="name of many that is taken by a default name",
    ),
    pytest.param(
        add_many(status="RUNNING", name="night {index}"),
        "name must be free of ' ', which AWS refuses in names, got 'night 0'",
        id="forbidden name of many",
    ),
    *[
        pytest.param(
            add_many(status="RUNNING", name=template),
            f"name must be a str whose only field is {{index}}, such as 'nightly-{{index}}', got {template!r}",
            id=f"template {template}",
        )
        for template in ("{i}", "{}", "{0}", "{", "{index.foo}", "{index[0]}", "{index:z}")
    ],
    # Many
    pytest.param(
        add_many(count=-1, status="RUNNING"),
        "count must be an int >= 0, got -1",
        id="negative count",
    ),
    pytest.param(
        add_many(count=2.0, status="RUNNING"),
        "count must be an int >= 0, got 2.0",
        id="count 2.0",
    ),
    pytest.param(
        add_many(status="RUNNING", interval=-SECOND),
        (
            "interval must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got "
            "datetime.timedelta(days=-1, seconds=86399)"
        ),
        id="negative interval",
    ),
    pytest.param(
        add_many(count=10**9, status="RUNNING", interval=DAY),
        "start_date of the oldest must be in the years 1970 to 9999, as AWS's dates are",
        id="many before 1970",
    ),
    pytest.param(
        add_many(count=10**9, status="SUCCEEDED", start_date="2026-01-01", interval=DAY),
        "stop_date of the newest must be in the years 1970 to 9999, as AWS's dates are",
        id="many after 9999",
    ),
    pytest.param(
        add_many(count=1, status="SUCCEEDED", start_date="9999-12-30", duration=DAY + SECOND),
        "stop_date of the newest must be in the years 1970 to 9999, as AWS's dates are",
        id="a stop after 9999",
    ),
    pytest.param(
        add_many_children(status="SUCCEEDED", start_date="2026-01-10T00:59:59Z", interval=MINUTE),
        "start_date must not be before the start of its map run at 2026-01-10T01:00:00.000Z, got "
        "2026-01-10T00:59:59.000Z",
        id="many children, the first before their map run",
    ),
    pytest.param(
        add_many_children(status="RUNNING", item_count=-1),
        "item_count must be an int >= 0, got -1",
        id="negative item count",
    ),
    # Versions and aliases
    pytest.param(
        add(status="RUNNING", version=3),
        (
            "version must be a version of "
            "arn:aws:states:us-east-1:123456789012:stateMachine:orders, which "
            "has 1, 2, got 3"
        ),
        id="missing version",
    ),
    pytest.param(
        lambda world: world.other.add_execution(status="RUNNING", version=1),
        (
            "version must be a version of arn:aws:states:us-east-1:123456789012:stateMachine:other, which has "
            "none, got 1"
        ),
        id="version of a machine without any",
    ),
    pytest.param(
        lambda world: world.other.add_execution(status="RUNNING", version=world.versions[0]),
        (
            "version must be a version of arn:aws:states:us-east-1:123456789012:stateMachine:other, which has "
            "none, got <Version arn:aws:states:us-east-1:123456789012:stateMachine:orders:1>"
        ),
        id="version of another machine",
    ),
    pytest.param(
        lambda world: world.other.add_executions(2, status="RUNNING", alias=world.live),
        (
            "alias must be an alias of arn:aws:states:us-east-1:123456789012:stateMachine:other, got <Alias "
            "arn:aws:states:us-east-1:123456789012:stateMachine:orders:live>. Known: none."
        ),
        id="alias of another machine",
    ),
    pytest.param(
        add(status="RUNNING", alias="dead"),
        (
            "alias must be an alias of arn:aws:states:us-east-1:123456789012:stateMachine:orders, got 'dead'. "
            "Known: live."
        ),
        id="missing alias",
    ),
    pytest.param(
        add(status="RUNNING", alias="live", start_date="1900-01-01"),
        "start_date must be in the years 1970 to 9999, as AWS's dates are",
        id="alias is not dealt for a refused seed",
    ),
    pytest.param(
        add_many(count=3, status="RUNNING", alias="live", name="nightly"),
        "name must be a template with {index}, so that each execution has its own name, got 'nightly'",
        id="alias is not dealt for refused seeds",
    ),
    pytest.param(
        lambda world: world.orders.publish_version("x" * 257),
        (
            "description must be a str of at most 256 characters, got "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
        ),
        id="long description of a version",
    ),
    pytest.param(
        add_alias(1, description="x" * 257),
        (
            "description must be a str of at most 256 characters, got "
            "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
        ),
        id="long description of an alias",
    ),
    pytest.param(
        lambda world: world.orders.add_alias("x" * 81, 1),
        "name must be 1 to 80 letters, digits, '-', '_' and '.', at least one of them no digit, got "
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
        id="long name of an alias",
    ),
    pytest.param(
        add_alias([(1, 90, "x"), (2, 10)]),
        "version must be a version, or pairs such as [(v1, 90), (v2, 10)], got [(1, 90, 'x'), (2, 10)]",
        id="alias of triples",
    ),
    pytest.param(
        add_alias([]),
        "version must be one version, or pairs of two different ones, got []",
        id="alias of nothing",
    ),
    pytest.param(
        add_alias([(1, 50), (1, 50)]),
        "version must be one version, or pairs of two different ones, got [(1, 50), (1, 50)]",
        id="alias of one version twice",
    ),
    pytest.param(
        add_alias([(1, 99.5)]),
        "version must be given with weights that are ints from 0 to 100, got [99.5]",
        id="half a weight",
    ),
    pytest.param(
        add_alias([(1, 90)]),
        "version must be given with weights that sum to 100, got [90]",
        id="weights of 90",
    ),
    # Map runs
    pytest.param(
        add_map_run(""),
        "label must be a str of 1 to 40 characters, got ''",
        id="empty label",
    ),
    pytest.param(
        add_map_run("x" * 41),
        "label must be a str of 1 to 40 characters, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
        id="long label",
    ),
    pytest.param(
        add_map_run("a/b"),
        "label must be free of '/', which AWS refuses in labels, got 'a/b'",
        id="forbidden label",
    ),
    pytest.param(
        add_map_run(execution_type="FAST"),
        "execution_type must be one of STANDARD, EXPRESS, got 'FAST'",
        id="unknown execution type",
    ),
    pytest.param(
        add_map_run(status="TIMED_OUT"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, ABORTED, got 'TIMED_OUT'",
        id="unknown status of a map run",
    ),
    pytest.param(
        add_map_run(stop_date=NOW),
        "stop_date must come with the status that the map run ends with",
        id="stop of a map run without a status",
    ),
    pytest.param(
        add_map_run(status="RUNNING", stop_date=NOW),
        (
            "stop_date must be left out if the status is RUNNING; give the closing status instead: "
            "the execution is RUNNING until it stops"
        ),
        id="stop of a RUNNING map run",
    ),
    pytest.param(
        add_map_run(status="FAILED", start_date=NOW, stop_date=-SECOND),
        "stop_date must not be before the start at 2026-01-10T12:00:00.000Z, got 2026-01-10T11:59:59.000Z",
        id="stop of a map run before its start",
    ),
    pytest.param(
        add_map_run(max_concurrency=-1),
        "max_concurrency must be an int >= 0, got -1",
        id="negative concurrency",
    ),
    pytest.param(
        add_map_run(max_concurrency=2**31),
        "max_concurrency must be at most 2147483647, got 2147483648",
        id="concurrency of more than 32 bits",
    ),
    pytest.param(
        add_map_run(tolerated_failure_count=2**63),
        "tolerated_failure_count must be at most 9223372036854775807, got 9223372036854775808",
        id="tolerance of more than 64 bits",
    ),
    pytest.param(
        add_map_run(tolerated_failure_count=-1),
        "tolerated_failure_count must be an int >= 0, got -1",
        id="negative tolerance",
    ),
    *[
        pytest.param(
            add_map_run(tolerated_failure_percentage=percentage),
            f"tolerated_failure_percentage must be a number from 0 to 100, got {percentage}",
            id=f"percentage of {percentage}",
        )
        for percentage in (-0.1, 100.1, float("nan"))
    ],
    pytest.param(
        add_map_run(redrive_count=1),
        "redrive_count must come with a redrive_date, got 1 without one",
        id="redrive count of a map run without a date",
    ),
    pytest.param(
        add_map_run(redrive_count=1001, redrive_date=NOW),
        "redrive_count must be at most 1000 for a map run, got 1001",
        id="more redrives than a map run may have",
    ),
    pytest.param(
        lambda world: world.child.add_map_run("Inner"),
        (
            "cannot add a map run to "
            "arn:aws:states:us-east-1:123456789012:execution:orders/Items:taken: it is a child "
            "execution; add it to the parent execution instead."
        ),
        id="map run of a child",
    ),
    # State machines
    pytest.param(
        add_machine("orders"),
        (
            "name must be unused, got the name of "
            "arn:aws:states:us-east-1:123456789012:stateMachine:orders: use get_state_machine() for "
            "that one"
        ),
        id="machine that is there",
    ),
    pytest.param(
        add_machine("a/b"),
        "name must be free of '/', which AWS refuses in names, got 'a/b'",
        id="forbidden name of a machine",
    ),
    pytest.param(add_machine(type="FAST"), "type must be one of STANDARD, EXPRESS, got 'FAST'", id="unknown type"),
    pytest.param(
        add_machine(definition="Pass"),
        (
            "definition must be one that AWS accepts, got INVALID_JSON_DESCRIPTION: Unrecognized token 'Pass': was "
            "expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at [Source: "
            '(String)"Pass"; line: 1, column: 5] at [Source: (String)"Pass"; line: 1, column: 5]'
        ),
        id="definition that is not JSON",
    ),
    pytest.param(
        add_machine(role_arn="orders"),
        "role_arn must be an ARN like 'arn:aws:iam::123456789012:role/orders', got 'orders'",
        id="role that is not an ARN",
    ),
    pytest.param(
        add_machine(role_arn=7),
        "role_arn must be an ARN like 'arn:aws:iam::123456789012:role/orders', got 7",
        id="role that is not a text",
    ),
    pytest.param(
        add_machine(region="Ireland"),
        "region must be the name of an AWS region, such as 'us-east-1', got 'Ireland'.",
        id="unknown region",
    ),
    pytest.param(
        add_machine(region=""),
        "region must be the name of an AWS region, such as 'us-east-1', got ''.",
        id="empty region",
    ),
    pytest.param(
        add_machine(account_id="1234"),
        "account_id must be a string of 12 digits, got '1234'.",
        id="short account",
    ),
    # Later starts
    pytest.param(
        on_start(status="PENDING_REDRIVE"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'PENDING_REDRIVE'",
        id="outcome PENDING_REDRIVE",
    ),
    pytest.param(
        on_start(status="DONE"),
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'",
        id="unknown outcome",
    ),
    pytest.param(
        on_start(status="RUNNING", duration=MINUTE),
        "duration must be left out if the status is RUNNING; give a closing status instead",
        id="outcome RUNNING with a duration",
    ),
    pytest.param(
        on_start(status="FAILED", output="{}"),
        "output must be left out unless the status is SUCCEEDED, got it with FAILED",
        id="outcome FAILED with an output",
    ),
    # Ends
    pytest.param(
        lambda world: world.parent.succeed("done"),
        (
            "output must be JSON text, or a dict, list or number to be written as JSON, got 'done'. Invalid "
            "JSON: Unrecognized token 'done': was expecting (JSON String, Number, Array, Object or "
            "token 'null', 'true' or 'false')."
        ),
        id="end with an output that is not JSON",
    ),
    pytest.param(
        lambda world: world.parent.fail("x" * 257),
        "error must have at most 256 characters, got 257",
        id="end with a long error",
    ),
]


@pytest.mark.parametrize(("seed", "sentence"), REFUSED)
def test_impossible_seed_is_refused(world, seed, sentence):
    """An invalid seed raises a ValueError with the wrong and the valid value, and stores nothing."""
    with pytest.raises(ValueError) as refusal:
        seed(world)

    assert str(refusal.value) == sentence
    assert_nothing_was_stored(world)


# --- Arguments of a wrong type -----------------------------------------------------------------------------------

#: All JSON values are allowed for input and output.
JSON = (5, True, ["list"], {})

#: Every argument of every seeding method, with the unusual values that it accepts.
CALLS = [
    (
        "sfn.add_state_machine",
        {"name": "new"},
        {"name": (), "type": (), "definition": (None,), "role_arn": (None,), "creation_date": (None,)}
        | {"region": (None,), "account_id": (None,)},
    ),
    ("orders.publish_version", {}, {"description": (None,)}),
    ("orders.add_alias", {"name": "new", "version": 1}, {"name": (), "version": (), "description": (None,)}),
    (
        "orders.add_execution",
        {"status": "FAILED"},
        {"name": (None,), "status": (), "start_date": (None,), "stop_date": (None,), "duration": (None,)}
        | {"version": (None,), "alias": (None,), "input": JSON, "error": (None,), "cause": (None,)}
        | {"redrive_count": (5,), "redrive_date": (None,)},
    ),
    ("orders.add_execution", {"status": "SUCCEEDED"}, {"output": (None, *JSON)}),
    (
        "orders.add_executions",
        {"count": 2, "status": "FAILED"},
        {"count": (5,), "status": (), "start_date": (None,), "interval": (), "duration": (), "name": ()}
        | {"version": (None,), "alias": (None,), "input": JSON, "error": (None,), "cause": (None,)},
    ),
    ("orders.add_executions", {"count": 2, "status": "SUCCEEDED"}, {"output": (None, *JSON)}),
    (
        "parent.add_map_run",
        {},
        {"label": (None,), "execution_type": (), "max_concurrency": (5,), "tolerated_failure_count": (5,)}
        | {"tolerated_failure_percentage": (5,), "status": (None,), "start_date": (None,), "stop_date": (None,)}
        | {"redrive_count": (5,), "redrive_date": (None,)},
    ),
    ("batch.add_execution", {"status": "FAILED"}, {"name": (None,), "status": (), "item_count": (5,)}),
    ("batch.add_executions", {"count": 2, "status": "FAILED"}, {"count": (5,), "name": (), "item_count": (5,)}),
    ("orders.on_start", {"status": "FAILED"}, {"status": (), "duration": (None,), "error": (None,), "cause": (None,)}),
    ("orders.on_start", {"status": "SUCCEEDED"}, {"output": (None, *JSON)}),
    ("parent.succeed", {}, {"output": (None, *JSON)}),
    ("parent.fail", {}, {"error": (None,), "cause": (None,)}),
    ("parent.abort", {}, {"error": (None,), "cause": (None,)}),
]
ODD = [None, 5, True, b"bytes", ["list"], {}, object()]


@pytest.mark.parametrize(
    ("call", "others", "argument", "taken"),
    [
        pytest.param(call, others, argument, taken, id=f"{call}({argument}=)")
        for call, others, arguments in CALLS
        for argument, taken in arguments.items()
    ],
)
def test_argument_of_a_wrong_type_is_named(world, call, others, argument, taken):
    """A value of a wrong type is a ValueError that names the argument, and nothing is stored."""
    refusals = {}
    for value in [value for value in ODD if value not in taken]:
        with pytest.raises(ValueError) as refusal:
            attrgetter(call)(world)(**{**others, argument: value})
        refusals[repr(value)] = str(refusal.value)

    assert {value: sentence for value, sentence in refusals.items() if argument not in sentence} == {}
    assert_nothing_was_stored(world)


# --- Starts after now --------------------------------------------------------------------------------------------

UPCOMING = "is after now: the execution is not listed until the clock reaches it."
READ_AS_UTC = "(it has no time zone and was read as UTC)"


@pytest.mark.parametrize(
    ("seed", "sentence"),
    [
        pytest.param(
            add(status="RUNNING", start_date="2026-01-10T12:00:00.001Z"),
            f"start_date 2026-01-10T12:00:00.001Z {UPCOMING}",
            id="text with a zone",
        ),
        pytest.param(
            add(status="FAILED", start_date=NOW + DAY), f"start_date 2026-01-11T12:00:00.000Z {UPCOMING}", id="aware"
        ),
        pytest.param(
            add(status="RUNNING", start_date=DAY),
            f"start_date 2026-01-11T12:00:00.000Z {UPCOMING}",
            id="timedelta",
        ),
        pytest.param(
            add(status="RUNNING", start_date=datetime(2026, 1, 10, 13)),
            f"start_date 2026-01-10T13:00:00.000Z {READ_AS_UTC} {UPCOMING}",
            id="naive datetime",
        ),
        pytest.param(
            add(status="RUNNING", start_date="2026-01-11"),
            f"start_date 2026-01-11T00:00:00.000Z {READ_AS_UTC} {UPCOMING}",
            id="text without a zone",
        ),
        pytest.param(
            add_many(count=3, status="RUNNING", start_date=DAY),
            f"start_date 2026-01-11T12:00:00.000Z {UPCOMING}",
            id="all of many",
        ),
        pytest.param(
            add_many(count=3, status="RUNNING", start_date=datetime(2026, 1, 10, 12), interval=DAY),
            f"the newest start_date 2026-01-12T12:00:00.000Z {READ_AS_UTC} {UPCOMING}",
            id="some of many",
        ),
        pytest.param(
            add_child(status="RUNNING", start_date=DAY),
            f"start_date 2026-01-11T12:00:00.000Z {UPCOMING}",
            id="child",
        ),
        pytest.param(
            add_many_children(status="RUNNING", start_date=DAY),
            f"start_date 2026-01-11T12:00:00.000Z {UPCOMING}",
            id="children",
        ),
        pytest.param(
            add_map_run(start_date=DAY),
            "start_date 2026-01-11T12:00:00.000Z is after now: the map run is not listed until the clock reaches it.",
            id="map run",
        ),
    ],
)
def test_a_start_after_now_warns_once(world, seed, sentence):
    """A call warns once of a start after now, and says how a naive date was read."""
    with pytest.warns(SeedWarning) as caught:
        seed(world)

    assert [str(warning.message) for warning in caught] == [sentence]


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(add(status="RUNNING", start_date=NOW), id="now"),
        pytest.param(add(status="FAILED", duration=DAY), id="stop after now"),
        pytest.param(add_many(status="FAILED", start_date=-SECOND, duration=DAY), id="many that stop after now"),
        pytest.param(add_machine(creation_date=DAY), id="machine created after now"),
    ],
)
def test_nothing_else_warns(world, seed):
    """Only a start after now gives a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert seed(world)


def test_a_map_run_of_a_parent_after_now_does_not_warn_again(world):
    """A map run that starts with its parent after now does not warn again."""
    with pytest.warns(SeedWarning):
        parent = world.orders.add_execution(status="RUNNING", start_date=DAY)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch = parent.add_map_run("Later")

    assert batch.start_date == NOW + DAY


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(add(status="RUNNING", start_date=DAY, alias="live"), id="one"),
        pytest.param(add_many(status="RUNNING", start_date=DAY, alias="live"), id="many"),
        pytest.param(add_child(status="RUNNING", start_date=DAY), id="child"),
        pytest.param(add_express_child(status="RUNNING", start_date=DAY), id="EXPRESS child"),
        pytest.param(add_map_run(start_date=DAY), id="map run"),
    ],
)
def test_a_warning_made_an_error_stores_nothing(world, seed):
    """If the warning is an error, nothing is stored."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SeedWarning):
            seed(world)

    assert_nothing_was_stored(world)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(add(status="RUNNING", start_date=DAY, input="{"), id="one"),
        pytest.param(add(name="taken", status="RUNNING", start_date=DAY), id="one whose name is taken"),
        pytest.param(add_many(status="RUNNING", start_date=DAY, name="x"), id="many"),
        pytest.param(add_many(status="RUNNING", start_date=DAY, duration=MINUTE), id="many with a duration"),
        pytest.param(add_map_run(start_date=DAY, max_concurrency=-1), id="map run"),
    ],
)
def test_a_refused_seed_does_not_warn(world, seed):
    """A seed that is refused does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        with pytest.raises(ValueError):
            seed(world)


def line_of(caught):
    """The source line to which the only warning points."""
    (warning,) = caught
    assert warning.filename == __file__
    return linecache.getline(warning.filename, warning.lineno).strip()


@pytest.fixture
def warned_in_a_fixture(world):
    with pytest.warns(SeedWarning) as caught:
        world.orders.add_execution("fixture", status="RUNNING", start_date=DAY)
    return caught


def test_the_warning_points_at_the_tests_own_line(world):
    """The warning points to the line of the test."""
    with pytest.warns(SeedWarning) as one:
        world.orders.add_execution("one", status="RUNNING", start_date=DAY)
    with pytest.warns(SeedWarning) as many:
        world.orders.add_executions(2, status="RUNNING", start_date=DAY)
    with pytest.warns(SeedWarning) as child:
        world.batch.add_execution("child", status="RUNNING", start_date=DAY)
    with pytest.warns(SeedWarning) as children:
        world.batch.add_executions(2, status="RUNNING", start_date=DAY)
    with pytest.warns(SeedWarning) as map_run:
        world.parent.add_map_run("Other", start_date=DAY)

    assert [line_of(caught) for caught in (one, many, child, children, map_run)] == [
        'world.orders.add_execution("one", status="RUNNING", start_date=DAY)',
        'world.orders.add_executions(2, status="RUNNING", start_date=DAY)',
        'world.batch.add_execution("child", status="RUNNING", start_date=DAY)',
        'world.batch.add_executions(2, status="RUNNING", start_date=DAY)',
        'world.parent.add_map_run("Other", start_date=DAY)',
    ]


def test_the_warning_points_at_the_fixtures_own_line(warned_in_a_fixture):
    """For a seed in a fixture, the warning points to the line of the fixture."""
    assert line_of(warned_in_a_fixture) == 'world.orders.add_execution("fixture", status="RUNNING", start_date=DAY)'


def test_the_warning_points_at_the_decorated_functions_own_line():
    """In a decorated function, the warning points to its own line."""

    @mock_sfn_executions
    def decorated():
        get_mock().add_state_machine("orders").add_execution("decorated", status="RUNNING", start_date=DAY)

    with pytest.warns(SeedWarning) as caught:
        decorated()

    assert line_of(caught).endswith('.add_execution("decorated", status="RUNNING", start_date=DAY)')
