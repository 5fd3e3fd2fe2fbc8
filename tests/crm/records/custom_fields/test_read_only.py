"""Custom fields that some users see and may not edit: each way to write refuses them, for leads and companies."""

import pytest
from django.core.exceptions import PermissionDenied

from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status
from tests.crm.records.custom_fields.any_record import values, write
from tests.crm.records.custom_fields.test_settings import posted, posted_new


def test_the_form_shows_the_value_with_the_reason_and_keeps_it(closed, bob, sign_in):
    _kind, row, field = closed
    browser = sign_in(bob)
    address = f"{row.get_absolute_url()}/edit"
    page = browser.get(address).text
    assert f'id="id_{field.name}">A</output>' in page
    assert f'name="{field.name}"' not in page
    assert "your roles can’t edit it" in page
    data = posted(browser, address)
    data.pop(field.name)
    assert browser.post(address, data | {"phone": "0722 123 456"}).status_code == 302
    assert values(row) == {field.name: "A"}


def test_a_value_from_a_page_opened_earlier_gets_a_sentence_and_writes_nothing(closed, bob, sign_in):
    _kind, row, field = closed
    browser = sign_in(bob)
    address = f"{row.get_absolute_url()}/edit"
    answer = browser.post(address, posted(browser, address) | {field.name: "B", "phone": "0722 123 456"})
    assert answer.status_code == 422
    assert "You can no longer edit this field." in answer.text
    assert values(row) == {field.name: "A"}
    row.refresh_from_db()
    assert row.phone == ""


def test_a_user_with_the_role_still_edits_it(closed, ada, sign_in):
    _kind, row, field = closed
    browser = sign_in(ada)
    address = f"{row.get_absolute_url()}/edit"
    assert browser.post(address, posted(browser, address) | {field.name: "B"}).status_code == 302
    assert values(row) == {field.name: "B"}


def test_it_is_not_offered_in_place_and_refused_there(closed, bob, sign_in):
    kind, row, field = closed
    browser = sign_in(bob)
    browser.post(f"{kind.list_url}/columns", {"column": ["country", field.name]})
    inline = f"{row.get_absolute_url()}/inline/{field.name}"
    for address in (row.get_absolute_url(), f"{kind.list_url}?all=1"):
        page = browser.get(address).text
        assert "Grade" in page
        assert inline not in page
    assert browser.get(inline).status_code == 403
    assert browser.post(inline, {field.name: "B"}).status_code == 403
    assert values(row) == {field.name: "A"}


def test_it_is_not_set_in_bulk(closed, ann, bob, sign_in):
    kind, row, field = closed
    browser = sign_in(ann)
    answer = browser.post(f"{kind.list_url}/bulk", {"action": "set", "record": [row.pk]})
    address = answer["Location"].partition("?")[0]
    assert "Grade" not in browser.get(address).text
    data = {"field": field.name, "asked": field.name, "value": "B"}
    assert browser.post(address, data).status_code == 422
    assert values(row) == {field.name: "A"}


def test_the_verb_itself_refuses_it(closed, bob):
    kind, row, field = closed
    with pytest.raises(PermissionDenied):
        write(kind, row, bob, **{field.name: "B"})
    assert values(row) == {field.name: "A"}


def test_an_undo_keeps_it_and_says_so(closed, ada, bob):
    kind, row, field = closed
    record = write(kind, row, ada, **{field.name: "B", "phone": "0722 123 456"}).operation
    assert preview_undo(record, ada).count_kept_by_reason() == []
    mine = type(record).objects.get(pk=record.pk)
    mine.by = bob
    mine.save()
    assert preview_undo(mine, bob).count_kept_by_reason() == [("not_editable", 1)]
    outcome = revert_operation(mine, by=bob)
    assert outcome.count_kept_by_reason() == [("not_editable", 1)]
    row.refresh_from_db()
    assert (values(row), row.phone) == ({field.name: "B"}, "")


def test_an_undo_of_nothing_else_is_refused_so_that_others_can_still_undo_it(closed, ada, bob):
    kind, row, field = closed
    record = write(kind, row, ada, **{field.name: "B"}).operation
    type(record).objects.filter(pk=record.pk).update(by=bob)
    record.refresh_from_db()
    with pytest.raises(UndoRefused, match="Only other roles"):
        revert_operation(record, by=bob)
    type(record).objects.filter(pk=record.pk).update(by=ada)
    record.refresh_from_db()
    revert_operation(record, by=ada)
    assert values(row) == {field.name: "A"}


def test_an_administrator_without_the_role_restores_a_deleted_field_with_its_values(
    ada, ann, bob, make_lead, make_field
):
    field = make_field("Grade", editors=[ann.groups.get().pk])
    lead = make_lead(owner=bob)
    write(KINDS["lead"], lead, ann, **{field.name: "A"})
    record = delete_custom_field(field.definition, by=ada)
    assert values(lead) == {}
    revert_operation(record, by=ada)
    assert values(lead) == {field.name: "A"}


def test_a_new_record_gets_the_default_and_nothing_else(ada, bob, make_field, sign_in):
    admins = [ada.groups.get().pk]
    grade = make_field("Grade", first_value="C", editors=admins, required=True)
    empty = make_field("Score", editors=admins, required=True)
    browser = sign_in(bob)
    page = browser.get("/admin/leads/new").text
    assert f'id="id_{grade.name}">C</output>' in page
    assert f'id_{empty.name}"' not in page
    assert "Score" not in page
    data = posted_new(browser) | {"last_name": "Dan"}
    data.pop(grade.name)
    assert browser.post("/admin/leads/new", data).status_code == 302
    assert values(Lead.objects.get(last_name="Dan")) == {grade.name: "C"}


def test_a_status_that_requires_a_hidden_or_closed_field_neither_asks_for_it_nor_names_a_hidden_one(
    ada, bob, statuses, make_lead, make_field, sign_in
):
    admins = [ada.groups.get().pk]
    secret = make_field("Salary", roles=admins)
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(required_fields=[secret.name])
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    move = f"/admin/leads/{lead.pk}/move?status={statuses.contacted.pk}"
    data = {"status": statuses.contacted.pk, "filled": "1", secret.name: "x"}
    told = [
        browser.get(f"/admin/leads/{lead.pk}").text,
        browser.get(move).text,
        browser.post(move, data, follow=True).text,
    ]
    assert not any("Salary" in page for page in told)
    assert "A required field that only some roles can see is empty." in told[2]
    assert values(lead) == {}
    assert Lead.objects.get(pk=lead.pk).status_id == statuses.new.pk
