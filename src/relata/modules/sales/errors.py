"""What can go wrong with leads and deals, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from relata.foundation.errors import Conflict, Denied, Invalid


class PromiseAboutNothing(Invalid):
    """A promise was taken from something that is about no customer."""

    code = "promise_about_nothing"

    def __init__(self) -> None:
        super().__init__("This is about no deal, company or person.", field="about", hint="Say first what it is about.")


class LinkedIsGone(Invalid):
    """A write named a record that is not there any more, or hidden."""

    code = "invalid_link"

    def __init__(self, noun: str, field: str) -> None:
        super().__init__(
            f"This {noun} does not exist any more.", field=field, hint="Load the page again and choose another one."
        )


class PlanEndsBeforeItBegins(Invalid):
    """The days of a plan are the wrong way round."""

    code = "plan_ends_before_it_begins"

    def __init__(self) -> None:
        super().__init__("The plan ends before it begins.", field="ends_on", hint="Choose a later last day.")


class PlanOfOtherAccount(Invalid):
    """A goal, a person or a risk was to belong to the plan of another account, or a plan to another account."""

    code = "plan_of_other_account"

    def __init__(self) -> None:
        super().__init__(
            "This plan is for another account.", field="account", hint="Choose a plan of the same account, or none."
        )


class OpportunityIsClosed(Conflict):
    """A won deal was to be lost, or the other way round, without being reopened."""

    code = "opportunity_closed"

    def __init__(self, status: str) -> None:
        super().__init__(
            f"This opportunity is {status} already.", field="stage", hint="Reopen it first: move it to an open stage."
        )


class OpportunityIsOpen(Conflict):
    """A deal that is open was to be reopened."""

    code = "opportunity_open"

    def __init__(self) -> None:
        super().__init__("This opportunity is open.", field="stage", hint="There is nothing to reopen.")


class StageOfOtherPipeline(Invalid):
    """Stage and pipeline were both sent, and do not belong together."""

    code = "stage_of_other_pipeline"

    def __init__(self) -> None:
        super().__init__(
            "This stage belongs to another pipeline.",
            field="stage",
            hint="Send the stage alone; the pipeline follows it.",
        )


class NotAnOpenStage(Invalid):
    """A deal was to be reopened into a stage that closes it."""

    code = "not_an_open_stage"

    def __init__(self) -> None:
        super().__init__("This stage closes an opportunity.", field="stage", hint="Choose one of the open stages.")


class MoveNotAllowed(Invalid):
    """The stage says where a deal may go from it, and this is not among it."""

    code = "move_not_allowed"

    def __init__(self, before: str, after: str, allowed: Iterable[str]) -> None:
        super().__init__(
            f"From {before} a deal does not go to {after}.",
            field="stage",
            hint=f"It can go to: {', '.join(allowed)}.",
        )


class ReasonNotOffered(Invalid):
    """The pipeline names its reasons, and this is not among them."""

    code = "reason_not_offered"

    def __init__(self, field: str, offered: Iterable[str]) -> None:
        super().__init__(
            "This pipeline does not know this reason.", field=field, hint=f"Choose one of: {', '.join(offered)}."
        )


class NoSuchField(Invalid):
    """A stage or a question names a field that deals do not have."""

    code = "no_such_field"

    def __init__(self, field: str, name: str) -> None:
        super().__init__(
            f"Opportunities have no field or list called {name[:60]}.",
            field=field,
            hint="Use the name from the object's settings, such as close_date.",
        )


class NothingToReview(Conflict):
    """A deal was to be reviewed before it was decided."""

    code = "nothing_to_review"

    def __init__(self) -> None:
        super().__init__(
            "This opportunity is still open.", field="opportunity", hint="Review it once it is won or lost."
        )


class SplitsDoNotAddUp(Invalid):
    """More or less than the whole revenue of a deal was shared out."""

    code = "splits_do_not_add_up"

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            f"The revenue splits of this opportunity add up to {total.normalize():f} %, not to 100 %.",
            field="percent",
            hint="Change one of the shares; overlay splits do not count.",
        )


class NotYourDeal(Denied):
    """Somebody who may only look at a deal wanted to let others in."""

    code = "not_your_deal"

    def __init__(self) -> None:
        super().__init__(
            "You may not choose the team of this opportunity.", hint="Ask its owner, or somebody who may change it."
        )


class PipelineHasNoStage(Invalid):
    """The pipeline lacks a stage of the needed category."""

    code = "pipeline_has_no_stage"

    def __init__(self, category: str) -> None:
        super().__init__(
            f"The pipeline has no stage of the category {category}.",
            field="pipeline",
            hint="Add such a stage to the pipeline, or choose another pipeline.",
        )


class NoPipeline(Invalid):
    """There is no pipeline to put a new deal into."""

    code = "no_pipeline"

    def __init__(self) -> None:
        super().__init__("There is no pipeline yet.", field="pipeline", hint="Make a pipeline with stages first.")


class AmountOutOfRange(Invalid):
    """Nobody pays less than nothing, or a thousand billion."""

    code = "amount_out_of_range"

    def __init__(self, *, negative: bool) -> None:
        what = "can't be negative" if negative else "must be less than 1,000,000,000,000"
        super().__init__(f"The amount {what}.", field="amount", hint="Look for a slip of the hand.")


class AmountFollowsLines(Invalid):
    """An amount was typed where product lines say what the deal is worth."""

    code = "amount_follows_lines"

    def __init__(self) -> None:
        super().__init__(
            "The amount is what the product lines add up to.",
            field="amount",
            hint="Change the lines; without any the amount can be typed again.",
        )


class LineInOtherCurrency(Invalid):
    """The lines of one deal could not be added up."""

    code = "line_in_other_currency"

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"The other product lines of this opportunity are in {currency}.",
            field="unit_price",
            hint=f"Enter the price in {currency}.",
        )


class OpportunityHasNoLines(Invalid):
    """There is nothing to add up."""

    code = "no_lines"

    def __init__(self) -> None:
        super().__init__("This opportunity has no product lines.", hint="Add a product line first.")


class LineNeedsPrice(Invalid):
    """Neither the line nor its product has a price."""

    code = "line_needs_price"

    def __init__(self) -> None:
        super().__init__(
            "This line has no price.", field="unit_price", hint="Enter one, or choose a product that has a list price."
        )


class LeadIsConverted(Conflict):
    """What a lead became can't be changed afterwards."""

    code = "lead_converted"

    def __init__(self) -> None:
        super().__init__(
            "What a lead was converted to can't be changed.", hint="Change the account, contact or opportunity instead."
        )


class ConvertByAction(Invalid):
    """A lead was set to converted without saying to what."""

    code = "convert_by_action"

    def __init__(self) -> None:
        super().__init__(
            "A lead is converted to an account, a contact or an opportunity.",
            field="status",
            hint="Use the action Convert, which makes them.",
        )


class MayNotConvert(Denied):
    """The permission is missing."""

    code = "may_not_convert"

    def __init__(self) -> None:
        super().__init__(
            "Your roles do not let you convert leads.", hint="Ask an administrator for the right to convert leads."
        )
