"""Custom fields wherever a field is: edited in place, set in bulk, required by a status."""

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues, Status
from leads.verbs import Edit, Move


def values(lead) -> dict:
    return LeadValues.objects.get(record=lead).values


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def test_a_custom_value_is_edited_in_place_in_the_list(ann, make_lead, make_field, sign_in):
    course = make_field("Course", "choice", choices=["Maths", "Music"])
    lead = make_lead("Jan Novák", owner=ann)
    edit(lead, ann, **{course.name: "o1"})
    browser = sign_in(ann)
    browser.post("/admin/leads/columns", {"column": ["email", course.name]})
    page = browser.get("/admin/leads?all=1").content.decode()
    assert 'aria-label="Maths: edit Course of Jan Novák"' in page
    address = f"/admin/leads/{lead.pk}/inline/{course.name}"
    assert "Music" in browser.get(address).content.decode()
    version = Lead.objects.get(pk=lead.pk).version
    assert browser.post(address, {"version": version, course.name: "o2"}).status_code == 302
    assert values(lead) == {course.name: "o2"}


def test_two_people_who_edit_a_custom_value_in_place_at_once_see_both(
    ann, bob, make_lead, make_field, sign_in
):
    course = make_field("Course")
    lead = make_lead(owner=bob)
    version = Lead.objects.get(pk=lead.pk).version
    edit(lead, bob, **{course.name: "Maths"})
    address = f"/admin/leads/{lead.pk}/inline/{course.name}"
    answer = sign_in(ann).post(address, {"version": version, course.name: "Music"})
    assert answer.status_code == 409
    assert values(lead) == {course.name: "Maths"}


def test_a_hidden_or_unknown_field_cannot_be_edited_in_place(ann, bob, make_lead, make_field, sign_in):
    secret = make_field("Salary", roles=[ann.groups.get().pk])
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    for name in (secret.name, "c999999", "version", "c"):
        address = f"/admin/leads/{lead.pk}/inline/{name}"
        assert browser.get(address).status_code == 404
        assert browser.post(address, {name: "x"}).status_code == 404


def test_a_required_custom_value_cannot_be_cleared_in_place(ann, make_lead, make_field, sign_in):
    course = make_field("Course", required=True)
    lead = make_lead(owner=ann)
    edit(lead, ann, **{course.name: "Maths"})
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/inline/{course.name}", {course.name: ""})
    assert answer.status_code == 422
    assert values(lead) == {course.name: "Maths"}


def require(status, *names):
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(required_fields=[*names])
    status.refresh_from_db()


def test_a_status_that_requires_a_custom_field_refuses_leads_without_it(ann, make_lead, make_field, statuses):
    course = make_field("Course")
    require(statuses.qualified, course.name)
    without, filled = make_lead(owner=ann), make_lead(owner=ann)
    edit(filled, ann, **{course.name: "Maths"})
    rows = Lead.objects.filter(pk__in=[without.pk, filled.pk])
    outcome = carry_out(Move(statuses.qualified), rows, by=ann)
    assert outcome.changed == [filled.pk]
    assert outcome.refused == {f"needs:{course.name}": [without.pk]}


def test_a_move_asks_for_the_custom_field_that_the_status_requires(
    ada, ann, make_lead, make_field, statuses, sign_in
):
    course = make_field("Course")
    require(statuses.qualified, course.name)
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/move?status={statuses.qualified.pk}"
    assert f'name="{course.name}"' in browser.get(address).content.decode()
    data = {"status": statuses.qualified.pk, "filled": "1"}
    assert browser.post(address, data).status_code == 422
    assert browser.post(address, data | {course.name: "Maths"}).status_code == 302
    assert Lead.objects.get(pk=lead.pk).status == statuses.qualified
    assert values(lead) == {course.name: "Maths"}
    assert "Course" in sign_in(ada).get(f"/admin/leads/statuses/{statuses.qualified.pk}").content.decode()


def test_a_retired_custom_field_is_no_longer_required(ann, make_lead, make_field, statuses):
    course = make_field("Course", retired=True)
    require(statuses.qualified, course.name)
    lead = make_lead(owner=ann)
    outcome = carry_out(Move(statuses.qualified), Lead.objects.filter(pk=lead.pk), by=ann)
    assert outcome.changed == [lead.pk]


def test_one_bulk_action_sets_any_field_and_undo_brings_back_what_was_there(
    ann, make_lead, make_field, sign_in
):
    course = make_field("Course", "choice", choices=["Maths", "Music"])
    leads = [make_lead(f"Ana {number}", owner=ann, city="Cluj") for number in range(3)]
    edit(leads[0], ann, **{course.name: "o1"})
    browser = sign_in(ann)
    answer = browser.post("/admin/leads/bulk?all=1", {"action": "set", "all": "1"})
    address = answer["Location"].partition("?")[0]
    assert "Course" in browser.get(address).content.decode()
    asked = browser.get(address, {"field": course.name}).content.decode()
    assert "Music" in asked
    preview = browser.get(address, {"field": course.name, "asked": course.name, "value": "o2"})
    assert len(preview.context["outcome"].changed) == 3
    data = {"field": course.name, "asked": course.name, "value": "o2"}
    assert browser.post(address, data).status_code == 302
    assert [values(lead) for lead in leads] == [{course.name: "o2"}] * 3
    record = Operation.objects.latest("pk")
    revert_operation(record, by=ann)
    assert values(leads[0]) == {course.name: "o1"}
    assert [values(lead) for lead in leads[1:]] == [{}, {}]


def test_a_built_in_field_is_set_and_cleared_in_bulk_too(ann, make_lead, sign_in):
    lead = make_lead(owner=ann, city="Cluj")
    browser = sign_in(ann)
    for value in ("Iași", ""):
        answer = browser.post("/admin/leads/bulk", {"action": "set", "record": [lead.pk]})
        address = answer["Location"].partition("?")[0]
        assert browser.post(address, {"field": "city", "asked": "city", "value": value}).status_code == 302
        assert Lead.objects.get(pk=lead.pk).city == value


def test_a_bulk_change_refuses_a_wrong_value_and_a_hidden_or_protected_field(
    ann, bob, make_lead, make_field, sign_in
):
    seats = make_field("Seats", "number")
    secret = make_field("Salary", roles=[bob.groups.get().pk])
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    answer = browser.post("/admin/leads/bulk", {"action": "set", "record": [lead.pk]})
    address = answer["Location"].partition("?")[0]
    for field, value in [
        (seats.name, "many"),
        (secret.name, "x"),
        ("status", "1"),
        ("owner", "1"),
        ("id", "1"),
    ]:
        data = {"field": field, "asked": field, "value": value}
        assert browser.post(address, data).status_code == 422
    assert not LeadValues.objects.exists()


def test_a_list_with_more_columns_than_fit_scrolls_to_the_side(ann, make_lead, make_field, sign_in):
    names = [make_field(f"Extra {number}").name for number in range(9)]
    make_lead(owner=ann)
    browser = sign_in(ann)
    assert not browser.get("/admin/leads?all=1").context["table"].many
    browser.post("/admin/leads/columns", {"column": ["email", "company", *names]})
    answer = browser.get("/admin/leads?all=1")
    assert answer.context["table"].many
    assert " data-many" in answer.text
