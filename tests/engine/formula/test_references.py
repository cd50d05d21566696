"""What an expression reads."""

from __future__ import annotations

from tests.engine.formula.asking import checked

from relata.engine.formula import reading, references, relations


def paths(text: str) -> set[str]:
    return {".".join(ref.path) for ref in references(checked(text))}


def test_every_field_that_is_read_is_named() -> None:
    assert paths('if(stage = "won", amount * probability, budget) > account.revenue') == {
        "stage",
        "amount",
        "probability",
        "budget",
        "account.revenue",
    }


def test_a_link_compared_with_a_title_reads_the_title() -> None:
    assert paths('account = "Acme"') == {"account.name"}


def test_what_is_read_of_related_records_is_told_apart() -> None:
    [(many, inner)] = relations(checked('name = "x" or exists(activities, kind = "y")'))
    assert many.name == "activities"
    assert [ref.path for ref in inner.refs] == [("kind",)]
    assert paths('exists(activities, kind = "y")') == set()


def test_dependence_on_person_and_clock_is_known() -> None:
    assert reading(checked("close_date > today() or owner = me()")).dynamic == {"today", "me"}
    assert reading(checked("created_at in this_week()")).dynamic == {"now", "zone"}
    assert reading(checked("year(created_at) = 2026")).dynamic == {"zone"}


def test_only_the_records_own_fields_make_it_its_own() -> None:
    sub_fields = frozenset({("amount", "currency")})
    assert reading(checked('amount * probability > 3 and amount.currency = "EUR"')).is_own(sub_fields)
    assert not reading(checked("amount > account.revenue")).is_own(sub_fields)
    assert not reading(checked("close_date > today()")).is_own()
    assert not reading(checked("count(activities) > 1")).is_own()
