"""What can go wrong with leads and deals, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Conflict, Denied, Invalid


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
