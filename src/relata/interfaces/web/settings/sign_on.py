"""Sign-on: the identity providers of the company, their terms, and trying them out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity.sign_on import saml, saml_metadata
from relata.engine.identity.sign_on.providers import Provider, Settings
from relata.engine.identity.sign_on.terms import Terms
from relata.engine.workspace import sign_on
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.sign_on import redirect_uri

_PLACE = "/settings/sign-on"
_NEW = "new"


class ProviderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One provider in the list."""

    id: str
    name: str
    issuer: str
    is_on: bool
    tested_at: datetime | None


class ProvidersPage(Page, frozen=True, kw_only=True):
    """The list."""

    providers: tuple[ProviderLine, ...]


class ProviderPage(Page, frozen=True, kw_only=True):
    """One provider, or a new one. back: what has to be entered there. entity_id: who we are for one that speaks SAML,
    once it was saved."""

    id: str
    fields: tuple[FormField, ...]
    back: str
    is_new: bool
    entity_id: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            lines = tuple(_line(one) for one in await sign_on.list_providers(work))
            view = ProvidersPage(**frame(web, request, work, _PLACE), providers=lines)
            return web.page(work, "web/settings/sign_on.html", view)

        return await web.within(request, build)

    async def show(request: Visit, key: str, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = await _known(work, key)
            is_saml = known.is_saml if known else "kind" in request.query_params or _speaks_saml(form)
            make = saml_fields if is_saml else _fields
            fields = make(work, known, form, errors_of(error))
            title = known.name if known else _("New provider")
            names = [field.name for field in fields]
            view = ProviderPage(
                **frame(web, request, work, _PLACE, title, error=error, known=names),
                id=key,
                fields=fields,
                back=saml.answer_address(web.address) if is_saml else redirect_uri(web),
                is_new=known is None,
                entity_id=saml.entity_id(web.address, known.id) if known and is_saml else "",
            )
            return web.page(work, "web/settings/sign_on_provider.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(f"{_PLACE}/{{key:str}}")
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked

        async def change(work: Workspace) -> str:
            known = await _known(work, key)
            settings = read_saml(form, known) if _speaks_saml(form) else _read(form)
            saved = await sign_on.save_provider(work, web.sealer, settings, known.id if known else None)
            return f"{_PLACE}/{saved}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, key, form, error)
        )

    @post(f"{_PLACE}/{{key:str}}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: sign_on.remove_provider(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}?done=removed")

    @post("/settings/people/{key:str}/unlink/{linked:str}")
    async def unlink(request: Visit, key: FromPath[str], linked: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: sign_on.unlink(work, record_id(key), record_id(linked)), read_only=False)
        return redirect(f"/settings/people/{key}?done=removed")

    return [listed, page, save, remove, unlink]


def _speaks_saml(form: Form | None) -> bool:
    return form is not None and "description" in form


async def _known(work: Workspace, key: str) -> Provider | None:
    """None for a new one."""
    found = await sign_on.list_providers(work)
    if key == _NEW:
        return None
    wanted: UUID = record_id(key)
    known = next((one for one in found if one.id == wanted), None)
    if known is None:
        raise NotFound(_("There is no such sign-on provider."), code="unknown_provider")
    return known


def _line(one: Provider) -> ProviderLine:
    return ProviderLine(id=str(one.id), name=one.name, issuer=one.issuer, is_on=one.is_on, tested_at=one.tested_at)


def _read(form: Form) -> Settings:
    return Settings(
        name=last(form, "name"),
        issuer=last(form, "issuer"),
        client_id=last(form, "client_id"),
        client_secret=last(form, "client_secret"),
        is_on=bool(last(form, "is_on")),
        terms=_terms(form),
    )


def read_saml(form: Form, known: Provider | None) -> Settings:
    """What was entered for a provider that speaks SAML; Invalid where its description does not do."""
    pasted = last(form, "description")
    if pasted or known is None or not known.is_saml:
        found = saml_metadata.read(pasted)
    else:
        found = saml_metadata.Described(known.issuer, known.sign_in_url, known.certificates)
    return Settings(
        name=last(form, "name"),
        issuer=found.issuer,
        client_id="saml",
        sign_in_url=found.sign_in_url,
        certificates=found.certificates,
        is_on=bool(last(form, "is_on")),
        terms=_terms(form),
    )


def _terms(form: Form) -> Terms:
    return Terms(
        provisions=bool(last(form, "provisions")),
        domains=tuple(dict.fromkeys(last(form, "domains").lower().replace(",", " ").replace("@", " ").split())),
        default_roles=tuple(form.get("default_roles", ())),
        groups_claim=last(form, "groups_claim") or "groups",
        group_roles=_mapping(last(form, "group_roles")),
    )


def _mapping(typed: str) -> dict[str, tuple[str, ...]]:
    """Lines of "group = role, role"; a group's name may hold anything but the last equals sign."""
    found: dict[str, tuple[str, ...]] = {}
    for line in typed.splitlines():
        if not line.strip():
            continue
        group, sign, roles = line.rpartition("=")
        names = tuple(one.strip() for one in roles.split(",") if one.strip())
        if not sign or not group.strip() or not names:
            raise Invalid(
                _("This line can't be read: %(line)s") % {"line": line.strip()[:80]},
                code="group_roles",
                field="group_roles",
                hint=_("Write it as: Sales EMEA = member"),
            )
        found[group.strip()] = names
    return found


def _fields(
    work: Workspace, known: Provider | None, form: Form | None, errors: dict[str, str]
) -> tuple[FormField, ...]:
    terms = known.terms if known else Terms()
    lines = "\n".join(f"{group} = {', '.join(roles)}" for group, roles in terms.group_roles.items())

    def typed(name: str, stored: str) -> str:
        return last(form, name) if form is not None else stored

    def switched(name: str, stored: bool) -> bool:
        return bool(last(form, name)) if form is not None else stored

    roles = tuple(form.get("default_roles", ())) if form is not None else terms.default_roles
    offered = options([(name, role.label or name) for name, role in work.registry.roles.items()])
    secret_help = _("Leave it empty to keep the one that is there.") if known and known.sealed_secret else ""
    return (
        text(
            "name", _("Name"), typed("name", known.name if known else ""), errors, required=True, max_length=60,
            help=_("It stands on the button of the sign-in page."),
        ),
        text(
            "issuer", _("Issuer"), typed("issuer", known.issuer if known else ""), errors, required=True,
            placeholder="https://login.example.com", help=_("Exactly as the provider writes it."),
        ),
        text("client_id", _("Client id"), typed("client_id", known.client_id if known else ""), errors, required=True),
        text(
            "client_secret", _("Client secret"), "", errors, kind="password", help=secret_help,
            autocomplete="new-password",
        ),
        text(
            "domains", _("Domains of addresses"), typed("domains", ", ".join(terms.domains)), errors, wide=True,
            placeholder="example.com", help=_("For whose addresses the provider may speak."),
        ),
        text(
            "provisions", _("Make a place for new people"), switched("provisions", terms.provisions), errors,
            kind="boolean", wide=True, help=_("At their first sign-in, if their address is in one of the domains."),
        ),
        text(
            "default_roles", _("Roles of everybody who comes this way"), roles, errors, kind="choices",
            options=offered, wide=True, help=_("Of new people; with groups below, of everybody at each sign-in."),
        ),
        text(
            "groups_claim", _("Claim with the groups"), typed("groups_claim", terms.groups_claim), errors,
            help=_("As the provider calls it."),
        ),
        text(
            "group_roles", _("Groups and their roles"), typed("group_roles", lines), errors, kind="long_text",
            wide=True, placeholder="Sales EMEA = member",
            help=_("One group a line. With any line, the provider decides the roles at each sign-in."),
        ),
        text(
            "is_on", _("On"), switched("is_on", known.is_on if known else False), errors, kind="boolean", wide=True,
            help=_("Try it out first. Switched off, everybody who came by it is signed out."),
        ),
    )  # fmt: skip


def saml_fields(
    work: Workspace, known: Provider | None, form: Form | None, errors: dict[str, str]
) -> tuple[FormField, ...]:
    """The same form with the provider's description in place of its address and our secret."""
    name, *_openid, domains, provisions, roles, claim, groups, is_on = _fields(work, known, form, errors)
    help_text = _("Its federation metadata, as XML: who it is, where one signs in, and its certificates.")
    if known:
        told = _("Now: %(issuer)s. Leave it empty to keep it; paste a new one when its certificate changes.")
        help_text = told % {"issuer": known.issuer}
    described = text(
        "description", _("Description of the provider"), last(form, "description") if form is not None else "", errors,
        kind="long_text", wide=True, required=known is None, help=help_text, placeholder="<EntityDescriptor …",
    )  # fmt: skip
    return (name, described, domains, provisions, roles, claim, groups, is_on)
