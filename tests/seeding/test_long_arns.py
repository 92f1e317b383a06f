"""The longest ARNs of child executions: the name of the machine, the label and the own name are parts of them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

pytestmark = pytest.mark.usefixtures("clock")

NOW = datetime(2026, 1, 10, 12, tzinfo=timezone.utc)
MACHINE, LABEL = "m" * 80, "l" * 40
TOO_LONG = (
    "name must leave the child execution an ARN of at most 256 characters, got {name!r}, with which it has {length}"
)


@pytest.fixture
def parent(sfn):
    """An execution of a machine with the longest name."""
    return sfn.add_state_machine(MACHINE).add_execution("nightly", status="RUNNING")


@pytest.fixture
def fast(parent):
    """A map run of EXPRESS child executions."""
    return parent.add_map_run(LABEL, execution_type="EXPRESS")


def test_longest_names(client, parent, fast):
    """A child execution may have a name with which its ARN has 256 characters; that of a STANDARD one is shorter."""
    longest = fast.add_execution("x" * 51, status="SUCCEEDED")
    standard = parent.add_map_run("i" * 40).add_execution("x" * 80, status="SUCCEEDED")

    assert len(longest.arn) == 256
    for run in (longest, standard):
        assert client.describe_execution(executionArn=run.arn)["name"] == run.name


@pytest.mark.parametrize(
    ("add", "name"),
    [
        pytest.param(lambda batch: batch.add_execution("x" * 52, status="FAILED"), "x" * 52, id="one"),
        pytest.param(
            lambda batch: batch.add_executions(2, status="FAILED", name="x" * 51 + "{index}"), "x" * 51 + "0", id="many"
        ),
    ],
)
def test_seed_with_a_longer_arn(fast, add, name):
    """A seed with a longer ARN is a ValueError, and nothing is stored."""
    with pytest.raises(ValueError) as refusal:
        add(fast)

    assert str(refusal.value) == TOO_LONG.format(name=name, length=257)
    assert list(fast.executions) == []


def test_standard_child_in_a_region_with_a_long_name(sfn):
    """The region and its partition are parts of the ARN, too."""
    parent = sfn.add_state_machine(MACHINE, region="us-gov-east-1").add_execution(status="RUNNING")
    with pytest.raises(ValueError, match=r"^name must leave the child execution an ARN of at most 256 characters"):
        parent.add_map_run(LABEL).add_execution("x" * 80, status="FAILED")


def test_load_of_a_longer_arn(sfn):
    """A loaded item with a longer ARN is a ValueError."""
    machine = f"arn:aws:states:us-east-1:123456789012:stateMachine:{MACHINE}/{LABEL}"
    id = "00000000-0000-4000-8000-000000000000"
    item = {
        "executionArn": f"arn:aws:states:us-east-1:123456789012:express:{MACHINE}/{LABEL}:{'x' * 52}:{id}",
        "stateMachineArn": machine,
        "mapRunArn": f"arn:aws:states:us-east-1:123456789012:mapRun:{MACHINE}/{LABEL}:{id}",
        "name": "x" * 52,
        "status": "RUNNING",
        "startDate": NOW,
    }
    with pytest.raises(ValueError, match=r"executionArn must have at most 256 characters, got 257"):
        sfn.load([item])
