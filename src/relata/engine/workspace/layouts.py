"""The layout that somebody works with, and what a stored one must keep to.

A layout is configuration and outlives what it names: fields are deleted, modules switched off, rights taken away. So
what is read is always cleaned, and no screen has to ask whether a name still leads somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.formula import BOOLEAN, Unknown, check, parse, references
from relata.engine.metadata.fields import Choice, Link
from relata.engine.metadata.layout import Board, Layout, Section, layout_name
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.context import WorkspaceContext

MAX_SECTIONS = 60
MAX_TABS = 12
MAX_TITLE = 80
#: More fields on a card than these take longer to read than to open the record.
CARD_FIELDS = 6
Fits = Callable[[str], bool]


def layout_for(context: WorkspaceContext, actor: Actor, name: str, draft: Layout | None = None) -> Layout:
    """The layout of an object for this actor, cleaned; kept as long as the same rights and configuration last. draft:
    one that is not stored yet, in its place."""
    registry = context.registry
    one = registry.get(name)
    if draft is not None:
        return _for_actor(registry, actor, one, draft)
    roles = tuple(role.name for role in actor.rights.roles)
    found: Layout = context.statements.get(
        ("layout", name, roles, actor.fingerprint),
        lambda: _for_actor(registry, actor, one, registry.layout(name, roles)),
    )
    return found


def _for_actor(registry: Registry, actor: Actor, one: Object, layout: Layout) -> Layout:
    scope = FieldScope(registry, one, actor)

    def is_shown(path: str) -> bool:
        """Fields that are neither gone nor hidden; what may not be read is left to the screens, which mask it."""
        field = one.field(path.partition(".")[0])
        if field is None or field.hidden:
            return False
        return "." not in path or _leads_somewhere(scope, path)

    found = cleaned(registry, one, layout, is_shown)
    if found.board is not None and not actor.readable(one, one.all_fields[found.board.by]):
        return msgspec.structs.replace(found, board=None)
    return found


def _leads_somewhere(scope: FieldScope, path: str) -> bool:
    try:
        scope.find(tuple(path.split(".")))
    except Unknown:
        return False
    return True


def cleaned(registry: Registry, one: Object, layout: Layout, fits: Fits) -> Layout:
    """The layout without names that do not fit, and without sections and tabs that have nothing left to show."""
    relations = registry.relations[one.name]

    def paths(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(names) if fits(name))

    def sections(declared: Iterable[Section]) -> tuple[Section, ...]:
        found = (msgspec.structs.replace(section, fields=paths(section.fields)) for section in declared)
        return tuple(section for section in found if section.fields)

    def lists(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(names) if name in relations)

    tabs = (
        msgspec.structs.replace(tab, sections=sections(tab.sections), related=lists(tab.related)) for tab in layout.tabs
    )
    return msgspec.structs.replace(
        layout,
        columns=paths(layout.columns),
        order=",".join(part for part in layout.order.split(",") if part and fits(part.strip().lstrip("-"))),
        highlights=paths(layout.highlights),
        sections=sections(layout.sections),
        related=lists(layout.related),
        no_related=layout.no_related or bool(layout.related and not lists(layout.related)),
        quick=paths(layout.quick),
        board=_board(registry, one, layout.board, fits),
        tabs=tuple(tab for tab in tabs if tab.sections or tab.related),
    )


def _board(registry: Registry, one: Object, board: Board | None, fits: Fits) -> Board | None:
    """A board without its columns is none; without its total it is one still."""
    if board is None or not fits(board.by):
        return None
    by = one.field(board.by)
    if not isinstance(by, (Choice, Link)):
        return None
    target = registry.objects.get(by.to) if isinstance(by, Link) else None
    return msgspec.structs.replace(
        board,
        card=tuple(name for name in board.card if fits(name))[:CARD_FIELDS],
        total=board.total if board.total and fits(board.total) else "",
        weighted=board.weighted if board.weighted and fits(board.weighted) else "",
        within=board.within if board.within and fits(board.within) else "",
        order=board.order if target is not None and target.field(board.order) is not None else "",
    )


def check_layout(registry: Registry, name: str, layout: Layout) -> None:
    """Invalid with everything that would not do what it says; NotFound for an object or role that is not there."""
    one = registry.objects.get(layout.object)
    if one is None:
        raise NotFound(_("There is no such object."), code="unknown_object")
    role = name.partition(".")[2]
    if layout_name(layout.object, role) != name:
        raise Invalid(_("This layout belongs to another object."), code="definition", field="object")
    if role and role not in registry.roles:
        raise NotFound(_("There is no such role."), code="unknown_role")
    problems = [*_unknown(registry, one, layout), *_shape(layout), *_board_problems(one, layout)]
    for place, expression in _conditions(layout):
        problems.extend(condition_problems(registry, one, expression, place))
    if problems:
        raise Invalid.of(problems)


def _unknown(registry: Registry, one: Object, layout: Layout) -> Iterable[Problem]:
    scope = FieldScope(registry, one, AnyReader())
    named = {
        "columns": layout.columns,
        "highlights": layout.highlights,
        "quick": layout.quick,
        "sections": tuple(layout.named_fields),
    }
    for place, names in named.items():
        for name in names:
            if not _leads_somewhere(scope, name) or (place != "columns" and one.field(name) is None):
                yield Problem("unknown_field", _("There is no field %(name)s.") % {"name": name[:60]}, place)
    for name in (*layout.related, *(name for tab in layout.tabs for name in tab.related)):
        if name not in registry.relations[one.name]:
            yield Problem("unknown_relation", _("There is no list %(name)s.") % {"name": name[:60]}, "related")


def _shape(layout: Layout) -> Iterable[Problem]:
    titles = [*(section.title for section in layout.all_sections), *(tab.title for tab in layout.tabs)]
    if any(not title.strip() for title in titles):
        yield Problem("required", _("Each section and tab needs a name."), "sections", _("Write one, or remove it."))
    if any(len(title) > MAX_TITLE or "\x00" in title for title in titles):
        message = _("A name has at most %(most)s characters.") % {"most": MAX_TITLE}
        yield Problem("too_long", message, "sections", _("Shorten it."))
    if len(layout.all_sections) > MAX_SECTIONS or len(layout.tabs) > MAX_TABS:
        yield Problem("too_many", _("This is more than a page can show."), "sections", _("Remove some."))
    if any(section.columns not in (1, 2) for section in layout.all_sections):
        yield Problem("out_of_range", _("A section has one or two columns."), "sections")


def _board_problems(one: Object, layout: Layout) -> Iterable[Problem]:
    if layout.board is None:
        return
    if not isinstance(one.field(layout.board.by), (Choice, Link)):
        hint = _("Choose a field with options, or a link.")
        yield Problem("field", _("A board can't have such columns."), "board", hint)
    for name in (*layout.board.card, layout.board.total, layout.board.within):
        if name and one.field(name) is None:
            yield Problem("unknown_field", _("There is no field %(name)s.") % {"name": name[:60]}, "board")


def _conditions(layout: Layout) -> Iterable[tuple[str, str]]:
    for section in layout.all_sections:
        if section.visible:
            yield section.title, section.visible
    for tab in layout.tabs:
        if tab.visible:
            yield tab.title, tab.visible


def condition_problems(registry: Registry, one: Object, expression: str, title: str) -> Iterable[Problem]:
    """What is wrong with the condition of a section; it sees the record's own values only."""
    try:
        checked = check(parse(expression), FieldScope(registry, one, AnyReader()), expect=BOOLEAN)
    except Invalid as error:
        message = _("The condition of %(title)s: %(problem)s") % {"title": title[:MAX_TITLE], "problem": error.message}
        yield Problem("condition", message, "sections", error.hint)
        return
    if any(len(found.path) > 1 and isinstance(one.field(found.path[0]), Link) for found in references(checked)):
        message = _("The condition of %(title)s looks at another record.") % {"title": title[:MAX_TITLE]}
        yield Problem("own_fields", message, "sections", _("Use fields of the record itself."))
