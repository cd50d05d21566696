"""Values at which rules break: edges, changes of the clock, letters that have no simple other case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from tests.engine.formula.company import Record

from relata.foundation.money import Money

TEXTS = [
    *(
        "",
        " ",
        "a",
        "A",
        "abc",
        "ABC",
        "x%y_",
        "\\",
        "'",
        '"',
        "ÄÖ",
        "äö",
        "straße",
        "STRASSE",
        "İi",
        "ΑΣ",
        "ας",
        "ǅ",
        "ŉ",
    ),
    *("12", " 12.5 ", "-0", "+7.000", "1e5", "\u00a0x\t", "日本", "e\u0301", "é", "𐐀", "won", "EUR", "a\nb"),
]
NUMBERS = [
    *(Decimal(n) for n in (0, 1, -1, 2, 3, 7, 12, 30, 100, -7)),
    *map(Decimal, ("0.5", "-0.5", "2.5", "0.000000000001", "-0.333333333333", "123456789.123456789012")),
    *map(Decimal, ("999999999999999999", "99999999999999999999999999999", "-90000000000000000000000000000")),
]
WHOLE = [0, 1, -1, 2, 3, 7, 12, 2**53, 2**63 - 1]
DATES = [
    *(
        date(2026, month, day)
        for month, day in ((1, 1), (3, 29), (6, 14), (6, 15), (6, 16), (7, 1), (10, 25), (12, 31))
    ),
    *(date(2024, 2, 29), date(2025, 11, 2), date(2018, 11, 4), date(2011, 12, 30), date(1970, 1, 1)),
    *(date(1900, 1, 31), date(1, 1, 1), date(9999, 12, 31)),
]
MOMENTS = [
    *(datetime(2026, 6, day, hour, 30, tzinfo=UTC) for day in (14, 15, 16) for hour in (3, 12, 22)),
    *(datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    *(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    *(datetime(2025, 11, 2, 4, 30, tzinfo=UTC), datetime(2025, 11, 2, 5, 0, tzinfo=UTC)),
    *(datetime(2018, 11, 4, 2, 59, tzinfo=UTC), datetime(2011, 12, 30, 9, 59, tzinfo=UTC)),
    *(datetime(2023, 12, 31, 23, 0, tzinfo=UTC), datetime(1972, 2, 29, 12, 0, tzinfo=UTC)),
]
DURATIONS = [
    *(timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(hours=1), timedelta(minutes=90)),
    *(timedelta(days=1), timedelta(days=-3, seconds=1), timedelta(days=99_999, hours=23)),
]
DURATION_TEXTS = ("days", "hours", "minutes")
MONEYS = [
    Money(Decimal(n), c) for n in ("0", "0.01", "-3.5", "100", "20000.1", "99999999999999") for c in ("EUR", "USD")
]
ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo", "Asia/Kolkata"),
    *("Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia", "Pacific/Kiritimati", "Europe/Dublin"),
]


def varied(count: int, seed: int) -> list[Record]:
    """Opportunities whose fields are drawn from the pools, a quarter of them empty; the same for the same seed."""
    random = Random(seed)

    def some(pool: list[Any]) -> Any:
        return None if random.random() < 0.25 else random.choice(pool)

    def numbered(number: int) -> UUID:
        return UUID(int=seed * 10**9 + number)

    accounts = [
        Record(
            {
                "id": numbered(number),
                "name": some(TEXTS),
                "employees": some(WHOLE),
                "founded": some(DATES),
                "revenue": some(MONEYS),
            }
        )
        for number in range(5)
    ]

    def opportunity(number: int) -> Record:
        record = Record(
            {
                "id": numbered(number),
                "account": some(accounts),
                "name": random.choice(TEXTS),
                "notes": some(TEXTS),
                "tags": some([[], ["vip"], ["vip", "late"], ["eu", "late", "vip"]]),
                "scores": some([[], [Decimal(1)], [Decimal(3), Decimal("0.5")]]),
                **{field: some(MONEYS) for field in ("amount", "budget")},
                **{field: some(NUMBERS) for field in ("probability", "factor")},
                "seats": some(WHOLE),
                "is_hot": some([True, False]),
                "is_new": random.choice([True, False]),
                # Each date at least once, if there are enough records.
                "close_date": DATES[number] if number < len(DATES) else some(DATES),
                "start_date": some(DATES),
                **{field: some(MOMENTS) for field in ("created_at", "called_at")},
                **{field: some(DURATIONS) for field in ("effort", "spent")},
            }
        )
        activities = [
            Record(
                {
                    "id": numbered(number * 100 + index),
                    "opportunity": record,
                    "kind": some(TEXTS),
                    "at": some(MOMENTS),
                    "length": some(DURATIONS),
                    "cost": some(MONEYS),
                }
            )
            for index in range(random.choice((0, 0, 1, 3)))
        ]
        record.related = {"activities": activities}
        return record

    return [opportunity(number) for number in range(1, count + 1)]
