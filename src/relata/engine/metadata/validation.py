"""What an object asks of its records beyond the types of their fields: validation rules, and what a value needs."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import in_words, worded

#: When a rule applies: to each write, to new records, to changes, to changes of the fields that it watches.
OCCASIONS = ("always", "created", "changed", "fields")
#: What happens to a record that breaks a rule: it is refused, or whoever writes it may confirm that it is meant, or it
#: is only counted and its page says so.
SEVERITIES = ("error", "warning", "hint")


class ValidationRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence that must be true of each record. condition: an expression over the record. forbids: a record is
    refused while the condition is true, instead of while it is false. on: one of OCCASIONS. watched: for `fields`,
    those whose change calls for the rule; a new record counts as a change of all. field: where the message shows; ""
    for the whole record. message: what the person reads; it never tells a value. active: whether it holds. messages:
    the same in other languages, in pairs with the language. severity: one of SEVERITIES."""

    name: str
    condition: str
    message: str
    label: str = ""
    forbids: bool = False
    on: str = "always"
    watched: tuple[str, ...] = ()
    field: str = ""
    active: bool = True
    messages: tuple[tuple[str, str], ...] = ()
    custom: bool = False
    severity: str = "error"

    @property
    def title(self) -> str:
        """The label, or the name in words, in the reader's language."""
        return worded(self.label or in_words(self.name), is_own=self.custom)

    @property
    def words(self) -> str:
        """The message in the reader's language."""
        return worded(self.message, self.messages, self.custom)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What must be filled in before a record may take a value, and stay filled while it has it. field: a choice or a
    link. value: the option's value, or the linked record's id. needs: fields of the same object."""

    field: str
    value: str
    needs: tuple[str, ...]
    custom: bool = False
