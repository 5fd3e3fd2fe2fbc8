"""Taking leads out: the right leads, whole, with a receipt."""

import csv
import hashlib
import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from crm.bulk import freeze
from crm.change import carry_out, operation
from leads import fields
from leads.excel import LeadResource
from leads.models import Export, Lead, SavedView
from leads.verbs import Bin

# The file is written by a thread of its own, from its own connection: these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

NEW, WRITE, LIST = reverse("exports:new"), reverse("exports:write"), reverse("exports:list")
ALL = {"columns": "all", "format": "xlsx"}


def export(browser, query="all=1", **data) -> bytes:
    answer = browser.post(f"{WRITE}?{query}", ALL | data)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(data: bytes, sheet="Leads") -> list[dict]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def names(data: bytes) -> list[str]:
    return [row["Last name"] for row in rows_of(data)]


def without_token(page: bytes) -> bytes:
    """The token against forged forms is new on every page."""
    return re.sub(rb'"X-CSRFToken": "\w+"|value="\w{64}"', b"", page)


@pytest.fixture
def full_lead(ann, bob, make_lead, make_tag, statuses, reasons):
    tags = [make_tag(name).pk for name in ("hot", 'fair, "big"')]
    return make_lead(
        "Ștefan Țepeș",
        company="=1+1",
        email="stefan@example.com",
        phone="0040 721 000 111",
        zip="007100",
        country="RO",
        value="1234.50",
        currency="RON",
        owner=bob,
        tags=sorted(tags),
        vip=True,
        status="lost",
        lost_reason=reasons.budget,
        lost_remark="Too dear",
        next_action="Call",
        next_action_on=date(2026, 12, 24),
        description="first line\nsecond line",
        created_at=timezone.make_aware(timezone.datetime(2026, 11, 2, 9, 30)),
    )


def test_all_fields_of_a_lead_are_in_the_file_as_what_they_are(sign_in, ann, full_lead):
    (row,) = rows_of(export(sign_in(ann)))
    assert row == {
        "Lead id": f"#{full_lead.pk}",
        "Version": "1",
        "First name": "Ștefan",
        "Last name": "Țepeș",
        "Position": None,
        "Company": "=1+1",
        "E-mail": "stefan@example.com",
        "Second e-mail": None,
        "Phone": "0040 721 000 111",
        "Mobile": None,
        "Website": None,
        "Address": None,
        "Postcode": "007100",
        "City": None,
        "County or state": None,
        "Country": "Romania",
        "Language": None,
        "Status": "Lost",
        "Lost reason": "No budget",
        "What happened": "Too dear",
        "Source": "Website",
        "Owner": "Bob <bob@example.com>",
        "Department": "Sales",
        "Value": 1234.5,
        "Currency": "RON",
        "Tags": '"fair, ""big""", hot',
        "VIP": "yes",
        "Shared with everyone": "no",
        "Next action": "Call",
        "Next action on": timezone.datetime(2026, 12, 24),
        "Description": "first line\nsecond line",
        "Newsletter": "No newsletter received yet",
        "Date added": timezone.datetime(2026, 11, 2, 9, 30),
        "Last contacted": None,
        "In status since": row["In status since"],
        "Assigned": row["Assigned"],
        "First contacted": None,
        "Won": None,
    }


def test_id_and_version_go_along_hidden_and_what_can_be_chosen_has_a_drop_down(sign_in, ann, full_lead):
    workbook = openpyxl.load_workbook(io.BytesIO(export(sign_in(ann))))
    sheet = workbook["Leads"]
    assert [name for name, column in sheet.column_dimensions.items() if column.hidden] == ["A", "B"]
    assert sheet.freeze_panes == "A2"
    heads = {cell.column_letter: cell.value for cell in sheet[1]}
    offered = {
        heads[str(v.sqref).partition("2:")[0]]: v.formula1 for v in sheet.data_validations.dataValidation
    }
    assert {"Status", "Source", "Owner", "Country"} <= set(offered)
    choices = workbook["Choices"]
    owners = [cell.value for cell in choices[offered["Owner"].split("$")[1]] if cell.value]
    assert owners == [
        f"{name.title()} <{name}@example.com>"
        for name in ("ada", "ann", "ben", "bob", "conrad", "oscar", "sofia")
    ]
    assert not any("dan@" in owner or "carla@" in owner for owner in owners)


def test_the_second_sheet_tells_what_the_file_is(sign_in, ann, make_lead):
    make_lead("Ana One", country="RO")
    make_lead("Ana Two", country="DE")
    data = export(sign_in(ann), "country=RO&q=ana")
    about = dict(openpyxl.load_workbook(io.BytesIO(data))["About"].iter_rows(values_only=True))
    assert about["Which leads"] == "Leads with country Romania, found by “ana”"
    assert (about["Matched"], about["Wrote"]) == ("1", "1")
    assert about["By"] == "Ann <ann@example.com>"
    assert about["Columns"].startswith("First name, Last name, Position")
    assert "Europe/Bucharest" in about["On"]


def test_only_what_matches_and_only_what_the_user_sees_is_written(
    sign_in, ann, carla, departments, make_lead
):
    make_lead("Ana One", country="RO")
    make_lead("Ana Two", country="DE")
    make_lead("Ana Foreign", country="RO", department=departments.export)
    make_lead("Ana Shared", country="RO", department=departments.export, shared=True)
    assert names(export(sign_in(ann), "country=RO")) == ["Shared", "One"]
    assert names(export(sign_in(ann))) == ["Shared", "Two", "One"]
    assert names(export(sign_in(carla))) == ["Shared", "Foreign"]


def test_who_owns_a_shared_lead_elsewhere_is_named_without_their_address(
    sign_in, ann, dan, departments, make_lead
):
    make_lead("Ana Shared", department=departments.export, owner=dan, shared=True)
    assert rows_of(export(sign_in(ann)))[0]["Owner"] == "Dan"


def test_leads_in_the_bin_stay_there(sign_in, ann, make_lead):
    make_lead("Ana One")
    binned = make_lead("Ana Two")
    carry_out(Bin(), Lead.objects.changeable_by(ann).filter(pk=binned.pk), by=ann)
    assert names(export(sign_in(ann))) == ["One"]


def test_exactly_the_ticked_leads_are_written_and_those_that_are_gone_are_counted(
    sign_in, ann, departments, make_lead
):
    leads = [make_lead(f"Ana {number}") for number in range(5)]
    frozen = freeze(ann, [lead.pk for lead in leads[:4]], "")
    carry_out(Bin(), Lead.objects.changeable_by(ann).filter(pk=leads[0].pk), by=ann)
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[1].pk).update(department=departments.export)
    assert names(export(sign_in(ann), f"set={frozen.pk}")) == ["3", "2"]
    receipt = Export.objects.get()
    assert (receipt.matched, receipt.wrote) == (4, 2)
    assert receipt.words == "4 selected leads"
    assert receipt.note == "2 of the selected leads are no longer there or no longer yours to see."


def test_somebody_elses_set_does_not_exist(sign_in, ann, carla, make_lead):
    frozen = freeze(ann, [make_lead().pk], "")
    browser = sign_in(carla)
    foreign, unknown = (browser.get(f"{NEW}?set={pk}") for pk in (frozen.pk, 987654))
    assert foreign.status_code == unknown.status_code == 404
    assert without_token(foreign.content) == without_token(unknown.content)
    assert browser.post(f"{WRITE}?set={frozen.pk}", ALL).status_code == 404
    assert browser.get(f"{NEW}?set=x").status_code == 404
    assert not Export.objects.exists()


def test_the_columns_of_the_view_are_written_with_what_belongs_to_them(sign_in, ann, make_lead):
    make_lead()
    view = SavedView.objects.create(
        owner=ann, name="Open ones", columns=["name", "status", "time_in_status", "value"]
    )
    data = export(sign_in(ann), f"all=1&view={view.pk}", columns="view")
    heads = list(rows_of(data)[0])
    assert heads == [
        "Lead id", "Version", "First name", "Last name", "Status", "In status since", "Value", "Currency",
    ]  # fmt: skip
    receipt = Export.objects.get()
    assert receipt.name.startswith("open-ones-")
    assert receipt.shown_columns == 6


def test_every_column_of_the_list_has_its_columns_in_a_file():
    from leads.excel import columns_of_view

    for name in fields.LIST:
        if name != "id":
            assert columns_of_view([name]), name


def test_csv_is_utf8_with_a_mark_and_nothing_is_calculated(sign_in, ann, full_lead):
    data = export(sign_in(ann), format="csv")
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    found = dict(zip(head, row, strict=True))
    assert data.startswith(b"\xef\xbb\xbf")
    assert found["Company"] == "'=1+1"
    assert found["Postcode"] == "007100"
    assert found["Last name"] == "Țepeș"
    assert found["Description"] == "first line\nsecond line"
    assert found["Value"] == "1234.50"
    assert Export.objects.get().format == "csv"


def test_the_receipt_says_who_what_and_how_many_and_keeps_the_hash(sign_in, ann, make_lead):
    for number in range(3):
        make_lead(f"Ana {number}")
    data = export(sign_in(ann), "q=ana")
    receipt = Export.objects.get()
    assert (receipt.user, receipt.state) == (ann, "finished")
    assert (receipt.matched, receipt.wrote, receipt.size) == (3, 3, len(data))
    assert receipt.sha256 == hashlib.sha256(data).hexdigest()
    assert receipt.query == "q=ana"
    page = sign_in(ann).get(LIST).content.decode()
    assert "Matched 3, wrote 3." in page
    assert "36 columns." in page


def test_a_lead_that_comes_while_the_file_is_written_is_neither_counted_nor_written(
    sign_in, ann, make_lead, departments, statuses, sources, monkeypatch
):
    make_lead("Ana One")
    make_lead("Ana Two")
    plain = LeadResource.rows

    def meanwhile(self, leads, names):
        for place, row in enumerate(plain(self, leads, names)):
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

    monkeypatch.setattr(LeadResource, "rows", meanwhile)
    assert names(export(sign_in(ann))) == ["Two", "One"]
    receipt = Export.objects.get()
    assert (receipt.matched, receipt.wrote) == (2, 2)
    assert Lead.objects.count() == 3


def test_a_file_that_breaks_off_is_no_whole_download_and_its_receipt_says_so(
    sign_in, ann, make_lead, monkeypatch
):
    make_lead()

    def broken(self, leads, names):
        raise OSError("No space left on device")
        yield

    monkeypatch.setattr(LeadResource, "rows", broken)
    answer = sign_in(ann).post(f"{WRITE}?all=1", ALL)
    with pytest.raises(OSError, match="No space left"):
        b"".join(answer.streaming_content)
    receipt = Export.objects.get()
    assert (receipt.state, receipt.file) == ("failed", "")
    assert "the file is not whole" in receipt.note
    assert "the file is not whole" in sign_in(ann).get(LIST).content.decode()


def test_a_user_in_another_language_and_zone_gets_the_file_in_them(sign_in, ann, make_lead):
    make_lead(created_at=timezone.datetime(2026, 11, 2, 23, 30, tzinfo=timezone.get_fixed_timezone(0)))
    ann.time_zone = "Asia/Tokyo"
    ann.save()
    assert rows_of(export(sign_in(ann)))[0]["Date added"] == timezone.datetime(2026, 11, 3, 8, 30)


def test_the_file_can_be_fetched_again_by_its_owner_while_it_lives(sign_in, ann, oscar, ada, make_lead):
    make_lead()
    data = export(sign_in(ann))
    receipt = Export.objects.get()
    address = reverse("exports:file", args=[receipt.pk])
    again = sign_in(ann).get(address)
    assert b"".join(again.streaming_content) == data
    assert again["Content-Disposition"] == f'attachment; filename="{receipt.name}"'
    for other in (oscar, ada):
        assert sign_in(other).get(address).status_code == 404
    receipt.path.unlink()
    assert sign_in(ann).get(address).status_code == 404


def test_receipts_are_ones_own_and_an_administrator_sees_all(sign_in, ann, oscar, ada, make_lead):
    make_lead()
    export(sign_in(ann), "q=novák")
    assert "found by “novák”" in sign_in(ann).get(LIST).content.decode()
    assert "novák" not in sign_in(oscar).get(LIST).content.decode()
    page = sign_in(ada).get(LIST).content.decode()
    assert "found by “novák”" in page
    assert "Download" not in page


def test_old_files_go_and_their_receipts_stay(sign_in, ann, make_lead):
    from leads.jobs import files_of_exports

    make_lead()
    export(sign_in(ann))
    receipt = Export.objects.get()
    assert files_of_exports() == 0
    Export.objects.update(at=timezone.now() - timedelta(days=31))
    assert files_of_exports() == 1
    assert not receipt.path.exists()
    receipt.refresh_from_db()
    assert (receipt.file, receipt.wrote) == ("", 1)
    assert "the file has expired" in sign_in(ann).get(LIST).content.decode()


def test_a_receipt_without_a_writer_counts_as_stopped(ann):
    lost = Export(user=ann, at=timezone.now() - timedelta(hours=3))
    assert lost.failed
    assert not Export(user=ann).failed


@pytest.mark.parametrize(
    "data", [{}, {"columns": "secret", "format": "xlsx"}, {"columns": "all", "format": "exe"}]
)
def test_a_senseless_form_is_refused_and_writes_nothing(sign_in, ann, data):
    answer = sign_in(ann).post(f"{WRITE}?all=1", data)
    assert answer.status_code == 422
    assert not Export.objects.exists()


def test_a_filter_that_makes_no_sense_exports_nothing(sign_in, ann, make_lead):
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
    assert "Leads with country Romania" in page
    assert "The 9 columns of this view" in page
    fragment = sign_in(ann).get(f"{NEW}?country=RO", headers={"HX-Request": "true", "HX-Target": "dialog"})
    assert b"<html" not in fragment.content


@pytest.mark.parametrize("address", [NEW, LIST, reverse("exports:file", args=[1])])
def test_without_the_right_to_export_nothing_opens(sign_in, bob, address):
    assert sign_in(bob).get(address).status_code == 403


def test_without_the_right_to_export_nothing_is_written(sign_in, bob, make_lead):
    make_lead(owner=bob)
    assert sign_in(bob).post(f"{WRITE}?all=1", ALL).status_code == 403
    assert not Export.objects.exists()
    assert sign_in(bob).get(WRITE).status_code in (403, 405)


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    assert client.post(f"{WRITE}?all=1", ALL)["Location"].startswith("/login")
