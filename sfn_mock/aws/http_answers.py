"""The HTTP form of answers: headers, dates in seconds, and the bodies of errors."""

from __future__ import annotations

import json
from email.utils import formatdate
from functools import lru_cache
from random import Random
from typing import Any

from sfn_mock.aws.exceptions import SFNError

#: Random numbers for request ids: a test may seed the global generator, and uuid4 makes a system call each time.
_request_ids = Random()


def in_seconds(moment: int) -> float:
    """Return a moment in the protocol's form: seconds since 1970 with three decimals."""
    return moment / 1000


def headers_of_answer(moment: int) -> dict[str, str]:
    """Return the HTTP headers of an answer at ``moment``, with a new request id."""
    return {
        "Date": _http_date(moment // 1000),
        "x-amzn-RequestId": _request_id(),
        "Content-Type": "application/x-amz-json-1.0",
    }


def _request_id() -> str:
    """Return a random UUID, written in a third of the time that the class takes."""
    digits = f"{_request_ids.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@lru_cache(maxsize=1)
def _http_date(seconds: int) -> str:
    """Return the Date header of a second, cached for further calls in that second."""
    return formatdate(seconds, usegmt=True)


def members_of_error(error: SFNError) -> dict[str, Any]:
    """Return the members of an error, with its message; protocol errors have none."""
    return {"message": error.message, **error.members} if error.message else {}


def body_of_error(error: SFNError) -> str:
    """Return the HTTP body of an error."""
    return json.dumps({"__type": f"{error.namespace}#{error.code}", **members_of_error(error)})
