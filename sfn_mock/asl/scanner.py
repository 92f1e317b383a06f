"""The base of parsers that read a text from left to right."""

from __future__ import annotations

import re


class Scanner:
    """A text and the current position in it."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of a pattern at the current position and move after it; None if it does not match."""
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match
