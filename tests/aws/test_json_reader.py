"""JSON text and its faults in Jackson's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfn_mock.aws.json_reader import JsonFault, TooDeeplyNested, find_fault, read_json

COMMENT = (
    "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
)
VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        pytest.param("not a definition", f"Unrecognized token 'not': was expecting {VALUES}", 4, id="words"),
        pytest.param("", "Unexpected end-of-input", 1, id="empty"),
        pytest.param("nul", f"Unrecognized token 'nul': was expecting {VALUES}", 4, id="cut-literal"),
        pytest.param("[nulls]", f"Unrecognized token 'nulls': was expecting {VALUES}", 7, id="longer-literal"),
        pytest.param("[tru]", f"Unrecognized token 'tru': was expecting {VALUES}", 5, id="wrong-literal"),
        pytest.param(
            "[NaN]",
            "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
            5,
            id="nan",
        ),
        pytest.param(
            "[Infinity]",
            "Non-standard token 'Infinity': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
            10,
            id="infinity",
        ),
        pytest.param("[Nan]", f"Unrecognized token 'Nan': was expecting {VALUES}", 5, id="not-quite-nan"),
        pytest.param("_a$ b", f"Unrecognized token '_a$': was expecting {VALUES}", 4, id="name"),
        pytest.param("é", f"Unrecognized token 'é': was expecting {VALUES}", 2, id="accented-name"),
        pytest.param("x" * 300, f"Unrecognized token '{'x' * 256}...': was expecting {VALUES}", 257, id="long-name"),
        pytest.param(
            "+1",
            "Unexpected character ('1' (code 49)) in numeric value: expected digit (0-9) to follow minus sign, for "
            "valid numeric value",
            3,
            id="plus",
        ),
        pytest.param("+", "Unexpected end-of-input in a Number value", 2, id="plus-alone"),
        pytest.param(
            "[-Infinity]",
            "Non-standard token '-Infinity': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
            11,
            id="minus-infinity",
        ),
        pytest.param(
            "\u2028",
            f"Unexpected character ('\u2028' (code 8232 / 0x2028)): expected a valid value {VALUES}",
            2,
            id="wide-character",
        ),
        pytest.param(
            "\x7f",
            f"Unexpected character ((CTRL-CHAR, code 127)): expected a valid value {VALUES}",
            2,
            id="delete-character",
        ),
        pytest.param(
            "[1}",
            "Unexpected close marker '}': expected ']' (for Array starting at [Source: "
            '(String)"[1}"; line: 1, column: 1])',
            4,
            id="array-closed-by-brace",
        ),
        pytest.param(
            "{]",
            "Unexpected close marker ']': expected '}' (for Object starting at [Source: "
            '(String)"{]"; line: 1, column: 1])',
            3,
            id="object-closed-by-bracket",
        ),
        pytest.param(
            "}",
            "Unexpected close marker '}': expected ']' (for root starting at [Source: "
            '(String)"}"; line: 1, column: 0])',
            2,
            id="brace-alone",
        ),
        pytest.param(
            " ]",
            "Unexpected close marker ']': expected '}' (for root starting at [Source: "
            '(String)" ]"; line: 1, column: 0])',
            3,
            id="bracket-alone",
        ),
        pytest.param(
            "{}}",
            "Unexpected close marker '}': expected ']' (for root starting at [Source: "
            '(String)"{}}"; line: 1, column: 0])',
            4,
            id="a-brace-too-many",
        ),
        pytest.param("[1,}", "Unexpected character ('}' (code 125)): expected a value", 5, id="brace-after-a-comma"),
        pytest.param('{"a":}', "Unexpected character ('}' (code 125)): expected a value", 7, id="no-value"),
        pytest.param(
            "[1,]",
            f"Unexpected character (']' (code 93)): expected a valid value {VALUES}",
            5,
            id="comma-before-bracket",
        ),
        pytest.param(
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
            5,
            id="no-comma-in-array",
        ),
        pytest.param(
            '{"a":1 "b"}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            9,
            id="no-comma-in-object",
        ),
        pytest.param(
            '{"a":1,}',
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            9,
            id="comma-before-brace",
        ),
        pytest.param(
            "{a:1}",
            "Unexpected character ('a' (code 97)): was expecting double-quote to start field name",
            3,
            id="bare-name",
        ),
        pytest.param(
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            7,
            id="no-colon",
        ),
        pytest.param("// 1", f"Unexpected character ('/' (code 47)): {COMMENT}", 2, id="comment-before-a-value"),
        pytest.param(
            '{"a" /* b */: 1}', f"Unexpected character ('/' (code 47)): {COMMENT}", 7, id="comment-after-a-name"
        ),
        pytest.param("[1 // 2\n]", f"Unexpected character ('/' (code 47)): {COMMENT}", 5, id="comment-after-a-value"),
        pytest.param("# 1", f"Unexpected character ('#' (code 35)): expected a valid value {VALUES}", 2, id="hash"),
        pytest.param('{"a"', "Unexpected end-of-input within/between Object entries", 5, id="end-after-name"),
        pytest.param('{"a', "Unexpected end-of-input in field name", 4, id="end-in-name"),
        pytest.param('{"a":1,"a":2}', "Duplicate field 'a'", 11, id="name-twice"),
        pytest.param(
            '{"a":1',
            "Unexpected end-of-input: expected close marker for Object (start marker at [Source: "
            '(String)"{"a":1"; line: 1, column: 1])',
            7,
            id="open-object",
        ),
        pytest.param(
            "[",
            "Unexpected end-of-input: expected close marker for Array (start marker at [Source: "
            '(String)"["; line: 1, column: 1])',
            2,
            id="open-array",
        ),
        pytest.param("[1,", "Unexpected end-of-input", 4, id="end-after-comma"),
        pytest.param(
            '"abc', "Unexpected end-of-input: was expecting closing quote for a string value", 5, id="open-string"
        ),
        pytest.param(
            '"a\tb"',
            "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be "
            "included in string value",
            4,
            id="tab-in-string",
        ),
        pytest.param(
            '{"\n":1}',
            "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to "
            "be included in name",
            4,
            id="line-end-in-name",
        ),
        pytest.param(r'"\q"', "Unrecognized character escape 'q' (code 113)", 4, id="unknown-escape"),
        pytest.param(
            r'"\u12g4"',
            "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence",
            7,
            id="no-hex-digit",
        ),
        pytest.param('"\\', "Unexpected end-of-input in character escape sequence", 3, id="end-in-escape"),
        pytest.param(r'"\u12', "Unexpected end-of-input in character escape sequence", 6, id="end-in-hex"),
        pytest.param(
            r'"\u123g"',
            "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence",
            8,
            id="no-last-hex-digit",
        ),
        pytest.param("[0, x]", f"Unrecognized token 'x': was expecting {VALUES}", 6, id="behind-zero"),
        pytest.param("[10, x]", f"Unrecognized token 'x': was expecting {VALUES}", 7, id="behind-ten"),
        pytest.param(r'["\n", x]', f"Unrecognized token 'x': was expecting {VALUES}", 9, id="behind-an-escape"),
        pytest.param(
            "[true",
            'Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"[true"; '
            "line: 1, column: 1])",
            6,
            id="end-after-true",
        ),
        pytest.param("x" * 256, f"Unrecognized token '{'x' * 256}': was expecting {VALUES}", 257, id="longest-name"),
        pytest.param(
            "[- 1]",
            "Unexpected character (' ' (code 32)) in numeric value: expected digit (0-9) to follow minus sign, for "
            "valid numeric value",
            4,
            id="blank-behind-minus",
        ),
        pytest.param("[01]", "Invalid numeric value: Leading zeroes not allowed", 4, id="leading-zero"),
        pytest.param(
            "-a",
            "Unexpected character ('a' (code 97)) in numeric value: expected digit (0-9) to follow "
            "minus sign, for valid numeric value",
            3,
            id="minus-alone",
        ),
        pytest.param("-", "Unexpected end-of-input in a Number value", 2, id="end-after-minus"),
        pytest.param(
            "1.x",
            "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit",
            4,
            id="no-decimals",
        ),
        pytest.param(
            "1e+x",
            "Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit",
            5,
            id="no-exponent",
        ),
        pytest.param(
            "1.5x",
            "Unexpected character ('x' (code 120)): Expected space separating root-level values",
            5,
            id="letters-after-number",
        ),
        pytest.param(
            "1]",
            "Unexpected character (']' (code 93)): Expected space separating root-level values",
            3,
            id="bracket-after-number",
        ),
        pytest.param("1 x", f"Unrecognized token 'x': was expecting {VALUES}", 4, id="more-than-a-number"),
        pytest.param("1 2", "Unexpected character ('2' (code 50)): expected the end of the input", 4, id="two-numbers"),
        pytest.param(
            r'{"a": [1, 2.5, "x\u0041\n", null, {}], "b": -1e3} x',
            f"Unrecognized token 'x': was expecting {VALUES}",
            52,
            id="behind-every-type",
        ),
        pytest.param(
            "{} {", "Unexpected character ('{' (code 123)): expected the end of the input", 5, id="more-than-a-value"
        ),
        pytest.param(
            "\x02",
            r"Illegal character ((CTRL-CHAR, code 2)): only regular white space (\r, \n, \t) is allowed between tokens",
            2,
            id="control-character",
        ),
    ],
)
def test_fault(text: str, reason: str, column: int) -> None:
    """A fault has Jackson's sentence, and the location behind the last character that Jackson read."""
    location = f'[Source: (String)"{text}"; line: 1, column: {column}]'
    with pytest.raises(JsonFault) as fault:
        read_json(text)

    assert (fault.value.reason, fault.value.location) == (reason, location)
    assert str(fault.value) == f"{reason}\n at {location}"


def test_fault_of_a_text_that_is_read_as_data() -> None:
    """The first fault of a text is found beyond a field that an object has twice, which is none."""
    assert find_fault('{"a": 1, "a": 2') == (
        "Unexpected end-of-input: expected close marker for Object (start marker at [Source: "
        '(String)"{"a": 1, "a": 2"; line: 1, column: 1])'
    )
    assert find_fault('{"a": 1, "a": 2}') is None


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_are_counted(end: str) -> None:
    """Line and column are counted from the last line end between tokens, whichever of three it is."""
    with pytest.raises(JsonFault) as fault:
        read_json(f'{{"a":{end}{end}  x}}')

    assert fault.value.location.endswith("; line: 3, column: 4]")


@pytest.mark.parametrize(
    ("character", "description"),
    [
        pytest.param("~", "'~' (code 126)", id="last-of-ascii"),
        pytest.param("\x7f", "(CTRL-CHAR, code 127)", id="delete"),
        pytest.param("\x9f", "(CTRL-CHAR, code 159)", id="last-control-character"),
        pytest.param("\xa0", "'\xa0' (code 160)", id="first-after-control-characters"),
        pytest.param("ÿ", "'ÿ' (code 255)", id="last-without-hex"),
        pytest.param("Ā", "'Ā' (code 256 / 0x100)", id="first-with-hex"),
    ],
)
def test_description_of_a_character(character: str, description: str) -> None:
    """A control character is told by its code alone, one after U+00FF with its code in hexadecimal too."""
    with pytest.raises(JsonFault) as fault:
        read_json(f'{{"a" {character}1}}')

    assert fault.value.reason == (
        f"Unexpected character ({description}): was expecting a colon to separate field name and value"
    )


def test_last_control_character_between_values() -> None:
    """A control character up to U+001F is refused between values."""
    with pytest.raises(JsonFault, match=r"^Illegal character \(\(CTRL-CHAR, code 31\)\): "):
        read_json("[\x1f]")


@pytest.mark.parametrize(
    ("length", "end"),
    [pytest.param(500, '"; line: 1, column: 501]', id="whole"), pytest.param(501, '"[truncated 1 chars]; ', id="cut")],
)
def test_longest_text_that_is_not_cut(length: int, end: str) -> None:
    """A text of 500 characters is repeated as a whole."""
    with pytest.raises(JsonFault) as fault:
        read_json("1,".rjust(length))

    assert fault.value.location.startswith(f'[Source: (String)"{"1,".rjust(length)[:500]}{end}')


def test_deepest_text() -> None:
    """A text may be nested 250 deep, whatever the number of its arrays."""
    text = "[" * 249 + "[],[]" + "]" * 249

    assert json.dumps(read_json(text), separators=(",", ":")) == text


def test_longest_integer() -> None:
    """An integer of 4,000 digits keeps them; a longer one becomes a float."""
    assert read_json("9" * 4000) == 10**4000 - 1
    assert read_json("9" * 4001) == float("inf")


def test_long_text_is_cut() -> None:
    """A location repeats the first 500 characters of a text, and says how many follow."""
    text = "[" + "1," * 300
    with pytest.raises(JsonFault) as fault:
        read_json(text)

    assert fault.value.location == f'[Source: (String)"{text[:500]}"[truncated 101 chars]; line: 1, column: 602]'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{'[' * 251}{']' * 251}", id="arrays"),
        pytest.param('{"a":' * 251, id="open-objects"),
    ],
)
def test_too_deeply_nested(text: str) -> None:
    """A text that is nested too deeply is refused before it is read."""
    with pytest.raises(TooDeeplyNested, match=r"^The JSON text must be nested at most 250 levels deep\.$"):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            '{"a": [1, 2.0, -3e2, "x", true, false, null, {}]}',
            {"a": [1, 2.0, -300.0, "x", True, False, None, {}]},
            id="every-type",
        ),
        pytest.param(r'"\ud83d\ude00 \" \\ \/ \b \f \n \r \t"', '\U0001f600 " \\ / \b \f \n \r \t', id="escapes"),
        pytest.param(" 0 ", 0, id="zero"),
        pytest.param("9" * 5000, float("inf"), id="thousands-of-digits"),
        pytest.param('["' + "[" * 600 + r'\"", 1]', ["[" * 600 + '"', 1], id="brackets-in-a-string"),
        pytest.param("[" + "[1]," * 600 + "2]", [*[[1]] * 600, 2], id="many-arrays-side-by-side"),
    ],
)
def test_value(text: str, value: object) -> None:
    """A text that is JSON gives its value; integers stay integers."""
    assert read_json(text) == value
    assert str(read_json(text)) == str(value)


def test_value_without_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is read even where Python's decoder has no stack left for it."""
    value: object = {"last": [1, 2.5, "x\n", None, {}], "literals": [True, False]}
    for _ in range(100):
        value = {"a": [value]}
    text = json.dumps(value)
    loads = json.loads

    def overflow(text: str, **options: Any) -> Any:
        if text.startswith("{"):
            raise RecursionError
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", overflow)

    assert read_json(text) == value
