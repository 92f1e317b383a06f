"""TagResource, UntagResource and ListTagsForResource, and the tags that resources are created with.

State machines and activities have tags, which are deleted with the resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sfn_mock.aws.arns import ActivityArn, parse_taggable_arn
from sfn_mock.aws.exceptions import ResourceNotFound, TagCharacterForbidden, TagKeyMissing, TooManyTags
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.state.records import Activity, Records, StateMachine

#: How many tags a resource may have (Developer Guide, quotas related to tagging).
_MOST_TAGS = 50
# Which characters a tag may have, and which prefix is AWS's own, is documented in prose only; the patterns are those
# that the models of other services have for it, as Python and as Java write them.
_PATTERNS = {
    "key": (re.compile(r"(?!aws:)[\w\s.:/=+\-@]*"), r"^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"),
    "value": (re.compile(r"[\w\s.:/=+\-@]*"), r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"),
}


@operation
def tag_resource(records: Records, date: DateForm, *, resource_arn: str, tags: list[dict[str, Any]]) -> Answer:
    """Add tags; a tag with an existing key replaces its value."""
    with records.using():
        resource = _find(records, resource_arn)
        resource.tags.update(read_tags(tags, resource_arn, resource.tags))
        return {}


@operation
def untag_resource(records: Records, date: DateForm, *, resource_arn: str, tag_keys: list[str]) -> Answer:
    """Remove the tags with these keys; an unknown key is not an error."""
    with records.using():
        resource = _find(records, resource_arn)
        records.undo.save(resource, "tags")
        for key in tag_keys:
            resource.tags.pop(key, None)
        return {}


@operation
def list_tags_for_resource(records: Records, date: DateForm, *, resource_arn: str) -> Answer:
    """List the tags in the order in which their keys were added."""
    with records.using():
        tags = _find(records, resource_arn).tags
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}


def read_tags(tags: list[dict[str, Any]], arn: str, present: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return values by key for a resource, which may have tags at ``present``; the last value of a key wins.

    Raises:
        ValidationException: For a key or value that AWS forbids.
        TooManyTags: For more tags than a resource may have.
    """
    for position, tag in enumerate(tags, 1):
        _check(position, tag)
    read = {tag["key"]: tag.get("value") or "" for tag in tags}
    if len({**(present or {}), **read}) > _MOST_TAGS:
        raise TooManyTags(arn=arn)
    return read


def tagged_resources(records: Records) -> Iterator[StateMachine | Activity]:
    """Yield every resource that can have tags."""
    yield from records.state_machines.values()
    yield from records.activities.values()


def _check(position: int, tag: Mapping[str, Any]) -> None:
    """Refuse what the model allows and the documentation forbids, such as a tag without a key."""
    if tag.get("key") is None:
        raise TagKeyMissing(position=position)
    for member, (allowed, pattern) in _PATTERNS.items():
        text = tag.get(member)
        if text is not None and not allowed.fullmatch(text):
            raise TagCharacterForbidden(text=text, position=position, member=member, pattern=pattern)


def _find(records: Records, arn: str) -> StateMachine | Activity:
    """Return the resource of an unqualified ARN: versions, aliases and Map states have no tags of their own."""
    parsed = parse_taggable_arn(arn)
    resource: StateMachine | Activity | None = None
    if parsed.prefix == records.arn_prefix:
        kept = records.activities if isinstance(parsed, ActivityArn) else records.state_machines
        resource = kept.get(parsed.name)
    if resource is None or resource.arn != arn:
        raise ResourceNotFound(arn=arn)
    return resource
