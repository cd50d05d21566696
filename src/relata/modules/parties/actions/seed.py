"""What a new workspace knows of accounts and contacts: where mail with a contact shows."""

from __future__ import annotations

from relata.engine.messaging.mail.filing import ensure_rule
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import CONTACT


async def seed(work: Workspace) -> None:
    """Mail with a contact shows on the contact's account, too."""
    await ensure_rule(work, "The account of a contact", CONTACT, "account")
