"""From where people may come in, and whose roles need a second factor."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity.admission.policy import EVERYBODY, Policy, read_networks
from relata.engine.workspace import security
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange
from relata.interfaces.web.settings.frame import (
    Form,
    Refused,
    errors_of,
    frame,
    last,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.settings.profile import FormPage

_PLACE = "/settings/coming-in"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        ip = exchange(request).peer.ip

        async def build(work: Workspace) -> Response[bytes]:
            known = await security.policy(work)
            fields = _fields(work, known, form, errors_of(error))
            view = FormPage(
                **frame(web, request, work, _PLACE, error=error, known=[field.name for field in fields]),
                action=_PLACE,
                submit=_("Save"),
                fields=fields,
                note=_("You come from %(ip)s. An address must be in every list that applies to a person.") % {"ip": ip},
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked

        async def change(work: Workspace) -> str:
            await security.change_policy(work, _read(work, form), exchange(request).peer.ip)
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, form, error)
        )

    return [page, save]


def _read(work: Workspace, form: Form) -> Policy:
    networks = {}
    for name in (EVERYBODY, *work.registry.roles):
        found = read_networks(last(form, _field(name)), _field(name))
        if found:
            networks[name] = found
    return Policy(
        networks=networks,
        factor_roles=tuple(form.get("factor_roles", ())),
        only_sign_on=bool(last(form, "only_sign_on")),
    )


def _fields(work: Workspace, known: Policy, form: Form | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    roles = [(name, role.title) for name, role in work.registry.roles.items()]
    chosen = tuple(form.get("factor_roles", ())) if form is not None else known.factor_roles
    fields = [
        text(
            "factor_roles",
            _("Who needs a second factor"),
            chosen,
            errors,
            kind="choices",
            options=options([(EVERYBODY, _("Everybody")), *roles]),
            wide=True,
            help=_("They are asked to set one up before anything else."),
        ),
        text(
            "only_sign_on",
            _("Only sign-on"),
            bool(last(form, "only_sign_on")) if form is not None else known.only_sign_on,
            errors,
            kind="boolean",
            wide=True,
            help=_(
                "People come in by a sign-on provider alone. Whoever runs the server can make a way back:"
                " relata user recovery-link."
            ),
        ),
    ]
    for name, label in ((EVERYBODY, _("Everybody")), *roles):
        value = last(form, _field(name)) if form is not None else "\n".join(known.networks.get(name, ()))
        is_for_all = name == EVERYBODY
        fields.append(
            text(
                _field(name),
                _("Networks: %(who)s") % {"who": label},
                value,
                errors,
                kind="long_text",
                wide=is_for_all,
                placeholder="192.0.2.0/24" if is_for_all else "",
                help=_("One a line. Empty: from anywhere.") if is_for_all else "",
            )
        )
    return tuple(fields)


def _field(role: str) -> str:
    """The first field's errors are also those of the whole."""
    return "networks" if role == EVERYBODY else f"networks.{role}"
