"""The frame around every page: navigation, what can be made, the person's preferences."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2s

import msgspec

from relata import __version__
from relata.engine.matching.reviewing import matched_objects
from relata.engine.metadata.object import Object
from relata.engine.ui import desk, views
from relata.engine.ui.home import cards_of
from relata.engine.ui.making import may_make
from relata.engine.ui.values import record_href
from relata.engine.ui.views import SavedView
from relata.engine.workspace.branding import logo_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Action, NavGroup, NavItem, Shell

#: Preferences that only look, kept with the person and mirrored in cookies for the first paint: name -> allowed
#: values, the first one rules.
PREFERENCES = {
    "theme": ("auto", "light", "dark", "contrast"),
    "density": ("default", "compact", "comfortable"),
    "sidebar": ("wide", "narrow"),
}
_RTL = ("ar", "he", "fa", "ur")
#: So many places, beside the home page, stand in a phone's bottom bar.
PHONE_ITEMS = 3


def build(work: Workspace, csrf: str, cookies: Mapping[str, str], current: str, known: str = "") -> Shell:
    """The shell for whoever is at work. known: the mark of the frame that the browser shows."""
    chosen = {name: _chosen(work, name, cookies, values) for name, values in PREFERENCES.items()}
    objects = navigable(work)
    logo = logo_of(work.context)
    shell = Shell(
        workspace=work.settings.name,
        person=work.actor.name,
        person_id=str(work.actor.user),
        email="",
        csrf=csrf,
        navigation=_navigation(work, current),
        create=tuple(_create(one) for one in objects if may_make(work, one)),
        notifications="/notifications" if "notification" in work.registry.objects else "",
        language=work.actor.locale,
        direction="rtl" if work.actor.locale.startswith(_RTL) else "ltr",
        theme=chosen["theme"],
        density=chosen["density"],
        sidebar=chosen["sidebar"],
        logo=f"/logo?{logo.version}" if logo else "",
        accent=work.settings.accent,
        shortcuts=work.actor.preferences.shortcuts,
    )
    mark = _mark(shell)
    return msgspec.structs.replace(shell, mark=mark, stands=mark == known)


def _mark(shell: Shell) -> str:
    """What tells this frame from another one, wherever in it one is."""
    groups = [
        (group.label, group.key, group.closed, [msgspec.structs.replace(item, current=False) for item in group.items])
        for group in shell.navigation
    ]
    rest = msgspec.structs.replace(shell, navigation=(), csrf="")
    return blake2s(msgspec.json.encode((__version__, groups, rest)), digest_size=12).hexdigest()


def navigable(work: Workspace) -> list[Object]:
    """The objects of the side bar that this person may read, in the order of the modules; a workspace's own come
    last."""
    found = [one for one in work.registry.objects.values() if one.nav and work.actor.rights.level(one, "read")]
    modules = work.registry.modules
    return sorted(found, key=lambda one: modules[one.module].position if one.module in modules else 1000)


def places(work: Workspace, current: str) -> tuple[NavGroup, ...]:
    """Everything that the side bar may hold, in the person's order, also what they have hidden."""
    mine = desk.remembered(work).sidebar
    groups: dict[str, NavGroup] = {}
    for key, label, items in _grouped(work, current):
        keys = desk.arranged([item.key for item in items], mine.order)
        known = {item.key: item for item in items}
        groups[key] = NavGroup(
            items=tuple(known[one] for one in keys), label=label, key=key, closed=key in mine.closed
        )  # fmt: skip
    return tuple(groups[key] for key in desk.arranged(groups, mine.groups))


def _navigation(work: Workspace, current: str) -> tuple[NavGroup, ...]:
    hidden = desk.remembered(work).sidebar.hidden
    home = NavItem(label=_("Home"), href="/", icon="house", current=current == "home", shortcut="g h", phone=True)
    first = [home]
    if any(card.snooze for card in cards_of(work)):
        first.append(NavItem(label=_("My day"), href="/my-day", icon="calendar-check", current=current == "my-day"))
    if work.context.holdable:  # something can wait for approval
        first.append(NavItem(
            label=_("Approvals"), href="/approvals", icon="badge-check", current=current == "approvals", shortcut="g v",
        ))  # fmt: skip
    if matched_objects(work):
        first.append(NavItem(label=_("Duplicates"), href="/duplicates", icon="copy", current=current == "duplicates"))
    found = [NavGroup(items=tuple(first))]
    for group in places(work, current):
        items = tuple(item for item in group.items if item.key not in hidden)
        found += [msgspec.structs.replace(group, items=items)] if items else []
    return _for_phones(tuple(found))


def _for_phones(groups: tuple[NavGroup, ...]) -> tuple[NavGroup, ...]:
    """The first places after the home page stand in a phone's bottom bar."""
    left = PHONE_ITEMS
    found = []
    for group in groups:
        items = []
        for item in group.items:
            is_near = bool(item.key) and ":" not in item.key and left > 0
            left -= is_near
            items.append(msgspec.structs.replace(item, phone=item.phone or is_near))
        found.append(msgspec.structs.replace(group, items=tuple(items)))
    return tuple(found)


def _grouped(work: Workspace, current: str) -> list[tuple[str, str, list[NavItem]]]:
    """Key, label and items of each group, as shipped: what is kept at hand first, then the modules."""
    found = [
        ("favourites", _("Favourites"), _favourites(work)),
        ("pinned", _("Pinned"), _pinned(work, views.remembered(work).pinned)),
    ]
    groups: dict[str, tuple[str, list[NavItem]]] = {}
    taken = {"h", "n", "s", "v"}
    for one in navigable(work):
        letter = next((letter for letter in one.path if letter.isalpha() and letter not in taken), "")
        taken.add(letter)
        module = work.registry.modules.get(one.module)
        module = work.registry.modules.get(module.beside, module) if module else None
        item = NavItem(
            label=one.title_plural, href=f"/{one.path}", icon=one.icon, current=current == one.path,
            shortcut=f"g {letter}" if letter else "", key=one.name,
        )  # fmt: skip
        key, label = (module.name, module.title) if module else ("own", _("Your objects"))
        groups.setdefault(key, (label, []))[1].append(item)
    found += [(f"module:{key}", label, items) for key, (label, items) in groups.items()]
    return [group for group in found if group[2]]


def _favourites(work: Workspace) -> list[NavItem]:
    return [
        NavItem(
            label=hit.title or _("Untitled"), href=record_href(work.registry, hit.object, hit.id),
            icon=work.registry.get(hit.object).icon, key=f"favourite:{hit.id}",
        )
        for hit in desk.remembered(work).favourites
        if hit.object in work.registry.objects
    ]  # fmt: skip


def _pinned(work: Workspace, pinned: tuple[SavedView, ...]) -> list[NavItem]:
    """The person's pinned views; those of objects that they may no longer read stay away."""
    objects = {one.name: one for one in work.registry.objects.values() if work.actor.rights.level(one, "read")}
    items = []
    for view in pinned:
        if one := objects.get(view.object):
            place = "" if view.look.kind == "table" else f"/{view.look.kind}"
            href = f"/{one.path}{place}?view={view.id}"
            items.append(NavItem(label=view.name, href=href, icon=one.icon, key=f"view:{view.id}"))
    return items


def _create(one: Object) -> Action:
    return Action(label=one.title, icon=one.icon, href=f"/{one.path}/new")


def _chosen(work: Workspace, name: str, cookies: Mapping[str, str], values: tuple[str, ...]) -> str:
    """What the person chose on any browser, else what this one remembers."""
    return _allowed(getattr(work.actor.preferences, name, "") or cookies.get(f"relata_{name}"), values)


def _allowed(given: str | None, values: tuple[str, ...]) -> str:
    return given if given in values else values[0]
