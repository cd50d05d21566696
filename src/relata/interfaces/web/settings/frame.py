"""What every page of the settings has: the places beside it, what was done, and how a form comes back with errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec
from litestar import Response

from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.places import PlaceGroup, groups, place_at

Refused = Invalid | Conflict
Form = Mapping[str, list[str]]

#: What was done, by the word in the address: nothing that somebody else could write into a link is ever shown.
DONE = {
    "saved": later("Saved."),
    "created": later("Created."),
    "deleted": later("Deleted."),
    "invited": later("The invitation is on its way."),
    "ended": later("Ended."),
    "password": later("Your password was changed; all other sessions ended."),
    "revoked": later("Revoked."),
    "retired": later("Retired."),
    "reset": later("As shipped again."),
    "retried": later("The job is back in the queue."),
    "taken_back": later("Everything is where it was, but for what somebody changed since."),
    "converted": later("The values were converted."),
    "factor": later("Your second factor is on."),
    "removed": later("Removed."),
    "holidays": later("The holidays are in the calendar."),
    "locked": later("The account is locked. Let the person in again under People."),
    "published": later("Published: it runs from now on."),
    "paused": later("Paused: nothing starts, and what is under way waits."),
    "resumed": later("On again."),
    "archived": later("Off: what is under way comes to its end."),
    "started": later("Started."),
    "rehearsing": later("The rehearsal is being made. You are told when it is ready."),
    "nothing": later("There was nothing left to run again."),
    "factors": later("The second factors are gone. The person is told by mail."),
}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What frame.html reads. place: the area that a page below it belongs to. error: what concerns no single field."""

    shell: Shell
    title: str
    intro: str = ""
    place: str = ""
    groups: tuple[PlaceGroup, ...]
    done: str = ""
    error: str = ""
    problems: tuple[str, ...] = ()


def frame(
    web: Web,
    request: Visit,
    work: Workspace,
    place: str,
    title: str = "",
    *,
    error: Refused | None = None,
    known: Iterable[str] = (),
) -> dict[str, Any]:
    """The values of a Page. place: the address of the area. known: names of the fields at which errors are shown."""
    at_fields = set(known)
    problems = [one for one in error.problems if one.field not in at_fields] if error else []
    words = tuple(f"{one.message} {one.hint or ''}".strip() for one in problems)
    general = f"{error.message} {error.hint or ''}".strip() if error and (problems or not error.problems) else ""
    here = place_at(place)
    return {
        "shell": web.shell(request, work, "settings"),
        "title": title or (_(here.label) if here else _("Settings")),
        "intro": "" if title or here is None else _(here.help),
        "place": _(here.label) if here and title else "",
        "groups": groups(work, place),
        "done": _(DONE[done]) if (done := request.query_params.get("done", "")) in DONE else "",
        "error": general,
        "problems": tuple(one for one in words if one != general)[:20],
    }


async def office(web: Web, request: Visit) -> Administration:
    """The configuration, as the person who sent the request."""
    credentials = web.person(request)
    assert credentials.workspace is not None
    return Administration(web.door, await web.door.key_of(credentials.workspace), credentials.user)


async def settled(
    attempt: Callable[[], Awaitable[str]], again: Callable[[Refused], Awaitable[Response[bytes]]]
) -> Response[bytes]:
    """On to where `attempt` says, or the form again with what is wrong."""
    try:
        return redirect(await attempt())
    except (Invalid, Conflict) as error:
        return await again(error)


def status_of(error: Refused | None) -> int:
    """The status of a page that shows this error."""
    return 200 if error is None else 422 if isinstance(error, Invalid) else 409


def errors_of(error: Refused | None) -> dict[str, str]:
    """What is wrong, by field."""
    if error is None:
        return {}
    found = {one.field: f"{one.message} {one.hint or ''}".strip() for one in error.problems if one.field}
    return found or ({error.field: f"{error.message} {error.hint or ''}".strip()} if error.field else {})


def last(form: Form, name: str) -> str:
    """One value of a form; "" where it has none."""
    return (form.get(name) or [""])[-1].strip()


def text(name: str, label: str, value: object = "", errors: Mapping[str, str] | None = None, **more: Any) -> FormField:
    """An input, with its error. kind: text unless said otherwise."""
    return FormField(name=name, label=label, value=value, error=(errors or {}).get(name, ""), **more)


def spoken(pairs: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    """Options whose labels were marked with `later`, in the reader's language."""
    return options((value, _(label)) for value, label in pairs)


def options(pairs: Iterable[tuple[str, str]], group: str = "") -> tuple[Option, ...]:
    """Things to choose from."""
    return tuple(Option(value=value, label=label, group=group) for value, label in pairs)


def identifier(label: str) -> str:
    """A name for what a person labelled: small letters, digits and single underscores, at most 40."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
