"""What a module declares. Every part is optional; wiring collects modules, nothing else knows their names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from relata.engine.metadata.fields import AnyField
from relata.engine.metadata.grant import Grant as Grant
from relata.engine.metadata.home_card import HomeCard
from relata.engine.metadata.layout import Layout, Section, Tab
from relata.engine.metadata.object import Object
from relata.engine.metadata.packed import PackedDefinition, PackedRecords
from relata.engine.metadata.wording import in_words, worded


class Extension(msgspec.Struct, frozen=True, omit_defaults=True):
    """Fields that a module adds to another module's object, and where its layout shows them: as key facts, as sections
    after the object's own, on tabs of their own. A layout that does not exist is not made."""

    object: str
    fields: tuple[AnyField, ...]
    highlights: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    tabs: tuple[Tab, ...] = ()


class Role(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rights with a name. grants: by object name; `*` is every object without an entry of its own. permissions: names
    of actions' needs and of administrative rights; `*` is all of them. alone: what everyone may do (`Object.everyone`)
    is not added, as for a key that was made narrow."""

    name: str
    label: str = ""
    help: str = ""
    grants: dict[str, Grant] = {}
    permissions: tuple[str, ...] = ()
    alone: bool = False

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label or in_words(self.name))

    @property
    def advice(self) -> str:
        """The help in the reader's language."""
        return worded(self.help)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record that an action could use: its id, its title, and why it is offered. is_likely: it is chosen at first."""

    value: str
    label: str
    note: str = ""
    is_likely: bool = False


#: A coroutine `(work, record)` -> suggestions by the name of the command's field.
Suggesting = Callable[[Any, Any], Awaitable[dict[str, Sequence[Suggestion]]]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do: one button, one endpoint, one command, one tool, one step of an automation.

    object: its name, or `registry.ASSIGNED` for every object that has assignment rules.
    command: a msgspec.Struct; its first field named like the object holds the record's id. perform: gather, decide,
    apply, announce. needs: the permission. offered: an expression over the record; the button shows while it is true.
    inputs: for fields of the command that are called otherwise than the record's: the field that lends label, help and
    choices, as `lost_reason` or, of another object, `deal_review.decided`. quiet: it stands in the menu, never in the
    bar. makes: for each object whose records it makes out of this one, which of its fields take which of the record's;
    administrators may add pairs. suggest: which existing records its dialog offers.
    """

    name: str
    object: str
    label: str
    help: str
    command: type[msgspec.Struct]
    perform: Callable[[Any, Any], Awaitable[Any]]
    needs: str = ""
    offered: str = ""
    icon: str = "play"
    inputs: dict[str, str] = field(default_factory=dict)
    quiet: bool = False
    makes: dict[str, dict[str, str]] = field(default_factory=dict)
    suggest: Suggesting | None = None

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label)

    @property
    def advice(self) -> str:
        """The help in the reader's language."""
        return worded(self.help)


def action(
    command: type[msgspec.Struct],
    *,
    on: str,
    label: str,
    help: str = "",
    needs: str = "",
    offered: str = "",
    icon: str = "play",
    inputs: dict[str, str] | None = None,
    makes: dict[str, dict[str, str]] | None = None,
    suggest: Suggesting | None = None,
) -> Callable[[Callable[[Any, Any], Awaitable[Any]]], Action]:
    """Declare the decorated coroutine `(work, command)` as an action; its name is the function's."""

    def declare(perform: Callable[[Any, Any], Awaitable[Any]]) -> Action:
        text = help or (perform.__doc__ or "").strip().split("\n")[0]
        return Action(
            perform.__name__, on, label, text, command, perform, needs, offered, icon, inputs or {}, makes=makes or {},
            suggest=suggest,
        )  # fmt: skip

    return declare


@dataclass(frozen=True, slots=True)
class Guard:
    """A module's word in every write of an object, before it is stored. check: a coroutine `(work, draft)` that may
    set derived values on the draft or raise; it runs after types are valid and before validation rules."""

    object: str
    check: Callable[[Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a module writes together with records of an object, in the same transaction, such as the sum of a deal's
    lines. follow: a coroutine (work, written) with every right, right after the records are stored; `written` are
    `workspace.consequences.Written`, one for each record of the write. What must hold only in the end, over several
    writes, it leaves to `Workspace.before_commit`."""

    object: str
    follow: Callable[[Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happens when something was announced. event: an event's name, or `object.created|changed|deleted|restored`.
    react: a coroutine `(work, event)`, run by a worker at least once, in a transaction of its own."""

    event: str
    name: str
    react: Callable[[Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that recurs. cron: five fields, UTC. run: a coroutine `(work)`, once per workspace."""

    name: str
    cron: str
    run: Callable[[Any], Awaitable[None]]
    help: str = ""


#: A coroutine `(work, drafts)` that may set the owner and team of new records, all of one write at once, just before
#: they are stored. It gives back what is to be called when they are, or None.
Placing = Callable[[Any, Sequence[Any]], Awaitable[Callable[[], Awaitable[None]] | None]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A card beside a record's page that a module fills, such as what speaks against a deal. gather: a coroutine
    (work, record) -> sequence of `engine.ui.panels.PanelItem`, read when the page is there already; without items the
    card does not show. tab: the title of the layout's tab on which it stands; beside the page where there is none."""

    object: str
    name: str
    label: str
    icon: str
    gather: Callable[[Any, Any], Awaitable[Any]]
    tab: str = ""

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label)


@dataclass(frozen=True, slots=True)
class Module:
    """One folder under `modules/`. depends: names of the modules that must be on. seed: a coroutine `(work)` that makes
    what a new workspace needs (pipelines, stages); it may run twice. demo: its part of the demo company. position:
    where its objects stand in the side bar, the smallest first; beside: the module in whose group they stand, "" for
    one of their own. essential: it can't be switched off. home: its cards on the home page. flows: the folder with its
    templates of flows. reports, dashboards, metrics: `reporting.reports.shipped.ShippedReport`,
    `reporting.dashboards.shipped.Shipped`, `reporting.metrics.metric.Metric`. placing: gives new records of objects
    with assignment rules to somebody; see `Placing`. packed: what it adds to packages of the configuration."""

    name: str
    label: str
    help: str
    depends: tuple[str, ...] = ()
    objects: tuple[Object, ...] = ()
    extensions: tuple[Extension, ...] = ()
    layouts: tuple[Layout, ...] = ()
    roles: tuple[Role, ...] = ()
    actions: tuple[Action, ...] = ()
    guards: tuple[Guard, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    permissions: dict[str, str] = field(default_factory=dict)
    pages: tuple[Any, ...] = ()
    panels: tuple[Panel, ...] = ()
    home: tuple[HomeCard, ...] = ()
    position: int = 100
    beside: str = ""
    essential: bool = False
    resources: str = ""
    flows: str = ""
    reports: tuple[Any, ...] = ()
    dashboards: tuple[Any, ...] = ()
    metrics: tuple[Any, ...] = ()
    seed: Callable[[Any], Awaitable[None]] | None = None
    demo: Callable[[Any], Awaitable[None]] | None = None
    placing: Placing | None = None
    packed: tuple[PackedDefinition | PackedRecords, ...] = ()

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label)

    @property
    def advice(self) -> str:
        """The help in the reader's language."""
        return worded(self.help)
