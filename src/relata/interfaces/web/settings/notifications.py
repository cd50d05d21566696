"""Of what one is told and how; and the page behind the link that ends the mails."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.collaboration.objects import SETTINGS
from relata.engine.collaboration.preferences import choose, own_preferences
from relata.engine.metadata.fields import Boolean, Choice, Integer
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.account import PublicView
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import push_devices
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of
from relata.interfaces.web.settings.push_devices import DeviceLine, devices

_PLACE = "/settings/notifications"
_FIELDS = {field.name: field for field in SETTINGS.fields if not field.read_only}
_KINDS = tuple(name for name, field in _FIELDS.items() if isinstance(field, Choice))
_TIMES = ("quiet_from", "quiet_until", "digest_hour")
_FOLLOWS = tuple(name for name, field in _FIELDS.items() if isinstance(field, Boolean))


class NotificationsPage(Page, frozen=True, kw_only=True):
    """The page's parts. push_key: as whom this installation speaks to push services; "" where it does not."""

    kinds: tuple[FormField, ...]
    times: tuple[FormField, ...]
    follows: tuple[FormField, ...]
    devices: tuple[DeviceLine, ...] = ()
    push_key: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            values = {**(await own_preferences(work)).values, **(_given(form) if form is not None else {})}
            errors = errors_of(error)

            def parts(names: tuple[str, ...]) -> tuple[FormField, ...]:
                return tuple(_input(name, values.get(name), errors.get(name, "")) for name in names)

            view = NotificationsPage(
                **frame(web, request, work, _PLACE, error=error, known=_FIELDS),
                kinds=parts(_KINDS), times=parts(_TIMES), follows=parts(_FOLLOWS),
                devices=await devices(work) if web.push_key else (), push_key=web.push_key,
            )  # fmt: skip
            return web.page(work, "web/settings/notifications.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            await choose(work, _given(form))
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, form, error)
        )

    @get("/stop-mails/{token:str}")
    async def ask(request: Visit, token: FromPath[str]) -> Response[bytes]:
        view = PublicView(title="", token=token)
        return web.page(None, "web/stop_mails.html", view)

    @post("/stop-mails/{token:str}")
    async def stop(request: Visit, token: FromPath[str]) -> Response[bytes]:
        if web.stop_mails is None:
            raise Expired("This link is not valid.", code="stop_link")
        await web.stop_mails(token)
        return web.page(None, "web/stop_mails.html", PublicView(title="", message="stopped"))

    return [page, save, ask, stop, *push_devices.routes(web)]


def _given(form: Form) -> dict[str, object]:
    found: dict[str, object] = {name: last(form, name) or None for name in (*_KINDS, *_TIMES)}
    return {**found, **{name: name in form for name in _FOLLOWS}}


def _input(name: str, value: object, error: str) -> FormField:
    field = _FIELDS[name]
    if isinstance(field, Choice):
        options = tuple(Option(value=one.value, label=one.title) for one in field.options)
        return FormField(
            name=name, label=field.title, kind="choice", value=value, options=options, help=field.advice, required=True
        )
    kind = "boolean" if isinstance(field, Boolean) else "integer" if isinstance(field, Integer) else "time"
    shown = bool(value) if kind == "boolean" else "" if value is None else value
    return FormField(name=name, label=field.title, kind=kind, value=shown, help=field.advice, error=error)
