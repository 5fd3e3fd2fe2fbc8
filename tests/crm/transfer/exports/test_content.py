"""Exporting leads: the right leads, complete, with the right types."""

import csv
import io

import openpyxl
import pytest
from django.utils import timezone

from crm.models import Export, SavedView
from crm.records.editing.bulk_actions import freeze_set
from crm.records.history.verb_execution import carry_out, operation
from leads import fields
from leads.excel import LeadResource
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Delete
from tests.crm.transfer.exports.exporting import ALL, NEW, WRITE, export, names, rows_of, without_token

# A separate thread with its own connection writes the file, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_all_fields_of_a_lead_are_in_the_file_with_their_types(sign_in, ann, full_lead):
    (row,) = rows_of(export(sign_in(ann)))
    assert row == {
        "Lead ID": f"#{full_lead.pk}",
        "Version": "1",
        "First name": "Ștefan",
        "Last name": "Țepeș",
        "Position": None,
        "Company": "=1+1",
        "Email": "stefan@example.com",
        "Second email": None,
        "Phone": "0040 721 000 111",
        "Mobile": None,
        "Website": None,
        "Address": None,
        "Postal code": "007100",
        "City": None,
        "State or region": None,
        "Country": "Romania",
        "Language": None,
        "Status": "Lost",
        "Lost reason": "No budget",
        "Lost reason details": "Too dear",
        "Source": "Website",
        "Owner": "Bob <bob@example.com>",
        "Department": "Sales",
        "Value": 1234.5,
        "Currency": "RON",
        "Tags": '"fair, ""big""", hot',
        "VIP": "yes",
        "Shared with everyone": "no",
        "Next action": "Call",
        "Next action date": timezone.datetime(2026, 12, 24),
        "Description": "first line\nsecond line",
        "Newsletter": "No newsletter received yet",
        "Score": 0,
        "Date added": timezone.datetime(2026, 11, 2, 9, 30),
        "Last contacted": None,
        "In status since": row["In status since"],
        "Assigned": row["Assigned"],
        "First contacted": None,
        "First contact due": None,
        "Won": None,
        "Client": None,
        "Client contact": None,
        "Added by": None,
        "Sequence": None,
    }


def test_id_and_version_are_hidden_and_choices_have_a_drop_down(sign_in, ann, full_lead):
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


def test_the_second_sheet_describes_the_file(sign_in, ann, make_lead):
    make_lead("Ana One", country="RO")
    make_lead("Ana Two", country="DE")
    data = export(sign_in(ann), "country=RO&q=ana")
    about = dict(openpyxl.load_workbook(io.BytesIO(data))["About"].iter_rows(values_only=True))
    assert about["Records"] == "Leads: country Romania, matching “ana”"
    assert (about["Matched"], about["Exported"]) == ("1", "1")
    assert about["Exported by"] == "Ann <ann@example.com>"
    assert about["Columns"].startswith("First name, Last name, Position")
    assert "Europe/Bucharest" in about["Date"]


def test_only_matching_and_visible_leads_are_written(sign_in, ann, carla, departments, make_lead):
    make_lead("Ana One", country="RO")
    make_lead("Ana Two", country="DE")
    make_lead("Ana Foreign", country="RO", department=departments.export)
    make_lead("Ana Shared", country="RO", department=departments.export, shared=True)
    assert names(export(sign_in(ann), "country=RO")) == ["Shared", "One"]
    assert names(export(sign_in(ann))) == ["Shared", "Two", "One"]
    assert names(export(sign_in(carla))) == ["Shared", "Foreign"]


def test_the_owner_of_a_shared_lead_elsewhere_is_named_without_their_email(
    sign_in, ann, dan, departments, make_lead
):
    make_lead("Ana Shared", department=departments.export, owner=dan, shared=True)
    assert rows_of(export(sign_in(ann)))[0]["Owner"] == "Dan"


def test_leads_in_trash_are_not_exported(sign_in, ann, make_lead):
    make_lead("Ana One")
    binned = make_lead("Ana Two")
    carry_out(Delete(), Lead.objects.changeable_by(ann).filter(pk=binned.pk), by=ann)
    assert names(export(sign_in(ann))) == ["One"]


def test_exactly_the_selected_leads_are_written_and_missing_ones_are_counted(
    sign_in, ann, departments, make_lead
):
    leads = [make_lead(f"Ana {number}") for number in range(5)]
    frozen = freeze_set(ann, "lead", [lead.pk for lead in leads[:4]], "")
    carry_out(Delete(), Lead.objects.changeable_by(ann).filter(pk=leads[0].pk), by=ann)
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[1].pk).update(department=departments.export)
    assert names(export(sign_in(ann), f"set={frozen.pk}")) == ["3", "2"]
    receipt = Export.objects.get()
    assert (receipt.matched, receipt.wrote) == (4, 2)
    assert receipt.words == "Selected: 4 leads"
    assert receipt.note == "Selected records that no longer exist or that you no longer have access to: 2."


def test_another_users_frozen_set_is_not_found(sign_in, ann, carla, make_lead):
    frozen = freeze_set(ann, "lead", [make_lead().pk], "")
    browser = sign_in(carla)
    foreign, unknown = (browser.get(f"{NEW}?set={pk}") for pk in (frozen.pk, 987654))
    assert foreign.status_code == unknown.status_code == 404
    assert without_token(foreign.content) == without_token(unknown.content)
    assert browser.post(f"{WRITE}?set={frozen.pk}", ALL).status_code == 404
    assert browser.get(f"{NEW}?set=x").status_code == 404
    assert not Export.objects.exists()


def test_the_columns_of_the_view_are_written_with_their_companions(sign_in, ann, make_lead):
    make_lead()
    view = SavedView.objects.create(
        table="lead", owner=ann, name="Open ones", columns=["name", "status", "time_in_status", "value"]
    )
    data = export(sign_in(ann), f"all=1&view={view.pk}", columns="view")
    heads = list(rows_of(data)[0])
    assert heads == [
        "Lead ID", "Version", "First name", "Last name", "Status", "In status since", "Value", "Currency",
    ]  # fmt: skip
    receipt = Export.objects.get()
    assert receipt.name.startswith("open-ones-")
    assert receipt.shown_columns == 6


def test_every_list_column_has_its_columns_in_the_file(ada):
    for name in fields.LIST:
        if name != "id":
            assert LeadResource.get_view_columns(LEAD, [name], ada), name


def test_csv_is_utf8_with_a_byte_order_mark_and_without_formulas(sign_in, ann, full_lead):
    data = export(sign_in(ann), format="csv")
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    found = dict(zip(head, row, strict=True))
    assert data.startswith(b"\xef\xbb\xbf")
    assert found["Company"] == "'=1+1"
    assert found["Postal code"] == "007100"
    assert found["Last name"] == "Țepeș"
    assert found["Description"] == "first line\nsecond line"
    assert found["Value"] == "1234.50"
    assert Export.objects.get().format == "csv"
