"""The rules of an object: what is checked when records are written, what values need, what is unique together."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import ValidationRule
from relata.engine.workspace import overview, rule_overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, LimitReached, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.asked import Asked
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    identifier,
    last,
    office,
    settled,
    status_of,
)
from relata.interfaces.web.settings.validation_pages import (
    NAMES,
    EntryLine,
    GroupLine,
    RuleLine,
    entry_lines,
    group_field,
    group_lines,
    read_rule,
    rule_fields,
    rule_form,
    rule_lines,
)

_OBJECTS = "/settings/objects"


class ValidationPage(Page, frozen=True, kw_only=True):
    """All rules of an object."""

    action: str
    objects: str
    rules: tuple[RuleLine, ...]
    entries: tuple[EntryLine, ...]
    together: tuple[GroupLine, ...]
    group: FormField


class RulePage(Page, frozen=True, kw_only=True):
    """The form of a rule. name: "" for a new one. is_shipped: deleting it brings back what the module says."""

    action: str
    cancel: str
    object: str
    name: str
    fields: tuple[FormField, ...]
    condition: FormField
    more: tuple[FormField, ...]
    rehearsal: str
    can_delete: bool
    is_shipped: bool


class RehearsalView(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would say of the records that are there. list: those that break it."""

    records: int = 0
    breaking: int = 0
    lately: int = 0
    nouns: str = ""
    list: str = ""
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def listing(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            title = _("Rules of %(objects)s") % {"objects": one.nouns}
            view = ValidationPage(
                **frame(web, request, work, _OBJECTS, title, error=error, known=("fields",)),
                action=f"{_OBJECTS}/{name}",
                objects=one.nouns,
                rules=rule_lines(work, one),
                entries=await entry_lines(work, one),
                together=group_lines(work, one),
                group=group_field(one, form, errors_of(error)),
            )
            return web.page(work, "web/settings/validation.html", view, status=status_of(error))

        return await web.within(request, build)

    async def ask(request: Visit, name: str, rule: str, form: Form | None, error: Refused | None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            known = _rule(work, one, rule) if rule else None
            given = form if form is not None else rule_form(known)
            place = f"{_OBJECTS}/{name}/rules"
            title = known.title if known else _("New rule for %(objects)s") % {"objects": one.nouns}
            fields, condition, more = rule_fields(one, given, errors_of(error))
            view = RulePage(
                **frame(web, request, work, _OBJECTS, title, error=error, known=NAMES),
                action=f"{place}/{rule}" if rule else f"{place}/new",
                cancel=place,
                object=name,
                name=rule,
                fields=fields,
                condition=condition,
                more=more,
                rehearsal=f"{_OBJECTS}/{name}/rehearsal",
                can_delete=known is not None and known.custom,
                is_shipped=any(each.rule.name == rule and each.shipped for each in rule_overview.rules(work, name)),
            )
            return web.page(work, "web/settings/validation_rule.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_OBJECTS}/{{name:str}}/rules")
    async def listed(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await listing(request, name)

    @get(f"{_OBJECTS}/{{name:str}}/rules/new")
    async def new(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await ask(request, name, "", None, None)

    @post(f"{_OBJECTS}/{{name:str}}/rules/new")
    async def create(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            found = await web.within(request, lambda work: _names(work, name))
            label = last(form, "label")
            problems = [] if label else [Problem("required", _("A rule needs a name."), "label", _("Write one."))]
            own = identifier(label)
            if label and (not own or own in found):
                raise Conflict(
                    _("There is a rule with this name already."), code="not_unique", field="label",
                    hint=_("Choose another name."),
                )  # fmt: skip
            if problems:
                raise Invalid.of(problems)
            own = own if own[:1].isalpha() else f"rule_{own}"[:40]
            await (await office(web, request)).put_rule(name, own, read_rule(form))
            return f"{_OBJECTS}/{name}/rules?done=created"

        return await settled(attempt, lambda error: ask(request, name, "", form, error))

    @get(f"{_OBJECTS}/{{name:str}}/rules/{{rule:str}}")
    async def page(request: Visit, name: FromPath[str], rule: FromPath[str]) -> Response[bytes]:
        return await ask(request, name, rule, None, None)

    @post(f"{_OBJECTS}/{{name:str}}/rules/{{rule:str}}")
    async def save(request: Visit, name: FromPath[str], rule: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            await (await office(web, request)).put_rule(name, rule, read_rule(form))
            return f"{_OBJECTS}/{name}/rules?done=saved"

        return await settled(attempt, lambda error: ask(request, name, rule, form, error))

    @post(f"{_OBJECTS}/{{name:str}}/rules/{{rule:str}}/delete")
    async def delete(request: Visit, name: FromPath[str], rule: FromPath[str]) -> Response[bytes]:
        await (await office(web, request)).delete_rule(name, rule)
        return redirect(f"{_OBJECTS}/{name}/rules?done=deleted")

    @get(f"{_OBJECTS}/{{name:str}}/rehearsal")
    async def rehearsal(request: Visit, name: FromPath[str]) -> Response[bytes]:
        query = request.query_params

        async def build(work: Workspace) -> Response[bytes]:
            view = await _rehearsed(work, name, query.get("condition", ""), forbids=query.get("forbids") == "true")
            return web.page(work, "web/settings/rehearsal.html", view)

        return await web.within(request, build)

    @post(f"{_OBJECTS}/{{name:str}}/unique")
    async def make_unique(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            fields = [each for each in form.get("fields", ()) if each]
            await (await office(web, request)).put_unique(name, fields)
            return f"{_OBJECTS}/{name}/rules?done=saved"

        return await settled(attempt, lambda error: listing(request, name, form, error))

    @post(f"{_OBJECTS}/{{name:str}}/unique/delete")
    async def end_unique(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        await (await office(web, request)).delete_unique(name, last(form, "fields").split(","))
        return redirect(f"{_OBJECTS}/{name}/rules?done=deleted")

    return [listed, new, create, page, save, delete, rehearsal, make_unique, end_unique]


async def _names(work: Workspace, name: str) -> set[str]:
    return {each.rule.name for each in rule_overview.rules(work, name)} | {"new"}


def _rule(work: Workspace, one: Object, name: str) -> ValidationRule:
    for each in rule_overview.rules(work, one.name):
        if each.rule.name == name:
            return each.rule
    raise NotFound(_("There is no such rule."), code="unknown_definition")


async def _rehearsed(work: Workspace, name: str, condition: str, *, forbids: bool) -> RehearsalView:
    one = overview.configured_object(work, name)
    if not condition.strip():
        return RehearsalView(error=_("Write the condition first."))
    try:
        found = await rule_overview.rehearse(work, name, condition, forbids=forbids)
    except (Invalid, LimitReached) as error:
        return RehearsalView(error=f"{error.message} {error.hint or ''}".strip())
    shown: dict[str, Any] = {"records": found.records, "breaking": found.breaking, "lately": found.lately}
    return RehearsalView(**shown, nouns=one.nouns, list=Asked("", found.where).address(one))
