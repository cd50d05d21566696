"""What parties declares, by topic."""

from relata.engine.metadata.object import Object
from relata.modules.parties.objects.account import ACCOUNT
from relata.modules.parties.objects.contact import CONTACT
from relata.modules.parties.objects.lists import LIST_MEMBER, SEGMENT, STATIC_LIST
from relata.modules.parties.objects.ties import ADDRESS, AFFILIATION, HOUSEHOLD, RELATIONSHIP

OBJECTS: tuple[Object, ...] = (
    ACCOUNT, CONTACT, AFFILIATION, RELATIONSHIP, ADDRESS, HOUSEHOLD, STATIC_LIST, LIST_MEMBER, SEGMENT,
)  # fmt: skip
