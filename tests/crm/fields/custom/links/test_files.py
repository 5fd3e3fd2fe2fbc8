"""Links to a record in files: written with name and number, and read by number, name or unique field."""

import pytest

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from leads.models import Lead
from tests.crm.fields.custom.links.conftest import link, linked_pk
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, shown, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEAD = ["Last name", "Email", "Introduced by"]


def read(browser, *texts, name="fair.xlsx", **data):
    rows = [HEAD, *([f"Person {n}", f"p{n}@example.com", text] for n, text in enumerate(texts))]
    return choose(browser, upload(browser, rows, name), "columns", **data)


def linked_by_name(field) -> dict:
    return {
        row.last_name: linked_pk(field, row) for row in Lead.objects.filter(last_name__startswith="Person")
    }


def test_an_exported_file_comes_back_unchanged(field, lead, omnia, hidden, bob, ada, make_lead, sign_in):
    other = make_lead("Eva Berg", owner=bob)
    link(field, lead, omnia, by=bob)
    link(field, other, hidden, by=ada)
    browser = sign_in(ada)
    data = export(browser)
    assert {row["Introduced by"] for row in rows_of(data)} == {
        f"Omnia SRL (#{omnia.pk})",
        f"Hidden GmbH (#{hidden.pk})",
    }
    assert verdicts(choose(browser, upload(browser, data), "columns")) == {"unchanged": 2}


def test_a_cell_as_it_was_exported_changes_nothing_whatever_it_names(field, lead, hidden, ann, ada, sign_in):
    link(field, lead, hidden, by=ada)
    browser = sign_in(ann)
    assert verdicts(choose(browser, upload(browser, export(browser)), "columns")) == {"unchanged": 1}


def test_a_file_links_by_number_and_by_name(field, omnia, ann, sign_in):
    browser = sign_in(ann)
    imported = read(browser, f"#{omnia.pk}", "omnia srl", f"Other name (#{omnia.pk})", "")
    assert verdicts(imported) == {"new": 4}
    apply(browser, imported)
    assert linked_by_name(field) == {
        "Person 0": omnia.pk,
        "Person 1": omnia.pk,
        "Person 2": omnia.pk,
        "Person 3": None,
    }


def test_a_name_of_several_records_and_one_out_of_sight_are_mapped_and_never_guessed(
    field, omnia, hidden, make_company, ann, sign_in
):
    make_company("Omnia SRL", owner=ann)
    browser = sign_in(ann)
    imported = read(browser, "Omnia SRL", f"#{hidden.pk}", "Hidden GmbH")
    page = shown(browser, imported, "values").content.decode()
    assert "several records match" in page
    assert "Add as a new record" not in page
    assert "Hidden GmbH (#" not in page


def test_an_import_whose_linked_record_is_gone_is_checked_again(field, omnia, ann, ada, sign_in):
    browser = sign_in(ann)
    imported = read(browser, f"#{omnia.pk}")
    rows = type(omnia).objects.filter(pk=omnia.pk)
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    answer_plan(browser, imported, apply=1)
    assert not Lead.objects.filter(last_name="Person 0").exists()
    assert imported.state != "done"
