"""Replays of a Distributed Map state that is entered several times: each time has its recorded children."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws
from recorded_histories import history_of

NOW = "2026-01-10T03:00:00Z"
PACK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pack", "End": True}
#: The packages of all parcels in order; each takes some time.
RESULTS = [{"result": f"package {number}", "duration": timedelta(seconds=60)} for number in range(6)]

pytestmark = pytest.mark.sfn_executions(execute=True)


def twice(concurrency, **members):
    """A Map of parcels that runs a Distributed Map over the items of each, at once or one after the other."""
    each = {
        "Type": "Map",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Pack",
            "States": {"Pack": PACK},
        },
        "End": True,
        **members,
    }
    parcels = {
        "Type": "Map",
        "MaxConcurrency": concurrency,
        "ItemProcessor": {"StartAt": "Each", "States": {"Each": each}},
        "End": True,
    }
    return json.dumps({"StartAt": "Parcels", "States": {"Parcels": parcels}})


@pytest.fixture
def recorded(clock, sfn_executions):
    """Run a definition and return its history, and those of its children in reverse order."""

    def recorded(definition, parcels, outcomes, seconds=1000):
        orders = sfn_executions.add_state_machine("recorded", definition=definition)
        orders.mock_task("Pack", outcomes)
        client = boto3.client("stepfunctions")
        arn = client.start_execution(stateMachineArn=orders.arn, input=json.dumps(parcels))["executionArn"]
        clock.tick(seconds)
        history = history_of(arn)
        children = [child for map_run in orders.executions[0].map_runs for child in map_run.executions]
        return history, [history_of(child.arn) for child in reversed(children)]

    return recorded


def outputs_of(replay):
    return [[child.output for child in map_run.executions] for map_run in replay.execution.map_runs]


@pytest.mark.parametrize("concurrency", [pytest.param(0, id="at once"), pytest.param(1, id="one after the other")])
def test_each_visit_gets_its_children(sfn_executions, recorded, concurrency):
    """Children with the same input belong to the map run with their output."""
    definition = twice(concurrency)
    history, children = recorded(definition, [["lamp", "desk"], ["lamp", "bed"], ["lamp", "sofa"]], RESULTS)
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children})

    assert [str(difference) for difference in replay.differences] == []
    assert outputs_of(replay) == [
        ['"package 0"', '"package 1"'],
        ['"package 2"', '"package 3"'],
        ['"package 4"', '"package 5"'],
    ]


def test_children_that_failed(sfn_executions, recorded):
    """A child without an output belongs to a map run by its input."""
    definition = twice(0, ToleratedFailureCount=2)
    outcomes = [RESULTS[0], {"error": "Torn", "duration": timedelta(seconds=60)}, RESULTS[1], RESULTS[2]]
    history, children = recorded(definition, [["lamp", "vase"], ["lamp", "bed"]], outcomes)
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children})

    assert [str(difference) for difference in replay.differences] == []
    assert outputs_of(replay) == [['"package 0"', None], ['"package 1"', '"package 2"']]


def test_map_runs_without_an_end(sfn_executions, recorded):
    """A recording that ends while map runs are running is replayed up to its end."""
    definition = twice(0)
    history, children = recorded(definition, [["lamp"], ["bed"]], RESULTS, seconds=10)
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children})

    assert [str(difference) for difference in replay.differences] == []
    assert replay.execution.status == "RUNNING"


def test_map_runs_of_a_stopped_execution(clock, sfn_executions):
    """A replay of an execution that was stopped during map runs writes no results."""
    definition = twice(0, ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "lists"}})
    orders = sfn_executions.add_state_machine("recorded", definition=definition)
    orders.mock_task("Pack", RESULTS)
    client = boto3.client("stepfunctions")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="lists")
        arn = client.start_execution(stateMachineArn=orders.arn, input='[["lamp"], ["bed"]]')["executionArn"]
        clock.tick(10)
        client.stop_execution(executionArn=arn)
        history = history_of(arn)
    children = [history_of(child.arn) for map_run in orders.executions[0].map_runs for child in map_run.executions]
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children})

    assert [str(difference) for difference in replay.differences] == []
    assert replay.execution.status == "ABORTED"


def test_outputs_that_are_not_a_list(sfn_executions, recorded):
    """If the Map's output is not the list of its children's, the inputs decide."""
    definition = twice(0, ResultPath=None)
    history, children = recorded(definition, [["lamp"], ["bed"]], RESULTS)
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": children})

    assert [str(difference) for difference in replay.differences] == []
    assert outputs_of(replay) == [['"package 0"'], ['"package 1"']]
