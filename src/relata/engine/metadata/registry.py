"""All objects, fields, relations and actions of one workspace, looked up by name; immutable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import AnyLink, Link, Links
from relata.engine.metadata.home_card import HomeCard
from relata.engine.metadata.layout import Layout, layout_name
from relata.engine.metadata.module import (
    Action,
    Consequence,
    Extension,
    Guard,
    Module,
    Placing,
    Reaction,
    Role,
    Schedule,
)
from relata.engine.metadata.object import Object
from relata.engine.metadata.wording import in_words, worded
from relata.foundation.errors import Bug, NotFound

#: Instead of an object's name in an action: every object that has assignment rules.
ASSIGNED = "*assigned"
#: Instead of an object's name in the event of a reaction: every object whose records are cases.
CASES = "*case"


class Relation(msgspec.Struct, frozen=True):
    """A related list: the children that point at a record. kind: `link`, `links` or `any`."""

    name: str
    label: str
    parent: str
    child: str
    field: str
    kind: str
    is_own: bool = False

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label, is_own=self.is_own)


@dataclass(frozen=True)
class Registry:
    """Built by `build`; a workspace's own definitions make a new one by `overlay.apply`.

    version: grows with each change of the workspace's definitions; caches are keyed by it. assigned: the objects that
    have assignment rules.
    """

    objects: Mapping[str, Object]
    modules: Mapping[str, Module] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    version: int = 0
    own_roles: Mapping[str, Role] | None = None
    assigned: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Workspaces of one process share it: what one of them changed in it would be there for all."""
        for name in ("objects", "modules", "layouts"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def get(self, name: str) -> Object:
        """The object of that name; NotFound for one that this workspace does not have."""
        found = self.objects.get(name)
        if found is None and not name:
            raise NotFound("Choose an object.", code="unknown_object")
        if found is None:
            raise NotFound(f"There is no object called {name[:60]}.", code="unknown_object")
        return found

    def by_path(self, path: str) -> Object:
        """The object whose plural name is `path`."""
        found = self._paths.get(path)
        if found is None:
            raise NotFound(f"There is no object called {path[:60]}.", code="unknown_object")
        return found

    @cached_property
    def _paths(self) -> dict[str, Object]:
        return {found.path: found for found in self.objects.values()}

    @cached_property
    def relations(self) -> Mapping[str, Mapping[str, Relation]]:
        """Related lists by parent object and name."""
        found: dict[str, dict[str, Relation]] = {name: {} for name in self.objects}
        for child in self.objects.values():
            for one in child.link_fields.values():
                for relation in _relations_of(child, one, self.objects):
                    if relation.name in found[relation.parent]:
                        raise Bug(f"{relation.parent} has two related lists called {relation.name}.")
                    found[relation.parent][relation.name] = relation
        return found

    @cached_property
    def access_parents(self) -> Mapping[str, tuple[str, ...]]:
        """By object, those whose records open its own (see `Object.access_parent`). Over an any-link these are all that
        it may name, but for objects which do the same, so that no line runs in a circle."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.objects.values():
            link = one.field(one.access_parent) if one.access_parent else None
            if isinstance(link, Link):
                found[one.name] = (link.to,)
            elif isinstance(link, AnyLink):
                named = link.to_any or tuple(self.objects)
                found[one.name] = tuple(name for name in named if name in self.objects and not self._is_loose(name))
        return found

    def _is_loose(self, name: str) -> bool:
        one = self.objects[name]
        return bool(one.access_parent) and isinstance(one.field(one.access_parent), AnyLink)

    @cached_property
    def access_children(self) -> Mapping[str, tuple[str, ...]]:
        """By object, those whose records inherit access from its own."""
        found: dict[str, list[str]] = {}
        for child, parents in self.access_parents.items():
            for parent in parents:
                found.setdefault(parent, []).append(child)
        return {parent: tuple(children) for parent, children in found.items()}

    def layout(self, name: str, roles: Iterable[str] = ()) -> Layout:
        """The layout of the first of these roles that has one, else the object's own, else one made from its first
        fields. It may name what is gone or hidden: screens ask `Workspace.layout`."""
        names = (*(layout_name(name, role) for role in roles), name)
        declared = next((self.layouts[one] for one in names if one in self.layouts), None)
        if declared:
            return declared
        found = self.get(name)
        shown = tuple(one.name for one in found.fields if one.name != found.title_field and not one.hidden)
        return Layout(name, columns=(*shown[:5], "owner"), order="-created_at", highlights=shown[:4])

    @cached_property
    def actions(self) -> Mapping[str, Mapping[str, Action]]:
        """Actions by object and name."""
        found: dict[str, dict[str, Action]] = {name: {} for name in self.objects}
        for module in self.modules.values():
            for one in module.actions:
                if one.object != ASSIGNED:
                    found.setdefault(one.object, {})[one.name] = one
        for one in (one for module in self.modules.values() for one in module.actions if one.object == ASSIGNED):
            for name in sorted(self.assigned & found.keys()):  # behind the object's own, which are offered first
                found[name][one.name] = bound(one, name)
        return found

    @cached_property
    def placing(self) -> tuple[Placing, ...]:
        """What gives new records to somebody."""
        return tuple(module.placing for module in self.modules.values() if module.placing is not None)

    @cached_property
    def guards(self) -> Mapping[str, tuple[Guard, ...]]:
        """Guards by object, in the order of the modules."""
        found: dict[str, list[Guard]] = {}
        for module in self.modules.values():
            for guard in module.guards:
                found.setdefault(guard.object, []).append(guard)
        return {name: tuple(guards) for name, guards in found.items()}

    @cached_property
    def consequences(self) -> Mapping[str, tuple[Consequence, ...]]:
        """Consequences by object, in the order of the modules."""
        found: dict[str, list[Consequence]] = {}
        for module in self.modules.values():
            for one in module.consequences:
                found.setdefault(one.object, []).append(one)
        return {name: tuple(ones) for name, ones in found.items()}

    @property
    def roles(self) -> Mapping[str, Role]:
        """The roles of this workspace by name."""
        return self.shipped_roles if self.own_roles is None else self.own_roles

    @cached_property
    def shipped_roles(self) -> Mapping[str, Role]:
        """The roles that modules ship; a role named twice has its grants joined."""
        found: dict[str, Role] = {}
        for module in self.modules.values():
            for role in module.roles:
                known = found.get(role.name)
                found[role.name] = role if known is None else _joined(known, role)
        return found

    @cached_property
    def home_cards(self) -> tuple[HomeCard, ...]:
        """The cards of the home page, in the order of the modules."""
        modules = sorted(self.modules.values(), key=lambda module: -module.position)
        return tuple(card for module in modules for card in module.home if card.object in self.objects)

    @cached_property
    def cases(self) -> tuple[Object, ...]:
        """The objects whose records are cases (see `Object.case`), as far as they still link to a customer."""
        return tuple(
            one
            for one in self.objects.values()
            if one.case is not None and isinstance(one.field(one.case.account), Link)
        )

    @cached_property
    def reactions(self) -> tuple[Reaction, ...]:
        """All reactions of the modules that are on; one to cases stands once for each object of them."""
        found: list[Reaction] = []
        for one in (one for module in self.modules.values() for one in module.reactions):
            what, _, verb = one.event.partition(".")
            if what == CASES:
                found += [
                    replace(one, event=f"{each.name}.{verb}", name=f"{one.name}_{each.name}") for each in self.cases
                ]
            else:
                found.append(one)
        return tuple(found)

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """All schedules of the modules that are on."""
        return tuple(one for module in self.modules.values() for one in module.schedules)


def build(modules: Iterable[Module], *, version: int = 0) -> Registry:
    """A registry of these modules, which must include what they depend on. Bug names what does not fit together."""
    ordered = order_modules(modules)
    objects: dict[str, Object] = {}
    for module in ordered:
        for one in module.objects:
            if one.name in objects:
                raise Bug(f"Two modules declare the object {one.name}.")
            objects[one.name] = msgspec.structs.replace(one, module=module.name)
    for module in ordered:
        for extension in module.extensions:
            base = objects[extension.object]
            objects[base.name] = msgspec.structs.replace(base, fields=(*base.fields, *extension.fields))
    layouts = {layout.object: layout for module in ordered for layout in module.layouts}
    for module in ordered:
        for extension in module.extensions:
            if extension.object in layouts:
                layouts[extension.object] = _extended(layouts[extension.object], extension)
    registry = Registry(objects, {module.name: module for module in ordered}, layouts, version)
    check(registry)
    return registry


def bound(one: Action, object_name: str) -> Action:
    """An action of many objects as one object's own: its command names the record by the object's name."""
    return replace(one, object=object_name, command=_command(one.command, object_name))


@lru_cache(maxsize=1024)
def _command(command: type[msgspec.Struct], object_name: str) -> type[msgspec.Struct]:
    return msgspec.defstruct(command.__name__, [(object_name, UUID)], bases=(command,), frozen=True)


def _extended(layout: Layout, extension: Extension) -> Layout:
    return msgspec.structs.replace(
        layout,
        highlights=(*layout.highlights, *extension.highlights),
        sections=(*layout.sections, *extension.sections),
        tabs=(*layout.tabs, *extension.tabs),
    )


def order_modules(modules: Iterable[Module]) -> list[Module]:
    """Dependencies first; Bug for one that is missing or a circle."""
    waiting = {module.name: module for module in modules}
    ordered: dict[str, Module] = {}
    while waiting:
        ready = [module for module in waiting.values() if all(name in ordered for name in module.depends)]
        if not ready:
            raise Bug(f"These modules miss what they depend on: {', '.join(sorted(waiting))}.")
        for module in ready:
            ordered[module.name] = waiting.pop(module.name)
    return list(ordered.values())


def check(registry: Registry) -> None:
    """Bug if a link, title, layout or access parent names something that is not there."""
    for one in registry.objects.values():
        names = [found.name for found in one.fields]
        if len(names) != len(set(names)):
            raise Bug(f"{one.name} declares a field twice.")
        for found in one.fields:
            if isinstance(found, (Link, Links)) and found.to not in registry.objects:
                raise Bug(f"{one.name}.{found.name} links to {found.to}, which does not exist.")
        if one.title_field not in one.all_fields:
            raise Bug(f"{one.name} has no field {one.title_field} to be its title.")
        if one.access_parent and not isinstance(one.field(one.access_parent), (Link, AnyLink)):
            raise Bug(f"{one.name} takes access from {one.access_parent}, which is no link.")
    _ = registry.relations


def _relations_of(child: Object, one: Link | Links | AnyLink, objects: Mapping[str, Object]) -> Iterator[Relation]:
    """One for each object that the link may lead to; of an any-link that may be all of them."""
    name = (one.reverse or child.path).replace("{plural}", child.path)
    label = one.reverse_label or (child.plural_label if not one.reverse else "") or in_words(name)
    kind = "any" if isinstance(one, AnyLink) else "links" if isinstance(one, Links) else "link"
    targets = (one.to_any or objects) if isinstance(one, AnyLink) else (one.to,)
    for target in targets:
        if target in objects:
            yield Relation(name, label, target, child.name, one.name, kind, child.custom or one.custom)


def _joined(known: Role, other: Role) -> Role:
    return msgspec.structs.replace(
        known,
        label=known.label or other.label,
        help=known.help or other.help,
        grants={**known.grants, **other.grants},
        permissions=tuple(dict.fromkeys((*known.permissions, *other.permissions))),
    )
