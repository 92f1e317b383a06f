"""JSON answers of the server's own routes, and to refused requests."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from werkzeug import Response

from sfn_mock.state import clock

#: The answer of a route: the members of a JSON object, or a list.
JsonDocument = dict[str, Any] | list[Any]


def error_response(status: int, sentence: str) -> Response:
    """Return an error answer with one sentence."""
    return json_response(status, {"message": sentence})


def json_response(status: int, document: JsonDocument) -> Response:
    """Return an answer in JSON; dates are ISO 8601 text."""
    try:
        text = json.dumps(document, default=_date, allow_nan=False)
    except ValueError:
        # A call may have NaN or Infinity, which Python accepts and browsers do not.
        text = json.dumps(json.loads(json.dumps(document, default=_date), parse_constant=str))
    return Response(text, status, content_type="application/json")


def _date(value: object) -> str:
    assert isinstance(value, datetime), "an answer of AWS's holds nothing else that is not JSON's"
    return clock.describe_date(value)
