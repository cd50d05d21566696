"""Lists by title for those who see little of much: the scope is read from the index of the order.

Who sees a fiftieth of a million records finds fifty of them behind 2,500 others, or behind 30,000 where a filter leaves
one in twelve. Each of these was a row to be fetched from somewhere in the table. The index `sl__…` carries owner, team
and readers, so that others' records are passed over without a look at them (measured: 155 ms became 26). The planner
still chooses: the condition may have an index of its own that leaves fewer rows.

An index entry has room for 2,700 bytes. Rows with more readers or a longer title than `relata.slim` allows are a second
branch, merged with the first; there are hardly any (decision 34).
"""

from __future__ import annotations

from relata.engine.formula import Checked
from relata.engine.query.request import Order, Query
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, select_page
from relata.engine.storage.tables import Tables, sorted_in_scope


def serves(scope: FieldScope, query: Query) -> bool:
    """Whether the page is one of living records by title alone, for a narrow scope."""
    title = sorted_in_scope(scope.object)
    paths = [level.path for level in query.order]
    return title is not None and paths == [(title.name,)] and not query.deleted and scope.reader.is_narrow(scope.object)


def select(
    tables: Tables, scope: FieldScope, query: Query, where: Checked | None, *, cursor: bool, backwards: bool
) -> Compiled:
    """The same page as `select_page` makes for records with a title, in two ordered branches."""
    slim, others = (
        select_page(
            tables, scope, fields=query.fields, where=where, order=query.order, phase=0, cursor=cursor,
            backwards=backwards, deleted=False, slim=branch,
        )
        for branch in (True, False)
    )  # fmt: skip
    level: Order = query.order[0]
    direction = "desc" if level.descending != backwards else "asc"
    start = sum(cell.width for cell in slim.shape.cells)
    order = ", ".join(f"c{start + at} {direction}" for at in range(slim.sort))
    sql = (
        f"select * from (({slim.sql}) union all ({others.sql})) as rows order by {order} limit %(page_limit)s::integer"
    )
    return Compiled(sql, slim.params, slim.shape, slim.sort, slim.key_types)
