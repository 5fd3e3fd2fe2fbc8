"""Erasing a person while others work with the same records, on real PostgreSQL: nothing of the person is left afterwards."""

import io
import threading

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from crm.models import Export, Import, Job
from crm.platform import jobs as all_jobs
from crm.platform.files.store import file_exists
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out
from crm.transfer.exports import file_writing
from crm.transfer.imports.apply.plan_application import apply_import_plan as apply_import
from crm.transfer.imports.jobs import read_file
from leads.models import Lead
from mailings.jobs import send_mailing
from mailings.models import Delivery
from mailings.sending.account_routes import Connections
from mailings.sending.smtp_transfer import EmailRefused
from privacy import jobs
from privacy.models import Erasure
from privacy.person import Person
from privacy.person_erasure import MergedMeanwhile, erase_person
from privacy.person_search import add_merged_records
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import NEW, choose, upload, work, workbook
from tests.crossing import waiting_for_locks
from tests.duplicates.conftest import merge
from tests.duplicates.merging.test_races import at_once
from tests.mailings.sending.conftest import make_mailing
from tests.privacy.conftest import DIGITS, EMAIL, LAST, WANTED
from tests.privacy.searching import found_in_database, found_in_files
from tests.waiting import until, until_ended, until_set

__all__ = ["make_mailing"]

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [["Last name", "Email", "City"], [LAST, EMAIL, f"{LAST}ville"], ["Pop", "pop@x.example", "Cluj"]]


@pytest.fixture
def nothing_is_found(written_files):
    def search() -> bool:
        assert found_in_database(WANTED, DIGITS) == []
        assert found_in_files(written_files, WANTED, DIGITS) == []
        return True

    return search


@pytest.fixture
def erasing(zebulon, ada):
    """erasing() erases Zebulon as the job does."""
    return lambda: erase_person(
        Person({"lead": [zebulon.pk]}), by=ada, shown=add_merged_records({"lead": [zebulon.pk]})
    )


@pytest.fixture
def unread(sign_in, ann):
    """unread(rows): an uploaded file that waits to be read."""

    def put(rows) -> Import:
        data = rows if isinstance(rows, bytes) else workbook(rows)
        answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile("leads.xlsx", data)})
        assert answer.status_code == 302
        return Import.objects.latest("pk")

    return put


def test_an_erasure_waits_for_a_file_that_is_being_read(zebulon, erasing, unread, nothing_is_found):
    imported = unread(ROWS)
    begun, erased = threading.Event(), threading.Event()

    def pause(done, total):
        begun.set()
        until(lambda: erased.is_set() or waiting_for_locks())

    def read():
        try:
            with transaction.atomic():
                read_file(imported.job, pause)
        finally:
            connection.close()

    reading = threading.Thread(target=read)
    reading.start()
    until_set(begun)
    erasing()
    erased.set()
    until_ended(reading)
    assert nothing_is_found()
    imported.refresh_from_db()
    assert (imported.state, imported.file) == ("columns", "")


def test_a_file_with_an_erased_person_is_not_read_later(zebulon, erasing, unread, nothing_is_found):
    with_them, other = unread(ROWS), unread([ROWS[0], ROWS[2]])
    erasing()
    assert nothing_is_found()
    work()
    with_them.refresh_from_db()
    other.refresh_from_db()
    assert (with_them.state, other.state) == ("reading", "columns")
    assert with_them.job.problem == "The file is no longer stored. Upload it again."
    assert file_exists(other.file)
    assert nothing_is_found()


def test_a_sheet_that_was_never_imported_does_not_keep_the_person(
    zebulon, erasing, sign_in, ann, nothing_is_found
):
    book = openpyxl.load_workbook(io.BytesIO(workbook([ROWS[0], ROWS[2]])))
    sheet = book.create_sheet("Old")
    sheet.append(["About", EMAIL])
    out = io.BytesIO()
    book.save(out)
    upload(sign_in(ann), out.getvalue())
    other = upload(sign_in(ann), [ROWS[0], ROWS[2]])
    erasing()
    assert nothing_is_found()
    assert sorted(Import.objects.values_list("file", flat=True)) == ["", other.file]


@pytest.mark.parametrize("first", ["import", "erasure"])
def test_an_import_that_is_applied_meanwhile_brings_nothing_back(
    first, zebulon, erasing, sign_in, ann, nothing_is_found
):
    browser = sign_in(ann)
    imported = upload(browser, ROWS)
    choose(browser, imported, "columns", mode="both", match="id_email_phone")
    imported.refresh_from_db()
    assert imported.counts["change"] == 1

    def applied():
        return apply_import(imported, by=ann)

    acts = (applied, erasing) if first == "import" else (erasing, applied)
    results = at_once(*acts)
    assert isinstance(results[acts.index(erasing)], Erasure)
    zebulon.refresh_from_db()
    assert (zebulon.email, zebulon.city) == ("", "")
    assert nothing_is_found()


def test_an_email_of_a_mailing_that_is_on_its_way_leaves_no_address(
    zebulon, erasing, make_mailing, nothing_is_found, monkeypatch
):
    """The mail server says the address after the person was erased."""
    monkeypatch.setattr("mailings.sending.mailing_sending.AT_ONCE", 1)

    def erased_meanwhile(self, route, letter):
        erasing()
        raise EmailRefused(550, f"5.1.1 <{EMAIL}> is unknown", "recipient")

    monkeypatch.setattr(Connections, "send", erased_meanwhile)
    mailing = make_mailing()
    Delivery.objects.create(mailing=mailing, record=zebulon.pk, address=EMAIL, email_key=EMAIL.lower())
    send_mailing(mailing.pk)
    assert mailing.deliveries.get().address == ""
    assert nothing_is_found()


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_export_that_ends_while_a_person_is_erased_leaves_no_file(
    when, zebulon, erasing, sign_in, ann, nothing_is_found, monkeypatch
):
    """The erasure is committed right before or after the receipt says that the file is complete."""
    really = file_writing._update_export

    def update(pk, **values):
        ends = "state" in values
        if ends and when == "before":
            erasing()
        really(pk, **values)
        if ends and when == "after":
            erasing()

    monkeypatch.setattr(file_writing, "_update_export", update)
    export(sign_in(ann))
    assert Export.objects.get().file == ""
    assert nothing_is_found()


def test_a_merge_that_waits_for_an_erasure_leaves_the_erased_record_out(
    zebulon, erasing, make_lead, ann, nothing_is_found
):
    other = make_lead("Ana Albu")
    erased, merged = at_once(erasing, lambda: merge(ann, other.pk, [zebulon.pk]))
    assert isinstance(erased, Erasure)
    assert merged.changed == []
    assert merged.refused["erased"] == [zebulon.pk]
    assert nothing_is_found()


def test_an_erasure_that_waits_for_a_merge_erases_nothing_until_the_records_are_chosen_again(
    zebulon, make_lead, ada, ann
):
    other = make_lead("Ana Albu")
    records = {"lead": [zebulon.pk]}
    shown = add_merged_records(records)
    _merged, stopped = at_once(
        lambda: merge(ann, other.pk, [zebulon.pk], email=zebulon.pk),
        lambda: erase_person(Person(records), by=ada, shown=shown),
    )
    assert isinstance(stopped, MergedMeanwhile)
    assert not Erasure.objects.exists()
    assert Lead.objects.get(pk=other.pk).email == EMAIL
    assert isinstance(
        erase_person(Person(add_merged_records(records)), by=ada, shown=add_merged_records(records)), Erasure
    )
    assert found_in_database(WANTED, DIGITS) == []


def test_a_job_says_that_a_record_was_merged_meanwhile(zebulon, make_lead, ada, ann):
    other = make_lead("Ana Albu")
    job = jobs.start_erasure(ada, {"lead": [zebulon.pk]}, everywhere=False)
    merge(ann, other.pk, [zebulon.pk])
    all_jobs.run_job(job_id=job.pk)
    job = Job.objects.get(pk=job.pk)
    assert job.state == Job.State.FAILED
    assert (
        job.problem
        == "One of these records was merged after you chose them. Nothing was erased. Choose the records again."
    )
    assert not Erasure.objects.exists()


def test_an_edit_that_waits_for_an_erasure_changes_nothing(zebulon, erasing, ann, nothing_is_found):
    rows = Lead.objects.changeable_by(ann).filter(pk=zebulon.pk)
    _erased, edited = at_once(
        erasing, lambda: carry_out(verbs.Edit({"city": f"{LAST}ville"}), rows, by=ann, wanted=[zebulon.pk])
    )
    assert edited.refused == {"erased": [zebulon.pk]}
    assert nothing_is_found()
