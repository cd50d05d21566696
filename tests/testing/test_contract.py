"""The suite that modules inherit goes red where it should: each case breaks one declaration of the example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from relata.app.modules import discover, load, with_dependencies
from relata.engine.metadata.fields import Choice, Link, Option, RollUp, Text
from relata.engine.metadata.layout import Board
from relata.engine.metadata.module import Extension, Grant, Module, Role
from relata.engine.metadata.object import Lifecycle, Object
from relata.engine.metadata.registry import build
from relata.testing.contract import ModuleContract

EXAMPLE = load("_example")
GADGET = EXAMPLE.objects[0]
LAYOUT = EXAMPLE.layouts[0]
ACTION = EXAMPLE.actions[0]


def with_object(**values: Any) -> Module:
    """The example with another gadget."""
    return replace(EXAMPLE, objects=(msgspec.structs.replace(GADGET, **values),))


def with_field(*fields: Any) -> Module:
    """The example with further fields, which its layout shows."""
    names = tuple(field.name for field in fields)
    section = msgspec.structs.replace(LAYOUT.sections[0], fields=(*LAYOUT.sections[0].fields, *names))
    layout = msgspec.structs.replace(LAYOUT, sections=(section, *LAYOUT.sections[1:]))
    return replace(with_object(fields=(*GADGET.fields, *fields)), layouts=(layout,))


def with_layout(**values: Any) -> Module:
    """The example with another layout."""
    return replace(EXAMPLE, layouts=(msgspec.structs.replace(LAYOUT, **values),))


def with_action(**values: Any) -> Module:
    """The example with another action."""
    return replace(EXAMPLE, actions=(replace(ACTION, **values),))


class Unnamed(msgspec.Struct):
    """A command that does not say which record it means."""

    due_on: str


EMPTY = Object("empty", help="Has neither fields nor layout.", fields=(Text("name", help="What it is called."),))
GIFT = Text("gift", help="What came with it.")
BROKEN: dict[str, Module] = {
    "test_names_are_identifiers": with_object(plural="Gad__gets"),
    "test_no_name_is_reserved": with_object(plural="search"),
    "test_plural_differs_from_name": with_object(plural="gadget"),
    "test_actions_are_named_verb_noun_after_their_command": with_action(name="give_away"),
    "test_everything_has_help": with_object(help=""),
    "test_icons_exist": with_object(icon="No Such Icon"),
    "test_related_lists_and_fields_do_not_share_a_name": with_field(Text("tasks", help="Free words about it.")),
    "test_choices_have_options_without_repeats": with_field(
        Choice("size", help="How large it is.", options=(Option("small"), Option("small")))
    ),
    "test_defaults_are_valid_values": with_field(
        Choice("size", help="How large it is.", options=(Option("small"),), default="huge")
    ),
    "test_roll_ups_name_a_related_list_and_a_field_of_it": with_field(
        RollUp("work", over="tasks", function="sum", field="effort", help="Effort of its tasks.")
    ),
    "test_roll_ups_filter_by_the_childs_own_fields": with_field(
        RollUp("work", over="tasks", where='owner.name = "Ada"', help="Tasks that Ada has.")
    ),
    "test_conditions_fit_their_objects": with_action(offered='colour = "red"'),
    "test_formulas_fit_their_objects": with_object(
        fields=tuple(
            msgspec.structs.replace(field, expression="price + name") if field.name == "is_overdue" else field
            for field in GADGET.fields
        )
    ),
    "test_lifecycles_run_over_existing_states": with_object(
        lifecycle=Lifecycle("status", "on_shelf", {"lent": ("gone",)})
    ),
    "test_matching_and_uniqueness_name_fields": with_object(match=(("colour",),)),
    "test_every_object_has_a_layout": replace(EXAMPLE, objects=(GADGET, EMPTY)),
    "test_layouts_name_existing_fields": with_layout(columns=("colour",)),
    "test_layouts_name_existing_related_lists": with_layout(related=("siblings",)),
    "test_no_section_shows_a_field_twice": with_layout(sections=(LAYOUT.sections[0], *LAYOUT.sections)),
    "test_every_field_has_a_place_on_the_record_page": with_object(fields=(*GADGET.fields, GIFT)),
    "test_boards_have_columns_and_small_cards": with_layout(board=Board(by="price")),
    "test_commands_name_their_record": with_action(command=Unnamed),
    "test_actions_stand_on_existing_objects": with_action(object="dragon"),
    "test_permissions_are_declared": with_action(needs="fly"),
    "test_roles_grant_what_exists": replace(EXAMPLE, roles=(Role("keeper", grants={"dragon": Grant("all")}),)),
}


def suite_of(broken: Module) -> ModuleContract:
    """The suite for that module."""

    class Suite(ModuleContract):
        module = broken

    return Suite()


def run(test: Callable[..., None], module: Module) -> None:
    """One test of the suite, with the registry if it asks for it."""
    code = test.__func__.__code__  # type: ignore[attr-defined]
    needs_registry = "registry" in code.co_varnames[: code.co_argcount]
    test(build(with_dependencies(module, discover()))) if needs_registry else test()


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_declaration_is_noticed(name: str) -> None:
    with pytest.raises(AssertionError):
        run(getattr(suite_of(BROKEN[name]), name), BROKEN[name])


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_example_itself_is_in_order(name: str) -> None:
    run(getattr(suite_of(EXAMPLE), name), EXAMPLE)


def test_a_link_to_nowhere_is_noticed_by_the_registry() -> None:
    lost = with_field(Link("dragon", "dragon", help="The dragon that guards it."))
    with pytest.raises(Exception, match="dragon"):
        build(with_dependencies(lost, discover()))


def test_an_extension_is_the_modules_own() -> None:
    nameless = replace(EXAMPLE, extensions=(Extension("account", (Text("gift"),)),))
    with pytest.raises(AssertionError):
        run(suite_of(nameless).test_everything_has_help, nameless)
