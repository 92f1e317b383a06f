"""Read the signature of a request: key, region and service."""

from __future__ import annotations

import re

from werkzeug import Request

_SIGNED = re.compile(r"Credential=(?P<key>[^/,]+)/[^/,]+/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request")


def signature(request: Request) -> re.Match[str] | None:
    """Return the key, region and service of a request's signature, None if it has none."""
    return _SIGNED.search(request.headers.get("Authorization", ""))
