"""Distributed Map states whose map runs are known before their children run."""

import pytest
from engine_host import START, EngineHost, details, result, single, start, types

from sfn_mock.asl.host import Failed, KnownMapRun, Pending, Succeeded

PROCESSOR = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "I",
    "States": {"I": {"Type": "Pass", "End": True}},
}
READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}


def run_known(*known, **fields):
    """Run a Distributed Map state with known map runs; return the run and its host."""
    host = EngineHost(known=list(known))
    run = start(single({"Type": "Map", "ItemProcessor": PROCESSOR, **fields}), [1, 2], host)
    return run, host


def test_known_output():
    """A map run of a known end starts no child, and gives the state the known output and variables."""
    end = Succeeded({"n": 3}, duration_ms=4000)
    run, host = run_known(KnownMapRun(end, {"v": 1}), ItemReader=READER, ResultSelector={"other.$": "$"})
    run.advance_to(START + 3999)
    assert run.status == "RUNNING"
    run.advance_to(START + 4000)

    assert (run.stop_moment, result(run)) == (START + 4000, {"n": 3})
    assert types(run)[2:] == [
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert details(run, "MapStateExited")["assignedVariables"] == {"v": "1"}
    assert (host.starts, host.reads, [status for _, status in host.ended]) == ([], [], ["SUCCEEDED"])
    assert run.map_run(*host.map_runs).item_count == 0


def test_known_failure():
    """A map run that is known to fail fails the state with its error, at once if it has no duration."""
    run, host = run_known(KnownMapRun(Failed("E", "why")))

    assert (run.status, run.error, run.cause) == ("FAILED", "E", "why")
    assert [status for _, status in host.ended] == ["FAILED"]


def test_known_without_an_end():
    """A map run without a known end runs until the execution is stopped, and is then ABORTED."""
    run, host = run_known(KnownMapRun(Pending()))
    run.advance_to(START + 10**9)
    assert run.status == "RUNNING"
    run.stop(START + 10**9)

    assert [status for _, status in host.ended] == ["ABORTED"]


def test_redrive_of_a_known_map_run():
    """A redriven map run has the end that is known for the redrive."""
    run, _ = run_known(KnownMapRun(Failed("E")), KnownMapRun(Succeeded("done")))
    run.redrive(START + 1000)

    assert (run.status, result(run)) == ("SUCCEEDED", "done")
    assert "MapRunRedriven" in types(run)


@pytest.mark.parametrize(
    ("fields", "inputs", "counts"),
    [
        pytest.param({"ItemReader": READER}, ["a", {"Items": [1]}], [1, 1], id="items"),
        pytest.param(
            {"ItemReader": READER, "ItemBatcher": {"MaxItemsPerBatch": 2}},
            [{"Items": ["a", "b"]}, {"Items": "?"}, "c"],
            [2, 1, 1],
            id="batches",
        ),
        pytest.param({}, [1, 2], [1, 1], id="no reader"),
    ],
)
def test_known_inputs(fields, inputs, counts):
    """Known inputs replace the items of a reader."""
    _, host = run_known(KnownMapRun(inputs=["not used"] if not fields else inputs), **fields)

    assert [child.input for child in host.starts] == inputs
    assert [child.item_count for child in host.starts] == counts
    assert host.reads == []
