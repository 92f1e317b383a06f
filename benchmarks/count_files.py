"""Count the files of the package that one call enters, and how often it goes from one file to another.

$ python benchmarks/count_files.py
$ python benchmarks/count_files.py --path    # with each function entered, in order

A file counts as entered when a function of it is called. The call goes to another file when a function is called, or a
generator goes on, in another file than the one before. What was made once and kept, such as the checks of botocore's
model, was made before.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import boto3

import sfn_mock

PACKAGE = Path(sfn_mock.__file__).parent


class Entered(NamedTuple):
    """A function of the package that was entered."""

    file: str
    function: str


class CallPath(NamedTuple):
    """The functions of the package that one call entered, in order."""

    entered: list[Entered]

    @property
    def files(self) -> list[str]:
        """The files in order of their first function."""
        return list(dict.fromkeys(file for file, _ in self.entered))

    @property
    def changes(self) -> int:
        """How often the call went from one file to another."""
        return sum(before.file != after.file for before, after in zip(self.entered, self.entered[1:], strict=False))


def follow(call: Callable[[], object]) -> CallPath:
    """Make a call, and return its path through the package."""
    entered: list[Entered] = []
    prefix = f"{PACKAGE}{os.sep}"

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(prefix):
            entered.append(Entered(Path(code.co_filename).relative_to(PACKAGE).as_posix(), code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return CallPath(entered)


def follow_all() -> dict[str, CallPath]:
    """Return the path of ListExecutions, answered in place, and that of ``add_execution``."""
    with sfn_mock.mock_sfn_executions() as sfn:
        client = boto3.client(
            "stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        orders = sfn.add_state_machine("orders")
        arn = orders.arn
        start_date = datetime(2026, 1, 10, tzinfo=timezone.utc)

        def seed() -> None:
            orders.add_execution(status="FAILED", start_date=start_date)

        def list_executions() -> None:
            client.list_executions(stateMachineArn=arn)

        seed()
        list_executions()
        return {"a listing in place": follow(list_executions), "a seed": follow(seed)}


def main() -> None:
    """Print the numbers of each path, and on request the path."""
    parser = argparse.ArgumentParser(description="Count the files of the package that one call enters.")
    parser.add_argument("--path", action="store_true", help="print each function entered, in order")
    shows_path = parser.parse_args().path
    for name, path in follow_all().items():
        print(f"{name}: {len(path.files)} files, {path.changes} changes of file")
        for line in path.entered if shows_path else path.files:
            print("   ", line if isinstance(line, str) else f"{line.file} {line.function}")


if __name__ == "__main__":
    main()
