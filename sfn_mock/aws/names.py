"""The characters that AWS refuses in names of state machines, executions, activities and map labels."""

from __future__ import annotations

import re

from sfn_mock.aws.exceptions import InvalidName

# White space, brackets, wildcards, special and control characters as CreateStateMachine's documentation lists them.
_FORBIDDEN = re.compile(
    '[\\s<>{}\\[\\]?*"#%\\\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff\U0010ffff]'
)


def forbidden_character(name: str) -> str | None:
    """Return the first character that AWS refuses in ``name``; None if there is none."""
    found = _FORBIDDEN.search(name)
    return found.group() if found else None


def check_name(name: str) -> None:
    """Raise InvalidName, in AWS's words, for a name with a character that AWS refuses."""
    if forbidden_character(name) is not None:
        raise InvalidName(name=name)
