"""A request to Step Functions, as every transport knows it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sfn_mock.aws import constraints
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

    def parameters(self) -> dict[str, Any]:
        """Return the parameters as they were sent; empty if the body is not the JSON of an object."""
        try:
            return constraints.read(self.body)
        except SerializationException:
            return {}
