"""The guarded client against servers and a resolver that mean harm: where it goes, what it carries, when it stops."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from relata.engine.fetching.addresses import is_allowed, networks_of
from relata.engine.fetching.client import Guard
from relata.foundation.errors import Invalid, LimitReached, Unavailable

LOOPBACK = networks_of(["127.0.0.0/8"])
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answer = Callable[[str], Awaitable[bytes] | bytes]


class Names:
    """A resolver that answers as it is told, one answer after another, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@asynccontextmanager
async def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that gives one answer for each connection; its port and the requests that it got."""
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(answers[min(len(seen), len(answers)) - 1])
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


def plain(*names: Sequence[str]) -> Guard:
    return Guard(allow=LOOPBACK, http=True, resolve=Names(*(names or (["127.0.0.1"],))))


@pytest.mark.parametrize(
    "text",
    """127.0.0.1 10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0 224.0.0.1
    255.255.255.255 168.63.129.16 192.0.0.192 198.18.0.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1::
    2001:0:7f00:1:: ::127.0.0.1 2001:db8::1 fec0::1""".split(),
)
def test_refuses_what_is_not_public(text: str) -> None:
    assert not is_allowed(ip_address(text))


@pytest.mark.parametrize("text", "1.1.1.1 93.184.216.34 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101".split())
def test_lets_public_addresses_through(text: str) -> None:
    assert is_allowed(ip_address(text))


def test_no_allowed_network_opens_a_clouds_credentials() -> None:
    everything = networks_of(["0.0.0.0/0", "::/0"])
    assert is_allowed(ip_address("10.0.0.1"), everything)
    for text in ("169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"):
        assert not is_allowed(ip_address(text), everything)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "//example.org/", "https://", "https://ada:secret@example.org/",
        "https://example.org\\@127.0.0.1/", "https://exa mple.org/", "https://example.org/\r\nHost: other",
        "https://example.org:25/", "https://example.org:99999/", "http://example.org/", "javascript:alert(1)",
    ],
)  # fmt: skip
async def test_refuses_what_is_no_web_address(url: str) -> None:
    names = Names(["1.1.1.1"])
    with pytest.raises(Invalid):
        await Guard(resolve=names).fetch(url)
    assert names.asked == 0


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "[::ffff:7f00:1]", "localhost", "017700000001"])
async def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises((Invalid, Unavailable)):
        await Guard(http=True).fetch(f"http://{host}/", seconds=2)


async def test_one_closed_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(Invalid) as refused:
        await Guard(resolve=Names(["1.1.1.1", "10.0.0.7"])).fetch("https://two-faced.example/")
    assert "10.0.0.7" not in refused.value.message


async def test_a_name_is_looked_up_once_so_that_it_cant_change_its_mind() -> None:
    names = Names(["127.0.0.1"], ["10.0.0.7"])
    async with serving(OK) as (port, seen):
        answer = await Guard(allow=LOOPBACK, http=True, resolve=names).fetch(f"http://rebind.example:{port}/a?b=c")
    assert answer.body == b"ok"
    assert names.asked == 1
    assert seen[0].startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"host: rebind.example:{port}\r\n" in seen[0].lower()


async def test_tries_the_next_address_when_one_refuses() -> None:
    async with serving(OK) as (port, _):
        answer = await plain(["127.0.0.2", "127.0.0.1"]).fetch(f"http://two.example:{port}/")
    assert answer.status == 200


async def test_a_redirect_is_returned_unless_asked_for() -> None:
    async with serving(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n") as (port, seen):
        answer = await plain().fetch(f"http://a.example:{port}/")
    assert (answer.status, answer.headers["location"], len(seen)) == (302, "/b", 1)


async def test_each_hop_is_checked_as_the_first_one() -> None:
    guard = plain(["127.0.0.1"], ["10.0.0.7"])
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://inside.example/\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved) as (port, seen):
        with pytest.raises(Invalid):
            await guard.fetch(f"http://a.example:{port}/", redirects=3)
    assert len(seen) == 1


async def test_a_hop_carries_neither_body_nor_credentials() -> None:
    moved = b"HTTP/1.1 303 See Other\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    headers = {"Authorization": "Bearer secret", "Cookie": "a=b", "X-Key": "secret", "Accept": "text/plain"}
    async with serving(moved, OK) as (port, seen):
        await plain().fetch(f"http://a.example:{port}/", method="POST", headers=headers, body=b"hello", redirects=1)
    assert "Bearer secret" in seen[0]
    assert seen[1].startswith("GET /b ")
    assert "secret" not in seen[1]
    assert "cookie" not in seen[1].lower()
    assert "accept: text/plain" in seen[1].lower()


async def test_a_repeated_post_is_not_followed() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved, OK) as (port, seen):
        answer = await plain().fetch(f"http://a.example:{port}/", method="POST", body=b"x", redirects=5)
    assert (answer.status, len(seen)) == (307, 1)


async def test_a_loop_ends() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved) as (port, seen):
        answer = await plain().fetch(f"http://a.example:{port}/", redirects=2)
    assert (answer.status, len(seen)) == (302, 3)


@pytest.mark.parametrize("head", [b"Content-Length: 5000\r\n", b"", b"Transfer-Encoding: chunked\r\n"])
async def test_stops_at_the_size(head: bytes) -> None:
    content = b"x" * 5000
    body = b"1388\r\n" + content + b"\r\n0\r\n\r\n" if b"chunked" in head else content
    async with serving(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + head + b"\r\n" + body) as (port, _):
        with pytest.raises(LimitReached):
            await plain().fetch(f"http://a.example:{port}/", limit_bytes=4999)


async def test_a_compressed_bomb_stops_at_the_size() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with serving(head + bomb) as (port, _):
        with pytest.raises(LimitReached):
            await plain().fetch(f"http://a.example:{port}/", limit_bytes=100_000)


async def test_reads_compressed_answers_and_refuses_torn_ones() -> None:
    whole = gzip.compress(b'{"a": 1}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    async with serving(head + whole, head + whole[:-9]) as (port, _):
        assert (await plain().fetch(f"http://a.example:{port}/")).json() == {"a": 1}
        with pytest.raises(Unavailable):
            await plain().fetch(f"http://a.example:{port}/")


async def test_time_is_for_the_whole_of_it() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            for _ in range(100):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable) as slow:
            await plain().fetch(f"http://a.example:{port}/", seconds=0.3)
    assert slow.value.code == "fetch_timeout"


@pytest.mark.parametrize("headers", [{"Host": "other"}, {"Transfer-Encoding": "chunked"}, {"X-A": "b\r\nX-C: d"}])
async def test_a_caller_cant_turn_the_connection(headers: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await plain().fetch("http://a.example/", headers=headers)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of a certificate for safe.example."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "safe")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("safe.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    (folder / "both.pem").write_bytes(pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


async def test_the_certificate_is_that_of_the_name(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = certificate
    guard = Guard(allow=LOOPBACK, resolve=Names(["127.0.0.1"]), tls=client)
    async with serving(OK, tls=server) as (port, _):
        assert (await guard.fetch(f"https://safe.example:{port}/")).is_ok
        with pytest.raises(Unavailable) as other:
            await guard.fetch(f"https://other.example:{port}/")
    assert "certificate" in other.value.message


async def test_public_authorities_alone_are_believed(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with serving(OK, tls=certificate[0]) as (port, _):
        with pytest.raises(Unavailable):
            await Guard(allow=LOOPBACK, resolve=Names(["127.0.0.1"])).fetch(f"https://safe.example:{port}/")
