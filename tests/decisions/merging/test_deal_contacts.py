"""Of the entries of a merged person on a deal, which one stays."""

from typing import NamedTuple

import pytest
from django.db.models import F

from crm.records.history.verb_execution import operation
from customers.models import Contact, DealContact
from duplicates.merging.reference_transfer import move_referring_rows
from tests.duplicates.conftest import make_deal

__all__ = ["make_deal"]


class OnDeal(NamedTuple):
    """The roles of the kept and of the merged contact in a deal, None for a contact who isn't among its further ones; `main` is
    the deal's main contact. `left` are the roles of the person after the merge. The kept one's entry may have been
    `removed` before."""

    kept: str | None
    merged: str | None
    left: tuple[str, ...]
    main: str = ""
    same: bool = True
    removed: bool = False


DEAL_CONTACTS = {
    "the same role in the same deal": OnDeal("Decides", "Decides", ("Decides",)),
    "another role in the same deal, of which the older one counts": OnDeal("Decides", "Pays", ("Decides",)),
    "a role counts more than none": OnDeal("", "Pays", ("Pays",)),
    "none counts less than a role": OnDeal("Decides", "", ("Decides",)),
    "the same role in another deal": OnDeal("Decides", "Decides", ("Decides", "Decides"), same=False),
    "only the merged one is on the deal": OnDeal(None, "Pays", ("Pays",)),
    "the kept one is the main contact": OnDeal(None, "Pays", (), main="kept"),
    "the merged one is the main contact": OnDeal("Decides", None, (), main="merged"),
    "a role that was removed doesn't count": OnDeal("Decides", "Pays", ("Pays",), removed=True),
}


@pytest.mark.parametrize("case", DEAL_CONTACTS.values(), ids=DEAL_CONTACTS.keys())
def test_a_deal_of_both_contacts(case, make_contact, make_deal):
    people = {"kept": make_contact(), "merged": make_contact()}
    deal, another = make_deal(contact=people.get(case.main)), make_deal("300 licenses")
    with operation("test", by=None) as record:
        for name, role in (("kept", case.kept), ("merged", case.merged)):
            if role is not None:
                of = deal if case.same or name == "kept" else another
                made = DealContact.objects.create(contact=people[name], deal=of, role=role)
                if case.removed and name == "kept":
                    DealContact.objects.filter(pk=made.pk).update(deleted_at=made.created_at)
        move_referring_rows(Contact, {people["merged"].pk: people["kept"].pk}, record.pk)
    left = DealContact.objects.filter(deleted_at=None, contact=people["kept"]).order_by("pk")
    assert tuple(left.values_list("role", flat=True)) == case.left
    # What was removed before keeps its time.
    gone = DealContact.objects.filter(deleted_at=F("created_at"))
    assert gone.count() == int(case.removed)


def test_a_merge_leaves_the_deals_of_other_contacts_alone(make_contact, make_deal):
    kept, merged, other = make_contact(), make_contact(), make_contact()
    deal = make_deal(contact=other)
    with operation("test", by=None) as record:
        DealContact.objects.bulk_create(
            DealContact(contact=other, deal=deal, role=role) for role in ("", "Pays")
        )
        move_referring_rows(Contact, {merged.pk: kept.pk}, record.pk)
    assert DealContact.objects.filter(deleted_at=None).count() == 2
