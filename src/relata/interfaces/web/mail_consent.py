"""On the way to a mail provider, and back with a mailbox. The start is a link, not a form: the policy of our pages
lets no form lead to another host, and nothing comes of following it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail import overview
from relata.engine.messaging.mail.consent.asking import Consented, came_back, redeem, way_there
from relata.engine.messaging.mail.mailbox_objects import MAILBOX, PROVIDER
from relata.engine.messaging.mail.servers import Account
from relata.engine.messaging.mail.syncing import SYNC
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, Unavailable
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

WITH, BACK = "/mail-consent/with", "/mail-consent/back"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these addresses."""

    @get(f"{WITH}/{{key:str}}")
    async def start(request: Visit, key: FromPath[str]) -> Response[bytes]:
        wanted = request.query_params.get("mailbox", "")

        async def away(work: Workspace) -> str:
            provider, mailbox, hint = await work.get(PROVIDER, record_id(key)), None, ""
            if wanted:
                known = await work.get(MAILBOX, record_id(wanted))
                mailbox, hint = known.id, str(known["address"])
            assert work.actor.user is not None
            return way_there(
                web.sealer, provider, work.context.id, work.actor.user, mailbox, f"{web.address}{BACK}", hint
            )

        return redirect(await web.within(request, away))

    @get(BACK)
    async def back(request: Visit) -> Response[bytes]:
        asked, credentials = request.query_params, web.person(request)
        assert credentials.workspace is not None
        assert credentials.user is not None
        waiting = came_back(web.sealer, asked.get("state", ""), credentials.workspace, credentials.user)
        if asked.get("error") or not asked.get("code"):
            raise Denied(
                _("You or the provider declined."), code="consent_declined", hint=_("Connect the mailbox again.")
            )

        async def providers(work: Workspace) -> tuple[Record, Record | None]:
            known = await work.get(MAILBOX, waiting.mailbox) if waiting.mailbox else None
            return await work.get(PROVIDER, waiting.provider), known

        provider, known = await web.within(request, providers)
        given = await redeem(web.guard, provider, waiting, asked["code"], f"{web.address}{BACK}")
        values = _values(provider, given, known)
        await _try_out(web, values)

        async def keep(work: Workspace) -> UUID:
            return await _keep(web, work, waiting.mailbox, values)

        return redirect(f"/settings/mailboxes/{await web.within(request, keep, read_only=False)}?done=saved")

    return [start, back]


def _values(provider: Record, given: Consented, known: Record | None) -> dict[str, Any]:
    address = known["address"] if known is not None else given.address
    if not address:
        raise Invalid(_("The provider does not say whose mailbox this is."), code="consent_address")
    servers = {name: provider[name] for name in ("imap_host", "imap_port", "smtp_host", "smtp_port")}
    security = {"smtp_security": "starttls" if provider["smtp_port"] == 587 else "tls", "imap_security": "tls"}
    signing_in = {
        "sign_in": "oauth", "password": given.token, "refresh_token": given.refresh_token, "token_until": given.until,
        "provider": provider.id, "user_name": known["user_name"] if known is not None else None,
    }  # fmt: skip
    return {"address": address, **servers, **security, **signing_in}


async def _try_out(web: Web, values: dict[str, Any]) -> None:
    """Whether the server takes the token for this address, before anything is kept."""
    if web.mail_servers is None:
        return
    account = Account(
        values["imap_host"], values["imap_port"] or 993, "tls", values["user_name"] or values["address"],
        values["password"], "oauth",
    )  # fmt: skip
    try:
        async with web.mail_servers.connect(account) as server:
            await server.folders()
    except Unavailable as error:
        raise Invalid(_(error.message), code=error.code, hint=_(error.hint) if error.hint else None) from None


async def _keep(web: Web, work: Workspace, mailbox: UUID | None, values: dict[str, Any]) -> UUID:
    """The mailbox that was meant, else their own with this address, else a new one."""
    trusted, mine = work.as_system(), work.actor.user
    record = await work.get(MAILBOX, mailbox) if mailbox else None
    if record is None:
        record = await work.first(MAILBOX, address=values["address"], owner=mine, is_shared=False)
    if record is None:
        record = await trusted.create(MAILBOX, {"name": values["address"], "owner": mine, **values})
    else:
        if not await work.may(record, "change"):
            raise Denied(_("This mailbox is not yours to connect."), code="denied_mailbox")
        record = await trusted.change((MAILBOX, record.id), values)
        await overview.look_now(work, record)
    args = {"workspace": work.context.key, "mailbox": record.id}
    await web.queue.enqueue(work.unit.connection, SYNC, args, key=str(record.id))
    return record.id
