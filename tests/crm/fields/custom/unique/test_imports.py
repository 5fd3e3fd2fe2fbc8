"""Unique custom fields in imports: a row is matched by its external ID, and no file makes a second record with one."""

import pytest
from django.db import connection

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["External ID", "Last name", "Email", "City"]
TAKEN = "Another record already has this value."


@pytest.fixture
def external(make_field):
    return make_field("External ID", is_unique=True)


@pytest.fixture
def give(make_lead):
    def made(field, value, name="Ana Pop", **values):
        lead = make_lead(name, **values)
        with operation("test", by=None):
            LeadValues.objects.update_or_create(record=lead, defaults={"values": {field.name: value}})
        return lead

    return made


def errors(imported) -> dict[int, list]:
    return dict(imported.plan.exclude(errors=[]).values_list("row", "errors"))


def test_rows_are_matched_by_the_unique_field_first_and_then_by_email(
    external, give, make_lead, ada, sign_in
):
    known = give(external, "A-1", owner=ada)
    by_email = make_lead("Bea Rus", email="bea@example.com", owner=ada)
    browser = sign_in(ada)
    rows = [
        HEADS,
        ["a-1", "Popa", "other@example.com", "Cluj"],
        ["", "Rusu", "bea@example.com", "Turda"],
        ["A-3", "Dan", "dan@example.com", "Arad"],
    ]
    imported = upload(browser, rows)
    form = shown(browser, imported, "columns").context["form"]
    assert (form["match"].value(), form["key"].value()) == ("id_field_email", external.name)
    assert "External ID" in dict(form.fields["key"].choices).values()
    imported = choose(browser, imported, "columns")
    assert list(imported.plan.order_by("row").values_list("match", "record")) == [
        ("field", known.pk),
        ("email", by_email.pk),
        ("", None),
    ]
    apply(browser, imported)
    assert Lead.objects.count() == 3
    assert Lead.objects.get(pk=known.pk).last_name == "Popa"
    assert LeadValues.objects.get(record__last_name="Dan").values == {external.name: "A-3"}
    again = choose(browser, upload(browser, export(browser)), "columns")
    assert verdicts(again) == {"unchanged": 3}


def test_a_row_that_repeats_a_value_of_the_file_is_a_duplicate_or_an_error(external, ada, sign_in):
    browser = sign_in(ada)
    rows = [HEADS, ["X 1", "Pop", "", ""], ["x 1", "Rus", "", ""], ["X 2", "Dan", "", ""]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 2, "duplicate": 1}
    assert imported.plan.get(row=3).match == "file"
    unmatched = choose(browser, upload(browser, rows), "columns", match="none")
    assert verdicts(unmatched) == {"new": 2, "error": 1}
    assert errors(unmatched) == {3: [[0, "Row 2 has the same value."]]}
    # The first row is corrected, so the second one has the value alone.
    unmatched = answer_plan(browser, unmatched, fix_3_0="X 3")
    assert verdicts(unmatched) == {"new": 3}


def test_a_value_of_another_record_is_an_error_at_its_cell_and_never_names_the_record(
    external, give, departments, dan, ann, sign_in
):
    give(external, "A-1", "Secret Person", department=departments.export, owner=dan)
    browser = sign_in(ann)
    rows = [HEADS, ["a-1", "Pop", "", ""], ["A-2", "Rus", "", ""]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 1, "error": 1}
    assert errors(imported) == {2: [[0, TAKEN]]}
    assert "Secret" not in shown(browser, imported, "plan").text
    apply(browser, imported)
    assert Lead.objects.count() == 2


def test_adding_a_duplicate_as_a_new_record_is_refused(external, give, ada, sign_in):
    give(external, "A-1", owner=ada)
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, [HEADS, ["A-1", "Pop", "", ""]]), "columns", duplicates="new")
    assert errors(imported) == {2: [[0, TAKEN]]}


def test_a_value_that_a_colleague_gave_since_the_preview_is_skipped_with_its_reason(
    external, give, ada, sign_in
):
    first, other = give(external, "A-1", owner=ada), give(external, "A-2", "Bea Rus", owner=ada)
    browser = sign_in(ada)
    rows = [["Lead ID", *HEADS], [f"#{first.pk}", "B-1", "Pop", "", ""], ["", "B-2", "Dan", "", ""]]
    imported = choose(browser, upload(browser, rows), "columns", match="id_email")
    assert verdicts(imported) == {"new": 1, "changed": 1}
    carry_out(Edit({external.name: "b-1"}), Lead.objects.filter(pk=other.pk), by=ada)
    give(external, "b-2", "Ion Ene", owner=ada)
    imported = apply(browser, imported)
    assert (imported.counts["added"], imported.counts["done"]) == (0, 0)
    assert imported.counts["refused"]["value_taken"] == 2
    assert LeadValues.objects.get(record=first).values == {external.name: "A-1"}


def test_undo_of_an_import_and_its_redo_never_make_a_second_holder(external, give, ada, sign_in):
    browser = sign_in(ada)
    rows = [HEADS, ["A-1", "Pop", "", ""], ["A-2", "Rus", "", ""]]
    apply(browser, choose(browser, upload(browser, rows), "columns"))
    undone = revert_operation(Operation.objects.get(kind="import"), by=ada).operation
    give(external, "A-1", "Ion Ene", owner=ada)
    redone = revert_operation(undone, by=ada)
    (kept,) = redone.kept["lead"]["value_taken"]
    assert Lead.objects.get(pk=kept).last_name == "Pop"
    assert sorted(Lead.objects.present().values_list("last_name", flat=True)) == ["Ene", "Rus"]


def test_numbers_and_phones_match_by_value(make_field, give, ada, sign_in):
    number = make_field("Customer number", "number", is_unique=True)
    phone = make_field("Direct line", "phone", is_unique=True)
    known = give(number, "0", owner=ada)
    browser = sign_in(ada)
    rows = [["Customer number", "Direct line", "Last name"], [0, "+40 722 111 222", "Popa"]]
    apply(browser, choose(browser, upload(browser, rows), "columns", key=number.name, match="id_field"))
    values = LeadValues.objects.get(record=known).values
    assert values[phone.name] == "+40 722 111 222"
    rows = [["Direct line", "Last name"], ["0040722111222", "Popescu"]]
    apply(browser, choose(browser, upload(browser, rows), "columns", key=phone.name, match="id_field"))
    assert Lead.objects.get().last_name == "Popescu"


def test_a_mapping_by_a_field_that_is_no_longer_unique_falls_back(external, ada, sign_in):
    browser = sign_in(ada)
    choose(browser, upload(browser, [HEADS, ["A-1", "Pop", "", ""]]), "columns")
    waiting = upload(browser, [HEADS, ["A-1", "Pop", "", ""]])
    with operation("test", by=None), connection.cursor() as cursor:
        cursor.execute("UPDATE crm_customfield SET is_unique = false")
    again = upload(browser, [HEADS, ["A-1", "Pop", "", ""]])
    assert again.options["match"] == "id_email"
    assert verdicts(choose(browser, again, "columns")) == {"new": 1}
    assert verdicts(choose(browser, waiting, "columns", match="id_email")) == {"new": 1}


def test_the_preview_says_by_which_field_a_record_was_found(external, give, ada, sign_in):
    give(external, "A-1", owner=ada)
    browser = sign_in(ada)
    imported = choose(browser, upload(browser, [HEADS, ["A-1", "Popa", "", ""]]), "columns")
    assert "External ID" in close_up(shown(browser, imported, "plan").text)
