"""The steps of a run: the states that it entered, and how it left or retried each."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: The part of a definition that a step used: a state, its Next or End, a rule or the Default of a Choice state, a
#: catcher or a retrier.
StepKind = Literal["state", "transition", "choice", "default", "catcher", "retrier"]


class StateExit(NamedTuple):
    """How a state is left."""

    kind: StepKind
    #: The index of the rule, catcher or retrier in its list.
    number: int | None = None


#: By Next or End.
NEXT_OR_END = StateExit("transition")


class Step(NamedTuple):
    """One step of a run."""

    moment: int
    state: str
    kind: StepKind
    number: int | None = None
