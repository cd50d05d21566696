"""The company's logo: a small picture, kept with the configuration so that it needs no file store."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cached_property

from relata.engine.files.media_types import SAFE_IMAGES, sniff
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, LimitReached, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

#: A logo is drawn at 22 to 64 pixels; more than this is a photograph.
MAX_BYTES = 150_000
_KIND, _NAME = "logo", "logo"


@dataclass(frozen=True)
class Logo:
    """media_type: of SAFE_IMAGES."""

    media_type: str
    data: bytes

    @cached_property
    def version(self) -> str:
        """Another one for another picture, so that browsers may keep it for ever."""
        return hashlib.sha256(self.data).hexdigest()[:16]


def logo_of(context: WorkspaceContext) -> Logo | None:
    """The logo of the workspace, decoded once per configuration."""
    found: Logo | bool = context.statements.get(("logo",), lambda: _decoded(context) or False)
    return found if isinstance(found, Logo) else None


def _decoded(context: WorkspaceContext) -> Logo | None:
    body = next((one.body for one in context.of_kind(_KIND)), None)
    if body is None or body.get("media_type") not in SAFE_IMAGES:
        return None
    try:
        return Logo(body["media_type"], base64.b64decode(str(body.get("data")), validate=True))
    except (binascii.Error, ValueError):
        return None


class Branding(Administering):
    """How the workspace shows itself, for one person who may manage objects."""

    async def set_logo(self, data: bytes) -> None:
        """Another logo. Invalid for what is no PNG, JPEG, GIF or WebP by its own bytes; LimitReached beyond
        MAX_BYTES."""
        context = await self._allowed("settings")
        if len(data) > MAX_BYTES:
            message = _("A logo has at most %(most)s kB.") % {"most": MAX_BYTES // 1000}
            raise LimitReached(message, field="logo", hint=_("Make it smaller, such as 128 by 128 pixels."))
        media_type = sniff(data[:4096], "logo")
        if media_type not in SAFE_IMAGES:
            raise Invalid(
                _("This is no picture that can be shown."), code="media_type", field="logo",
                hint=_("Choose a PNG, JPEG, GIF or WebP file."),
            )  # fmt: skip
        body = {"media_type": media_type, "data": base64.b64encode(data).decode()}
        await self._change(context, Logo(media_type, data), Definition(_KIND, _NAME, body))

    async def remove_logo(self) -> None:
        """Back to none; NotFound without one."""
        context = await self._allowed("settings")
        if logo_of(context) is None:
            raise NotFound(_("There is no logo."), code="unknown_definition")
        await self._change(context, None, None)

    async def _change(self, context: WorkspaceContext, logo: Logo | None, definition: Definition | None) -> None:
        """The log tells of the picture, and does not hold it."""
        before = logo_of(context)

        async def store(work: Workspace) -> None:
            connection, schema = work.unit.connection, context.schema
            if definition is None:
                await configure.remove(connection, schema, _KIND, _NAME)
            else:
                await configure.store(connection, schema, definition, work.actor.user)
            await work.log("_logo", new_id(), "configured", before=_told(before), after=_told(logo))

        await self._run(store)


def _told(logo: Logo | None) -> dict[str, str] | None:
    return (
        None if logo is None else {"media_type": logo.media_type, "bytes": str(len(logo.data)), "version": logo.version}
    )
