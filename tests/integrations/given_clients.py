"""boto3 clients that return the answers of a test, and record their requests."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


class GivenClient:
    """Answers each method with its list of answers; the last one is repeated."""

    def __init__(self, **answers: Any) -> None:
        self._answers = {
            method: list(given) if isinstance(given, list) else [given] for method, given in answers.items()
        }
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, method: str) -> Any:
        def answer(**arguments: Any) -> Any:
            self.calls.append((method, arguments))
            left = self._answers[method]
            given = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(given, Exception):
                raise given
            return given

        return answer


def given(**answers: Any) -> tuple[GivenClient, Any]:
    """Return a client and a factory that returns it for any service."""
    client = GivenClient(**answers)
    return client, lambda service: client


def refusal(code: str, message: str = "m") -> ClientError:
    """Return the error of a refused call."""
    metadata = {"HTTPStatusCode": 400, "RequestId": "r-1"}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "Operation")
