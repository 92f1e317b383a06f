"""Decide which requests a server answers: those of programs and of its own page, but not of other sites.

A browser sends a request of any site's page to this machine, with that site's origin, or for an image, a script or a
link with no more than Sec-Fetch-Site or, in older browsers, Referer. A site may also let its own name lead to this
machine (DNS rebinding). Its page then has the server's origin, and only the Host header shows it.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from ipaddress import ip_address

from werkzeug import Request

#: Allows every Host header.
ANY_HOST = "*"

_PORT = re.compile(r":\d*$")
_AWS = re.compile(r"(?:.+\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)")
#: What follows a host prefix of an operation, as in "sync-localhost", is not a name that a site can have.
_LOCALHOST = re.compile(r"(?:.+[.-])?localhost")
#: Top-level names that belong to private networks, such as host.docker.internal and svc.cluster.local.
_PRIVATE = (".internal", ".local", ".test")

#: The values of Sec-Fetch-Site for a page's own requests and for typed addresses.
_OWN_SITES = ("same-origin", "none")


class ForeignOrigin(Exception):
    """A request from the page of another site."""


@dataclass(frozen=True)
class Origins:
    """The origins whose requests a server answers.

    Attributes:
        loopback: Whether the server listens only for this machine.
        allowed_hosts: Host names that are allowed beside those that every server allows, in lower case.
    """

    loopback: bool
    allowed_hosts: frozenset[str] = frozenset()

    def check(self, request: Request) -> None:
        """Raise ForeignOrigin if the headers of a request show that the page of another site may have sent it."""
        host = request.headers.get("Host", "")
        name = _PORT.sub("", host).rstrip(".").lower()
        if not self._is_allowed(name):
            raise ForeignOrigin(
                f"Host {host!r} is not allowed: use localhost or 127.0.0.1, or start the server with "
                f"allowed_hosts=[{name!r}] in Python, or as sfn-mock-server --allow-host {shlex.quote(name)}."
            )
        own = f"{request.scheme}://{host}"
        origin = request.headers.get("Origin")
        if origin is not None and origin != own:
            raise _foreign("Origin", origin, own)
        site = request.headers.get("Sec-Fetch-Site")
        if site is None:
            self._check_referer(request, own)
        elif site not in _OWN_SITES and not _opens_the_page(request):
            raise _foreign("Sec-Fetch-Site", site, own)

    def _check_referer(self, request: Request, own: str) -> None:
        """Check the Referer header, which browsers without Sec-Fetch-Site send."""
        referer = request.headers.get("Referer", own)
        if not f"{referer}/".startswith(f"{own}/") and not _asks_for_the_page(request):
            raise _foreign("Referer", referer, own)

    def _is_allowed(self, host: str) -> bool:
        if not host or is_this_machine(host) or _AWS.fullmatch(host) or self.allowed_hosts & {host, ANY_HOST}:
            return True
        # No site can have an address, a name without a dot or a private name as its own.
        return not self.loopback and (_is_address(host) or "." not in host or host.endswith(_PRIVATE))


def _foreign(header: str, value: str, own: str) -> ForeignOrigin:
    """Return the refusal of a request whose header names another site than the server's own address."""
    return ForeignOrigin(
        f"{header} {value!r} shows that another site sent this request: only the page of {own}, and programs other "
        f"than browsers, may send it."
    )


def _opens_the_page(request: Request) -> bool:
    """Return whether a person follows a link to the server's own page."""
    return _asks_for_the_page(request) and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _asks_for_the_page(request: Request) -> bool:
    return request.method == "GET" and not request.query_string and request.path == "/"


def is_this_machine(host: str) -> bool:
    """Return whether ``host`` is a loopback name or address."""
    return _LOCALHOST.fullmatch(host) is not None or (_is_address(host) and ip_address(_bare(host)).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(_bare(host))
    except ValueError:
        return False
    return True


def _bare(host: str) -> str:
    return host.removeprefix("[").removesuffix("]")
