"""Settings are read, checked and shown; the secret key is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from relata.app.secret_key import secret_key
from relata.app.settings import MASK, Settings, describe, unknown_variables
from relata.app.web import http_settings
from relata.foundation.errors import Invalid


def test_everything_has_a_default() -> None:
    assert Settings.from_environment({}) == Settings(home=Path("data"), port=8000, host="127.0.0.1")


def test_a_blank_variable_is_as_good_as_none() -> None:
    assert Settings.from_environment({"RELATA_PORT": " "}).port == 8000


def test_values_are_read_from_the_environment() -> None:
    settings = Settings.from_environment({"RELATA_HOME": "/srv/x", "RELATA_PORT": "81", "RELATA_LOG_LEVEL": "DEBUG"})
    assert (settings.home, settings.port, settings.log_level) == (Path("/srv/x"), 81, "debug")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELATA_PORT", "0"),
        ("RELATA_PORT", "eighty"),
        ("RELATA_PORT", "²"),
        ("RELATA_WORKERS", "-1"),
        ("RELATA_LOG_LEVEL", "loud"),
        ("RELATA_PUBLIC_URL", "crm.example.org"),
        ("RELATA_DATABASE_URL", "mysql://host/name"),
        ("RELATA_SECRET_KEY", "short"),
        ("RELATA_HOSTS", "https://crm.example.org"),
        ("RELATA_HOSTS", "*"),
        ("RELATA_TRUSTED_PROXIES", "the_proxy"),
        ("RELATA_OPEN_METRICS", "perhaps"),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence_that_does_not_repeat_it(name: str, value: str) -> None:
    with pytest.raises(Invalid, match=f"^{name} must be ") as caught:
        Settings.from_environment({name: value})
    assert caught.value.code == "setting"
    assert value not in caught.value.message.replace("from 1 to", "").split()


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_environment({"RELATA_PORT": "x", "RELATA_WORKERS": "x"})
    assert [problem.field for problem in caught.value.problems] == ["RELATA_PORT", "RELATA_WORKERS"]


def test_secrets_are_masked_where_settings_are_shown() -> None:
    settings = Settings(database_url="postgresql://u:secret@h/d", smtp_url="smtp://u:secret@h", secret_key="secret" * 9)
    lines = {line.name: line for line in describe(settings)}
    assert lines["RELATA_DATABASE_URL"].value == MASK
    assert not any("secret" in line.value for line in lines.values())
    assert lines["RELATA_PORT"].value == "8000"


def test_every_setting_has_help() -> None:
    assert all(line.help.endswith(".") for line in describe(Settings()))


def test_the_public_address_wins_over_the_port() -> None:
    assert Settings(host="0.0.0.0", port=81).address == "http://127.0.0.1:81"
    assert Settings.from_environment({"RELATA_PUBLIC_URL": "https://crm.example.org/"}).address == (
        "https://crm.example.org"
    )


def test_a_mistyped_variable_is_noticed() -> None:
    found = unknown_variables({"RELATA_PROT": "1", "RELATA_TEST_X": "1", "RELATA_PORT": "1", "HOME": "/"})
    assert found == {"RELATA_PROT": "RELATA_PORT"}


def test_the_secret_key_is_made_once_also_when_many_ask_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(settings), range(8)))
    assert len(keys) == 1
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_given_secret_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret_key(Settings(home=tmp_path, secret_key="k" * 40)) == "k" * 40
    assert not list(tmp_path.iterdir())


def test_lists_are_read_between_commas() -> None:
    settings = Settings.from_environment(
        {"RELATA_HOSTS": "crm.example.org, CRM.example.com", "RELATA_TRUSTED_PROXIES": "10.0.0.0/8"}
    )
    assert (settings.hosts, settings.trusted_proxies) == (("crm.example.org", "crm.example.com"), ("10.0.0.0/8",))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_whoever_serves_other_machines_says_by_which_name(host: str) -> None:
    with pytest.raises(Invalid, match="RELATA_PUBLIC_URL or RELATA_HOSTS must be set"):
        Settings.from_environment({"RELATA_HOST": host})
    assert Settings.from_environment({"RELATA_HOST": host, "RELATA_HOSTS": "crm.example.org"}).host == host


def test_the_http_side_follows_the_settings() -> None:
    found = http_settings(
        Settings(host="192.0.2.7", hosts=("crm.example.org",), trusted_proxies=("10.0.0.0/8",), open_metrics=True)
    )
    assert {"crm.example.org", "192.0.2.7"} <= found.allowed_hosts
    assert (found.trusted_proxies, found.open_metrics) == (("10.0.0.0/8",), True)
    assert "*" not in http_settings(Settings(host="0.0.0.0", public_url="https://crm.example.org")).allowed_hosts
