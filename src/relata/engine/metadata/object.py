"""An object: the thing that records are of. A built-in one and one made at run time are the same struct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import msgspec

from relata.engine.metadata.fields import (
    AnyField,
    AnyLink,
    AutoNumber,
    Choice,
    DateTime,
    Field,
    File,
    Integer,
    Json,
    Link,
    Links,
    MultiChoice,
    Text,
    User,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.metadata.wording import in_words, worded
from relata.foundation.errors import Bug
from relata.foundation.i18n import inline


class Lifecycle(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state machine on a choice field. moves: from a state to the states that may follow; a state without an entry
    is final. starts: states besides `initial` in which a record may be made, because it had a life elsewhere (an
    import,
    a call that is logged afterwards). It holds on every path: screen, API, bulk, import, merge, restore, automation."""

    field: str
    initial: str
    moves: dict[str, tuple[str, ...]]
    starts: tuple[str, ...] = ()

    def allows(self, before: str | None, after: str | None) -> bool:
        """Whether a record may go from `before` (None: it is new) to `after`."""
        if before is None:
            return after == self.initial or after in self.starts
        return before == after or after in self.moves.get(before, ())


class Happening(msgspec.Struct, frozen=True, omit_defaults=True):
    """That records of an object stand in the timeline of what they are about. moment: the field that says when. due:
    the day or moment by which it is to be done; open: an expression that is true while it is still to come. The first
    open one is the next step of what it is about. state: a choice that stands beside what it is. stands_for: a link;
    who may read its target is shown the target in its place. who: the field of the person who did it."""

    moment: str = "created_at"
    due: str = ""
    open: str = ""
    state: str = ""
    stands_for: str = ""
    who: str = "owner"


class Recurs(msgspec.Struct, frozen=True, omit_defaults=True):
    """That records of an object happen at a time and may repeat; each part names the field that holds it.

    rule: RFC 5545 text, empty for what happens once. zone: where it is at home on the clock. skipped, extra: JSON lists
    of moments that a series leaves out, or has besides. last: the end of the last occurrence, empty for what is endless
    or happens once. busy: people and things that it keeps busy, links or lists of links; free: a boolean, true where it
    does not. over: an expression for what does not take place. uid, sequence, series, original, place, text, link:
    fields of what calendars elsewhere are told, "" where there is none. move: the action that moves one of a series;
    its command has the fields at, to, until and scope. reply: the action that takes what a guest answered by mail; its
    command has the fields text and sender. invited: the action on an e-mail that answers what we are invited to; its
    command has the fields email, text and answer.
    """

    start: str
    end: str
    rule: str
    zone: str
    skipped: str
    extra: str
    last: str
    all_day: str = ""
    busy: tuple[str, ...] = ()
    free: str = ""
    over: str = ""
    move: str = ""
    uid: str = ""
    sequence: str = ""
    series: str = ""
    original: str = ""
    place: str = ""
    text: str = ""
    link: str = ""
    reply: str = ""
    invited: str = ""


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """That records of an object are cases: what a customer wants settled, whatever it is called. account: the link to
    the customer. open: an expression that is true until it is settled. urgent: one for those that weigh more, "" where
    none do. mood: a number from -1, angry, to 1, pleased, that tells how the customer feels; "" where nobody knows."""

    account: str
    open: str
    urgent: str = ""
    mood: str = ""


class Object(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """A kind of record.

    name: singular identifier, also the table. example: of one record, for who has none yet. plural: identifier in
    API paths and related lists. title_field: the field that stands for the record in links and search.
    access_parent: a link or any-link field; who may see its target may see the record. reference: read by everyone
    unless a role says otherwise (products, stages). nav: shown in the side bar. match: groups of fields; records
    that agree in all fields of one group may be the same thing. unique_together: real constraints over several
    fields. indexes: groups of fields by which large lists are divided and sorted together, such as the columns of a
    board. everyone: what every person may do with it at least, whatever their roles say, such as with their own
    notifications. personal: a role's `*` does not reach it, so that what people keep for themselves stays theirs.
    happening: it stands in timelines. recurs: it may repeat. retells: pairs of links, or `id` for the record
    itself: what happened with the second one stands in the timeline of the first one, too. by_hand: False for what
    only happens, such as a stay in a stage: no screen offers to make one. labels, plural_labels: what an
    administrator wrote for other languages, in pairs with the language. rules: what every record must keep to.
    entries: what must be filled in before a choice or link takes a value. case: they are cases, which say something
    about the relationship with their customer.
    """

    name: str
    label: str = ""
    plural: str = ""
    plural_label: str = ""
    help: str = ""
    example: str = ""
    icon: str = "box"
    colour: str = "grey"
    fields: tuple[AnyField, ...] = ()
    title_field: str = "name"
    access_parent: str = ""
    reference: bool = False
    nav: bool = True
    lifecycle: Lifecycle | None = None
    match: tuple[tuple[str, ...], ...] = ()
    unique_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    everyone: Grant | None = None
    happening: Happening | None = None
    recurs: Recurs | None = None
    retells: tuple[tuple[str, str], ...] = ()
    personal: bool = False
    by_hand: bool = True
    module: str = ""
    custom: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    plural_labels: tuple[tuple[str, str], ...] = ()
    rules: tuple[ValidationRule, ...] = ()
    entries: tuple[Entry, ...] = ()
    case: Case | None = None

    @property
    def title(self) -> str:
        """The label, or the name in words, in the reader's language."""
        return worded(self.label or in_words(self.name), self.labels, self.custom)

    @property
    def title_plural(self) -> str:
        """What a list of these is called, in the reader's language."""
        return worded(self.plural_label or in_words(self.path), self.plural_labels, self.custom)

    @property
    def advice(self) -> str:
        """The help in the reader's language."""
        return worded(self.help, is_own=self.custom)

    @property
    def instance(self) -> str:
        """The example in the reader's language."""
        return worded(self.example, is_own=self.custom)

    @property
    def noun(self) -> str:
        """`title` in the middle of a sentence."""
        return inline(self.title)

    @property
    def nouns(self) -> str:
        """`title_plural` in the middle of a sentence."""
        return inline(self.title_plural)

    @property
    def path(self) -> str:
        """The plural identifier."""
        return self.plural or f"{self.name}s"

    @cached_property
    def all_fields(self) -> Mapping[str, Field]:
        """Own fields and system fields by name, own ones first. Read only: workspaces share it."""
        return MappingProxyType({field.name: field for field in (*self.fields, *SYSTEM_FIELDS)})

    def field(self, name: str) -> Field | None:
        """The field of that name, system fields included."""
        return self.all_fields.get(name)

    def choice(self, name: str) -> Choice | MultiChoice:
        """The choice of that name, of one option or several; Bug where there is none, since who asks for it by name has
        declared it."""
        found = self.all_fields.get(name)
        if not isinstance(found, (Choice, MultiChoice)):
            raise Bug(f"{self.name} has no choice {name}.")
        return found

    @cached_property
    def value_readers(self) -> dict[tuple[str, ...], Callable[[Mapping[str, Any]], Any]]:
        """How paths are read from a record's values, kept by who reads them (`rules.own_values`)."""
        return {}

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        """Those that a caller must fill in; automatic numbers fill themselves."""
        return tuple(
            field
            for field in self.fields
            if field.required and (field.stored or isinstance(field, Links)) and not isinstance(field, AutoNumber)
        )

    @cached_property
    def choice_fields(self) -> tuple[Choice | MultiChoice, ...]:
        """Those whose options a write must check."""
        return tuple(field for field in self.fields if isinstance(field, (Choice, MultiChoice)))

    @cached_property
    def narrowed_choices(self) -> tuple[Choice | MultiChoice, ...]:
        """Those of which some options are no longer offered, or go with values of another choice alone."""
        return tuple(
            field for field in self.choice_fields if any(option.retired or option.only_for for option in field.options)
        )

    @cached_property
    def pair_fields(self) -> tuple[Links, ...]:
        """Many-to-many fields, kept in tables of pairs."""
        return tuple(field for field in self.fields if isinstance(field, Links))

    @cached_property
    def link_fields(self) -> dict[str, Link | Links | AnyLink]:
        """Whatever names other records, the system's own links included."""
        return {name: field for name, field in self.all_fields.items() if isinstance(field, (Link, Links, AnyLink))}

    @cached_property
    def file_fields(self) -> frozenset[str]:
        """Those that hold an uploaded file."""
        return frozenset(name for name, field in self.all_fields.items() if isinstance(field, File))

    @cached_property
    def sealed_fields(self) -> frozenset[str]:
        """Those whose values the log keeps under the record's key: personal ones, and long texts, which name people."""
        return frozenset(
            field.name
            for field in self.fields
            if field.stored
            and field.sensitivity != "secret"
            and (field.sensitivity == "personal" or field.type_name in ("long_text", "rich_text"))
        )

    @cached_property
    def personal_fields(self) -> tuple[str, ...]:
        """Those that are erased with the person, and whose reading is noted."""
        return tuple(field.name for field in self.fields if field.sensitivity == "personal")

    @cached_property
    def secret_fields(self) -> frozenset[str]:
        """Those whose values are encrypted at rest: secret texts and JSON."""
        return frozenset(
            field.name
            for field in self.fields
            if field.sensitivity == "secret"
            and (
                field.type_name in ("text", "long_text", "rich_text")
                or (isinstance(field, Json) and not field.kept_plain)
            )
        )

    @cached_property
    def number_fields(self) -> tuple[AutoNumber, ...]:
        """Automatic numbers."""
        return tuple(field for field in self.fields if isinstance(field, AutoNumber))


#: What every record has beside its id. `readers` and `writers` are columns without being fields (see engine/access).
SYSTEM_FIELDS: tuple[Field, ...] = (
    User("owner", label="Owner", help="Who looks after this record.", reverse="owned_{plural}"),
    Link("team", "team", label="Team", help="The team that this record belongs to.", reverse="team_{plural}"),
    DateTime("created_at", label="Created", help="When the record was made.", system=True, indexed=True),
    User("created_by", label="Created by", help="Who made the record.", system=True, reverse="created_{plural}"),
    Text("created_via", label="Created through", help="Form, API, import or automation.", system=True),
    DateTime("changed_at", label="Changed", help="When a value last changed.", system=True),
    User("changed_by", label="Changed by", help="Who last changed a value.", system=True, reverse="changed_{plural}"),
    Text("changed_via", label="Changed through", help="Form, API, import or automation.", system=True),
    Integer("version", label="Version", help="Counts the changes; guards against lost updates.", system=True),
    DateTime("deleted_at", label="Deleted", help="When the record went to the bin.", system=True),
)
