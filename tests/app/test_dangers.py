"""Settings that are fine at home keep Relata from serving other machines."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from relata.app.dangers import dangers
from relata.app.settings import Settings

SAFE = Settings(
    public_url="https://crm.example.org", trusted_proxies=("127.0.0.1",), smtp_url="smtps://mail.example.org"
)


def test_this_machine_alone_needs_nothing() -> None:
    assert dangers(Settings()) == []
    assert dangers(Settings(public_url="http://localhost:8000")) == []


def test_a_proxy_with_a_certificate_and_a_mail_server_is_safe() -> None:
    assert dangers(SAFE) == []


def test_a_certificate_of_its_own_is_safe_without_a_proxy() -> None:
    own = replace(SAFE, host="0.0.0.0", trusted_proxies=(), tls_certificate="/etc/crt", tls_key="/etc/key")
    assert dangers(own) == []


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        ("RELATA_PUBLIC_URL", replace(SAFE, public_url="http://crm.example.org")),
        ("RELATA_HOST", replace(SAFE, host="0.0.0.0", trusted_proxies=())),
        ("RELATA_TRUSTED_PROXIES", replace(SAFE, trusted_proxies=())),
        ("RELATA_SMTP_URL", replace(SAFE, smtp_url="")),
        ("RELATA_SECRET_KEY", replace(SAFE, secret_key="a" * 40)),
    ],
)
def test_each_danger_is_named_with_what_to_do(setting: str, changed: Settings) -> None:
    found = dangers(changed)
    assert [problem.field for problem in found] == [setting]
    assert "RELATA_INSECURE" in str(found[0].hint)
    assert dangers(replace(changed, insecure=True)) == []


def test_it_does_not_start_and_says_why() -> None:
    told = os.environ | {"RELATA_HOST": "0.0.0.0", "RELATA_PUBLIC_URL": "http://crm.example.org", "PYTHONPATH": "src"}
    done = subprocess.run([sys.executable, "-m", "relata.app", "run"], env=told, capture_output=True, text=True)
    assert done.returncode != 0
    assert "passwords would travel readable" in done.stderr
