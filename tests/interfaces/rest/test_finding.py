"""Search and the change feed through the API."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Connect, Program

from relata.engine.search.index import index_records
from relata.testing.house import House


async def index(house: House) -> None:
    """Bring the search index to what there is."""
    async with house.system() as work:
        one = work.registry.get("account")
        await index_records(work.unit.connection, work.context.tables, one, await work.ids("account", {}))


async def dispatch(house: House) -> None:
    """Give the changes so far their numbers. In a house that is rolled back all of them are of one transaction, which
    still runs, so the dispatcher would wait for it."""
    async with house.system() as work:
        schema = work.context.schema
        await work.unit.connection.execute(f"update {schema}._change set feed = id where feed is null")


async def test_words_find_records_of_all_objects(house: House, api: Program, account: dict[str, Any]) -> None:
    await index(house)
    answer = await api.get("search", params={"q": "kaffee nord"})
    assert [(hit["object"], hit["id"]) for hit in answer.json()["data"]] == [("account", account["id"])]
    assert (await api.get("search", params={"q": "kaffee", "objects": "contacts"})).json()["data"] == []


async def test_search_finds_nothing_that_is_hidden(house: House, connect: Connect, account: dict[str, Any]) -> None:
    await index(house)
    rep = await connect(await house.person("Rep", "sales_rep"))
    assert (await rep.get("search", params={"q": "kaffee"})).json()["data"] == []


async def test_an_object_that_may_not_be_searched_is_refused(house: House, connect: Connect, ada: Any) -> None:
    narrow = await connect(ada, scopes=("contacts:read",))
    assert (await narrow.get("search", params={"q": "kaffee", "objects": "accounts"})).status_code == 403


async def test_the_feed_tells_what_happened_in_order_and_where_to_go_on(
    house: House, api: Program, account: dict[str, Any]
) -> None:
    await api.patch(f"accounts/{account['id']}", json={"name": "B"})
    await api.delete(f"accounts/{account['id']}")
    await dispatch(house)
    first = (await api.get("feed?objects=accounts&limit=1000")).json()
    assert [one["action"] for one in first["data"]] == ["created", "changed", "deleted"]
    assert first["data"][1]["after"]["name"] == "B"
    following = (await api.get("feed", params={"after": first["next"]})).json()
    assert (following["data"], following["next"], following["more"]) == ([], first["next"], False)


async def test_the_feed_is_silent_about_what_is_hidden(house: House, connect: Connect, account: dict[str, Any]) -> None:
    await dispatch(house)
    rep = await connect(await house.person("Rep", "sales_rep"))
    assert (await rep.get("feed?objects=accounts")).json()["data"] == []


async def test_of_what_lies_in_the_bin_others_learn_only_that_it_was_deleted(
    house: House, connect: Connect, api: Program, account: dict[str, Any]
) -> None:
    await api.delete(f"accounts/{account['id']}")
    await dispatch(house)
    reader = await connect(await house.person("Rita", "reader"))
    (told,) = (await reader.get("feed?objects=accounts")).json()["data"]
    assert (told["action"], told["before"], told["after"]) == ("deleted", {}, {})
