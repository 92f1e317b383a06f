"""Find the account, region and records that a call belongs to."""

from __future__ import annotations

import re
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber

from sfn_mock.operations.pipeline import Service
from sfn_mock.responses import SFNResponse

_REGION_OF_HOST = re.compile(r"\.([a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.")
_REGION_OF_SIGNATURE = re.compile(r"Credential=[^/,]+/[^/,]+/([^/,]+)/")


class AddressedResponse(SFNResponse):
    """SFNResponse for calls of one account, in ``region`` or, if that is None, in the region of the request."""

    def __init__(self, service: Service, account_id: str, region: str | None) -> None:
        super().__init__()
        self._own_service = service
        self.current_account = account_id
        self.region = region or self.default_region
        self._region_known = region is not None

    def _service(self) -> Service:
        return self._own_service

    def get_current_account(self) -> str:
        return self.current_account

    def get_region_from_url(self, request: Any, full_url: str) -> str:
        """Return the region that the URL's host names or, if it names none, that of the signature."""
        if self._region_known:
            return self.region
        host = full_url.partition("://")[2].partition("/")[0]
        signed = _REGION_OF_SIGNATURE.search(request.headers.get("Authorization", ""))
        return region_of_host(host) or (signed[1] if signed else self.default_region)


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
