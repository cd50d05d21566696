"""What can go wrong with accounts, contacts and lists, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Invalid


class EndsBeforeStart(Invalid):
    """The last day lies before the first."""

    code = "ends_before_start"

    def __init__(self, field: str = "ends_on") -> None:
        super().__init__("The end lies before the start.", field=field, hint="Swap the dates, or clear one of them.")


class RelatedToItself(Invalid):
    """A person was related to themselves, or an account was put under itself."""

    code = "related_to_itself"

    def __init__(self, field: str) -> None:
        super().__init__("A record can't be related to itself.", field=field, hint="Choose another record.")


class HierarchyHasCircle(Invalid):
    """The chosen parent lies below the account."""

    code = "hierarchy_circle"

    def __init__(self) -> None:
        super().__init__(
            "The chosen parent lies below this account, so the hierarchy would have a circle.",
            field="parent",
            hint="Choose an account that is not one of its subsidiaries.",
        )


class AddressNeedsOneHolder(Invalid):
    """An address belongs to an account or to a contact, and to one of them only."""

    code = "address_holder"

    def __init__(self) -> None:
        super().__init__(
            "An address belongs to one account or to one contact.",
            field="account",
            hint="Fill in the account or the contact, and leave the other empty.",
        )


class NotForThisList(Invalid):
    """A contact was put on a list of accounts, or the other way round."""

    code = "wrong_kind"

    def __init__(self, holds: str) -> None:
        super().__init__(
            f"This list holds {holds}s only.", field="member", hint=f"Add a {holds} to it, or choose another list."
        )


class NoSuchObject(Invalid):
    """A segment names an object that this workspace does not have."""

    code = "unknown_object"

    def __init__(self) -> None:
        super().__init__(
            "There is no object of this name.",
            field="holds",
            hint="Write the object's name in singular, such as contact or account.",
        )
