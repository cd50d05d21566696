"""What becomes of values that tell who somebody is: other letters and digits of the same form, the same for the same
word, so that a contact's name still goes with their address. The salt is forgotten, so nobody finds the way back."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Address,
    AutoNumber,
    Choice,
    Date,
    DateTime,
    Emails,
    Field,
    File,
    GeoPoint,
    Json,
    LongText,
    MultiChoice,
    PersonName,
    Phones,
    Tags,
    Text,
    WebAddresses,
)
from relata.engine.metadata.fields.contact import SeveralValues
from relata.engine.metadata.object import SYSTEM_FIELDS, Object
from relata.engine.storage.planner import quoted

#: For the length of a connection. Letters become letters of the same case, so that it can be said aloud; digits become
#: digits. What is no ASCII sign counts as a letter, whatever the database's locale says of it.
FUNCTIONS = (
    r"""
    create or replace function pg_temp.masked_word(word text, salt text) returns text
    language sql immutable strict as $$
        select string_agg(case when ascii(letter) between 65 and 90 then upper(other) else other end, '' order by at)
        from (select sha256(convert_to(salt || lower(word), 'UTF8')) as hash) made,
            generate_series(1, length(word)) at, lateral (select substr(word, at, 1) as letter) known,
            lateral (select case
                when ascii(letter) between 48 and 57 then (get_byte(hash, at % 32) % 10)::text
                when at % 2 = get_byte(hash, 0) % 2 then substr('aeiou', 1 + get_byte(hash, at % 32) % 5, 1)
                else substr('bcdfghjklmnprstvwz', 1 + get_byte(hash, at % 32) % 18, 1) end as other) chosen
    $$""",
    r"""
    create or replace function pg_temp.masked(value text, salt text) returns text
    language sql immutable strict as $$
        select string_agg(
            case when found[1] ~ '^[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]' then found[1]
                else pg_temp.masked_word(found[1], salt) end, '' order by at)
        from regexp_matches(
            value,
            '[0-9]+|[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+|[^\x01-\x40\x5b-\x60\x7b-\x7f]+', 'g'
        ) with ordinality as parts(found, at)
    $$""",
    r"""
    create or replace function pg_temp.masked_email(value text, salt text) returns text
    language sql immutable strict as $$
        select pg_temp.masked(split_part(value, '@', 1), salt) || '@'
            || pg_temp.masked(regexp_replace(split_part(value, '@', 2), '[.][^.]*$', ''), salt) || '.example'
    $$""",
    r"""
    create or replace function pg_temp.masked_phone(value text, salt text) returns text
    language sql immutable strict as $$
        select left(value, 3) || pg_temp.masked(substr(value, 4), salt)
    $$""",
    r"""
    create or replace function pg_temp.masked_site(value text, salt text) returns text
    language sql immutable strict as $$
        select 'https://' || pg_temp.masked(
            regexp_replace(split_part(regexp_replace(value, '^[a-z]+://', ''), '/', 1), '[.][^.]*$', ''), salt
        ) || '.example'
    $$""",
    r"""
    create or replace function pg_temp.filler(value text) returns text
    language sql immutable strict as $$
        select left(repeat('Nothing of what was written here came along. ', 1 + length(value) / 45), length(value))
    $$""",
)
_TELLING = (PersonName, Emails, Phones)
_KINDS = ((Emails, "masked_email"), (Phones, "masked_phone"), (WebAddresses, "masked_site"))
_SYSTEM = frozenset(field.name for field in SYSTEM_FIELDS)
#: Long texts that are read by the engine; a list without its condition would be none.
_EXPRESSIONS = ("expression",)
#: Texts so short are codes.
_CODE = 8


def tells_of_people(one: Object) -> bool:
    """Whether its records say who somebody is; then its texts may, too."""
    return any(field.sensitivity == "personal" or isinstance(field, _TELLING) for field in one.fields)


def masked_columns(one: Object, *, texts: bool, empty: frozenset[str], unique: frozenset[str]) -> dict[str, str]:
    """The columns that do not come as they are, with what they become in SQL, over the table's own columns and the
    parameter `salt`. texts: whether short texts may name somebody; long ones always may. empty: columns that can't be
    null. unique: fields that must differ from record to record."""
    found: dict[str, str] = {}
    for field in one.all_fields.values():
        if field.name in _SYSTEM or not field.stored:
            continue
        for name, value in _masked(field, texts, field.name in unique).items():
            nothing = "'{}'" if isinstance(field, Json) else "''"
            found[name] = nothing if value == "null" and name in empty else value
    return found


def _masked(field: Field, texts: bool, is_unique: bool) -> dict[str, str]:
    """By column."""
    names = [column.name(field.name) for column in field.columns()]
    is_personal = field.sensitivity == "personal"
    if field.sensitivity == "secret" or isinstance(field, File):
        return dict.fromkeys(names, "null")
    if isinstance(field, SeveralValues):
        by = next(by for kind, by in _KINDS if isinstance(field, kind))
        return {names[0]: _one(by, quoted(names[0]), is_unique), names[1]: _all(by, quoted(names[1]))}
    if isinstance(field, (PersonName, Address)):
        return {name: _one("masked", quoted(name)) for name in names if not name.endswith("__country")}
    if isinstance(field, GeoPoint):
        return {name: f"round({quoted(name)}::numeric, 0)::double precision" for name in names}
    if isinstance(field, LongText):  # wherever it stands: a catalogue's description names somebody, too
        is_kept = field.name in _EXPRESSIONS and not is_personal
        return {} if is_kept else {names[0]: f"pg_temp.filler({quoted(names[0])})"}
    if isinstance(field, Text):
        if not is_personal and (not texts or field.pattern or field.max_length <= _CODE):
            return {}
        is_address = "mail" in field.name or "address" in field.name
        return {names[0]: _one("masked_text" if is_address else "masked", quoted(names[0]), is_unique)}
    if isinstance(field, Json):
        return {names[0]: "null"} if texts or is_personal else {}
    return _personal(field, names[0]) if is_personal else {}


def _personal(field: Field, name: str) -> dict[str, str]:
    """What is personal and no text: days in the same year, everything else is left out."""
    column = quoted(name)
    if isinstance(field, (Choice, MultiChoice, AutoNumber)):
        return {}
    if isinstance(field, Date):
        day = f"get_byte(sha256(convert_to(%(salt)s || {column}::text, 'UTF8')), 0)"
        return {name: f"(date_trunc('year', {column}) + make_interval(days => {day}))::date"}
    if isinstance(field, DateTime):
        return {name: f"date_trunc('month', {column})"}
    if isinstance(field, Tags):
        return {name: f"(select array_agg(pg_temp.masked(word, %(salt)s)) from unnest({column}) word)"}
    return {column.name(field.name): "null" for column in field.columns()}


def _one(by: str, column: str, is_unique: bool = False) -> str:
    if by == "masked_text":  # a text that may hold addresses of mail, and then must lead nowhere
        mail, text = _one("masked_email", column), _one("masked", column)
        return f"case when strpos({column}, '@') > 0 then {mail} else {text} end"
    masked = f"pg_temp.{by}({column}, %(salt)s)"
    if not is_unique:
        return masked
    own = f"left(md5(%(salt)s || {column}), 8)"
    return f"{own} || {masked}" if by == "masked_email" else f"{masked} || ' ' || {own}"


def _all(by: str, column: str) -> str:
    entry = f"jsonb_build_object('value', pg_temp.{by}(item ->> 'value', %(salt)s), 'label', item ->> 'label')"
    items = f"jsonb_array_elements({column}) with ordinality as items(item, at)"
    return f"(select jsonb_agg({entry} order by at) from {items})"
