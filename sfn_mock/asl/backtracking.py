"""A regular expression matcher with a limit of steps, for patterns that are too slow for Python's module `re`.

The module `re` backtracks without a limit: `(a+)+c` takes hours on forty characters, `.*.*.*x` on some thousand, and
nothing can stop it. This module compiles such a pattern to a program and counts the steps. If no repetitions are
nested, it never tries a part of the pattern twice at the same position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import inf, log2
from typing import NamedTuple, TypeAlias

MAX_STEPS = 100_000
# The limit of a search that tries nothing twice.
MAX_STEPS_ONCE = 2_000_000
# Each character of the text raises the limit.
STEPS_PER_CHARACTER = 20
MAX_INSTRUCTIONS = 20_000
# The binary logarithm of the most steps that the module `re` may take: about a second.
RE_STEPS = 26

_TOKEN = re.compile(
    r"""(?P<look>\(\?(?P<behind><)?(?:=|(?P<negated>!)))
    |(?P<back>\\(?P<number>[1-9]\d?)|\(\?P=(?P<group>\w+)\))
    |(?P<open>\((?:(?P<plain>\?(?P<on>[ims]*)(?:-(?P<off>[ims]+))?:)|\?P<(?P<name>\w+)>)?)
    |(?P<close>\))
    |(?P<either>\|)
    |(?P<repeat>(?:[*+?]|\{(?P<least>\d+)(?P<more>,(?P<most>\d*))?\})(?P<lazy>\??))
    |(?P<one>\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)|\[\^?(?:\\.|[^\]\\])*\]|.)""",
    re.VERBOSE | re.DOTALL,
)
_BOUNDS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class EndlessSearchError(Exception):
    """A search exceeds its limit of steps."""


class Instruction(NamedTuple):
    """One instruction of a program.

    Attributes:
        name: The operation. "one": match one character or position. "split": try two alternatives. "jump": continue
            elsewhere. "open", "close": begin and end a group. "mark": save the position. "moved": fail unless the
            position has changed since "mark". "back": match a group's text again. "look": look ahead. "count": begin a
            counted repetition. "again": run its body again or leave it. "whole": fail unless the text ends. "end":
            succeed.
        first: For "split" and "jump", the offset of the next instruction. For groups, marks and counts, the number.
            For "one", the number of groups before it. For "look", 1 if the lookahead must match and 0 if it must not.
        second: For "split", the offset of the second alternative. For "again", the offset of the instruction after the
            repetition.
        pattern: For "one", the pattern.
        ahead: For "look", the program of the lookahead.
        least: For "again", the smallest number of repetitions.
        most: For "again", the largest number of repetitions, None for no limit.
        is_lazy: For "again", whether fewer repetitions are tried first.
    """

    name: str
    first: int = 1
    second: int = 0
    pattern: re.Pattern[str] | None = None
    ahead: tuple[Instruction, ...] = ()
    least: int = 0
    most: int | None = None
    is_lazy: bool = False


_END = Instruction("end")


class Part(NamedTuple):
    """A part of a program.

    Attributes:
        code: The instructions.
        repetitions: The number of unlimited repetitions that follow each other.
        choices: The binary logarithm of the number of other alternatives; infinite if repetitions are nested.
    """

    code: list[Instruction]
    repetitions: int = 0
    choices: float = 0

    @property
    def varies(self) -> bool:
        """Whether the part can match the same text in several ways."""
        return self.repetitions + self.choices > 0


class Match:
    """A match, with some members of `re.Match`.

    Attributes:
        string: The text that was searched.
    """

    def __init__(self, text: str, start: int, end: int, spans: Mapping[int, tuple[int, int]], groups: int) -> None:
        self.string = text
        self._spans = {**spans, 0: (start, end)}
        self._groups = groups

    def start(self) -> int:
        """Return the offset of the first character."""
        return self._spans[0][0]

    def end(self) -> int:
        """Return the offset after the last character."""
        return self._spans[0][1]

    def group(self, index: int = 0) -> str | None:
        """Return the text of a group, None if it did not match."""
        span = self._spans.get(index)
        return None if span is None else self.string[slice(*span)]

    def groups(self) -> tuple[str | None, ...]:
        """Return the texts of all groups."""
        return tuple(self.group(index + 1) for index in range(self._groups))


#: The positions of open groups and of marks, and the counts of repetitions; the key is the kind and the number.
Marks: TypeAlias = dict[tuple[str, int], int]
Spans: TypeAlias = dict[int, tuple[int, int]]
#: For each split, one byte per position: whether the split was tried there.
Tried: TypeAlias = dict[int, bytearray]


class Program:
    """A regular expression compiled to instructions."""

    def __init__(self, part: Part, groups: int, *, remembers: bool) -> None:
        self._code = (*part.code, _END)
        self._part = part
        self._groups = groups
        self._remembers = part.choices < inf and remembers

    def is_needed(self, text: str) -> bool:
        """Return whether a search in a text may take too long with the module `re`."""
        starts_and_repetitions = 1 + self._part.repetitions
        return self._part.choices + starts_and_repetitions * log2(len(text) + 1) > RE_STEPS

    def finditer(self, text: str) -> Iterator[Match]:
        """Yield the matches in a text, without overlaps.

        Raises:
            EndlessSearchError: If the search takes too many steps.
        """
        search = _Search(text, remembers=self._remembers)
        tried: Tried = {}
        start = 0
        while start <= len(text):
            found = search.run(self._code, start, {}, tried)
            if found is None:
                start += 1
                continue
            tried = {}
            end, spans = found
            yield Match(text, start, end, spans, self._groups)
            start = max(end, start + 1)

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches.

        Raises:
            EndlessSearchError: If the search takes too many steps.
        """
        search = _Search(text, remembers=self._remembers)
        return search.run((*self._code[:-1], Instruction("whole"), _END), 0, {}, {}) is not None


class _Search:
    """A search in one text, with a limit of steps."""

    def __init__(self, text: str, *, remembers: bool) -> None:
        """Begin a search.

        Args:
            text: The text.
            remembers: Whether a split that failed at a position is not tried there again. This requires that the
                outcome does not depend on the texts of groups.
        """
        self._text = text
        self._remembers = remembers
        self._steps = (MAX_STEPS_ONCE if remembers else MAX_STEPS) + STEPS_PER_CHARACTER * len(text)

    def run(self, code: tuple[Instruction, ...], start: int, spans: Spans, tried: Tried) -> tuple[int, Spans] | None:
        """Match a program at an offset; return the end and the spans of groups, None if it does not match.

        Args:
            code: The program.
            start: The offset.
            spans: The spans of earlier groups.
            tried: The splits that earlier, failed runs of this program tried.
        """
        waiting: list[tuple[int, int, Marks, Spans]] = [(0, start, {}, spans)]
        while waiting:
            at, position, marks, spans = waiting.pop()
            while True:
                self._steps -= 1
                if self._steps < 0:
                    raise EndlessSearchError("The regular expression takes too many steps")
                instruction = code[at]
                name, first, second, pattern, ahead = instruction[:5]
                if name == "end":
                    return position, spans
                if pattern is not None:
                    one = pattern.match(self._text, position)
                    if one is None:
                        break
                    position = one.end()
                    if pattern.groups:
                        found = (index for index in range(1, pattern.groups + 1) if one[index] is not None)
                        spans = {**spans, **{first + index: one.span(index) for index in found}}
                elif name == "split":
                    if self._remembers and self._is_tried(tried, at, position):
                        break
                    waiting.append((at + second, position, marks, spans))
                elif name in ("open", "mark"):
                    marks = {**marks, (name, first): position}
                elif name == "close":
                    spans = {**spans, first: (marks["open", first], position)}
                elif name == "moved":
                    if marks["mark", first] == position:
                        break
                elif name == "back":
                    begin, end = spans.get(first, (0, 0))
                    if not self._text.startswith(self._text[begin:end], position):
                        break
                    position += end - begin
                elif name == "look":
                    seen = self.run(ahead, position, spans, {})
                    if (seen is None) is bool(first):
                        break
                    spans = seen[1] if seen else spans
                elif name == "count":
                    marks = {**marks, ("count", first): 0}
                elif name == "again":
                    *others, (step, marks) = self._again(instruction, marks, position)
                    waiting += [(at + by, position, kept, spans) for by, kept in others]
                    at += step
                    continue
                elif name == "whole" and position != len(self._text):
                    break
                at += first if name in ("split", "jump") else 1
        return None

    def _again(self, instruction: Instruction, marks: Marks, position: int) -> list[tuple[int, Marks]]:
        """Return the alternatives of a counted repetition as offsets and marks; the last one is tried first."""
        number = instruction.first
        done = marks["count", number]
        counted = {**marks, ("count", number): done + 1, ("mark", number): position}
        inside, beyond = (1, counted), (instruction.second, marks)
        if done < instruction.least:
            return [inside]
        if done == instruction.most or (done and marks["mark", number] == position):
            return [beyond]
        return [inside, beyond] if instruction.is_lazy else [beyond, inside]

    def _is_tried(self, tried: Tried, at: int, position: int) -> bool:
        """Return whether a split was tried at a position, and record that it is tried now."""
        positions = tried.get(at)
        if positions is None:
            positions = tried[at] = bytearray(len(self._text) + 1)
        was_reached = positions[position] == 1
        positions[position] = 1
        return was_reached


class _Parser:
    """Compiles a pattern in Python's syntax to a program."""

    def __init__(self, pattern: str, options: int) -> None:
        self._pattern = pattern
        self._options = options
        self._tokens = list(_TOKEN.finditer(pattern))
        self._next = 0
        self._marks = 0
        self._names: dict[str, int] = {}
        self.groups = 0
        # Whether the outcome of a split at a position does not depend on what was matched before.
        self.forgets = True

    def _kind(self) -> str | None:
        """Return the kind of the next token, or None at the end."""
        return self._tokens[self._next].lastgroup if self._next < len(self._tokens) else None

    def _take(self) -> re.Match[str]:
        self._next += 1
        return self._tokens[self._next - 1]

    def alternatives(self) -> Part:
        """Compile alternatives, up to a closing parenthesis or the end."""
        parts = [self._sequence()]
        while self._kind() == "either":
            self._take()
            parts.append(self._sequence())
        code = parts[-1].code
        for part in reversed(parts[:-1]):
            split = Instruction("split", 1, len(part.code) + 2)
            code = [split, *part.code, Instruction("jump", len(code) + 1), *code]
        return Part(
            code,
            max(part.repetitions for part in parts),
            max(part.choices for part in parts) + log2(len(parts)),
        )

    def _sequence(self) -> Part:
        parts = []
        while self._kind() not in ("close", "either", None):
            part = self._item()
            if self._kind() == "repeat":
                part = self._repeated(part)
            parts.append(part)
        return _joined(parts)

    def _item(self) -> Part:
        """Compile a character, a position, a backreference or a group."""
        token = self._take()
        if token["one"]:
            return self._one(token[0], 0)
        if token["back"]:
            self.forgets = False
            return Part([Instruction("back", int(token["number"] or self._names[token["group"]]))])
        outer, options = self.groups, self._options
        number = 0
        if token["open"] and not token["plain"]:
            self.groups += 1
            number = self.groups
            self._names[token["name"]] = number
        for letter in token["on"] or "":
            self._options |= FLAGS[letter]
        for letter in token["off"] or "":
            self._options &= ~FLAGS[letter]
        inner = self.alternatives()
        close = self._take()
        self._options = options
        if token["behind"]:
            # A lookbehind has a fixed length, so the module `re` is fast enough.
            return self._one(self._pattern[token.start() : close.end()], outer)
        if token["look"]:
            return inner._replace(code=[Instruction("look", int(not token["negated"]), ahead=(*inner.code, _END))])
        if number:
            return inner._replace(code=[Instruction("open", number), *inner.code, Instruction("close", number)])
        return inner

    def _one(self, pattern: str, outer: int) -> Part:
        return Part([Instruction("one", outer, pattern=re.compile(pattern, self._options))])

    def _repeated(self, part: Part) -> Part:
        """Compile the repetition of a part; the next token is the quantifier."""
        token = self._take()
        if token["least"]:
            least = int(token["least"])
            most = int(token["most"]) if token["most"] else None if token["more"] else least
        else:
            least, most = _BOUNDS[token[0][0]]
        choices = inf if part.varies and most != 1 else part.choices
        if most is not None:
            choices += log2(most - least + 1)
        repetitions = 1 if most is None else part.repetitions
        return Part(self._repeated_code(part.code, least, most, token["lazy"]), repetitions, choices)

    def _repeated_code(self, code: list[Instruction], least: int, most: int | None, lazy: str) -> list[Instruction]:
        """Return code that runs a part from `least` to `most` times."""
        if len(code) * (most or least) > MAX_INSTRUCTIONS:
            return self._counted(code, least, most, lazy)
        further = self._loop(code, lazy) if most is None else _optional(code, most - least, lazy)
        return code * least + further

    def _counted(self, code: list[Instruction], least: int, most: int | None, lazy: str) -> list[Instruction]:
        """Return code that runs a limited number of times and counts them; the body is written only once."""
        self._marks += 1
        number = self._marks
        again = Instruction("again", number, len(code) + 2, least=least, most=most, is_lazy=bool(lazy))
        return [Instruction("count", number), again, *code, Instruction("jump", -len(code) - 1)]

    def _loop(self, code: list[Instruction], lazy: str) -> list[Instruction]:
        """Return code that runs any number of times, but stops when the position does not change."""
        self._marks += 1
        mark = self._marks
        back = Instruction("jump", -len(code) - 3)
        return [
            _choice(len(code) + 4, lazy), Instruction("mark", mark), *code, Instruction("moved", mark), back,
        ]  # fmt: skip


def _joined(parts: list[Part]) -> Part:
    """Return the part for parts that follow each other."""
    return Part(
        [instruction for part in parts for instruction in part.code],
        sum(part.repetitions for part in parts),
        sum(part.choices for part in parts),
    )


def _optional(code: list[Instruction], times: int, lazy: str) -> list[Instruction]:
    """Return code that runs at most a number of times."""
    total = (len(code) + 1) * times
    return [
        instruction
        for done in range(times)
        for instruction in (_choice(total - (len(code) + 1) * done, lazy), *code)
    ]  # fmt: skip


def _choice(beyond: int, lazy: str) -> Instruction:
    """Return the split between another repetition and the instruction after it; a lazy one tries the latter first."""
    return Instruction("split", beyond, 1) if lazy else Instruction("split", 1, beyond)


def bounded(pattern: str, options: int) -> Program | None:
    """Compile a pattern to a program; return None if the module `re` is always fast enough.

    Args:
        pattern: A pattern that the module `re` accepts.
        options: The flags of the module `re`.

    Raises:
        re.error: If a lookbehind refers to a group.
    """
    parser = _Parser(pattern, options)
    part = parser.alternatives()
    return Program(part, parser.groups, remembers=parser.forgets) if part.varies else None
