"""The revisions of state machines, and the origins of their executions."""

from __future__ import annotations

from typing import Any, NamedTuple

#: The default definition of seeded state machines.
DEFAULT_DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'


class Revision(NamedTuple):
    """A revision: definition, role and configuration, which an update changes and a version keeps."""

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
    """The origin of an execution; equal ones are shared, because there may be thousands of equal seeds."""

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
