"""Providers at which people connect their mailbox by consent: written down once, by who sets up mailboxes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.consent.objects import PROVIDER_OBJECT
from relata.engine.messaging.mail.mailbox_objects import MANAGE, PROVIDER
from relata.engine.metadata.fields import Choice, Integer
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.mail_consent import BACK
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text
from relata.interfaces.web.settings.mailbox_forms import options_of

PLACE = "/settings/mail-providers"
_FIELDS = {one.name: one for one in PROVIDER_OBJECT.fields}
_MAIN = ("name", "kind", "client_id", "client_secret")


class ProviderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One in the list."""

    href: str
    name: str
    kind: str
    client: str


class ProvidersPage(Page, frozen=True, kw_only=True):
    """The list and a form, for a new one or `path`. back: what is entered at the provider. delete: "" for a new one."""

    providers: tuple[ProviderLine, ...]
    path: str
    delete: str
    main: tuple[FormField, ...]
    more: tuple[FormField, ...]
    shown: bool
    back: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, key: UUID | None = None, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, MANAGE)
            record = await work.get(PROVIDER, key) if key else None
            view = await _view(web, request, work, record, form or {}, error)
            return web.page(work, "web/settings/mail_providers.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @get(f"{PLACE}/{{key:str}}")
    async def one(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, record_id(key))

    @post(PLACE)
    async def make(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> str:
            require(work, MANAGE)
            await work.create(PROVIDER, _given(form))
            return f"{PLACE}?done=created"

        return await settled(
            lambda: web.within(request, create, read_only=False), lambda error: show(request, None, form, error)
        )

    @post(f"{PLACE}/{{key:str}}")
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            require(work, MANAGE)
            await work.change((PROVIDER, record_id(key)), _given(form))
            return f"{PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False),
            lambda error: show(request, record_id(key), form, error),
        )

    @post(f"{PLACE}/{{key:str}}/delete")
    async def delete(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> str:
            require(work, MANAGE)
            await work.delete((PROVIDER, record_id(key)))
            return f"{PLACE}?done=deleted"

        return await settled(
            lambda: web.within(request, drop, read_only=False), lambda error: show(request, record_id(key), None, error)
        )

    return [page, one, make, save, delete]


def _given(form: Form) -> dict[str, Any]:
    """What was typed; a secret that was left empty stays."""
    values: dict[str, Any] = {name: last(form, name) or None for name in _FIELDS if name in form}
    if not values.get("client_secret"):
        values.pop("client_secret", None)
    return values


async def _view(
    web: Web, request: Visit, work: Workspace, record: Record | None, form: Form, error: Refused | None
) -> ProvidersPage:
    errors = errors_of(error)

    def shown(name: str) -> FormField:
        field, kind = _FIELDS[name], "text"
        value: Any = last(form, name) if name in form else (record[name] if record is not None else field.default)
        if isinstance(field, Choice):
            return text(name, field.title, value, errors, kind="choice", options=options_of(field), required=True)
        if isinstance(field, Integer):
            kind = "integer"
        if name == "client_secret":
            kind, value = "password", ""
        return text(
            name, field.title, "" if value is None else value, errors, kind=kind, help=field.advice,
            required=field.required, autocomplete="off",
        )  # fmt: skip

    more = tuple(shown(name) for name in _FIELDS if name not in _MAIN)
    path = f"{PLACE}/{record.id}" if record is not None else PLACE
    return ProvidersPage(
        **frame(web, request, work, "/settings/mailboxes", record["name"] if record else _("Mail providers"),
                error=error, known=_FIELDS),
        providers=tuple(
            ProviderLine(href=f"{PLACE}/{one.id}", name=one["name"], kind=_kind(one["kind"]), client=one["client_id"])
            for one in await work.find(PROVIDER, order="name")
        ),
        path=path, delete=f"{path}/delete" if record is not None else "", main=tuple(shown(name) for name in _MAIN),
        more=more, shown=any(one.error for one in more) or (record is not None and record["kind"] == "other"),
        back=f"{web.address}{BACK}",
    )  # fmt: skip


def _kind(value: str) -> str:
    field = _FIELDS["kind"]
    option = field.option(value) if isinstance(field, Choice) else None
    return option.title if option else ""
