"""Custom fields that are shown only for values of another field: in the form, when required, and in their definition."""

import pytest

from crm.models import CustomField, Operation
from crm.records.custom_fields.deletion import delete_custom_field
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status
from tests.crm.records.custom_fields.any_record import redefine, values, write
from tests.crm.records.custom_fields.test_departments import field_hidden
from tests.crm.records.custom_fields.test_settings import FIELDS, posted, posted_new

LEAD = KINDS["lead"]


@pytest.fixture
def detail(statuses, make_field):
    """A required field of leads that are contacted."""
    return make_field("Detail", required=True, shown_if=when("status", statuses.contacted.pk))


def when(name, *chosen) -> dict:
    return {"field": name, "values": [str(value) for value in chosen]}


def test_the_form_hides_it_keeps_its_value_and_ignores_what_is_typed_meanwhile(
    detail, statuses, ann, make_lead, sign_in
):
    lead = make_lead(owner=ann)
    write(LEAD, lead, ann, **{detail.name: "by phone"})
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/edit"
    page = browser.get(address).text
    assert field_hidden(page, detail)
    assert "data-shown-if" in page
    data = posted(browser, address)
    for typed in ("", "typed before the status changed"):
        browser.post(address, data | {"city": "Cluj", detail.name: typed})
        assert values(lead) == {detail.name: "by phone"}
        data = posted(browser, address)
    assert "by phone" in browser.get(f"/admin/leads/{lead.pk}").text


def test_it_is_required_when_the_other_value_is_chosen_and_appears_without_javascript(
    detail, statuses, ann, make_lead, sign_in
):
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/edit"
    assert browser.post(address, posted(browser, address) | {"city": "Cluj"}).status_code == 302
    moved = posted(browser, address) | {"status": statuses.contacted.pk}
    answer = browser.post(address, moved)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {detail.name}
    assert not field_hidden(answer.text, detail)
    assert browser.post(address, moved | {detail.name: "by phone"}).status_code == 302
    assert values(lead) == {detail.name: "by phone"}


def test_a_lead_that_lacked_the_value_before_is_not_blocked_by_it(detail, statuses, ann, make_lead, sign_in):
    lead = make_lead(owner=ann, status=statuses.contacted)
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/edit"
    assert browser.post(address, posted(browser, address) | {"city": "Cluj"}).status_code == 302


def test_a_new_lead_needs_it_and_gets_its_default_only_for_the_other_value(
    detail, statuses, ann, make_field, sign_in
):
    level = make_field("Level", first_value="A1", shown_if=when("status", statuses.contacted.pk))
    browser = sign_in(ann)
    data = posted_new(browser) | {"last_name": "Dan"}
    assert browser.post("/admin/leads/new", data).status_code == 302
    assert values(Lead.objects.get(last_name="Dan")) == {}
    data |= {"last_name": "Eva", "status": statuses.contacted.pk, level.name: "A1"}
    assert browser.post("/admin/leads/new", data).context["form"].errors.keys() == {detail.name}
    browser.post("/admin/leads/new", data | {detail.name: "by phone"})
    assert values(Lead.objects.get(last_name="Eva")) == {detail.name: "by phone", level.name: "A1"}


@pytest.mark.parametrize(
    ("type", "wanted", "fits", "other"),
    [
        ("choice", ["o2"], "o2", "o1"),
        ("choices", ["o2", "o3"], ["o1", "o3"], ["o1"]),
        ("yes_no", ["yes"], True, False),
        ("yes_no", ["no"], False, None),
    ],
)
@pytest.mark.parametrize("table", ["lead", "company"])
def test_custom_fields_decide_too(
    type, wanted, fits, other, table, ann, make_lead, make_company, make_field, sign_in
):
    kind = KINDS[table]
    course = make_field("Course", type, of=table, choices=["A", "B", "C"] if type != "yes_no" else ())
    room = make_field("Room", of=table, shown_if=when(course.name, *wanted))
    row = make_lead(owner=ann) if table == "lead" else make_company(owner=ann)
    browser = sign_in(ann)
    for value, hidden in ((fits, False), (other, True)):
        write(kind, row, ann, **{course.name: value})
        page = browser.get(f"{row.get_absolute_url()}/edit").text
        assert field_hidden(page, room) is hidden


def test_a_field_that_waits_for_a_hidden_one_is_hidden(ann, make_lead, make_field, sign_in, statuses):
    course = make_field("Course", "choice", choices=["A", "B"], shown_if=when("status", statuses.won.pk))
    room = make_field("Room", shown_if=when(course.name, "o1"))
    lead = make_lead(owner=ann)
    write(LEAD, lead, ann, **{course.name: "o1"})
    browser = sign_in(ann)
    assert field_hidden(browser.get(f"/admin/leads/{lead.pk}/edit").text, room)
    write(LEAD, lead, ann, status=statuses.won)
    assert not field_hidden(browser.get(f"/admin/leads/{lead.pk}/edit").text, room)


def test_a_page_does_not_name_a_hidden_field_that_decides(ada, ann, make_lead, make_field, sign_in):
    secret = make_field("Secret", "choice", choices=["A", "B"], roles=[ada.groups.get().pk])
    room = make_field("Room", shown_if=when(secret.name, "o1"))
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    page = browser.get(f"/admin/leads/{lead.pk}/edit").text
    assert field_hidden(page, room)
    assert f"&quot;{secret.name}&quot;" not in page
    assert "Secret" not in page
    write(LEAD, lead, ada, **{secret.name: "o1"})
    page = browser.get(f"/admin/leads/{lead.pk}/edit").text
    assert not field_hidden(page, room)
    assert f"&quot;{secret.name}&quot;" not in page
    assert "Secret" not in page


def test_a_status_does_not_require_it_of_leads_that_lack_the_other_value(
    ann, statuses, make_lead, make_field
):
    course = make_field("Course", "choice", choices=["A", "B"])
    room = make_field("Room", shown_if=when(course.name, "o1"))
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(required_fields=[room.name])
    with_a, without = make_lead(owner=ann), make_lead("Eva Berg", owner=ann)
    write(LEAD, with_a, ann, **{course.name: "o1"})
    status = Status.objects.get(pk=statuses.contacted.pk)
    assert write(LEAD, without, ann, status=status).changed == [without.pk]
    assert write(LEAD, with_a, ann, status=status).refused == {f"needs:{room.name}": [with_a.pk]}


# The definition


def saved(browser, field, **answers):
    address = f"{FIELDS}/{field.definition.pk}"
    form = browser.get(address).context["form"]
    data = {"name": form.instance.name, "type": form.instance.type, "decimals": "0"}
    data |= {"version": form.instance.version}
    data |= {f"choice_{row['key']}": row["name"] for row in form.held}
    return browser.post(address, data | answers)


def test_an_administrator_chooses_who_edits_it_where_and_when_it_is_shown_and_can_undo_it(
    ada, departments, statuses, make_field, sign_in
):
    field, role = make_field("Room"), ada.groups.get().pk
    browser = sign_in(ada)
    answer = saved(
        browser, field, editors=[role], departments=[departments.export.pk],
        shown_field="status", shown_status=[statuses.won.pk],
    )  # fmt: skip
    assert answer.status_code == 302
    row = CustomField.objects.get(pk=field.definition.pk)
    assert (row.editors, row.departments) == ([role], [departments.export.pk])
    assert row.shown_if == when("status", statuses.won.pk)
    listed = browser.get(FIELDS).text
    for words in ("some roles edit it", "some departments", "depends on: Status"):
        assert f'<span class="chip">{words}</span>' in listed
    revert_operation(Operation.objects.latest("pk"), by=ada)
    row.refresh_from_db()
    assert (row.editors, row.departments, row.shown_if) == ([], [], {})


def test_loops_and_conditions_without_values_are_refused_with_a_sentence(ada, make_field, sign_in):
    first = make_field("First", "choice", choices=["A"])
    second = make_field("Second", "choice", choices=["A"], shown_if=when(first.name, "o1"))
    third = make_field("Third", "choice", choices=["A"], shown_if=when(second.name, "o1"))
    browser = sign_in(ada)
    for name in (second.name, third.name):
        answer = saved(browser, first, shown_field=name, **{f"shown_{name}": ["o1"]})
        assert answer.status_code == 422
        assert "is itself only shown for values of this field" in answer.text
    answer = saved(browser, first, shown_field=first.name, **{f"shown_{first.name}": ["o1"]})
    assert answer.status_code == 422
    answer = saved(browser, third, shown_field=first.name)
    assert "Select at least one value." in answer.text
    answer = saved(browser, third, shown_field="status", shown_status=["987654"])
    assert answer.status_code == 422
    assert CustomField.objects.get(pk=first.definition.pk).shown_if == {}


def test_a_circle_that_undo_has_made_hides_nothing_and_does_not_hang(ann, make_lead, make_field, sign_in):
    first = make_field("First", "choice", choices=["A"])
    second = make_field("Second", "choice", choices=["A"], shown_if=when(first.name, "o1"))
    redefine(first, shown_if=when(second.name, "o1"))
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    assert browser.get(f"/admin/leads/{lead.pk}/edit").status_code == 200


def test_a_role_that_cannot_see_a_field_cannot_edit_it(ada, ann, make_field, sign_in):
    field = make_field("Room")
    roles = [ada.groups.get().pk, ann.groups.get().pk]
    answer = saved(sign_in(ada), field, roles=roles[:1], editors=roles)
    assert answer.status_code == 422
    assert "These roles can’t see the field: " in answer.text


def test_a_field_or_choice_that_decides_is_neither_retired_nor_deleted(ada, make_field, sign_in):
    course = make_field("Course", "choice", choices=["A", "B"])
    make_field("Room", shown_if=when(course.name, "o1"))
    browser = sign_in(ada)
    choice = f"{FIELDS}/{course.definition.pk}/choices/"
    retired = {"act": "save", "no_hue": "on", "retired": "on"}
    for answer in (
        saved(browser, course, retired="on"),
        browser.post(f"{choice}o1", {**retired, "name": "A"}),
        browser.post(f"{choice}o1", {"act": "delete"}),
        browser.post(f"{choice}o1", {"act": "merge", "into": "B"}),
    ):
        assert answer.status_code in (409, 422)
        assert "These fields are only shown for values of this field: “Room”." in answer.text
    assert browser.post(f"{choice}o2", {**retired, "name": "B"}).status_code == 302
    address = f"{FIELDS}/{course.definition.pk}/delete"
    assert "only shown for values of this field: Room." in browser.get(address).text
    assert browser.post(address).status_code == 422
    assert not CustomField.objects.get(pk=course.definition.pk).deleted


def test_a_deleted_field_decides_no_more(ada, ann, make_lead, make_field, sign_in):
    course = make_field("Course", "choice", choices=["A", "B"])
    room = make_field("Room", shown_if=when(course.name, "o1"))
    lead = make_lead(owner=ann)
    delete_custom_field(course.definition, by=ada)
    assert not field_hidden(sign_in(ann).get(f"/admin/leads/{lead.pk}/edit").text, room)
