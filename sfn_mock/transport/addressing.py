"""Find the account and region that a call belongs to."""

from __future__ import annotations

import re

from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber

_REGION_OF_HOST = re.compile(r"\.([a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.")
_REGION_OF_SIGNATURE = re.compile(r"Credential=[^/,]+/[^/,]+/([^/,]+)/")
#: The region of a request that names none.
_DEFAULT_REGION = "us-east-1"


def region_of(url: str, authorization: str) -> str:
    """Return the region that a URL's host names or, if it names none, that of the signature."""
    host = url.partition("://")[2].partition("/")[0]
    signed = _REGION_OF_SIGNATURE.search(authorization)
    return region_of_host(host) or (signed[1] if signed else _DEFAULT_REGION)


def region_of_host(host: str) -> str | None:
    """Return the region that a host of AWS's names, as one of a VPC endpoint does too; None if it names none."""
    found = _REGION_OF_HOST.search(host.lower())
    return found and found[1]


def account_of_role(access_key: str | None) -> str | None:
    """Return the account of the assumed role whose key this is, if moto knows it."""
    if access_key is None or not botocore_stubber.enabled:
        return None
    from moto.iam.models import iam_backends

    for account_id, account in list(iam_backends.items()):
        for backend in list(account.values()):
            key = backend.access_keys.get(access_key)
            # moto accepts every key in its default account, so only a role names that account.
            if key is not None and (key.role_arn is not None or account_id != DEFAULT_ACCOUNT_ID):
                return account_id
    return None


def note_use(access_key: str, account_id: str, region: str) -> None:
    """Let moto's IAM know that a key was used, for GetAccessKeyLastUsed."""
    if botocore_stubber.enabled:
        from moto.iam.models import mark_account_as_visited

        mark_account_as_visited(account_id, access_key, "stepfunctions", region)
