"""Generate definitions, expressions and paths: valid ones, damaged ones, and random combinations of parts."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from fuzz_values import NUMBERS, TEXTS, any_value

NAMES = ["A", "B", "C", "D", "E"]
INPUT = {"a": 1, "b": "text", "c": [1, 2, 3], "d": {"e": None, "f": [{"g": True}, {"g": 2.5}]}, "": "empty"}

_PATHS = [
    *("$", "$.a", "$.b", "$.c", "$.c[0]", "$.c[-1]", "$.c[1:]", "$.c[*]", "$.d.f[*].g", "$..g", "$['a','b']"),
    *("$.d.f[?(@.g)]", "$.d.f[?(@.g > 1 && @.g < 9)]", "$.c[?(@ =~ /1|2/)]", "$.nothing", "$.d.e", "$['']", "$$"),
    *(
        "$$.Execution.Id",
        "$$.State.Name",
        "$var",
        "$var.x",
        "$states.input",
        "$.",
        "$.c[",
        "$.c[99999999999]",
        "$[?(@)]",
    ),
    *("$.c[::0]", "$.c[::-1]", "$.d.f[(@.length-1)]", "$.c.length()", "$.b[0]", "a", "", "$.é", "$.a.b.c.d"),
]
_FUNCTIONS = [
    *("States.Format", "States.JsonToString", "States.StringToJson", "States.Array", "States.ArrayPartition"),
    *("States.ArrayContains", "States.ArrayRange", "States.ArrayGetItem", "States.ArrayLength", "States.ArrayUnique"),
    *("States.Base64Encode", "States.Base64Decode", "States.Hash", "States.JsonMerge", "States.MathRandom"),
    *("States.MathAdd", "States.StringSplit", "States.UUID", "States.Nothing"),
]
_ARGUMENTS = [
    "'{}'",
    "'a'",
    "'a,b'",
    "'SHA-256'",
    "1",
    "-1",
    "0",
    "9",
    "2.5",
    "1e400",
    "true",
    "null",
    "'\\''",
    "'[1]'",
]
_JSONATA = [
    *(
        "1",
        "0",
        "-1",
        "2.5",
        "1e308",
        '"x"',
        "''",
        "true",
        "null",
        "$states.input",
        "$states.input.a",
        "$states.context",
    ),
    *("$states.input.c", "$states.input.d.f", "$var", "$", "$$", "[1..3]", "[]", "{}", "a.b", "nothing", "/a+/", "%"),
]
_JSONATA_FUNCTIONS = [
    *("string", "length", "substring", "split", "join", "match", "replace", "number", "abs", "round", "power", "sqrt"),
    *("random", "boolean", "not", "exists", "count", "append", "sort", "reverse", "distinct", "zip", "keys", "lookup"),
    *("merge", "sift", "each", "map", "filter", "single", "reduce", "now", "millis", "fromMillis", "toMillis", "parse"),
    *("partition", "range", "hash", "uuid", "eval", "pad", "formatNumber", "formatBase", "base64decode", "max", "sum"),
    *("encodeUrl", "decodeUrl", "spread", "type", "shuffle", "error", "assert", "clone", "nothing"),
]
_OPERATORS = ["+", "-", "*", "/", "%", "&", "=", "!=", "<", ">=", "and", "or", "in", ".", "~>", ":=", "?:", "??", ".."]


def path(random: Random) -> str:
    """Return a reference path or a JSONPath, valid or damaged."""
    text = random.choice(_PATHS)
    return _damaged(random, text) if random.random() < 0.25 else text


def intrinsic(random: Random, depth: int = 0) -> str:
    """Return a call of an intrinsic function."""
    arguments = [
        intrinsic(random, depth + 1)
        if depth < 3 and random.random() < 0.25
        else random.choice([path(random), random.choice(_ARGUMENTS)])
        for _ in range(random.randrange(4))
    ]
    text = f"{random.choice(_FUNCTIONS)}({', '.join(arguments)})"
    return _damaged(random, text) if random.random() < 0.1 else text


def expression(random: Random, depth: int = 0) -> str:
    """Return a JSONata expression, without its marks."""
    kind = random.randrange(9 if depth < 4 else 2)
    inner = depth + 1
    if kind < 2:
        return random.choice(_JSONATA)
    if kind == 2:
        return f"{expression(random, inner)} {random.choice(_OPERATORS)} {expression(random, inner)}"
    if kind in (3, 4):
        arguments = ", ".join(expression(random, inner) for _ in range(random.randrange(4)))
        return f"${random.choice(_JSONATA_FUNCTIONS)}({arguments})"
    if kind == 5:
        return f"({expression(random, inner)})[{expression(random, inner)}]"
    if kind == 6:
        return f"({expression(random, inner)} ? {expression(random, inner)} : {expression(random, inner)})"
    if kind == 7:
        return f"($f := function($x) {{ {expression(random, inner)} }}; $f({expression(random, inner)}))"
    text = f'{{"k": {expression(random, inner)}}}' if random.random() < 0.5 else f"[{expression(random, inner)}]"
    return _damaged(random, text) if random.random() < 0.2 else text


def _damaged(random: Random, text: str) -> str:
    position = random.randrange(len(text) + 1)
    part = random.choice(["", "(", ")", "[", "]", "'", '"', "\\", "$", ".", ",", "{", "}", "é", "\x00", " ", "*", "?"])
    return text[:position] + part + text[position + random.randrange(3) :]


def template(random: Random, jsonata: bool, depth: int = 0) -> Any:
    """Return a value for Parameters, Arguments, Output or Assign."""
    kind = random.randrange(6)
    if kind == 0 or depth > 2:
        return any_value(random)
    if jsonata:
        text = f"{{% {expression(random)} %}}"
        return text if kind < 3 else {random.choice(["x", "y", ""]): text, "z": template(random, jsonata, depth + 1)}
    dynamic = intrinsic(random) if random.random() < 0.5 else path(random)
    return {"x.$": dynamic, "y": template(random, jsonata, depth + 1)}


def _rule(random: Random, jsonata: bool, depth: int = 0) -> dict[str, Any]:
    if jsonata:
        return {"Condition": f"{{% {expression(random)} %}}"}
    if depth < 2 and random.random() < 0.25:
        operator = random.choice(["And", "Or", "Not"])
        inner = [_rule(random, jsonata, depth + 1) for _ in range(2)]
        return {operator: inner[0] if operator == "Not" else inner}
    comparison = random.choice(
        [
            *(
                "IsPresent",
                "IsNull",
                "IsString",
                "NumericEquals",
                "NumericLessThanPath",
                "StringEquals",
                "StringMatches",
            ),
            *("TimestampEquals", "BooleanEquals", "StringGreaterThanPath", "Nothing"),
        ]
    )
    value = random.choice([True, 1, "text", "t*t", "2026-01-10T00:00:00Z", path(random)])
    return {"Variable": path(random), comparison: value}


def _fields(random: Random, kind: str, jsonata: bool, depth: int) -> dict[str, Any]:
    if kind == "Wait":
        seconds: Any = f"{{% {expression(random)} %}}" if jsonata and random.random() < 0.3 else random.choice(NUMBERS)
        return {"Seconds": seconds} if random.random() < 0.8 else {"TimestampPath": path(random)}
    if kind == "Choice":
        rules = [{**_rule(random, jsonata), "Next": random.choice(NAMES)} for _ in range(random.randrange(1, 3))]
        return {"Choices": rules, "Default": random.choice(NAMES)}
    if kind == "Fail":
        return {"Error": random.choice(TEXTS), "CausePath": path(random)} if random.random() < 0.5 else {}
    if kind == "Parallel":
        return {"Branches": [program(random, jsonata, depth + 1) for _ in range(random.randrange(1, 3))]}
    if kind == "Map":
        items = {"Items": f"{{% {expression(random)} %}}"} if jsonata else {"ItemsPath": path(random)}
        mode = random.choice(["INLINE", "INLINE", "DISTRIBUTED"])
        config = {"Mode": mode, **({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})}
        return {**items, "ItemProcessor": {"ProcessorConfig": config, **program(random, jsonata, depth + 1)}}
    if kind == "Task":
        return {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo"}
    return {}


def state(random: Random, jsonata: bool, following: str | None, depth: int = 0) -> dict[str, Any]:
    """Return a state of any type, usually with fields of that type."""
    kinds = ["Pass", "Pass", "Wait", "Choice", "Succeed", "Fail", "Task", "Task"] + ["Parallel", "Map"] * (depth < 2)
    kind = random.choice(kinds)
    made: dict[str, Any] = {"Type": kind, **_fields(random, kind, jsonata, depth)}
    if kind not in ("Choice", "Succeed", "Fail"):
        made.update({"End": True} if following is None else {"Next": following})
    if kind != "Fail":
        for field in random.sample(["Output", "Assign", "Arguments"] if jsonata else _JSONPATH_FIELDS, 2):
            if random.random() < 0.5:
                made[field] = path(random) if field.endswith("Path") else template(random, jsonata)
    if kind in ("Task", "Parallel", "Map") and random.random() < 0.4:
        errors = [random.choice(["States.ALL", "States.TaskFailed", "Odd", "States.Timeout", ""])]
        made["Retry"] = [{"ErrorEquals": errors, "MaxAttempts": random.choice([0, 1, 2])}]
        made["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": following or random.choice(NAMES)}]
    if random.random() < 0.08:
        made[random.choice(["Type", "Next", "End", "Comment", "ResultPath", "QueryLanguage", "Odd"])] = any_value(
            random
        )
    return made


_ANYWHERE = ["Type", "Next", "End", "Comment", "ResultPath", "QueryLanguage", "Odd"]
_JSONPATH_FIELDS = ["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath", "Result", "Assign"]


def program(random: Random, jsonata: bool, depth: int = 0) -> dict[str, Any]:
    """Return states that usually lead to later ones, so that most runs end."""
    names = NAMES[: random.randrange(1, 4)]
    # Names must be unique in a definition, so each level has its own.
    own = {name: f"{name}{depth}{random.randrange(1000)}" if depth else name for name in NAMES}
    following = [*names[1:], None]
    states = {
        own[name]: state(random, jsonata, None if after is None else own[after], depth)
        for name, after in zip(names, following, strict=True)
    }
    return {"StartAt": own[names[0]], "States": states}


def definition(random: Random) -> str:
    """Return the text of a definition."""
    jsonata = random.random() < 0.5
    made = {"QueryLanguage": "JSONata" if jsonata else "JSONPath", **program(random, jsonata)}
    if random.random() < 0.05:
        made[random.choice(["TimeoutSeconds", "StartAt", "States", "Version", "Odd"])] = any_value(random)
    text = json.dumps(made)
    return _damaged(random, text) if random.random() < 0.03 else text
