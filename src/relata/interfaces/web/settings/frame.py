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
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.ground import Visit, Web, redirect

Refused = Invalid | Conflict
Form = Mapping[str, list[str]]

#: What was done, by the word in the address: nothing that somebody else could write into a link is ever shown.
DONE = {
    "saved": "Saved.",
    "created": "Created.",
    "deleted": "Deleted.",
    "invited": "The invitation is on its way.",
    "ended": "Ended.",
    "password": "Your password was changed; all other sessions ended.",
    "revoked": "Revoked.",
    "retired": "Retired.",
    "reset": "As shipped again.",
    "retried": "The job is back in the queue.",
    "taken_back": "Everything is where it was, but for what somebody changed since.",
    "converted": "The values were converted.",
    "factor": "Your second factor is on.",
    "removed": "Removed.",
    "locked": "The account is locked. Let the person in again under People.",
    "factors": "The second factors are gone. The person is told by mail.",
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the settings. needs: the permission without which it is not offered; `everyone` needs none."""

    label: str
    href: str
    icon: str
    help: str
    needs: str = ""
    current: bool = False


class PlaceGroup(msgspec.Struct, frozen=True):
    """Places with a heading."""

    label: str
    items: tuple[Place, ...]


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


_PERSONAL = (
    Place(
        label="Profile", href="/settings/profile", icon="circle-user", help="Your name, phone, language and time zone."
    ),
    Place(label="Password", href="/settings/password", icon="lock", help="Choose another password."),
    Place(
        label="Second factors",
        href="/settings/second-factors",
        icon="shield-check",
        help="A passkey or an app, beside your password.",
    ),
    Place(label="Sessions", href="/settings/sessions", icon="laptop", help="Where you are signed in."),
    Place(
        label="Preferences",
        href="/settings/appearance",
        icon="palette",
        help="Light or dark, formats of dates and numbers, where you start, keys.",
    ),
    Place(label="Notifications", href="/settings/notifications", icon="bell", help="Of what you are told, and how."),
    Place(label="API keys", href="/settings/keys", icon="key-round", help="Let programs work as you."),
    Place(
        label="Applications",
        href="/settings/applications",
        icon="plug",
        help="What you allowed to work for you, and your own.",
    ),
)
_WORKSPACE = (
    Place(
        label="General",
        href="/settings/general",
        icon="building-2",
        needs="manage_objects",
        help="Name, currency, region, time zone.",
    ),
    Place(
        label="People",
        href="/settings/people",
        icon="users",
        needs="manage_users",
        help="Who works here, invitations, roles.",
    ),
    Place(
        label="Teams", href="/settings/teams", icon="network", needs="manage_users", help="Teams and who leads them."
    ),
    Place(label="Roles", href="/settings/roles", icon="shield", needs="manage_roles", help="Who may see and do what."),
    Place(
        label="Sharing rules",
        href="/settings/sharing-rules",
        icon="share-2",
        needs="manage_roles",
        help="Open records to people by a condition.",
    ),
    Place(
        label="Objects and fields",
        href="/settings/objects",
        icon="boxes",
        needs="manage_objects",
        help="What you keep records of.",
    ),
    Place(
        label="Pipelines and stages",
        href="/settings/boards",
        icon="square-kanban",
        needs="manage_objects",
        help="The columns of boards: order, names, probability.",
    ),
    Place(
        label="Choice lists",
        href="/settings/choices",
        icon="list-checks",
        needs="manage_objects",
        help="What the fields with options offer.",
    ),
    Place(
        label="Modules",
        href="/settings/modules",
        icon="puzzle",
        needs="manage_objects",
        help="Switch parts of the product on and off.",
    ),
    Place(
        label="All API keys", href="/settings/all-keys", icon="key", needs="manage_keys", help="The keys of everybody."
    ),
    Place(
        label="All applications",
        href="/settings/all-applications",
        icon="blocks",
        needs="manage_keys",
        help="Applications that everybody here may allow something.",
    ),
    Place(
        label="Security",
        href="/settings/security",
        icon="shield-alert",
        needs="manage_users",
        help="What was unusual about how people come in.",
    ),
    Place(
        label="Coming in",
        href="/settings/coming-in",
        icon="log-in",
        needs="manage_roles",
        help="From which networks, and who needs a second factor.",
    ),
    Place(
        label="Sign-on",
        href="/settings/sign-on",
        icon="key-round",
        needs="manage_roles",
        help="Come in by your company's identity provider.",
    ),
    Place(
        label="Audit log",
        href="/settings/audit",
        icon="history",
        needs="see_audit",
        help="Everything that happened here.",
    ),
    Place(
        label="Jobs",
        href="/settings/jobs",
        icon="list-ordered",
        needs="see_audit",
        help="Background work: what waits, what failed, what recurs.",
    ),
    Place(
        label="Personal data",
        href="/settings/reads",
        icon="eye",
        needs="see_audit",
        help="Who read the personal values of whom.",
    ),
    Place(
        label="Health",
        href="/settings/health",
        icon="activity",
        needs="see_audit",
        help="The database, the queue and the disk.",
    ),
)


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
    here = next((one for one in (*_PERSONAL, *_WORKSPACE) if one.href == place), None)
    return {
        "shell": web.shell(request, work, "settings"),
        "title": title or (here.label if here else "Settings"),
        "intro": "" if title or here is None else here.help,
        "place": here.label if here and title else "",
        "groups": groups(work, place),
        "done": DONE.get(request.query_params.get("done", ""), ""),
        "error": general,
        "problems": tuple(one for one in words if one != general)[:20],
    }


def groups(work: Workspace, current: str) -> tuple[PlaceGroup, ...]:
    """The places that are of use to this person."""
    found = []
    for label, places in (("You", _PERSONAL), (work.settings.name, _WORKSPACE)):
        shown = tuple(
            msgspec.structs.replace(one, current=one.href == current)
            for one in places
            if work.actor.rights.permits(one.needs)
        )
        if shown:
            found.append(PlaceGroup(label, shown))
    return tuple(found)


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


def options(pairs: Iterable[tuple[str, str]], group: str = "") -> tuple[Option, ...]:
    """Things to choose from."""
    return tuple(Option(value=value, label=label, group=group) for value, label in pairs)


def identifier(label: str) -> str:
    """A name for what a person labelled: small letters, digits and single underscores, at most 40."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
