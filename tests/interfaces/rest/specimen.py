"""An object with a field of every type, a life-cycle, a formula, a roll-up and actions: what the API must cope with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.app.modules import discover
from relata.engine.metadata import fields as f
from relata.engine.metadata.module import Module, action
from relata.engine.metadata.object import Lifecycle, Object

PART = Object(
    "specimen_part",
    label="Part",
    plural="specimen_parts",
    help="A piece of a specimen.",
    fields=(
        f.Text("name", required=True, help="What it is called."),
        f.Link(
            "specimen", "specimen", required=True, reverse="parts", on_delete="cascade", help="What it is a piece of."
        ),
        f.Integer("weight", help="In grams."),
    ),
    access_parent="specimen",
)
SPECIMEN = Object(
    "specimen",
    label="Specimen",
    help="Something that has everything.",
    lifecycle=Lifecycle("state", "draft", {"draft": ("live",), "live": ("done",)}),
    fields=(
        f.Text("name", required=True, max_length=80, searchable=True, help="What it is called."),
        f.Text("code", unique=True, max_length=40, help="Its one and only code."),
        f.LongText("note", help="What is to be said of it."),
        f.RichText("story", help="The whole of it."),
        f.Boolean("is_good", help="Whether it is any good."),
        f.Json("extra", help="Anything else."),
        f.Integer("pieces", minimum=0, maximum=1000, help="How many."),
        f.DecimalField("length", places=3, help="In metres."),
        f.Percent("share", help="Of the whole."),
        f.AutoNumber("number", prefix="S-", help="Its number."),
        f.MoneyField("price", help="What it costs."),
        f.Date("born_on", help="When it began."),
        f.DateTime("seen_at", help="When it was last seen."),
        f.Duration("effort", help="How long it took."),
        f.Choice("kind", options=(f.Option("small"), f.Option("large")), help="Its kind."),
        f.Choice("state", options=(f.Option("draft"), f.Option("live"), f.Option("done")), help="How far it is."),
        f.MultiChoice("marks", options=(f.Option("red"), f.Option("blue")), help="Its colours."),
        f.Rating("stars", help="How it is liked."),
        f.Tags("words", help="Free words."),
        f.Emails("mails", help="Where to write."),
        f.Phones("phones", help="Where to call."),
        f.WebAddresses("pages", help="Where to look."),
        f.Address("place", help="Where it stands."),
        f.PersonName("keeper", help="Who keeps it."),
        f.GeoPoint("spot", help="Where on the globe."),
        f.Link("parent", "specimen", reverse="children", help="Where it comes from."),
        f.Links("friends", "specimen", reverse="befriended_by", help="What it goes with."),
        f.AnyLink("about", to_any=("account", "specimen"), reverse="specimens_about", help="What it is about."),
        f.User("tester", help="Who tries it."),
        f.Text("secret", sensitivity="secret", help="Nobody reads it again."),
        f.Formula("doubled", "pieces * 2", help="Twice as many."),
        f.RollUp("part_count", over="parts", function="count", help="How many parts."),
        f.RollUp("part_weight", over="parts", function="sum", field="weight", help="What the parts weigh."),
    ),
)  # fmt: skip


class Praise(msgspec.Struct, frozen=True):
    """words: what is said. stars: 1 to 5."""

    specimen: UUID
    words: str = ""
    stars: int = 5


class Retire(msgspec.Struct, frozen=True):
    """Take it out of use."""

    specimen: UUID


@action(Praise, on="specimen", label="Praise", help="Gives it stars.")
async def praise(work: Any, command: Praise) -> Any:
    """The specimen."""
    specimen = await work.get("specimen", command.specimen, lock=True)
    return await work.change(specimen, {"stars": command.stars, "note": command.words or None})


@action(Retire, on="specimen", label="Retire", help="Takes it out of use.", needs="specimens.retire")
async def retire(work: Any, command: Retire) -> None:
    """It goes to the bin."""
    await work.delete(("specimen", command.specimen))


MODULE = Module(
    "specimens",
    "Specimens",
    "For the tests of the API.",
    depends=("people", "parties"),
    objects=(SPECIMEN, PART),
    actions=(praise, retire),
    permissions={"specimens.retire": "Take specimens out of use."},
)


def modules() -> tuple[Module, ...]:
    """The engine's modules and parties: enough for every test here, and quick to set up."""
    return tuple(module for module in discover() if module.essential or module.name == "parties")
