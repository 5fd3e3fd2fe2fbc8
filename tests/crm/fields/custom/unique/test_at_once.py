"""Two people who give the same value of a unique field at the same moment: the first one has it, the second one reads why
not. On two connections."""

import pytest
from django.db import connection
from django.test import Client

from crm.fields.custom.values.field_registry import get_custom_fields
from crm.models import CustomField, Import, Operation, UniqueValue
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Restore
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import choose, filled_in, page, upload
from tests.crossing import crossed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def external(make_field):
    return make_field("External ID", is_unique=True)


def give(field, lead, value="x1"):
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values={field.name: value})


def browser_of(user):
    browser = Client()
    browser.force_login(user, backend="accounts.sign_in.EmailBackend")
    return browser


def test_of_two_forms_at_once_one_is_saved_and_the_other_one_names_the_field(external, make_lead, ada):
    first, browser = make_lead("Ana Pop"), browser_of(ada)
    data = filled_in(browser.get("/admin/leads/new").context["form"])
    data |= {"last_name": "Rus", external.name: "X1"}
    answer = crossed(lambda: give(external, first), lambda: browser.post("/admin/leads/new", data))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {external.name: ["Ana Pop already has this value."]}
    assert Lead.objects.count() == 1


def test_of_two_inline_edits_at_once_one_is_saved(external, make_lead, ada):
    first, second, browser = make_lead("Ana Pop"), make_lead("Bea Rus"), browser_of(ada)
    address = f"/admin/leads/{second.pk}/inline/{external.name}"
    data = {external.name: "x1", "version": second.version}
    answer = crossed(lambda: give(external, first), lambda: browser.post(address, data))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {external.name: ["Another record already has this value."]}
    assert UniqueValue.objects.get().record == first.pk


def test_an_import_skips_a_row_whose_value_is_given_while_it_is_applied(external, make_lead, ada):
    first, browser = make_lead("Ana Pop"), browser_of(ada)
    imported = upload(browser, [["External ID", "Last name"], ["x1", "Rus"], ["x2", "Dan"]])
    imported = choose(browser, imported, "columns")
    data = {"apply": imported.counts["made"]}
    answer = crossed(lambda: give(external, first), lambda: browser.post(page(imported, "plan"), data))
    assert answer.status_code == 302
    imported = Import.objects.get(pk=imported.pk)
    assert (imported.counts["added"], imported.counts["refused"]) == (1, {"value_taken": 1})
    assert sorted(UniqueValue.objects.values_list("value", flat=True)) == ["x1", "x2"]


def test_restoring_and_undoing_meet_a_value_that_is_given_at_the_same_moment(external, make_lead, ada):
    rows = Lead.objects.changeable_by(ada)
    old, new, third = make_lead("Old"), make_lead("New"), make_lead("Third")
    give(external, old)
    deleted = carry_out(Delete(), rows, by=ada, wanted=[old.pk]).operation
    outcome = crossed(
        lambda: give(external, new),
        lambda: carry_out(Restore(), rows.in_trash(), by=ada, wanted=[old.pk]),
    )
    assert outcome.refused == {"value_taken": [old.pk]}
    carry_out(Edit({external.name: ""}), rows, by=ada, wanted=[new.pk])
    undone = crossed(lambda: give(external, third), lambda: revert_operation(deleted, by=ada))
    assert undone.kept["lead"] == {"value_taken": [old.pk]}


def test_a_field_is_not_marked_while_a_second_record_gets_a_value(make_field, make_lead, ada):
    field, browser = make_field("External ID"), browser_of(ada)
    first, second = make_lead("Ana Pop"), make_lead("Bea Rus")
    give(field, first)
    address = f"/admin/leads/fields/{field.definition.pk}"
    data = filled_in(browser.get(address).context["form"]) | {"is_unique": "on"}
    answer = crossed(lambda: give(field, second, "X1"), lambda: browser.post(address, data))
    assert answer.status_code == 422
    assert "1 value occurs more than once." in answer.text
    assert not CustomField.objects.get().is_unique


def test_a_value_written_while_a_field_is_being_marked_is_compared_too(make_field, make_lead, ada):
    field, browser = make_field("External ID"), browser_of(ada)
    first, second = make_lead("Ana Pop"), make_lead("Bea Rus")
    give(field, first)
    address = f"/admin/leads/{second.pk}/inline/{field.name}"
    data = {field.name: "x1", "version": second.version}

    def mark():
        with operation("test", by=None), connection.cursor() as cursor:
            cursor.execute("UPDATE crm_customfield SET is_unique = true")

    answer = crossed(mark, lambda: browser.post(address, data))
    assert answer.status_code == 422
    assert [row.definition.is_unique for row in get_custom_fields("lead")] == [True]
    assert Operation.objects.filter(kind="edit").count() == 0
