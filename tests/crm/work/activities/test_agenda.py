"""The agenda of a meeting from its record: what is on it, for whom, and that it is only typed text until someone saves it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.utils import timezone, translation

from crm.models import Activity, Change
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.agenda import MOST, build_agenda
from tests.crm.work.invitations.inviting import event_in, in_days, plan, work


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def add(record, by, **values) -> Activity:
    given = {"type": "call", "at": timezone.now() - timedelta(days=3), "created_by": by}
    with operation("test", by=None):
        return Activity.objects.create(of=record.table, record=record.pk, **given | values)


def build(record, viewer) -> str:
    return build_agenda(KINDS[record.table], record, viewer)


def get_text(page) -> str:
    """What the field of the text has."""
    return unescape(
        re.search(r"<textarea[^>]*name=\"text\"[^>]*>(.*?)</textarea>", page.text, re.S)[1]
    ).strip()


def test_a_record_about_which_nothing_is_known_has_no_agenda(lead, bob):
    assert build(lead, bob) == ""


def test_it_has_the_last_contact_the_email_to_answer_and_the_open_tasks(lead, bob, make_task):
    add(lead, bob, outcome="reached", text="Asked for **prices**", at=timezone.now() - timedelta(days=5))
    add(
        lead,
        None,
        type="email",
        outcome="received",
        subject="Delivery?",
        at=timezone.now() - timedelta(days=1),
    )
    make_task("Send the price list", lead, user=bob)
    make_task("Done long ago", lead, user=bob, done_at=timezone.now())
    with translation.override("en"):
        found = build(lead, bob)
    assert re.sub(r"\d+ \w{3}( \d{4})?", "DAY", found) == (
        "Last contact:\n- Email received, DAY: Delivery?\n\nTo answer:\n- Email of DAY: Delivery?\n\nOpen tasks:\n- Send the price list"
    )


# What came after the email; whether it is still to be answered.
AFTER = {
    "nothing": ((), True),
    "an email to them": (({"type": "email", "outcome": "sent"},), False),
    "an email that couldn't be sent": (({"type": "email", "outcome": "failed"},), True),
    "an automatic reply": (({"type": "email", "outcome": "automatic"},), True),
    "a note": (({"type": "note", "text": "Hm"},), True),
}


@pytest.mark.parametrize(("after", "waits"), AFTER.values(), ids=AFTER)
def test_an_email_is_to_be_answered_until_one_was_sent(lead, bob, after, waits):
    add(lead, None, type="email", outcome="received", subject="Delivery?")
    for values in after:
        add(lead, bob, at=timezone.now() - timedelta(hours=1), **values)
    assert ("To answer" in build(lead, bob)) is waits


def test_of_many_tasks_the_first_ones_are_on_it(lead, bob, make_task):
    for number in range(MOST + 3):
        make_task(f"Task {number}", lead, user=bob)
    assert build(lead, bob).count("- Task") == MOST


def test_a_private_email_of_a_colleague_is_not_on_it(lead, bob, ann):
    add(lead, ann, type="email", outcome="received", subject="Secret", private_to=ann)
    assert "Secret" not in build(lead, bob)
    assert "Secret" in build(lead, ann)


def test_the_button_fills_it_in_below_what_was_typed_and_writes_nothing(sign_in, bob, lead, make_task):
    make_task("Send the price list", lead, user=bob)
    before = Change.objects.count()
    sent = {"type": "meeting", "text": "Bring samples", "subject": "Demo", "agenda": "1"}
    page = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities", sent)
    assert get_text(page) == "Bring samples\n\nOpen tasks:\n- Send the price list"
    assert 'value="Demo"' in page.text
    assert 'value="meeting" checked' in re.sub(r"\s+", " ", page.text)
    assert Change.objects.count() == before


def test_the_button_of_a_planned_meeting_fills_it_in_too(sign_in, bob, lead, make_task):
    make_task("Send the price list", lead, user=bob)
    meeting = add(lead, bob, type="meeting", outcome="planned", at=timezone.now() + timedelta(days=1))
    before = Change.objects.count()
    sent = {"text": "", "subject": "Demo", "agenda": "1", "version": meeting.version}
    page = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities/{meeting.pk}", sent)
    assert page.status_code == 200
    assert get_text(page) == "Open tasks:\n- Send the price list"
    assert 'value="Demo"' in page.text
    assert Change.objects.count() == before


def test_a_note_has_no_agenda(sign_in, bob, lead, make_task):
    make_task("Send the price list", lead, user=bob)
    note = add(lead, bob, type="note", text="Hi")
    page = sign_in(bob).post(
        f"/admin/leads/{lead.pk}/activities/{note.pk}", {"text": "", "agenda": "1", "version": note.version}
    )
    assert get_text(page) != "Open tasks:\n- Send the price list"


def test_the_agenda_of_a_record_that_the_user_does_not_see_is_not_given(sign_in, dan, lead):
    path, sent = f"/admin/leads/{lead.pk}/activities", {"type": "meeting", "agenda": "1"}
    assert sign_in(dan).post(path, sent).status_code == 404


def test_nothing_of_it_is_sent_to_those_invited(sign_in, bob, lead, make_task):
    make_task("Send the price list", lead, user=bob)
    browser = sign_in(bob)
    page = browser.post(f"/admin/leads/{lead.pk}/activities", {"type": "meeting", "agenda": "1"})
    plan(browser, lead, at=in_days(1), text=get_text(page))
    work()
    assert "Send the price list" in Activity.objects.latest("pk").text
    [letter] = mail.outbox
    assert "price list" not in f"{letter.body} {event_in(letter)}"
