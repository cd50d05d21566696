"""The form of a mail: what it shows, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.outgoing.addresses import Recipient, recipients
from relata.engine.messaging.mail.outgoing.drafts import mailboxes_of
from relata.engine.messaging.mail.outgoing.forwarding import forwarded_files
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.people import by_address
from relata.engine.messaging.mail.templates.rendering import snippets_for, templates_for
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace import attached
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.ground import Visit, Web

Form = Mapping[str, list[str]]
PLACE = "/write"
PEOPLE = ("to_addresses", "cc_addresses", "bcc_addresses")
_TEXTS = ("subject", "body", "manner")


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes along."""

    name: str
    size: int
    href: str
    remove: str


class FilesView(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a draft. key: the draft."""

    key: str
    csrf: str
    files: tuple[FileLine, ...]
    error: str = ""


class WriteView(msgspec.Struct, frozen=True, kw_only=True):
    """The form. path: of this mail; what is done with it lies below. about: the record as `object:id`. signature,
    quoted: what will stand below, for the eye. is_dialog: it came into a page and not as one."""

    title: str
    key: str
    path: str
    csrf: str
    is_dialog: bool
    mailboxes: tuple[Option, ...]
    mailbox: str
    people: dict[str, tuple[Option, ...]]
    subject: str
    body: str
    about: str
    about_title: str
    about_href: str
    answers: str
    manner: str
    templates: tuple[Option, ...]
    snippets: tuple[Option, ...]
    signature: str
    quoted: str
    files: FilesView
    forwarded: tuple[FileLine, ...]
    brings_files: bool
    send_at: str
    earliest: str
    errors: dict[str, str] = {}
    error: str = ""
    shell: Shell | None = None

    @property
    def has_copies(self) -> bool:
        """Whether the rows for copies are open."""
        return bool(self.people["cc_addresses"] or self.people["bcc_addresses"])


def read(form: Form) -> dict[str, Any]:
    """What the form sent, as values of a draft; only names that it held."""
    values: dict[str, Any] = {name: form[name][-1] for name in _TEXTS if name in form}
    for name in PEOPLE:
        values[name] = ", ".join(one.removeprefix("new:") for one in form.get(name, ()) if one.strip())
    if "mailbox" in form:
        values["mailbox"] = parse_id(form["mailbox"][-1])
    if form.get("answers"):
        values["answers"] = parse_id(form["answers"][-1])
    if "has_files" in form:
        values["leaves_files"] = "brings_files" not in form
    if form.get("about"):
        values["about"] = target_of(form["about"][-1])
    return values


def target_of(text: str) -> AnyTarget | None:
    """A record from `object:id`."""
    name, _colon, key = text.partition(":")
    found = parse_id(key)
    return AnyTarget(name, found) if name and found else None


def moment_of(work: Workspace, text: str) -> datetime:
    """A moment as the person's clock shows it; Invalid for none."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        problem = Problem("invalid_value", _("Choose a day and a time."), "send_at", _("Such as tomorrow at 8:00."))
        raise Invalid.of([problem]) from None
    return typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(work.actor.zone))


async def view_of(
    web: Web, request: Visit, work: Workspace, key: UUID, values: Mapping[str, Any], *,
    error: Invalid | Conflict | None = None, send_at: str = "",
) -> WriteView:  # fmt: skip
    """The form with these values; error: what was refused."""
    shell = web.shell(request, work)
    about = values.get("about")
    people = {name: _options(values.get(name)) for name in PEOPLE}
    objects = await _objects(work, about, values.get("to_addresses"))
    boxes = await mailboxes_of(work)
    chosen = next((one for one in boxes if one.id == values.get("mailbox")), boxes[0] if boxes else None)
    errors: dict[str, str] = {}
    for problem in error.problems if error else ():
        said = f"{problem.message} {problem.hint or ''}".strip()
        errors[problem.field or ""] = " ".join(filter(None, [errors.get(problem.field or "", ""), said]))
    general = errors.pop("", "") or (error.message if error and not error.problems else "")
    title = titles = ""
    if about is not None:
        titles = (await titles_of(work.unit, {about.object: [about.id]})).get((about.object, about.id), "")
    manner = values.get("manner") or "new"
    title = {"reply": _("Answer"), "reply_all": _("Answer to all"), "forward": _("Forward")}.get(
        manner, _("New e-mail")
    )
    answers = values.get("answers")
    is_dialog = bool(request.headers.get("hx-request"))
    now = work.clock.now.astimezone(ZoneInfo(work.actor.zone))
    return WriteView(
        title=title, key=str(key), path=f"{PLACE}/{key}", csrf=shell.csrf, is_dialog=is_dialog,
        mailboxes=tuple(Option(value=str(one.id), label=_from(one)) for one in boxes),
        mailbox=str(chosen.id) if chosen else "", people=people, subject=values.get("subject") or "",
        body=values.get("body") or "", about=f"{about.object}:{about.id}" if about else "", about_title=titles,
        about_href=f"/{work.registry.get(about.object).path}/{about.id}" if about else "",
        answers=str(answers) if answers else "", manner=manner,
        templates=tuple(
            Option(value=str(one.id), label=one["name"]) for one in await templates_for(work, *objects)
        ),
        snippets=tuple(Option(value=str(one.id), label=one["name"]) for one in await snippets_for(work, *objects)),
        signature=(chosen["signature"] or "") if chosen else "", quoted=await _quoted(work, answers),
        files=await files_of(work, key, shell.csrf), brings_files=not values.get("leaves_files"),
        forwarded=tuple(
            FileLine(name=one.name, size=one.size, href=f"/files/{one.id}", remove="")
            for one in await forwarded_files(work, {**values, "leaves_files": False})
        ),
        send_at=send_at, earliest=f"{now:%Y-%m-%dT%H:%M}", errors=errors,
        error=general, shell=None if is_dialog else shell,
    )  # fmt: skip


async def files_of(work: Workspace, key: UUID, csrf: str, error: str = "") -> FilesView:
    """The files of a draft; none while it is not there."""
    lines: tuple[FileLine, ...] = ()
    try:
        mail = await work.get(WRITTEN, key)
    except (NotFound, Denied):
        pass
    else:
        lines = tuple(
            FileLine(
                name=one.name, size=one.size, href=f"/files/{one.id}", remove=f"{PLACE}/{key}/files/{one.id}/remove"
            )
            for one in reversed(await attached.files_of(work, mail))
        )
    return FilesView(key=str(key), csrf=csrf, files=lines, error=error)


def of_record(mail: Record) -> dict[str, Any]:
    """A draft as values of the form."""
    names = (*_TEXTS, *PEOPLE, "mailbox", "about", "answers", "send_at", "state", "leaves_files")
    return {name: mail[name] for name in names}


async def _objects(work: Workspace, about: AnyTarget | None, to: str | None) -> list[str]:
    """Of which records fields can be taken: what it is about, and who gets it."""
    found = [about.object] if about is not None else []
    for one in _typed(to)[:1]:
        found += [person.about.object for person in await by_address(work, one.address)]
    return list(dict.fromkeys(found))


async def _quoted(work: Workspace, answers: UUID | None) -> str:
    if answers is None:
        return ""
    try:
        before = await work.get(EMAIL, answers)
    except (NotFound, Denied):
        return ""
    return before["text"] or ""


def _typed(text: str | None) -> list[Recipient]:
    try:
        return list(recipients(text, "to_addresses"))
    except Invalid:
        return []


def _options(text: str | None) -> tuple[Option, ...]:
    """Recipients as chips; what is no address stays as it was typed."""
    found = []
    for piece in (text or "").split(", "):
        if piece.strip():
            known = _typed(piece)
            label = (known[0].name or known[0].address) if known else piece
            found.append(Option(value=piece.strip(), label=label))
    return tuple(found)


def _from(mailbox: Record) -> str:
    return f"{mailbox['name']} <{mailbox['address']}>"
