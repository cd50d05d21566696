"""Where telephones come in. A key with the scope of address books is the password; the name does not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import asgi
from litestar.handlers import ASGIRouteHandler

from relata.engine.identity.credentials import Credentials
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer, send_answer
from relata.interfaces.http.asgi import Receive, Scope, Send
from relata.interfaces.http.bodies import read_whole
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.http.problems import body_of
from relata.interfaces.rest.carddav import xml
from relata.interfaces.rest.carddav.cards import READS, SCOPE, Listed, cards, listed, state_of
from relata.interfaces.rest.carddav.xml import CALENDARSERVER, CARD, DAV, Answered, Element

ROOT = "/carddav"
BOOK = f"{ROOT}/contacts/"
_XML = "application/xml; charset=utf-8"
_ALLOW = ("allow", "OPTIONS, GET, HEAD, PROPFIND, REPORT")
_DAV = ("dav", "1, 3, addressbook")


def routes(door: Door) -> list[ASGIRouteHandler]:
    """The mount, and the address at which programs look for it."""

    @asgi(ROOT, is_mount=True, copy_scope=False)
    async def book(scope: Scope, receive: Receive, send: Send) -> None:
        found = await _answer(door, scope, receive)
        await send_answer(send, found, with_body=scope["method"] != "HEAD")

    @asgi("/.well-known/carddav", is_mount=True, copy_scope=False)
    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        await send_answer(send, Answer(308, [("location", f"{ROOT}/")], b""))

    return [book, known]


async def _answer(door: Door, scope: Scope, receive: Receive) -> Answer:
    exchange = exchange_of(scope)
    shown: Credentials = exchange.credentials
    if shown.kind != "key" or SCOPE not in shown.scopes or shown.workspace is None:
        return Answer(401, [("www-authenticate", 'Basic realm="Relata", charset="UTF-8"'), _DAV], b"")
    method, path = scope["method"], scope["path"].removeprefix(ROOT).strip("/")
    if method == "OPTIONS":
        return Answer(200, [_ALLOW, _DAV], b"")
    if method not in ("GET", "HEAD", "PROPFIND", "REPORT"):
        return Answer(405, [_ALLOW, ("content-type", "text/plain")], b"This address book can only be read.")
    try:
        raw = await read_whole(receive, xml.MAX_BYTES) if method in ("PROPFIND", "REPORT") else b""
        request = xml.parsed(raw)
        depth = exchange.headers.get(b"depth") or "0"
        caller = Caller(replace(shown, scopes=READS))
        key = await door.key_of(shown.workspace)

        async def answered(work: Workspace) -> Answer:
            return await _answered(work, method, path, depth, request)

        return await door.run(key, caller, answered, via="carddav", read_only=True)
    except RelataError as error:
        body = body_of(error, "")
        return Answer(body.status, [("content-type", "text/plain; charset=utf-8")], error.message.encode())


async def _answered(work: Workspace, method: str, path: str, depth: str, request: Element | None) -> Answer:
    if path in ("", "principal"):
        return _many([_home(xml.wanted(request), path)]) if method == "PROPFIND" else Answer(404, [], b"")
    first, _, name = path.partition("/")
    if first != "contacts":
        return Answer(404, [], b"")
    if name:
        return await _one(work, method, name, request)
    if method == "PROPFIND":
        everything = await listed(work)
        answers = [_book(work, xml.wanted(request), state_of(everything))]
        asked = xml.wanted(request) or (f"{{{DAV}}}getetag",)
        answers += [_listed(one, asked) for one in everything] if depth != "0" else []
        return _many(answers)
    if method == "REPORT" and request is not None:
        return await _report(work, request)
    return Answer(404, [], b"")


async def _report(work: Workspace, request: Element) -> Answer:
    asked = xml.wanted(request)
    if request.tag == f"{{{DAV}}}sync-collection":
        everything = await listed(work)
        token = f"urn:relata:{state_of(everything)}"
        sent = request.findtext(f"{{{DAV}}}sync-token") or ""
        if sent and sent != token:  # what has gone since then nobody knows: the program reads everything anew
            error = xml.holding(f"{{{DAV}}}error", Element(f"{{{DAV}}}valid-sync-token"))
            return Answer(403, [("content-type", _XML)], xml.written(error))
        answers = [] if sent else [_listed(one, asked) for one in everything]
        return _many(answers, xml.text(f"{{{DAV}}}sync-token", token))
    if request.tag == f"{{{CARD}}}addressbook-multiget":
        names = [one.text or "" for one in request.findall(f"{{{DAV}}}href")]
        ids = {name: parse_id(name.rpartition("/")[2].removesuffix(".vcf")) for name in names}
        found = {one.id: (one, text) for one, text in await cards(work, [one for one in ids.values() if one])}
        return _many(
            [
                _card(*found[key], asked) if key in found else Answered(name, {}, is_gone=True)
                for name, key in ids.items()
            ]
        )
    if request.tag == f"{{{CARD}}}addressbook-query":
        return _many([_card(one, text, asked) for one, text in await cards(work, None)])
    return Answer(403, [("content-type", "text/plain")], b"This report is not known here.")


async def _one(work: Workspace, method: str, name: str, request: Element | None) -> Answer:
    key = parse_id(name.removesuffix(".vcf"))
    found = await cards(work, [key]) if key else []
    if not found:
        return Answer(404, [], b"")
    listed_, text = found[0]
    if method == "PROPFIND":
        return _many([_card(listed_, text, xml.wanted(request))])
    if method == "REPORT":
        return Answer(403, [], b"")
    return Answer(200, [("content-type", "text/vcard; charset=utf-8"), ("etag", listed_.etag)], text.encode())


def _many(answers: list[Answered], *further: Element) -> Answer:
    return Answer(207, [("content-type", _XML), _DAV], xml.multistatus(answers, *further))


def _home(asked: tuple[str, ...], path: str) -> Answered:
    here = f"{ROOT}/{path}/" if path else f"{ROOT}/"
    principal = f"{ROOT}/principal/"
    found = {
        f"{{{DAV}}}current-user-principal": xml.href(f"{{{DAV}}}current-user-principal", principal),
        f"{{{DAV}}}principal-URL": xml.href(f"{{{DAV}}}principal-URL", principal),
        f"{{{CARD}}}addressbook-home-set": xml.href(f"{{{CARD}}}addressbook-home-set", BOOK),
        f"{{{DAV}}}displayname": xml.text(f"{{{DAV}}}displayname", "Relata"),
        f"{{{DAV}}}resourcetype": xml.holding(
            f"{{{DAV}}}resourcetype", Element(f"{{{DAV}}}collection"), Element(f"{{{DAV}}}principal")
        ),
    }
    return Answered(here, found, asked)


def _book(work: Workspace, asked: tuple[str, ...], state: str) -> Answered:
    reports = [
        xml.holding(f"{{{DAV}}}supported-report", xml.holding(f"{{{DAV}}}report", Element(name)))
        for name in (
            f"{{{DAV}}}sync-collection", f"{{{CARD}}}addressbook-multiget", f"{{{CARD}}}addressbook-query",
        )
    ]  # fmt: skip
    found: dict[str, Any] = {
        f"{{{DAV}}}resourcetype": xml.holding(
            f"{{{DAV}}}resourcetype", Element(f"{{{DAV}}}collection"), Element(f"{{{CARD}}}addressbook")
        ),
        f"{{{DAV}}}displayname": xml.text(f"{{{DAV}}}displayname", work.settings.name),
        f"{{{DAV}}}sync-token": xml.text(f"{{{DAV}}}sync-token", f"urn:relata:{state}"),
        f"{{{CALENDARSERVER}}}getctag": xml.text(f"{{{CALENDARSERVER}}}getctag", state),
        f"{{{DAV}}}supported-report-set": xml.holding(f"{{{DAV}}}supported-report-set", *reports),
        f"{{{DAV}}}current-user-principal": xml.href(f"{{{DAV}}}current-user-principal", f"{ROOT}/principal/"),
        f"{{{DAV}}}current-user-privilege-set": xml.holding(
            f"{{{DAV}}}current-user-privilege-set",
            xml.holding(f"{{{DAV}}}privilege", Element(f"{{{DAV}}}read")),
        ),
    }
    return Answered(BOOK, found, asked)


def _listed(one: Listed, asked: tuple[str, ...]) -> Answered:
    return Answered(f"{BOOK}{one.id}.vcf", _facts(one), asked)


def _card(one: Listed, text: str, asked: tuple[str, ...]) -> Answered:
    data = {f"{{{CARD}}}address-data": xml.text(f"{{{CARD}}}address-data", text)}
    return Answered(f"{BOOK}{one.id}.vcf", _facts(one) | data, asked)


def _facts(one: Listed) -> dict[str, Element]:
    return {
        f"{{{DAV}}}getetag": xml.text(f"{{{DAV}}}getetag", one.etag),
        f"{{{DAV}}}getcontenttype": xml.text(f"{{{DAV}}}getcontenttype", "text/vcard; charset=utf-8"),
        f"{{{DAV}}}resourcetype": Element(f"{{{DAV}}}resourcetype"),
    }
