"""What can go wrong with tasks and meetings, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Conflict, Invalid


class MeetingEndsBeforeStart(Invalid):
    """The end of a meeting lies before its start."""

    code = "ends_before_start"

    def __init__(self) -> None:
        super().__init__(
            "The meeting ends before it starts.", field="ends_at", hint="Choose a later end, or clear it for one hour."
        )


class TaskIsCancelled(Conflict):
    """A cancelled task can't be completed as it is."""

    code = "task_cancelled"

    def __init__(self) -> None:
        super().__init__("This task is cancelled.", field="status", hint="Reopen it before completing it.")


class SeriesRuleWrong(Invalid):
    """A rule that can't be read."""

    code = "series_rule"

    def __init__(self, why: str) -> None:
        super().__init__(why, field="rule", hint="Write it as FREQ=WEEKLY;BYDAY=MO, or choose how often it repeats.")


class SeriesDaysUnclear(Invalid):
    """A series on several days can't be moved by its first one."""

    code = "series_days"

    def __init__(self) -> None:
        super().__init__(
            "This series takes place on several days, so it can't be moved to another one as a whole.",
            field="starts_at",
            hint="Move only this one, or change the days of the series.",
        )


class NotInSeries(Invalid):
    """The series has nothing at that time."""

    code = "not_in_series"

    def __init__(self) -> None:
        super().__init__(
            "The series has nothing at this time.",
            field="at",
            hint="Open it in the calendar, and choose the day there.",
        )


class ZoneUnknown(Invalid):
    """There is no such time zone."""

    code = "unknown_zone"

    def __init__(self) -> None:
        super().__init__("There is no such time zone.", field="zone", hint="Write it as Europe/Berlin.")


class RoomIsTaken(Conflict):
    """Another meeting has the room at that time."""

    code = "room_taken"

    def __init__(self, room: str, when: str) -> None:
        super().__init__(f"{room} is taken {when}.", field="rooms", hint="Choose another room or another time.")


class GuestUnknown(Invalid):
    """A guest without a name or an address."""

    code = "guest_unknown"

    def __init__(self) -> None:
        super().__init__("A guest needs a name or an address.", field="email", hint="Write down where to reach them.")


class TaskIsBlocked(Conflict):
    """Something must be done before."""

    code = "task_blocked"

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"“{subject[:80]}” must be done first.", field="blocked_by", hint="Complete it, or take it off the list."
        )


class TasksBlockEachOther(Invalid):
    """Each would wait for the other."""

    code = "tasks_block_each_other"

    def __init__(self) -> None:
        super().__init__("These tasks would wait for each other.", field="blocked_by", hint="Take one of them off.")


class PlanIsEmpty(Conflict):
    """A plan without tasks."""

    code = "plan_empty"

    def __init__(self) -> None:
        super().__init__("This plan has no tasks, or is no longer offered.", hint="Add tasks to it first.")


class NothingProposed(Conflict):
    """The guest has no other time."""

    code = "nothing_proposed"

    def __init__(self) -> None:
        super().__init__(
            "This guest proposes no other time for this meeting.",
            field="guest",
            hint="It may have been answered already; look at the meeting again.",
        )


class NobodyToInvite(Conflict):
    """Nobody has an address."""

    code = "nobody_to_invite"

    def __init__(self) -> None:
        super().__init__(
            "Nobody is to be invited: no guest has an e-mail address.",
            field="contacts",
            hint="Add contacts or colleagues, or a guest with an address.",
        )


class NotInvited(Conflict):
    """The mail holds no invitation for this person."""

    code = "not_invited"

    def __init__(self) -> None:
        super().__init__(
            "This mail holds no invitation to you, or it does not come from who invites.",
            hint="Answer it by mail instead.",
        )


class NothingToPropose(Conflict):
    """The meeting is our own, a series, over, or was not answered yet."""

    code = "nothing_to_propose"

    def __init__(self) -> None:
        super().__init__(
            "Another time can be proposed for a single meeting to which somebody else invites, once you have answered.",
            hint="Accept it, perhaps, on the mail that invites you.",
        )


class ProposedTimeIsWrong(Invalid):
    """In the past, or where the meeting is already."""

    code = "proposed_time"

    def __init__(self) -> None:
        super().__init__("Choose a time to come, other than the one that stands.", field="to")


class InvitationIsOld(Conflict):
    """A later version of the same invitation is known."""

    code = "invitation_is_old"

    def __init__(self) -> None:
        super().__init__("This invitation was changed since.", hint="Answer the latest one.")


class NotOurMeeting(Conflict):
    """Only who invites sends invitations."""

    code = "not_our_meeting"

    def __init__(self) -> None:
        super().__init__("Somebody else invites to this meeting.", hint="Ask them to invite further people.")
