"""While the mock is active, no client connects to AWS. No test here contacts a real address."""

from __future__ import annotations

import asyncio
import http.client
import socket
import urllib.request
from contextlib import suppress
from types import ModuleType

import boto3
import pytest
import requests
import urllib3
from moto import mock_aws

from sfn_mock import UnmockedServiceError, mock_sfn_executions

httpx: ModuleType | None
aiohttp: ModuleType | None
try:
    import httpx
except ImportError:
    httpx = None
try:
    import aiohttp
except ImportError:
    aiohttp = None

URL = "https://sts.us-east-1.amazonaws.com/"
PROXY = "http://proxy.example.com:8080"


class ReachedError(OSError):
    """The mock did not prevent a connection."""


@pytest.fixture(autouse=True)
def reached(monkeypatch):
    """The hosts and addresses that a client tried to reach; nothing is sent."""
    asked: list[object] = []

    def ask(host, *others, **options):
        asked.append(host)
        raise ReachedError

    def connect(connection, address):
        asked.append(address[0] if isinstance(address, tuple) else address)
        raise ReachedError

    for look_up in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, look_up, ask)
    monkeypatch.setattr(socket.socket, "connect", connect, raising=False)
    monkeypatch.setattr(socket.socket, "connect_ex", connect, raising=False)
    return asked


def refusal(host: str) -> str:
    return (
        f"cannot open a connection to {host}: no call leaves this machine while mock_sfn_executions "
        "is active; call Step Functions with boto3, requests or urllib3, and mock other services "
        "instead."
    )


# --- Clients -----------------------------------------------------------------------------------------------------


def _http_client(url: str) -> None:
    host = urllib3.util.parse_url(url).host
    http.client.HTTPSConnection(host).request("GET", "/")


def _tunnel(url: str) -> None:
    connection = http.client.HTTPSConnection("proxy.example.com", 8080)
    connection.set_tunnel(urllib3.util.parse_url(url).host)
    connection.request("GET", "/")


def _urllib(url: str) -> None:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url)


def _urllib_by_proxy(url: str) -> None:
    urllib.request.build_opener(urllib.request.ProxyHandler({"https": PROXY, "http": PROXY})).open(url)


def _urllib3(url: str) -> None:
    urllib3.PoolManager(retries=False).request("GET", url)


def _urllib3_by_proxy(url: str) -> None:
    urllib3.ProxyManager(PROXY, retries=False).request("GET", url)


def _requests(url: str) -> None:
    requests.get(url, timeout=5)


def _socket(url: str) -> None:
    socket.create_connection((urllib3.util.parse_url(url).host, 443))


def _asyncio(url: str) -> None:
    asyncio.run(asyncio.open_connection(urllib3.util.parse_url(url).host, 443))


def _httpx(url: str) -> None:
    httpx.get(url, trust_env=False)


def _httpx_async(url: str) -> None:
    async def get() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(url)

    asyncio.run(get())


def _aiohttp(url: str) -> None:
    async def get() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())) as client:
            await client.get(url)

    asyncio.run(get())


NEEDS_HTTPX = pytest.mark.skipif(httpx is None, reason="httpx is not installed")
NEEDS_AIOHTTP = pytest.mark.skipif(aiohttp is None, reason="aiohttp is not installed")

#: The errors of clients if nothing listens at an address.
NOT_REACHED = (OSError, urllib3.exceptions.HTTPError, *([] if httpx is None else [httpx.ConnectError]))

CLIENTS = [
    *(_http_client, _tunnel, _urllib, _urllib_by_proxy, _urllib3, _urllib3_by_proxy, _requests, _socket, _asyncio),
    pytest.param(_httpx, marks=NEEDS_HTTPX),
    pytest.param(_httpx_async, marks=NEEDS_HTTPX),
    pytest.param(_aiohttp, marks=NEEDS_AIOHTTP),
]


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_is_refused(client, reached):
    """The error names the host, is not an error of the connection, and nothing is looked up."""
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        client(URL)

    assert str(error.value) == refusal("sts.us-east-1.amazonaws.com")
    assert not isinstance(error.value, OSError)
    assert reached == []


@pytest.mark.parametrize("client", CLIENTS)
def test_other_hosts_are_reached(client, reached):
    """Connections to hosts other than AWS's work as usual."""
    with mock_sfn_executions(), pytest.raises(NOT_REACHED):
        client("https://weather.example.com/")

    assert reached[0] in ("weather.example.com", b"weather.example.com", "proxy.example.com")


def test_plain_request_to_a_proxy_is_refused(reached):
    """A plain HTTP request to AWS by a proxy is refused."""
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        _urllib_by_proxy("http://s3.amazonaws.com/bucket")

    assert str(error.value) == refusal("s3.amazonaws.com")


def test_presigned_url_is_refused(reached):
    """A URL that was signed inside the mock is refused for every client."""
    with mock_sfn_executions():
        url = boto3.client("s3").generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": "a"})
        with pytest.raises(UnmockedServiceError) as error:
            _urllib(url)

    assert str(error.value) == refusal("reports.s3.amazonaws.com")
    assert reached == []


# --- Hosts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("STS.amazonaws.com.", id="as it may be written"),
        pytest.param(b"sts.amazonaws.com", id="bytes"),
        pytest.param("sts.cn-north-1.amazonaws.com.cn", id="China"),
        pytest.param("s3.dualstack.us-east-1.api.aws", id="dual stack"),
        pytest.param("sts.us-iso-east-1.c2s.ic.gov", id="another partition"),
        pytest.param("169.254.169.254", id="instance metadata"),
        pytest.param("fd00:0ec2::254", id="instance metadata, IPv6"),
        pytest.param("::ffff:169.254.169.254", id="instance metadata, IPv4 in IPv6"),
        pytest.param("2852039166", id="instance metadata, one number"),
        pytest.param("0xA9.254.43518", id="instance metadata, three numbers"),
        pytest.param("169.254.170.2", id="credentials of a container"),
        pytest.param("169.254.170.23", id="credentials of a pod"),
    ],
)
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_hosts_of_aws(host, method, reached):
    """AWS's hosts are known by name in each partition, and by the addresses of metadata and credentials."""
    with (
        mock_sfn_executions(),
        socket.socket() as connection,
        pytest.raises(UnmockedServiceError, match=r"^cannot open a connection to "),
    ):
        getattr(connection, method)((host, 443))

    assert reached == []


@pytest.mark.parametrize("look_up", ["gethostbyname", "gethostbyname_ex"])
def test_addresses_of_hosts(look_up, reached):
    """Addresses of AWS's hosts are not looked up; others are, as usual."""
    with mock_sfn_executions():
        with pytest.raises(UnmockedServiceError):
            getattr(socket, look_up)("sts.us-east-1.amazonaws.com")
        with pytest.raises(ReachedError):
            getattr(socket, look_up)("weather.example.com")

    assert reached == ["weather.example.com"]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(("127.0.0.1", 80), id="this machine"),
        pytest.param(("::1", 80), id="this machine, IPv6"),
        pytest.param(("localhost", 80), id="this machine, by name"),
        pytest.param(("states.amazonaws.com.localhost", 80), id="a name of this machine"),
        pytest.param(("notamazonaws.com", 80), id="a name that ends alike"),
        pytest.param(("10.0.0.1", 80), id="an address"),
        pytest.param(("167772161", 80), id="an address, one number"),
        pytest.param(("3.example.com", 80), id="a name that begins with a number"),
        pytest.param("/run/app.sock", id="a file"),
        pytest.param((5, 80), id="another family's address"),
    ],
)
def test_hosts_of_others(address, reached):
    """Other hosts are allowed."""
    with mock_sfn_executions(), socket.socket() as connection, pytest.raises(ReachedError):
        connection.connect(address)

    assert reached == [address[0] if isinstance(address, tuple) else address]


def test_url_that_cannot_be_read(reached):
    """A malformed URL gets the error of http.client."""
    with mock_sfn_executions(), pytest.raises(ValueError, match=r"^Invalid IPv6 URL$"):
        http.client.HTTPConnection("example.com").request("GET", "http://[broken")

    assert reached == []


# --- With moto and other mocks ------------------------------------------------------------------------------------


def test_swallowed_refusal_is_reported():
    """A refused connection that the code swallowed is reported at the mock's end."""
    mock = mock_sfn_executions()
    mock.start()
    with suppress(UnmockedServiceError):
        _urllib(URL)
    with pytest.raises(
        UnmockedServiceError, match=r"swallowed the error: connection to sts\.us-east-1\.amazonaws\.com"
    ):
        mock.stop()


def test_swallowed_request_for_metadata_is_not_reported():
    """A refused request for instance metadata is not reported at the end."""
    with mock_sfn_executions() as sfn, suppress(UnmockedServiceError):
        _urllib("http://169.254.169.254/latest/meta-data/")

    assert sfn.region == "us-east-1"


def test_with_mock_aws(reached):
    """moto's mocks answer first; other connections are refused."""
    with mock_sfn_executions(), mock_aws():
        boto3.client("sts").get_caller_identity()
        with pytest.raises(UnmockedServiceError):
            _urllib(URL)

    assert reached == []


@pytest.mark.parametrize("passthrough", [{"services": ["sts"]}, {"urls": ["https://sts.*"]}], ids=["service", "url"])
def test_requests_that_moto_passes_through(passthrough, reached):
    """Requests that a test has moto pass through to AWS are allowed."""
    with mock_sfn_executions(), mock_aws(config={"core": {"passthrough": passthrough}}), pytest.raises(OSError):
        _urllib(URL)

    assert reached == ["sts.us-east-1.amazonaws.com"]


def test_sockets_are_restored(reached):
    """After the mock, sockets are as before, also in subclasses."""
    before = socket.getaddrinfo, dict(vars(socket.socket)), dict(vars(http.client.HTTPConnection))

    with mock_sfn_executions():
        kept = socket.create_connection, socket.getaddrinfo
    after = socket.getaddrinfo, dict(vars(socket.socket)), dict(vars(http.client.HTTPConnection))
    with pytest.raises(ReachedError):
        kept[1]("sts.amazonaws.com", 443)

    assert after == before
    assert reached == ["sts.amazonaws.com"]
