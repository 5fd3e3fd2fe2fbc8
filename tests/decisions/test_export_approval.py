"""When an approved export has to be approved again: with more records than its approver saw, on any of its sheets."""

from typing import Any, NamedTuple

import pytest
from django.http import Http404, QueryDict

from accounts.models import User
from crm.models import Export
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports.approval import (
    claim_approved_export,
    decide_approval,
    get_approvers,
    has_grown,
    has_to_ask,
    request_approval_again,
)
from crm.transfer.exports.selection import Selection
from leads.models import Lead


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


class Asked(NamedTuple):
    """How many leads and contacts there are, which records of a company are exported with it, and whether someone has to approve it."""

    companies: int
    contacts: int
    waits: bool
    also: tuple[str, ...] = ()
    above: int = 3


ASKED = {
    "up to the limit": Asked(3, 0, False),
    "more than the limit": Asked(4, 0, True),
    "with further sheets up to the limit": Asked(1, 2, False, ("contact",)),
    "with further sheets more than the limit": Asked(1, 3, True, ("contact",)),
    "contacts that aren’t exported": Asked(1, 3, False),
    "more than the limit, with a further sheet without records": Asked(4, 0, True, ("contact",)),
    "no limit": Asked(4, 0, False, above=0),
}


@pytest.mark.parametrize("selected", [False, True])
@pytest.mark.parametrize("case", ASKED.values(), ids=ASKED)
def test_which_exports_have_to_be_approved(
    case, selected, make_company, make_contact, someone_with, ada, settings
):
    settings.EXPORT_APPROVAL_ABOVE = case.above
    eve = someone_with("see_all", "view_company", "view_contact", "export_company", "export_contact")
    companies = [make_company(f"Omnia {number}") for number in range(case.companies)]
    for number in range(case.contacts):
        make_contact(f"Ana A{number}", company=companies[0])
    for user, waits in ((eve, case.waits), (ada, False)):
        frozen = freeze_set(user, "company", [company.pk for company in companies], "")
        query = f"set={frozen.pk}" if selected else "all=1"
        selection = Selection(KINDS["company"], QueryDict(query), user)
        assert has_to_ask(selection, user, case.also) is waits
        assert selection.query == query
        assert selection.count_matches() == selection.count_first_matches() == case.companies


def test_an_export_has_the_selected_records_that_are_left_the_newest_first(make_lead, ann):
    leads = [make_lead(f"Jan N{number}") for number in range(4)]
    ids = [lead.pk for lead in leads]
    chosen, other = (freeze_set(ann, "lead", part, "q=Jan") for part in (ids[:3], ids[3:]))
    carry_out(Delete(), Lead.objects.filter(pk=ids[1]), by=ann)
    selection = Selection(KINDS["lead"], QueryDict(f"set={chosen.pk}"), ann)
    assert [pk for (pk,) in selection.build_tuples_queryset(["id"])] == [ids[2], ids[0]]
    assert selection.words == "Selected: 3 leads, matching “Jan”"
    (found,) = Selection(KINDS["lead"], QueryDict(f"set={other.pk}"), ann).records
    assert found.pk == ids[3]
    for query, words in {"all=1": "All leads", "q=Jan": "Leads: matching “Jan”"}.items():
        assert Selection(KINDS["lead"], QueryDict(query), ann).words == words


# Whose selected records a URL names, and whether it leads to them.
SETS = {
    "one's own": ("{own}", True),
    "those of a colleague": ("{other}", False),
    "records of another type": ("{company}", False),
    "a number that no set has": ("999999", False),
    "no number": ("all", False),
}


@pytest.mark.parametrize(("number", "found"), SETS.values(), ids=SETS)
def test_only_ones_own_selected_records_are_exported(number, found, make_lead, make_company, ann, bob):
    lead, company = make_lead("Jan N"), make_company("Omnia")
    sets = {
        "own": freeze_set(ann, "lead", [lead.pk], "").pk,
        "other": freeze_set(bob, "lead", [lead.pk], "").pk,
        "company": freeze_set(ann, "company", [company.pk], "").pk,
    }
    data = QueryDict(f"set={number.format_map(sets)}")
    if found:
        assert [*Selection(KINDS["lead"], data, ann).records] == [lead]
    else:
        with pytest.raises(Http404):
            Selection(KINDS["lead"], data, ann)


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


@pytest.fixture
def exports(ann, ada):
    """Two exports of Ann's that wait, and one that was approved."""
    states = ("asked", "asked", "approved")
    given: dict[str, Any] = {"user": ann, "table": "lead", "query": "all=1", "words": "leads", "columns": []}
    return [Export.objects.create(**given, state=state) for state in states]


@pytest.mark.parametrize(("approved", "state"), [(True, "approved"), (False, "declined")])
def test_a_decision_is_about_one_export(approved, state, exports, ada):
    decide_approval(exports[0], approved=approved, by=ada)
    found = Export.objects.order_by("pk").values_list("state", "decided_by")
    assert list(found) == [(state, ada.pk), ("asked", None), ("approved", None)]


def test_an_approved_export_is_claimed_once_and_by_its_user(exports, ann, bob):
    waiting, _other, approved = exports
    assert claim_approved_export(waiting.pk, ann) is None
    assert claim_approved_export(approved.pk, bob) is None
    assert claim_approved_export(approved.pk, ann) == approved
    assert claim_approved_export(approved.pk, ann) is None
    states = Export.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["asked", "asked", "writing"]


def test_only_an_approved_export_waits_again(exports, ann, ada, make_lead):
    make_lead("Jan Novák", owner=ann)
    selection = Selection(KINDS["lead"], QueryDict("all=1"), ann)
    waiting, other, approved = exports
    decide_approval(other, approved=True, by=ada)
    request_approval_again(waiting, selection)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.matched) == ("asked", None)
    request_approval_again(other, selection)
    other.refresh_from_db()
    approved.refresh_from_db()
    assert (other.state, other.matched, other.decided_by, other.decided_at) == ("asked", 1, None, None)
    assert approved.state == "approved"
