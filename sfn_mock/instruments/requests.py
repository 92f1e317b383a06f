"""A request to Step Functions, in the same form for every transport."""

from __future__ import annotations

from typing import Any, NamedTuple

from sfn_mock.aws import constraints
from sfn_mock.aws.exceptions import SerializationException


class Request(NamedTuple):
    """An operation with its body, account, region and moment."""

    #: The API name of the operation; empty if the request has none.
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
        """Return the parameters as they were sent; empty if the body is not a JSON object."""
        try:
            return constraints.read(self.body)
        except SerializationException:
            return {}
