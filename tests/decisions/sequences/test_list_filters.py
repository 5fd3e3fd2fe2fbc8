"""Which leads the filters "in sequence" and "end of last sequence" find."""

from typing import Any, NamedTuple

import pytest
from django.http import QueryDict

from accounts.models import User
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from sequences.lists.filters import ENDS, build_sequence_filters
from sequences.models import Enrollment
from tests.sequences.sequencing import build_step, make_sequence

pytestmark = pytest.mark.django_db
Reason = Enrollment.StopReason
# Each is a sequence, its state and why it stopped, the oldest first.
RUNNING = ("One", "running", "")
IN_OTHER = ("Two", "running", "")
FINISHED = ("One", "finished", "")
REPLIED = ("One", "stopped", "replied")
BY_HAND = ("Two", "stopped", "by_hand")
UNDONE = ("One", "stopped", "undone")


class Case(NamedTuple):
    """The sequences of the record, the query of the list, and whether the record is found. "One" and "Two" are their ids."""

    before: list[tuple[str, str, str]]
    query: str
    found: bool


CASES = {
    "in one, asked for any": Case([RUNNING], "sequence=any", True),
    "in one, asked for this one": Case([RUNNING], "sequence=One", True),
    "in one, asked for another one": Case([RUNNING], "sequence=Two", False),
    "in one, asked for either": Case([IN_OTHER], "sequence=One&sequence=Two", True),
    "in one, asked for all others": Case([RUNNING], "sequence=One&sequence_not=on", False),
    "in another one, asked for all others": Case([IN_OTHER], "sequence=One&sequence_not=on", True),
    "in one, asked for none": Case([RUNNING], "sequence=none", False),
    "in one, asked for none or this one": Case([RUNNING], "sequence=none&sequence=One", True),
    "in another one, asked for none or this one": Case([IN_OTHER], "sequence=none&sequence=One", False),
    "in none, asked for any": Case([], "sequence=any", False),
    "in none, asked for none": Case([], "sequence=none", True),
    "was in one, asked for this one": Case([REPLIED], "sequence=One", False),
    "was in one, asked for none": Case([FINISHED], "sequence=none", True),
    "all done, asked for all done": Case([FINISHED], "sequence_end=finished", True),
    "all done, asked for a reply": Case([FINISHED], "sequence_end=replied", False),
    "replied, asked for a reply": Case([REPLIED], "sequence_end=replied", True),
    "replied, asked for all done": Case([REPLIED], "sequence_end=finished", False),
    "replied, asked for a reply or all done": Case(
        [REPLIED], "sequence_end=finished&sequence_end=replied", True
    ),
    "replied, then stopped by a user, asked for a reply": Case(
        [REPLIED, BY_HAND], "sequence_end=replied", False
    ),
    "replied, then stopped by a user, asked for that": Case([REPLIED, BY_HAND], "sequence_end=stopped", True),
    "replied, and in another one now": Case([REPLIED, IN_OTHER], "sequence_end=replied", False),
    "replied, and another start was undone": Case([REPLIED, UNDONE], "sequence_end=replied", True),
    "never in one, asked for a reply": Case([], "sequence_end=replied", False),
    "never in one, asked for all but a reply": Case([], "sequence_end=replied&sequence_end_not=on", True),
}


def enroll(record: int, key: str, author: User, **values: Any) -> Enrollment:
    fields = {"table_of": "lead", "record": record, "email_key": key, "author": author, "started": 0}
    return Enrollment.objects.create(**{**fields, **values})


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_lead_is_found_by_its_sequences(case, make_lead, bob):
    lead = make_lead("Jan Novák", email="jan@example.cz", owner=bob)
    ids = {name: make_sequence(name, build_step("call", title="Call")).pk for name in ("One", "Two")}
    with operation("test", by=None):
        for name, state, reason in case.before:
            enroll(lead.pk, lead.email, bob, sequence_id=ids[name], state=state, stop_reason=reason)
        # A contact with the same number counts for nothing.
        enroll(lead.pk, "eva@example.cz", bob, sequence_id=ids["Two"], table_of="contact", state="finished")
    query = case.query.replace("One", str(ids["One"])).replace("Two", str(ids["Two"]))
    found = RecordList(LEAD, QueryDict(query), bob).visible
    assert list(found) == ([lead] if case.found else [])


def test_each_reason_is_in_one_way_to_end():
    reasons = [reason for _words, own in ENDS.values() for reason in own]
    assert sorted(reasons) == sorted(set(Reason) - {Reason.UNDONE})


def test_the_filter_offers_the_sequences_of_the_record_type_that_are_not_deleted(bob):
    one = make_sequence("One", build_step("call", title="Call"))
    off = make_sequence("Off", build_step("call", title="Call"), turned_on=False)
    make_sequence("Deleted", build_step("call", title="Call"), retired=True)
    other = make_sequence("Other", build_step("call", title="Call"), table_of="contact")
    offered = {
        table: [value for value, _label in build_sequence_filters(table)["sequence"].choices_for(bob)]
        for table in ("lead", "contact")
    }
    assert set(offered["lead"]) == {"any", "none", str(one.pk), str(off.pk)}
    assert offered["contact"] == ["any", "none", str(other.pk)]


# The record types of the sequences that there are, and whether the lists of leads and of contacts have the filter.
OFFERED = {
    "no sequence": ([], False, False),
    "one for leads": (["lead"], True, False),
    "one for contacts": (["contact"], False, True),
    "one for each": (["lead", "contact"], True, True),
}


@pytest.mark.parametrize(("tables", "leads", "contacts"), OFFERED.values(), ids=OFFERED)
def test_which_lists_have_the_filter(tables, leads, contacts, bob):
    for table in tables:
        make_sequence(table, build_step("call", title="Call"), table_of=table)
    filters = build_sequence_filters("lead")["sequence"]
    found = [filters.is_offered_to(bob, KINDS[table].model) for table in ("lead", "contact")]
    assert found == [leads, contacts]
