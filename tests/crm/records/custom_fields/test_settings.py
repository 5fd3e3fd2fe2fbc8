"""Custom fields of leads in Settings: adding, editing, retiring and deleting them, and where they appear."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.custom.values.field_registry import get_custom_field, get_custom_fields
from crm.models import CustomField, Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.examples import one_in

FIELDS = "/admin/leads/fields"


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def add_field(browser, **values):
    return browser.post(f"{FIELDS}/new", {"name": "Course", "type": "text", "decimals": "0", **values})


def test_an_administrator_adds_a_field_and_can_undo_it(ada, sign_in):
    browser = sign_in(ada)
    assert add_field(browser, name_ro="Curs", help="What they want to learn").status_code == 302
    (field,) = get_custom_fields("lead")
    assert str(field.verbose_name) == "Course"
    record = Operation.objects.latest("pk")
    assert "Add custom field Course" in browser.get(f"/admin/operations/{record.pk}").content.decode()
    revert_operation(record, by=ada)
    assert get_custom_fields("lead") == []


def test_a_field_appears_in_the_form_on_the_page_and_in_the_list(ann, make_lead, make_field, sign_in):
    course = make_field("Course", "choice", choices=["Maths", "Music"], section="who")
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    assert f'name="{course.name}"' in browser.get(f"/admin/leads/{lead.pk}/edit").content.decode()
    data = posted(browser, f"/admin/leads/{lead.pk}/edit") | {course.name: "o2"}
    assert browser.post(f"/admin/leads/{lead.pk}/edit", data).status_code == 302
    page = browser.get(f"/admin/leads/{lead.pk}").content.decode()
    assert "Music" in page
    assert "changed course" in page.lower()
    browser.post("/admin/leads/columns", {"column": ["email", course.name]})
    rows = browser.get("/admin/leads?all=1").content.decode()
    assert "Course" in rows
    assert '<span class="chip">Music</span>' in rows


def test_the_list_of_fields_takes_the_same_queries_however_many_fields_there_are(
    ada, make_field, sign_in, django_assert_num_queries
):
    browser = sign_in(ada)
    make_field("Course")
    browser.get(FIELDS)
    with CaptureQueriesContext(connection) as alone:
        browser.get(FIELDS)
    queries = len(alone)
    make_field("Teacher")
    make_field("Room")
    browser.get(FIELDS)
    with django_assert_num_queries(queries):
        assert "Room" in browser.get(FIELDS).text


def posted(browser, address: str) -> dict:
    """What a browser would send for the form as it is."""
    form = browser.get(address).context["form"]
    data = {"version": browser.get(address).context["version"]}
    for bound in form:
        value = bound.value()
        if value not in (None, False, [], ""):
            data[bound.html_name] = getattr(value, "pk", value)
    return data


@pytest.mark.parametrize(
    ("type", "typed", "shown"),
    one_in(
        3,
        [
            ("text", "Maths", "Maths"),
            ("long_text", "two\nlines", "two"),
            ("number", "1250", "1,250"),
            ("money", "99.50", "99.50"),
            ("date", "2026-05-01", "1 May"),
            ("moment", "2026-05-01T10:30:00", "10:30"),
            ("yes_no", "true", "yes"),
            ("rating", "4", "★★★★☆"),
            ("email", "ana@example.com", "mailto:ana@example.com"),
            ("phone", "0722 123 456", "tel:0722123456"),
            ("url", "https://example.com/a", 'href="https://example.com/a"'),
        ],
    ),
)
def test_each_type_is_typed_in_a_form_and_shown_on_the_page(
    type, typed, shown, ann, make_lead, make_field, sign_in
):
    field = make_field("Extra", type)
    lead = make_lead(owner=ann)
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/edit"
    assert browser.post(address, posted(browser, address) | {field.name: typed}).status_code == 302
    assert shown in browser.get(f"/admin/leads/{lead.pk}").content.decode()
    # Saved again as it is, nothing changes.
    before = LeadValues.objects.get(record=lead).values
    browser.post(address, posted(browser, address))
    assert LeadValues.objects.get(record=lead).values == before


def test_a_field_is_only_required_of_new_leads_and_of_those_that_have_a_value(
    ann, make_lead, make_field, sign_in
):
    field = make_field("Course", required=True)
    without, filled = make_lead(owner=ann), make_lead("Ben Pop", owner=ann)
    edit(filled, ann, **{field.name: "Maths"})
    browser = sign_in(ann)
    address = f"/admin/leads/{without.pk}/edit"
    assert browser.post(address, posted(browser, address) | {"city": "Cluj"}).status_code == 302
    address = f"/admin/leads/{filled.pk}/edit"
    assert browser.post(address, posted(browser, address) | {field.name: ""}).status_code == 422
    new = browser.post("/admin/leads/new", posted_new(browser) | {"last_name": "Dan"})
    assert new.status_code == 422
    assert new.context["form"].errors.keys() == {field.name}


def posted_new(browser) -> dict:
    form = browser.get("/admin/leads/new").context["form"]
    return {
        bound.html_name: getattr(v, "pk", v)
        for bound in form
        if (v := bound.value()) not in (None, False, [], "")
    }


def test_two_people_who_edit_a_custom_field_at_once_see_both_values(ann, bob, make_lead, make_field, sign_in):
    course = make_field("Course")
    lead = make_lead(owner=bob)
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/edit"
    data = posted(browser, address) | {course.name: "Music"}
    edit(lead, bob, **{course.name: "Maths"})
    answer = browser.post(address, data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Maths" in page
    assert "Music" in page


def test_a_renamed_choice_keeps_its_leads_and_a_retired_one_is_no_longer_offered(
    ada, make_lead, make_field, sign_in
):
    course = make_field("Course", "choice", choices=["Maths", "Music"])
    lead = make_lead(owner=ada)
    edit(lead, ada, **{course.name: "o1"})
    browser = sign_in(ada)
    address = f"{FIELDS}/{course.definition.pk}"
    for key, data in [("o1", {"name": "Mathematics"}), ("o2", {"name": "Music", "retired": "on"})]:
        data |= {"act": "save", "no_hue": "on"}
        assert browser.post(f"{address}/choices/{key}", data).status_code == 302
    data = {"name": "Course", "decimals": "0", "new_choices": "Art\nDance\n"}
    assert browser.post(address, data).status_code == 302
    field = get_custom_field("lead", course.name)
    assert [(row["key"], row["name"]) for row in field.definition.choices] == [
        ("o1", "Mathematics"), ("o2", "Music"), ("o3", "Art"), ("o4", "Dance"),
    ]  # fmt: skip
    assert "Mathematics" in browser.get(f"/admin/leads/{lead.pk}").content.decode()
    offered = browser.get(f"/admin/leads/{lead.pk}/edit").context["form"].fields[course.name].choices
    assert [key for key, _label in offered] == ["", "o1", "o3", "o4"]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": "Company"}, "name", "A built-in field already has this label."),
        ({"name": "level"}, "name", "This name is already in use."),
        ({"type": "choice"}, "new_choices", "Enter at least one choice."),
        ({"type": "choice", "new_choices": "Yes\nyes"}, "new_choices", "“Yes” is there twice."),
        (
            {"type": "choice", "new_choices": "A", "first_value": "B"},
            "first_value",
            "Enter one of the choices.",
        ),
        ({"type": "number", "first_value": "many"}, "first_value", "Enter an amount like 1250 or 1,250.00."),
        ({"type": "number", "decimals": "9"}, "decimals", "Enter a number from 0 to 6."),
    ],
)
def test_a_wrong_definition_gets_a_sentence_and_keeps_what_was_typed(
    values, field, sentence, ada, make_field, sign_in
):
    make_field("Level")
    answer = add_field(sign_in(ada), **values)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [sentence]
    label = str(answer.context["form"].fields[field].label)
    assert f"{label[0].upper()}{label[1:]}:" in answer.text
    assert CustomField.objects.count() == 1


def test_deleting_a_field_deletes_its_values_and_undo_brings_both_back(ada, make_lead, make_field, sign_in):
    course, level = make_field("Course"), make_field("Level")
    lead = make_lead(owner=ada)
    edit(lead, ada, **{course.name: "Maths", level.name: "A1"})
    browser = sign_in(ada)
    address = f"{FIELDS}/{course.definition.pk}/delete"
    assert "1 record has a value in this field" in browser.get(address).content.decode()
    assert browser.post(address).status_code == 302
    assert LeadValues.objects.get(record=lead).values == {level.name: "A1"}
    assert [field.name for field in get_custom_fields("lead")] == [level.name]
    assert browser.get(address).status_code == 404
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert LeadValues.objects.get(record=lead).values == {course.name: "Maths", level.name: "A1"}
    assert [field.name for field in get_custom_fields("lead")] == [course.name, level.name]


def test_a_field_for_some_roles_appears_nowhere_for_others(ann, bob, make_lead, make_field, sign_in):
    secret = make_field("Budget", roles=[ann.groups.get().pk])
    lead = make_lead(owner=bob)
    edit(lead, ann, **{secret.name: "Enormous"})
    reader = sign_in(bob)
    reader.post("/admin/leads/columns", {"column": ["email", secret.name]})
    for address in [
        "/admin/leads?all=1",
        f"/admin/leads?{secret.name}.contains=Enorm",
        f"/admin/leads?all=1&sort={secret.name}",
        f"/admin/leads/{lead.pk}",
        f"/admin/leads/{lead.pk}/edit",
        "/admin/leads/columns",
        "/admin/leads/filter/add",
        f"/admin/operations/{Operation.objects.latest('pk').pk}",
    ]:
        page = reader.get(address).content.decode()
        assert "Budget" not in page, address
        assert "Enormous" not in page, address
    assert reader.get(f"/admin/leads/filter/{secret.name}").status_code == 404
    assert "Enormous" in sign_in(ann).get(f"/admin/leads/{lead.pk}").content.decode()


def test_custom_fields_are_moved_up_and_down_and_undo_restores_their_order(ada, make_field, sign_in):
    first, second, third = (make_field(name, position=place) for place, name in enumerate("ABC", 1))
    browser = sign_in(ada)
    assert browser.post(f"{FIELDS}/order", {"up": third.name}).status_code == 302
    assert [field.name for field in get_custom_fields("lead")] == [first.name, third.name, second.name]
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert [field.name for field in get_custom_fields("lead")] == [first.name, second.name, third.name]


def test_the_list_says_how_many_records_have_a_value_and_which_views_use_the_field(
    ada, make_lead, make_field, sign_in
):
    course = make_field("Course")
    for name in ("Maths", ""):
        edit(make_lead(owner=ada), ada, **{course.name: name})
    SavedView.objects.create(owner=ada, table="lead", name="Own", query=f"{course.name}.contains=a")
    SavedView.objects.create(owner=ada, table="lead", name="Other", query=f"{course.name}9.contains=a")
    page = sign_in(ada).get(FIELDS)
    _section, table = next(pair for pair in page.context["sections"] if pair[0].name == "custom")
    (row,) = table.data
    assert table.render_filled(row) == '<span>1 <small class="soft">50%</small></span>'
    assert table.render_used(row) == "1 saved view"
