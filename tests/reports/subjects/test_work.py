"""Work done per user: activities on the records that the viewer sees, and moves of leads."""

import pytest

from crm.models import Activity
from crm.records.history.verb_execution import operation
from leads.models import Lead
from reports.display.value_texts import describe_rate_counts
from tests.reports.conftest import utc

WORK = "measure=calls&measure=emails&measure=meetings&measure=notes"
MAY = "period=between&from=2026-05-01&to=2026-05-31"
Type = Activity.Type


@pytest.fixture
def did():
    """did(bob, Type.CALL, lead, …): an activity by Bob on 5 May 2026."""

    def make(by, kind, record, **values) -> Activity:
        given = {"at": utc("2026-05-05 10:00"), "created_by": by} | values
        with operation("test", by=by):
            return Activity.objects.create(of=record.table, record=record.pk, type=kind, **given)

    return make


@pytest.fixture
def work(did, make_lead, make_contact, bob, ben):
    """Bob: 2 calls on one lead, 1 on a contact, a sent email, a meeting that is over. Ben: a note and a call."""
    lead, other, contact = make_lead("Jan Novák"), make_lead("Eva Malá"), make_contact()
    did(bob, Type.CALL, lead, outcome="reached")
    did(bob, Type.CALL, lead, outcome="no_answer")
    did(bob, Type.CALL, contact)
    did(bob, Type.EMAIL, lead, outcome="sent")
    did(bob, Type.EMAIL, lead, outcome="failed")
    did(bob, Type.MEETING, lead)
    did(bob, Type.MEETING, lead, outcome="planned")
    did(ben, Type.NOTE, other)
    did(ben, Type.CALL, other)
    did(ben, Type.CALL, other, at=utc("2026-06-05 10:00"))
    return lead, other, contact


def test_activities_count_for_their_author_in_the_period(work, asked, numbers, ada):
    found = asked(f"{WORK}&{MAY}&by=author", ada)
    assert numbers(found) == {"Bob": (3, 1, 1, 0), "Ben": (1, 0, 0, 1)}
    assert [found.total.get_value(measure) for measure in found.question.measures] == [4, 1, 1, 1]


def test_the_rate_of_held_meetings_is_out_of_those_and_the_no_shows(
    work, did, asked, numbers, make_lead, bob, ben, ada
):
    did(bob, Type.MEETING, make_lead("Zoe Adam"), outcome="no_show")
    did(bob, Type.MEETING, work[2])
    did(ben, Type.MEETING, make_lead("Ida Bell"), outcome="no_show")
    measures = "measure=meetings&measure=no_shows&measure=held_rate&measure=activities"
    found = asked(f"{measures}&{MAY}&by=author", ada)
    rate = found.question.measures[2]
    assert {group.texts[0]: describe_rate_counts(rate, group) for group in found.groups} == {
        "Bob": "2 of 3",
        "Ben": "0 of 1",
    }
    assert {name: values[:2] + values[3:] for name, values in numbers(found).items()} == {
        "Bob": (2, 1, 6),
        "Ben": (0, 1, 2),
    }
    assert found.total.get_value(rate) == 50


def test_activities_count_for_the_department_of_their_record(
    work, did, asked, numbers, make_lead, departments, bob, ada
):
    did(bob, Type.CALL, make_lead("Zoe Adam", department=departments.export))
    assert numbers(asked(f"measure=calls&{MAY}&by=department", ada)) == {"Sales": (4,), "Export": (1,)}


def test_activities_and_moves_are_merged_by_user(work, asked, numbers, statuses, move, bob, ada):
    move(work[0], statuses.won, "2026-05-06 10:00", by=bob)
    found = asked(f"measure=moved_to_won&measure=moves&measure=calls&{MAY}&by=author", ada)
    assert numbers(found) == {"Bob": (1, 1, 3), "Ben": (0, 0, 1)}


def test_the_leads_behind_calls_are_the_leads_among_their_records(work, asked, listed, ada):
    found = asked(f"measure=calls&{MAY}&by=author", ada)
    behind = {group.texts[0]: listed(found, group, "calls_of_leads", ada) for group in found.groups}
    assert behind == {"Bob": {work[0].pk}, "Ben": {work[1].pk}}
    assert listed(found, found.total, "calls_of_leads", ada) == {work[0].pk, work[1].pk}


def test_work_on_records_of_another_department_does_not_count(
    work, did, asked, numbers, make_lead, departments, bob, ann, carla
):
    did(bob, Type.CALL, make_lead("Zoe Adam", department=departments.export))
    assert asked(f"measure=calls&{MAY}", ann).total.get_count("calls") == 4
    assert asked(f"measure=calls&{MAY}", carla).total.get_count("calls") == 1


def test_private_deleted_and_trashed_activities_do_not_count(work, did, asked, make_lead, bob, ann):
    gone = make_lead("Gone", deleted_at=utc("2026-05-02 10:00"))
    did(bob, Type.NOTE, gone)
    did(bob, Type.NOTE, work[0], private_to=bob)
    did(bob, Type.NOTE, work[0], deleted_at=utc("2026-05-06 10:00"))
    assert asked(f"measure=notes&{MAY}", ann).total.get_count("notes") == 1
    assert asked(f"measure=notes&{MAY}", bob).total.get_count("notes") == 1 + 1


def test_filters_leave_the_activities_of_the_leads_that_they_find(work, asked, ada):
    with operation("test", by=None):
        Lead.objects.filter(pk=work[1].pk).update(country="DE")
    assert asked(f"measure=calls&{MAY}&country=DE", ada).total.get_count("calls") == 1
    assert asked(f"measure=calls&{MAY}&q=novák", ada).total.get_count("calls") == 2
