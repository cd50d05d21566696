"""What the API tells of the workspace's objects, and that every one of them is really there."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Connect, Program

from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.registry import Registry
from relata.engine.workspace import configure
from relata.testing.house import House


async def registry_of(house: House) -> Registry:
    """The workspace's registry."""
    return (await house.door.context(house.key)).registry


async def test_every_object_and_every_action_is_described_and_reachable(house: House, api: Program) -> None:
    paths = (await api.get("openapi.json")).json()["paths"]
    for one in (await registry_of(house)).objects.values():
        expected = {
            f"/{one.path}": {"get", "post"},
            f"/{one.path}/aggregate": {"post"},
            f"/{one.path}/{{id}}": {"get", "patch", "delete"},
        }
        for path, methods in expected.items():
            assert methods - _nobodys(one, path) <= set(paths[path]), path
        assert (await api.get(one.path)).status_code == 200


def _nobodys(one: Object, path: str) -> set[str]:
    """What no role reaches on a personal object, such as on approvals, which actions alone write."""
    if not one.personal or one.everyone is None or path.endswith("/aggregate"):
        return set()
    rights = {"patch": one.everyone.change, "delete": one.everyone.delete}
    if path == f"/{one.path}":
        rights = {"post": one.everyone.create}
    return {method for method, level in rights.items() if level == "none"}


async def test_every_action_is_described_and_reachable(house: House, api: Program) -> None:
    paths = (await api.get("openapi.json")).json()["paths"]
    registry = await registry_of(house)
    actions = [(registry.get(name), action) for name, found in registry.actions.items() for action in found.values()]
    assert len(actions) >= 5
    for one, action in actions:
        assert "post" in paths[f"/{one.path}/{{id}}/actions/{action.name}"]
        nowhere = f"{one.path}/01939f2e-0000-7000-8000-000000000000/actions/{action.name}"
        assert (await api.post(nowhere, json={})).json()["code"] == "not_found"


async def test_the_document_refers_only_to_what_it_holds(api: Program) -> None:
    document = (await api.get("openapi.json")).json()
    wanted = set(references(document))
    assert wanted
    for reference in wanted:
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def references(part: Any) -> list[str]:
    """Every $ref in a document."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


async def test_the_help_of_a_field_is_its_description(api: Program) -> None:
    document = (await api.get("openapi.json")).json()
    name = document["components"]["schemas"]["specimen"]["properties"]["name"]
    assert (name["title"], name["description"]) == ("Name", "What it is called.")


async def test_the_document_shows_what_its_reader_may_do(house: House, connect: Connect) -> None:
    reader = await connect(await house.person("Rita", "reader"))
    paths = (await reader.get("openapi.json")).json()["paths"]
    assert set(paths["/accounts"]) == {"get"}
    assert "/specimens/{id}/actions/retire" not in paths


async def test_secret_fields_can_be_sent_and_are_not_answered(api: Program) -> None:
    schemas = (await api.get("openapi.json")).json()["components"]["schemas"]
    assert "secret" in schemas["specimen_new"]["properties"]
    assert "secret" not in schemas["specimen"]["properties"]


async def test_metadata_tells_fields_relations_actions_and_rights(api: Program) -> None:
    found = (await api.get("metadata/specimens")).json()
    fields = {field["name"]: field for field in found["fields"]}
    assert (fields["price"]["type"], fields["price"]["write"], fields["doubled"]["write"]) == ("money", True, False)
    assert "parts" in {relation["name"] for relation in found["relations"]}
    assert {action["name"] for action in found["actions"]} == {"praise", "retire"}
    assert found["rights"]["change"] == "all"


async def test_an_object_made_at_run_time_has_its_api_at_once(house: House, api: Program) -> None:
    body = {"name": "boat", "plural": "boats", "label": "Boat", "fields": [{"type": "integer", "name": "masts"}]}
    async with house.system() as work:
        await configure.store(work.unit.connection, work.context.schema, Definition("object", "boat", body), None)
    await configure.synchronise(house.door, (), house.key)
    made = await api.post("boats", json={"name": "Gorch Fock", "masts": 3})
    assert (made.status_code, made.json()["masts"]) == (201, 3)
    assert "/boats" in (await api.get("openapi.json")).json()["paths"]
