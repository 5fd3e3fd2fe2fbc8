"""A list names once which of its columns are edited in their cells; rows that the reader may not change say so."""

import re

import pytest

from crm.fields.custom.values.stored_values import write_custom_values
from crm.models import ListSettings
from crm.records.editing.inline_editing import get_columns_edited_in_cells
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from leads import fields
from leads.models import Lead


def edited(page: str) -> str | None:
    found = re.search(r'data-edits="([^"]*)"', page)
    return found and found[1]


def test_the_table_names_the_columns_that_are_edited_in_their_cells(ann, make_lead, sign_in):
    make_lead()
    page = sign_in(ann).get("/admin/leads?all=1").text
    assert edited(page) == "name phone company country"
    assert page.count("data-edit=") == 1
    assert 'data-edit="Edit {0} of {1}"' in page


@pytest.mark.parametrize(
    ("kind", "name", "edits"),
    [
        ("lead", "value", True),
        ("lead", "tags", True),
        ("lead", "department", True),
        ("lead", "description", True),
        # Their links open a small form of their own.
        ("lead", "status", False),
        ("lead", "owner", False),
        ("lead", "next_action", False),
        ("lead", "lost_reason", False),
        ("lead", "created_at", False),
        ("lead", "client", False),
        ("company", "name", True),
        ("company", "domain", True),
        ("contact", "company", True),
        ("deal", "value", True),
        ("deal", "expected_close", True),
        ("deal", "status", False),
        ("request", "name", True),
        ("request", "text", False),
        ("request", "state", False),
    ],
)
def test_a_column_is_edited_in_its_cells_if_the_form_has_its_field(kind, name, edits, ann):
    assert bool(get_columns_edited_in_cells(KINDS[kind], [name], ann)) is edits


def test_each_column_that_is_edited_opens_its_form_from_the_list(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    ListSettings.objects.create(user=ann, columns={"lead": fields.LIST})
    names = [each.split(":")[-1] for each in edited(browser.get("/admin/leads?all=1").text).split()]
    assert len(names) > 18
    row = {"HX-Request": "true", "HX-Target": f"row-{lead.pk}"}
    for name in names:
        answer = browser.get(f"/admin/leads/{lead.pk}/inline/{name}", headers=row)
        assert (answer.status_code, answer.text.count("<form")) == (200, 1), name


def test_the_answer_to_a_saved_cell_is_the_row_as_the_list_shows_it(ann, make_lead, sign_in):
    lead = make_lead(company="Acme")
    row = {"HX-Request": "true", "HX-Target": f"row-{lead.pk}"}
    sent = {"company": "Delta", "version": lead.version}
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/company", sent, headers=row)
    assert answer.text.startswith(f"<tr id=row-{lead.pk}>")
    assert "Delta" in answer.text
    assert answer["HX-Trigger"] == "records-changed, notices"
    wrong = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/phone", {"phone": "x"}, headers=row)
    assert (wrong.status_code, "<tr" in wrong.text, "id_phone_error" in wrong.text) == (422, False, True)


def test_rows_that_the_reader_may_not_change_say_so_and_others_do_not(bob, ben, make_lead, sign_in):
    own, shared = make_lead(owner=bob), make_lead(owner=ben, shared=True)
    page = sign_in(bob).get("/admin/leads?all=1").text
    assert f"<tr id=row-{own.pk}>" in page
    assert f"<tr id=row-{shared.pk} data-fixed>" in page


@pytest.mark.parametrize("rights", [("view_lead", "see_all"), ("view_lead", "change_lead", "see_own")])
def test_who_may_change_no_row_gets_no_columns_to_edit(rights, ben, make_lead, someone_with, sign_in):
    make_lead(owner=ben, shared=True)
    page = sign_in(someone_with(*rights)).get("/admin/leads?all=1").text
    assert "<tr id=row-" in page
    assert edited(page) is None
    assert "data-fixed" not in page


def test_nothing_is_edited_in_trash(ada, make_lead, sign_in):
    carry_out(Delete(), Lead.objects.changeable_by(ada).filter(pk=make_lead().pk), by=ada)
    page = sign_in(ada).get("/admin/leads/trash").text
    assert "<tr id=row-" in page
    assert edited(page) is None


def test_without_the_right_to_assign_departments_are_not_edited(bob):
    assert get_columns_edited_in_cells(KINDS["lead"], ["company", "department"], bob) == ["company"]


def test_a_custom_field_is_edited_and_a_hidden_one_is_not_named(ann, bob, make_lead, make_field, sign_in):
    make_lead(owner=bob)
    open_to_all, secret = make_field("Machine"), make_field("Margin", roles=[ann.groups.get().pk])
    ListSettings.objects.create(user=bob, columns={"lead": ["name", open_to_all.name, secret.name]})
    assert edited(sign_in(bob).get("/admin/leads?all=1").text) == f"name {open_to_all.name}"


@pytest.fixture
def limited(departments, make_field):
    """A field that only Export uses, and one that only leads whose country is Romania have."""
    return (
        make_field("Customs number", departments=[departments.export.pk]),
        make_field("Tax office", shown_if={"field": "country", "values": ["RO"]}),
    )


def test_a_custom_field_that_a_record_does_not_have_is_not_edited_in_its_row(
    ann, departments, limited, make_lead, sign_in
):
    customs, office = (field.name for field in limited)
    ours, theirs = make_lead(), make_lead(department=departments.export, country="RO")
    brought = make_lead(country="RO")
    with operation("test", by=None):
        write_custom_values(Lead, [brought.pk], {customs: "123"})
    ListSettings.objects.create(user=ann, columns={"lead": ["name", customs, office]})
    browser = sign_in(ann)
    page = browser.get("/admin/leads?all=1").text
    assert edited(page) == f"name {customs} {office}"
    assert f'<tr id=row-{ours.pk} data-lacks="{customs} {office}">' in page
    # A value from another department can be removed.
    assert f"<tr id=row-{brought.pk}>" in page
    assert browser.get(f"/admin/leads/{brought.pk}/inline/{customs}").status_code == 200
    assert f"row-{theirs.pk} data-lacks" not in page
    row = {"HX-Request": "true", "HX-Target": f"row-{ours.pk}"}
    for name, sentence in (
        (customs, "The record’s department doesn’t use this field."),
        (office, "The record’s other values hide this field."),
    ):
        address = f"/admin/leads/{ours.pk}/inline/{name}"
        assert "<form" not in browser.get(address, headers=row).text
        late = browser.post(address, {name: "5", "version": ours.version}, headers=row)
        assert (late.status_code, sentence in late.text) == (422, True)
        assert sentence in browser.get(address, follow=True).text
    assert f"<tr id=row-{ours.pk}" in browser.get("/admin/leads?all=1").text
    ours.refresh_from_db()
    assert ours.version == 1
