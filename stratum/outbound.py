"""The only place that opens a socket to an address that a person typed: webhooks, and landing pages.

Public addresses only. The name is resolved here, every address it has is judged, and the connection goes to the very address
that was judged, so a name that leads elsewhere a moment later (DNS rebinding) changes nothing. Redirects are returned and
never followed: whoever wants to follow one asks again, and is judged again. No proxy, no cookies, https with certificates.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from requests.utils import DEFAULT_CA_BUNDLE_PATH

CONNECT_SECONDS = 5.0
MAX_ANSWER_BYTES = 64 * 1024
USER_AGENT = "Stratum-Campaign-Builder/1"

ONLY_HTTPS = "The address must begin with https://."

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Azure's platform endpoint has a public address, and answers from inside with the machine's secrets.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
#: NAT64 (RFC 6052): the last four bytes are an IPv4 address, which may be a private one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The address may not be reached from here; the text is a sentence for whoever typed it.

    `is_private` tells an address that is not on the internet from one that is only written wrongly.
    """

    def __init__(self, message: str, *, is_private: bool = False) -> None:
        super().__init__(message)
        self.is_private = is_private


class Unreachable(Exception):
    """Nobody answered; the text says what happened."""


@dataclass(frozen=True)
class Reply:
    """What was answered: status, headers (lower-case names), and the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    text: str
    took_ms: int

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


def check(url: str) -> None:
    """Raise NotAllowed if the address could never be reached from here, without asking anybody for it."""
    _judge(_parts(url))


def request(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None, seconds: float = 10
) -> Reply:
    """Send one request, within so many seconds as a whole, and return the answer, whatever its status.

    Raises NotAllowed before a byte leaves for an address that is not public, and Unreachable when there is no answer.
    """
    started = time.monotonic()
    parts = _parts(url)
    _judge(parts)
    addresses = _public(parts)
    with _connection(parts, addresses, started + seconds) as connection:
        status, found, text = _exchange(connection, method, _target(parts), body, headers or {})
    return Reply(status, found, text, round((time.monotonic() - started) * 1000))


# Judging ------------------------------------------------------------------------------------------------------------


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("This is no web address. Write it like https://example.com/path.") from error
    # Whatever a header or a request line could be ended with is no part of an address.
    if not parts.hostname or port == 0 or any(ord(letter) <= 32 or ord(letter) >= 127 for letter in url):
        raise NotAllowed("This is no web address. Write it like https://example.com/path.")
    return parts


def _judge(parts: SplitResult) -> None:
    if parts.scheme not in {"https", "http"}:
        raise NotAllowed(ONLY_HTTPS)
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("The address must not hold a user name or a password.")
    try:
        literal = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        if parts.scheme == "http" and not (settings.ALLOW_INSECURE_LOOPBACK and parts.hostname == "localhost"):
            raise NotAllowed(ONLY_HTTPS) from None
        return
    _judge_address(literal, parts)


def _judge_address(address: Address, parts: SplitResult) -> None:
    if is_public(address) and parts.scheme == "https":
        return
    if settings.ALLOW_INSECURE_LOOPBACK and address.is_loopback:
        return
    if is_public(address):
        raise NotAllowed(ONLY_HTTPS)
    named = f"{address}" if parts.hostname == str(address) else f"{parts.hostname} leads to {address}, which"
    message = f"{named} is not a public address. Only what can be reached from the internet is allowed here."
    raise NotAllowed(message, is_private=True)


def is_public(address: Address) -> bool:
    """Say whether anybody on the internet could have this address: not ours, not the network's, not the cloud's own."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo or address.is_site_local:
            return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not is_special and address not in _METADATA


def _public(parts: SplitResult) -> list[Address]:
    """Return the addresses of the host, all of them judged: one that is not public refuses them all."""
    port = parts.port or http.client.HTTPS_PORT
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no server with the name {parts.hostname}.") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(info[4][0]) for info in found))
    for address in addresses:
        _judge_address(address, parts)
    return addresses


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


# Connecting ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)  # a slim image brings no certificates of its own
    return context


@contextmanager
def _connection(parts: SplitResult, addresses: list[Address], ends: float) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to the first address that answers; it is cut when the time is over, however slowly it drips."""
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port)
    connection.sock = _connect(addresses, parts, connection.port, ends)
    cut = threading.Timer(max(0.0, ends - time.monotonic()), _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        connection.sock.settimeout(max(0.1, ends - time.monotonic()))
        if parts.scheme == "https":
            _secure(connection)
        yield connection
    except (OSError, http.client.HTTPException) as error:
        reason = "It took too long." if time.monotonic() >= ends else _in_words(error)
        raise Unreachable(f"{parts.hostname} gave no answer. {reason}") from error
    finally:
        cut.cancel()
        connection.close()


def _connect(addresses: list[Address], parts: SplitResult, port: int, ends: float) -> socket.socket:
    problem: OSError | None = None
    for address in addresses:
        seconds = min(CONNECT_SECONDS, ends - time.monotonic())
        if seconds <= 0:
            break
        try:
            return socket.create_connection((str(address), port), timeout=seconds)
        except OSError as error:
            problem = error
    raise Unreachable(f"{parts.hostname} cannot be reached. {_in_words(problem)}") from problem


def _secure(connection: http.client.HTTPConnection) -> None:
    # The handshake comes after the socket is known to _cut: it can be drawn out like anything else.
    tls = _tls().wrap_socket(connection.sock, server_hostname=connection.host, do_handshake_on_connect=False)
    connection.sock = tls
    tls.do_handshake()


def _cut(connection: http.client.HTTPConnection) -> None:
    try:
        # The plain socket's own shutdown: that of TLS would pull the rug from under the thread that reads.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
    except (OSError, AttributeError, TypeError):
        return  # it is over already


def _exchange(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], str]:
    plain = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "close", **headers}
    connection.request(method, target, body=body, headers=plain)
    response = connection.getresponse()
    text = response.read(MAX_ANSWER_BYTES).decode("utf-8", "replace")
    return response.status, {name.lower(): value for name, value in response.getheaders()}, text


def _in_words(error: Exception | None) -> str:
    if isinstance(error, ssl.SSLError):
        return f"Its certificate is not good: {getattr(error, 'verify_message', '') or error.reason}."
    if isinstance(error, TimeoutError) or error is None:
        return "It took too long."
    return f"{getattr(error, 'strerror', None) or str(error) or type(error).__name__}."
