"""What people can do with parties, and the module's word in each write."""

from relata.engine.metadata.module import Action
from relata.modules.parties.actions.guards import GUARDS
from relata.modules.parties.actions.performed import add_to_list, count_segment, end_affiliation
from relata.modules.parties.actions.seed import seed as seed

ACTIONS: tuple[Action, ...] = (add_to_list, count_segment, end_affiliation)

__all__ = ["ACTIONS", "GUARDS", "seed"]
