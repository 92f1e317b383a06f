"""Names as AWS's SDK for Java spells them, made from the names in the models of services."""

from __future__ import annotations

import re

# Where a word ends: before a capital that begins a word, between a digit and the letter after it, and before the v of a
# version that follows capitals.
_WORD_ENDS = re.compile(
    r"(?<=[a-z])(?=[A-Z][A-Za-z0-9])"
    r"|(?<=[A-Z])(?=[A-Z](?!v[0-9])[a-z])"
    r"|(?<=[0-9])(?=[A-Za-z])"
    r"|(?<=[A-Z]{2})(?=v[0-9])"
)
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


def pascal_case(name: str) -> str:
    """Join the words of a name, each with one capital: ``DynamoDB`` gives ``DynamoDb``."""
    words = [word for part in _SEPARATORS.split(name) for word in _WORD_ENDS.split(part)]
    return "".join(word.capitalize() for word in words)


def sdk_service_name(service_id: str) -> str:
    """Return the name that errors and causes of ``aws-sdk`` integrations give a service, as ``SecretsManager``."""
    return pascal_case(service_id).removesuffix("Service")


def sdk_exception_name(shape_name: str) -> str:
    """Return the class of a modelled error in version 2 of the SDK: ``NoSuchKey`` gives ``NoSuchKeyException``."""
    return _with_exception_suffix(pascal_case(shape_name))


def optimised_exception_name(shape_name: str) -> str:
    """Return the class of a modelled error in version 1 of the SDK, which keeps the letters of a name as they are."""
    return _with_exception_suffix(shape_name)


def sdk_member_name(name: str) -> str:
    """Return how ``aws-sdk`` integrations spell a member: ``DBInstances`` gives ``DbInstances``.

    Of the capitals that a name begins with, the first remains, and the last if a small letter follows it.
    """
    capitals = re.match(r"[A-Za-z]([A-Z]*)(?![a-z])", name)
    end = capitals.end(1) if capitals else 1
    return name[:1].upper() + name[1:end].lower() + name[end:]


def optimised_member_name(name: str) -> str:
    """Return how optimised integrations spell a member: with a capital."""
    return name[:1].upper() + name[1:]


def _with_exception_suffix(name: str) -> str:
    return name.removesuffix("Fault").removesuffix("Exception") + "Exception"
