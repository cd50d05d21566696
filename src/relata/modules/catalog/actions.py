"""What people can do with products, and the module's word in each write."""

from __future__ import annotations

from relata.engine.metadata.module import Action, Guard, action
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.catalog import contracts, rules


@action(
    contracts.RetireProduct,
    on=contracts.PRODUCT,
    label="Stop selling",
    help="Takes the product out of what is offered; deals that have it keep it.",
    offered="is_active = true",
    icon="archive",
)
async def retire_product(work: Workspace, command: contracts.RetireProduct) -> None:
    """One that is retired already stays as it is."""
    product = await work.get(contracts.PRODUCT, command.product, lock=True)
    if product["is_active"]:
        await work.change(product, {"is_active": False})
        await work.announce(contracts.ProductRetired(product.id), about=product)


async def check_price_book(work: Workspace, draft: Draft) -> None:
    """The days are in order."""
    rules.check_validity(draft["valid_from"], draft["valid_until"])


async def check_entry(work: Workspace, draft: Draft) -> None:
    """The price is in the book's currency; the name is the product's. What is required is asked for afterwards."""
    if draft["price_book"] is not None and draft["unit_price"] is not None:
        book = await work.get(contracts.PRICE_BOOK, draft["price_book"])
        rules.check_currency(draft["unit_price"], book["currency"])
    if draft.changed("product") and draft["product"] is not None:
        draft.set("name", (await work.get(contracts.PRODUCT, draft["product"]))["name"])


ACTIONS: tuple[Action, ...] = (retire_product,)
GUARDS = (Guard(contracts.PRICE_BOOK, check_price_book), Guard(contracts.PRICE_BOOK_ENTRY, check_entry))
