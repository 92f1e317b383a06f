"""Check the names of states and the labels of Map states."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfn_mock.asl.checks.diagnostics import Diagnostic, error
from sfn_mock.asl.checks.workflows import Workflow

_LONGEST_NAME = 80
_LONGEST_LABEL = 40
# White space, wildcards, brackets, special and control characters.
_FORBIDDEN_IN_LABELS = re.compile(r"""[\s?*<>{}\[\]"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]""")


def check_names(workflows: list[Workflow]) -> Iterator[Diagnostic]:
    """Check that names and labels are short enough, and unique in the state machine."""
    names: set[str] = set()
    labels: set[str] = set()
    for workflow in workflows:
        for name, state in workflow.states.items():
            place = workflow.at(name)
            if len(name) > _LONGEST_NAME:
                yield error(
                    f"Invalid State name: State '{name}' {_exceeds(_LONGEST_NAME)}", place, "INVALID_STATE_NAME"
                )
            if name in names:
                yield error(f"Duplicate State name: {name}", place, "DUPLICATE_STATE_NAME")
            names.add(name)
            label = state.get("Label")
            if not isinstance(label, str):
                continue
            if len(label) > _LONGEST_LABEL:
                yield error(
                    f"Invalid Label name: Label '{label}' {_exceeds(_LONGEST_LABEL)}",
                    f"{place}/Label",
                    "INVALID_LABEL_NAME",
                )
            if _FORBIDDEN_IN_LABELS.search(label):
                yield error(
                    f"Invalid Label name: Label '{label}' contains invalid characters",
                    f"{place}/Label",
                    "INVALID_LABEL_NAME",
                )
            if label in labels:
                yield error(f"Duplicate Label name: {label}", f"{place}/Label", "DUPLICATE_LABEL_NAME")
            labels.add(label)


def _exceeds(limit: int) -> str:
    return f"exceeds the {limit}-character limit allowed by the service"
