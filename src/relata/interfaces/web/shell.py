"""The frame around every page: navigation, what can be made, the person's preferences."""

from __future__ import annotations

from collections.abc import Mapping

from relata.engine.metadata.object import Object
from relata.engine.ui import views
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
#: The first four objects stand in a phone's bottom bar.
PHONE_ITEMS = 3


def build(work: Workspace, csrf: str, cookies: Mapping[str, str], current: str) -> Shell:
    """The shell for whoever is at work."""
    chosen = {name: _chosen(work, name, cookies, values) for name, values in PREFERENCES.items()}
    objects = navigable(work)
    logo = logo_of(work.context)
    return Shell(
        workspace=work.settings.name,
        person=work.actor.name,
        person_id=str(work.actor.user),
        email="",
        csrf=csrf,
        navigation=_navigation(work, objects, current),
        create=tuple(_create(one) for one in objects if work.actor.rights.level(one, "create")),
        notifications="/notifications" if "notification" in work.registry.objects else "",
        language=work.actor.locale,
        direction="rtl" if work.actor.locale.startswith(_RTL) else "ltr",
        theme=chosen["theme"],
        density=chosen["density"],
        sidebar=chosen["sidebar"],
        logo=f"/logo?{logo.version}" if logo else "",
        shortcuts=work.actor.preferences.shortcuts,
    )


def navigable(work: Workspace) -> list[Object]:
    """The objects of the side bar that this person may read, in the order of the modules; a workspace's own come
    last."""
    found = [one for one in work.registry.objects.values() if one.nav and work.actor.rights.level(one, "read")]
    modules = work.registry.modules
    return sorted(found, key=lambda one: modules[one.module].position if one.module in modules else 1000)


def _navigation(work: Workspace, objects: list[Object], current: str) -> tuple[NavGroup, ...]:
    pinned = views.remembered(work).pinned
    home = NavItem(label=_("Home"), href="/", icon="house", current=current == "home", shortcut="g h", phone=True)
    groups: dict[str, list[NavItem]] = {}
    taken = {"h", "n", "s"}
    for position, one in enumerate(objects):
        letter = next((letter for letter in one.path if letter.isalpha() and letter not in taken), "")
        taken.add(letter)
        module = work.registry.modules.get(one.module)
        item = NavItem(
            label=one.title_plural, href=f"/{one.path}", icon=one.icon, current=current == one.path,
            shortcut=f"g {letter}" if letter else "", phone=position < PHONE_ITEMS,
        )  # fmt: skip
        groups.setdefault(module.title if module else _("Your objects"), []).append(item)
    first = (NavGroup(items=(home,)), *_pinned(work, pinned))
    return (*first, *(NavGroup(items=tuple(items), label=label) for label, items in groups.items()))


def _pinned(work: Workspace, pinned: tuple[SavedView, ...]) -> tuple[NavGroup, ...]:
    """The person's pinned views; those of objects that they may no longer read stay away."""
    objects = {one.name: one for one in work.registry.objects.values() if work.actor.rights.level(one, "read")}
    items = []
    for view in pinned:
        if one := objects.get(view.object):
            place = "" if view.look.kind == "table" else f"/{view.look.kind}"
            items.append(NavItem(label=view.name, href=f"/{one.path}{place}?view={view.id}", icon=one.icon))
    return (NavGroup(items=tuple(items), label=_("Pinned")),) if items else ()


def _create(one: Object) -> Action:
    return Action(label=one.title, icon=one.icon, href=f"/{one.path}/new")


def _chosen(work: Workspace, name: str, cookies: Mapping[str, str], values: tuple[str, ...]) -> str:
    """What the person chose on any browser, else what this one remembers."""
    return _allowed(getattr(work.actor.preferences, name, "") or cookies.get(f"relata_{name}"), values)


def _allowed(given: str | None, values: tuple[str, ...]) -> str:
    return given if given in values else values[0]
