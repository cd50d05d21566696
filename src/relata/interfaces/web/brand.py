"""Whose house it is, for people who are not signed in: the company's that has the installation to itself."""

from __future__ import annotations

import msgspec
from litestar import Response

from relata.engine.workspace.branding import logo_of
from relata.interfaces.web.ground import Web


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """logo: the address of the picture, or "" for Relata's own mark."""

    name: str = "Relata"
    accent: str = "petrol"
    logo: str = ""


async def brand(web: Web) -> Brand:
    """The only workspace's; with none or several, nobody's, since a stranger is not told who else is here."""
    keys = await web.door.keys()
    if len(keys) != 1:
        return Brand()
    context = await web.door.context(keys[0])
    logo = logo_of(context)
    return Brand(
        name=context.settings.name, accent=context.settings.accent, logo=f"/logo/house?{logo.version}" if logo else ""
    )


async def branded(web: Web, template: str, view: msgspec.Struct, *, status: int = 200) -> Response[bytes]:
    """A public page whose view has a `brand`, with that brand in it."""
    return web.page(None, template, msgspec.structs.replace(view, brand=await brand(web)), status=status)
