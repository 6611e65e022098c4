"""Addresses that people typed: public ones only, whatever name they hide behind."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time

import pytest

from stratum import outbound
from stratum.outbound import NotAllowed, Unreachable
from tests.stratum.receivers import Answer

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1",
    "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
]  # fmt: skip


@pytest.fixture
def strict(settings):
    """As in production: no exception for this machine."""
    settings.ALLOW_INSECURE_LOOPBACK = False


@pytest.fixture
def names(monkeypatch):
    """A function that says to which addresses a name leads, at the first and at each later look-up."""

    look_up = socket.getaddrinfo

    def leads(name: str, *looked_up: list[str]) -> None:
        turns = list(looked_up)

        def getaddrinfo(host, port, *args, **kwargs):
            if host[0].isdecimal():  # a number needs no look-up
                return look_up(host, port, *args, **kwargs)
            if host != name:
                raise socket.gaierror(-2, "Name or service not known")
            found = turns.pop(0) if len(turns) > 1 else turns[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(outbound.socket, "getaddrinfo", getaddrinfo)

    return leads


@pytest.fixture
def no_connection(monkeypatch):
    """Note to which addresses a connection is tried; none succeeds."""
    tried: list[str] = []

    def create_connection(address, **kwargs):
        tried.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(outbound.socket, "create_connection", create_connection)
    return tried


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address):
    assert outbound.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_every_other_address_is_not(address):
    assert not outbound.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused_before_anybody_is_asked(address, strict, names, no_connection):
    names("inside.example", [address])

    with pytest.raises(NotAllowed, match="not a public address"):
        outbound.request("POST", "https://inside.example/")
    assert no_connection == []


def test_one_address_inside_refuses_the_name(strict, names, no_connection):
    names("both.example", ["8.8.8.8", "10.0.0.1"])

    with pytest.raises(NotAllowed):
        outbound.request("POST", "https://both.example/")
    assert no_connection == []


def test_a_public_name_is_tried_at_the_addresses_that_were_judged(strict, names, no_connection):
    names("fine.example", ["8.8.8.8", "8.8.4.4"])

    with pytest.raises(Unreachable, match="Connection refused"):
        outbound.request("POST", "https://fine.example/")
    assert no_connection == ["8.8.8.8", "8.8.4.4"]


def test_a_name_that_leads_inside_a_moment_later_changes_nothing(strict, names, no_connection):
    names("rebinds.example", ["8.8.8.8"], ["127.0.0.1"])

    with pytest.raises(Unreachable):
        outbound.request("POST", "https://rebinds.example/")
    assert no_connection == ["8.8.8.8"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "//example.com", "",
        "https://", "https:///path", "https://user:pw@example.com/", "https://user@example.com/", "https://127.0.0.1/",
        "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://example.com:0/", "https://example.com:99999/",
        "https://example.com/\r\nHost: evil", "https://exa mple.com/", "https://[::1", "https://münchen.example/ü",
    ],
)  # fmt: skip
def test_what_could_never_be_reached_is_refused_when_it_is_typed(url, strict):
    with pytest.raises(NotAllowed):
        outbound.check(url)


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://hooks.slack.com/services/T/B/x?y=1", "https://8.8.8.8:8443/"]
)
def test_what_may_be_reached_is_not(url, strict):
    outbound.check(url)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_other_ways_to_write_this_machine_are_refused_as_well(host, strict, no_connection):
    with pytest.raises((NotAllowed, Unreachable)):
        outbound.request("POST", f"https://{host}/")
    assert no_connection == []


def test_this_machine_is_reached_where_development_allows_it(receiver):
    reply = outbound.request("POST", f"{receiver.url}/hook?x=1", body=b"hello", headers={"webhook-id": "1"})

    assert (reply.status, reply.text, reply.is_ok) == (200, "ok", True)
    got = receiver.received[0]
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hook?x=1", b"hello", "1")
    assert got.headers["host"] == receiver.url.removeprefix("http://")


def test_and_not_in_production(receiver, strict):
    with pytest.raises(NotAllowed):
        outbound.request("POST", receiver.url)
    assert receiver.received == []


def test_redirects_are_returned_and_not_followed(receiver):
    receiver.answer = Answer(302, headers={"Location": f"{receiver.url}/elsewhere"})

    reply = outbound.request("GET", receiver.url)

    assert (reply.status, reply.headers["location"]) == (302, f"{receiver.url}/elsewhere")
    assert len(receiver.received) == 1


def test_a_long_answer_is_cut(receiver):
    receiver.answer = Answer(200, b"x" * 1_000_000)

    assert len(outbound.request("GET", receiver.url).text) == outbound.MAX_ANSWER_BYTES


def listening(answer) -> tuple[str, socket.socket]:
    """Return the address of a server that hands its one connection to `answer`."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connected, _ = server.accept()
        with connected:
            answer(connected)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}", server


def drip(connected: socket.socket) -> None:
    connected.recv(1000)
    try:
        for _ in range(200):
            connected.sendall(b"H")
            time.sleep(0.05)
    except OSError:
        return


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_answer_that_only_drips_is_cut_when_the_time_is_over(scheme):
    address, server = listening(drip)
    began = time.monotonic()

    with server, pytest.raises(Unreachable):
        outbound.request("GET", f"{scheme}://{address}/", seconds=0.5)
    assert time.monotonic() - began < 3


def test_a_server_that_hangs_up_is_unreachable():
    address, server = listening(lambda connected: connected.recv(1000))

    with server, pytest.raises(Unreachable, match="gave no answer"):
        outbound.request("GET", f"http://{address}/")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    certificate = self_signed(tmp_path)

    def answer(connected: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        try:
            context.wrap_socket(connected, server_side=True).close()
        except (ssl.SSLError, OSError):
            return

    address, server = listening(answer)
    with server, pytest.raises(Unreachable, match="certificate is not good"):
        outbound.request("GET", f"https://{address}/")


def test_a_certificate_is_checked_against_the_name_that_was_typed(tmp_path, monkeypatch, names):
    certificate = self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(outbound, "_tls", lambda: trusting)
    heard: list[bytes] = []

    def answer(connected: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        try:
            with context.wrap_socket(connected, server_side=True) as tls:
                heard.append(tls.recv(1000))
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except (ssl.SSLError, OSError):
            return

    for name, fits in [("right.example", True), ("wrong.example", False)]:
        address, server = listening(answer)
        names(name, ["127.0.0.1"])
        url = f"https://{name}:{address.split(':')[1]}/"
        with server:
            if fits:
                assert outbound.request("GET", url).text == "ok"
            else:
                with pytest.raises(Unreachable, match="certificate is not good"):
                    outbound.request("GET", url)
    assert b"Host: right.example" in heard[0]
    assert len(heard) == 1


def self_signed(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "right.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("right.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
