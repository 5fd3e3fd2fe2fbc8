"""Moving an activity to another record: who may, what a preview says, both timelines, and undoing it."""

import re

import pytest
from django.utils import timezone

from crm.models import Activity, AttachedFile, EmailEnvelope, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann)


@pytest.fixture
def other(make_lead, ann):
    return make_lead("Eva Marin", owner=ann)


def add_email(lead, subject: str = "Offer", **more) -> Activity:
    values = {"of": "lead", "record": lead.pk, "type": "email", "outcome": "received", "subject": subject}
    with operation("receive_email", by=None):
        return Activity.objects.create(**values, at=timezone.now(), address="jan@example.cz", **more)


def page_of(email: Activity) -> str:
    return f"/admin/leads/{email.record}/activities/{email.pk}/move"


def places(*emails: Activity) -> list[tuple[str, int]]:
    rows = Activity.objects.filter(pk__in=[email.pk for email in emails]).order_by("pk")
    return list(rows.values_list("of", "record"))


def timeline(browser, record) -> str:
    text = browser.get(record.get_absolute_url()).text.partition('id="timeline"')[2].partition("</aside>")[0]
    return " ".join(re.sub("<[^>]*>", " ", text).split())


def test_an_email_moves_after_a_preview_with_its_files(lead, other, ann, sign_in):
    email = add_email(lead, text="Hello")
    AttachedFile.objects.create(activity=email, name="plan.pdf", size=1, sha256="0" * 64, file="0" * 64)
    browser = sign_in(ann)
    path = page_of(email)
    assert f'href="{path}"' in browser.get(lead.get_absolute_url()).text
    found = browser.get(f"{path}?q=Marin").text
    assert f'href="?to=lead-{other.pk}"' in found
    preview = browser.get(f"{path}?to=lead-{other.pk}").text
    assert "From Jan Novák to <b>Eva Marin</b>." in preview
    assert "Answers that arrive later will go there, too." in preview
    assert places(email) == [("lead", lead.pk)]
    answer = browser.post(path, {"to": f"lead-{other.pk}"}, follow=True)
    assert "Moved to Eva Marin." in answer.text
    assert places(email) == [("lead", other.pk)]
    assert "plan.pdf" in browser.get(other.get_absolute_url()).text
    assert "plan.pdf" not in browser.get(lead.get_absolute_url()).text


def test_both_timelines_tell_of_the_move_and_of_its_undo(lead, other, ann, sign_in):
    email = add_email(lead)
    browser = sign_in(ann)
    browser.post(page_of(email), {"to": f"lead-{other.pk}"})
    assert "Ann moved an email to Eva Marin" in timeline(browser, lead)
    assert "Ann moved an email here from Jan Novák" in timeline(browser, other)
    done = Operation.objects.get(kind="move_activity")
    for record in (lead, other):
        assert f"/admin/operations/{done.pk}/undo" in browser.get(record.get_absolute_url()).text
    browser.post(f"/admin/operations/{done.pk}/undo")
    assert places(email) == [("lead", lead.pk)]
    for record in (lead, other):
        assert "Undone by Ann" in timeline(browser, record)


def test_the_entry_does_not_name_a_record_that_the_viewer_does_not_see(make_lead, bob, dan, ada, sign_in):
    seen, hidden = make_lead("Jan Novák", owner=dan), make_lead("Hidden Person", owner=bob)
    email = add_email(seen)
    assert sign_in(dan).get(hidden.get_absolute_url()).status_code == 404
    assert sign_in(ada).post(page_of(email), {"to": f"lead-{hidden.pk}"}).status_code == 302
    text = timeline(sign_in(dan), seen)
    assert "Ada moved an email to another record" in text
    assert "Hidden Person" not in text


def test_the_thread_comes_along_unless_only_the_email_is_chosen(lead, other, ann, sign_in):
    emails = [add_email(lead), add_email(lead, "Re: Offer"), add_email(lead, "Something else")]
    EmailEnvelope.objects.create(activity=emails[0], message_id="<1@x>")
    EmailEnvelope.objects.create(activity=emails[1], message_id="<2@x>", references="<1@x>")
    browser = sign_in(ann)
    preview = browser.get(f"{page_of(emails[1])}?to=lead-{other.pk}").text
    assert "Move 2 emails" in preview
    only = browser.get(f"{page_of(emails[1])}?to=lead-{other.pk}&thread=0").text
    assert "Move 2 emails" not in only
    browser.post(page_of(emails[1]), {"to": f"lead-{other.pk}", "thread": "0"})
    assert places(*emails) == [("lead", lead.pk), ("lead", other.pk), ("lead", lead.pk)]
    revert_operation(Operation.objects.get(kind="move_activity"), by=ann)
    browser.post(page_of(emails[1]), {"to": f"lead-{other.pk}", "thread": "1"})
    assert places(*emails) == [("lead", other.pk), ("lead", other.pk), ("lead", lead.pk)]


def test_only_records_that_the_user_may_change_are_found_and_taken(lead, make_lead, ann, bob, ben, sign_in):
    email = add_email(lead, created_by=bob)
    browser = sign_in(bob)
    theirs = make_lead("Marin Ben", owner=ben)
    if type(theirs).objects.changeable_by(bob).filter(pk=theirs.pk).exists():
        pytest.fail("The lead of another user is no example.")
    for target in (
        f"lead-{theirs.pk}",
        f"lead-{lead.pk}",
        "lead-0",
        "lead-x",
        "nothing-1",
        "lead-99999999999999999999",
        "",
    ):
        answer = browser.post(page_of(email), {"to": target})
        assert answer.status_code in (403, 404, 422), target
    assert places(email) == [("lead", lead.pk)]
    assert not Operation.objects.filter(kind="move_activity").exists()


def test_an_email_that_is_being_sent_stays(lead, other, ann, sign_in):
    email = add_email(lead)
    with operation("test", by=None):
        Activity.objects.filter(pk=email.pk).update(outcome="sending")
    answer = sign_in(ann).post(page_of(email), {"to": f"lead-{other.pk}"}, follow=True)
    assert "Nothing was moved." in answer.text
    assert places(email) == [("lead", lead.pk)]


def test_the_move_of_a_private_email_names_no_record_and_shows_to_its_user_only(
    lead, other, ann, bob, sign_in
):
    email = add_email(lead, private_to=ann)
    browser = sign_in(ann)
    browser.post(page_of(email), {"to": f"lead-{other.pk}"})
    assert places(email) == [("lead", other.pk)]
    done = Operation.objects.get(kind="move_activity")
    assert (done.table, done.is_private) == ("", True)
    assert not done.verdicts.filter(table="lead").exists()
    assert "moved an email to" in timeline(browser, lead)
    assert sign_in(bob).get(page_of(email)).status_code == 404


def test_a_note_moves_too(lead, other, ann, sign_in):
    with operation("test", by=ann):
        note = Activity.objects.create(of="lead", record=lead.pk, type="note", text="Hi", created_by=ann)
    browser = sign_in(ann)
    browser.post(page_of(note), {"to": f"lead-{other.pk}"})
    assert places(note) == [("lead", other.pk)]
    assert "Ann moved a note here from Jan Novák" in timeline(browser, other)
