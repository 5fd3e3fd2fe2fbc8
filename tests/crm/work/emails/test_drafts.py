"""The server's copy of an email's draft: whose it is, which of two versions counts, and when it ends."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from crm.models import Activity, EmailDraft, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from crm.work.emails.email_drafts import delete_expired_email_drafts
from leads.models import Lead
from tests.crm.work.emails.emailing import page_of, write

pytestmark = pytest.mark.django_db

TYPED = {"to": "a@x.example", "cc": "b@x.example", "bcc": "", "subject": "Pumps", "text": "Good morning"}


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@lead.example", owner=bob)


def save(browser, lead, known: int = 0, query: str = "", **values):
    path = f"{page_of(lead)}/draft{query}"
    return browser.post(path, TYPED | {"draft_version": known, "draft_page": "0" * 32} | values)


def get_kept(browser, lead, query: str = "") -> dict | None:
    """The draft that the page of the form has for its scripts."""
    found = re.search(r'data-server-draft="([^"]*)"', browser.get(f"{page_of(lead)}{query}").text)
    return json.loads(unescape(found[1])) if found else None


def test_what_is_typed_is_found_on_another_device(lead, bob, sign_in):
    assert save(sign_in(bob), lead).json() == {"version": 1}
    other = sign_in(bob)
    assert get_kept(other, lead) == {
        "server": 1,
        "page": "0" * 32,
        "values": {name: [text] for name, text in TYPED.items()},
    }
    assert save(other, lead, 1, text="Good evening").json() == {"version": 2}
    assert get_kept(other, lead)["values"]["text"] == ["Good evening"]
    assert EmailDraft.objects.count() == 1


def test_each_answer_and_each_user_has_a_draft_of_its_own(lead, ann, bob, sign_in):
    with operation("test", by=None):
        email = Activity.objects.create(
            of="lead", record=lead.pk, type="email", outcome="received", subject="A"
        )
    reply = f"?reply={email.pk}&mode=all"
    browser = sign_in(bob)
    save(browser, lead, query=reply, text="An answer")
    assert get_kept(browser, lead) is None
    assert get_kept(browser, lead, reply)["values"]["text"] == ["An answer"]
    assert get_kept(browser, lead, f"?reply={email.pk}&mode=reply") is None
    assert get_kept(sign_in(ann), lead, reply) is None
    assert save(browser, lead, query="?reply=999999").status_code == 404
    assert save(browser, lead, query=f"?reply={email.pk}&mode=loud").status_code == 404


def test_of_two_tabs_the_newer_draft_is_kept_and_the_older_one_is_told(lead, bob, sign_in):
    browser = sign_in(bob)
    save(browser, lead)
    assert save(browser, lead, 1, text="From the newer tab").json() == {"version": 2}
    assert save(browser, lead, 1, text="From the older tab").json() == {"newer": True}
    # One that has never seen the draft
    assert save(browser, lead, 0, text="From a third tab").json() == {"newer": True}
    assert EmailDraft.objects.get().text == "From the newer tab"


def test_the_draft_is_gone_once_the_email_is_sent_and_does_not_come_back(lead, bob, sign_in):
    browser = sign_in(bob)
    save(browser, lead)
    assert write(browser, lead).status_code == 302
    assert not EmailDraft.objects.exists()
    # A request that was on its way
    assert save(browser, lead, 1).json() == {"gone": True}
    assert not EmailDraft.objects.exists()


def test_an_email_that_can_not_be_sent_keeps_its_draft(lead, bob, sign_in):
    browser = sign_in(bob)
    save(browser, lead)
    assert write(browser, lead, to="nobody").status_code == 422
    assert EmailDraft.objects.exists()


def test_a_discarded_draft_is_gone(lead, bob, ann, sign_in):
    save(sign_in(bob), lead)
    assert save(sign_in(ann), lead, discard="1").json() == {"version": 0}
    assert EmailDraft.objects.exists()
    save(sign_in(bob), lead, discard="1")
    assert not EmailDraft.objects.exists()


def test_discarding_an_older_draft_leaves_the_newer_one_of_another_page(lead, bob, sign_in):
    browser = sign_in(bob)
    save(browser, lead)
    save(browser, lead, 1, draft_page="1" * 32)
    save(browser, lead, 1, discard="1")
    assert EmailDraft.objects.get().version == 2
    save(browser, lead, 0, discard="1", draft_page="1" * 32)
    assert not EmailDraft.objects.exists()


def test_a_draft_goes_with_its_record_and_after_two_weeks(lead, make_lead, bob, ada, sign_in):
    browser, other = sign_in(bob), make_lead(email="x@lead.example", owner=bob)
    save(browser, lead)
    save(browser, other)
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    assert [draft.record for draft in EmailDraft.objects.all()] == [other.pk]
    delete_expired_email_drafts()
    assert EmailDraft.objects.exists()
    EmailDraft.objects.update(at=timezone.now() - timedelta(days=14, minutes=1))
    delete_expired_email_drafts()
    assert not EmailDraft.objects.exists()


def test_no_draft_is_saved_for_a_record_that_the_user_may_not_change(lead, dan, sign_in):
    assert save(sign_in(dan), lead).status_code == 404
    assert not EmailDraft.objects.exists()


@pytest.mark.parametrize(
    "values", [{"text": "x" * 20_001}, {"subject": "x" * 201}, {"to": "x" * 8_001}, {"draft_page": "x" * 33}]
)
def test_a_text_that_is_too_long_is_refused(lead, bob, sign_in, values):
    answer = save(sign_in(bob), lead, **values)
    assert (answer.status_code, answer.json()) == (422, {"error": "The draft is too long to be saved."})
    assert not EmailDraft.objects.exists()


@pytest.mark.parametrize("known", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_does_no_harm(lead, bob, sign_in, known):
    assert save(sign_in(bob), lead, known).status_code == 200


def test_an_answer_that_is_being_written_goes_along_with_its_moved_email(lead, ann, make_lead, sign_in):
    other, browser = make_lead("Eva Marin", owner=ann), sign_in(ann)
    with operation("receive_email", by=None):
        email = Activity.objects.create(
            of="lead", record=lead.pk, type="email", outcome="received", subject="Offer", at=timezone.now()
        )
    answer = f"?reply={email.pk}&mode=reply"
    save(browser, lead, query=answer)
    save(browser, lead, text="A new email")
    [place] = EmailDraft.objects.exclude(place="").values_list("place", flat=True)
    assert place == f"{email.pk}/reply"
    path = f"/admin/leads/{lead.pk}/activities/{email.pk}/move"
    assert browser.post(path, {"to": f"lead-{other.pk}"}).status_code == 302
    assert EmailDraft.objects.get(place=place).record == other.pk
    assert EmailDraft.objects.get(place="").record == lead.pk
    revert_operation(Operation.objects.get(kind="move_activity"), by=ann)
    assert EmailDraft.objects.get(place=place).record == lead.pk
