"""Unique custom fields on the screens and in the APIs: each way in says at the field that a value is taken."""

import pytest

from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CustomField, Operation, UniqueValue
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from customers.models import CompanyValues
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import filled_in
from tests.reading import close_up

pytestmark = pytest.mark.django_db
TAKEN = "Another record already has this value."


@pytest.fixture
def external(make_field):
    return make_field("External ID", is_unique=True)


@pytest.fixture
def give(make_lead):
    """give(field, "x1", name="Ana Pop") is a lead with this value."""

    def made(field, value, **values):
        lead = make_lead(**values)
        with operation("test", by=None):
            LeadValues.objects.update_or_create(record=lead, defaults={"values": {field.name: value}})
        return lead

    return made


def post_definition(browser, field, **data):
    address = f"/admin/leads/fields/{field.definition.pk}"
    form = browser.get(address).context["form"]
    return browser.post(
        address, {name: value for name, value in (filled_in(form) | data).items() if value != ""}
    )


# The definition


def test_a_field_becomes_unique_and_the_list_of_fields_shows_the_mark(make_field, give, ada, sign_in):
    field, browser = make_field("External ID"), sign_in(ada)
    give(field, "x1")
    assert post_definition(browser, field, is_unique="on").status_code == 302
    assert CustomField.objects.get().is_unique
    assert '<span class="chip">unique</span>' in browser.get("/admin/leads/fields").text
    with pytest.raises(Exception, match="unique_value_once"):
        give(field, "X1")


def test_marking_is_refused_while_values_repeat_with_examples_that_the_reader_sees(
    make_field, give, ada, sign_in
):
    field, browser = make_field("External ID"), sign_in(ada)
    for text in ("x1", "X 1", "x 1", "y2", "y2", "not repeated"):
        give(field, text)
    carry_out(Delete(), Lead.objects.changeable_by(ada), by=ada, wanted=[give(field, "not repeated").pk])
    answer = post_definition(browser, field, is_unique="on")
    assert answer.status_code == 422
    text = close_up(answer.text)
    assert "2 values occur more than once. Change them first." in text
    assert f"/admin/leads?{field.name}.is=y2" in text
    assert f"/admin/leads?{field.name}.is=X+1" in text
    assert "not repeated" not in text
    assert not CustomField.objects.get().is_unique
    listed = browser.get(f"/admin/leads?{field.name}.is=y2")
    assert len(listed.context["table"].data) == 2


def test_examples_are_only_of_records_that_the_reader_sees(
    make_field, give, departments, someone_with, sign_in
):
    field = make_field("External ID")
    for department in (departments.sales, departments.export):
        for _twice in range(2):
            give(field, f"of {department}", department=department)
    reader = someone_with(
        "view_customfield", "change_customfield", "view_lead", "see_department_lead", name="eve"
    )
    answer = post_definition(sign_in(reader), field, is_unique="on")
    assert "2 values occur more than once." in answer.text
    assert "of Export" not in answer.text


@pytest.mark.parametrize("type", ["long_text", "date", "yes_no", "choice", "rating", "money", "user"])
def test_values_of_other_types_cannot_be_unique(make_field, ada, sign_in, type):
    field = make_field("External ID", type, choices=["A"])
    answer = post_definition(sign_in(ada), field, is_unique="on")
    assert "Values of this type can’t be unique." in answer.text


def test_a_unique_field_has_no_default(make_field, ada, sign_in):
    answer = post_definition(sign_in(ada), make_field("External ID"), is_unique="on", first_value="x")
    assert "A unique field can’t have a default." in answer.text


def test_removing_the_mark_frees_the_values_and_undo_marks_again_unless_they_repeat(
    external, give, ada, sign_in
):
    browser = sign_in(ada)
    give(external, "x1")
    assert post_definition(browser, external, is_unique="").status_code == 302
    removed = CustomField.objects.get()
    assert not removed.is_unique
    record = Operation.objects.get(kind="edit_custom_field")
    second = give(external, "x1")
    assert revert_operation(record, by=ada).kept["custom_field"] == {"values_repeat": [removed.pk]}
    carry_out(Delete(), Lead.objects.changeable_by(ada), by=ada, wanted=[second.pk])
    assert post_definition(browser, external, is_unique="on").status_code == 302
    assert post_definition(browser, external, is_unique="").status_code == 302
    revert_operation(Operation.objects.filter(kind="edit_custom_field").latest("pk"), by=ada)
    assert CustomField.objects.get().is_unique
    with pytest.raises(Exception, match="unique_value_once"):
        give(external, "x1")


def test_a_retired_field_keeps_its_values_apart_and_a_deleted_one_gets_them_back_with_the_undo(
    external, give, ada, sign_in
):
    browser = sign_in(ada)
    lead = give(external, "x1")
    assert post_definition(browser, external, retired="on").status_code == 302
    assert UniqueValue.objects.count() == 1
    assert post_definition(browser, external, retired="").status_code == 302
    record = delete_custom_field(CustomField.objects.get(), by=ada)
    assert not UniqueValue.objects.exists()
    revert_operation(record, by=ada)
    assert list(UniqueValue.objects.values_list("record", "value")) == [(lead.pk, "x1")]


# The ways in


def test_the_form_says_at_the_field_that_a_value_is_taken(external, give, make_lead, bob, dan, sign_in):
    give(external, "x1", name="Ana Pop", owner=bob)
    browser = sign_in(bob)
    address = "/admin/leads/new"
    data = filled_in(browser.get(address).context["form"]) | {"last_name": "Rus", external.name: "X1 "}
    answer = browser.post(address, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {external.name: ["Ana Pop already has this value."]}
    own = make_lead("Bea Rus", owner=bob)
    address = f"/admin/leads/{own.pk}/edit"
    data = filled_in(browser.get(address).context["form"]) | {external.name: "x1"}
    assert browser.post(address, data).context["form"].errors[external.name]
    data[external.name] = "x2"
    assert browser.post(address, data).status_code == 302
    data = filled_in(browser.get(address).context["form"]) | {"city": "Cluj"}
    assert browser.post(address, data).status_code == 302


def test_a_record_that_the_user_cannot_see_is_never_named(
    external, give, make_lead, departments, bob, dan, sign_in
):
    give(external, "x1", name="Secret Person", department=departments.export, owner=dan)
    browser = sign_in(bob)
    address = "/admin/leads/new"
    data = filled_in(browser.get(address).context["form"]) | {"last_name": "Rus", external.name: "x1"}
    answer = browser.post(address, data)
    assert answer.context["form"].errors == {external.name: [TAKEN]}
    assert "Secret" not in answer.text


def test_inline_edit_says_at_the_field_that_a_value_is_taken(external, give, make_lead, bob, sign_in):
    give(external, "x1", name="Ana Pop", owner=bob)
    own = make_lead("Bea Rus", owner=bob)
    address = f"/admin/leads/{own.pk}/inline/{external.name}"
    answer = sign_in(bob).post(address, {external.name: "X1", "version": own.version})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {external.name: ["Ana Pop already has this value."]}


def test_a_bulk_change_gives_a_value_to_one_record_at_most(external, make_lead, ada):
    leads = [make_lead(f"Lead {number}") for number in range(3)]
    rows, wanted = Lead.objects.changeable_by(ada), [lead.pk for lead in leads]
    outcome = carry_out(Edit({external.name: "x1"}), rows, by=ada, wanted=wanted)
    assert (outcome.changed, outcome.refused) == ([], {f"value_once:{external.name}": wanted})
    assert carry_out(Edit({external.name: "x1"}), rows, by=ada, wanted=wanted[:1]).changed == wanted[:1]
    outcome = carry_out(Edit({external.name: "x1"}), rows, by=ada, wanted=wanted)
    assert outcome.unchanged == wanted[:1]
    assert outcome.refused == {f"value_taken:{external.name}": wanted[1:]}
    assert carry_out(Edit({external.name: ""}), rows, by=ada, wanted=wanted).changed == wanted[:1]


def test_setting_the_field_of_several_records_is_refused_on_the_preview(external, make_lead, ada, sign_in):
    leads, browser = [make_lead(f"Lead {number}") for number in range(2)], sign_in(ada)
    for chosen, changed in ((leads, 0), (leads[:1], 1)):
        sent = {"action": "set", "record": [lead.pk for lead in chosen]}
        address = browser.post("/admin/leads/bulk", sent)["Location"].partition("?")[0]
        data = {"field": external.name, "asked": external.name, "value": "x1"}
        preview = browser.get(address, data)
        assert len(preview.context["outcome"].changed) == changed
        refused = "This field is unique, so only one record can have this value." in preview.text
        assert refused == (changed == 0)
        assert browser.post(address, data).status_code == 302
    assert UniqueValue.objects.get().record == leads[0].pk


def test_companies_have_unique_fields_of_their_own(make_field, make_company, give, external, ada, sign_in):
    field = make_field("Tax number", of="company", is_unique=True)
    first = make_company("Omnia")
    with operation("test", by=None):
        CompanyValues.objects.create(record=first, values={field.name: "RO 1"})
    give(external, "RO 1")
    browser = sign_in(ada)
    data = filled_in(browser.get("/admin/companies/new").context["form"])
    answer = browser.post("/admin/companies/new", data | {"name": "Second", field.name: "ro 1"})
    assert answer.context["form"].errors == {field.name: ["Omnia already has this value."]}
    assert (
        browser.post("/admin/companies/new", data | {"name": "Second", field.name: "ro 2"}).status_code == 302
    )
    assert get_custom_field("company", field.name).definition.is_unique
