"""The security page: what was unusual, who it is about, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity.alerts.listing import Alert
from relata.engine.workspace import security
from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Page, frame

_PLACE = "/settings/security"
_MEANINGS = {"high": "bad", "medium": "warning", "low": "information"}


class AlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. severity, meaning: in words and as a colour. todo: what to do. decided: what was done, by whom."""

    id: str
    what: str
    todo: str
    detail: str
    person: str
    person_id: str
    ip: str
    at: datetime
    severity: str
    meaning: str
    is_open: bool
    is_self: bool
    has_session: bool
    decided: str


class SecurityPage(Page, frozen=True, kw_only=True):
    """The list; everything: decided ones, too."""

    alerts: tuple[AlertLine, ...]
    everything: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        everything = request.query_params.get("show") == "all"

        async def build(work: Workspace) -> Response[bytes]:
            found = await security.list_alerts(work, only_open=not everything)
            about = {one.user for one in found} | {one.decided_by for one in found if one.decided_by}
            names = await principal_names(work, list(about))
            view = SecurityPage(
                **frame(web, request, work, _PLACE),
                alerts=tuple(_line(work, one, names) for one in found),
                everything=everything,
            )
            return web.page(work, "web/settings/security.html", view)

        return await web.within(request, build)

    async def act(
        request: Visit, key: str, how: Callable[[Workspace, UUID], Awaitable[None]], done: str
    ) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: how(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}?done={done}")

    @post(f"{_PLACE}/{{key:str}}/fine")
    async def fine(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await act(request, key, security.confirm_as_fine, "saved")

    @post(f"{_PLACE}/{{key:str}}/end-sessions")
    async def end(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await act(request, key, security.end_sessions, "ended")

    @post(f"{_PLACE}/{{key:str}}/lock")
    async def lock(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await act(request, key, security.lock_account, "locked")

    return [page, fine, end, lock]


def _words(kind: str) -> tuple[str, str]:
    """What a kind means, and what to do."""
    ask = _("Ask the person. If it was not them, end their sessions and have them change the password.")
    lock = _("If you can't reach the person at once, lock the account; it can be opened again.")
    known = {
        "new_device": (_("A device that was not seen before"), ask),
        "new_network": (_("A network that was not seen before"), ask),
        "impossible_travel": (_("Two places that nobody travels between in the time"), lock),
        "many_failures": (_("Many wrong passwords"), _("Somebody guesses. A second factor makes guessing useless.")),
        "many_wrong_codes": (_("Many wrong codes after the right password"), lock),
        "recovery_code_used": (_("A recovery code opened the account"), ask),
        "factor_added": (_("A second factor was added"), ask),
        "factor_removed": (_("A second factor was removed"), ask),
        "factors_reset": (_("An administrator reset the second factors"), _("Was it meant? The audit log says who.")),
        "session_moved": (_("A session was shown by another browser, and ended"), lock),
        "token_reused": (
            _("An application showed a code or token twice, and was cut off"),
            _("Find out where its token went; the person can allow it again."),
        ),
        "mass_read": (_("Far more records read in an hour than usual"), ask),
        "mass_export": (_("Far more records exported in an hour than usual"), lock),
    }
    return known.get(kind, (kind.replace("_", " ").capitalize(), ask))


def _told(detail: Mapping[str, Any]) -> Iterator[str]:
    """What is known besides, in words."""
    if detail.get("here") or detail.get("there"):
        yield _("%(there)s, and %(minutes)s minutes later %(here)s") % detail
    if "records" in detail:
        yield ngettext("%(num)s record", "%(num)s records", detail["records"]) % {"num": detail["records"]}
    if "left" in detail:
        yield ngettext("%(num)s code left", "%(num)s codes left", detail["left"]) % {"num": detail["left"]}
    known = ("device", "network", "application", "what")
    yield from (str(detail[name]) for name in known if detail.get(name) not in ("", None))


def _line(work: Workspace, one: Alert, names: dict[UUID, str]) -> AlertLine:
    what, todo = _words(one.kind)
    severities = {"high": _("Serious"), "medium": _("Look soon"), "low": _("For information")}
    decided = {"fine": _("Confirmed as fine"), "acted": _("Acted on"), "open": ""}[one.state]
    by = names.get(one.decided_by, "") if one.decided_by else ""
    return AlertLine(
        id=str(one.id),
        what=what,
        todo=_("If it was not you, change your password at once.") if one.user == work.actor.user else todo,
        detail=" · ".join(_told(one.detail)),
        person=names.get(one.user, ""),
        person_id=str(one.user),
        ip=one.ip,
        at=one.at,
        severity=severities[one.severity],
        meaning=_MEANINGS[one.severity],
        is_open=one.state == "open",
        is_self=one.user == work.actor.user,
        has_session=one.session is not None,
        decided=f"{decided}, {by}" if by else decided,
    )
