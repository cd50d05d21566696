"""What holds for people and teams on every path: who may decide about access, and that nobody decides about their own.

Whoever manages people can't make or unmake somebody who may do more than they may themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from relata.engine.identity import keys, memberships, sessions
from relata.engine.identity.oauth import grants
from relata.engine.metadata.module import Guard
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

MANAGE = "manage_users"
#: What of a person decides how far they get.
DECISIVE = ("roles", "status", "email", "is_external", "team")


async def check_user(work: Any, draft: Any) -> None:
    """Roles, status, address and team are for who manages people; never one's own roles or status."""
    _check_preferences(draft)
    if work.actor.rights.system:
        await _ended(work, draft)
        return
    touched = [name for name in DECISIVE if draft.changed(name)]
    if draft.is_new or touched:
        if not work.actor.rights.permits(MANAGE):
            raise Denied(
                _("Only who manages people may decide this."),
                code="denied_manage_users",
                hint=_("Ask an administrator."),
            )
        if not work.actor.is_fresh:
            raise Denied(
                _("Confirm that it is you first."),
                code="confirmation_needed",
                hint=_("Do it in the settings under People, which asks you."),
            )
        await check_still_decides(work)
        if draft.id == work.actor.user and {"roles", "status"} & set(touched):
            raise Denied(
                _("Nobody decides about their own roles."),
                code="denied_own_roles",
                hint=_("Ask another administrator."),
            )
        before, after = set(draft.old("roles") or ()), set(draft["roles"] or ())
        check_roles(work, before ^ after if "roles" in touched else (), after - before)
        if not draft.is_new and set(touched) & {"status", "email", "is_external"}:
            check_roles(work, before, ())
    await _ended(work, draft)


async def check_team(work: Any, draft: Any) -> None:
    """Access follows teams, so who leads one and what stands above it are for who manages people."""
    if work.actor.rights.system or work.actor.rights.permits(MANAGE):
        return
    if draft.is_new or draft.changed("manager") or draft.changed("parent"):
        raise Denied(
            _("Only who manages people may change teams."), code="denied_manage_users", hint=_("Ask an administrator.")
        )


async def check_removal(work: Any, record: Any) -> None:
    """People and teams are deleted by who manages people; nobody deletes themselves, or who may do more than they may.
    Who is deleted loses account's place here, sessions and keys in the same moment."""
    name = record.object.name
    if name not in ("user", "team"):
        return
    if not work.actor.rights.system:
        if not work.actor.rights.permits(MANAGE):
            raise Denied(
                _("Only who manages people may decide this."),
                code="denied_manage_users",
                hint=_("Ask an administrator."),
            )
        if record.id == work.actor.user:
            raise Denied(_("Nobody deletes themselves."), code="denied_own_roles", hint=_("Ask another administrator."))
        await check_still_decides(work)
        if name == "user":
            check_roles(work, record["roles"] or (), ())
    if name == "user":
        await memberships.leave(work.unit.connection, work.context.id, record.id)


async def check_still_decides(work: Any) -> None:
    """One decision about people at a time, by who may decide at this moment: of two administrators who take each
    other's rights away at once, one remains. Denied for whoever lost theirs meanwhile."""
    await work.lock("people")
    if work.actor.user is None:
        return
    found = await work.as_system().get_many("user", [work.actor.user])
    roles = work.registry.roles
    held = [roles[name] for person in found if person["status"] != "inactive" for name in person["roles"] or ()
            if name in roles]  # fmt: skip
    if not any(MANAGE in role.permissions or "*" in role.permissions for role in held):
        raise Denied(
            _("You may not decide about people any more."), code="denied_manage_users", hint=_("Ask an administrator.")
        )


def check_roles(work: Any, touched: Iterable[str], given: Iterable[str]) -> None:
    """Invalid for a role that does not exist, Denied for one that permits more than the actor has."""
    roles, rights = work.registry.roles, work.actor.rights
    for name in sorted(given):
        if name not in roles:
            raise Invalid.of(
                [
                    Problem(
                        "unknown_choice",
                        _("There is no role called %(name)s.") % {"name": name[:60]},
                        "roles",
                        _("One of: %(roles)s.") % {"roles": ", ".join(sorted(roles))},
                    )
                ]
            )
    for name in sorted(touched):
        role = roles.get(name)
        beyond = [one for one in role.permissions if not rights.permits(one)] if role else []
        if role and beyond:
            title = role.title
            raise Denied(
                _("The role %(title)s permits more than you have.") % {"title": title},
                code="denied_role",
                hint=_("Ask an administrator."),
            )


def _check_preferences(draft: Any) -> None:
    """A zone or language that does not exist would break every page that the person opens."""
    if draft.changed("time_zone") and draft["time_zone"] and not is_zone(draft["time_zone"]):
        message = "There is no such time zone."
        raise Invalid.of([Problem("unknown_choice", message, "time_zone", _("Write it as Europe/Berlin."))])
    if draft.changed("language") and draft["language"] and not is_language(draft["language"]):
        raise Invalid.of(
            [Problem("unknown_choice", _("There is no such language."), "language", _("Write it as en or pt-BR."))]
        )


def is_zone(name: str) -> bool:
    """Whether the IANA time zone exists."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_language(tag: str) -> bool:
    """Whether dates and numbers can be written in the language."""
    try:
        Locale.parse(tag.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        return False
    return True


async def _ended(work: Any, draft: Any) -> None:
    """Who becomes inactive, or gets other roles, loses sessions, keys and what applications may do in the same moment:
    what was opened with the old rights must not go on with others."""
    is_out = draft.changed("status") and draft["status"] == "inactive"
    has_other_roles = not draft.is_new and set(draft.old("roles") or ()) != set(draft["roles"] or ())
    if is_out or has_other_roles:
        await _shut_out(work, draft)


async def _shut_out(work: Any, draft: Any) -> None:
    connection, workspace = work.unit.connection, work.context.id
    await keys.revoke_of_user(connection, workspace, draft.id)
    await grants.end_of_user(connection, workspace, draft.id)
    account = await memberships.account_of(connection, workspace, draft.id)
    if account is not None:
        await sessions.end_in_workspace(connection, account, workspace)


GUARDS = (Guard("user", check_user), Guard("team", check_team))
