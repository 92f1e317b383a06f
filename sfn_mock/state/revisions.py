"""The revisions of state machines, and the origins of their executions."""

from __future__ import annotations

from typing import Any, NamedTuple

#: The default definition of seeded state machines.
DEFAULT_DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'


class Revision(NamedTuple):
    """A revision of a state machine: definition, role and configuration."""

    definition: str
    role_arn: str
    logging_configuration: dict[str, Any]
    tracing_configuration: dict[str, Any]
    encryption_configuration: dict[str, Any]
    #: The id, None for the first revision, which has none on AWS.
    id: str | None = None
    #: When an update created the revision, None for the first one.
    updated: int | None = None

    def has_same_content_as(self, other: Revision) -> bool:
        """Return whether two revisions differ at most in id and date; definitions are compared as text."""
        return self._replace(id=None, updated=None) == other._replace(id=None, updated=None)


def new_revision(
    definition: str,
    role_arn: str,
    *,
    logging_configuration: dict[str, Any] | None = None,
    tracing_configuration: dict[str, Any] | None = None,
    encryption_configuration: dict[str, Any] | None = None,
) -> Revision:
    """Return the first revision of a state machine, with AWS's defaults for missing configuration."""
    return Revision(
        definition,
        role_arn,
        {"level": "OFF", "includeExecutionData": False, **(logging_configuration or {})},
        {"enabled": False, **(tracing_configuration or {})},
        encryption_configuration or {"type": "AWS_OWNED_KEY"},
    )


class Origin(NamedTuple):
    """The origin of an execution; equal origins are shared, because there may be thousands of equal seeds."""

    #: The revision that it runs, even if the state machine is updated later.
    revision: Revision
    #: The version and the alias that were used to start it.
    version_number: str | None = None
    alias_name: str | None = None
    input: str = "{}"
    #: The X-Ray trace header that StartExecution was given.
    trace_header: str | None = None
    #: How many items of its map run a child execution processes, None for other executions.
    item_count: int | None = None


class Route(NamedTuple):
    """A route of an alias: the number of a version, and its weight in percent."""

    qualifier: str
    weight: int
