"""API v2, meetings and emails: a meeting can be planned, an email can't be changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Invitation
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.emails.email_verbs import SendEmail
from leads.models import Lead

ACTIVITIES = "/api/v2/activities"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


def test_a_meeting_in_the_future_is_planned_and_those_invited_are_sent_a_new_time(program, ann, lead):
    later = timezone.now() + timedelta(days=7)
    sent = {"of": "lead", "record": lead.pk, "type": "meeting", "text": "Offer", "at": later.isoformat()}
    pk = program.post(ACTIVITIES, sent, expect=201)["id"]
    path = f"{ACTIVITIES}/{pk}"
    assert program.get(path)["outcome"] == "planned"
    call = {"of": "lead", "record": lead.pk, "type": "call", "outcome": "reached", "at": later.isoformat()}
    program.post(ACTIVITIES, call, expect=422)
    invited = {"invited": "eva@example.com", "subject": "Offer"}
    carry_out_on_activity(EditActivity("meeting", invited), Activity.objects.get(pk=pk), by=ann)
    Invitation.objects.update(state="sent")
    program.patch(path, {"text": "Notes"})
    assert not Invitation.objects.waiting().exists()
    program.patch(path, {"at": (later + timedelta(days=1)).isoformat()})
    assert Invitation.objects.waiting().get().sequence == 1
    program.delete(path)
    program.get(path, expect=404)
    assert not Invitation.objects.waiting().filter(method="REQUEST").exists()
    assert Invitation.objects.waiting().get().method == "CANCEL"


def test_an_email_can_not_be_changed(program, ann, lead):
    email = SendEmail(ann, "eva@example.com", "Offer", "Dear Eva", "<1@x>")
    carry_out(email, Lead.objects.filter(pk=lead.pk), by=ann)
    pk = Activity.objects.get().pk
    program.patch(f"{ACTIVITIES}/{pk}", {"text": "Other"}, expect=422)


def test_those_of_a_period_come_by_when_they_take_place(program, ann, lead):
    begins = timezone.now().replace(microsecond=0) + timedelta(days=7)
    sent = {"of": "lead", "record": lead.pk, "type": "meeting", "text": "Offer"}
    for hours in (5, 1, 3, 3, 9):
        program.post(ACTIVITIES, sent | {"at": (begins + timedelta(hours=hours)).isoformat()}, expect=201)
    program.post(ACTIVITIES, {"of": "lead", "record": lead.pk, "text": "A note of today"}, expect=201)
    period = f"at_from={begins:%Y-%m-%dT%H:%M:%SZ}&at_to={begins + timedelta(hours=9):%Y-%m-%dT%H:%M:%SZ}"
    found, after = [], ""
    for _page in range(4):
        page = program.get(f"{ACTIVITIES}?{period}&limit=1&user=me&type=meeting{after}")
        found += [row["at"] for row in page["activities"]]
        after = f"&after={page['next']}"
    assert (found, page["next"]) == (sorted(found), None)
    assert len(found) == 4
    one = program.get(f"{ACTIVITIES}?at_from={begins:%Y-%m-%dT%H:%M:%SZ}&limit=1")
    assert one["activities"][0]["at"] == found[0]
    program.get(f"{ACTIVITIES}?{period}&limit=1&after={one['next']}", expect=400)
    assert [row["type"] for row in program.get(f"{ACTIVITIES}?at_to={found[0]}")["activities"]] == ["note"]
    program.get(f"{ACTIVITIES}?at_from=soon", expect=422)
    refused = program.get(f"{ACTIVITIES}?at_from={found[1]}&at_to={found[0]}", expect=422)
    assert [one["parameter"] for one in refused["errors"]] == ["at_to"]
    assert "The end is before the beginning." in str(refused["errors"])
    assert program.get(f"{ACTIVITIES}?at_from={found[0]}&at_to={found[0]}")["activities"] == []


def test_the_words_of_a_period_are_found_in_its_order(program, lead):
    begins = timezone.now() + timedelta(days=7)
    for hours, text in ((5, "Offer two"), (1, "Offer one"), (3, "Demo")):
        sent = {"of": "lead", "record": lead.pk, "type": "meeting", "text": text}
        program.post(ACTIVITIES, sent | {"at": (begins + timedelta(hours=hours)).isoformat()}, expect=201)
    for of in ("", f"&of=lead&record={lead.pk}"):
        found = program.get(f"{ACTIVITIES}?q=offer&at_from={begins:%Y-%m-%dT%H:%M:%SZ}{of}")["activities"]
        assert [row["text"] for row in found] == ["Offer one", "Offer two"]
