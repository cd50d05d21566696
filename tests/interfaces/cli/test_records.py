"""Records, actions, people and keys from the command line, over a database of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from relata.app.application import Relata
from relata.app.settings import Settings
from relata.interfaces.cli.commands import cli
from relata.testing.house import RING, House

Ask = Callable[..., Result]


@pytest.fixture
def relata(open_house: House, tmp_path: Path) -> Ask:
    application = Relata(Settings(home=tmp_path, database_url=open_house.door.database.url, master_keys=RING.text()))

    def ask(*arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(cli, list(arguments), obj=application, input=given)

    return ask


def made(result: Result) -> Any:
    """The JSON of a command that went well."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(result: Result) -> str:
    """What a command that failed said."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    return result.stderr


def test_a_record_from_its_creation_to_its_return_from_the_bin(relata: Ask) -> None:
    values = ("--set", "name=Kaffeehaus Nord", "--set", 'email=["hi@nord.example"]')
    account = made(relata("records", "create", "account", *values, "--json"))
    name = ("account", account["id"])
    assert account["email"][0]["value"] == "hi@nord.example"
    assert made(relata("records", "change", *name, "--set", "name=Nord", "--set", "email=", "--json"))["email"] is None
    assert "Nord" in relata("records", "get", *name).stdout
    assert "deleted" in relata("records", "delete", *name).stdout
    assert "does not exist" in refused(relata("records", "get", *name))
    assert made(relata("records", "list", "accounts", "--deleted", "--json"))["data"][0]["id"] == account["id"]
    assert made(relata("records", "restore", *name, "--json"))["name"] == "Nord"


def test_a_list_is_filtered_sorted_and_paged(relata: Ask) -> None:
    for name in ("Anker", "Berg", "Cord"):
        made(relata("records", "create", "account", "--json-file", "-", "--json", given=json.dumps({"name": name})))
    asked = (
        "records",
        "list",
        "account",
        "--order",
        "-name",
        "--fields",
        "name",
        "--limit",
        "1",
        "--where",
        'name < "Cor"',
    )
    first = made(relata(*asked, "--json"))
    second = made(relata(*asked, "--json", "--after", first["next"]))
    assert [page["data"][0]["name"] for page in (first, second)] == ["Berg", "Anker"]
    assert relata("records", "list", "account", "--order", "name", "--fields", "name").stdout.split()[-1] == "Cord"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("list", "starships"), "no object called starships"),
        (("list", "account", "--where", "nmae = 1"), "nmae"),
        (("get", "account", "7"), "does not exist"),
        (("create", "account", "--set", "name"), "is no value"),
        (("create", "account"), "Name is required."),
        (("create", "account", "--set", "name=x", "--set", "colour=red"), "no field 'colour'"),
        (("create", "account", "--json-file", "nowhere.json"), "no JSON object"),
        (("list", "account", "--as", "nobody@example.com"), "Nobody with this address"),
        (("list", "account", "--workspace", "other"), "no such workspace"),
    ],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(relata: Ask, command: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(relata("records", *command))


def test_an_action_is_one_of_the_registry(relata: Ask) -> None:
    account = made(relata("records", "create", "account", "--set", "name=Nord", "--json"))["id"]
    values = ("--set", "name=Machines", "--set", f"account={account}", "--set", "amount=1200 EUR")
    deal = made(relata("records", "create", "opportunity", *values, "--json"))["id"]
    assert "win_opportunity" in relata("objects", "opportunity").stdout
    assert relata("action", "opportunity", deal, "win_opportunity").exit_code == 0
    assert made(relata("records", "get", "opportunity", deal, "--json"))["status"] == "won"
    assert "There are " in refused(relata("action", "opportunity", deal, "fly"))
    assert "takes no wings" in refused(relata("action", "opportunity", deal, "win_opportunity", "--set", "wings=2"))


def test_a_person_acts_with_their_own_rights(relata: Ask) -> None:
    account = made(relata("records", "create", "account", "--set", "name=Nord", "--json"))["id"]
    made(relata("user", "add", "rita@example.com", "--role", "reader", "--json"))
    asked = ("records", "change", "account", account, "--set", "name=Sued", "--as", "rita@example.com")
    assert "not change it" in refused(relata(*asked))
    assert made(relata("records", "list", "account", "--as", "rita@example.com", "--json"))["data"][0]["name"] == "Nord"
    told = relata("explain", "rita@example.com", "account", account).stdout
    assert told.startswith("rita sees it and may not change it.\n  The role Reader")


def test_objects_are_listed_with_their_fields(relata: Ask) -> None:
    assert {"account", "opportunity"} <= {one["name"] for one in made(relata("objects", "--json"))}
    assert "name" in [field["name"] for field in made(relata("objects", "accounts", "--json"))["fields"]]


def test_people_come_and_go(relata: Ask) -> None:
    added = made(relata("user", "add", "ada@example.com", "--name", "Ada", "--role", "admin", "--json"))
    assert len(added["password"]) >= 12
    assert "/invitation/" in made(relata("user", "invite", "bo@example.com", "--json"))["link"]
    assert "/invitation/" in relata("user", "invite", "bo@example.com").stdout
    assert "/reset/" in relata("user", "reset-password", "ada@example.com").stdout
    made(relata("user", "deactivate", "ada@example.com", "--json"))
    status = {one["email"]: one["status"] for one in made(relata("user", "list", "--json"))}
    assert status == {"ada@example.com": "inactive", "bo@example.com": "invited"}
    assert "here already" in refused(relata("user", "add", "ada@example.com"))
    assert "There are admin" in refused(relata("user", "add", "cy@example.com", "--role", "king"))


def test_a_given_password_is_not_printed(relata: Ask) -> None:
    asked = ("user", "add", "ada@example.com", "--password-file", "-")
    assert relata(*asked, given="four unrelated words\n").stdout == "ada@example.com can sign in.\n"


def test_a_key_is_printed_once_and_ends_at_once(relata: Ask) -> None:
    made(relata("user", "add", "ada@example.com", "--json"))
    asked = ("apikey", "create", "ada@example.com", "--name", "Shop", "--scope", "accounts:read", "--days", "30")
    key = made(relata(*asked, "--json"))
    (listed,) = made(relata("apikey", "list", "--json"))
    assert (listed["email"], listed["scopes"], listed["revoked_at"]) == ("ada@example.com", ["accounts:read"], None)
    assert key["key"] not in relata("apikey", "list").stdout
    assert relata("apikey", "revoke", listed["prefix"]).exit_code == 0
    assert made(relata("apikey", "list", "--json"))[0]["revoked_at"] is not None


def test_a_search_without_a_hit_is_no_failure(relata: Ask) -> None:
    assert made(relata("search", "nothing", "like", "this", "--json")) == []
