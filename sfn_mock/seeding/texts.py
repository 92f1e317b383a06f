"""Read files and texts in JSON and YAML."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: The most values of YAML with its aliases expanded: a few lines may expand to billions.
MOST_VALUES = 10_000_000


@contextmanager
def reading(path: str | os.PathLike[str], expected: str) -> Iterator[None]:
    """Give errors of reading a file, FileNotFoundError and ValueError, sentences that say what to give instead."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError(
            f"No file {os.path.abspath(path)!r}: give the path of a file, JSON text that starts with '{{' or '[', or "
            f"YAML text of several lines."
        ) from None
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot read {os.fspath(path)!r} ({error}): give the path of {expected}.") from None


def read_file(path: str | os.PathLike[str]) -> str:
    """Return the text of a file."""
    with reading(path, "a file in UTF-8"), open(path, encoding="utf-8-sig") as file:
        return file.read()


def is_text(source: str) -> bool:
    """Return whether ``source`` is JSON or YAML text rather than a path."""
    return source.lstrip().startswith(("{", "[")) or "\n" in source


def parse(text: str) -> Any:
    """Return what ``text`` says: JSON if it begins with a bracket, else YAML; ValueError, with the line, if neither."""
    return _parse_json(text) if text.lstrip().startswith(("{", "[")) else _parse_yaml(text)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"invalid JSON in line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise ValueError("invalid JSON: it is nested too deeply.") from None


def write_yaml(document: object) -> str:
    """Return the YAML text that ``parse`` reads a document from; ValueError without PyYAML."""
    try:
        import yaml
    except ImportError:
        raise ValueError("YAML needs PyYAML: install it with pip install 'sfn_mock[server]'.") from None
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return text


def _parse_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise ValueError(
            "cannot read YAML: PyYAML is not installed; pip install 'sfn_mock[server]', or give JSON instead."
        ) from None

    class Loader(yaml.SafeLoader):
        """Leaves dates as text, because the seeding methods read them in all their forms."""

        yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own way to say it
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        document = yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        position = "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"
        raise ValueError(f"invalid YAML{position}: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"invalid YAML: {' '.join(str(error).split())}.") from None
    except (LookupError, AttributeError):  # PyYAML raises these for misused !!bool and !!timestamp
        raise ValueError("invalid YAML: a tag such as !!bool does not fit its value.") from None
    _check_size(document, {})
    return document


def _check_size(value: object, sizes: dict[int, int]) -> int:
    """Return the number of values of a document with its aliases expanded; ValueError beyond the limit."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in sizes:
        sizes[id(value)] = MOST_VALUES
        parts = value.values() if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_check_size(part, sizes) for part in parts)
    if sizes[id(value)] >= MOST_VALUES:
        raise ValueError(f"YAML must have fewer than {MOST_VALUES:,} values with its aliases expanded.")
    return sizes[id(value)]
