"""Pipelines and their stages: the way that a deal goes."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    DecimalField,
    Integer,
    Link,
    Links,
    LongText,
    MultiChoice,
    Option,
    Percent,
    RollUp,
    Tags,
    Text,
)
from relata.engine.metadata.fields.choices import COLOURS
from relata.engine.metadata.object import Object
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import FORECAST_CATEGORIES, LOST_REASONS, STATUSES, WON_REASONS

PIPELINE = Object(
    contracts.PIPELINE,
    label="Pipeline",
    help="The stages that deals of one kind pass, such as new business or renewals.",
    icon="git-branch",
    colour="indigo",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, unique=True, max_length=120, searchable=True, help="What the pipeline is called."),
        Integer(
            "position", minimum=0, default=0, help="Where it stands among the pipelines; the smallest comes first."
        ),
        Boolean(
            "is_default", label="Default", default=False, help="New deals go here unless somebody chooses another."
        ),
        Boolean("is_active", label="In use", default=True, help="May be chosen for new deals."),
        LongText("description", help="Which deals belong here."),
        Integer(
            "answer_days",
            minimum=1,
            maximum=1000,
            default=14,
            label="Days without activity",
            help="After so many days in which nothing happens a deal looks silent.",
        ),
        MultiChoice(
            "lost_reasons",
            options=LOST_REASONS,
            help="Why deals of this pipeline may be lost; empty allows every reason.",
        ),
        MultiChoice(
            "won_reasons", options=WON_REASONS, help="Why deals of this pipeline may be won; empty allows every reason."
        ),
        RollUp("stage_count", over="stages", label="Stages", help="How many stages it has."),
    ),
)

STAGE = Object(
    contracts.STAGE,
    label="Stage",
    help="A step on the way of a deal, with the chance of winning that deals there usually have.",
    icon="columns-3",
    colour="indigo",
    reference=True,
    nav=False,
    unique_together=(("pipeline", "name"),),
    fields=(
        Text("name", required=True, max_length=80, searchable=True, help="What the stage is called."),
        Link(
            "pipeline",
            contracts.PIPELINE,
            required=True,
            reverse="stages",
            on_delete="cascade",
            help="The pipeline that it belongs to.",
        ),
        Integer(
            "position", minimum=0, default=0, indexed=True, help="Its place in the pipeline; the smallest is first."
        ),
        Choice(
            "colour",
            options=tuple(Option(name, colour=name) for name in COLOURS),
            help="The colour of its column; without one it has that of the category.",
        ),
        Choice("category", options=STATUSES, default="open", help="What a deal in this stage is: open, won or lost."),
        Percent("probability", default=10, help="The chance of winning, 0-100; a won stage has 100, a lost one 0."),
        Choice(
            "forecast_category",
            options=FORECAST_CATEGORIES,
            default="pipeline",
            help="Where deals of this stage stand in the forecast, unless somebody says otherwise on the deal.",
        ),
        Integer("stale_after_days", minimum=1, help="Days in this stage after which a deal looks stale."),
        DecimalField(
            "median_days",
            read_only=True,
            places=1,
            label="Median stay in days",
            help="How long deals usually were here, over the last year; worked out each night.",
        ),
        Tags(
            "required_fields",
            help="Fields and lists of the deal, by name, that must be filled before it comes here, such as amount.",
        ),
        Links(
            "next_stages",
            contracts.STAGE,
            reverse="previous_stages",
            reverse_label="Previous stages",
            help="Where a deal may go from here within its pipeline; empty allows every stage.",
        ),
        LongText("guidance", help="What must be true before a deal comes here, and what to do while it is here."),
    ),
)

PLAYBOOK_QUESTION = Object(
    contracts.PLAYBOOK_QUESTION,
    label="Playbook question",
    help="Something that one should know about a deal while it is in a stage, and where the answer is kept.",
    icon="circle-help",
    colour="indigo",
    reference=True,
    nav=False,
    title_field="question",
    fields=(
        Text("question", required=True, max_length=200, help="What one should know."),
        Link("stage", contracts.STAGE, required=True, reverse="questions", on_delete="cascade", help="In which stage."),
        Text("answered_by", max_length=80, help="The name of the deal's field or list that holds the answer."),
        Integer("position", minimum=0, default=0, help="Its place in the stage; the smallest is first."),
    ),
)
