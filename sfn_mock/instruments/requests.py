"""A request to Step Functions, as every transport knows it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sfn_mock.aws.exceptions import SerializationException


class Request(NamedTuple):
    """What was asked, of which account and region, and when."""

    #: The operation's name in the API; empty for a request that names none.
    operation: str
    body: str | bytes
    account_id: str
    region: str
    #: When it arrived, in milliseconds since 1970.
    moment: int
    url: str = ""
    #: The X-Amzn-Trace-Id header; empty without one.
    trace_id: str = ""

    def read(self) -> dict[str, Any]:
        """Return the parameters as they were sent, a new dict each time.

        Raises:
            SerializationException: AWS's error for a body that is not the JSON of an object.
        """
        try:
            text = self.body if isinstance(self.body, str) else self.body.decode()
            parameters = json.loads(text or "{}")
        except (ValueError, RecursionError):
            raise SerializationException from None
        if not isinstance(parameters, dict):
            raise SerializationException
        return parameters

    def parameters(self) -> dict[str, Any]:
        """Return the parameters as they were sent; empty if the body is not the JSON of an object."""
        try:
            return self.read()
        except SerializationException:
            return {}
