"""Answers for asyncio clients, which await what botocore's own clients read."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse


def then(value: Any, go_on: Callable[[Any], Any]) -> Any:
    """Return ``go_on(value)``; an awaitable of the result if the value or the result is awaitable."""
    # Checked first, because botocore's own clients have tuples and the other check is slow.
    if type(value) is tuple or not inspect.isawaitable(value):
        return go_on(value)

    async def later() -> Any:
        result = go_on(await value)
        return await result if inspect.isawaitable(result) else result

    return later()


def is_awaited(body: object) -> bool:
    """Return whether ``body`` is a file whose ``read`` is awaited."""
    return inspect.iscoroutinefunction(getattr(body, "read", None))


class AwaitedResponse(AWSResponse):  # type: ignore[misc]  # botocore carries no types
    """A response with awaitable content and text, which can be read in parts as aiobotocore does."""

    def __init__(self, response: AWSResponse) -> None:
        self._whole: bytes = response.content
        super().__init__(response.url, response.status_code, response.headers, _Stream(self._whole))

    @property
    def content(self) -> Awaitable[bytes]:
        """The body, to be awaited."""
        return _given(self._whole)

    @property
    def text(self) -> Awaitable[str]:
        """The body as text, to be awaited."""
        return _given(self._whole.decode())


async def _given(value: Any) -> Any:
    return value


class _Stream:
    """The part of aiohttp's response through which aiobotocore reads a stream, such as an object of S3."""

    def __init__(self, whole: bytes) -> None:
        self._rest = BytesIO(whole)

    @property
    def content(self) -> _Stream:
        return self

    async def __aenter__(self) -> _Stream:
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.close()

    async def read(self, size: int = -1) -> bytes:
        return self._rest.read(size)

    def close(self) -> None:
        self._rest.close()
