"""The systems from which people move here, one file each. Another one is another file and a line here."""

from relata.engine.transfer.migration.declared import Source
from relata.engine.transfer.sources.hubspot import HUBSPOT
from relata.engine.transfer.sources.pipedrive import PIPEDRIVE
from relata.engine.transfer.sources.salesforce import SALESFORCE
from relata.engine.transfer.sources.zoho import ZOHO

SOURCES: tuple[Source, ...] = (SALESFORCE, ZOHO, HUBSPOT, PIPEDRIVE)


def source(name: str) -> Source | None:
    """The system of that name."""
    return next((one for one in SOURCES if one.name == name), None)
