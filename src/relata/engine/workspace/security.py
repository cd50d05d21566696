"""Looking after who comes in: alerts and what to do about them, a person's factors, from where and how one may come."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.identity import memberships, security_log, sessions
from relata.engine.identity.admission import storing
from relata.engine.identity.admission.policy import EVERYBODY, Policy, admits, lists_for
from relata.engine.identity.alerts import listing
from relata.engine.identity.alerts.listing import Alert
from relata.engine.identity.factors import held
from relata.engine.identity.guards import MANAGE, check_roles
from relata.engine.workspace import people
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: Who decides from where and how people come in.
DECIDE = "manage_roles"


async def list_alerts(work: Workspace, *, only_open: bool = True) -> list[Alert]:
    """What was unusual lately. Needs manage_users."""
    require(work, MANAGE)
    return await listing.list_of(work.unit.connection, work.context.id, only_open=only_open)


async def confirm_as_fine(work: Workspace, alert: UUID) -> None:
    """Somebody looked, and nothing is wrong."""
    found = await _found(work, alert)
    await _decided(work, found, "fine")


async def end_sessions(work: Workspace, alert: UUID) -> None:
    """Whoever comes as this person signs in anew."""
    found = await _found(work, alert)
    await _may_decide_about(work, found.user)
    await sessions.end_in_workspace(work.unit.connection, found.account, work.context.id)
    await _decided(work, found, "acted")


async def lock_account(work: Workspace, alert: UUID) -> None:
    """The person is shut out here, with sessions, keys and applications, until somebody lets them in again."""
    found = await _found(work, alert)
    await people.deactivate(work, found.user)
    await _decided(work, found, "acted")


async def reset_factors(work: Workspace, user: UUID) -> None:
    """Take all second factors from somebody who lost them; they are told by mail. Needs manage_users, and every right
    that they have. Denied for who works in other workspaces, too, whose administrators would not know."""
    require(work, MANAGE)
    await _may_decide_about(work, user)
    connection = work.unit.connection
    account = await memberships.account_of(connection, work.context.id, user)
    if account is None:
        raise NotFound(_("There is nobody with an account like this."), code="unknown_person")
    if len(await memberships.list_of(connection, account)) > 1:
        raise Denied(
            _("This person works in other workspaces, too."),
            code="denied_several_workspaces",
            hint=_("They can use a recovery code, or ask whoever runs the server."),
        )
    await held.reset(connection, account, workspace=work.context.id, by=work.actor.user)
    await sessions.end_all(connection, account)
    await work.log("user", user, "configured", after={"second_factors": "reset"})


async def policy(work: Workspace) -> Policy:
    """From where and how people may come in. Needs manage_roles."""
    require(work, DECIDE)
    return await storing.of(work.unit.connection, work.context.id)


async def change_policy(work: Workspace, new: Policy, ip: str) -> None:
    """Replace it. ip: of who does it; Invalid (`locks_out`) for lists that would shut them out themselves."""
    require(work, DECIDE)
    unknown = {*new.networks, *new.factor_roles} - {EVERYBODY, *work.registry.roles}
    if unknown:
        raise Invalid.of(
            [Problem("unknown_choice", _("There is no role called %(min)s.") % {"min": min(unknown)[:60]}, "networks")]
        )
    own = [role.name for role in work.actor.rights.roles]
    if work.actor.user is not None and not admits(lists_for(new, own), ip):
        message = f"These networks would shut you out: you come from {ip or 'an unknown address'}."
        raise Invalid.of([Problem("locks_out", message, "networks", _("Add your own network first."))])
    before = await storing.of(work.unit.connection, work.context.id)
    if new.only_sign_on and not before.only_sign_on and not await _came_by_sign_on(work):
        raise Invalid.of(
            [
                Problem(
                    "locks_out",
                    _("Come in by sign-on yourself first, so that it is certain to work."),
                    "only_sign_on",
                    _("Sign out, use the provider's button, and switch it on then."),
                )
            ]
        )
    await storing.store(work.unit.connection, work.context.id, new)
    await work.log("_security", work.context.id, "configured", before=_told(before), after=_told(new))


async def _came_by_sign_on(work: Workspace) -> bool:
    """Whether the actor is in by a provider of this workspace at the moment, or is the system."""
    row = await work.unit.connection.fetch_one(
        "select 1 from relata.session s join relata.membership m on m.account = s.account and m.workspace = s.workspace"
        " where m.workspace = %s and m.\"user\" = %s and s.opened_by = 'sign_on' and s.revoked_at is null"
        " and s.expires_at > now() and s.last_seen_at > now() - interval '1 hour' limit 1",
        (work.context.id, work.actor.user),
    )
    return work.actor.user is None or row is not None


async def _found(work: Workspace, alert: UUID) -> Alert:
    require(work, MANAGE)
    found = await listing.find(work.unit.connection, work.context.id, alert)
    if found.state != "open":
        raise Conflict(_("Somebody has looked after this already."), code="alert_decided", hint=_("Reload the page."))
    return found


async def _decided(work: Workspace, alert: Alert, state: listing.State) -> None:
    await listing.decide(work.unit.connection, alert.id, state, work.actor.user)
    await security_log.record(
        work.unit.connection,
        "alert_decided",
        account=alert.account,
        workspace=work.context.id,
        alert=alert.kind,
        state=state,
        by=str(work.actor.user),
    )


async def _may_decide_about(work: Workspace, user: UUID) -> None:
    """Whoever manages people decides about nobody who may do more; about oneself, on one's own pages."""
    if user == work.actor.user:
        raise Denied(_("This is about yourself."), code="denied_own_roles", hint=_("Use your own settings."))
    person = await work.as_system().get("user", user)
    check_roles(work, person["roles"] or (), ())


def _told(policy: Policy) -> dict[str, object]:
    networks = {name: list(networks) for name, networks in policy.networks.items()}
    return {"networks": networks, "factor_roles": list(policy.factor_roles), "only_sign_on": policy.only_sign_on}
