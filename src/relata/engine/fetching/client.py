"""The guarded client: every address checked, the connection pinned to it, size and time capped for the whole."""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import msgspec

from relata.engine.fetching.addresses import Address, Network, Resolve, checked, system_resolve
from relata.engine.fetching.decoding import Decoder
from relata.foundation.errors import Invalid, LimitReached, Unavailable
from relata.foundation.i18n import gettext as _

MAX_URL = 2000
#: What stands for the connection itself; a caller that could set it could speak to another server than was checked.
_OURS = frozenset("host connection content-length transfer-encoding te trailer upgrade expect accept-encoding".split())
#: What goes along to where an answer points; credentials and bodies never do.
_CARRIED = frozenset("accept accept-language user-agent".split())
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE".split())


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. url: where it came from in the end. headers: names in lower case. body: decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Whether the status says that it worked."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """The body as JSON; Unavailable when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Unavailable(_("The other server's answer can't be read."), code="answer_unreadable") from None


@functools.cache
def _public_tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """What this installation lets through.

    allow: networks that are not public and may be reached all the same. http: whether plain HTTP is allowed.
    resolve: how names become addresses. tls: whom to believe; the public authorities when None.
    """

    allow: Sequence[Network] = ()
    http: bool = False
    resolve: Resolve = field(default=system_resolve, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit_bytes: int = 1_000_000,
        seconds: float = 10,
        redirects: int = 0,
    ) -> Fetched:
        """One request and its answer, whatever its status.

        limit_bytes: of the answer, compressed and not. seconds: for everything, names and redirects too. redirects: how
        many to follow; each is checked as the first address was, is a GET without body and without credentials, and
        never leads from HTTPS to HTTP. With 0 the answer that redirects is returned.
        Invalid for an address that may not be fetched, LimitReached beyond a size, Unavailable when nobody answers.
        """
        sent = _headers(headers or {})
        if method not in _METHODS:
            raise Invalid(_("There is no such method."), code="method")
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(self.parse(url), method, sent, body, limit_bytes, redirects)
        except TimeoutError:
            raise Unavailable(
                _("The other server took too long."), code="fetch_timeout", hint=_("Try again later.")
            ) from None
        except httpx.LocalProtocolError:
            raise Invalid(_("The request holds characters that can't be sent."), code="request_unsendable") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, OSError) as error:
            raise Unavailable(
                _why(error), code="fetch_failed", hint=_("Check the address, or try again later.")
            ) from None

    def parse(self, url: str) -> httpx.URL:
        """The address, if it may be asked for at all; Invalid says why not. Does not look its name up: `fetch` does."""
        try:
            if len(url) > MAX_URL or any(sign <= " " or sign in "\\\x7f" for sign in url):
                raise ValueError
            found = httpx.URL(url)
            host, port = found.raw_host.decode("ascii"), found.port
        except (httpx.InvalidURL, ValueError):
            raise _no_address() from None
        if found.scheme not in ("https", "http") or not host or found.userinfo:
            raise _no_address()
        if found.scheme == "http" and not self.http:
            raise Invalid(
                _("The address must begin with https://."), code="url_plain", hint=_("Plain HTTP can be read by all.")
            )
        if port is not None and port not in (80, 443) and not 1024 <= port <= 65535:
            raise Invalid(_("This port is not one of a web server."), code="url_port")
        return found

    async def _follow(
        self, url: httpx.URL, method: str, headers: dict[str, str], body: bytes | None, limit: int, redirects: int
    ) -> Fetched:
        while True:
            answer = await self._once(url, method, headers, body, limit)
            target = answer.headers.get("location")
            # 307 and 308 ask to send the same again; what was meant for one server is not handed to another.
            repeats = answer.status in (307, 308) and method not in ("GET", "HEAD")
            if redirects <= 0 or answer.status not in (301, 302, 303, 307, 308) or not target or repeats:
                return answer
            redirects -= 1
            following = self.parse(str(url.join(target)))
            if url.scheme == "https" and following.scheme == "http":
                raise Invalid(_("The address leads on to one without encryption."), code="url_plain")
            method, body = "HEAD" if method == "HEAD" else "GET", None
            headers = {name: value for name, value in headers.items() if name in _CARRIED}
            url = following

    async def _once(
        self, url: httpx.URL, method: str, headers: dict[str, str], body: bytes | None, limit: int
    ) -> Fetched:
        port = url.port or (443 if url.scheme == "https" else 80)
        host = url.raw_host.decode("ascii")
        addresses = await checked(host, port, self.allow, self.resolve)
        tls: ssl.SSLContext = self.tls if self.tls is not None else await asyncio.to_thread(_public_tls)
        transport = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, http2=False, retries=0)
        async with transport:
            response = await _connect(transport, url, host, addresses, method, headers, body)
            try:
                content = await _content(response, limit, empty=method == "HEAD")
            finally:
                await response.aclose()
        return Fetched(str(url), response.status_code, dict(response.headers.items()), content)


async def _connect(
    transport: httpx.AsyncHTTPTransport,
    url: httpx.URL,
    host: str,
    addresses: Sequence[Address],
    method: str,
    headers: dict[str, str],
    body: bytes | None,
) -> httpx.Response:
    """Ask at the first address that can be connected to. The name is not looked up again: the connection goes to the
    address that was checked, while Host and the certificate's check keep the name."""
    for number, address in enumerate(addresses, 1):
        request = httpx.Request(
            method,
            url.copy_with(host=str(address)),
            headers={"user-agent": "Relata", **headers, "host": url.netloc.decode("ascii"), "accept-encoding": "gzip"},
            content=body,
            extensions={"sni_hostname": host, "timeout": {"connect": 5.0}},
        )
        try:
            return await transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(addresses):
                raise
    raise AssertionError("no address")  # `checked` never answers without one


async def _content(response: httpx.Response, limit: int, *, empty: bool) -> bytes:
    declared = response.headers.get("content-length", "0")
    if not empty and declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    decoder, content, received = Decoder(response.headers.get("content-encoding", "")), bytearray(), 0
    async for piece in response.aiter_raw():
        received += len(piece)
        content += decoder.decode(piece, limit + 1 - len(content))
        if received > limit or len(content) > limit:
            raise _too_large(limit)
    if received:
        decoder.finish()
    return bytes(content)


def _too_large(limit: int) -> LimitReached:
    return LimitReached(
        _("The other server's answer is too large."),
        code="answer_too_large",
        hint=_("At most %(limit)s bytes are read.") % {"limit": format(limit, ",")},
    )


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in given.items()}
    if _OURS & lowered.keys() or any(sign < " " or sign == "\x7f" for text in lowered.values() for sign in text):
        raise Invalid(_("A header of this request can't be set."), code="request_header")
    return lowered


def _no_address() -> Invalid:
    return Invalid(_("This is not a web address."), code="url", hint=_("It looks like https://example.org/."))


def _why(error: Exception) -> str:
    """Without the address behind the name, and without what a library says."""
    text = f"{error} {error.__cause__} {error.__context__}".lower()
    if "certificate" in text:
        return "The other server's certificate is not valid."
    return "The other server does not answer as a web server does."
