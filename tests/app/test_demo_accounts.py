"""Who can sign in to the demo company, and by what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from relata.app.assembly import House
from relata.app.demo import MANAGER, SELLER, furnish, kept_password, let_in
from relata.app.settings import Settings
from relata.engine.identity import sign_in
from relata.engine.identity.sessions import Visitor
from relata.foundation.errors import RelataError
from relata.testing.house import RING
from relata.testing.house import House as Company

PASSWORD = "four unrelated words"
SignIn = Callable[[str, str], Awaitable[None]]


@pytest_asyncio.fixture
async def furnished(open_house: Company, tmp_path: Path) -> House:
    house = House(Settings(home=tmp_path, master_keys=RING.text()), open_house.door.database, open_house.door.modules)
    await furnish(house)
    return house


@pytest.fixture
def enter(furnished: House) -> SignIn:
    async def attempt(email: str, password: str) -> None:
        await sign_in.sign_in(furnished.database, email, password, Visitor("127.0.0.1", "test"))

    return attempt


async def test_the_manager_configures_and_the_seller_sells(furnished: House, enter: SignIn) -> None:
    for email in (MANAGER, SELLER):
        await let_in(furnished, email, PASSWORD)
        await enter(email, PASSWORD)
    async with furnished.door.open("main", None) as work:
        roles = {email: (await work.find("user", email=email))[0]["roles"] for email in (MANAGER, SELLER)}
    assert ("admin" in roles[MANAGER], "admin" in roles[SELLER]) == (True, False)


async def test_a_lost_password_file_means_a_new_password(furnished: House, enter: SignIn) -> None:
    await let_in(furnished, MANAGER, PASSWORD)
    await let_in(furnished, MANAGER, "another four words")
    await enter(MANAGER, "another four words")
    with pytest.raises(RelataError):
        await enter(MANAGER, PASSWORD)


def test_the_password_of_a_home_stays_and_is_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "home" / "demo-password"
    assert kept_password(file) == kept_password(file)
    assert file.stat().st_mode & 0o777 == 0o600
