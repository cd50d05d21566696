"""What the palette offers beside records: views and lists to go to, things to make, what can be done with the record
that is open, pages of the settings, and what concerns the screen itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.search.words import fold
from relata.engine.transfer.wizard.intake import importable
from relata.engine.ui import views
from relata.engine.ui.making import may_make
from relata.engine.ui.record_page import offers_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.web.settings.places import groups as settings_groups
from relata.interfaces.web.shell import navigable

#: Of one kind, while nothing is typed and when something is.
FEW, MANY = 5, 12
_RECORD = re.compile(r"/([a-z0-9_]+)/([0-9a-f-]{36})(?:/|$)")


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something to go to or to do. post: an address to post to. dialog: an address whose answer opens there. press:
    the id of what is pressed instead. theme: to switch to."""

    label: str
    href: str = ""
    icon: str = ""
    note: str = ""
    post: str = ""
    dialog: str = ""
    press: str = ""
    theme: str = ""
    shortcut: str = ""


class HitGroup(msgspec.Struct, frozen=True):
    """Hits of one kind. is_here: of the record that is open. is_meant: somebody typed what one of them is called, such
    as New or Accounts, and not a part of some record's name."""

    label: str
    items: tuple[Hit, ...]
    is_here: bool = False
    is_meant: bool = False


async def offers(work: Workspace, words: str, here: str) -> tuple[HitGroup, ...]:
    """What fits the words, each group by itself. here: the address that the person looks at."""
    objects = navigable(work)
    further = _beside(work) if words else []
    groups = [
        (_("This record"), await _of_record(work, here)),
        (_("Views"), await _views(work, objects) if words else []),
        (_("Go to"), [Hit(label=one.title_plural, href=f"/{one.path}", icon=one.icon) for one in [*objects, *further]]),
        (_("Create"), _makes(work, [*objects, *further])),
        (_("Import"), _imports(work, objects) if words else []),
        (_("Settings"), _settings(work) if words else []),
        (_("Screen"), _screen() if words else []),
    ]
    typed = fold(words).split()
    most = MANY if words else FEW
    fitting = [(label, tuple(hit for hit in hits if _fits(hit, typed))[:most]) for label, hits in groups]
    return tuple(
        HitGroup(label, hits, at == 0, any(_means(hit, typed) for hit in hits))
        for at, (label, hits) in enumerate(fitting) if hits
    )  # fmt: skip


def _beside(work: Workspace) -> list[Object]:
    """Small lists that no side bar holds, such as rooms, activity plans and price books."""
    modules = work.registry.modules
    found = [
        one for one in work.registry.objects.values()
        if one.reference and one.by_hand and not one.nav and not one.access_parent
        and one.module in modules and not modules[one.module].essential and work.actor.rights.level(one, "read")
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.title_plural)


def _fits(hit: Hit, typed: Iterable[str]) -> bool:
    """Whether each word begins a word of the label, or of the note."""
    text = " " + fold(f"{hit.label} {hit.note}")
    return all(f" {word}" in text for word in typed)


def _means(hit: Hit, typed: list[str]) -> bool:
    """Whether the label begins with what was typed, its first word in full."""
    text = fold(hit.label)
    return bool(typed) and text.split()[:1] == typed[:1] and text.startswith(" ".join(typed))


async def _of_record(work: Workspace, here: str) -> list[Hit]:
    """Actions that are possible now on the record whose page is open."""
    found = _RECORD.match(urlsplit(here).path)
    key = parse_id(found[2]) if found else None
    if found is None or key is None:
        return []
    try:
        one = work.registry.by_path(found[1])
        record = await work.get(one.name, key)
    except RelataError:  # an address that leads nowhere offers nothing
        return []
    path = f"/{one.path}/{key}"
    hits = [
        Hit(label=offer.label, note=one.title, icon=offer.icon, dialog=f"{path}/actions/{offer.name}")
        if offer.needs_input
        else Hit(label=offer.label, note=one.title, icon=offer.icon, post=f"{path}/actions/{offer.name}")
        for offer in offers_of(work, one, record)
    ]
    if await work.may(record, "change"):
        hits.append(Hit(label=_("Edit"), note=one.title, href=f"{path}/edit", icon="pencil", shortcut="E"))
    hits.append(Hit(label=_("Favourite"), note=one.title, icon="star", press="star", shortcut="S"))
    hits.append(Hit(label=_("Share"), note=one.title, icon="share-2", dialog=f"{path}/share"))
    if may_make(work, one):
        hits.append(Hit(label=_("Duplicate"), note=one.title, icon="copy-plus", href=f"/{one.path}/new?copy={key}"))
    return hits


async def _views(work: Workspace, objects: Iterable[Object]) -> list[Hit]:
    known = {one.name: one for one in objects}
    found = []
    for view in (await views.shelf(work)).views:
        if one := known.get(view.object):
            place = "" if view.look.kind == "table" else f"/{view.look.kind}"
            href = f"/{one.path}{place}?view={view.id}"
            found.append(Hit(label=view.name, note=one.title_plural, href=href, icon="layers"))
    return found


def _makes(work: Workspace, objects: Iterable[Object]) -> list[Hit]:
    return [
        Hit(label=_("New %(name)s") % {"name": one.noun}, href=f"/{one.path}/new", icon="plus")
        for one in objects
        if may_make(work, one)
    ]


def _imports(work: Workspace, objects: Iterable[Object]) -> list[Hit]:
    if not work.actor.rights.permits("import_records"):
        return []
    may = {one.name for one in importable(work)}
    out = [Hit(label=_("Your exports"), href="/exports", icon="download")] * work.actor.rights.permits("export_records")
    found = [
        Hit(label=_("Import %(what)s") % {"what": one.nouns}, href=f"/import?of={one.path}", icon="upload")
        for one in objects
        if one.name in may
    ]
    return [Hit(label=_("Import a file"), href="/import", icon="upload"), *out, *found]


def _settings(work: Workspace) -> list[Hit]:
    """Every page of the settings that is of use to this person."""
    return [
        Hit(label=place.label, note=_("Settings"), href=place.href, icon=place.icon)
        for group in settings_groups(work, "")
        for place in group.items
    ]


def _screen() -> list[Hit]:
    return [
        Hit(label=_("Home"), href="/", icon="house", shortcut="G H"),
        Hit(label=_("Notifications"), href="/notifications", icon="bell", shortcut="G N"),
        Hit(label=_("Approvals"), href="/approvals", icon="badge-check", shortcut="G V"),
        Hit(label=_("Light theme"), icon="sun", theme="light"),
        Hit(label=_("Dark theme"), icon="moon", theme="dark"),
        Hit(label=_("Theme as the device"), icon="monitor", theme="auto"),
        Hit(label=_("Arrange the side bar"), icon="panel-left", dialog="/desk/sidebar"),
        Hit(label=_("Arrange the home page"), icon="house", dialog="/desk/home"),
        Hit(label=_("Keyboard shortcuts"), icon="keyboard", press="show-shortcuts", shortcut="?"),
        Hit(label=_("Sign out"), icon="log-out", press="sign-out"),
    ]
