"""The demo company in a home of its own: furnished by the modules, with a manager and a seller who can sign in."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from relata.app.assembly import MAIN, House
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.identity import accounts, memberships, passwords
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug
from relata.interfaces.cli.port import Prepared

COMPANY = "Larkfield"
#: Who signs in: one who sees and decides everything, one who sees what a seller sees.
MANAGER, SELLER = "clara@larkfield.example", "mira@larkfield.example"
_PASSWORD_FILE = "demo-password"


def prepare_demo(settings: Settings, url: str) -> Prepared:
    """The migrated and furnished database; a second time it finds everything as people left it."""
    password = kept_password(settings.home / _PASSWORD_FILE)

    async def bring(house: House) -> Prepared:
        names = await house.migrate()
        await furnish(house)
        for email in (MANAGER, SELLER):
            await let_in(house, email, password)
        return Prepared(tuple(names), None, notice(password))

    return within(settings, url, bring)


async def furnish(house: House) -> None:
    """The workspace with each module's part of the company; each part is made once."""
    await house.ensure_workspace(MAIN, COMPANY)
    context = await house.door.context(MAIN)
    for module in context.registry.modules.values():
        if module.demo is not None:
            await house.door.run(MAIN, None, module.demo, via="demo")
    await house.door.run(MAIN, None, make_administrator, via="setup")


async def make_administrator(work: Workspace) -> None:
    """The manager may configure everything, too."""
    manager = await work.first("user", email=MANAGER)
    if manager is None:
        raise Bug(f"The demo company has nobody with the address {MANAGER}.")
    if "admin" not in (roles := list(manager["roles"] or ())):
        await work.change(manager, {"roles": [*roles, "admin"]})


async def let_in(house: House, email: str, password: str) -> None:
    """An account for a person of the company, with this password."""
    async with house.door.open(MAIN, None, via="setup") as work:
        connection = work.unit.connection
        known = await accounts.by_email(connection, email)
        if known is None:
            person = await work.first("user", email=email)
            if person is None:
                raise Bug(f"The demo company has nobody with the address {email}.")
            account = await accounts.create(connection, email, password)
            await memberships.join(connection, account, work.context.id, person.id)
        elif not await passwords.matches(known.password_hash, password):
            await accounts.set_password(connection, known.id, await passwords.hashed(password))


def kept_password(file: Path) -> str:
    """The password of this home, made once; readable by its owner alone."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    password = secrets.token_urlsafe(9)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(password + "\n")
    return password


def notice(password: str) -> str:
    """How to come in, in lines for a terminal."""
    return f"Sign in as {MANAGER} (manages everything) or {SELLER} (sells); the password of both is {password}"
