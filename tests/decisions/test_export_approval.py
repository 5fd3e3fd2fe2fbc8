"""When an approved export has to be approved again: with more records than its approver saw, on any of its sheets."""

from typing import NamedTuple

import pytest
from django.http import QueryDict

from accounts.models import User
from crm.models import Export
from crm.records.editing.bulk_actions import freeze_set
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports.approval import get_approvers, has_grown
from crm.transfer.exports.selection import Selection


class Case(NamedTuple):
    """How many leads the approver saw and how many there are now, and whether the export waits again. Without `decided`, no one had to
    approve it."""

    saw: int | None
    now: int
    waits: bool
    decided: bool = True


CASES = {
    "as many as the approver saw": Case(2, 2, False),
    "one more": Case(2, 3, True),
    "many more": Case(2, 12, True),
    "fewer": Case(5, 2, False),
    "none any more": Case(5, 0, False),
    "no one had to approve it": Case(2, 12, False, decided=False),
    "its records weren’t counted": Case(None, 12, False),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_export_of_all_that_match(case, make_lead, ann, ada):
    for number in range(case.now):
        make_lead(f"Jan N{number}")
    export = Export(
        user=ann, table="lead", matched=case.saw, linked=0, decided_by=ada if case.decided else None
    )
    assert has_grown(export, Selection(KINDS["lead"], QueryDict("all=1"), ann)) is case.waits


class Linked(NamedTuple):
    """How many contacts of the companies the approver saw, how many there are now, and whether the export waits again."""

    saw: int | None
    now: int
    waits: bool
    also: tuple[str, ...] = ("contact",)


LINKED = {
    "as many contacts as the approver saw": Linked(2, 2, False),
    "more contacts": Linked(2, 3, True),
    "fewer contacts": Linked(3, 2, False),
    "more contacts, which aren’t exported": Linked(0, 3, False, ()),
    "approved before contacts were counted": Linked(None, 3, False),
}


@pytest.mark.parametrize("case", LINKED.values(), ids=LINKED)
def test_an_export_with_linked_records(case, make_company, make_contact, ada):
    company = make_company("Omnia")
    for number in range(case.now):
        make_contact(f"Ana A{number}", company=company)
    export = Export(
        user=ada, table="company", matched=1, linked=case.saw, also=list(case.also), decided_by=ada
    )
    assert has_grown(export, Selection(KINDS["company"], QueryDict("all=1"), ada)) is case.waits


class Approver(NamedTuple):
    """The permissions of a user, and whether they are notified of a request of someone else's."""

    permissions: tuple[str, ...]
    notified: bool
    active: bool = True


APPROVERS = {
    "may approve exports and export leads": Approver(("approve_export", "export_lead"), True),
    "may not export leads": Approver(("approve_export", "export_company"), False),
    "may not approve exports": Approver(("export_lead", "see_all"), False),
    "has left": Approver(("approve_export", "export_lead"), False, active=False),
}


@pytest.mark.parametrize("case", APPROVERS.values(), ids=APPROVERS)
def test_who_is_notified_of_a_request(case, someone_with, ann):
    eve = someone_with(*case.permissions)
    User.objects.filter(pk=eve.pk).update(is_active=case.active)
    assert (eve in get_approvers(KINDS["lead"], but=ann)) is case.notified


def test_the_user_who_asks_is_never_their_own_approver(someone_with):
    eve = someone_with("approve_export", "export_lead")
    assert eve not in get_approvers(KINDS["lead"], but=eve)


def test_selected_records_never_grow(make_lead, ann, ada):
    leads = [make_lead(f"Jan N{number}") for number in range(3)]
    frozen = freeze_set(ann, "lead", [lead.pk for lead in leads[:2]], "")
    export = Export(user=ann, table="lead", matched=2, linked=0, decided_by=ada)
    assert not has_grown(export, Selection(KINDS["lead"], QueryDict(f"set={frozen.pk}"), ann))
