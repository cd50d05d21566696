"""One mailbox: whether its mail comes in, each folder with figures that add up, what was put aside, who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail import overview
from relata.engine.messaging.mail.mailbox_objects import MAIL_RULE, MAILBOX, MANAGE
from relata.engine.messaging.mail.new_people import person_objects
from relata.engine.messaging.mail.overview import Aside, FolderFigures
from relata.engine.messaging.mail.syncing import SYNC
from relata.engine.metadata.fields import Choice
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text
from relata.interfaces.web.settings.mailbox_forms import (
    SECRETS,
    SERVER_NAMES,
    options_of,
    permission_fields,
    server_fields,
)

_PLACE = "/settings/mailboxes"
_OWN = ("name", "from_name", "share_level", "new_people", "new_people_as", "history_from", "signature", "daily_limit")
_MEANINGS = {"ready": "good", "syncing": "information", "refused": "bad", "failing": "warning"}


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of mail with an address."""

    pattern: str
    does: str
    reason: str
    delete: str


class MailboxPage(Page, frozen=True, kw_only=True):
    """One mailbox. may_change: whether the person looks after it. consent: where they consent anew, "" where a
    password or token is typed."""

    path: str
    address: str
    state: str
    meaning: str
    is_off: bool
    last_error: str
    remedy: str
    failing_since: datetime | None
    checked_at: datetime | None
    folders: tuple[FolderFigures, ...]
    aside: tuple[Aside, ...]
    rules: tuple[RuleLine, ...]
    does: tuple[Option, ...]
    fields: tuple[FormField, ...]
    servers: tuple[FormField, ...]
    shown: bool
    may_change: bool
    sharing: str
    consent: str = ""

    @property
    def total(self) -> dict[str, int]:
        """The figures of all folders that are read."""
        read = [one for one in self.folders if one.is_chosen]
        names = ("on_server", "stored", "aside", "excluded", "not_yet")
        return {name: sum(getattr(one, name) for one in read) for name in names}


def state_of(one: Record) -> tuple[str, str]:
    """The state in words, and what it means."""
    field = one.object.all_fields["state"]
    option = field.option(one["state"]) if isinstance(field, Choice) else None
    return (option.title if option else ""), _MEANINGS.get(one["state"], "neutral")


def level_field(work: Workspace, value: str, errors: Mapping[str, str]) -> FormField:
    """What others may know of a mailbox's mail."""
    field = work.registry.get(MAILBOX).all_fields["share_level"]
    assert isinstance(field, Choice)
    return text(
        "share_level", _("What others see"), value, errors, kind="choice", options=options_of(field),
        help=_("Of mail with a customer: those who see the customer, and not this mailbox."),
    )  # fmt: skip


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""

    async def show(
        request: Visit, key: UUID, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await work.get(MAILBOX, key)
            view = await _view(web, request, work, record, form, error)
            return web.page(work, "web/settings/mailbox.html", view, status=status_of(error))

        return await web.within(request, build)

    async def read_now(work: Workspace, record: Record) -> None:
        await overview.look_now(work, record)
        args = {"workspace": work.context.key, "mailbox": record.id}
        await web.queue.enqueue(work.unit.connection, SYNC, args, key=str(record.id))

    @get(f"{_PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, record_id(key))

    @post(f"{_PLACE}/{{key:str}}")
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            record = await work.get(MAILBOX, record_id(key))
            names = [name for name in (*_OWN, *SERVER_NAMES) if name in form]
            values: dict[str, Any] = {name: last(form, name) or None for name in names}
            values |= {name: last(form, name) for name in SECRETS if last(form, name)}
            values["is_filing"] = last(form, "is_filing") == "true"
            if work.actor.rights.permits(MANAGE):
                values["takes_copies"] = last(form, "takes_copies") == "true"
            await work.change(record, values)
            await read_now(work, record)
            return f"{_PLACE}/{record.id}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False),
            lambda error: show(request, record_id(key), form, error),
        )

    @post(f"{_PLACE}/{{key:str}}/folders")
    async def folders(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def choose(work: Workspace) -> None:
            record = await work.get(MAILBOX, record_id(key))
            chosen = {found for raw in form.get("folder", []) if (found := parse_id(raw))}
            await overview.choose_folders(work, record, chosen)
            await read_now(work, record)

        await web.within(request, choose, read_only=False)
        return redirect(f"{_PLACE}/{key}?done=saved")

    @post(f"{_PLACE}/{{key:str}}/again")
    async def again(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def run(work: Workspace) -> None:
            record = await work.get(MAILBOX, record_id(key))
            await overview.try_again(work, record)
            await read_now(work, record)

        await web.within(request, run, read_only=False)
        return redirect(f"{_PLACE}/{key}?done=started")

    @post(f"{_PLACE}/{{key:str}}/switch")
    async def switch(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def run(work: Workspace) -> None:
            record = await work.get(MAILBOX, record_id(key))
            await overview.switch(work, record, on=last(form, "on") == "true")

        await web.within(request, run, read_only=False)
        return redirect(f"{_PLACE}/{key}?done=saved")

    @post(f"{_PLACE}/{{key:str}}/rules")
    async def add_rule(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def add(work: Workspace) -> str:
            record = await work.get(MAILBOX, record_id(key))
            await overview.require_change(work, record)
            values = {name: last(form, name) or None for name in ("pattern", "does", "reason")}
            await work.create(MAIL_RULE, {**values, "mailbox": record.id})
            return f"{_PLACE}/{record.id}?done=created"

        return await settled(
            lambda: web.within(request, add, read_only=False), lambda error: show(request, record_id(key), form, error)
        )

    @post(f"{_PLACE}/{{key:str}}/rules/{{rule:str}}/delete")
    async def drop_rule(request: Visit, key: FromPath[str], rule: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> None:
            await work.delete(await work.get(MAIL_RULE, record_id(rule)))

        await web.within(request, drop, read_only=False)
        return redirect(f"{_PLACE}/{key}?done=deleted")

    return [page, save, folders, again, switch, add_rule, drop_rule]


async def _view(
    web: Web, request: Visit, work: Workspace, record: Record, form: Form | None, error: Refused | None
) -> MailboxPage:
    errors = errors_of(error)
    typed = {name: last(form, name) for name in (*_OWN, *SERVER_NAMES)} if form and "name" in form else record.values
    state, meaning = state_of(record)
    path = f"{_PLACE}/{record.id}"
    rules = await work.find(MAIL_RULE, mailbox=record.id, order="pattern", limit=200)
    does = work.registry.get(MAIL_RULE).all_fields["does"]
    assert isinstance(does, Choice)
    return MailboxPage(
        **frame(web, request, work, _PLACE, record["name"], error=error,
                known=(*_OWN, *SERVER_NAMES, *SECRETS, "pattern")),
        path=path, address=record["address"], state=state, meaning=meaning, is_off=record["state"] == "off",
        last_error=_said(record["last_error"]), remedy=_said(record["remedy"]), failing_since=record["failing_since"],
        checked_at=await overview.checked_at(work, record),
        folders=tuple(await overview.folders_of(work, record)), aside=tuple(await overview.aside_of(work, record)),
        rules=tuple(
            RuleLine(pattern=one["pattern"], does=_title(does, one["does"]), reason=one["reason"] or "",
                     delete=f"{path}/rules/{one.id}/delete")
            for one in rules
        ),
        does=options_of(does), fields=_fields(work, typed, record, errors),
        servers=(*server_fields(work, typed, errors), *permission_fields(errors)),
        shown=any(name in errors for name in SERVER_NAMES) or record["state"] in ("refused", "failing"),
        may_change=await work.may(record, "change"), sharing=f"/mailboxes/{record.id}",
        consent=f"/mail-consent/with/{record['provider']}?mailbox={record.id}" if record["provider"] else "",
    )  # fmt: skip


def _said(text: str | None) -> str:
    """What was kept in English, in the reader's language."""
    return _(text) if text else ""


def _title(field: Choice, value: str) -> str:
    option = field.option(value)
    return option.title if option else value


def _copies(work: Workspace, record: Record, errors: Mapping[str, str]) -> tuple[FormField, ...]:
    if not work.actor.rights.permits(MANAGE):
        return ()
    field = record.object.all_fields["takes_copies"]
    return (
        text("takes_copies", field.title, bool(record["takes_copies"]), errors, kind="boolean", wide=True,
             help=field.advice),
    )  # fmt: skip


def _new_people(work: Workspace, typed: Mapping[str, Any], errors: Mapping[str, str]) -> tuple[FormField, ...]:
    """What becomes of people who are no record here yet."""
    field = work.registry.get(MAILBOX).all_fields["new_people"]
    assert isinstance(field, Choice)
    able = tuple(Option(value=one.name, label=one.title) for one in person_objects(work))
    return (
        text("new_people", field.title, typed["new_people"] or "offer", errors, kind="choice",
             options=options_of(field), help=field.advice),
        *([text("new_people_as", _("They become"), typed["new_people_as"] or able[0].value, errors, kind="choice",
                options=able)] if able else []),
    )  # fmt: skip


def _fields(
    work: Workspace, typed: Mapping[str, Any], record: Record, errors: Mapping[str, str]
) -> tuple[FormField, ...]:
    day = typed["history_from"]
    return (
        text("name", _("Name"), typed["name"] or "", errors, required=True),
        text("from_name", _("Name of the sender"), typed["from_name"] or "", errors,
             help=_("What recipients see beside the address.")),
        level_field(work, typed["share_level"] or "happened", errors),
        text("history_from", _("Mail since"), day.isoformat() if hasattr(day, "isoformat") else day or "", errors,
             kind="date", help=_("Older mail stays on the server. Leave it empty for all.")),
        text("is_filing", _("Mail shows on the records of who wrote or got it"), bool(record["is_filing"]), errors,
             kind="boolean", wide=True),
        *_new_people(work, typed, errors),
        *_copies(work, record, errors),
        text("password", _("New password"), "", errors, kind="password", autocomplete="new-password",
             help=_("Leave it empty to keep the one that is stored.")),
        text("daily_limit", _("Mails a day, at most"), typed["daily_limit"] or "", errors, kind="integer"),
        text("signature", _("Signature"), typed["signature"] or "", errors, kind="long_text", wide=True,
             help=_("What stands under each mail; Markdown is understood.")),
    )  # fmt: skip
