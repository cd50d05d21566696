"""Sign-on: looking after the providers of a workspace, and coming in by one; place and roles are made on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.identity import accounts, memberships, security_log
from relata.engine.identity.arriving import SignedIn, SignedOn, arrive
from relata.engine.identity.guards import MANAGE, check_roles
from relata.engine.identity.sealing import Sealer
from relata.engine.identity.sessions import Visitor
from relata.engine.identity.sign_on import attempts, linking, providers, saml
from relata.engine.identity.sign_on.linking import Linked
from relata.engine.identity.sign_on.openid import LEEWAY_SECONDS, OpenId
from relata.engine.identity.sign_on.providers import Provider, Settings
from relata.engine.identity.sign_on.terms import Identity, check_address, first_roles, read_identity, roles_for
from relata.engine.workspace.door import Door
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Conflict, Denied, RelataError
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: Who decides how people come in.
DECIDE = "manage_roles"


@dataclass(frozen=True, slots=True)
class CameBack:
    """signed_in: None after a test, of which `identity` tells. next: the page to go on to."""

    purpose: attempts.Purpose
    provider: Provider
    identity: Identity
    signed_in: SignedIn | None
    next: str


async def list_providers(work: Workspace) -> list[Provider]:
    """All of this workspace. Needs manage_roles."""
    require(work, DECIDE)
    return await providers.list_of(work.unit.connection, work.context.id)


async def save_provider(work: Workspace, sealer: Sealer, settings: Settings, provider: UUID | None = None) -> UUID:
    """A new one, or one with other settings. Whoever names the provider decides who everybody is, so that needs every
    right that a role here gives. Raises Denied, Invalid."""
    _may_decide(work)
    given = {*settings.terms.default_roles, *(one for roles in settings.terms.group_roles.values() for one in roles)}
    check_roles(work, given, given)
    key = await providers.save(work.unit.connection, sealer, work.context.id, settings, provider)
    told = {"name": settings.name, "issuer": settings.issuer, "client_id": settings.client_id, "is_on": settings.is_on}
    await work.log("_security", work.context.id, "configured", after={"sign_on": told})
    return key


async def remove_provider(work: Workspace, provider: UUID) -> None:
    """Its sessions end, and nobody is known by it. Needs the same as saving it."""
    _may_decide(work)
    await providers.remove(work.unit.connection, work.context.id, provider)
    await work.log("_security", work.context.id, "configured", after={"sign_on": {"removed": str(provider)}})


async def linked_of(work: Workspace, user: UUID) -> list[Linked]:
    """As whom a person is known to the providers; one's own, or with manage_users anybody's."""
    if user != work.actor.user:
        require(work, MANAGE)
    account = await memberships.account_of(work.unit.connection, work.context.id, user)
    return await linking.list_of(work.unit.connection, work.context.id, account) if account else []


async def unlink(work: Workspace, user: UUID, linked: UUID) -> None:
    """The person is not known by that any more; sessions that came by it end."""
    if user != work.actor.user:
        require(work, MANAGE)
        person = await work.as_system().get("user", user)
        check_roles(work, person["roles"] or (), ())
    account = await memberships.account_of(work.unit.connection, work.context.id, user)
    if account is not None:
        await linking.unlink(work.unit.connection, work.context.id, account, linked)


async def come_back(
    door: Door, sealer: Sealer, openid: OpenId, *, state: str, browser: str, code: str, said_issuer: str,
    redirect_uri: str, visitor: Visitor, replaces: str | None, signed_in: UUID | None, address: str = "",
) -> CameBack:  # fmt: skip
    """What becomes of somebody who returns from a provider. signed_in: the account of the browser's session. address:
    ours, as a SAML provider knows it.

    Expired for a return that nobody waits for; Denied for who is not let in; Unavailable where the provider fails.
    """
    async with door.database.transaction() as connection:
        attempt = await attempts.finish(connection, sealer, state, browser)
        provider = await providers.find(connection, attempt.provider)
    if not provider.is_on and attempt.purpose != "test":
        raise Denied(_("This sign-on provider is switched off."), code="sign_on_off", hint=_("Ask an administrator."))
    if attempt.account is not None and attempt.account != signed_in:
        raise Denied(_("Somebody else is signed in by now."), code="sign_on_other", hint=_("Start again."))
    try:
        if provider.is_saml:
            claims = saml.redeem(provider, attempt, attempt.answer, address, datetime.now(UTC))
        else:
            claims = await openid.redeem(provider, attempt, code, provider.secret(sealer), redirect_uri, said_issuer)
        identity = read_identity(claims, provider.terms.groups_claim)
        if attempt.purpose == "confirm":
            _check_fresh(identity, attempt.began_at)
        if attempt.purpose == "test":
            await _tested(door, provider)
            return CameBack("test", provider, identity, None, attempt.next)

        async def settle(work: Workspace) -> SignedIn | None:
            return await _let_in(work, provider, identity, attempt, visitor, replaces)

        found = await door.run(provider.workspace_key, None, settle, via="sign_on")
        if found is None:  # after the commit, so that the roles that were taken away stay so
            raise _no_role()
    except RelataError as error:
        async with door.database.transaction() as connection:
            await security_log.record(
                connection, "sign_on_denied", workspace=provider.workspace, ip=visitor.ip, why=error.code,
                provider=str(provider.id),
            )  # fmt: skip
        raise
    return CameBack(attempt.purpose, provider, identity, found, attempt.next)


async def _let_in(
    work: Workspace, provider: Provider, identity: Identity, attempt: attempts.Attempt, visitor: Visitor,
    replaces: str | None,
) -> SignedIn | None:  # fmt: skip
    """A session for who this is, in one transaction with their place and roles. None when no role is left."""
    connection = work.unit.connection
    await work.lock(f"sign_on {provider.id} {identity.subject}")
    account = await linking.account_of(connection, provider.id, identity.subject, identity.email)
    if account is None and attempt.purpose == "confirm":
        raise Denied(_("The provider does not know you as the one who is signed in."), code="sign_on_other")
    if account is None:
        account = await _made_known(work, provider, identity)
    if attempt.account is not None and account != attempt.account:
        raise Denied(_("You are somebody else at the provider."), code="sign_on_other", hint=_("Sign out there first."))
    await _check_belongs(work, account)
    if not await _follow_groups(work, provider, account, identity):
        return None
    confirmed = datetime.fromtimestamp(identity.auth_time, UTC) if identity.auth_time else datetime.now(UTC) - _STALE
    signed_on = SignedOn(provider.id, provider.workspace, confirmed)
    return await arrive(connection, account, visitor, "sign_on", replaces=replaces, signed_on=signed_on)


#: A provider that does not say when somebody showed who they are may have done so yesterday.
_STALE = timedelta(days=1)


async def _made_known(work: Workspace, provider: Provider, identity: Identity) -> UUID:
    """The account of who comes by this provider for the first time: one with their address, else a new one."""
    connection = work.unit.connection
    check_address(provider.terms, identity)
    known = await accounts.by_email(connection, identity.email)
    if known is not None:
        here = [one.workspace for one in await memberships.list_of(connection, known.id)]
        if work.context.id not in here:
            raise Denied(
                _("You do not belong to this workspace."), code="not_a_member", hint=_("Ask for an invitation.")
            )
        account = known.id
    else:
        account = await _placed(work, provider, identity)
    await linking.link(connection, provider.id, identity.subject, account, identity.email, workspace=work.context.id)
    return account


async def _placed(work: Workspace, provider: Provider, identity: Identity) -> UUID:
    """A new account, as the person who was invited by this address, or as somebody new where the provider may."""
    connection = work.unit.connection
    person = await work.first("user", email=identity.email)
    if person is None and not provider.terms.provisions:
        raise Denied(_("You do not belong to this workspace."), code="not_a_member", hint=_("Ask for an invitation."))
    if person is not None and person["status"] == "inactive":
        raise _inactive()
    if person is None:
        roles = [role for role in first_roles(provider.terms, identity.groups) if role in work.registry.roles]
        if not roles:
            raise _no_role()
        name = identity.name or identity.email.partition("@")[0]
        person = await work.create("user", {"name": name, "email": identity.email, "roles": roles, "status": "active"})
    elif person["status"] == "invited":
        person = await work.change(person, {"status": "active"})
    if await memberships.account_of(connection, work.context.id, person.id) is not None:
        raise Conflict(
            _("Your address belongs to another account here."), code="not_unique", hint=_("Ask an administrator.")
        )
    account = await accounts.create_without_password(connection, identity.email)
    await memberships.join(connection, account, work.context.id, person.id)
    return account


async def _check_belongs(work: Workspace, account: UUID) -> None:
    """Denied for who was shut out, and for who works elsewhere, too: whoever runs this workspace's provider could
    otherwise come in there as them, by a passkey that they leave behind."""
    connection = work.unit.connection
    if (await accounts.by_id(connection, account)).disabled_at is not None:
        raise _inactive()
    here = await memberships.list_of(connection, account)
    if [one.workspace for one in here] != [work.context.id]:
        raise Denied(
            _("You work in several workspaces, or no longer in this one."),
            code="sign_on_several",
            hint=_("Sign in by your password or a passkey, or ask an administrator."),
        )
    person = await work.get("user", here[0].user)
    if person["status"] == "inactive":
        raise _inactive()


async def _follow_groups(work: Workspace, provider: Provider, account: UUID, identity: Identity) -> bool:
    """The roles that the provider's groups mean now; whether there are any. Whose roles change loses sessions and keys
    (see the guard of `user`)."""
    decided = roles_for(provider.terms, identity.groups)
    if decided is None:
        return True
    user = (await memberships.list_of(work.unit.connection, account))[0].user
    person = await work.get("user", user, lock=True)
    roles = [role for role in decided if role in work.registry.roles]
    if sorted(person["roles"] or ()) != roles:
        await work.change(person, {"roles": roles})
    return bool(roles)


async def _tested(door: Door, provider: Provider) -> None:
    async with door.database.transaction() as connection:
        await connection.execute("update relata.sign_on_provider set tested_at = now() where id = %s", (provider.id,))


def _check_fresh(identity: Identity, since: datetime) -> None:
    if identity.auth_time is None or identity.auth_time < since.timestamp() - LEEWAY_SECONDS:
        raise Denied(
            _("The provider does not say that you have just shown who you are."),
            code="sign_on_stale",
            hint=_("It has to send the claim auth_time."),
        )


def _may_decide(work: Workspace) -> None:
    require(work, DECIDE)
    check_roles(work, work.registry.roles, ())


def _inactive() -> Denied:
    return Denied(_("You no longer have a place here."), code="sign_on_inactive", hint=_("Ask an administrator."))


def _no_role() -> Denied:
    return Denied(
        _("None of your groups gives you a role here."),
        code="sign_on_no_role",
        hint=_("Ask an administrator which group does."),
    )


def roles_meant(provider: Provider, identity: Identity) -> tuple[str, ...] | None:
    """What the provider's groups mean for this person, for who tries it out; None where they decide nothing."""
    return roles_for(provider.terms, identity.groups)
