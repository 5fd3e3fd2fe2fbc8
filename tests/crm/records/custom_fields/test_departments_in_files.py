"""Files with custom fields of some departments, or with fields that only some leads show."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.crm.records.custom_fields.any_record import values, write
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_a_value_for_another_department_is_an_error_at_the_row(
    ada, departments, make_lead, make_field, sign_in
):
    export = [departments.export.pk]
    route = make_field("Route", departments=export, required=True)
    level = make_field("Level", departments=export, first_value="A1")
    known = make_lead("Ion Rus", email="ion@example.com")
    browser = sign_in(ada)
    rows = [
        ["Last name", "Email", "Department", "Route"],
        ["Pop", "a@example.com", "Sales", "North"],
        ["Berg", "b@example.com", "Sales", ""],
        ["Novák", "c@example.com", "Export", "South"],
        ["Stone", "d@example.com", "Export", ""],
        ["Rus", "ion@example.com", "Sales", "North"],
    ]
    imported = choose(browser, upload(browser, rows), "columns", duplicates="update")
    assert verdicts(imported) == {"new": 2, "error": 3}
    page = shown(browser, imported, "plan").text
    assert "The record’s department doesn’t use this field." in page
    assert "Enter a value." in page
    apply(browser, imported)
    assert values(Lead.objects.get(last_name="Berg")) == {}
    assert values(Lead.objects.get(last_name="Novák")) == {route.name: "South", level.name: "A1"}
    assert values(known) == {}


def test_a_value_that_a_lead_has_from_another_department_stays_when_its_file_comes_back(
    ada, departments, make_lead, make_field, sign_in
):
    route = make_field("Route", departments=[departments.export.pk])
    lead = make_lead(email="jan@example.com", department=departments.export)
    write(KINDS["lead"], lead, ada, **{route.name: "North"})
    write(KINDS["lead"], lead, ada, department=departments.sales)
    browser = sign_in(ada)
    rows = [["Email", "City", "Route"], ["jan@example.com", "Cluj", "North"]]
    apply(browser, choose(browser, upload(browser, rows), "columns", duplicates="update"))
    assert (values(lead), Lead.objects.get(pk=lead.pk).city) == ({route.name: "North"}, "Cluj")
    file = upload(browser, b"Email,Route\njan@example.com,=CLEAR\n", "leads.csv")
    apply(browser, choose(browser, file, "columns", duplicates="update"))
    assert values(lead) == {}


def test_a_file_writes_a_field_that_its_condition_hides_and_must_have_it_only_when_shown(
    ann, statuses, make_field, sign_in
):
    detail = make_field(
        "Detail", required=True, shown_if={"field": "status", "values": [str(statuses.contacted.pk)]}
    )
    browser = sign_in(ann)
    rows = [
        ["Last name", "Status", "Detail"],
        ["Pop", "New", "x"],
        ["Rus", "New", ""],
        ["Berg", "Contacted", ""],
    ]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 2, "error": 1}
    apply(browser, imported)
    assert values(Lead.objects.get(last_name="Pop")) == {detail.name: "x"}
