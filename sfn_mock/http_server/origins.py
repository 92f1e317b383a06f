"""Who may look at and change what a server holds: programs, and its own page. Not the pages of other sites.

A browser sends a request of any site's to this machine, with the site's origin: what is simple at once, and the rest
because moto, which it asks first, lets all in. A site may even have its name lead to this machine: then the name it was
asked under, in the Host header, gives it away.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from werkzeug import Request

_PORT = re.compile(r":\d*$")


class ForeignOrigin(Exception):
    """A request that a site other than the server's own page has made."""


def check(request: Request, *, loopback: bool) -> None:
    """ForeignOrigin for a request by another site, or, where ``loopback``, under a name that is not this machine's."""
    host = request.headers.get("Host", "")
    if loopback and not is_this_machine(_PORT.sub("", host)):
        raise ForeignOrigin(
            f"Host {host!r} is not this machine, and this server listens to it alone: ask for localhost or 127.0.0.1."
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{host}":
        raise ForeignOrigin(
            f"Origin {origin!r} is no part of {request.scheme}://{host}: only the server's own page, and programs "
            f"that are no browser, may ask for this."
        )


def is_this_machine(host: str) -> bool:
    """Whether ``host`` is a name or an address of the machine that it is asked on, and of no other."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
