"""The suite that every module inherits, in three lines:

    class TestSales(ModuleContract):
        module = MODULE

What needs a database (each page refuses a stranger) is tested for all modules at once.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from relata.app.modules import discover, with_dependencies
from relata.engine.access.rights import PERMISSIONS
from relata.engine.formula import BOOLEAN
from relata.engine.metadata.fields import AnyLink, Choice, Field, Formula, Link, Links, MultiChoice, RollUp
from relata.engine.metadata.layout import Layout
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import IDENTIFIER, RESERVED
from relata.engine.metadata.registry import Registry, build
from relata.engine.rules.checks import check_entry, check_rule
from relata.testing.icons import is_icon
from relata.testing.words import (
    LEVELS_OF_FIELDS,
    LEVELS_OF_RIGHTS,
    defaults_that_do_not_parse,
    fields_of_grant,
    is_own_condition,
    is_sentence,
    unknown_path,
    wrong_expression,
)

MOST_FIELDS_ON_A_CARD = 6


class ModuleContract:
    """Tests about one module's declarations. Each reports everything that is wrong, not the first thing."""

    module: ClassVar[Module]

    @pytest.fixture(scope="class")
    @classmethod
    def registry(cls) -> Registry:
        """The module with what it depends on, and nothing else."""
        return build(with_dependencies(cls.module, discover()))

    def own(self, registry: Registry) -> list[Object]:
        """The module's objects as the registry has them."""
        return [registry.get(one.name) for one in self.module.objects]

    def own_fields(self) -> list[tuple[str, Field]]:
        """The module's own fields and those it adds elsewhere, each with its object's name."""
        found: list[tuple[str, Field]] = [(one.name, field) for one in self.module.objects for field in one.fields]
        found += [(extension.object, field) for extension in self.module.extensions for field in extension.fields]
        return found

    def layouts(self, registry: Registry) -> list[Layout]:
        """The layouts that the module declares or extends."""
        names = [layout.object for layout in self.module.layouts]
        names += [extension.object for extension in self.module.extensions]
        return [registry.layouts[name] for name in dict.fromkeys(names) if name in registry.layouts]

    # Names and words

    def test_names_are_identifiers(self) -> None:
        names = [name for one in self.module.objects for name in (one.name, one.path)]
        names += [field.name for _, field in self.own_fields()]
        names += [action.name for action in self.module.actions] + [role.name for role in self.module.roles]
        assert [name for name in names if not IDENTIFIER.match(name)] == []

    def test_no_name_is_reserved(self) -> None:
        names = [name for one in self.module.objects for name in (one.name, one.path)]
        names += [field.name for _, field in self.own_fields()]
        assert [name for name in names if name in RESERVED] == []

    def test_plural_differs_from_name(self) -> None:
        assert [one.name for one in self.module.objects if one.path == one.name] == []

    def test_actions_are_named_verb_noun_after_their_command(self) -> None:
        commands = {action.name: action.command.__name__ for action in self.module.actions}
        assert {name: name.title().replace("_", "") for name in commands} == commands

    def test_everything_has_help(self) -> None:
        words = {self.module.name: self.module.help}
        words |= {one.name: one.help for one in self.module.objects}
        words |= {f"{name}.{field.name}": field.help for name, field in self.own_fields()}
        words |= {action.name: action.help for action in self.module.actions}
        words |= self.module.permissions
        assert [name for name, text in words.items() if not is_sentence(text)] == []

    def test_icons_exist(self) -> None:
        icons = {one.name: one.icon for one in self.module.objects} | {
            one.name: one.icon for one in self.module.actions
        }
        assert {name: icon for name, icon in icons.items() if not is_icon(icon)} == {}

    def test_readme_tells_what_the_module_is_about(self) -> None:
        source = inspect.getsourcefile(sys.modules[type(self).__module__])
        assert source is not None
        readme = Path(source).parents[1] / "README.md"
        assert len(readme.read_text(encoding="utf-8").split()) > 50

    # Fields

    def test_relations_lead_somewhere(self, registry: Registry) -> None:
        targets = [field.to for _, field in self.own_fields() if isinstance(field, (Link, Links))]
        targets += [name for _, field in self.own_fields() if isinstance(field, AnyLink) for name in field.to_any]
        assert [name for name in targets if name not in registry.objects] == []

    def test_related_lists_and_fields_do_not_share_a_name(self, registry: Registry) -> None:
        shared = {one.name: registry.relations[one.name].keys() & one.all_fields.keys() for one in self.own(registry)}
        assert {name: names for name, names in shared.items() if names} == {}

    def test_choices_have_options_without_repeats(self) -> None:
        choices = [(field, Counter(option.value for option in field.options)) for field in self._choices()]
        assert [field.name for field, values in choices if not values or max(values.values()) > 1] == []

    def test_defaults_are_valid_values(self) -> None:
        assert defaults_that_do_not_parse(self.own_fields()) == []

    def test_roll_ups_name_a_related_list_and_a_field_of_it(self, registry: Registry) -> None:
        wrong = []
        for name, field in self.own_fields():
            if isinstance(field, RollUp):
                relation = registry.relations[name].get(field.over)
                child = registry.get(relation.child) if relation else None
                summed = child.field(field.field) if child and field.field else None
                if child is None or (field.function != "count") != (summed is not None and summed.stored):
                    wrong.append(f"{name}.{field.name}")
        assert wrong == []

    def test_roll_ups_filter_by_the_childs_own_fields(self, registry: Registry) -> None:
        filtered = [(name, field) for name, field in self.own_fields() if isinstance(field, RollUp) and field.where]
        children = [(registry.get(registry.relations[name][field.over].child), field) for name, field in filtered]
        assert [field.name for child, field in children if not is_own_condition(registry, child, field.where)] == []

    def test_conditions_fit_their_objects(self, registry: Registry) -> None:
        conditions = [
            (name, text) for name, field in self.own_fields() for text in (field.visible, field.required_when)
        ]
        conditions += [
            (name, option.when) for name, field in self.own_fields() for option in getattr(field, "options", ())
        ]
        conditions += [(action.object, action.offered) for action in self.module.actions]
        conditions += [(one.object, part.visible) for one in self.layouts(registry) for part in one.sections]
        wrong = [wrong_expression(registry, registry.get(name), text, BOOLEAN) for name, text in conditions if text]
        assert [told for told in wrong if told] == []

    def test_rules_fit_their_objects(self, registry: Registry) -> None:
        for one in self.module.objects:
            for rule in one.rules:
                check_rule(registry, registry.get(one.name), rule)
            for entry in one.entries:
                check_entry(registry.get(one.name), entry)

    def test_formulas_fit_their_objects(self, registry: Registry) -> None:
        formulas = [(name, field.expression) for name, field in self.own_fields() if isinstance(field, Formula)]
        wrong = [wrong_expression(registry, registry.get(name), text) for name, text in formulas]
        assert [told for told in wrong if told] == []

    # Objects

    def test_lifecycles_run_over_existing_states(self) -> None:
        wrong = []
        for one in self.module.objects:
            if one.lifecycle:
                field = one.field(one.lifecycle.field)
                states = {option.value for option in field.options} if isinstance(field, Choice) else set()
                named = {one.lifecycle.initial, *one.lifecycle.starts, *one.lifecycle.moves}
                named |= {state for follow in one.lifecycle.moves.values() for state in follow}
                reached = {
                    one.lifecycle.initial,
                    *(state for follow in one.lifecycle.moves.values() for state in follow),
                }
                wrong += [f"{one.name}: {state}" for state in (named - states) | (states - reached)]
        assert wrong == []

    def test_matching_and_uniqueness_name_fields(self) -> None:
        named = [
            (one, name) for one in self.module.objects for group in (*one.match, *one.unique_together) for name in group
        ]
        assert [f"{one.name}.{name}" for one, name in named if one.field(name) is None] == []

    # Layouts

    def test_every_object_has_a_layout(self) -> None:
        declared = {layout.object for layout in self.module.layouts}
        assert {one.name for one in self.module.objects} - declared == set()

    def test_layouts_name_existing_fields(self, registry: Registry) -> None:
        wrong = []
        for layout in self.layouts(registry):
            one = registry.get(layout.object)
            board = layout.board
            paths = [*layout.columns, *layout.highlights, *layout.quick, *(order_of(layout.order))]
            paths += [name for section in layout.sections for name in section.fields]
            paths += [board.by, *board.card, board.total or board.by, board.within or board.by] if board else []
            wrong += [f"{one.name}: {path}" for path in paths if unknown_path(registry, one, path)]
        assert wrong == []

    def test_layouts_name_existing_related_lists(self, registry: Registry) -> None:
        named = [(layout.object, name) for layout in self.layouts(registry) for name in layout.related]
        assert [f"{parent}: {name}" for parent, name in named if name not in registry.relations[parent]] == []

    def test_no_section_shows_a_field_twice(self, registry: Registry) -> None:
        counted = {
            layout.object: Counter(name for section in layout.sections for name in section.fields)
            for layout in self.layouts(registry)
        }
        assert [
            f"{name}: {field}" for name, seen in counted.items() for field, times in seen.items() if times > 1
        ] == []

    def test_every_field_has_a_place_on_the_record_page(self, registry: Registry) -> None:
        shown = {
            layout.object: {n for section in layout.sections for n in section.fields}
            for layout in self.layouts(registry)
        }
        missing = [
            f"{name}.{field.name}"
            for name, field in self.own_fields()
            if field.name not in shown.get(name, {field.name})
        ]
        assert missing == []

    def test_boards_have_columns_and_small_cards(self, registry: Registry) -> None:
        boards = [(registry.get(layout.object), layout.board) for layout in self.layouts(registry) if layout.board]
        by = [(one, one.field(board.by)) for one, board in boards]
        assert [one.name for one, field in by if not isinstance(field, (Choice, Link))] == []
        assert [one.name for one, board in boards if len(board.card) > MOST_FIELDS_ON_A_CARD] == []

    # Actions and access

    def test_commands_name_their_record(self) -> None:
        firsts = {
            action.name: (msgspec.structs.fields(action.command)[0].name, action.object)
            for action in self.module.actions
        }
        assert {name: pair for name, pair in firsts.items() if pair[0] != pair[1]} == {}

    def test_actions_stand_on_existing_objects(self, registry: Registry) -> None:
        named = [action.object for action in self.module.actions] + [guard.object for guard in self.module.guards]
        assert [name for name in named if name not in registry.objects] == []

    def test_permissions_are_declared(self, registry: Registry) -> None:
        declared = {*PERMISSIONS, "*", *(name for one in registry.modules.values() for name in one.permissions)}
        named = [action.needs for action in self.module.actions if action.needs]
        named += [name for role in self.module.roles for name in role.permissions]
        assert [name for name in named if name not in declared] == []

    def test_roles_grant_what_exists(self, registry: Registry) -> None:
        wrong = []
        for role in self.module.roles:
            for name, grant in role.grants.items():
                levels = {grant.read, grant.create, grant.change, grant.delete}
                fields = fields_of_grant(registry, name, grant)
                known = (name == "*" or name in registry.objects) and levels <= LEVELS_OF_RIGHTS
                if not known or fields or not set(grant.fields.values()) <= LEVELS_OF_FIELDS:
                    wrong.append(f"{role.name}: {name}")
        assert wrong == []

    def _choices(self) -> list[Choice | MultiChoice]:
        return [field for _, field in self.own_fields() if isinstance(field, (Choice, MultiChoice))]


def order_of(order: str) -> list[str]:
    """The paths of a sort such as `-created_at,name`."""
    return [part.strip().lstrip("-") for part in order.split(",") if part.strip()]
