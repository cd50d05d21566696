"""One's own devices that show notifications: added by the browser itself, what each shows, removed; and the script that
browsers run for it."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.collaboration.push.letters import written
from relata.engine.collaboration.push.objects import DEVICE, DEVICE_OBJECT, add_device
from relata.engine.identity.browsers import device
from relata.engine.metadata.fields import MultiChoice
from relata.engine.workspace.secret_fields import reveal
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import last

_PLACE = "/settings/notifications"
WORKER, MANIFEST = "/push-worker.js", "/app.webmanifest"
_KINDS = next(one for one in DEVICE_OBJECT.fields if isinstance(one, MultiChoice))


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One device. mark: names its address without telling it, so that its browser knows its own row.
    shown: the kinds, in words."""

    id: str
    name: str
    mark: str
    shown: str
    kinds: FormField


async def devices(work: Workspace) -> tuple[DeviceLine, ...]:
    """Those of whoever is at work."""
    return tuple(
        DeviceLine(
            id=str(one.id), name=one["name"],
            mark=written(hashlib.sha256((reveal(one, "endpoint") or "").encode()).digest()),
            shown=", ".join(kind.title for kind in _KINDS.options if kind.value in (one["kinds"] or ())),
            kinds=FormField(
                name="kinds", label=_KINDS.title, kind="choices", value=tuple(one["kinds"] or ()),
                options=tuple(Option(value=kind.value, label=kind.title) for kind in _KINDS.options),
            ),
        )
        for one in await work.find(DEVICE, order="name", owner=work.actor.user)
    )  # fmt: skip


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this part."""

    async def then_page(request: Visit, done: str) -> Response[bytes]:
        return redirect(f"{_PLACE}?done={done}#devices", request)

    @post(f"{_PLACE}/devices")
    async def add(request: Visit) -> Response[bytes]:
        form = await posted(request)
        name = device(request.headers.get("user-agent", ""))

        async def change(work: Workspace) -> None:
            await add_device(work, name, last(form, "endpoint"), last(form, "public_key"), last(form, "auth"))

        await web.within(request, change, read_only=False)
        return await then_page(request, "saved")

    @post(f"{_PLACE}/devices/{{key:str}}")
    async def choose(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        which: UUID = record_id(key)
        kinds = [one for one in form.get("kinds", []) if one]
        await web.within(request, lambda work: work.change((DEVICE, which), {"kinds": kinds}), read_only=False)
        return await then_page(request, "saved")

    @post(f"{_PLACE}/devices/{{key:str}}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        which = record_id(key)
        await web.within(request, lambda work: work.delete((DEVICE, which)), read_only=False)
        return await then_page(request, "removed")

    @get(WORKER)
    async def worker(request: Visit) -> Response[bytes]:
        """From the root, since a worker serves what lies below its own address; looked for anew each time."""
        assets = web.assets
        file = assets.folder / assets.url("client/push-worker.ts").removeprefix(assets.base)
        headers = {"cache-control": "no-cache", "content-security-policy": "default-src 'none'"}
        return Response(file.read_bytes(), media_type="text/javascript", headers=headers)

    @get(MANIFEST)
    async def manifest(request: Visit) -> Response[bytes]:
        """What a phone needs to put Relata on its home screen; iPhones tell nothing to pages elsewhere."""
        assets = web.assets
        said = {
            "name": "Relata", "short_name": "Relata", "start_url": "/", "scope": "/", "display": "standalone",
            "icons": [{"src": assets.url("client/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }  # fmt: skip
        return Response(
            msgspec.json.encode(said), media_type="application/manifest+json", headers={"cache-control": "no-cache"}
        )

    return [add, choose, remove, worker, manifest]
