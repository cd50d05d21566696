"""Where a program finds its views, from the address at which Relata itself finds the database."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg.conninfo


@dataclass(frozen=True, slots=True)
class Address:
    """is_local: a socket in a folder, which no other machine reaches, as the embedded database has."""

    host: str
    port: str
    database: str
    is_local: bool

    def url(self, user: str, password: str) -> str:
        """As programs take it, password and all; shown once and kept nowhere."""
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{self.database}"


def address_of(conninfo: str) -> Address:
    """Of libpq's address, whatever its user and password are."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    host, port = str(parts.get("host") or parts.get("hostaddr") or "localhost"), str(parts.get("port") or "5432")
    return Address(host, port, str(parts.get("dbname") or ""), host.startswith("/"))
