"""Convert names from botocore's models to those of the AWS SDK for Java."""

from __future__ import annotations

import re

# The end of a word: before a capital that begins a word, between a digit and a letter, and before the `v` of a version
# that follows capitals.
_WORD_ENDS = re.compile(
    r"(?<=[a-z])(?=[A-Z][A-Za-z0-9])"
    r"|(?<=[A-Z])(?=[A-Z](?!v[0-9])[a-z])"
    r"|(?<=[0-9])(?=[A-Za-z])"
    r"|(?<=[A-Z]{2})(?=v[0-9])"
)
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


def pascal_case(name: str) -> str:
    """Join the words of a name, each with one capital: `DynamoDB` becomes `DynamoDb`."""
    words = [word for part in _SEPARATORS.split(name) for word in _WORD_ENDS.split(part)]
    return "".join(word.capitalize() for word in words)


def sdk_service_name(service_id: str) -> str:
    """Return the name of a service in the errors of `aws-sdk` integrations, such as `SecretsManager`."""
    return pascal_case(service_id).removesuffix("Service")


def sdk_exception_name(shape_name: str) -> str:
    """Return the name of an exception in version 2 of the SDK: `NoSuchKey` becomes `NoSuchKeyException`."""
    return _with_exception_suffix(pascal_case(shape_name))


def optimised_exception_name(shape_name: str) -> str:
    """Return the name of an exception in version 1 of the SDK, which does not change the case of letters."""
    return _with_exception_suffix(shape_name)


def sdk_member_name(name: str) -> str:
    """Return the name of a member in `aws-sdk` integrations: `DBInstances` becomes `DbInstances`.

    Of the capitals at the beginning only the first remains, and the last if a lower-case letter follows it. Java has
    `null` as a word of its own, so the SDK calls such a member `nul`.
    """
    if name == "NULL":
        return "Nul"
    capitals = re.match(r"[A-Za-z]([A-Z]*)(?![a-z])", name)
    end = capitals.end(1) if capitals else 1
    return name[:1].upper() + name[1:end].lower() + name[end:]


def optimised_member_name(name: str) -> str:
    """Return the name of a member in optimised integrations, which begins with a capital."""
    return name[:1].upper() + name[1:]


def _with_exception_suffix(name: str) -> str:
    return name.removesuffix("Fault").removesuffix("Exception") + "Exception"
