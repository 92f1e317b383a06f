"""Give and read page tokens: opaque, signed, tied to the request that got them, dead after 24 hours."""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from itertools import count
from typing import Any

from sfn_mock.aws.exceptions import InvalidToken

#: How long a token lives, in milliseconds (ListExecutions: "each pagination token expires after 24 hours").
LIFETIME = 24 * 60 * 60 * 1000

_SIGNATURE_BYTES = 16
#: What a token's last part counts, so that no two answers give the same one.
_serial = count(1)

#: What a token is tied to: the operation and its arguments, page size left out.
Request = Sequence[str | int | bool | None]

#: A place in an order: the sort key of the last item given, a number or text, or a tuple of such.
Position = Any

# A position may be a name in any script: escaped, the longest would not fit into the 1024 characters of a token.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def give(key: bytes, request: Request, position: Position, now: int) -> str:
    """A token that stands for ``position`` in the answer to ``request``."""
    content = _to_json([now, position, next(_serial)]).encode()
    return urlsafe_b64encode(_sign(key, request, content) + content).decode()


def read(key: bytes, request: Request, token: str, now: int) -> Position:
    """The position of ``token``; InvalidToken if it was given to another ``request``, too long ago, or never.

    A tuple comes back as a list.
    """
    try:
        written = token.encode("ascii")
        raw = urlsafe_b64decode(written)
    except (UnicodeEncodeError, binascii.Error):
        raise InvalidToken from None
    signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    # Decoding skips characters outside the alphabet, so a token counts only if it is written as it was given.
    if not hmac.compare_digest(signature, _sign(key, request, content)) or urlsafe_b64encode(raw) != written:
        raise InvalidToken
    given, position, _ = json.loads(content.decode())
    if now - given >= LIFETIME:
        raise InvalidToken
    return position


def _sign(key: bytes, request: Request, content: bytes) -> bytes:
    message = repr(request).encode() + b"\0" + content
    return blake2b(message, key=key, digest_size=_SIGNATURE_BYTES).digest()
