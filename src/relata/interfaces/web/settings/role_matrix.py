"""The matrix of a role: objects by rights. Each level is saved as it is chosen, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.access.rights import RIGHTS
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import last, office, options

_PLACE = "/settings/roles"
ALL = "*"
LEVELS = ("none", "own", "team", "below", "all")


class Cell(msgspec.Struct, frozen=True):
    """One select. level: what holds, which for an empty value comes from the first row."""

    name: str
    right: str
    value: str
    level: str
    label: str
    options: tuple[Option, ...]


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """One object. rules: how many fields have rules of their own. fields: where these are."""

    object: str
    label: str
    icon: str
    cells: tuple[Cell, ...]
    fields: str = ""
    rules: int = 0


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All rows; the first one is for every object without a row of its own."""

    action: str
    rows: tuple[MatrixRow, ...]
    words: tuple[tuple[str, str, str], ...]


class MatrixAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix after a change, with the way back."""

    matrix: Matrix
    message: str
    undo: str


def level_words() -> dict[str, str]:
    """What the levels are called."""
    return {
        "none": _("None"),
        "own": _("Own"),
        "team": _("Team"),
        "below": _("Team and below"),
        "all": _("All"),
    }


def right_words() -> dict[str, str]:
    """What the rights are called."""
    return {"read": _("Read"), "create": _("Create"), "change": _("Change"), "delete": _("Delete")}


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of single levels."""

    @post(f"{_PLACE}/{{name:str}}/levels")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = {**{key: [value] for key, value in request.query_params.items()}, **await posted(request)}
        of = last(form, "object")

        async def changed(work: Workspace) -> tuple[Role, Role, str]:
            role = (await overview.role(work, name)).role
            title = _("Everything else") if of == ALL else work.registry.get(of).title_plural
            return role, with_level(role, of, {right: last(form, right) for right in RIGHTS if right in form}), title

        before, after, title = await web.within(request, changed)
        await (await office(web, request)).put("role", name, msgspec.to_builtins(after))

        async def build(work: Workspace) -> Response[bytes]:
            view = MatrixAnswer(
                matrix=matrix_of(work, after),
                message=_("%(role)s: rights on %(object)s were changed.")
                % {"role": after.title, "object": title.lower()},
                undo=f"{_PLACE}/{name}/levels?{urlencode({'object': of, **_levels(before, of)})}",
            )
            return web.page(work, "web/settings/role_levels.html", view)

        return await web.within(request, build)

    return [save]


def with_level(role: Role, of: str, levels: Mapping[str, str]) -> Role:
    """The role with these levels on an object. The first level of its own makes a row of its own, which begins as what
    it followed; an empty level lets the whole row follow again."""
    if not levels or any(level and level not in LEVELS for level in levels.values()):
        raise Invalid(_("There is no such level."), code="unknown_choice")
    known = role.grants.get(of)
    if "" in levels.values() and of != ALL:
        if known is not None and known.fields:
            raise Invalid(
                _("Fields of this object have rules of their own."), code="in_use", hint=_("Take these away first.")
            )
        return msgspec.structs.replace(role, grants={name: one for name, one in role.grants.items() if name != of})
    start = known or role.grants.get(ALL) or Grant()
    own = msgspec.structs.replace(start, **{right: level or "none" for right, level in levels.items()})
    if known is None:
        own = msgspec.structs.replace(own, fields={})
    return msgspec.structs.replace(role, grants={**role.grants, of: own})


def _levels(role: Role, of: str) -> dict[str, str]:
    grant = role.grants.get(of)
    if grant is None:
        return dict.fromkeys(RIGHTS, "none" if of == ALL else "")
    return {right: getattr(grant, right) for right in RIGHTS}


def matrix_of(work: Workspace, role: Role) -> Matrix:
    """The whole matrix of a role."""
    words = level_words()
    rows = [_row(role, ALL, _("Everything else"), "boxes", words, {})]
    for one in sorted(work.registry.objects.values(), key=lambda one: not one.nav):
        if one.personal:  # nobody's role decides about what people keep for themselves
            continue
        grant = role.grants.get(one.name)
        rows.append(
            _row(
                role, one.name, one.title_plural, one.icon, words, _everybodys(one),
                fields=f"{_PLACE}/{role.name}/fields/{one.name}", rules=len(grant.fields) if grant else 0,
            )
        )  # fmt: skip
    helps = {
        "none": _("Nothing at all"),
        "own": _("What one owns"),
        "team": _("What one's teams own"),
        "below": _("And the teams below"),
        "all": _("Every record"),
    }
    return Matrix(
        action=f"{_PLACE}/{role.name}/levels",
        rows=tuple(rows),
        words=tuple((level, word, helps[level]) for level, word in words.items()),
    )


def _everybodys(one: Object) -> dict[str, str]:
    """What everybody may do with the object, whatever their roles say."""
    found = {right: getattr(one.everyone, right) for right in RIGHTS} if one.everyone else {}
    return {**found, "read": "all"} if one.reference else found


def _row(
    role: Role, name: str, label: str, icon: str, words: Mapping[str, str], floor: Mapping[str, str], **more: Any
) -> MatrixRow:
    own, follows = role.grants.get(name), role.grants.get(ALL) or Grant()
    offered = options(words.items())
    cells = []
    for right, word in right_words().items():
        level, least = getattr(own or follows, right), floor.get(right, "none")
        followed = getattr(follows, right)
        is_more = LEVELS.index(least) > LEVELS.index(followed)
        sentence = _("Everybody: %(level)s") if is_more else _("As above: %(level)s")
        inherited = Option(value="", label=sentence % {"level": words[least if is_more else followed]})
        may_follow = name != ALL and not (own and own.fields)
        cells.append(
            Cell(
                f"grant.{name}.{right}", right, getattr(own, right) if own else level if name == ALL else "", level,
                f"{label}: {word}", (inherited, *offered) if may_follow else offered,
            )
        )  # fmt: skip
    return MatrixRow(object=name, label=label, icon=icon, cells=tuple(cells), **more)
