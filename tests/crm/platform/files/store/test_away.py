"""The store can't be reached, is slow, or breaks off: a sentence, what was typed stays, and nothing is written by half."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Activity, AttachedFile, Export, Import
from crm.platform.files.store import NotKept, StoreAway, open_stored_file, read_file, store_file
from crm.platform.jobs.housekeeping import clean_up
from crm.transfer.exports.jobs import remove_old_export_files
from crm.transfer.imports.jobs import remove_old_import_files
from crm.work.emails.delivery_problems import TRIES
from crm.work.emails.email_sending import send_email
from intake.forms.questions import FormQuestion
from intake.models import Submission
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import NEW, page, upload, work, workbook
from tests.crm.work.activities.attaching import address_of, attach
from tests.crm.work.activities.attaching import upload as an_upload
from tests.crm.work.emails.emailing import write

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

NOT_SAVED = "The file store can’t be reached, so the file couldn’t be saved. Nothing was changed."
AWAY = "The file store can’t be reached. Nothing was changed. Try again in a few minutes."
ROWS = [["Last name", "Email"], ["Pop", "ana@pop.example"]]


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def test_an_upload_gets_a_sentence_and_no_import(sign_in, ann, store, temporary):
    store.go_away()
    answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile("a.xlsx", workbook(ROWS))})
    assert answer.status_code == 422
    assert NOT_SAVED in answer.text
    assert not Import.objects.exists()
    store.come_back()
    assert (store.names, temporary()) == ([], [])


def test_an_attachment_gets_a_sentence_and_what_was_typed_stays(sign_in, bob, lead, store):
    store.go_away()
    answer = attach(sign_in(bob), lead, an_upload(), text="What I typed")
    assert answer.status_code == 422
    assert NOT_SAVED in answer.text
    assert "What I typed" in answer.text
    assert not Activity.objects.filter(type="file").exists()


@pytest.mark.parametrize("size", [400_000, 12_000_000])
def test_an_upload_to_the_store_that_is_cut_short_leaves_no_file_and_no_row(
    sign_in, ann, store, way, temporary, size
):
    way(cut_after=200_000)
    data = b"Last name\n" + b"Pop\n" * (size // 4)
    answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile("a.csv", data)})
    assert answer.status_code == 422
    assert NOT_SAVED in answer.text
    assert (Import.objects.count(), store.names, temporary()) == (0, [], [])


def test_a_download_gets_a_page_with_a_sentence(sign_in, bob, lead, store):
    browser = sign_in(bob)
    attach(browser, lead)
    store.go_away()
    answer = browser.get(address_of(AttachedFile.objects.get()))
    assert answer.status_code == 503
    assert AWAY in answer.text


def test_an_import_that_can_not_be_read_says_why_and_is_read_when_the_store_is_back(sign_in, ann, store):
    browser = sign_in(ann)
    browser.post(NEW, {"file": SimpleUploadedFile("a.xlsx", workbook(ROWS))})
    store.go_away()
    work()
    imported = Import.objects.get()
    assert imported.stop_message == AWAY
    assert "damaged" not in imported.stop_message
    stopped = browser.get(page(imported, "import"))
    assert AWAY in stopped.text
    assert "Read file again" in stopped.text
    store.come_back()
    assert browser.post(page(imported, "read")).status_code == 302
    work()
    imported.refresh_from_db()
    assert (imported.stop_message, imported.state, imported.rows) == ("", "columns", 1)


def test_an_import_whose_file_is_missing_says_that(sign_in, ann, store):
    browser = sign_in(ann)
    browser.post(NEW, {"file": SimpleUploadedFile("a.xlsx", workbook(ROWS))})
    store.bucket.objects.delete()
    work()
    assert Import.objects.get().stop_message == "The file is missing from the file store. Upload it again."


def test_an_export_reaches_its_user_and_its_receipt_says_that_it_is_not_kept(sign_in, ann, make_lead, store):
    make_lead("Jan Novák")
    store.go_away()
    data = export(sign_in(ann))
    receipt = Export.objects.get()
    assert (receipt.state, receipt.wrote, receipt.size, receipt.file) == ("finished", 1, len(data), "")
    assert receipt.note == "The file couldn’t be kept in the file store, so it can’t be downloaded again."
    assert sign_in(ann).get(reverse("exports:file", args=[receipt.pk])).status_code == 404


def test_a_file_that_can_not_be_removed_keeps_its_row_until_it_can(sign_in, ann, make_lead, store):
    make_lead("Jan Novák")
    export(sign_in(ann))
    upload(sign_in(ann), ROWS)
    for model in (Export, Import):
        model.objects.update(at=timezone.now() - timedelta(days=31))
    store.go_away()
    done = clean_up([remove_old_export_files, remove_old_import_files])
    assert done == {}
    assert Export.objects.get().file
    assert Import.objects.get().file
    store.come_back()
    clean_up([remove_old_export_files, remove_old_import_files])
    assert (Export.objects.get().file, Import.objects.get().file, store.names) == ("", "", [])


def test_nothing_of_a_person_is_erased_while_the_store_can_not_be_reached(sign_in, ada, bob, lead, store):
    attach(sign_in(bob), lead)
    store.go_away()
    with pytest.raises(StoreAway):
        erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert Lead.objects.get().last_name == "Novák"
    assert AttachedFile.objects.exists()
    store.come_back()
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert [name.partition("/")[0] for name in store.names] == ["erased"]
    assert not AttachedFile.objects.exists()
    assert Lead.objects.get().last_name != "Novák"


def test_a_slow_store_delays_an_upload_and_a_download_but_changes_nothing(sign_in, bob, lead, store, way):
    way(pause=0.2)
    browser = sign_in(bob)
    attach(browser, lead, an_upload("offer.txt", b"words"))
    answer = browser.get(address_of(AttachedFile.objects.get()))
    assert b"".join(answer.streaming_content) == b"words"


def test_a_store_that_accepts_connections_and_never_answers_is_away(store, way, monkeypatch):
    monkeypatch.setattr("crm.platform.files.s3_store.SILENCE", 0.5)
    way(silent=True)
    with pytest.raises(NotKept) as refused:
        store_file([b"words"], "attached", most=100)
    assert refused.value.code == "store"


def test_a_download_that_breaks_off_is_not_taken_for_whole(store, way):
    data = b"x" * 3_000_000
    file, _size, _sha256 = store_file([data], "attached", most=10_000_000)
    way(answer_cut_after=1_000_000)
    with open_stored_file(file) as content:
        assert content.read(1_000) == b"x" * 1_000
        with pytest.raises(StoreAway):
            content.read()
    store.come_back()
    assert read_file(file) == data


def test_an_email_with_a_file_is_tried_again_and_then_says_why(sign_in, bob, make_lead, store):
    lead = make_lead("Jan Novák", owner=bob, email="jan@novak.example")
    write(sign_in(bob), lead, attachments=[an_upload("offer.txt", b"words")])
    email = Activity.objects.get(type="email")
    store.go_away()
    send_email(email.pk)
    assert ProcrastinateJob.objects.latest("id").args == {"activity_id": email.pk, "tries": 1}
    store.come_back()
    send_email(email.pk, 1)
    assert len(mail.outbox) == 1
    assert len(mail.outbox[0].attachments) == 1


def test_an_email_whose_file_can_not_be_fetched_for_minutes_is_not_sent_and_says_why(
    sign_in, bob, make_lead, store
):
    lead = make_lead("Jan Novák", owner=bob, email="jan@novak.example")
    browser = sign_in(bob)
    write(browser, lead, attachments=[an_upload("offer.txt", b"words")])
    email = Activity.objects.get(type="email")
    store.go_away()
    send_email(email.pk, TRIES - 1)
    email.refresh_from_db()
    assert (email.outcome, email.problem, mail.outbox) == ("failed", "store", [])
    assert (
        "The file store can’t be reached, so its files can’t be sent."
        in browser.get(lead.get_absolute_url()).text
    )


def test_a_form_for_visitors_keeps_what_was_typed(make_form, send, store):
    form = make_form(questions=[FormQuestion("last_name"), FormQuestion("email"), FormQuestion("files")])
    store.go_away()
    answer = send(form, last_name="Pop", email="ana@pop.example", files=an_upload("plan.txt", b"words"))
    assert answer.status_code == 422
    assert NOT_SAVED in answer.text
    assert "ana@pop.example" in answer.text
    assert not Submission.objects.exists()
    assert not Lead.objects.exists()
