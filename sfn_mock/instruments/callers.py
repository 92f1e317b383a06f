"""Find the line of the code under test that makes a call."""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import NamedTuple

#: Packages between that line and this one: they pass the call on, or run its thread or task.
_CARRIERS = {
    *("sfn_mock", "botocore", "boto3", "aiobotocore", "moto", "requests", "responses"),
    *("asyncio", "concurrent", "threading"),
    *("http", "socketserver", "werkzeug"),
}
#: The module of botocore's paginators.
_PAGINATORS = {"botocore.paginate", "aiobotocore.paginate"}


class Caller(NamedTuple):
    """The line that makes a call; ``paginated`` is true if botocore's paginator makes it."""

    file: str
    line: int
    paginated: bool

    def __str__(self) -> str:
        """Return ``file:line``; the path is relative if the file is below the working directory."""
        return f"{self.file.removeprefix(os.getcwd() + os.sep)}:{self.line}"


def find_caller() -> Caller:
    """Return the first line outside these packages, or the name of the thread if there is none."""
    position: tuple[str, int] | None = None
    paginated = False
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        paginated = paginated or module in _PAGINATORS
        if position is None and module.partition(".")[0] not in _CARRIERS:
            position = frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return Caller(*(position or (f"<{threading.current_thread().name}>", 0)), paginated)
