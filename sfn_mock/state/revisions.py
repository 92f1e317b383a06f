"""What a state machine runs: its revisions, and how executions of them are started."""

from __future__ import annotations

from typing import Any, NamedTuple

#: What a seeded machine runs unless it is told otherwise.
DEFAULT_DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'


class Revision(NamedTuple):
    """What an update changes and a version keeps: definition, role and configuration."""

    definition: str
    role_arn: str
    logging_configuration: dict[str, Any]
    tracing_configuration: dict[str, Any]
    encryption_configuration: dict[str, Any]
    #: None until the first update; AWS gives the revision a machine is created with no id.
    id: str | None = None
    #: When an update made it; None for the revision a machine is created with.
    updated: int | None = None

    def says_the_same_as(self, other: Revision) -> bool:
        """Return whether nothing but id and date differ; definitions are compared as text."""
        return self._replace(id=None, updated=None) == other._replace(id=None, updated=None)


def new_revision(
    definition: str,
    role_arn: str,
    *,
    logging_configuration: dict[str, Any] | None = None,
    tracing_configuration: dict[str, Any] | None = None,
    encryption_configuration: dict[str, Any] | None = None,
) -> Revision:
    """Return a machine's first revision, with AWS's defaults for what is not configured."""
    return Revision(
        definition,
        role_arn,
        {"level": "OFF", "includeExecutionData": False, **(logging_configuration or {})},
        {"enabled": False, **(tracing_configuration or {})},
        encryption_configuration or {"type": "AWS_OWNED_KEY"},
    )


class Origin(NamedTuple):
    """How an execution was started; all that were started alike, as thousands of seeds are, share one."""

    #: What it runs, however its machine is updated later.
    revision: Revision
    #: Of the version and of the alias it was started through.
    version_number: str | None = None
    alias_name: str | None = None
    input: str = "{}"
    trace_header: str | None = None
    #: How many items of its map run a child execution processes.
    item_count: int | None = None


class Route(NamedTuple):
    """A version, by its number, and how many of a hundred starts it gets."""

    qualifier: str
    weight: int
