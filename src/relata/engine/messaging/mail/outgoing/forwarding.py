"""A forwarded mail brings its files along, unless its writer leaves them behind; pictures in its text stay there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relata.engine.files.attachments import Attachment
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.storage.planner import quoted
from relata.engine.workspace import attached
from relata.engine.workspace.workspace import Workspace


async def forwarded_files(work: Workspace, mail: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The files of what a mail forwards, as far as the actor sees it; () where nothing is forwarded or brought."""
    if mail.get("manner") != "forward" or not mail.get("answers") or mail.get("leaves_files"):
        return ()
    found = await work.get_many(EMAIL, [mail["answers"]])
    if not found or not found[0]["has_attachments"]:
        return ()
    rows = await work.unit.connection.fetch(
        f"select file from {quoted(work.context.schema)}._mail_part where email = %s and inline", (found[0].id,)
    )
    inline = {file for (file,) in rows}
    return tuple(one for one in reversed(await attached.files_of(work, found[0])) if one.id not in inline)
