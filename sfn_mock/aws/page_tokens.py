"""Write and read page tokens: opaque, signed, bound to their request, and valid for 24 hours."""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import count
from typing import Any

from sfn_mock.aws.exceptions import InvalidToken

#: How long a token is valid, in milliseconds (ListExecutions: "each pagination token expires after 24 hours").
LIFETIME = 24 * 60 * 60 * 1000

_SIGNATURE_BYTES = 16
#: A counter in each token, so that no two answers have equal tokens.
_serial = count(1)

#: The request that a token is bound to: the operation and its arguments without the page size.
Request = Sequence[str | int | bool | None]

#: A position in an order: the sort key of the last returned item, a number, a text or a tuple of these.
Position = Any

#: The members with the token of a next page: AWS's, and that of the AWS CLI's --max-items and of boto3's paginators.
_MEMBERS = ("nextToken", "NextToken")

# A position may be a name in any script: escaped, the longest would exceed the 1024 characters of a token.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def member_with_token(answer: Mapping[str, object]) -> str | None:
    """Return the member of an answer that tells of another page; None if the answer is the last page."""
    return next((member for member in _MEMBERS if answer.get(member)), None)


def give(key: bytes, request: Request, position: Position, now: int) -> str:
    """Return a token for ``position`` in the answer to ``request``."""
    content = _to_json([now, position, next(_serial)]).encode()
    return urlsafe_b64encode(_sign(key, request, content) + content).decode()


def read(key: bytes, request: Request, token: str, now: int) -> Position:
    """Return the position of ``token``; InvalidToken if it is expired, unknown, or of another ``request``.

    A tuple is returned as a list.
    """
    try:
        written = token.encode("ascii")
        raw = urlsafe_b64decode(written)
    except (UnicodeEncodeError, binascii.Error):
        raise InvalidToken from None
    signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    # Decoding ignores characters outside the alphabet, so a token must also be equal to the one that was written.
    if not hmac.compare_digest(signature, _sign(key, request, content)) or urlsafe_b64encode(raw) != written:
        raise InvalidToken
    given, position, _ = json.loads(content.decode())
    if now - given >= LIFETIME:
        raise InvalidToken
    return position


def _sign(key: bytes, request: Request, content: bytes) -> bytes:
    message = repr(request).encode() + b"\0" + content
    return blake2b(message, key=key, digest_size=_SIGNATURE_BYTES).digest()
