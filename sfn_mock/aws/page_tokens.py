"""Give and read page tokens: opaque, signed, tied to the request that got them, dead after 24 hours."""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
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

#: A place in an order: the sort key of the last item given, a number or text.
Position = Any


def give(key: bytes, request: Request, position: Position, now: int) -> str:
    """A token that stands for ``position`` in the answer to ``request``."""
    # A position may be a name in any script: escaped, the longest would not fit into the 1024 characters of a token.
    content = json.dumps([now, position, next(_serial)], ensure_ascii=False, separators=(",", ":")).encode()
    return urlsafe_b64encode(_sign(key, request, content) + content).decode()


def read(key: bytes, request: Request, token: str, now: int) -> Position:
    """The position of ``token``; InvalidToken if it was given to another ``request``, too long ago, or never."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raise InvalidToken from None
    signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    # Decoding skips characters outside the alphabet, so a token counts only if it is written as it was given.
    if not hmac.compare_digest(signature, _sign(key, request, content)) or urlsafe_b64encode(raw).decode() != token:
        raise InvalidToken
    given, position, _ = json.loads(content)
    if now - given >= LIFETIME:
        raise InvalidToken
    return position


def _sign(key: bytes, request: Request, content: bytes) -> bytes:
    message = json.dumps(list(request)).encode() + b"\0" + content
    return hmac.digest(key, message, "sha256")[:_SIGNATURE_BYTES]
