"""Read JSON text and describe its faults in the words of Jackson, the JSON parser of AWS.

Python's decoder reads well-formed text. If it refuses the text, or its recursion is too deep, the scanner here reads
the text token by token and reports the first fault that Jackson would find.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

#: The deepest allowed nesting of objects and arrays; recursive functions over a value rely on it.
DEEPEST = 250
#: How many characters of the text Jackson repeats in a location.
_SNIPPET = 500
#: How many characters of an unknown token Jackson repeats.
_LONGEST_TOKEN = 256
#: Python refuses to convert integers with more digits (sys.int_info.default_max_str_digits).
_MOST_DIGITS = 4000

_COMMENT = (
    "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
)
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_WHITE_SPACE = re.compile(r"[ \t\n\r]*")
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(r"[0-9]*")
_BLANKS = " \t\r\n"
#: What completes the error for a text that ends in a number.
_IN_NUMBER = " in a Number value"
_HEX = "0123456789abcdefABCDEF"
_ESCAPED = '"\\/bfnrt'
_LITERALS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_NON_STANDARD_TOKEN = "Non-standard token '{}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"
_NON_STANDARD = {"N": "NaN", "I": "Infinity"}
_CLOSING = {"Array": "]", "Object": "}"}


class JsonFault(ValueError):
    """A text is not JSON.

    Attributes:
        reason: Jackson's sentence, without its location.
        location: The location of the fault in Jackson's form.
    """

    def __init__(self, reason: str, location: str) -> None:
        super().__init__(f"{reason}\n at {location}")
        self.reason = reason
        self.location = location


class TooDeeplyNested(ValueError):
    """The objects and arrays of a text are nested more deeply than `DEEPEST`."""


def read_json(text: str) -> Any:
    """Decode JSON text.

    An integer with more than 4,000 digits becomes a `float`.

    Args:
        text: The JSON text of any value.

    Raises:
        TooDeeplyNested: If the text is nested too deeply, even if it is not JSON.
        JsonFault: If the text is empty or not JSON, or an object has a field twice.
    """
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        raise TooDeeplyNested(f"The JSON text must be nested at most {DEEPEST} levels deep.")
    try:
        return json.loads(text, object_pairs_hook=_distinct, parse_int=_integer, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return _Scanner(text).read()


def find_fault(text: str) -> str | None:
    """Return the sentence about the first fault of a text, None if it is JSON; an object may have a field twice."""
    try:
        _Scanner(text, is_strict=False).read()
    except JsonFault as fault:
        return fault.reason
    return None


def refuse_constant(word: str) -> NoReturn:
    """Raise ValueError for NaN and Infinity; the argument `parse_constant` of `json.loads`."""
    raise ValueError(f"{word} is not JSON")


def _depth(text: str) -> int:
    deepest = depth = 0
    for bracket in _NESTING.finditer(text):
        depth += (bracket[1] is not None) - (bracket[2] is not None)
        deepest = max(deepest, depth)
    return deepest


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("An object has a field twice.")
    return value


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _described(character: str) -> str:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"(CTRL-CHAR, code {code})"
    return f"'{character}' (code {code} / 0x{code:x})" if code > 0xFF else f"'{character}' (code {code})"


def _in_name(character: str) -> bool:
    """Return whether a character can be part of an unquoted word in Jackson's reading."""
    return character.isalnum() or character in "_$"


class _Position(NamedTuple):
    offset: int
    line: int
    line_start: int


#: Where Jackson says that the part outside of all objects and arrays begins.
_ROOT = _Position(-1, 1, 0)


@dataclass
class _Open:
    """An object or array that is not closed yet."""

    kind: str
    value: Any
    start: _Position
    name: str = ""

    def add(self, value: object) -> None:
        if self.kind == "Object":
            self.value[self.name] = value
        else:
            self.value.append(value)


class _Scanner:
    """Reads a text; if it is strict, no object may have a field twice."""

    def __init__(self, text: str, *, is_strict: bool = True) -> None:
        self._text = text
        self._is_strict = is_strict
        self._next = 0
        self._line = 1
        self._line_start = 0

    def read(self) -> Any:
        """Return the value of the whole text, or raise the first fault."""
        opened: list[_Open] = []
        while True:
            self._skip_white_space()
            if self._closes(opened[-1] if opened else None):
                value = opened.pop().value
            else:
                if opened:
                    self._prepare_entry(opened[-1])
                if self._next < len(self._text) and self._text[self._next] in "[{":
                    opened.append(self._open())
                    continue
                character = self._take("")
                value = self._value(character, at_top=not opened)
            if not opened:
                self._end()
                return value
            opened[-1].add(value)

    def _open(self) -> _Open:
        """Read the opening bracket of an object or array."""
        start = self._position()
        return _Open("Array", [], start) if self._take("") == "[" else _Open("Object", {}, start)

    # --- Structure -------------------------------------------------------------------------------------------------

    def _closes(self, inner: _Open | None) -> bool:
        """Read the closing bracket of an object or array if it comes next; return whether it did.

        Without `inner` nothing is open, and a closing bracket is a fault.
        """
        if self._next == len(self._text):
            if inner is None:
                return False
            self._refuse_end(
                f": expected close marker for {inner.kind} (start marker at {self._location(inner.start)})"
            )
        character = self._text[self._next]
        if character not in "]}":
            return False
        self._next += 1
        if inner is None or character != _CLOSING[inner.kind]:
            expected = "]" if character == "}" else "}"
            kind, start = ("root", _ROOT) if inner is None else (inner.kind, inner.start)
            self._refuse(
                f"Unexpected close marker '{character}': expected '{expected}' "
                f"(for {kind} starting at {self._location(start)})"
            )
        return True

    def _prepare_entry(self, inner: _Open) -> None:
        """Read what precedes a value: a comma after another entry, and in an object the name and its colon."""
        if inner.value:
            self._expect(",", f"was expecting comma to separate {inner.kind} entries")
            self._skip_white_space()
        if inner.kind == "Array":
            return
        self._expect('"', "was expecting double-quote to start field name")
        inner.name = self._string("name", " in field name")
        if self._is_strict and inner.name in inner.value:
            self._refuse(f"Duplicate field '{inner.name}'")
        self._skip_white_space()
        if self._next == len(self._text):
            self._refuse_end(" within/between Object entries")
        self._expect(":", "was expecting a colon to separate field name and value")
        self._skip_white_space()

    def _end(self) -> None:
        """Refuse whatever follows the value."""
        self._skip_white_space()
        if self._next == len(self._text):
            return
        self._closes(None)
        start = self._next
        character = self._take("")
        if character not in "[{":
            # Jackson reads the second value first, so a fault in it comes before the fault that it is there.
            self._value(character, at_top=True)
            self._next = start + 1
        self._refuse_character(character, "expected the end of the input")

    # --- Values ----------------------------------------------------------------------------------------------------

    def _value(self, character: str, *, at_top: bool) -> object:
        """Return the string, number or literal that begins with a character that was already read."""
        if character == '"':
            return self._string("string value", ": was expecting closing quote for a string value")
        if character == "-" or character in "0123456789":
            return self._number(character, at_top=at_top)
        if character == "+":
            self._refuse_number_start("+", self._take(_IN_NUMBER))
        if character in _LITERALS:
            word, value = _LITERALS[character]
            self._match(word)
            return value
        if character in _NON_STANDARD:
            word = _NON_STANDARD[character]
            self._match(word)
            self._refuse(_NON_STANDARD_TOKEN.format(word))
        if character == "}":
            self._refuse_character(character, "expected a value")
        if _in_name(character):
            self._refuse_token(self._next - 1)
        self._refuse_character(character, f"expected a valid value {_VALUES}")

    def _match(self, word: str) -> None:
        """Read the rest of a word whose first letter was already read; refuse any other word."""
        start = self._next - 1
        end = start + len(word)
        if not self._text.startswith(word, start) or (end < len(self._text) and _in_name(self._text[end])):
            self._refuse_token(start)
        self._next = end

    def _string(self, kind: str, end: str) -> str:
        """Return the string whose opening quote was already read."""
        start = self._next - 1
        plain = self._text[self._next : self._skip(_PLAIN)]
        if self._comes('"'):
            return plain
        while True:
            character = self._take(end)
            if character == '"':
                return str(json.loads(self._text[start : self._next]))
            if character != "\\":
                self._refuse(
                    f"Illegal unquoted character ({_described(character)}): has to be escaped using backslash "
                    f"to be included in {kind}"
                )
            self._skip_escape()
            self._skip(_PLAIN)

    def _skip_escape(self) -> None:
        end = " in character escape sequence"
        character = self._take(end)
        if character == "u":
            for _ in range(4):
                digit = self._take(end)
                if digit not in _HEX:
                    self._refuse_character(digit, "expected a hex-digit for character escape sequence")
        elif character not in _ESCAPED:
            self._refuse(f"Unrecognized character escape {_described(character)}")

    def _number(self, character: str, *, at_top: bool) -> int | float:
        """Return the number whose first character was already read."""
        start = self._next - 1
        if character == "-":
            character = self._take(_IN_NUMBER)
            if character not in "0123456789":
                self._refuse_number_start("-", character)
        first = self._next - 1
        self._skip(_DIGITS)
        if character == "0" and self._next - first > 1:
            self._refuse("Invalid numeric value: Leading zeroes not allowed")
        whole = self._next
        if self._comes("."):
            self._digits("Decimal point not followed by a digit")
        if self._comes("eE"):
            self._comes("+-")
            self._digits("Exponent indicator not followed by a digit")
        number = self._text[start : self._next]
        if at_top and self._next < len(self._text) and self._text[self._next] not in _BLANKS:
            self._refuse_character(self._take(_IN_NUMBER), "Expected space separating root-level values")
        return _integer(number) if self._next == whole else float(number)

    def _digits(self, fault: str) -> None:
        character = self._take(_IN_NUMBER)
        if character not in "0123456789":
            self._refuse_in_number(character, fault)
        self._skip(_DIGITS)

    # --- Characters ------------------------------------------------------------------------------------------------

    def _take(self, end: str) -> str:
        """Read the next character; `end` completes the error for a text that ends here."""
        if self._next == len(self._text):
            self._refuse_end(end)
        self._next += 1
        return self._text[self._next - 1]

    def _comes(self, characters: str) -> bool:
        """Read the next character if it is one of some characters; return whether it is."""
        found = self._next < len(self._text) and self._text[self._next] in characters
        self._next += found
        return found

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._next)
        self._next = self._next if found is None else found.end()
        return self._next

    def _skip_white_space(self) -> None:
        start = self._next
        end = self._skip(_WHITE_SPACE)
        for line in _LINE_END.finditer(self._text, start, end):
            self._line += 1
            self._line_start = line.end()
        if end < len(self._text) and self._text[end] < " ":
            self._refuse(
                f"Illegal character ({_described(self._take(''))}): only regular white space (\\r, \\n, \\t) "
                f"is allowed between tokens"
            )
        if self._comes("/"):
            self._refuse_character("/", _COMMENT)

    def _expect(self, character: str, fault: str) -> None:
        found = self._take("")
        if found != character:
            self._refuse_character(found, fault)

    # --- Faults ----------------------------------------------------------------------------------------------------

    def _refuse_token(self, start: int) -> NoReturn:
        """Refuse the word that begins at `start`."""
        while self._next < len(self._text) and _in_name(self._text[self._next]):
            self._next += 1
        word = self._text[start : self._next]
        if len(word) > _LONGEST_TOKEN:
            word, self._next = word[:_LONGEST_TOKEN] + "...", start + _LONGEST_TOKEN
        self._refuse(f"Unrecognized token '{word}': was expecting {_VALUES}")

    def _refuse_character(self, character: str, fault: str) -> NoReturn:
        self._refuse(f"Unexpected character ({_described(character)}): {fault}")

    def _refuse_number_start(self, sign: str, character: str) -> NoReturn:
        """Refuse a number that has no digit after its sign."""
        word = f"{sign}Infinity"
        if self._text.startswith(word, self._next - 2):
            self._next += len(word) - 2
            self._refuse(_NON_STANDARD_TOKEN.format(word))
        self._refuse_in_number(character, "expected digit (0-9) to follow minus sign, for valid numeric value")

    def _refuse_in_number(self, character: str, fault: str) -> NoReturn:
        self._refuse(f"Unexpected character ({_described(character)}) in numeric value: {fault}")

    def _refuse_end(self, fault: str) -> NoReturn:
        self._refuse(f"Unexpected end-of-input{fault}")

    def _refuse(self, reason: str) -> NoReturn:
        raise JsonFault(reason, self._location(self._position()))

    def _position(self) -> _Position:
        return _Position(self._next, self._line, self._line_start)

    def _location(self, position: _Position) -> str:
        more = len(self._text) - _SNIPPET
        truncated = f"[truncated {more} chars]" if more > 0 else ""
        column = position.offset - position.line_start + 1
        return f'[Source: (String)"{self._text[:_SNIPPET]}"{truncated}; line: {position.line}, column: {column}]'
