"""What people can do with parties, and the module's word in each write."""

from relata.engine.metadata.module import Action
from relata.modules.parties.actions.guards import GUARDS
from relata.modules.parties.actions.performed import add_to_list, count_segment, end_affiliation

ACTIONS: tuple[Action, ...] = (add_to_list, count_segment, end_affiliation)

__all__ = ["ACTIONS", "GUARDS"]
