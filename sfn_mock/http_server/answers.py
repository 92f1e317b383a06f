"""Answers in JSON to what is asked of the server itself, and to requests that it refuses."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from werkzeug import Response

from sfn_mock.state import clock

#: What a route answers: the members of a JSON object, or a list.
Told = dict[str, Any] | list[Any]


def error_response(status: int, sentence: str) -> Response:
    """Return an answer that says in one sentence what is wrong."""
    return json_response(status, {"message": sentence})


def json_response(status: int, told: Told) -> Response:
    """Return an answer in JSON; dates are ISO 8601 text."""
    try:
        text = json.dumps(told, default=_date, allow_nan=False)
    except ValueError:
        # A call may hold NaN or a number without end, which Python reads and the page's browser would not.
        text = json.dumps(json.loads(json.dumps(told, default=_date), parse_constant=str))
    return Response(text, status, content_type="application/json")


def _date(value: object) -> str:
    assert isinstance(value, datetime), "an answer of AWS's holds nothing else that is not JSON's"
    return clock.describe_date(value)
