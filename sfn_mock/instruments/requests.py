"""A request to Step Functions, as far as every way in knows it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Request(NamedTuple):
    """What was asked of whom, and when."""

    #: The operation's name in the API.
    operation: str
    body: str | bytes
    account_id: str
    region: str
    #: When it arrived, in milliseconds since 1970.
    moment: int

    def parameters(self) -> dict[str, Any]:
        """The parameters as they were sent, a new dict each time; empty if the body is not the JSON of an object."""
        try:
            parameters = json.loads(self.body)
        except ValueError:
            return {}
        return parameters if isinstance(parameters, dict) else {}
