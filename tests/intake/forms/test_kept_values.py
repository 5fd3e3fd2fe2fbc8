"""How long raw values of submissions are kept, and when they go."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import AttachedFile
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from intake.forms.questions import FormQuestion
from intake.forms.submissions import lead_creation
from intake.forms.submissions.cleanup import DAYS, clear_old_submission_values, delete_old_submissions
from intake.models import Submission
from leads.models import Lead

pytestmark = pytest.mark.django_db
ANA = {"last_name": "Pop", "email": "ana@omnia.example"}


def sent_before(days: int) -> None:
    Submission.objects.update(at=timezone.now() - timedelta(days=days))


def test_raw_values_are_deleted_after_the_days_of_their_form_and_the_lead_keeps_its_values(make_form, send):
    asked = [
        FormQuestion("last_name"),
        FormQuestion("email"),
        FormQuestion("consent", label="I agree."),
        FormQuestion("files"),
    ]
    file = SimpleUploadedFile("offer.txt", b"Hello")
    send(make_form(days_kept=10, questions=asked), "utm_source=ads", **ANA, consent="on", files=file)
    sent_before(9)
    assert clear_old_submission_values() == 0
    sent_before(11)
    assert clear_old_submission_values() == 1
    found = Submission.objects.get()
    assert (found.values, found.files, found.email, found.cleared) == ({}, [], "", True)
    assert (found.last_touch, found.consents[0]["text"]) == ({"utm_source": "ads"}, "I agree.")
    assert Lead.objects.get().email == "ana@omnia.example"
    assert AttachedFile.objects.get().activity.record == found.lead_id
    assert clear_old_submission_values() == 0


def test_forms_keep_values_for_a_year_unless_they_say_otherwise(make_form, send):
    send(make_form(), **ANA)
    assert Submission.objects.get().form.days_kept == 365
    sent_before(366)
    assert clear_old_submission_values() == 1


# What a visitor sent, the days that the form keeps it, its age, and what happens to it.
AGES: dict[str, tuple[dict, int, int, str]] = {
    "a lead, within the days": ({}, 10, 9, "kept"),
    "a lead, after the days": ({}, 10, 11, "values deleted"),
    "a lead, with 0 days": ({}, 0, 5_000, "kept"),
    "a quarantined form, within the days": ({"contact_me_by_fax": "yes"}, 10, 9, "kept"),
    "a quarantined form, after the days": ({"contact_me_by_fax": "yes"}, 10, 11, "deleted"),
    "a quarantined form, after a month of a year": ({"contact_me_by_fax": "yes"}, 365, 31, "deleted"),
    "a quarantined form, within a month, with 0 days": ({"contact_me_by_fax": "yes"}, 0, 29, "kept"),
    "a quarantined form, after a month, with 0 days": ({"contact_me_by_fax": "yes"}, 0, 31, "deleted"),
}


@pytest.mark.parametrize(("sent", "days", "age", "then"), AGES.values(), ids=AGES)
def test_how_long_what_was_sent_is_kept(sent, days, age, then, make_form, send):
    send(make_form(days_kept=days), **ANA, **sent)
    sent_before(age)
    delete_old_submissions()
    clear_old_submission_values()
    found = Submission.objects.first()
    assert then == ("deleted" if found is None else "values deleted" if found.cleared else "kept")


def test_the_settings_of_a_form_say_how_long_that_is(make_form, sign_in, ada):
    page = sign_in(ada).get(f"/admin/forms/{make_form().pk}/edit").text
    assert "With 0, it is kept until the lead is permanently deleted." in page
    assert (
        f"Quarantined and unconfirmed forms are deleted after {DAYS} days at the latest, also with 0." in page
    )


def test_what_no_one_released_is_deleted_as_soon_as_its_values_would_be(make_form, send):
    send(make_form(days_kept=5), **ANA, contact_me_by_fax="yes")
    sent_before(6)
    assert clear_old_submission_values() == 0
    assert delete_old_submissions() == 1
    assert not Submission.objects.exists()


def test_raw_values_go_with_a_lead_that_is_deleted_permanently(make_form, send, ada):
    form = make_form()
    send(form, **ANA)
    send(form, last_name="Ion", email="ion@omnia.example")
    rows = Lead.objects.filter(email=ANA["email"])
    carry_out(Delete(), rows, by=ada)
    assert Submission.objects.filter(cleared=True).count() == 0
    purged = carry_out(Purge(), rows, by=ada).operation
    assert [(row.cleared, row.values == {}) for row in Submission.objects.order_by("pk")] == [
        (True, True),
        (False, False),
    ]
    revert_operation(purged, by=ada)
    assert Lead.objects.filter(email=ANA["email"]).exists()
    assert Submission.objects.order_by("pk")[0].values == {}


def test_a_submission_without_its_values_says_so_and_cannot_be_processed_again(
    make_form, send, monkeypatch, ada, sign_in
):
    monkeypatch.setattr(lead_creation, "get_form_status", lambda form: None)
    send(make_form(days_kept=1), **ANA)
    sent_before(2)
    browser, found = sign_in(ada), Submission.objects.get()
    address = f"/admin/forms/submissions/{found.pk}"
    assert "Process again" in browser.get(address).text
    clear_old_submission_values()
    page = browser.get(address).text
    assert "The values were deleted to protect the visitor’s data." in page
    assert "Process again" not in page
    browser.post(f"{address}/process")
    assert not Lead.objects.exists()


def test_the_settings_of_a_form_say_how_long_values_are_kept(make_form, ada, sign_in):
    form = make_form()
    page = sign_in(ada).get(f"/admin/forms/{form.pk}/edit").text
    assert "Days to keep what was sent" in page
    assert "Privacy" in page
