"""What roles, sharing rules and settings must keep to before they are stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relata.engine.access.rights import RIGHTS
from relata.engine.identity import keys
from relata.engine.identity.guards import is_language, is_zone
from relata.engine.metadata.module import Role
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import ACCENTS, Settings
from relata.engine.workspace.permissions import all_permissions
from relata.engine.workspace.sharing import SharingRule
from relata.foundation.errors import Conflict, Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.money import is_currency_code

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

LEVELS = ("none", "own", "team", "below", "all")
FIELD_LEVELS = ("none", "masked", "read", "write")
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_HOURS = re.compile(r"^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-4]):[0-5]\d)$")
_REGION = re.compile(r"^[A-Z]{2}$")


def check_name(kind: str, name: str) -> None:
    """Invalid unless a role or rule may be called so."""
    if kind != "layout" and not _NAME.match(name):
        raise Invalid.of(
            [
                Problem(
                    "identifier", _("This name can't be used."), "name", _("Use small letters, digits and underscores.")
                )
            ]
        )


def check_role(work: Workspace, role: Role) -> None:
    """Invalid for levels and permissions that do not exist; Denied for permissions that the actor lacks."""
    problems = []
    for name, grant in role.grants.items():
        words: list[tuple[str, str, tuple[str, ...]]] = [(right, getattr(grant, right), LEVELS) for right in RIGHTS]
        words += [(f"fields.{field}", level, FIELD_LEVELS) for field, level in grant.fields.items()]
        for place, word, known in words:
            if word not in known:
                problems.append(
                    Problem(
                        "unknown_choice",
                        _("There is no level %(level)s.") % {"level": repr(word[:40])},
                        f"grants.{name}.{place}",
                        _("One of: %(known)s.") % {"known": ", ".join(known)},
                    )
                )
    known_permissions = {*all_permissions(work), "*"}
    for permission in role.permissions:
        if permission not in known_permissions:
            problems.append(
                Problem(
                    "unknown_choice",
                    _("There is no permission %(permission)s.") % {"permission": repr(permission[:60])},
                    "permissions",
                )
            )
    if problems:
        raise Invalid.of(problems)
    beyond = [permission for permission in role.permissions if not work.actor.rights.permits(permission)]
    if beyond:
        raise Denied(
            _("A role can't permit more than you have yourself."), code="denied_role", hint=_("Ask an administrator.")
        )


async def check_principal(work: Workspace, rule: SharingRule) -> None:
    """Invalid unless the rule opens records to a person or team of this workspace, for reading or changing."""
    if rule.level not in ("read", "change"):
        raise Invalid.of(
            [Problem("unknown_choice", _("A rule is for reading or for changing."), "level", _("Send read or change."))]
        )
    space = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f'select 1 from {space}."user" where id = %(id)s union all select 1 from {space}.team where id = %(id)s',
        {"id": rule.principal},
    )
    if row is None:
        raise Invalid.of(
            [Problem("invalid_link", _("There is no such person or team."), "principal", _("Choose one of the list."))]
        )


async def end_role(work: Workspace, name: str) -> None:
    """Before a role goes: Conflict while people have it, unless a module's role of that name takes its place; keys that
    carry it end."""
    shipped = name in work.registry.shipped_roles
    row = await work.unit.connection.fetch_one(
        f'select count(*) from {quoted(work.context.schema)}."user" where %s = any(roles) and deleted_at is null',
        (name,),
    )
    if row and row[0] and not shipped:
        raise Conflict(
            _("%(row)s people have this role.") % {"row": row[0]},
            code="in_use",
            hint=_("Give them another role first."),
        )
    if not shipped:
        await keys.revoke_of_role(work.unit.connection, work.context.id, name)


def is_hours(text: str) -> bool:
    """Whether the text says from when until when, on one day, or is empty."""
    if not text:
        return True
    found = _HOURS.match(text)
    return found is not None and found[1] < found[2] <= "24:00"


def check_settings(settings: Settings) -> None:
    """Invalid with everything that would break dates, money or phone numbers."""
    wrong = [
        (
            not 0 < len(settings.name.strip()) <= 120 or "\x00" in settings.name,
            "name",
            "A workspace needs a name of at most 120 letters.",
        ),
        (not is_currency_code(settings.currency), "currency", "A currency is three capital letters, such as EUR."),
        (not _REGION.match(settings.region), "region", "A region is two capital letters, such as DE."),
        (not is_zone(settings.zone), "zone", "There is no such time zone; write it as Europe/Berlin."),
        (not is_language(settings.language), "language", "There is no such language; write it as en or de."),
        (not 0 <= settings.first_weekday <= 6, "first_weekday", "The first day of the week is 0 (Monday) to 6."),
        (not 1 <= settings.fiscal_month <= 12, "fiscal_month", "The year begins in month 1 to 12."),
    ]
    wrong.append((settings.accent not in ACCENTS, "accent", f"The colour is one of {', '.join(ACCENTS)}."))
    wrong.append((len(settings.hours) != 7, "hours", "A week has seven days."))
    wrong += [
        (not is_hours(hours), f"hours.{day}", "Working hours are written as 09:00-17:00; empty is a day off.")
        for day, hours in enumerate(settings.hours)
    ]
    problems = [Problem("invalid_value", message, field) for is_wrong, field, message in wrong if is_wrong]
    if problems:
        raise Invalid.of(problems)
