"""Types, ranges and sets of single values."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, MAP, PASS, TASK, machine, messages

LARGEST = 99999999


def wait(**fields: Any) -> dict[str, Any]:
    """Return a Wait state."""
    return {"Type": "Wait", "End": True, **fields}


def retry(**fields: Any) -> dict[str, Any]:
    """Return a Task with a retrier."""
    return {**TASK, "Retry": [{"ErrorEquals": ["E"], **fields}]}


def reader(**fields: Any) -> dict[str, Any]:
    """Return a Distributed Map with a reader."""
    config = {"InputType": "JSON", **fields}
    return {
        **DISTRIBUTED_MAP,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config},
    }


def batcher(**fields: Any) -> dict[str, Any]:
    """Return a Distributed Map with a batcher."""
    return {**DISTRIBUTED_MAP, "ItemBatcher": fields}


@pytest.mark.parametrize(
    ("make", "field", "place", "minimum", "maximum"),
    [
        pytest.param(wait, "Seconds", "", 0, LARGEST, id="wait"),
        pytest.param(dict, "TimeoutSeconds", "", 1, LARGEST, id="timeout"),
        pytest.param(dict, "HeartbeatSeconds", "", 1, LARGEST, id="heartbeat"),
        pytest.param(retry, "IntervalSeconds", "/Retry[0]", 0, LARGEST, id="interval"),
        pytest.param(retry, "MaxAttempts", "/Retry[0]", 0, LARGEST, id="attempts"),
        pytest.param(retry, "MaxDelaySeconds", "/Retry[0]", 1, 31622400, id="delay"),
        pytest.param(reader, "MaxItems", "/ItemReader/ReaderConfig", 0, 100000000, id="items"),
    ],
)
def test_range(make: Any, field: str, place: str, minimum: int, maximum: int) -> None:
    """An integer field accepts the numbers from its minimum to its maximum, and no other type."""

    def asked(value: object) -> list[str]:
        return messages(machine({**TASK, field: value} if make is dict else make(**{field: value})))

    location = f"/States/S{place}/{field}"
    assert [asked(minimum), asked(maximum)] == [[], []]
    assert asked(minimum - 1) == [f"Minimum value is {minimum} at {location}"]
    assert asked(maximum + 1) == [f"Maximum value is {maximum} at {location}"]
    for other in ("5", 1.5, True, None, [1], "$.n", "{% 1 %}"):
        assert asked(other) == [f"Expected value of type Integer at {location}"]


@pytest.mark.parametrize(
    ("make", "field", "place"),
    [
        pytest.param(dict, "MaxConcurrency", "", id="concurrency"),
        pytest.param(dict, "ToleratedFailureCount", "", id="failures"),
        pytest.param(batcher, "MaxItemsPerBatch", "/ItemBatcher", id="batch-items"),
        pytest.param(batcher, "MaxInputBytesPerBatch", "/ItemBatcher", id="batch-bytes"),
    ],
)
def test_no_maximum(make: Any, field: str, place: str) -> None:
    """Some integers have only a minimum."""

    def asked(value: object) -> list[str]:
        return messages(machine({**MAP, field: value} if make is dict else make(**{field: value})))

    assert [asked(0), asked(10**12)] == [[], []]
    assert asked(-1) == [f"Minimum value is 0 at /States/S{place}/{field}"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({**MAP, "ToleratedFailurePercentage": 0}, [], id="percentage-least"),
        pytest.param({**MAP, "ToleratedFailurePercentage": 99.5}, [], id="percentage-fraction"),
        pytest.param({**MAP, "ToleratedFailurePercentage": 100}, [], id="percentage-greatest"),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": -0.5},
            ["Minimum value is 0.0 at /States/S/ToleratedFailurePercentage"],
            id="percentage-negative",
        ),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": 101},
            ["Maximum value is 100.0 at /States/S/ToleratedFailurePercentage"],
            id="percentage-too-large",
        ),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": "5"},
            ["Expected value of type Double at /States/S/ToleratedFailurePercentage"],
            id="percentage-text",
        ),
        pytest.param(retry(BackoffRate=1), [], id="rate-least"),
        pytest.param(retry(BackoffRate=1000.5), [], id="rate-large"),
        pytest.param(retry(BackoffRate=0.9), ["Minimum value is 1.0 at /States/S/Retry[0]/BackoffRate"], id="rate"),
    ],
)
def test_decimal(state: dict[str, Any], expected: list[str]) -> None:
    """The limits of numbers that may have decimals are written with a decimal point."""
    assert messages(machine(state)) == expected


@pytest.mark.parametrize(
    "timestamp",
    [
        "2030-12-05T21:29:29Z",
        "2030-12-05T21:29:29.123456789Z",
        "2030-02-28T23:59:60+05:30",
        "2028-02-29T00:00:00-12:00",
    ],
)
def test_timestamp(timestamp: str) -> None:
    """An RFC 3339 timestamp has a date, a T, a time, an optional fraction, and a zone."""
    assert messages(machine(wait(Timestamp=timestamp))) == []


@pytest.mark.parametrize(
    "timestamp",
    [
        "2030-13-05T21:29:29Z",
        "2030-02-30T21:29:29Z",
        "2030-12-05T25:29:29Z",
        "2030-12-05T21:29:29",
        "2030-12-05 21:29:29Z",
        "2030-12-05t21:29:29z",
        "2030-12-05",
        "{% $now() %}",
        "$.t",
        "",
    ],
)
def test_no_timestamp(timestamp: str) -> None:
    """Another text is refused, in JSONPath also an expression."""
    assert messages(machine(wait(Timestamp=timestamp))) == [
        "String does not match RFC3339 timestamp at /States/S/Timestamp"
    ]


@pytest.mark.parametrize(
    ("state", "field", "kind"),
    [
        pytest.param(wait(Timestamp=5), "Timestamp", "STRING", id="timestamp"),
        pytest.param({**PASS, "Comment": 5}, "Comment", "STRING", id="comment"),
        pytest.param({"Type": "Pass", "Next": None}, "Next", "STRING", id="next"),
        pytest.param({**PASS, "End": "true"}, "End", "BOOLEAN", id="end"),
        pytest.param({"Type": "Fail", "Error": []}, "Error", "STRING", id="error"),
        pytest.param({**TASK, "Retry": {}}, "Retry", "ARRAY", id="retry"),
        pytest.param({**TASK, "Credentials": "role"}, "Credentials", "OBJECT", id="credentials"),
        pytest.param({**PASS, "Parameters": [1]}, "Parameters", "OBJECT", id="parameters"),
        pytest.param({**PASS, "Assign": "x"}, "Assign", "OBJECT", id="assign"),
        pytest.param({**PASS, "InputPath": 5}, "InputPath", "STRING", id="input-path"),
        pytest.param({**PASS, "ResultPath": 5}, "ResultPath", "STRING", id="result-path"),
        pytest.param({"Type": "Fail", "CausePath": 5}, "CausePath", "STRING", id="cause-path"),
        pytest.param({**TASK, "Resource": 5}, "Resource", "STRING", id="resource"),
        pytest.param({**DISTRIBUTED_MAP, "ItemReader": "s3"}, "ItemReader", "OBJECT", id="reader"),
        pytest.param({**MAP, "Label": 5}, "Label", "STRING", id="label"),
    ],
)
def test_type(state: dict[str, Any], field: str, kind: str) -> None:
    """The diagnostic of a value of a wrong type is at the field."""
    assert messages(machine(state))[0] == f"Expected value of type [{kind}] at /States/S/{field}"


@pytest.mark.parametrize(
    ("timeout", "heartbeat", "valid"),
    [
        pytest.param(6, 5, True, id="smaller"),
        pytest.param(5, 5, False, id="equal"),
        pytest.param(5, 6, False, id="greater"),
    ],
)
def test_heartbeat(timeout: int, heartbeat: int, valid: bool) -> None:
    """A Task's heartbeat must be shorter than its timeout."""
    found = messages(machine({**TASK, "TimeoutSeconds": timeout, "HeartbeatSeconds": heartbeat}))

    assert found == (
        [] if valid else ["HeartbeatSeconds must be smaller than TimeoutSeconds at /States/S/HeartbeatSeconds"]
    )


@pytest.mark.parametrize(
    ("state", "field"),
    [
        pytest.param(wait(Seconds="{% 1 %}"), "Seconds", id="wait-seconds"),
        pytest.param(wait(Timestamp="{% 1 %}"), "Timestamp", id="wait-timestamp"),
        pytest.param({**TASK, "TimeoutSeconds": "{% 1 %}"}, "TimeoutSeconds", id="timeout"),
        pytest.param({**TASK, "HeartbeatSeconds": "{% 1 %}"}, "HeartbeatSeconds", id="heartbeat"),
        pytest.param({**MAP, "MaxConcurrency": "{% 1 %}"}, "MaxConcurrency", id="concurrency"),
        pytest.param({**MAP, "ToleratedFailureCount": "{% 1 %}"}, "ToleratedFailureCount", id="failures"),
        pytest.param({**MAP, "ToleratedFailurePercentage": "{% 1 %}"}, "ToleratedFailurePercentage", id="percentage"),
        pytest.param({"Type": "Fail", "Error": "{% 1 %}"}, "Error", id="error"),
        pytest.param({"Type": "Fail", "Cause": "{% 1 %}"}, "Cause", id="cause"),
        pytest.param(reader(MaxItems="{% 1 %}"), "MaxItems", id="items"),
        pytest.param(batcher(MaxItemsPerBatch="{% 1 %}"), "MaxItemsPerBatch", id="batch-items"),
        pytest.param(batcher(MaxInputBytesPerBatch="{% 1 %}"), "MaxInputBytesPerBatch", id="batch-bytes"),
    ],
)
def test_expression_instead(state: dict[str, Any], field: str) -> None:
    """In JSONata the value may be an expression, which is checked."""
    assert messages(machine(state, QueryLanguage="JSONata")) == []

    broken = machine(state, QueryLanguage="JSONata")
    (found,) = messages(_replaced(broken, "{% 1 %}", "{% 1 + %}"))
    assert found.startswith("INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/S")
    assert found.endswith(f"/{field}")


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(item, old, new) for name, item in value.items()}
    return new if value == old else value
