"""What stands in a column that its declaration has left: a field was replaced by a better one, and the words that
people wrote into it are brought over once, when the workspace is migrated. The column stays, because the version before
may still be serving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.storage.planner import quoted

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def left_values(work: Workspace, what: str, object_name: str, column: str) -> dict[UUID, Any]:
    """The values of living records, the first time that this is asked as `what`; nothing afterwards, and nothing in a
    workspace that never had the column. The caller writes them to their new place in this transaction."""
    await work.settle()
    connection, schema = work.unit.connection, work.context.schema
    first = await connection.execute(
        f"insert into {quoted(schema)}._done (what) values (%s) on conflict do nothing", (what,)
    )
    one = work.registry.get(object_name)
    known = {own.name(field.name) for field in one.all_fields.values() if field.stored for own in field.columns()}
    there = await connection.fetch_one(
        "select 1 from information_schema.columns where table_schema = %s and table_name = %s and column_name = %s",
        (schema, one.name, column),
    )
    if not first or not there or column in known:
        return {}
    rows = await connection.fetch(
        f"select id, {quoted(column)} from {quoted(schema)}.{quoted(one.name)}"
        f" where {quoted(column)} is not null and deleted_at is null order by id"
    )
    return {row[0]: row[1] for row in rows}
