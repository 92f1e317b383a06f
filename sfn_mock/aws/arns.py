"""Parse and build each kind of Step Functions ARN.

Parsing raises AWS's variants of InvalidArn. It does not look up records: an ARN of another region, account or partition
is parsed, and simply not found later.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sfn_mock.aws.exceptions import InvalidArn, ResourceTypeEmpty, ResourceTypeNotValid


class StateMachineArn(NamedTuple):
    """``stateMachine:{name}``, ``stateMachine:{name}:{qualifier}`` or ``stateMachine:{name}/{label}``."""

    prefix: str
    name: str
    #: A version's number or an alias's name.
    qualifier: str | None
    #: The label of the Distributed Map state, in the ARN that child executions show.
    label: str | None

    @property
    def unqualified(self) -> str:
        """The ARN without version, alias and label."""
        return state_machine_arn(self.prefix, self.name)


class ExecutionArn(NamedTuple):
    """``execution:{name of the machine}[/{label}]:{name}``, or ``express:...:{name}:{id}``."""

    prefix: str
    state_machine_name: str
    label: str | None
    name: str
    #: The id at the end of an EXPRESS execution's ARN; None for STANDARD.
    express_id: str | None


class MapRunArn(NamedTuple):
    """``mapRun:{name of the machine}/{label}:{id}``."""

    prefix: str
    state_machine_name: str
    label: str
    id: str


class ActivityArn(NamedTuple):
    """``activity:{name}``."""

    prefix: str
    name: str


def _split(text: str) -> tuple[str, str, list[str]]:
    """Return the prefix of an ARN, its resource type, and the parts after that."""
    fields = text.split(":")
    if len(fields) < 6 or fields[0] != "arn" or not fields[1] or fields[2] != "states":
        raise InvalidArn(arn=text)
    if not fields[5]:
        raise ResourceTypeEmpty(arn=text)
    return ":".join(fields[:5]) + ":", fields[5], fields[6:]


def _parse(text: str, accepted: dict[str, tuple[int, int]]) -> tuple[str, list[str]]:
    """Return the prefix and the parts after the resource type, if type and number of parts are ``accepted``."""
    prefix, resource_type, resource = _split(text)
    if resource_type not in accepted:
        raise ResourceTypeNotValid(resource_type=resource_type)
    least, most = accepted[resource_type]
    if not least <= len(resource) <= most or not all(resource):
        raise InvalidArn(arn=text)
    return prefix, resource


def _labelled(text: str) -> tuple[str, str | None]:
    name, slash, label = text.partition("/")
    return name, (label if slash else None)


@lru_cache
def parse_state_machine_arn(text: str) -> StateMachineArn:
    """Parse the ARN of a state machine: unqualified, of a version, of an alias, or labelled."""
    prefix, resource = _parse(text, {"stateMachine": (1, 2)})
    name, label = _labelled(resource[0])
    return StateMachineArn(prefix, name, resource[1] if len(resource) == 2 else None, label)


def parse_execution_arn(text: str) -> ExecutionArn:
    """Parse the ARN of an execution: STANDARD or EXPRESS, of a state machine or of a map run."""
    prefix, resource = _parse(text, {"execution": (2, 2), "express": (3, 3)})
    name, label = _labelled(resource[0])
    return ExecutionArn(prefix, name, label, resource[1], resource[2] if len(resource) == 3 else None)


def parse_map_run_arn(text: str) -> MapRunArn:
    """Parse the ARN of a map run; raise InvalidArn if it is not one."""
    prefix, resource = _parse(text, {"mapRun": (2, 2)})
    name, label = _labelled(resource[0])
    if not name or not label:
        raise InvalidArn(arn=text)
    return MapRunArn(prefix, name, label, resource[1])


def parse_activity_arn(text: str) -> ActivityArn:
    """Parse the ARN of an activity; raise InvalidArn if it is not one."""
    prefix, (name,) = _parse(text, {"activity": (1, 1)})
    return ActivityArn(prefix, name)


def parse_taggable_arn(text: str) -> StateMachineArn | ActivityArn:
    """Parse the ARN of a resource that can have tags."""
    if _split(text)[1] == "activity":
        return parse_activity_arn(text)
    return parse_state_machine_arn(text)


def arn_prefix(partition: str, region: str, account_id: str) -> str:
    """Return the prefix of all Step Functions ARNs of one region and account, with the colon."""
    return f"arn:{partition}:states:{region}:{account_id}:"


def state_machine_arn(prefix: str, name: str) -> str:
    """Return the ARN of a state machine."""
    return f"{prefix}stateMachine:{name}"


def execution_arn(prefix: str, scope: str, name: str, express_id: str | None) -> str:
    """Return an execution's ARN; ``scope`` is the state machine's name, with ``/{label}`` for a child execution."""
    if express_id is None:
        return f"{prefix}execution:{scope}:{name}"
    return f"{prefix}express:{scope}:{name}:{express_id}"


def map_run_arn(prefix: str, state_machine_name: str, label: str, id: str) -> str:
    """Return the ARN of a map run."""
    return f"{prefix}mapRun:{state_machine_name}/{label}:{id}"


def activity_arn(prefix: str, name: str) -> str:
    """Return the ARN of an activity."""
    return f"{prefix}activity:{name}"
