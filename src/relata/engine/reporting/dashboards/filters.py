"""A dashboard's filters as conditions of each card: linked by what they mean, not by what they are called."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, Unknown, all_of, any_of
from relata.engine.metadata.fields import Link
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.dashboards.body import Filter
from relata.engine.reporting.dashboards.periods import Period
from relata.engine.reporting.definition import Definition
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _

ME, MY_TEAMS = "me", "mine"


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader has filtered by. owner: a person's id or `me`; team: a team's or `mine`; values: of the dashboard's
    own filters, several of one field mean any of them."""

    period: Period | None = None
    owner: str = ""
    team: str = ""
    values: tuple[tuple[Filter, tuple[str, ...]], ...] = ()


class Applied(msgspec.Struct, frozen=True):
    """condition: what holds beside the card's own filter. missing: filters that mean nothing to this card, in words."""

    condition: Node | None = None
    missing: tuple[str, ...] = ()


def applied(work: Workspace, definition: Definition, chosen: Chosen) -> Applied:
    """The filters as this card understands them."""
    scope = FieldScope(work.registry, work.registry.get(definition.object), work.actor)
    found: list[Node] = []
    missing: list[str] = []
    if chosen.period is not None:
        if definition.date and _kind(scope, definition.date):
            found += within(definition.date, chosen.period)
        else:
            missing.append(_("period"))
    for name, value, words in (("owner", chosen.owner, _("person")), ("team", chosen.team, _("team"))):
        if value and _kind(scope, name):
            found.append(_whose(name, value))
        elif value:
            missing.append(words)
    for one, values in chosen.values:
        path = path_to(scope, one)
        if path:
            found.append(any_of([Binary("=", _path(path), Literal(value)) for value in values]))
        else:
            missing.append(label_of(work, one))
    return Applied(all_of(found) if found else None, tuple(missing))


def within(path: str, period: Period) -> list[Node]:
    """The day or moment lies in the period."""
    return [Binary(">=", _path(path), _day(period.since)), Binary("<", _path(path), _day(period.until))]


def _day(day: date) -> Literal:
    return Literal(day.isoformat())


def _whose(name: str, value: str) -> Node:
    if name == "owner" and value == ME:
        return Binary("=", Path(("owner",)), Call("me", ()))
    if name == "team" and value == MY_TEAMS:
        return Binary("in", Path(("team",)), Call("my_teams", ()))
    return Binary("=", Path((name,)), Literal(str(UUID(value))))


def path_to(scope: FieldScope, one: Filter) -> str:
    """How a card's records reach the filter's field: directly or over a link to its object; "" for not at all."""
    if scope.object.name == one.object:
        return one.path if _kind(scope, one.path) else ""
    target = scope.registry.objects.get(one.object)
    first = target.field(one.path) if target is not None else None
    links = [field for field in scope.object.all_fields.values() if isinstance(field, Link) and not field.hidden]
    for link in links:
        if link.to == one.object and _kind(scope, f"{link.name}.{one.path}"):
            return f"{link.name}.{one.path}"
    if isinstance(first, Link):  # both lead to the same object
        for link in links:
            if link.to == first.to and link.to != "user" and _kind(scope, link.name):
                return link.name
    return ""


def label_of(work: Workspace, one: Filter) -> str:
    """The field in words; the bare path where it is gone or hidden."""
    target = work.registry.objects.get(one.object)
    field = target.field(one.path) if target is not None else None
    return field.title if field is not None else one.path


def _kind(scope: FieldScope, path: str) -> Any:
    try:
        return scope.find(tuple(path.split("."))).type.kind
    except (Unknown, RelataError):
        return None


def _path(path: str) -> Path:
    return Path(tuple(path.split(".")))
