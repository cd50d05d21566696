"""A conversation's page: its mails in order, what was quoted folded away, and HTML in a frame of its own."""

from __future__ import annotations

import secrets
from datetime import datetime
from html import escape
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.calendars.invitations import invited
from relata.engine.messaging.mail.conversation import Conversation, Said, conversation, html_of, mark_seen
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.invitations import answering, calendar_text, is_calendar, own_addresses
from relata.engine.messaging.mail.new_people import address_field, person_objects, readable_name
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.showing import Shown
from relata.engine.messaging.mail.templates.filling import one_of
from relata.engine.metadata.fields import Choice
from relata.engine.query.request import Query
from relata.engine.ui.signature_offers import Offer, offers, take
from relata.engine.ui.values import record_href
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import HTML, Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.writing.composing import SavedView
from relata.interfaces.web.writing.form import PLACE as WRITING

PLACE = "/conversations"
#: Around a mail's HTML: no script, no form, no origin; styles by this one sheet, pictures by link or from the mail.
_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src {pictures};"
    " style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_SHEET = (
    "html{{background:#fff;color:#1a1a1a}}body{{margin:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}"
    "img{{max-width:100%}}table{{max-width:100%}}blockquote{{margin-inline:0;padding-inline-start:1em;"
    "border-inline-start:2px solid #ccc}}pre{{white-space:pre-wrap}}\n{sheet}"
)
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><title>–</title><style nonce="{nonce}">{sheet}</style></head>'
    "<body>{body}</body></html>"
)


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a mail."""

    name: str
    size: int
    href: str


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """What the mail invites the reader to. answers: value and label of each; () where it was called off."""

    subject: str
    place: str
    starts: datetime
    ends: datetime
    of_days: bool
    repeats: bool
    post: str
    answers: tuple[tuple[str, str], ...]


class MailView(msgspec.Struct, frozen=True, kw_only=True):
    """One mail. written: the page that tells what became of it, for who wrote it here. who_href: the record of who
    wrote it, "" for a stranger. frame: where its HTML is, "" without any.
    lines: how many lines the frame is high, in three steps."""

    key: str
    href: str
    who: str
    who_href: str
    address: str
    to: str
    cc: str
    when: datetime | None
    is_ours: bool
    is_new: bool
    is_automatic: bool
    state: str
    text: str
    sign_off: str
    quoted: str
    frame: str
    frame_size: str
    files: tuple[FileLine, ...]
    bounced: str
    offers: tuple[Offer, ...] = ()
    written: str = ""
    invitation: InvitationView | None = None


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in it who is no record here. add: the forms that make one, with label."""

    name: str
    address: str
    add: tuple[tuple[str, str], ...]


class ConversationView(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    thread: str
    title: str
    state: str
    mailbox: str
    assignee: str
    details: str
    seen: str
    mails: tuple[MailView, ...]
    strangers: tuple[Stranger, ...]
    csrf: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of conversations."""

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await conversation(work, record_id(key))
            web.openings.note(work, web.database, EMAIL_THREAD, found.thread.id)
            return web.page(work, "web/conversation.html", await _view(web, request, work, found))

        return await web.within(request, show)

    @get(f"{PLACE}/{{key:str}}/mails/{{mail:str}}")
    async def framed(request: Visit, key: FromPath[str], mail: FromPath[str]) -> Response[bytes]:
        pictures = request.query_params.get("pictures") == "true"

        async def show(work: Workspace) -> Shown:
            return await html_of(work, record_id(mail), pictures=pictures)

        return _frame(await web.within(request, show), web, pictures=pictures)

    @post(f"{PLACE}/{{key:str}}/seen")
    async def seen(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def mark(work: Workspace) -> None:
            await mark_seen(work, record_id(key))

        await web.within(request, mark, read_only=False)
        return Response(b"", status_code=200, media_type=HTML)

    @post(f"{PLACE}/{{key:str}}/mails/{{mail:str}}/take")
    async def take_over(request: Visit, key: FromPath[str], mail: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        field, text = ((form.get(name) or [""])[-1] for name in ("field", "text"))

        async def write(work: Workspace) -> Response[bytes]:
            await take(work, record_id(key), record_id(mail), field, text)
            said = SavedView(_("%(what)s is on their record now.") % {"what": text})
            return web.page(work, "web/writing/saved.html", said)

        written = await web.within(request, write, read_only=False)
        return written if request.headers.get("hx-request") else redirect(f"{PLACE}/{key}#mail-{mail}")

    @post(f"{PLACE}/{{key:str}}/mails/{{mail:str}}/answer")
    async def answer(request: Visit, key: FromPath[str], mail: FromPath[str]) -> Response[bytes]:
        said = ((await posted(request)).get("answer") or [""])[-1]

        async def write(work: Workspace) -> None:
            record = await work.get(EMAIL, record_id(mail))
            text = await calendar_text(work, web.files, record)
            one = next(iter(answering(work)), None)
            if one is None or not text:
                raise NotFound("This mail holds no invitation.", code="no_invitation")
            await work.run(msgspec.convert({"email": record.id, "text": text, "answer": said}, one.command))

        await web.within(request, write, read_only=False)
        return redirect(f"{PLACE}/{key}?done=saved#mail-{mail}", request)

    return [page, framed, seen, take_over, answer]


async def instead(work: Workspace, plural: str, key: UUID) -> str:
    """Where a mail or a conversation is read, in place of a record's page; "" for everything else. The page itself
    is there for who asks for a part of it."""
    one = work.registry.by_path(plural)
    if one.name not in (EMAIL, EMAIL_THREAD):
        return ""
    record = await work.get(one.name, key, deleted=None)
    if record.is_deleted:
        return ""
    if one.name == EMAIL_THREAD:
        return f"{PLACE}/{record.id}"
    return f"{PLACE}/{record['thread']}#mail-{record.id}" if record["thread"] else ""


def _frame(found: Shown, web: Web, *, pictures: bool) -> Response[bytes]:
    nonce = secrets.token_urlsafe(16)
    own = web.files_origin or web.address  # a frame without an origin is nobody's 'self'
    sources = f"{own} data:" + (" https:" if pictures else "")
    left_out = ""
    if found.trackers:
        words = _("Left out, since it only tells its server that you read this: %(servers)s")
        left_out = f"<hr><p><small>{escape(words % {'servers': ', '.join(sorted(found.trackers))})}</small></p>"
    body = _PAGE.format(nonce=nonce, sheet=_SHEET.format(sheet=found.sheet), body=found.html + left_out)
    headers = {
        "content-security-policy": _POLICY.format(pictures=sources, nonce=nonce),
        "referrer-policy": "no-referrer",
        "cache-control": "private, no-store",
        "x-remote-pictures": str(found.remote),
    }
    return Response(body.encode(), media_type=HTML, headers=headers)


async def _view(web: Web, request: Visit, work: Workspace, found: Conversation) -> ConversationView:
    thread, registry = found.thread, work.registry
    asked = {"mailbox": [thread["mailbox"]] if thread["mailbox"] else [],
             "user": [thread["assignee"]] if thread["assignee"] else []}  # fmt: skip
    titles = await titles_of(work.unit, asked)
    state = registry.get(EMAIL_THREAD).all_fields["state"]
    assert isinstance(state, Choice)
    option = state.option(thread["state"])
    one = registry.get(EMAIL_THREAD)
    written = await _written(work, found)
    return ConversationView(
        shell=web.shell(request, work, one.path),
        crumbs=(Crumb(label=one.title_plural, href=f"/{one.path}"),),
        thread=str(thread.id), title=thread["subject"] or "–", state=option.title if option else "",
        mailbox=titles.get(("mailbox", thread["mailbox"])) or "",
        assignee=titles.get(("user", thread["assignee"])) or "",
        details=f"/{one.path}/{thread.id}?tab=details",
        seen=f"{PLACE}/{thread.id}/seen" if any(not each.record["is_seen"] for each in found.mails) else "",
        mails=tuple([await _mail(web, work, each, str(thread.id), written) for each in found.mails]),
        strangers=tuple(_stranger(work, name, address) for name, address in found.strangers),
        csrf=exchange(request).csrf_token(),
    )  # fmt: skip


async def _written(work: Workspace, found: Conversation) -> dict[UUID, str]:
    """Where the reader sees what became of the mails that they wrote here, by e-mail."""
    ours = [each.record.id for each in found.mails if each.record["direction"] == "out"]
    query = Query(WRITTEN, one_of("email", ours), fields=("id", "email"), limit=len(ours))
    rows = (await work.query(query)).rows if ours else []
    return {email: f"{WRITING}/{key}" for key, email in rows}


async def _invitation(web: Web, work: Workspace, said: Said, thread: str) -> InvitationView | None:
    """What the reader is invited to by this mail."""
    one = said.record
    if one["direction"] != "in" or not any(is_calendar(each) for each in said.files) or not answering(work):
        return None
    text = await calendar_text(work, web.files, one)
    found = invited(text, await own_addresses(work, one), work.clock.zone) if text else None
    if found is None:
        return None
    here, item = ZoneInfo(work.clock.zone), found.item
    answers = (("accepted", _("Accept")), ("tentative", _("Perhaps")), ("declined", _("Decline")))
    return InvitationView(
        subject=item.subject, place=item.location, starts=item.starts.astimezone(here), ends=item.ends.astimezone(here),
        of_days=item.is_all_day, repeats=bool(item.rule), post=f"{PLACE}/{thread}/mails/{one.id}/answer",
        answers=() if found.is_over else answers,
    )  # fmt: skip


async def _mail(web: Web, work: Workspace, said: Said, thread: str, written: dict[UUID, str]) -> MailView:
    one = said.record
    state = one.object.all_fields["state"]
    assert isinstance(state, Choice)
    option = state.option(one["state"])
    frame = f"{PLACE}/{thread}/mails/{one.id}" if one["html"] else ""
    length = len(one["html"] or "")
    return MailView(
        key=str(one.id), href=f"/emails/{one.id}?tab=details",
        who=said.known_title or one["from_name"] or one["from_address"] or "–",
        who_href=record_href(work.registry, said.known.object, said.known.id) if said.known else "",
        address=one["from_address"] or "", to=one["to_addresses"] or "", cc=one["cc_addresses"] or "",
        when=one["sent_at"], is_ours=one["direction"] == "out", is_new=not one["is_seen"],
        is_automatic=bool(one["is_auto_reply"]),
        state="" if one["state"] in ("received", "sent") or option is None else option.title,
        text=one["text"] or "", sign_off=one["sign_off"] or "", quoted=one["quoted"] or "", frame=frame,
        frame_size="small" if length < 2_000 else "medium" if length < 12_000 else "large",
        files=tuple(FileLine(name=each.name, size=each.size, href=f"/files/{each.id}") for each in said.files),
        bounced=one["bounced_reason"] or "", offers=await offers(work, said),
        written=written.get(one.id, ""), invitation=await _invitation(web, work, said, thread),
    )  # fmt: skip


def _stranger(work: Workspace, name: str, address: str) -> Stranger:
    """What it could become: an object that is a person with an address, and that one may make."""
    add = []
    for one in person_objects(work):
        emails = address_field(one)
        assert emails is not None
        query = {emails.name: address, one.title_field: readable_name(name, address)}
        add.append((one.title, f"/{one.path}/new?{urlencode(query)}"))
    return Stranger(name=name, address=address, add=tuple(add))
