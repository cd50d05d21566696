"""What people can do with gadgets, and the module's word in each write."""

from __future__ import annotations

from relata.engine.metadata.module import Action, Guard, action
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules._example import contracts, rules
from relata.modules._example.access import LEND_GADGETS
from relata.modules._example.contracts import GADGET


@action(
    contracts.LendGadget,
    on=GADGET,
    label="Lend",
    help="Gives the gadget to somebody until a day.",
    needs=LEND_GADGETS,
    offered='status = "on_shelf"',
    icon="handshake",
)
async def lend_gadget(work: Workspace, command: contracts.LendGadget) -> None:
    """Gather, decide, apply, announce."""
    gadget = await work.get(GADGET, command.gadget, lock=True)

    rules.check_can_lend(gadget["status"], command.due_on, work.clock.today)

    await work.move(gadget, to="lent", lent_to=command.to, due_on=command.due_on)
    await work.announce(contracts.GadgetLent(gadget.id, command.due_on), about=gadget)


async def check_gadget(work: Workspace, draft: Draft) -> None:
    """Whatever way a gadget comes back, nobody has it any more."""
    if draft["status"] == "on_shelf":
        draft.set("lent_to", None)
        draft.set("due_on", None)


ACTIONS: tuple[Action, ...] = (lend_gadget,)
GUARDS = (Guard(GADGET, check_gadget),)
