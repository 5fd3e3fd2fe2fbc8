"""Automatic replies, such as out of the office: those of known people are folded on the timeline."""

import pytest

from crm.models import Notification
from crm.work.models.activity import Activity
from customers.models import Request
from mailboxes.models import Message

pytestmark = pytest.mark.django_db
TEXT = "I am back on Monday. Call Dan."


def test_that_of_a_lead_is_folded_on_its_timeline(deliver, make_lead, client, ada, bob):
    lead = make_lead(email="ana@stranger.example", owner=bob)
    deliver(text=TEXT, Subject="Out of office", Auto_Submitted="auto-replied")
    activity = Activity.objects.get()
    assert (activity.outcome, activity.text, activity.address) == ("automatic", TEXT, "ana@stranger.example")
    assert Message.objects.get().outcome == "timeline"
    client.force_login(ada)
    page = client.get(f"/admin/leads/{lead.pk}").text
    entry = page.partition('data-activity="email"')[2].partition("</li>")[0]
    assert "automatic reply" in entry
    folded = entry.partition("<details>")[2].partition("</details>")[0]
    assert "Show the automatic reply" in folded
    assert TEXT in folded


def test_it_is_no_contact_and_notifies_no_one(deliver, make_lead, bob):
    lead = make_lead(email="ana@stranger.example", owner=bob)
    deliver(text=TEXT, Auto_Submitted="auto-replied")
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    assert not Notification.objects.exists()


def test_a_reply_in_a_thread_is_on_its_record_whoever_sends_it(deliver, make_lead):
    lead = make_lead(email="carl@omnia.example")
    deliver(From="carl@omnia.example", Message_ID="<first@omnia.example>")
    deliver(From="office@omnia.example", In_Reply_To="<first@omnia.example>", Auto_Submitted="auto-generated")
    assert Activity.objects.get(outcome="automatic").record == lead.pk


def test_that_of_a_stranger_becomes_nothing(deliver):
    deliver(text=TEXT, Auto_Submitted="auto-replied")
    assert not Request.objects.exists()
    assert not Activity.objects.exists()
    assert Message.objects.get().outcome == "automatic"


def test_a_newsletter_of_a_lead_becomes_nothing(deliver, make_lead):
    make_lead(email="ana@stranger.example")
    deliver(List_Unsubscribe="<https://a.example>")
    assert not Activity.objects.exists()
