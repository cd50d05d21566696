"""A new person out of a pasted signature or vCard: the form comes filled in, and nothing is saved before it is sent."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Emails, Field, Link, PersonName, Phones, Text, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.transfer.signatures import Signature, read_signature
from relata.engine.ui.facts import is_editable
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.forms import form_of, posted
from relata.interfaces.web.ground import Visit, Web


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of pasted signatures."""

    @post("/{plural:str}/new/signature", status_code=200)
    async def fill(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        pasted = ((await posted(request)).get("signature") or [""])[-1]

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            if not can_be_pasted(work, one):
                raise NotFound(_("This is not filled in from a signature."), code="no_signature")
            found = await values_of(work, one, read_signature(pasted))
            return await form_of(web, request, work, one, found, pasted=pasted)

        return await web.within(request, show)

    return [fill]


def can_be_pasted(work: Workspace, one: Object) -> bool:
    """Whether records of the object are people whom somebody may add."""
    return isinstance(one.all_fields[one.title_field], PersonName) and bool(work.actor.rights.level(one, "create"))


async def values_of(work: Workspace, one: Object, found: Signature) -> dict[str, Any]:
    """What was recognised, by field; what can't be written, or does not fit, is left out."""
    raw: dict[str, Any] = {}
    for field in one.fields:
        if is_editable(work, one, field) and (value := await _value(work, field, one, found)):
            try:
                raw[field.name] = field.parse(value, work.context.parsing)
            except Invalid:
                continue
    return raw


async def _value(work: Workspace, field: Field, one: Object, found: Signature) -> Any:
    if isinstance(field, PersonName) and field.name == one.title_field and (found.first or found.last):
        return {"first": found.first, "last": found.last}
    if isinstance(field, Emails):
        return list(found.emails)
    if isinstance(field, Phones):
        return [{"value": number, "label": label} for number, label in found.phones]
    if isinstance(field, WebAddresses):
        return list(found.websites)
    if isinstance(field, Text) and field.name in ("job_title", "company"):
        return getattr(found, field.name)
    if isinstance(field, Link) and found.company and field.name == "account":
        return await _named(work, field.to, found.company)
    return None


async def _named(work: Workspace, name: str, title: str) -> str:
    """The only record of that title, whatever the capitals."""
    target = work.registry.get(name)
    if not work.actor.rights.level(target, "read") or not isinstance(target.all_fields[target.title_field], Text):
        return ""
    key = key_of(target, (target.title_field,), {target.title_field: title})
    ids = (await work.match(name, (target.title_field,), [key], ignore_case=True)).get(key, []) if key else []
    return str(ids[0]) if len(ids) == 1 else ""
