"""What people can do with activities, and the module's word in each write."""

from relata.engine.metadata.module import Action
from relata.modules.activities.actions.guards import GUARDS
from relata.modules.activities.actions.performed import complete_task, log_call, reopen_task

ACTIONS: tuple[Action, ...] = (complete_task, reopen_task, log_call)

__all__ = ["ACTIONS", "GUARDS"]
