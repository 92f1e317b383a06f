"""Refuse connections to AWS from any client while the mock is active, so that no call leaves the machine.

Every client of this process uses Python's sockets: http.client, urllib, httpx, aiohttp and urllib3. Requests through a
proxy are seen in http.client, which urllib and urllib3 use.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import cache
from http.client import HTTPConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from botocore.loaders import create_loader
from moto.core.config import default_user_config
from moto.core.models import botocore_stubber

from sfn_mock.instruments.guard import Guard
from sfn_mock.transport.patching import Patches

#: The addresses of instance metadata and of container credentials.
_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"))
)
#: Domains that are always AWS's, whatever botocore's data says.
_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")


def refuse(patches: Patches, guard: Guard) -> None:
    """Let ``guard`` refuse connections to AWS; all other connections are made as usual."""
    connections = _Connections(patches, guard)
    patches.wrap(socket, "getaddrinfo", connections.watch_lookup)
    patches.wrap(socket, "gethostbyname", connections.watch_lookup)
    patches.wrap(socket, "gethostbyname_ex", connections.watch_lookup)
    patches.wrap(socket.socket, "connect", connections.watch_connect)
    patches.wrap(socket.socket, "connect_ex", connections.watch_connect)
    patches.wrap(HTTPConnection, "putrequest", connections.watch_request)
    patches.wrap(HTTPConnection, "set_tunnel", connections.watch_tunnel)


class _Connections:
    def __init__(self, patches: Patches, guard: Guard) -> None:
        self._patches = patches
        self._guard = guard

    def watch_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def look_up(host: Any, *others: Any, **options: Any) -> Any:
            self._check(host)
            return original(host, *others, **options)

        return look_up

    def watch_connect(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(connection: socket.socket, address: Any) -> Any:
            # An address that is not a tuple is a local socket.
            if isinstance(address, tuple):
                self._check(address[0])
            return original(connection, address)

        return connect

    def watch_request(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def putrequest(connection: Any, method: str, url: str, *others: Any, **options: Any) -> Any:
            # A request to a proxy has the whole URL; http.client splits such a URL in the same way.
            if url.startswith("http"):
                self._check(urlsplit(url).hostname)
            return original(connection, method, url, *others, **options)

        return putrequest

    def watch_tunnel(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def set_tunnel(connection: Any, host: str, *others: Any, **options: Any) -> Any:
            self._check(host)
            return original(connection, host, *others, **options)

        return set_tunnel

    def _check(self, host: Any) -> None:
        name = host.decode(errors="replace") if isinstance(host, bytes) else host
        if not self._patches.intercept or not isinstance(name, str):
            return
        address = _address(name)
        is_probe = address in _METADATA
        if (is_probe or (address is None and _is_of_aws(name))) and not _passes_on():
            self._guard.refuse_connection(name, is_probe=is_probe)


def _passes_on() -> bool:
    """Return whether a test has configured moto to pass requests through to AWS."""
    passed_on = default_user_config.get("core", {}).get("passthrough", {})
    return botocore_stubber.enabled and any(passed_on.values())


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address if the host is an IP address in any notation; None for a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return _address_in_parts(host)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _address_in_parts(host: str) -> IPv4Address | None:
    """Return the address of fewer than four numbers, or of numbers in another base, as C's functions read them."""
    if not host[:1].isdigit():
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_of_aws(host: str) -> bool:
    name = host.lower().rstrip(".")
    return "." in name and any(name == domain or name.endswith(f".{domain}") for domain in _domains())


@cache
def _domains() -> frozenset[str]:
    """Return the domains of AWS in all its partitions."""
    partitions = create_loader().load_data("endpoints")["partitions"]
    variants = [variant for partition in partitions for variant in partition["defaults"]["variants"]]
    return frozenset([*_DOMAINS, *(each["dnsSuffix"] for each in (*partitions, *variants) if "dnsSuffix" in each)])
