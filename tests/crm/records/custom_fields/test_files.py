"""Custom fields in Excel files: exported, edited, imported again, and named in other people's headers."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from crm.fields.custom.values.type_conversion import WantedType
from crm.models import CustomField, Import, Operation
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.custom_fields.retype.type_change import change_field_type
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.transfer.imports.apply.plan_application import StalePlan
from crm.transfer.imports.apply.plan_application import apply_import_plan as applied
from leads.models import Lead, LeadValues, Status
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

EVERY_TYPE = {
    "text": "Maths",
    "long_text": "one\ntwo",
    "number": Decimal("1250.5"),
    "money": Decimal("99.50"),
    "date": datetime.date(2026, 5, 1),
    "moment": datetime.datetime(2026, 5, 1, 8, 30, tzinfo=datetime.UTC),
    "yes_no": False,
    "choice": "o2",
    "choices": ["o1", "o2"],
    "rating": 4,
    "email": "ana@example.com",
    "phone": "0722 123 456",
    "url": "https://example.com/a",
}


@pytest.fixture
def filled(make_field, make_lead, ann):
    """A lead with a value of every type, and its fields by type."""
    fields = {
        type: make_field(
            f"Extra {type}", type, choices=["Blue", "Red, dark"] if "choice" in type else (), decimals=2
        )
        for type in EVERY_TYPE
    }
    fields["user"] = make_field("Extra user", "user")
    lead = make_lead("Jan Novák", owner=ann, email="jan@example.com")
    changes = {fields[type].name: value for type, value in EVERY_TYPE.items()} | {fields["user"].name: ann.pk}
    carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=ann)
    return lead, fields


def test_an_exported_file_comes_back_unchanged(ann, sign_in, filled):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, export(browser)), "columns")
    assert verdicts(imported) == {"unchanged": 1}


def test_each_type_is_written_as_excel_knows_it(ann, sign_in, filled):
    (row,) = rows_of(export(sign_in(ann)))
    shown = {name.removeprefix("Extra "): value for name, value in row.items() if name.startswith("Extra ")}
    assert shown == {
        "text": "Maths",
        "long_text": "one\ntwo",
        "number": 1250.5,
        "money": 99.5,
        "date": datetime.datetime(2026, 5, 1),
        "moment": datetime.datetime(2026, 5, 1, 11, 30),
        "yes_no": "no",
        "choice": "Red, dark",
        "choices": 'Blue, "Red, dark"',
        "rating": 4,
        "email": "ana@example.com",
        "phone": "0722 123 456",
        "url": "https://example.com/a",
        "user": "Ann <ann@example.com>",
    }


def test_changed_cells_of_custom_columns_are_applied_and_undone(ann, sign_in, filled):
    lead, fields = filled
    before = LeadValues.objects.get(record=lead).values
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser)))
    sheet = book["Leads"]
    heads = [cell.value for cell in sheet[1]]
    for name, value in {"choice": "blue", "number": 7, "yes_no": "yes", "text": "=CLEAR"}.items():
        cell = sheet.cell(2, heads.index(f"Extra {name}") + 1, value)
        cell.data_type = "s" if isinstance(value, str) else "n"
    out = io.BytesIO()
    book.save(out)
    imported = choose(browser, upload(browser, out.getvalue()), "columns")
    assert verdicts(imported) == {"changed": 1}
    assert "Red, dark" in shown(browser, imported, "plan").text
    apply(browser, imported)
    now = LeadValues.objects.get(record=lead).values
    assert now == {key: value for key, value in before.items() if key != fields["text"].name} | {
        fields["choice"].name: "o1",
        fields["number"].name: "7",
        fields["yes_no"].name: True,
    }
    revert_operation(Operation.objects.latest("pk"), by=ann)
    assert LeadValues.objects.get(record=lead).values == before


def test_new_rows_bring_custom_values_defaults_and_errors(ann, sign_in, make_field):
    course = make_field("Course", "choice", choices=["Maths", "Music"], name_ro="Curs", required=True)
    level = make_field("Level", first_value="A1")
    browser = sign_in(ann)
    rows = [
        ["Last name", "Email", "CURS", "Level"],
        ["Pop", "pop@example.com", "music", ""],
        ["Rus", "rus@example.com", "Dance", "B2"],
        ["Dan", "dan@example.com", "", "B2"],
    ]
    imported = choose(browser, upload(browser, rows), "columns")
    assert imported.mapping == ["last_name", "email", course.name, level.name]
    assert verdicts(imported) == {"new": 1, "error": 2}
    text = shown(browser, imported, "plan").text
    assert "“Dance” isn’t one of the choices." in text
    assert "Enter a value." in text
    apply(browser, imported)
    lead = Lead.objects.get(last_name="Pop")
    assert lead.version == 1
    assert LeadValues.objects.get(record=lead).values == {course.name: "o2", level.name: "A1"}
    assert Import.objects.get().counts["added"] == 1


def test_a_hidden_field_is_in_no_file_and_no_mapping(ann, bob, sign_in, make_field, make_lead, someone_with):
    secret = make_field("Salary wish", roles=[ann.groups.get().pk])
    oscar = someone_with("view_lead", "export_lead", "add_lead", "import_lead", "see_own")
    lead = make_lead(owner=oscar)
    carry_out(Edit({secret.name: "Enormous"}), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(oscar)
    assert all("Salary wish" not in row for row in rows_of(export(browser)))
    imported = upload(browser, [["Last name", "Salary wish"], ["Pop", "12"]])
    assert imported.mapping == ["last_name", ""]
    assert "Salary wish</option>" not in shown(browser, imported, "columns").text


def test_an_import_respects_the_custom_fields_that_a_status_requires(
    ann, make_lead, make_field, statuses, sign_in
):
    course = make_field("Course")
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.qualified.pk).update(required_fields=[course.name])
    filled = make_lead("Eva Pop", owner=ann, email="eva@example.com")
    make_lead("Ion Rus", owner=ann, email="ion@example.com")
    carry_out(Edit({course.name: "Maths"}), Lead.objects.filter(pk=filled.pk), by=ann)
    rows = [["Email", "Status"], ["eva@example.com", "Qualified"], ["ion@example.com", "Qualified"]]
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, rows), "columns", duplicates="update")
    assert verdicts(imported) == {"duplicate": 1, "error": 1}


@pytest.mark.parametrize("change", ["type", "deleted"])
def test_a_field_changed_or_deleted_between_preview_and_import_stops_the_import(
    change, ada, make_field, sign_in
):
    field = make_field("Weight")
    browser = sign_in(ada)
    rows = [["Last name", "Weight"], ["Pop", "heavy"]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 1}
    if change == "type":
        change_field_type(CustomField.objects.get(), WantedType(type="number"), by=ada)
    else:
        delete_custom_field(CustomField.objects.get(), by=ada)
    with pytest.raises(StalePlan, match="A custom field was changed or deleted since"):
        applied(imported, by=ada)
    assert not Lead.objects.exists()
    assert field.name not in str(list(LeadValues.objects.values_list("values")))
