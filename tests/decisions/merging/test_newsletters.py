"""Whether a merged lead has received newsletters, after the merge and after its undo."""

from typing import NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from duplicates.merging.received_newsletters import (
    merge_received_newsletters,
    restore_newsletter_recipients,
)
from duplicates.models import MovedRow
from leads.models import Newsletter, Unsubscribe

NEVER, RECEIVES, LEFT = "never received one", "receives them", "has unsubscribed"


class Case(NamedTuple):
    """What the kept and the merged lead are before, and the kept one after the merge and after the undo."""

    kept: str
    merged: str
    then: str
    undone: str


CASES = {
    "neither has received one": Case(NEVER, NEVER, NEVER, NEVER),
    "only the kept one has": Case(RECEIVES, NEVER, RECEIVES, RECEIVES),
    "only the merged one has": Case(NEVER, RECEIVES, RECEIVES, NEVER),
    "both have": Case(RECEIVES, RECEIVES, RECEIVES, RECEIVES),
    "the kept one has unsubscribed before it received one": Case(LEFT, RECEIVES, LEFT, LEFT),
    "the merged one has unsubscribed before it received one": Case(NEVER, LEFT, NEVER, NEVER),
}


def state_of(pk: int) -> str:
    found = Newsletter.objects.filter(lead=pk).first()
    if found is None:
        return NEVER
    return RECEIVES if found.state == Newsletter.State.RECEIVING else LEFT


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_whether_the_kept_lead_has_received_newsletters(case, make_lead):
    kept, merged, other = (make_lead(email=f"{name}@a.example") for name in ("kept", "merged", "other"))
    for lead, is_ in ((kept, case.kept), (merged, case.merged)):
        if is_ == RECEIVES:
            Newsletter.objects.create(lead=lead, received=True, state=Newsletter.State.RECEIVING)
        elif is_ == LEFT:
            Unsubscribe.objects.create(email_key=lead.email_key)
    Newsletter.objects.create(lead=other, received=True, state=Newsletter.State.RECEIVING)
    before = Newsletter.objects.filter(lead__in=[merged, other]).order_by("lead").values()
    others = [*before]
    received = set(Newsletter.objects.filter(lead=kept, received=True).values_list("lead", flat=True))
    with operation("test", by=None) as merge:
        merge_received_newsletters("lead", {merged.pk: kept.pk}, merge.pk)
    assert state_of(kept.pk) == case.then
    gains = case.merged == RECEIVES and case.kept != RECEIVES
    assert MovedRow.objects.filter(operation_id=merge.pk).count() == gains
    assert Newsletter.objects.filter(lead=kept, received=True).exists() == (case.kept == RECEIVES or gains)
    restore_newsletter_recipients(merge.pk, "lead", merged=False)
    assert state_of(kept.pk) == case.undone
    assert set(Newsletter.objects.filter(lead=kept, received=True).values_list("lead", flat=True)) == received
    restore_newsletter_recipients(merge.pk, "lead", merged=True)
    assert state_of(kept.pk) == case.then
    assert [*before.all()] == others


def test_newsletters_are_those_of_leads(make_lead, make_company):
    company, lead = make_company(), make_lead()
    Newsletter.objects.create(lead=lead, received=True, state=Newsletter.State.RECEIVING)
    with operation("test", by=None) as merge:
        merge_received_newsletters("company", {lead.pk: company.pk}, merge.pk)
    restore_newsletter_recipients(merge.pk, "company", merged=False)
    assert not MovedRow.objects.filter(operation_id=merge.pk).exists()
    assert state_of(lead.pk) == RECEIVES
