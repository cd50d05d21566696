"""What a person and a group are in the protocol, and the way to and from what is kept here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Context,
    Meta,
    Mutability,
    Reference,
    Required,
    Resource,
    ResponseParameters,
    Uniqueness,
)

from relata.engine.workspace.directory import Entry
from relata.engine.workspace.record import Record
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id


class Name(ComplexAttribute):
    """The parts of a name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    """An address; the first one that is primary signs in."""

    value: str | None = None
    type: str | None = Field(None, examples=["work", "home", "other"])
    primary: bool | None = None


class InGroup(ComplexAttribute):
    """A group that somebody is in."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):
    """A person."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[InGroup] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    """Somebody in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[Member] | None = None


def user_of(person: Record, groups: Iterable[Record], root: str) -> User:
    """A person as the directory is told of them: in its own words where it said some. root: before the addresses."""
    said = dict(person["directory"] or {})
    if not said:
        email = person["email"]
        said = {"userName": email or str(person.id), "displayName": person["name"], "title": person["title"]}
        if email:
            said["emails"] = [{"value": email, "primary": True}]
    found = User.model_validate({**said, "schemas": [User.__schema__]})
    found.id = str(person.id)
    if "active" in said or not person["directory"] or person["status"] == "inactive":
        found.active = person["status"] != "inactive"
    found.groups = [InGroup(value=str(one.id), display=one["name"]) for one in groups] or None
    found.meta = _meta("User", person, f"{root}/Users/{person.id}")
    return found


def entry_of(user: User) -> Entry:
    """What is kept of what the directory says. Invalid without a name."""
    user_name = (user.user_name or "").strip()
    if not user_name:
        raise Invalid(_("A person needs a userName."), code="required", field="userName")
    addresses = [one for one in user.emails or () if one.value]
    primary = next((one for one in addresses if one.primary), addresses[0] if addresses else None)
    email = (primary.value if primary else None) or (user_name if "@" in user_name else "")
    parts = user.name or Name()
    joined = " ".join(part for part in (parts.given_name, parts.family_name) if part)
    said = user.model_dump(scim_ctx=Context.DEFAULT, exclude={"id", "meta", "groups", "schemas"})
    for derived in ("id", "meta", "groups", "schemas"):
        said.pop(derived, None)
    return Entry(
        user_name=user_name,
        name=(user.display_name or parts.formatted or joined or user_name)[:120],
        email=email,
        title=(user.title or "")[:120],
        is_active=user.active is not False,
        said=said,
    )


def group_of(group: Record, root: str) -> Group:
    """A group as the directory is told of it."""
    members = [
        Member(value=str(member), ref=Reference(f"{root}/Users/{member}"), type="User")
        for member in group["members"] or ()
    ]
    found = Group(display_name=group["name"], external_id=group["external_id"], members=members or None)
    found.id = str(group.id)
    found.meta = _meta("Group", group, f"{root}/Groups/{group.id}")
    return found


def members_of(group: Group) -> list[UUID]:
    """Whom the directory puts into a group. Invalid for what can't be an id."""
    found = []
    for member in group.members or ():
        key = parse_id(member.value or "")
        if key is None:
            raise Invalid(_("A member is named by its id."), code="unknown_record", field="members")
        found.append(key)
    return found


def words(
    found: Resource[Any], chosen: ResponseParameters[Any], context: Context = Context.RESOURCE_QUERY_RESPONSE
) -> dict[str, Any]:
    """A resource as JSON. chosen: which attributes were asked for."""
    return found.model_dump(scim_ctx=context, response_parameters=chosen)


def _meta(kind: str, record: Record, location: str) -> Meta:
    return Meta(
        resource_type=kind, created=record["created_at"], last_modified=record["changed_at"], location=location,
        version=f'W/"{record.version}"',
    )  # fmt: skip
