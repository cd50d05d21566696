"""What is asked for: which records, in which file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args

import msgspec

from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.exporting import restorable_paths
from relata.engine.transfer.packed_members import Inner
from relata.engine.ui.listing import ListState, shown_paths
from relata.engine.ui.sheets import Sheet
from relata.engine.workspace.lines import shape_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

Form = Literal["csv", "xlsx", "jsonl", "parquet", "zip"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}


class Wish(msgspec.Struct, frozen=True, omit_defaults=True):
    """where, order: texts. fields: paths; none for all that an import can bring back, for JSON lines all there are.
    is_shown: as a list on the screen shows them, names in place of ids. history: in a ZIP, what happened to the
    records, too. inner: in a ZIP, what its records are written as. as_on: the records as they were then."""

    object: str
    form: Form
    where: str = ""
    order: str = ""
    fields: tuple[str, ...] = ()
    deleted: bool = False
    is_shown: bool = False
    history: bool = False
    inner: Inner = "jsonl"
    as_on: datetime | None = None

    @property
    def state(self) -> ListState:
        """As the address of a list says it."""
        return ListState(self.where, self.order, deleted=self.deleted, as_on=self.as_on)


def query_of(wish: Wish) -> Query:
    """The question to the engine."""
    where = parse(wish.where) if wish.where else None
    order = parse_order(wish.order)
    return Query(wish.object, where, order, wish.fields, deleted=wish.deleted, as_on=wish.as_on)


def sheet_of(work: Workspace, wish: Wish) -> Sheet:
    """For spreadsheets and lists as they are shown."""
    one = work.readable_object(wish.object)
    columns = wish.fields or tuple(path for path in restorable_paths(work, one) if path != one.title_field)
    return Sheet(one.name, wish.state, None, columns)


async def check(work: Workspace, wish: Wish) -> Object:
    """The object. Denied without the permission to export, Invalid for what can't be asked."""
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    one = work.readable_object(wish.object)
    query = query_of(wish)
    if wish.is_shown:
        query = replace(query, fields=shown_paths(work, one, wish.fields))
    await shape_of(work, query)
    return one
