"""What sales declares, by topic."""

from relata.engine.metadata.object import Object
from relata.modules.sales.objects.competitor import COMPETITOR
from relata.modules.sales.objects.lead import LEAD
from relata.modules.sales.objects.opportunity import OPPORTUNITY
from relata.modules.sales.objects.parts import OPPORTUNITY_CONTACT, OPPORTUNITY_LINE
from relata.modules.sales.objects.pipeline import PIPELINE, PLAYBOOK_QUESTION, STAGE
from relata.modules.sales.objects.plan import ACCOUNT_PLAN, PLAN_GOAL, PLAN_PERSON, PLAN_RISK
from relata.modules.sales.objects.promise import PROMISE
from relata.modules.sales.objects.review import DEAL_REVIEW
from relata.modules.sales.objects.stay import STAGE_STAY
from relata.modules.sales.objects.team import DEAL_MEMBER, REVENUE_SPLIT

OBJECTS: tuple[Object, ...] = (
    PIPELINE,
    STAGE,
    LEAD,
    OPPORTUNITY,
    OPPORTUNITY_CONTACT,
    OPPORTUNITY_LINE,
    STAGE_STAY,
    PLAYBOOK_QUESTION,
    DEAL_REVIEW,
    DEAL_MEMBER,
    REVENUE_SPLIT,
    PROMISE,
    COMPETITOR,
    ACCOUNT_PLAN,
    PLAN_GOAL,
    PLAN_PERSON,
    PLAN_RISK,
)
