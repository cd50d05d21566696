"""One's own profile, and the workspace's languages and time zones to choose from."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace import people
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text

_PLACE = "/settings/profile"
_OWN = ("name", "title", "phone")
_LANGUAGES = "en en-GB de fr es it nl pt pt-BR pl cs sv da nb fi ja".split()


class FormPage(Page, frozen=True, kw_only=True):
    """A page that is one form. note: what is shown above it."""

    action: str
    submit: str
    fields: tuple[FormField, ...]
    cancel: str = ""
    note: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await people.own_record(work)
            view = FormPage(
                **frame(web, request, work, _PLACE, error=error, known=people.OWN_FIELDS),
                action=_PLACE,
                submit=_("Save profile"),
                note=_("You sign in as %(email)s.") % {"email": record["email"]} if record["email"] else "",
                fields=_fields(work, record, form, errors_of(error)),
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            record = await people.own_record(work)
            values = read_form([record.object.all_fields[name] for name in _OWN], form, zone=work.actor.zone)
            await people.change_profile(
                work, {**values, "language": last(form, "language"), "time_zone": last(form, "time_zone")}
            )
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, form, error)
        )

    return [page, save]


def _fields(work: Workspace, record: Record, form: Form | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    own = []
    for name in _OWN:
        value = record[name]
        if form is not None and name != "phone":
            value = last(form, name)
        field = record.object.all_fields[name]
        own.append(
            form_field(
                work.registry,
                field,
                value,
                {},
                currency=work.settings.currency,
                zone=work.actor.zone,
                error=errors.get(name, ""),
            )
        )
    language = last(form, "language") if form is not None else record["language"] or ""
    zone = last(form, "time_zone") if form is not None else record["time_zone"] or ""
    return (
        *own,
        text(
            "language",
            _("Language"),
            language,
            errors,
            kind="choice",
            options=languages(language),
            placeholder=_("As the workspace"),
            help=_("How dates and numbers are written."),
        ),
        text(
            "time_zone",
            _("Time zone"),
            zone,
            errors,
            kind="choice",
            options=zones(),
            placeholder=_("As the workspace (%(zone)s)") % {"zone": work.settings.zone},
        ),
    )


@cache
def zones() -> tuple[Option, ...]:
    """All time zones, by continent."""
    found = []
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area not in ("Etc", "SystemV", "posix", "right"):
            found.append(Option(value=name, label=place.replace("_", " "), group=area))
    return (Option(value="UTC", label="UTC", group=""), *found)


@cache
def languages(chosen: str = "") -> tuple[Option, ...]:
    """Languages under their own names; the chosen one is always among them."""
    tags = [*_LANGUAGES, *([chosen] if chosen and chosen not in _LANGUAGES else [])]
    return tuple(Option(value=tag, label=_called(tag)) for tag in tags)


def _called(tag: str) -> str:
    found = Locale.parse(tag.replace("-", "_")).get_display_name()
    return found[:1].upper() + found[1:] if found else tag
