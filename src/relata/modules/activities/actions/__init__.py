"""What people can do with activities, and the module's word in each write."""

from relata.engine.metadata.module import Action
from relata.modules.activities.actions.being_invited import answer_invitation
from relata.modules.activities.actions.closing import close_meeting
from relata.modules.activities.actions.guards import GUARDS
from relata.modules.activities.actions.guests import CONSEQUENCES
from relata.modules.activities.actions.inviting import apply_reply, invite_guests
from relata.modules.activities.actions.performed import complete_task, follow_up_call, log_call, reopen_task
from relata.modules.activities.actions.plans import snooze_task, start_account_plan, start_contact_plan, start_plan
from relata.modules.activities.actions.proposals import accept_proposal, propose_time, refuse_proposal
from relata.modules.activities.actions.series import change_occurrence, move_occurrence, skip_occurrence
from relata.modules.activities.actions.taking import take_calendar

ACTIONS: tuple[Action, ...] = (
    complete_task,
    reopen_task,
    log_call,
    follow_up_call,
    close_meeting,
    invite_guests,
    apply_reply,
    answer_invitation,
    accept_proposal,
    propose_time,
    refuse_proposal,
    take_calendar,
    snooze_task,
    start_plan,
    start_account_plan,
    start_contact_plan,
    change_occurrence,
    move_occurrence,
    skip_occurrence,
)

__all__ = ["ACTIONS", "CONSEQUENCES", "GUARDS"]
