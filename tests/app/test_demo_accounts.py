"""Who can sign in to the demo company, and by what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from relata.app.assembly import House
from relata.app.demo import MANAGER, SELLER, kept_password, let_in
from relata.app.settings import Settings
from relata.engine.identity import sign_in
from relata.engine.identity.sessions import Visitor
from relata.foundation.errors import RelataError
from relata.testing.demo import PASSWORD, demo_template
from relata.testing.house import RING, Furnished
from relata.testing.house import House as Company

SignIn = Callable[[str, str], Awaitable[None]]


@pytest_asyncio.fixture
async def house_template(postgres_url: str, furnished: Furnished) -> str:
    """That of the demo company."""
    return await demo_template(postgres_url, furnished)


@pytest.fixture
def demo(open_house: Company, tmp_path: Path) -> House:
    return House(Settings(home=tmp_path, master_keys=RING.text()), open_house.door.database, open_house.door.modules)


@pytest.fixture
def enter(demo: House) -> SignIn:
    async def attempt(email: str, password: str) -> None:
        await sign_in.sign_in(demo.database, email, password, Visitor("127.0.0.1", "test"))

    return attempt


async def test_the_manager_configures_and_the_seller_sells(demo: House, enter: SignIn) -> None:
    for email in (MANAGER, SELLER):
        await let_in(demo, email, PASSWORD)
        await enter(email, PASSWORD)
    async with demo.door.open("main", None) as work:
        roles = {email: (await work.find("user", email=email))[0]["roles"] for email in (MANAGER, SELLER)}
    assert ("admin" in roles[MANAGER], "admin" in roles[SELLER]) == (True, False)


async def test_a_lost_password_file_means_a_new_password(demo: House, enter: SignIn) -> None:
    await let_in(demo, MANAGER, PASSWORD)
    await let_in(demo, MANAGER, "another four words")
    await enter(MANAGER, "another four words")
    with pytest.raises(RelataError):
        await enter(MANAGER, PASSWORD)


def test_the_password_of_a_home_stays_and_is_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "home" / "demo-password"
    assert kept_password(file) == kept_password(file)
    assert file.stat().st_mode & 0o777 == 0o600
