"""The command ``sfn-mock-server``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import Field, fields
from datetime import timedelta
from importlib.metadata import version
from threading import Event
from types import FrameType
from typing import Any, NoReturn

from sfn_mock.handle import StepFunctionsMock
from sfn_mock.http_server.documents import store_document
from sfn_mock.http_server.seed_schema import seed_schema
from sfn_mock.http_server.server import server
from sfn_mock.options import Options
from sfn_mock.seeding.export_sources import naming
from sfn_mock.seeding.texts import parse, read_file
from sfn_mock.state import clock
from sfn_mock.state.seed_warnings import collected_warnings

#: moto's own server's.
DEFAULT_PORT = 5000


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit code: 1, after one sentence, for an error."""
    arguments = _parser().parse_args(argv)
    with _stop_event() as stop:
        try:
            with server(**{name: value for name, value in vars(arguments).items() if name != "seed"}) as sfn:
                for path in arguments.seed:
                    _seed(sfn, path)
                print(f"Step Functions at {sfn.endpoint_url}", flush=True)
                while not stop.wait(1):
                    pass
        except (ImportError, OSError, ValueError) as error:
            print(f"sfn-mock-server: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
            return 1
    return 0


class _Parser(argparse.ArgumentParser):
    """Prints one sentence about a wrong option, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sfn-mock-server",
        description="Serve a mock of AWS Step Functions, and moto's other services, to clients in any language.",
    )
    parser.add_argument("-H", "--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("-p", "--port", type=int, default=DEFAULT_PORT, help="the port, 0 for a free one (%(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        dest="allowed_hosts",
        metavar="NAME",
        help="a host name that clients may use, in addition to this machine's and AWS's; * for all; may be repeated",
    )
    parser.add_argument(
        "--seed",
        action="append",
        default=[],
        metavar="FILE",
        help="seeds at the start: a seed file in JSON or YAML, or output of `aws stepfunctions list-executions`; "
        "may be repeated",
    )
    parser.add_argument(
        "--seed-schema",
        action=_PrintSeedSchema,
        nargs=0,
        default=argparse.SUPPRESS,
        help="print the JSON Schema of seed files, for editors, and exit",
    )
    for option in fields(Options):
        if "help" in option.metadata:
            _add_option(parser, option)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('sfn_mock')}")
    return parser


class _PrintSeedSchema(argparse.Action):
    """Print the JSON Schema of seed files and exit, as ``--version`` does."""

    def __call__(self, parser: argparse.ArgumentParser, *arguments: object) -> None:
        print(json.dumps(seed_schema(), indent=2))
        parser.exit()


def _add_option(parser: argparse.ArgumentParser, option: Field[Any]) -> None:
    """Add an option of the mock: a switch, or a value that is read by its type."""
    name = f"--{option.name.replace('_', '-')}"
    if option.type == "bool":
        parser.add_argument(name, action="store_true", help=option.metadata["help"])
        return
    default = "" if option.default in (None, timedelta(0)) else " (%(default)s)"
    read, value = _READERS[str(option.type).partition(" |")[0]]
    parser.add_argument(
        name, type=read, default=option.default, metavar=value, help=f"{option.metadata['help']}{default}"
    )


def _length(text: str) -> timedelta:
    try:
        return timedelta(milliseconds=clock.to_milliseconds(text, name="LENGTH"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be JSON, got {text!r} ({error}).") from None


#: The parser of option values by type, and their name in the help.
_READERS: dict[str, tuple[Callable[[str], Any], str | None]] = {
    "str": (str, None),
    "float": (float, "NUMBER"),
    "timedelta": (_length, "LENGTH"),
    "Mapping[str, Any]": (_json, "JSON"),
}


def _seed(sfn: StepFunctionsMock, path: str) -> None:
    """Seed from a file: a seed document, or the output of ``list-executions``."""
    with naming(path), collected_warnings() as warnings:
        store_document(sfn, parse(read_file(path)))
    for warning in warnings:
        print(f"sfn-mock-server: {path}: {warning}", file=sys.stderr)


@contextmanager
def _stop_event() -> Iterator[Event]:
    """Yield an event that SIGINT and SIGTERM set, instead of their previous handlers."""
    stop = Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
