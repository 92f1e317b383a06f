"""The steps of a run: the states that it entered, and how it left or retried each."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: What a step took of a definition: a state, its Next or End, a rule or the Default of a Choice state, a catcher or a
#: retrier.
StepKind = Literal["state", "transition", "choice", "default", "catcher", "retrier"]


class Way(NamedTuple):
    """How a state is left."""

    kind: StepKind
    #: Of a rule, catcher or retrier: its number in its list, from 0 on.
    number: int | None = None


#: By Next or End.
ONWARD = Way("transition")


class Step(NamedTuple):
    """One step of a run."""

    moment: int
    state: str
    kind: StepKind
    number: int | None = None
