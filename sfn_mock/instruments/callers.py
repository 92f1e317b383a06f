"""Which line of the code under test a call comes from."""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import NamedTuple

#: Packages between that line and here: they carry the call, or run the thread or task that makes it.
_CARRIERS = {
    *("sfn_mock", "botocore", "boto3", "aiobotocore", "moto", "requests", "responses"),
    *("asyncio", "concurrent", "threading"),
    *("http", "socketserver", "werkzeug"),
}
#: Where botocore turns pages by itself.
_PAGINATORS = {"botocore.paginate", "aiobotocore.paginate"}


class Caller(NamedTuple):
    """The place a call was made at; ``paginated`` says that botocore's paginator made it there."""

    file: str
    line: int
    paginated: bool

    def __str__(self) -> str:
        """``file:line``, the file as seen from the working directory if it lies within."""
        return f"{self.file.removeprefix(os.getcwd() + os.sep)}:{self.line}"


def find_caller() -> Caller:
    """Return the first place outside of botocore and its like; the thread, by its name, where there is none."""
    place: tuple[str, int] | None = None
    paginated = False
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        paginated = paginated or module in _PAGINATORS
        if place is None and module.partition(".")[0] not in _CARRIERS:
            place = frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return Caller(*(place or (f"<{threading.current_thread().name}>", 0)), paginated)
