"""AWS accounts and regions: the default account, and checks of their names."""

from __future__ import annotations

import re

#: The default account of seeds and calls, as in moto.
DEFAULT_ACCOUNT_ID = "123456789012"

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


def check_account_id(account_id: object) -> None:
    """Raise ValueError unless ``account_id`` looks like the id of an AWS account."""
    if not isinstance(account_id, str) or not _ACCOUNT_ID.fullmatch(account_id):
        raise ValueError(f"account_id must be a string of 12 digits, got {account_id!r}.")


def check_region(region: object) -> None:
    """Raise ValueError unless ``region`` looks like the name of an AWS region."""
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise ValueError(f"region must be the name of an AWS region, such as 'us-east-1', got {region!r}.")
