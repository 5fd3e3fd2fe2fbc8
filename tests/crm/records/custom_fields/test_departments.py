"""Custom fields of some departments: records of other departments don't have them, and keep what they bring along."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, LeadValues, Status
from tests.crm.records.custom_fields.any_record import redefine, values, write
from tests.crm.records.custom_fields.test_settings import posted, posted_new
from tests.crm.transfer.exports.exporting import ALL


@pytest.fixture(params=["lead", "company"])
def route(request, departments, make_field):
    """For leads and companies: the kind, and a field that only Export uses."""
    return KINDS[request.param], make_field("Route", of=request.param, departments=[departments.export.pk])


@pytest.fixture
def make(make_lead, make_company):
    return lambda kind, **fields: (make_lead if kind.name == "lead" else make_company)(**fields)


@pytest.fixture
def moved(route, make, ada, departments):
    """A record that has brought a value from Export to Sales."""
    kind, field = route
    row = make(kind, department=departments.export)
    write(kind, row, ada, **{field.name: "North"})
    write(kind, row, ada, department=departments.sales)
    row.refresh_from_db()
    return kind, field, row


def test_the_form_hides_it_for_other_departments_and_drops_what_is_typed_into_it(route, make, ada, sign_in):
    kind, field = route
    row = make(kind)
    browser = sign_in(ada)
    address = f"{row.get_absolute_url()}/edit"
    page = browser.get(address).text
    assert 'data-shown-if="{&quot;department&quot;' in page
    assert field_hidden(page, field)
    assert browser.post(address, posted(browser, address) | {field.name: "North"}).status_code == 302
    assert values(row) == {}


def field_hidden(page: str, field) -> bool:
    """Whether the block around its input is hidden."""
    before = page[: page.index(f'name="{field.name}"')]
    block = before[before.rindex('<div class="field"') :]
    return " hidden>" in block[: block.index(">") + 1]


def test_a_new_record_needs_it_and_gets_its_default_only_in_its_departments(
    ada, departments, make_field, sign_in
):
    export = [departments.export.pk]
    route = make_field("Route", departments=export, required=True)
    level = make_field("Level", departments=export, first_value="A1")
    browser = sign_in(ada)
    data = posted_new(browser) | {"last_name": "Dan"}
    assert browser.post("/admin/leads/new", data).status_code == 302
    assert values(Lead.objects.get(last_name="Dan")) == {}
    data |= {"last_name": "Eva", "department": departments.export.pk, "owner": "", level.name: "A1"}
    answer = browser.post("/admin/leads/new", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {route.name}
    assert not field_hidden(answer.text, route)
    assert browser.post("/admin/leads/new", data | {route.name: "North"}).status_code == 302
    assert values(Lead.objects.get(last_name="Eva")) == {route.name: "North", level.name: "A1"}


def test_a_value_from_another_department_is_shown_kept_and_can_only_be_removed(moved, ada, sign_in):
    _kind, field, row = moved
    browser = sign_in(ada)
    assert "from another department" in browser.get(row.get_absolute_url()).text
    address = f"{row.get_absolute_url()}/edit"
    page = browser.get(address).text
    assert "Route: remove “North”" in page
    assert f'name="{field.name}" value="remove"' in page
    data = posted(browser, address)
    browser.post(address, data | {"phone": "0722 123 456"})
    assert values(row) == {field.name: "North"}
    data = posted(browser, address)
    browser.post(address, data | {field.name: "South"})
    assert values(row) == {field.name: "North"}
    browser.post(address, posted(browser, address) | {field.name: "remove"})
    assert values(row) == {}
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert values(row) == {field.name: "North"}


def test_in_place_a_value_from_another_department_can_only_be_removed(moved, ada, sign_in):
    _kind, field, row = moved
    browser = sign_in(ada)
    inline = f"{row.get_absolute_url()}/inline/{field.name}"
    assert "Route: remove “North”" in browser.get(inline).text
    browser.post(inline, {field.name: "South"})
    assert values(row) == {field.name: "North"}
    browser.post(inline, {field.name: "remove"})
    assert values(row) == {}
    answer = browser.post(inline, {field.name: "South"})
    assert answer.status_code == 422
    assert "The record’s department doesn’t use this field." in answer.text
    assert values(row) == {}


def test_a_value_that_reads_like_the_word_for_removing_is_not_removed_by_itself(
    make_lead, make_field, departments, ada, sign_in
):
    field = make_field("Route")
    yes = make_field("Express", "yes_no")
    lead = make_lead()
    write(KINDS["lead"], lead, ada, **{field.name: "remove", yes.name: True})
    for each in (field, yes):
        redefine(each, departments=[departments.export.pk])
    browser = sign_in(ada)
    address = f"/admin/leads/{lead.pk}/edit"
    assert " checked" not in browser.get(address).text.split(f'name="{field.name}"')[1].split(">")[0]
    assert " checked" not in browser.get(address).text.split(f'name="{yes.name}"')[1].split(">")[0]
    browser.post(address, posted(browser, address) | {"city": "Cluj"})
    assert values(lead) == {field.name: "remove", yes.name: True}


def test_a_bulk_change_skips_records_of_other_departments_and_says_why(
    route, make, ada, departments, sign_in
):
    kind, field = route
    here, there = make(kind), make(kind, department=departments.export)
    browser = sign_in(ada)
    answer = browser.post(f"{kind.list_url}/bulk", {"action": "set", "record": [here.pk, there.pk]})
    address = answer["Location"].partition("?")[0]
    data = {"field": field.name, "asked": field.name, "value": "North"}
    done = browser.post(address, data, follow=True)
    assert done.status_code == 200
    assert (values(here), values(there)) == ({}, {field.name: "North"})
    record = Operation.objects.latest("pk")
    assert (record.changed, record.refused) == (1, 1)
    page = browser.get(f"/admin/operations/{record.pk}").text
    assert "The record’s department doesn’t use this field." in page


def test_clearing_it_in_bulk_works_for_all_departments(moved, ada):
    kind, field, row = moved
    assert write(kind, row, ada, **{field.name: ""}).changed == [row.pk]
    assert values(row) == {}


def test_a_record_that_moves_to_its_department_with_a_value_is_one_change(route, make, ada, departments):
    kind, field = route
    row = make(kind)
    outcome = write(kind, row, ada, **{"department": departments.export, field.name: "North"})
    assert outcome.changed == [row.pk]
    row.refresh_from_db()
    back = write(kind, row, ada, **{"department": departments.sales, field.name: "South"})
    assert back.refused == {"other_department": [row.pk]}


def test_the_column_exists_for_everyone_and_is_empty_for_other_departments(moved, make, ada, sign_in):
    kind, field, _row = moved
    browser = sign_in(ada)
    make(kind)
    browser.post(f"{kind.list_url}/columns", {"column": ["country", field.name]})
    page = browser.get(f"{kind.list_url}?all=1").text
    assert "Route" in page
    assert page.count("North") >= 1
    assert len(browser.get(f"{kind.list_url}?all=1&{field.name}.filled=yes").context["table"].data) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_an_export_has_the_column_with_the_values_that_exist(moved, ada, sign_in):
    kind, _field, _row = moved
    answer = sign_in(ada).post(kind.get_url("export_write") + "?all=1", ALL | {"format": "csv"})
    assert "North" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_status_that_requires_it_does_not_ask_leads_of_other_departments(
    ada, departments, statuses, make_lead, make_field, sign_in
):
    field = make_field("Route", departments=[departments.export.pk])
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(required_fields=[field.name])
    here, there = make_lead(), make_lead(department=departments.export)
    status = Status.objects.get(pk=statuses.contacted.pk)
    kind = KINDS["lead"]
    assert write(kind, here, ada, status=status).changed == [here.pk]
    assert write(kind, there, ada, status=status).refused == {f"needs:{field.name}": [there.pk]}
    browser = sign_in(ada)
    assert field.name in browser.get(f"/admin/leads/{there.pk}/move?status={status.pk}").text
    assert not LeadValues.objects.exists()
