"""A role's rules for the fields of one object: hidden, masked, read, written."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Form, Refused, frame, last, office, settled, spoken, status_of, text
from relata.interfaces.web.settings.profile import FormPage

_PLACE = "/settings/roles"
_LEVELS = (
    ("none", later("Hidden")),
    ("masked", later("Masked: only whether there is a value")),
    ("read", later("Read")),
    ("write", later("Read and write")),
)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of field rules."""

    async def show(
        request: Visit, name: str, of: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            role = (await overview.role(work, name)).role
            one = _ruled(work, of)
            title = _("%(role)s: fields of %(objects)s") % {"role": role.title, "objects": one.nouns}
            view = FormPage(
                **frame(web, request, work, _PLACE, title, error=error),
                action=f"{_PLACE}/{name}/fields/{of}",
                submit=_("Save field rules"),
                cancel=f"{_PLACE}/{name}",
                fields=tuple(_field(role, of, field.name, field.title) for field in one.all_fields.values()),
                note=_(
                    "A field that this role may not read can't be filtered, sorted, searched or exported by either."
                ),
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{name:str}}/fields/{{of:str}}")
    async def page(request: Visit, name: FromPath[str], of: FromPath[str]) -> Response[bytes]:
        return await show(request, name, of)

    @post(f"{_PLACE}/{{name:str}}/fields/{{of:str}}")
    async def save(request: Visit, name: FromPath[str], of: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def attempt() -> str:
            async def found(work: Workspace) -> Role:
                _ruled(work, of)
                return (await overview.role(work, name)).role

            role = await web.within(request, found)
            await (await office(web, request)).put("role", name, msgspec.to_builtins(_read(role, of, form)))
            return f"{_PLACE}/{name}/fields/{of}?done=saved"

        return await settled(attempt, lambda error: show(request, name, of, form, error))

    return [page, save]


def _ruled(work: Workspace, of: str) -> Object:
    """The object that the rules are about; NotFound for what people keep for themselves."""
    one = work.registry.get(of)
    if one.personal:
        raise NotFound(f"Roles decide nothing about {one.nouns}.", code="personal_object")
    return one


def _field(role: Role, of: str, name: str, label: str) -> FormField:
    grant = role.grants.get(of) or role.grants.get("*") or Grant()
    return text(
        f"field.{name}", label, grant.fields.get(name, "write"), kind="choice", options=spoken(_LEVELS), required=True
    )


def _read(role: Role, of: str, form: Form) -> Role:
    """Rules need a grant of the object's own; it begins as what the role says about everything else."""
    grant = role.grants.get(of) or role.grants.get("*") or Grant()
    rules = {name.removeprefix("field."): last(form, name) for name in form if name.startswith("field.")}
    own = msgspec.structs.replace(grant, fields={name: level for name, level in rules.items() if level != "write"})
    return msgspec.structs.replace(role, grants={**role.grants, of: own})
