"""The field types. Each is one class that knows its columns, its values and its words.

Adding a type: one class here and one widget in `interfaces/html`.
"""

from relata.engine.metadata.fields.base import Column, Entry, Field, ParseContext
from relata.engine.metadata.fields.choices import Choice, MultiChoice, Option, Rating, Tags
from relata.engine.metadata.fields.composite import (
    Address,
    AddressValue,
    GeoPoint,
    GeoValue,
    MoneyField,
    PersonName,
    PersonNameValue,
)
from relata.engine.metadata.fields.computed import Formula, RollUp
from relata.engine.metadata.fields.contact import Emails, Phones, WebAddresses
from relata.engine.metadata.fields.links import AnyLink, AnyTarget, File, Link, Links, User
from relata.engine.metadata.fields.numbers import AutoNumber, DecimalField, Integer, Percent
from relata.engine.metadata.fields.temporal import Date, DateTime, Duration
from relata.engine.metadata.fields.texts import Boolean, Json, LongText, RichText, Text

#: Every concrete type; a stored definition names one by its `type` tag.
FIELD_TYPES: tuple[type[Field], ...] = (
    Text, LongText, RichText, Boolean, Json, Integer, DecimalField, Percent, AutoNumber, MoneyField,
    Date, DateTime, Duration, Choice, MultiChoice, Rating, Tags, Emails, Phones, WebAddresses,
    Address, PersonName, GeoPoint, Link, Links, AnyLink, User, File, Formula, RollUp,
)  # fmt: skip

AnyField = (
    Text | LongText | RichText | Boolean | Json | Integer | DecimalField | Percent | AutoNumber | MoneyField
    | Date | DateTime | Duration | Choice | MultiChoice | Rating | Tags | Emails | Phones | WebAddresses
    | Address | PersonName | GeoPoint | Link | Links | AnyLink | User | File | Formula | RollUp
)  # fmt: skip

__all__ = [
    "FIELD_TYPES", "Address", "AddressValue", "AnyField", "AnyLink", "AnyTarget", "AutoNumber", "Boolean", "Choice",
    "Column", "Date", "DateTime", "DecimalField", "Duration", "Emails", "Entry", "Field", "File", "Formula",
    "GeoPoint", "GeoValue", "Integer", "Json", "Link", "Links", "LongText", "MoneyField", "MultiChoice", "Option",
    "ParseContext", "Percent", "PersonName", "PersonNameValue", "Phones", "Rating", "RichText", "RollUp", "Tags",
    "Text", "User", "WebAddresses",
]  # fmt: skip
