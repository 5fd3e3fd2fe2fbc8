"""What has changed among activities, tasks and the parts of records."""

import pytest

from crm.models import Activity, Change, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity, DeleteActivity, carry_out_on_activity
from leads import verbs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def only(record):
    return type(record).objects.filter(pk=record.pk)


def write_note(record, user, text: str) -> Activity:
    values = {"type": "note", "text": text, "outcome": "", "at": None, "minutes": None}
    done = carry_out(AddActivity(user, **values), only(record), by=user).operation
    return Activity.objects.get(pk=Change.objects.of_operations([done], "activity").get().row)


def test_activities_are_told_as_their_list_has_them(following, ann, bob, make_lead):
    lead = make_lead("Eva Berg", owner=bob)
    hers, his = following(ann, "activities"), following(bob, "activities")
    note = write_note(lead, ann, "Wants **two** licenses")
    assert hers.follow() == his.follow() == [(note.pk, "added")]
    assert hers.copy[note.pk] == hers.program.get(f"/api/v2/activities/{note.pk}")
    hers.program.patch(f"/api/v2/activities/{note.pk}", {"text": "Wants three"})
    assert his.follow() == [(note.pk, "changed")]
    carry_out_on_activity(DeleteActivity("note"), Activity.objects.get(pk=note.pk), by=ann)
    assert his.follow() == [(note.pk, "deleted")]


def test_notes_of_records_that_a_user_does_not_see_are_not_mentioned(following, ann, bob, ben, make_lead):
    lead = make_lead("Eva Berg", owner=ben)
    his = following(bob, "activities")
    note = write_note(lead, ann, "Confidential")
    carry_out_on_activity(DeleteActivity("note"), note, by=ann)
    assert his.follow() == []


def test_a_private_email_is_only_told_to_whom_it_is_private(following, ann, bob, make_lead):
    lead = make_lead("Eva Berg", owner=bob)
    hers, his = following(ann, "activities"), following(bob, "activities")
    note = write_note(lead, bob, "For me")
    assert hers.follow() == [(note.pk, "added")]
    with operation("test", by=None):
        only(note).update(private_to=bob)
    assert hers.follow() == [(note.pk, "hidden")]
    assert his.follow() == [(note.pk, "added")]


def test_activities_of_a_lead_in_trash_are_not_told_as_there(following, ann, make_lead):
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann, "activities")
    write_note(lead, ann, "Soon gone")
    carry_out(verbs.Delete(), only(lead), by=ann)
    assert follower.follow() == []


def test_tasks_are_told_when_they_are_planned_and_done(following, ann, make_lead, make_task):
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann, "tasks")
    task = make_task("Call", lead, user=ann)
    assert follower.follow() == [(task.pk, "added")]
    follower.program.patch(f"/api/v2/tasks/{task.pk}", {"done": True})
    assert follower.follow() == [(task.pk, "changed")]
    assert follower.copy[task.pk]["done"]
    with operation("test", by=None):
        Task.objects.all().delete()
    assert follower.follow() == [(task.pk, "deleted")]


@pytest.mark.parametrize("many", ["companies", "contacts", "deals", "requests"])
def test_every_record_type_says_what_has_changed(following, ada, many):
    follower = following(ada, many)
    sent = {
        "companies": {"name": "Omnia"},
        "contacts": {"last_name": "Berg"},
        "deals": {"name": "200 licenses"},
        "requests": {"subject": "Broken"},
    }[many]
    made = follower.program.post(f"/api/v2/{many}", sent, expect=201)["id"]
    assert follower.follow() == [(made, "added")]
    follower.program.delete(f"/api/v2/{many}/{made}")
    assert follower.follow() == [(made, "deleted")]


def test_the_contacts_of_a_deal_are_a_change_of_the_deal(following, ada):
    follower = following(ada, "deals")
    post = follower.program.post
    contact = post("/api/v2/contacts", {"last_name": "Berg"}, expect=201)["id"]
    deal = post("/api/v2/deals", {"name": "200 licenses"}, expect=201)["id"]
    assert follower.follow() == [(deal, "added")]
    sent = {"contacts": [{"contact": contact, "role": "Decision maker"}]}
    follower.program.patch(f"/api/v2/deals/{deal}", sent)
    assert follower.follow() == [(deal, "changed")]
    assert follower.copy[deal]["contacts"][0]["role"] == "Decision maker"
    follower.program.patch(f"/api/v2/deals/{deal}", {"contacts": []})
    assert follower.follow() == [(deal, "changed")]
    assert follower.copy[deal]["contacts"] == []
