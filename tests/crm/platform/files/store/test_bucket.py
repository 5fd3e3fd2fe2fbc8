"""Uploads, attachments and exports in a bucket: stored, read, sent, and removed when their time is over."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import AttachedFile, Export, Import
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.jobs import remove_files_left_behind
from crm.platform.files.s3_store import Bucket
from crm.platform.files.store import NotKept, put_file, store_file
from crm.transfer.exports.jobs import remove_old_export_files
from crm.transfer.imports.jobs import remove_old_import_files
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments
from leads.models import Lead
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import apply, choose, upload
from tests.crm.work.activities.attaching import PDF, address_of, attach, picture
from tests.crm.work.activities.attaching import upload as an_upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def old(monkeypatch):
    """Calling it makes all files in the store older than a day."""
    return lambda: monkeypatch.setattr("crm.platform.files.orphaned_files.DAY", -60)


def test_an_attached_file_is_in_the_bucket_and_sent_from_it_with_its_size_and_name(sign_in, bob, lead, store):
    browser = sign_in(bob)
    attach(browser, lead, an_upload("offer.pdf"))
    file = AttachedFile.objects.get()
    assert store.names == [file.file]
    assert store.content(file.file) == PDF
    answer = browser.get(address_of(file))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Length"] == str(len(PDF))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert answer["Cache-Control"] == "private, no-store"


def test_a_picture_and_its_thumbnail_are_in_the_bucket(sign_in, bob, lead, store, temporary):
    browser = sign_in(bob)
    attach(browser, lead, an_upload("photo.png", picture()))
    file = AttachedFile.objects.get()
    assert store.names == [file.file, file.thumbnail]
    thumbnail = browser.get(f"{address_of(file)}/thumbnail")
    assert b"".join(thumbnail.streaming_content) == store.content(file.thumbnail)
    assert temporary() == []


def test_a_file_that_is_missing_from_the_bucket_is_not_found(sign_in, bob, lead, store):
    browser = sign_in(bob)
    attach(browser, lead)
    store.bucket.objects.delete()
    assert browser.get(address_of(AttachedFile.objects.get())).status_code == 404


def test_an_import_is_read_from_the_bucket_with_a_temporary_copy_that_is_removed(
    sign_in, ann, store, temporary
):
    browser = sign_in(ann)
    imported = upload(browser, [["Last name", "Email"], ["Pop", "ana@pop.example"]])
    assert imported.stop_message == ""
    assert store.names == [imported.file]
    apply(browser, choose(browser, imported, "columns"))
    assert Lead.objects.get().last_name == "Pop"
    assert temporary() == []


def test_a_workbook_is_fetched_twice_however_many_sheets_it_has(sign_in, ann, store, monkeypatch):
    book, fetched, plain = openpyxl.Workbook(), [], Bucket._open
    for name in ("Leads", "Contacts", "Companies", "Notes"):
        book.create_sheet(name).append(["Last name", "Email"])
        book[name].append(["Pop", "ana@pop.example"])
    out = io.BytesIO()
    book.save(out)
    monkeypatch.setattr(Bucket, "_open", lambda *asked: fetched.append(asked[1]) or plain(*asked))
    imported = upload(sign_in(ann), out.getvalue())
    assert imported.stop_message == ""
    assert fetched == [imported.file] * 2


def test_an_export_is_in_the_bucket_when_the_download_ends_and_can_be_downloaded_again(
    sign_in, ann, make_lead, store, temporary
):
    make_lead("Jan Novák")
    data = export(sign_in(ann))
    receipt = Export.objects.get()
    assert (receipt.state, store.names) == ("finished", [receipt.file])
    assert store.content(receipt.file) == data
    answer = sign_in(ann).get(reverse("exports:file", args=[receipt.pk]))
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Length"] == str(receipt.size) == str(len(data))
    assert answer["Content-Disposition"] == f'attachment; filename="{receipt.name}"'
    assert temporary() == []


def test_expired_exports_and_imports_are_removed_from_the_bucket_and_then_from_their_rows(
    sign_in, ann, make_lead, store
):
    make_lead("Jan Novák")
    export(sign_in(ann))
    upload(sign_in(ann), [["Last name"], ["Pop"]])
    assert len(store.names) == 2
    for model in (Export, Import):
        model.objects.update(at=timezone.now() - timedelta(days=31))
    assert (remove_old_export_files(), remove_old_import_files()) == (1, 2)
    assert store.names == []
    assert {Export.objects.get().file, Import.objects.get().file} == {""}


def test_if_the_transaction_fails_nothing_stays_in_the_bucket(sign_in, bob, lead, store, monkeypatch):
    def fail(*_arguments, **_keywords):
        raise RuntimeError

    monkeypatch.setattr("crm.work.activities.views.add_activity.carry_out", fail)
    browser = sign_in(bob)
    browser.raise_request_exception = False
    assert attach(browser, lead, an_upload("photo.png", picture())).status_code == 500
    assert (store.names, AttachedFile.objects.count()) == ([], 0)


def test_the_sweep_removes_files_that_no_row_names_and_no_others(
    sign_in, bob, ann, lead, store, tmp_path, old
):
    attach(sign_in(bob), lead, an_upload("photo.png", picture()))
    export(sign_in(ann))
    named = store.names
    with store_uploads([an_upload("lost.png", picture())]):
        pass
    lost = tmp_path / "lost"
    lost.write_bytes(b"lost")
    put_file(lost, "exports/lost.csv")
    assert (remove_orphaned_attachments(), remove_files_left_behind()) == (0, 0)
    assert len(store.names) == len(named) + 3
    old()
    assert (remove_orphaned_attachments(), remove_files_left_behind()) == (1, 1)
    assert store.names == named


def test_a_file_that_is_too_large_is_not_stored(store, temporary):
    with pytest.raises(NotKept) as refused:
        store_file([b"12345", b"67890"], "attached", most=9)
    assert (refused.value.code, store.names, temporary()) == ("size", [], [])


def test_a_large_file_goes_up_in_parts_and_comes_back_whole(store, tmp_path):
    from crm.platform.files.store import open_local_copy

    data = b"0123456789abcdef" * 1_200_000
    file, size, _sha256 = store_file([data], "imports", most=100_000_000)
    assert size == len(data) == 19_200_000
    with open_local_copy(file) as path:
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
