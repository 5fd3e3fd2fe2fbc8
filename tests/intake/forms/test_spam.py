"""Spam, hostile posts, confirming an address, files, and processing a submission again."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import AttachedFile
from crm.records.history.verb_execution import operation
from intake.forms.questions import FormQuestion
from intake.forms.submissions.cleanup import delete_old_submissions
from intake.forms.submissions.confirmation_email import build_confirmation_email
from intake.jobs import mail_confirmation
from intake.models import StopWord, Submission
from leads.models import Lead
from tests.intake.conftest import state_in

pytestmark = pytest.mark.django_db
ANA = {"last_name": "Pop", "email": "ana@omnia.example"}


@pytest.mark.parametrize(
    ("rules", "sent", "reason"),
    [
        ({}, {"contact_me_by_fax": "yes"}, "trap"),
        ({"seconds": 30}, {}, "fast"),
        ({}, {"description": "Buy CASINÓ chips"}, "word"),
    ],
)
def test_what_looks_like_spam_is_quarantined_and_thanked_for(make_form, send, rules, sent, reason):
    with operation("test", by=None):
        word = StopWord.objects.create(text="casino")
    answer = send(make_form(**rules), **ANA, **sent)
    assert answer["Location"] == "/forms/contact-us/sent"
    assert not Lead.objects.exists()
    found = Submission.objects.get()
    assert (found.state, found.reasons) == ("spam", [reason])
    word.refresh_from_db()
    assert (word.last_hit is not None) == (reason == "word")


def test_a_plain_form_from_another_site_is_quarantined_unless_the_form_accepts_it(make_form, visitor):
    form = make_form()
    visitor.post(form.path, ANA)
    assert Submission.objects.get().reasons == ["page"]
    with operation("test", by=None):
        form.plain = True
        form.save()
    for _time in range(2):
        visitor.post(form.path, {"last_name": "Ion", "email": "ion@omnia.example"})
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("minute", "seconds", "added"),
    [
        pytest.param(5, 0, 1, id="a double click"),
        pytest.param(5, 200, 1, id="a few minutes later"),
        pytest.param(9, 120, 1, id="in the next ten minutes of the clock"),
        pytest.param(0, 599, 1, id="just within ten minutes"),
        pytest.param(0, 600, 2, id="ten minutes later"),
        pytest.param(0, 1190, 2, id="in the next ten minutes of the clock, but much later"),
    ],
)
def test_a_plain_form_that_arrives_again_within_ten_minutes_adds_one_lead(
    make_form, visitor, monkeypatch, minute, seconds, added
):
    form = make_form(plain=True)
    begun = datetime(2026, 3, 2, 10, minute, tzinfo=UTC)
    for moment in (begun, begun + timedelta(seconds=seconds)):
        monkeypatch.setattr(
            "intake.forms.submissions.submission_processing.timezone.now", lambda now=moment: now
        )
        visitor.post(form.path, ANA)
        Submission.objects.filter(at__gt=moment).update(at=moment)
    assert Submission.objects.count() == added


def test_a_network_address_can_send_only_so_many_forms_an_hour(make_form, send):
    form = make_form(most_an_hour=2)
    answers = [send(form, last_name=str(number), email="ana@omnia.example") for number in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Too many forms were sent from your network." in answers[2].text
    assert Lead.objects.count() == 2


def test_a_quarantined_submission_can_be_released(make_form, send, ada, sign_in):
    send(make_form(), **ANA, contact_me_by_fax="yes")
    found = Submission.objects.get()
    browser = sign_in(ada)
    page = browser.get(f"/admin/forms/submissions/{found.pk}")
    assert "Filled in a hidden field" in page.text
    assert "Release" in page.text
    page = browser.post(f"/admin/forms/submissions/{found.pk}/process", follow=True)
    assert Lead.objects.get().created_by == ada
    assert "Process again" not in page.text
    browser.post(f"/admin/forms/submissions/{found.pk}/process")
    assert Lead.objects.count() == 1


def test_a_submission_whose_lead_was_deleted_can_be_processed_again(make_form, send, ada, sign_in):
    send(make_form(), **ANA)
    with operation("test", by=None):
        Lead.objects.all().update(deleted_at="2026-01-01T00:00:00Z")
    found = Submission.objects.get()
    sign_in(ada).post(f"/admin/forms/submissions/{found.pk}/process")
    assert Lead.objects.present().count() == 1


HOSTILE = [
    "'; DROP TABLE leads_lead; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "\u202eevil\u0000",
    "%(name)s %s {0}",
    "a\r\nBcc: all@example.com",
    "𝕳" * 700,
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_kept_as_text_or_answered_with_a_sentence(make_form, send, text, ada, sign_in):
    answer = send(
        make_form(questions=[FormQuestion("last_name"), FormQuestion("email"), FormQuestion("description")]),
        last_name=text,
        description=text,
    )
    assert answer.status_code in (302, 422)
    assert Lead.objects.count() == (1 if answer.status_code == 302 else 0)
    browser = sign_in(ada)
    for found in Submission.objects.all():
        page = browser.get(f"/admin/forms/submissions/{found.pk}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(make_form, visitor):
    answer = visitor.post(make_form().path, {"last_name": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "Shorten your texts" in answer.text


@pytest.mark.parametrize("state", ["x", "x" * 5_000, "\x00", "eyJhIjoxfQ:1abc:def"])
def test_a_state_that_is_not_ours_is_refused_and_the_answers_stay(make_form, visitor, state):
    answer = visitor.post(make_form().path, {"form_state": state, **ANA})
    assert answer.status_code == 422
    assert 'value="Pop"' in answer.text
    assert not Submission.objects.exists()


def test_the_state_of_another_form_is_refused(make_form, visitor):
    state = state_in(visitor.get(make_form("Other", slug="other").path))
    assert visitor.post(make_form().path, {"form_state": state, **ANA}).status_code == 422


def test_a_lead_is_added_once_the_address_is_confirmed(make_form, send, visitor, monkeypatch):
    deferred = []
    monkeypatch.setattr(mail_confirmation, "defer", lambda **values: deferred.append(values))
    form = make_form("Contact ușă", confirms=True)
    send(form, **ANA)
    assert not Lead.objects.exists()
    mail_confirmation.func(**deferred[0])
    [letter] = mail.outbox
    assert letter.to == ["ana@omnia.example"]
    assert letter.subject == "Confirm your email address: Contact ușă"
    # The token has the second in which the email was written.
    [link] = re.findall(rf"{re.escape(form.path)}/confirm/\S+", letter.body)
    assert "Confirm the address" in visitor.get(link).text
    assert not Lead.objects.exists()
    for _time in range(2):
        visitor.post(link)
    assert Lead.objects.get().email == "ana@omnia.example"
    assert visitor.get(f"{form.path}/confirm/nonsense").status_code == 404


# After how many days the form deletes what was sent (0: never), and what its email says of the link.
LINKS = {
    "a year": (365, "7 days"),
    "never": (0, "7 days"),
    "three days": (3, "3 days"),
    "a day": (1, "1 day"),
}


@pytest.mark.parametrize(("days", "said"), LINKS.values(), ids=LINKS)
def test_the_link_that_confirms_an_address_works_for_as_long_as_its_email_says(
    days, said, make_form, send, visitor
):
    form = make_form(confirms=True, days_kept=days)
    send(form, **ANA)
    letter = build_confirmation_email(Submission.objects.get())
    assert f"The link works for {said}." in letter.body
    [link] = re.findall(rf"{re.escape(form.path)}/confirm/\S+", letter.body)
    almost = timedelta(days=int(said.split()[0])) - timedelta(minutes=5)
    Submission.objects.update(at=timezone.now() - almost)
    delete_old_submissions()
    assert "Confirm the address" in visitor.get(link).text


def test_one_mailbox_gets_only_a_few_letters_a_day(make_form, send, monkeypatch):
    deferred = []
    monkeypatch.setattr(mail_confirmation, "defer", lambda **values: deferred.append(values))
    form = make_form(confirms=True)
    for _time in range(5):
        send(form, **ANA)
    assert len(deferred) == 3


def test_an_email_with_more_headers_sends_no_letter(make_form, send):
    assert (
        send(make_form(confirms=True), last_name="Pop", email="a@b.example\r\nBcc: c@d.example").status_code
        == 422
    )
    assert not Submission.objects.exists()


def test_a_file_is_attached_to_the_lead_and_a_program_is_not(make_form, send):
    form = make_form(questions=[FormQuestion("email", required=True), FormQuestion("files")])
    wrong = send(form, email="ana@omnia.example", files=SimpleUploadedFile("a.exe", b"MZ\x90\x00"))
    assert wrong.status_code == 422
    assert "Executable files can’t be attached." in wrong.text
    assert not Lead.objects.exists()
    send(form, email="ana@omnia.example", files=SimpleUploadedFile("offer.txt", b"Hello"))
    file = AttachedFile.objects.get()
    assert (file.name, file.activity.record) == ("offer.txt", Lead.objects.get().pk)


def test_a_consent_is_kept_with_the_version_of_its_text(make_form, send):
    asked = [FormQuestion("email"), FormQuestion("consent", label="I agree.", required=True, version=4)]
    form = make_form(questions=asked)
    assert send(form, email="ana@omnia.example").status_code == 422
    send(form, email="ana@omnia.example", consent="on")
    assert Submission.objects.get().consents == [{"text": "I agree.", "version": 4, "given": True}]
