"""Which leads meet conditions while they are composed: how many, and some of them."""

from dataclasses import dataclass
from typing import Any

from crm.records.listing.record_list import RecordList
from leads.models import Lead

SHOWN = 3
MOST = 10_000


@dataclass(frozen=True)
class MatchingLeads:
    """`number` is that of the leads that the viewer sees, MOST if there are more."""

    number: int
    examples: list[Any]

    @property
    def are_more(self) -> bool:
        return self.number >= MOST


def get_matching_leads(listing: RecordList) -> MatchingLeads:
    ids = listing.get_page(SHOWN).ids
    found = Lead.objects.in_bulk(ids)
    return MatchingLeads(listing.count(MOST), [found[pk] for pk in ids if pk in found])
