"""Every text that modules declare and people see, for the catalogues."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from relata.engine.metadata.fields import Field
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import SYSTEM_FIELDS, Object
from relata.engine.metadata.registry import build
from relata.engine.metadata.wording import in_words

#: Related lists that every object has on people and teams, one for each system field.
_EVERY = ("owned_", "team_", "created_", "changed_")


def texts_of(modules: Iterable[Module]) -> list[str]:
    """Labels and help of objects, fields, options, actions, roles, sections, cards and related lists, each once."""
    known = list(modules)
    found = [text for module in known for text in _of_module(module)]
    for field in SYSTEM_FIELDS:
        found += _of_field(field)
    for relations in build(known).relations.values():
        found += [one.label for one in relations.values() if not one.name.startswith(_EVERY)]
    return sorted({text for text in found if text})


def _of_module(module: Module) -> Iterator[str]:
    yield from (module.label, module.help, *module.permissions.values())
    for one in module.objects:
        yield from _of_object(one)
    for extension in module.extensions:
        for field in extension.fields:
            yield from _of_field(field)
        yield from (section.title for section in extension.sections)
        for tab in extension.tabs:
            yield from (tab.title, *(section.title for section in tab.sections))
    for layout in module.layouts:
        yield from (section.title for section in layout.all_sections)
        yield from (tab.title for tab in layout.tabs)
    for role in module.roles:
        yield from (role.label or in_words(role.name), role.help)
    for action in module.actions:
        yield from (action.label, action.help)
        yield from (in_words(asked.name) for asked in msgspec.structs.fields(action.command))
    for path in sorted(Path(module.flows).glob("*.toml")) if module.flows else ():
        template = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (template["label"], template["help"])
    yield from (panel.label for panel in module.panels)
    for card in module.home:
        yield from (card.label, card.empty, *(part.label for part in card.parts))
    for shipped in (*module.reports, *module.metrics, *module.dashboards):
        yield from (shipped.label, shipped.help)
        if isinstance(lack := getattr(shipped, "needs", ""), str):
            yield lack
        if hasattr(shipped, "definition"):
            yield from _of_report(shipped.definition)
    for board in module.dashboards:
        for tab in board.body.tabs:
            yield tab.label
            for one in tab.cards:
                yield from (one.title, one.text)
                yield from _of_report(one.definition) if one.definition is not None else ()


def _of_report(definition: Any) -> Iterator[str]:
    """Labels of its groups, figures and prompts."""
    parts = (*definition.rows, *definition.columns, *definition.measures, *definition.prompts)
    yield from (one.label for one in parts)


def _of_object(one: Object) -> Iterator[str]:
    yield from (one.label or in_words(one.name), one.plural_label or in_words(one.path), one.help, one.example)
    for field in one.fields:
        yield from _of_field(field)
    for rule in one.rules:
        yield from (rule.label or in_words(rule.name), rule.message)


def _of_field(field: Field) -> Iterator[str]:
    yield from (field.label or in_words(field.name), field.help)
    for option in getattr(field, "options", ()):
        yield option.label or in_words(option.value)
