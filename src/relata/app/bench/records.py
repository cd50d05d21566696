"""The synthetic company's records, made in sets by SQL: the same ones in every run of a size.

What the door would have written beside them is written here too: access codes that contacts take from their account,
one change row a record, and then (in `company`) roll-ups, search index and statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from relata.app.bench.people import PEOPLE
from relata.app.bench.sizes import Options

FIRST = "Ada,Bruno,Chiara,Deniz,Elif,Finn,Greta,Hugo,Ines,Jonas,Karla,Luca,Mina,Noah,Olga,Paul,Quirin,Rosa,Sven,Thea"
LAST = (
    "Abel,Berg,Costa,Dietz,Ebner,Falk,Gruber,Haas,Ivanov,Jansen,Kern,Lopez,Maier,Nowak,Ortiz,Peters,Quast,Roth,Sommer,"
    "Toth"
)
BRANCHES = "software,retail,health,finance,energy,education,logistics,media,manufacturing,consulting"
STAGES = "subscriber,lead,prospect,customer,advocate,former"
#: Where ids begin: a moment in 2024, so that they sort like real ones.
_EPOCH_MS = 1_704_067_200_000


def pick(seed: int, choices: int, n: str = "n") -> str:
    """SQL: a number from 0 below `choices`, always the same for one `n` and seed."""
    return f"mod(hashint8extended(({n})::bigint, {seed}) & 2147483647, {choices})"


def one_of(seed: int, words: str, n: str = "n") -> str:
    """SQL: one of the words between commas."""
    values = words.split(",")
    return f"(array[{', '.join(repr(word) for word in values)}])[1 + {pick(seed, len(values), n)}]"


def id_of(kind: str, n: str = "n") -> str:
    """SQL: the UUIDv7 of the nth record of a kind."""
    digest = f"md5('{kind}' || ({n}))"
    stamp = f"lpad(to_hex({_EPOCH_MS} + ({n})::bigint * 60), 12, '0')"
    return f"({stamp} || '7' || substr({digest}, 1, 3) || 'a' || substr({digest}, 4, 15))::uuid"


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of one object. values: SQL by column, over `n` and the owner `o`. account: SQL of the number of the
    account that they belong to, whose owner owns them; "" for an owner of their own. logged: columns that the change
    row names."""

    object: str
    count: int
    values: dict[str, str]
    account: str = ""
    inherits: bool = False
    logged: tuple[str, ...] = field(default=("name",))


def companies(options: Options) -> list[Rows]:
    """Accounts, contacts and opportunities."""
    account_of = f"1 + {pick(3, options.accounts)}"
    return [_accounts(options), _contacts(options, account_of), _opportunities(options, account_of)]


def _accounts(options: Options) -> Rows:
    domain = "'https://company' || n || '.example.com'"
    name = f"{one_of(11, LAST)} || ' ' || {one_of(12, 'GmbH,AG,Ltd,Group,Works,Partners,Systems,Trade')} || ' ' || n"
    values = {
        "name": name,
        "type": one_of(13, "prospect,customer,partner,supplier,other"),
        "industry": one_of(14, BRANCHES),
        "website": domain,
        "website__all": f"jsonb_build_array(jsonb_build_object('value', {domain}, 'label', ''))",
        "billing_address__city": one_of(15, "Berlin,Wien,Oslo,Lyon,Porto,Gent,Turin,Graz"),
        "billing_address__country": "'DE'",
        "employees": pick(16, 5000),
        "annual_revenue": f"{pick(17, 90000000)}::numeric",
        "annual_revenue__currency": "'EUR'",
        "parent": f"case when mod(n, 20) = 0 then {id_of('account', 'n / 20')} end",
        "tags": f"array[{one_of(18, 'a,b,c,d')}]",
    }
    return Rows("account", options.accounts, values, logged=("name", "type", "industry", "website", "employees"))


def _contacts(options: Options, account_of: str) -> Rows:
    first, last = one_of(21, FIRST), one_of(22, LAST)
    email = f"lower({first}) || '.' || lower({last}) || n || '@example.com'"
    phone = f"'+4930' || (1000000 + {pick(23, 8999999)})"
    several = "jsonb_build_array(jsonb_build_object('value', {}, 'label', 'work'))"
    values = {
        "name": f"{first} || ' ' || {last} || n", "name__first": first, "name__last": f"{last} || n",
        "job_title": one_of(24, "Buyer,Head of sales,Engineer,Director,Assistant,Consultant"),
        "department": one_of(25, "Sales,Purchasing,Research,Finance"), "account": id_of("account", account_of),
        "email": email, "email__all": several.format(email), "phone": phone, "phone__all": several.format(phone),
        "mailing_address__city": one_of(26, "Berlin,Wien,Oslo,Lyon,Porto,Gent,Turin,Graz"), "language": "'de'",
        "lifecycle_stage": one_of(27, STAGES), "birthday": f"date '1960-01-01' + {pick(28, 15000)}::integer",
        "preferred_channel": one_of(29, "email,phone,post"), "tags": f"array[{one_of(30, 'a,b,c,d')}]",
        "do_not_email": "false", "do_not_call": "mod(n, 9) = 0", "do_not_text": "false", "do_not_post": "false",
    }  # fmt: skip
    logged = ("name", "job_title", "department", "account", "lifecycle_stage", "birthday")
    return Rows("contact", options.contacts, values, account_of, True, logged)


def _opportunities(options: Options, account_of: str) -> Rows:
    stage = "bench.stage"
    values = {
        "name": f"{one_of(31, 'Renewal,Pilot,Extension,Licences,Support,Roll-out')} || ' ' || n",
        "account": id_of("account", account_of),
        "contact": id_of("contact", f"1 + {pick(32, options.contacts)}"),
        "pipeline": f"({stage}).pipeline",
        "stage": f"({stage}).id",
        "status": f"({stage}).category",
        "amount": f"(100 + {pick(33, 25000000)})::numeric / 100",
        "amount__currency": "'EUR'",
        "probability": f"({stage}).probability",
        "own_probability": "false",
        "forecast_category": f"({stage}).forecast_category",
        "close_date": f"current_date + {pick(34, 400)}::integer - 200",
        "opened_on": f"current_date - 200 - {pick(35, 200)}::integer",
        "closed_on": f"case when ({stage}).category <> 'open' then current_date - {pick(36, 200)}::integer end",
        "source": one_of(37, "web,referral,event,campaign"),
        "type": one_of(38, "new_business,existing_business,renewal"),
        "tags": f"array[{one_of(39, 'a,b,c,d')}]",
        "stage_changed_at": f"now() - interval '1 day' * {pick(40, 90)}",
    }
    logged = ("name", "account", "contact", "stage", "status", "close_date", "probability")
    return Rows("opportunity", options.opportunities, values, account_of, logged=logged)


def activities(options: Options) -> list[Rows]:
    """Tasks, calls, meetings and notes in equal parts, each about a contact."""
    count = options.activities // 4
    contact = id_of("contact", f"1 + {pick(41, options.contacts)}")
    about = {"about": contact, "about__object": "'contact'"}
    subject = one_of(42, "Follow up,Introduction,Offer,Question,Review,Reminder,Contract,Delivery") + " || ' ' || n"
    moment = f"date_trunc('minute', now()) + interval '1 minute' * ({pick(43, 500000)} - 400000)"
    task = {
        "subject": subject, "status": one_of(44, "open,done,in_progress,cancelled,done,done"), "priority": "'normal'",
        "kind": "'to_do'", "due_on": f"current_date + {pick(45, 200)}::integer - 150", **about,
    }  # fmt: skip
    call = {
        "subject": subject,
        "direction": "'outbound'",
        "outcome": "'connected'",
        "at": moment,
        "contact": contact,
        **about,
    }
    meeting = {"subject": subject, "status": "'held'", "starts_at": moment, "is_all_day": "false", **about}
    note = {"subject": subject, "body": f"{subject} || ': as agreed, details follow.'", "is_pinned": "false", **about}
    made = {"task": task, "call": call, "meeting": meeting, "note": note}
    return [Rows(name, count, values, logged=("subject",)) for name, values in made.items()]


def insert_sql(space: str, rows: Rows, account_number: int) -> str:
    """The statement that makes records `%(low)s` to `%(high)s` with their change rows. account_number: the number of
    the object account in access codes."""
    owner_of = (
        f"1 + {pick(1, PEOPLE, rows.account)}"
        if rows.account
        else f"1 + {pick(1 if rows.object == 'account' else 2, PEOPLE)}"
    )
    created = "now() - interval '1 minute' * (1 + (%(total)s::bigint - n))"
    system = {
        "id": id_of(rows.object), "owner": "o.id", "team": "o.team", "created_at": created, "changed_at": created,
        "created_by": "o.id", "changed_by": "o.id", "created_via": "'import'", "changed_via": "'import'",
        "readers": _readers(account_number) if rows.inherits else "'{}'::integer[]",
    }  # fmt: skip
    values = {**system, **rows.values}
    columns = ", ".join(f'"{name}"' for name in values)
    chosen = ", ".join(f'{sql} as "{name}"' for name, sql in values.items())
    shown = ", ".join(f"'{name}', {name}" for name in rows.logged)
    stage = (
        f"cross join lateral (select stage from bench_stage stage where stage.number = {pick(4, 6)}) bench"
        if rows.object == "opportunity"
        else ""
    )
    return (
        f"with made as (insert into {space}.{rows.object} ({columns}) select {chosen} from"
        f" generate_series(%(low)s::bigint, %(high)s) n"
        f" join bench_people o on o.number = {owner_of} {stage} returning *)"
        f" insert into {space}._change (object, record, action, at, actor, via, after, feed)"
        f" select '{rows.object}', id, 'created', created_at, created_by, 'import', jsonb_build_object({shown}),"
        " %(feed)s + row_number() over () from made"
    )


def _readers(number: int) -> str:
    codes = f"{number * 4}, o.key * 1024 + {number * 4 + 1}, o.team_key * 1024 + {number * 4 + 2}"
    return f"(select array_agg(code order by code) from unnest(array[{codes}]) code)"
