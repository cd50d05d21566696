"""Mailboxes: those that one sees, and connecting another."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.messaging.mail import overview
from relata.engine.messaging.mail.copies import my_copy_address, new_copy_address, takes_copies
from relata.engine.messaging.mail.mailbox_objects import FILING_RULE, MAILBOX, MANAGE, PROVIDER
from relata.engine.messaging.mail.providers import provider_of
from relata.engine.messaging.mail.servers import REFUSED, Account
from relata.engine.messaging.mail.syncing import SYNC
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, Unavailable
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web import mail_consent
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.mail_consent import WITH
from relata.interfaces.web.settings import mail_providers, mailbox_page
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text
from relata.interfaces.web.settings.mailbox_forms import SERVER_NAMES, server_fields

_PLACE = "/settings/mailboxes"
_NAMES = ("address", "from_name", "password", "team", *SERVER_NAMES)


class MailboxLine(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox in the list. href: "" for one of others, of which only the state is shown."""

    name: str
    address: str
    who: str
    state: str
    meaning: str
    error: str
    remedy: str
    href: str = ""


class MailboxesPage(Page, frozen=True, kw_only=True):
    """others: for who sets up mailboxes. shown: whether the servers are asked for. consents: name and
    address of providers that ask for no password. manages: whether they may set these up."""

    mine: tuple[MailboxLine, ...]
    others: tuple[MailboxLine, ...]
    fields: tuple[FormField, ...]
    servers: tuple[FormField, ...]
    shown: bool
    hint: bool
    level: str
    filing_rules: str = ""
    consents: tuple[tuple[str, str], ...] = ()
    manages: bool = False
    takes_copies: bool = False
    copy_address: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, form or {}, error)
            return web.page(work, "web/settings/mailboxes.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def connect(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            values = _values(form)
            await try_out(web, values)

            async def create(work: Workspace) -> str:
                made = await work.create(MAILBOX, values)
                args = {"workspace": work.context.key, "mailbox": made.id}
                await web.queue.enqueue(work.unit.connection, SYNC, args, key=str(made.id))
                return f"{_PLACE}/{made.id}?done=created"

            return await web.within(request, create, read_only=False)

        return await settled(attempt, lambda error: show(request, form, error))

    @post(f"{_PLACE}/copy-address")
    async def copy_address(request: Visit) -> Response[bytes]:
        await posted(request)

        async def make(work: Workspace) -> str:
            await new_copy_address(work)
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, make, read_only=False), lambda error: show(request, None, error)
        )

    return [
        page, connect, copy_address, *mailbox_page.routes(web), *mail_consent.routes(web), *mail_providers.routes(web),
    ]  # fmt: skip


def _values(form: Form) -> dict[str, Any]:
    """What was typed, completed by what is known of the provider. Invalid without address or password."""
    address = last(form, "address").lower()
    if "@" not in address:
        raise wrong("address", _("This is no e-mail address."))
    if not last(form, "password"):
        raise wrong("password", _("Without the password its mail can't be read."), "required")
    known = provider_of(address)
    is_shared = last(form, "is_shared") == "true"
    values: dict[str, Any] = {
        "name": last(form, "name") or address, "address": address, "from_name": last(form, "from_name") or None,
        "password": last(form, "password"), "share_level": last(form, "share_level") or "happened",
        "imap_host": known.imap_host, "imap_port": 993, "imap_security": "tls", "smtp_host": known.smtp_host,
        "smtp_port": known.smtp_port, "smtp_security": known.smtp_security,
        "history_from": last(form, "history_from") or None, "is_shared": is_shared,
    }  # fmt: skip
    values |= {name: last(form, name) for name in SERVER_NAMES if last(form, name)}
    if is_shared:
        values["team"] = last(form, "team") or None
    return values


async def try_out(web: Web, values: dict[str, Any]) -> None:
    """Sign in once, so that what is wrong is said at its field. Invalid then."""
    if web.mail_servers is None:
        return
    account = Account(
        str(values["imap_host"]), _port(values["imap_port"]), str(values["imap_security"]),
        str(values.get("user_name") or values["address"]), str(values["password"]),
        str(values.get("sign_in") or "password"),
    )  # fmt: skip
    try:
        async with web.mail_servers.connect(account) as server:
            await server.folders()
    except Unavailable as error:
        field = "password" if error.code == REFUSED else "imap_host"
        raise wrong(field, _(error.message), error.code, _(error.hint) if error.hint else None) from None
    except Invalid as error:
        raise wrong(
            error.field or "imap_host", _(error.message), error.code, _(error.hint) if error.hint else None
        ) from None


def _port(raw: Any) -> int:
    if not str(raw).isdecimal() or not 0 < int(raw) < 65536:
        raise wrong("imap_port", _("A port is a number from 1 to 65535."))
    return int(raw)


def wrong(field: str, message: str, code: str = "invalid_value", hint: str | None = None) -> Invalid:
    """What is said at one field."""
    return Invalid.of([Problem(code, message, field, hint)])


async def _view(web: Web, request: Visit, work: Workspace, form: Form, error: Refused | None) -> MailboxesPage:
    errors, rules = errors_of(error), work.registry.get(FILING_RULE)
    mine = await work.find(MAILBOX, order="name", limit=200)
    ours = {one.id for one in mine}
    others = [one for one in await overview.of_everybody(work) if one.id not in ours]
    people = {one["owner"] for one in (*mine, *others) if one["owner"]}
    names = await titles_of(work.unit, {"user": sorted(people)})
    fields = [
        text("address", _("E-mail address"), last(form, "address"), errors, kind="email", required=True,
             autocomplete="email"),
        text("password", _("Password"), "", errors, kind="password", required=True, autocomplete="new-password",
             help=_("It is kept encrypted, and shown to nobody.")),
        text("from_name", _("Name of the sender"), last(form, "from_name"), errors,
             help=_("What recipients see beside the address.")),
        text("history_from", _("Mail since"), last(form, "history_from"), errors, kind="date",
             help=_("Older mail stays on the server. Leave it empty for all.")),
        mailbox_page.level_field(work, last(form, "share_level") or "happened", errors),
    ]  # fmt: skip
    if work.actor.rights.permits(MANAGE):
        fields += [
            text("is_shared", _("Shared: a team works on it together"), last(form, "is_shared") == "true", errors,
                 kind="boolean"),
            text("team", _("Team"), None, errors, kind="link", source="/choose/team",
                 help=_("Whose mailbox it is, when it is shared.")),
        ]  # fmt: skip
    return MailboxesPage(
        **frame(web, request, work, _PLACE, error=error, known=_NAMES),
        mine=tuple(line(one, names.get(("user", one["owner"])) or "", f"{_PLACE}/{one.id}") for one in mine),
        others=tuple(line(one, names.get(("user", one["owner"])) or "") for one in others),
        fields=tuple(fields), servers=server_fields(work, {name: last(form, name) for name in SERVER_NAMES}, errors),
        shown=any(name in errors for name in SERVER_NAMES),
        hint=bool(last(form, "address")) and bool(provider_of(last(form, "address")).hint),
        level=last(form, "share_level"),
        takes_copies=await takes_copies(work), copy_address=await my_copy_address(work),
        consents=tuple((one["name"], f"{WITH}/{one.id}") for one in await work.find(PROVIDER, order="name")),
        manages=work.actor.rights.permits(MANAGE),
        filing_rules=f"/{rules.path}" if work.actor.rights.level(rules, "change") else "",
    )  # fmt: skip


def line(one: Record, who: str, href: str = "") -> MailboxLine:
    """A mailbox in a list."""
    state, meaning = mailbox_page.state_of(one)
    return MailboxLine(
        name=one["name"], address=one["address"], who=who, state=state, meaning=meaning,
        error=_(one["last_error"]) if one["last_error"] else "",
        remedy=_(one["remedy"]) if one["remedy"] else "", href=href,
    )  # fmt: skip
