"""A text that is read from left to right."""

from __future__ import annotations

import re


class Scanner:
    """A text, and the position up to which it was read."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move behind what a pattern matches next, and return the match."""
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match
