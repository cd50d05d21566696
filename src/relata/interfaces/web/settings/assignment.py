"""Assignment rules by object, in their order: switched on and off, moved, tried and rehearsed."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.assignment.administration import AssignmentAdministration, rules
from relata.engine.automation.assignment.people import Staff, members_of
from relata.engine.automation.assignment.rules_of import Named
from relata.engine.rules.assignment import POOLS, way_label
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings import assignment_form, assignment_trials
from relata.interfaces.web.settings.assignment_form import PLACE, assignable
from relata.interfaces.web.settings.frame import Page, frame, last, text


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in its place. problem: why it can't find anybody at the moment."""

    name: str
    label: str
    href: str
    where: str
    way: str
    answer: int
    is_active: bool
    by_default: bool
    is_first: bool
    is_last: bool
    problem: str


class ObjectRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one object."""

    name: str
    label: str
    icon: str
    rules: tuple[RuleLine, ...]


class AssignmentPage(Page, frozen=True, kw_only=True):
    """All rules. object: where a new one begins."""

    objects: tuple[ObjectRules, ...]
    object: FormField
    queues: int


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = rules(work)
            groups: dict[str, list[Named]] = {}
            for one in found:
                groups.setdefault(one.rule.object, []).append(one)
            staff = Staff(work, work.clock.now)
            shown = {name: group for name, group in groups.items() if name in work.registry.objects}
            view = AssignmentPage(
                **frame(web, request, work, PLACE),
                objects=tuple([await _group(work, staff, name, group) for name, group in shown.items()]),
                object=text(
                    "object", _("Records of"), kind="choice", required=True, options=assignable(work),
                    placeholder=_("Choose an object"),
                ),
                queues=await work.count("queue"),
            )  # fmt: skip
            return web.page(work, "web/settings/assignment.html", view)

        return await web.within(request, build)

    @post(f"{PLACE}/{{name:str}}/switch")
    async def switch(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        await (await rule_office(web, request)).switch(name, on=last(form, "on") == "true")
        return redirect(f"{PLACE}?done=saved")

    @post(f"{PLACE}/{{name:str}}/move")
    async def move(request: Visit, name: FromPath[str]) -> Response[bytes]:
        step = -1 if last(await posted(request), "to") == "up" else 1
        found = await web.within(request, _rules)
        rule = next((one.rule for one in found if one.name == name), None)
        names = [one.name for one in found if rule is not None and one.rule.object == rule.object]
        if rule is not None:
            at = names.index(name)
            names.insert(min(max(at + step, 0), len(names) - 1), names.pop(at))
            await (await rule_office(web, request)).reorder(rule.object, names)
        return redirect(f"{PLACE}?done=saved")

    @post(f"{PLACE}/{{name:str}}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        await (await rule_office(web, request)).delete(name)
        return redirect(f"{PLACE}?done=deleted")

    return [listed, *assignment_trials.routes(web), switch, move, delete, *assignment_form.routes(web)]


async def _rules(work: Workspace) -> list[Named]:
    return rules(work)


async def rule_office(web: Web, request: Visit) -> AssignmentAdministration:
    """The rules, as the person who sent the request."""
    return await assignment_form.rule_office(web, request)


async def _group(work: Workspace, staff: Staff, name: str, group: list[Named]) -> ObjectRules:
    one = work.registry.get(name)
    lines = []
    for at, named in enumerate(group):
        rule = named.rule
        lines.append(
            RuleLine(
                name=named.name,
                label=named.label,
                href=f"{PLACE}/{named.name}",
                where=rule.where,
                way=way_label(rule.way),
                answer=rule.response_minutes,
                is_active=rule.is_active,
                by_default=rule.by_default,
                is_first=at == 0,
                is_last=at == len(group) - 1,
                problem=await _problem(work, staff, named),
            )
        )
    return ObjectRules(name=name, label=one.title_plural, icon=one.icon, rules=tuple(lines))


async def _problem(work: Workspace, staff: Staff, named: Named) -> str:
    """Why the rule finds nobody, as far as that can be known without a record."""
    rule = named.rule
    people = list(await members_of(work, rule)) if rule.way in POOLS else []
    people += [rule.to.id] if rule.way == "person" and rule.to else []
    people += [row.to.id for row in rule.rows if row.to.kind == "person"] if rule.way == "table" else []
    if not people:
        return _("Nobody is in the team.") if rule.way in POOLS else ""
    await staff.know(people)
    gone = [staff.name(one) for one in people if not staff.is_active(one)]
    if len(gone) == len(people):
        return _("Nobody of it works here any more.")
    return _("Not active: %(names)s") % {"names": ", ".join(gone[:5])} if gone else ""
