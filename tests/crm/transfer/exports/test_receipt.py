"""The receipt of an export, its file until it expires, and who may export leads."""

import hashlib
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from crm.models import Export
from leads.excel import LeadResource
from leads.models import Lead
from tests.crm.transfer.exports.exporting import ALL, LIST, NEW, WRITE, export, names, rows_of
from tests.crm.work.activities.attaching import place_of

# A separate thread with its own connection writes the file, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_the_receipt_says_who_exported_what_and_how_many_and_has_the_hash(sign_in, ann, make_lead):
    for number in range(3):
        make_lead(f"Ana {number}")
    data = export(sign_in(ann), "q=ana")
    receipt = Export.objects.get()
    assert (receipt.user, receipt.state) == (ann, "finished")
    assert (receipt.matched, receipt.wrote, receipt.size) == (3, 3, len(data))
    assert receipt.sha256 == hashlib.sha256(data).hexdigest()
    assert receipt.query == "q=ana"
    page = sign_in(ann).get(LIST).content.decode()
    assert "Matched 3, exported 3." in page
    assert "42 columns." in page


def test_a_lead_added_while_the_file_is_written_is_neither_counted_nor_written(
    sign_in, ann, make_lead, departments, statuses, sources, monkeypatch
):
    make_lead("Ana One")
    make_lead("Ana Two")
    plain = LeadResource.iterate_rows

    def meanwhile(self, leads, names, **given):
        for place, row in enumerate(plain(self, leads, names, **given)):
            if place == 0:
                insert_elsewhere()
            yield row

    def insert_elsewhere():
        with connections["progress"].cursor() as cursor:
            cursor.execute("BEGIN; SET LOCAL leadwell.machine = 'on'")
            cursor.execute(
                "INSERT INTO leads_lead (last_name, first_name, title, company, email, second_email, phone, mobile, "
                "website, country, city, state, address, zip, language, description, currency, lost_remark, "
                "next_action, source_id, status_id, department_id) SELECT 'Late', '', '', '', '', '', '', '', '', '', '', "
                "'', '', '', '', '', 'EUR', '', '', %s, %s, %s",
                [sources.website.pk, statuses.new.pk, departments.sales.pk],
            )
            cursor.execute("COMMIT")

    monkeypatch.setattr(LeadResource, "iterate_rows", meanwhile)
    assert names(export(sign_in(ann))) == ["Two", "One"]
    receipt = Export.objects.get()
    assert (receipt.matched, receipt.wrote) == (2, 2)
    assert Lead.objects.count() == 3


def test_of_a_file_that_could_not_be_written_nothing_is_sent_and_its_receipt_says_so(
    sign_in, ann, make_lead, monkeypatch
):
    make_lead()

    def broken(self, leads, names, **given):
        raise OSError("No space left on device")
        yield

    monkeypatch.setattr(LeadResource, "iterate_rows", broken)
    browser = sign_in(ann)
    answer = browser.post(f"{WRITE}?all=1", ALL)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    receipt = Export.objects.get()
    assert (receipt.state, receipt.file) == ("failed", "")
    assert "no file was created" in receipt.note
    assert browser.get(LIST).text.count(receipt.note) == 2


def test_a_user_gets_the_file_in_their_language_and_time_zone(sign_in, ann, make_lead):
    make_lead(created_at=timezone.datetime(2026, 11, 2, 23, 30, tzinfo=timezone.get_fixed_timezone(0)))
    ann.time_zone = "Asia/Tokyo"
    ann.save()
    assert rows_of(export(sign_in(ann)))[0]["Date added"] == timezone.datetime(2026, 11, 3, 8, 30)


def test_the_owner_can_download_the_file_again_until_it_expires(sign_in, ann, oscar, ada, make_lead):
    make_lead()
    data = export(sign_in(ann))
    receipt = Export.objects.get()
    address = reverse("exports:file", args=[receipt.pk])
    again = sign_in(ann).get(address)
    assert b"".join(again.streaming_content) == data
    assert again["Content-Disposition"] == f'attachment; filename="{receipt.name}"'
    for other in (oscar, ada):
        assert sign_in(other).get(address).status_code == 404
    place_of(receipt.file).unlink()
    assert sign_in(ann).get(address).status_code == 404


def test_users_see_their_own_receipts_and_an_administrator_sees_all(sign_in, ann, oscar, ada, make_lead):
    make_lead()
    export(sign_in(ann), "q=novák")
    assert "matching “novák”" in sign_in(ann).get(LIST).content.decode()
    assert "novák" not in sign_in(oscar).get(LIST).content.decode()
    page = sign_in(ada).get(LIST).content.decode()
    assert "matching “novák”" in page
    assert "Download" not in page


def test_old_files_are_removed_and_their_receipts_stay(sign_in, ann, make_lead):
    from crm.transfer.exports.jobs import remove_old_export_files

    make_lead()
    export(sign_in(ann))
    receipt = Export.objects.get()
    assert remove_old_export_files() == 0
    Export.objects.update(at=timezone.now() - timedelta(days=31))
    assert remove_old_export_files() == 1
    assert not place_of(receipt.file).exists()
    receipt.refresh_from_db()
    assert (receipt.file, receipt.wrote) == ("", 1)
    assert "File expired" in sign_in(ann).get(LIST).content.decode()


def test_a_receipt_without_a_writer_counts_as_stopped(ann):
    lost = Export(user=ann, at=timezone.now() - timedelta(hours=3))
    assert lost.failed
    assert not Export(user=ann).failed


@pytest.mark.parametrize(
    "data", [{}, {"columns": "secret", "format": "xlsx"}, {"columns": "all", "format": "exe"}]
)
def test_an_invalid_form_is_rejected_and_writes_nothing(sign_in, ann, data):
    answer = sign_in(ann).post(f"{WRITE}?all=1", data)
    assert answer.status_code == 422
    assert not Export.objects.exists()


def test_an_invalid_filter_exports_nothing(sign_in, ann, make_lead):
    make_lead()
    browser = sign_in(ann)
    assert browser.get(f"{NEW}?status=999").status_code == 400
    assert browser.post(f"{WRITE}?status=999", ALL).status_code == 422
    assert not Export.objects.exists()


def test_the_form_says_how_many_leads_and_which(sign_in, ann, make_lead):
    for number in range(3):
        make_lead(f"Ana {number}", country="RO")
    make_lead("Ana Other", country="DE")
    page = sign_in(ann).get(f"{NEW}?country=RO").content.decode()
    assert "Export 3 leads" in page
    assert "Leads: country Romania" in page
    assert "9 columns in this view" in page
    fragment = sign_in(ann).get(f"{NEW}?country=RO", headers={"HX-Request": "true", "HX-Target": "dialog"})
    assert b"<html" not in fragment.content


@pytest.mark.parametrize("address", [NEW, LIST, reverse("exports:file", args=[1])])
def test_without_the_export_permission_no_page_opens(sign_in, bob, address):
    assert sign_in(bob).get(address).status_code == 403


def test_without_the_export_permission_nothing_is_written(sign_in, bob, make_lead):
    make_lead(owner=bob)
    assert sign_in(bob).post(f"{WRITE}?all=1", ALL).status_code == 403
    assert not Export.objects.exists()
    assert sign_in(bob).get(WRITE).status_code in (403, 405)


def test_a_signed_out_visitor_is_sent_to_the_sign_in_page(client):
    assert client.post(f"{WRITE}?all=1", ALL)["Location"].startswith("/login")
