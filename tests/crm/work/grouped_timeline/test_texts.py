"""Long texts, threads of emails, and the line with what was said last and what is next."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, EmailEnvelope
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.work.activities.long_texts import get_first_lines
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.leads.queue.queueing import TODAY, day


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def page(browser, record, query: str = "") -> str:
    return browser.get(f"{record.get_absolute_url()}{query}").content.decode()


def top(text: str) -> str:
    """The line at the top of the page, as text."""
    line = text.partition('class="last-next"')[2].partition("</p>")[0]
    return " ".join(re.sub("<[^>]*>", "", line.partition(">")[2]).split())


def log(lead, by, type="note", text="", **more) -> None:
    carry_out(AddActivity(by, type, text, **more), Lead.objects.filter(pk=lead.pk), by=by)


# A text, and what shows of it before it is opened.
TEXTS = {
    "short": ("One\nTwo", ""),
    "a few lines more than fit": ("\n".join("abcdefghi"), ""),
    "many lines": ("\n".join("abcdefghijkl"), "a\nb\nc\nd\ne\nf"),
    "one long line": ("pumps " * 200, ("pumps " * 90).strip() + "…"),
    "a word without end": ("x" * 1000, "x" * 540 + "…"),
    "a long line after short ones": (
        "a\nb\nc\n" + "pumps " * 200,
        "a\nb\nc\n" + ("pumps " * 45).strip() + "…",
    ),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS)
def test_the_first_lines_of_a_long_text(text, shown):
    assert get_first_lines(text) == shown


def test_a_long_note_shows_its_first_lines_and_opens_without_javascript(lead, bob, sign_in):
    log(lead, bob, text="\n\n".join(f"Line {number}" for number in range(300)))
    text = page(sign_in(bob), lead)
    first, _, rest = text.partition('<div class="long">')[2].partition("<details>")
    assert "Line 2" in first
    assert "Line 3<" not in first
    assert "Show more" in rest
    assert "Line 299" in rest.partition("</details>")[0]


def mail(lead, subject: str, days: int, envelope: dict[str, str] | None = None, **more) -> Activity:
    values = {
        "of": "lead",
        "record": lead.pk,
        "type": "email",
        "outcome": "received",
        "subject": subject,
        "text": f"Text of {days} days",
        "address": "jan@example.cz",
        "at": timezone.now() - timedelta(days=days),
    }
    with operation("receive_email", by=None):
        email = Activity.objects.create(**values | more)
    if envelope:
        EmailEnvelope.objects.create(activity=email, **envelope)
    return email


def test_a_thread_of_emails_is_one_entry_with_the_earlier_ones_folded(lead, bob, sign_in):
    for days, subject in ((1, "Re: Offer"), (2, "RE: Offer"), (5, "Offer"), (3, "Another thing")):
        mail(lead, subject, days)
    text = page(sign_in(bob), lead)
    folded = text.partition('<details class="earlier">')[2].partition("</details>")[0]
    assert "2 earlier emails" in folded
    assert "Text of 2 days" in folded
    assert "Text of 5 days" in folded
    assert text.count("Text of 5 days") == text.count("Text of 1 days") == 1
    assert "Text of 3 days" not in folded


def test_an_answer_of_the_same_second_shows_above_the_email_that_it_answers(lead, bob, sign_in):
    at = timezone.now().replace(microsecond=0)
    mail(lead, "Re: Offer", 0, {"message_id": "<2@x>", "references": "<1@x>"}, text="Answer", at=at)
    mail(lead, "Offer", 0, {"message_id": "<1@x>"}, text="Question", at=at + timedelta(microseconds=500))
    text = page(sign_in(bob), lead)
    shown, _, folded = text.partition('id="timeline"')[2].partition('<details class="earlier">')
    assert "Answer" in shown
    assert "Question" not in shown
    assert "Question" in folded


QUOTING = "Yes, on Monday.\n\nOn 3 March 2026, Bob wrote:\n\n> When?\n"


def test_what_an_email_quotes_is_folded_and_opens_without_javascript(lead, bob, sign_in):
    email = mail(lead, "Re: Offer", 1, text=QUOTING)
    browser = sign_in(bob)
    for text in (page(browser, lead), browser.get(f"/admin/leads/{lead.pk}/activities/{email.pk}").text):
        said, _, rest = text.partition('<details class="quoted">')
        assert "Yes, on Monday." in said
        assert "When?" not in said
        assert "Show quoted text" in rest
        assert "When?" in rest.partition("</details>")[0]


def test_a_long_quotation_does_not_make_a_short_answer_long(lead, bob, sign_in):
    quoted = "\n".join(f"> Line {number}" for number in range(300))
    mail(lead, "Re: Offer", 1, text=f"Yes.\n\nOn 3 March 2026, Bob wrote:\n\n{quoted}")
    assert '<div class="long">' not in page(sign_in(bob), lead)


def test_a_note_is_never_folded_as_a_quotation(lead, bob, sign_in):
    log(lead, bob, text=QUOTING)
    assert '<details class="quoted">' not in page(sign_in(bob), lead)


def test_the_page_of_an_email_names_all_its_recipients_and_answers_it(lead, ann, bob, sign_in):
    envelope = {"to": "bob@ours.example, eva@x.example", "cc": "ana@x.example", "bcc": "boss@x.example"}
    email = mail(lead, "Offer", 1, envelope)
    path = f"/admin/leads/{lead.pk}/activities/{email.pk}"
    text = sign_in(bob).get(path).text
    for shown in ("From jan@example.cz", "To bob@ours.example, eva@x.example", "Cc ana@x.example"):
        assert shown in text
    assert "boss@x.example" not in text
    for mode in ("reply", "all", "forward"):
        assert f'href="/admin/leads/{lead.pk}/email?reply={email.pk}&amp;mode={mode}"' in text
    assert f'id="email-form-{email.pk}"' in text
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ann)
    text = sign_in(bob).get(path).text
    assert "From jan@example.cz" in text
    assert "mode=reply" not in text


def test_an_email_that_is_folded_on_the_first_page_is_on_no_other(lead, bob, sign_in):
    mail(lead, "Offer", 400)
    for number in range(40):
        mail(lead, f"Subject {number}", 100 + number)
    mail(lead, "Re: Offer", 1)
    browser, query, pages = sign_in(bob), "", []
    while query is not None:
        pages.append(page(browser, lead, query))
        more = re.search(r'href="\?show=&amp;before=([^"]*)"', pages[-1])
        query = f"?before={more[1]}" if more else None
    assert len(pages) == 2
    assert [text.count("Text of 400 days") for text in pages] == [1, 0]
    assert all(sum(f"Text of {100 + number} days" in text for text in pages) == 1 for number in range(40))


def test_a_private_email_of_a_thread_is_not_counted_for_others(lead, ann, bob, sign_in):
    mail(lead, "Re: Offer", 1)
    mail(lead, "Offer", 2, private_to=bob)
    assert "1 earlier email" in page(sign_in(bob), lead)
    text = page(sign_in(ann), lead)
    assert "earlier email" not in text
    assert "Text of 2 days" not in text


def test_the_top_of_the_page_says_what_was_last_and_what_is_next(lead, bob, make_task, sign_in):
    browser = sign_in(bob)
    assert "last-next" not in page(browser, lead)
    log(lead, bob, "call", "Wants **an** offer", outcome="reached", at=timezone.now() - timedelta(days=3))
    assert top(page(browser, lead)) == "Last: Reached, 3 days ago, Wants an offer"
    make_task("Call back", lead, user=bob, due_on=day(TODAY + timedelta(days=1)))
    text = page(browser, lead)
    assert " Next: Call back, " in top(text)
    activity = Activity.objects.get()
    assert f'href="/admin/leads/{lead.pk}#activity-{activity.pk}"' in text
    assert f'id="activity-{activity.pk}"' in text


def test_the_last_thing_said_is_none_that_the_viewer_may_not_see(lead, ann, bob, sign_in):
    mail(lead, "A secret", 1, private_to=bob)
    assert top(page(sign_in(bob), lead)).startswith("Last: Email received, yesterday, A secret")
    assert "last-next" not in page(sign_in(ann), lead)


def test_a_planned_meeting_is_not_the_last_thing_said(lead, bob, sign_in):
    log(lead, bob, "note", "Hello")
    log(lead, bob, "meeting", at=timezone.now() + timedelta(days=2), minutes=30)
    text = page(sign_in(bob), lead)
    assert top(text).startswith("Last: Note, today")
    assert "planned a 30-minute meeting" in text
