"""What a workspace makes of what a provider says about somebody: pure functions of settings and claims."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from relata.engine.identity import emails
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

MAX_GROUPS = 2000


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """provisions: whether people who are not here yet get a place at their first sign-in. domains: of the addresses
    that the provider may speak for; empty for all, which only suits providers without provisioning. default_roles: of
    everybody who comes by it. groups_claim: where the groups stand. group_roles: roles by group."""

    provisions: bool = False
    domains: tuple[str, ...] = ()
    default_roles: tuple[str, ...] = ()
    groups_claim: str = "groups"
    group_roles: dict[str, tuple[str, ...]] = {}


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who a provider says that somebody is. auth_time: when they showed it who they are, in seconds; None unsaid."""

    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    groups: tuple[str, ...] = ()
    auth_time: float | None = None


def read_identity(claims: Mapping[str, Any], groups_claim: str) -> Identity:
    """The identity in a token that was checked. What has another shape than it should counts as absent."""
    auth_time, email = claims.get("auth_time"), claims.get("email")
    # Microsoft's name for the same promise
    verified = claims.get("email_verified") in (True, "true") or claims.get("xms_edov") in (True, "1", "true")
    return Identity(
        subject=str(claims["sub"]),
        email=emails.looked_up(email) if isinstance(email, str) else "",
        email_verified=verified,
        name=_text(claims.get("name"))
        or f"{_text(claims.get('given_name'))} {_text(claims.get('family_name'))}".strip(),
        groups=_groups(claims.get(groups_claim)),
        auth_time=float(auth_time) if isinstance(auth_time, int | float) and not isinstance(auth_time, bool) else None,
    )


def roles_for(terms: Terms, groups: Collection[str]) -> tuple[str, ...] | None:
    """The roles that the provider decides, in order; None where it decides nothing: they stay as they are."""
    if not terms.group_roles:
        return None
    found = set(terms.default_roles)
    for group in groups:
        found.update(terms.group_roles.get(group, ()))
    return tuple(sorted(found))


def first_roles(terms: Terms, groups: Collection[str]) -> tuple[str, ...]:
    """Of somebody new."""
    decided = roles_for(terms, groups)
    return terms.default_roles if decided is None else decided


def check_address(terms: Terms, identity: Identity) -> None:
    """Denied unless the provider vouches for the address, and may speak for its domain."""
    if not identity.email or not identity.email_verified:
        raise Denied(
            _("Your sign-on provider does not confirm your e-mail address."),
            code="sign_on_unverified",
            hint=_("Ask whoever looks after it to send the claims email and email_verified."),
        )
    emails.normalised(identity.email)
    domain = identity.email.rpartition("@")[2]
    if terms.domains and domain not in terms.domains:
        raise Denied(
            _("This sign-on provider does not speak for your address."),
            code="sign_on_domain",
            hint=_("Ask an administrator."),
        )


def check_terms(terms: Terms) -> None:
    """Invalid for settings that would let strangers in: at a public provider everybody can have an account."""
    if terms.provisions and not terms.domains:
        raise Invalid(
            _("Say whose addresses may come in."),
            code="required",
            field="domains",
            hint=_("Without domains everybody at the provider would get a place here."),
        )
    if terms.provisions and not (terms.default_roles or terms.group_roles):
        raise Invalid(_("Choose the roles of new people."), code="required", field="default_roles")


def _text(value: Any) -> str:
    return " ".join(value.replace("\x00", "").split())[:120] if isinstance(value, str) else ""


def _groups(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return ()
    return tuple(one for one in value[:MAX_GROUPS] if isinstance(one, str))
