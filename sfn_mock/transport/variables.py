"""Read and set a few environment variables together.

``os.environ`` encodes a name at each access, and raises and catches two errors for a variable that is not set. That
would take a third of the time to enter and leave the mock, so each name is encoded once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any


class Variables:
    """The environment variables with some names."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def values(self) -> dict[str, str]:
        """Return the values of those that are set."""
        stored = _stored()
        if stored is None:
            return {name: os.environ[name] for name in self._names if name in os.environ}
        return {name: os.environ.decodevalue(stored[key]) for name, key in self._keys if key in stored}

    def set(self, values: Mapping[str, str]) -> None:
        """Give them their values, and remove those without a value."""
        stored = _stored()
        if stored is None:
            for name in self._names:
                if name in values:
                    os.environ[name] = values[name]
                else:
                    os.environ.pop(name, None)
            return
        for name, key in self._keys:
            if name in values:
                encoded = os.environ.encodevalue(values[name])
                if stored.get(key) != encoded:
                    # The same two steps as in os.environ.
                    os.putenv(key, encoded)
                    stored[key] = encoded
            elif key in stored:
                os.unsetenv(key)
                del stored[key]

    @cached_property
    def _keys(self) -> list[tuple[str, Any]]:
        """The names, each with the form in which ``os.environ`` stores it."""
        return [(name, os.environ.encodekey(name)) for name in self._names]


def _stored() -> dict[Any, Any] | None:
    """Return what ``os.environ`` stores; None if another mapping is in its place."""
    return getattr(os.environ, "_data", None)
