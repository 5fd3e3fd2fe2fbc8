"""The choices of a custom field: paged and searched, colored, ordered, retired, merged, and deleted when unused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.models.custom_field import MOST_CHOICES, MOST_FIELDS
from crm.models import CustomField, Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.records.history.undo.test_every_verb import all_tables

FIELDS = "/admin/leads/fields"


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


def address(field) -> str:
    return f"{FIELDS}/{field.definition.pk}/choices"


def names(field) -> list[str]:
    return [choice["name"] for choice in CustomField.objects.get(pk=field.definition.pk).choices]


@pytest.fixture
def courses(make_field):
    return make_field("Course", "choice", choices=["Maths", "Music", "Art"])


@pytest.fixture
def thousands(make_field):
    return make_field("Town", "choice", choices=[f"Town {place}" for place in range(MOST_CHOICES)])


def test_five_thousand_choices_are_paged_and_searched_and_a_save_keeps_all(ada, thousands, sign_in):
    browser = sign_in(ada)
    for page in (f"{FIELDS}/{thousands.definition.pk}", address(thousands), f"{address(thousands)}/o4000"):
        browser.get(page)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(page)
        assert len(asked) < 25, page
        assert len(answer.content) < 300_000, page
    assert "Town 4321" in browser.get(address(thousands), {"q": "town 4321"}).text
    assert "Page 100 of 100" in browser.get(address(thousands), {"page": "100"}).text
    before = names(thousands)
    data = {"name": "Town", "decimals": "0", "help": "Where they live"}
    assert browser.post(f"{FIELDS}/{thousands.definition.pk}", data).status_code == 302
    assert names(thousands) == before


def test_one_choice_more_than_the_most_is_refused_and_nothing_is_lost(ada, thousands, sign_in):
    data = {"name": "Town", "decimals": "0", "new_choices": "One more"}
    answer = sign_in(ada).post(f"{FIELDS}/{thousands.definition.pk}", data)
    assert answer.context["form"].errors["new_choices"] == ["Enter at most 5000 choices."]
    assert len(names(thousands)) == MOST_CHOICES


def test_one_field_more_than_the_most_is_refused(ada, sign_in):
    with operation("test", by=None):
        CustomField.objects.bulk_create(
            CustomField(table_of="lead", name=f"Field {place}") for place in range(MOST_FIELDS)
        )
    answer = sign_in(ada).post(f"{FIELDS}/new", {"name": "Another", "type": "text", "decimals": "0"})
    assert answer.status_code == 422
    assert "There can be up to 200 custom fields." in answer.text


def test_a_choice_has_a_color_that_lists_and_pages_show(ada, courses, make_lead, sign_in):
    lead, browser = make_lead(owner=ada), sign_in(ada)
    edit(lead, ada, **{courses.name: "o2"})
    assert (
        browser.post(f"{address(courses)}/o2", {"act": "save", "name": "Music", "hue": "120"}).status_code
        == 302
    )
    browser.post("/admin/leads/columns", {"column": ["email", courses.name]})
    chip = '<span class="chip" data-hue="120">Music</span>'
    assert chip in browser.get("/admin/leads?all=1").text
    assert chip in browser.get(f"/admin/leads/{lead.pk}").text


def test_choices_are_moved_and_sorted_and_undo_restores_their_order(ada, courses, sign_in):
    browser = sign_in(ada)
    browser.post(address(courses), {"up": "o3"})
    assert names(courses) == ["Maths", "Art", "Music"]
    revert_operation(Operation.objects.latest("pk"), by=ada)
    browser.post(address(courses), {"sort": "1"})
    assert names(courses) == ["Art", "Maths", "Music"]


def test_two_administrators_on_one_choice_the_second_sees_it_and_on_two_choices_both_are_kept(
    ada, courses, sign_in
):
    browser = sign_in(ada)
    drawn = {
        key: browser.get(f"{address(courses)}/{key}").context["form"].initial["drawn"] for key in ("o1", "o2")
    }
    sent = {"act": "save", "no_hue": "on"}
    browser.post(f"{address(courses)}/o1", {**sent, "name": "Algebra", "drawn": drawn["o1"]})
    assert (
        browser.post(f"{address(courses)}/o2", {**sent, "name": "Song", "drawn": drawn["o2"]}).status_code
        == 302
    )
    crossed = browser.post(f"{address(courses)}/o1", {**sent, "name": "Geometry", "drawn": drawn["o1"]})
    assert crossed.status_code == 409
    assert "Another user changed this choice" in crossed.text
    assert names(courses) == ["Algebra", "Song", "Art"]


def test_a_label_that_another_choice_has_is_refused(ada, courses, sign_in):
    answer = sign_in(ada).post(f"{address(courses)}/o1", {"act": "save", "name": "music"})
    assert answer.status_code == 422
    assert "“music” is there twice." in answer.text


def test_a_choice_in_use_is_not_deleted_and_the_page_says_how_many_records_have_it(
    ada, courses, make_lead, sign_in
):
    edit(make_lead(owner=ada), ada, **{courses.name: "o1"})
    browser = sign_in(ada)
    assert "1 record has this choice, so it can’t be deleted." in browser.get(f"{address(courses)}/o1").text
    refused = browser.post(f"{address(courses)}/o1", {"act": "delete"})
    assert refused.status_code == 409
    assert "Records have this choice." in refused.text
    assert browser.post(f"{address(courses)}/o2", {"act": "delete"}).status_code == 302
    shown = browser.get(address(courses)).context["choices"]
    assert [choice["name"] for choice in shown] == ["Maths", "Art"]
    # Typed again, it is the same one: its key never gets another meaning.
    browser.post(
        f"{FIELDS}/{courses.definition.pk}", {"name": "Course", "decimals": "0", "new_choices": "Music"}
    )
    assert CustomField.objects.get().choices[1] == {"key": "o2", "name": "Music"}


@pytest.mark.parametrize(
    ("type", "held", "merged"),
    [
        ("choice", ["o1", "o2", "o3"], ["o2", "o2", "o3"]),
        ("choices", [["o1", "o3"], ["o1", "o2"]], [["o2", "o3"], ["o2"]]),
    ],
)
def test_merging_gives_records_and_views_the_other_choice_and_undo_restores_all(
    type, held, merged, ada, make_field, make_lead, sign_in
):
    field = make_field("Course", type, choices=["Maths", "Music", "Art"])
    leads = [make_lead(owner=ada) for _value in held]
    for lead, value in zip(leads, held, strict=True):
        edit(lead, ada, **{field.name: value})
    view = SavedView.objects.create(
        owner=ada, table="lead", name="Maths", query=f"{field.name}=o1&any.{field.name}=o1&any.status=1"
    )
    browser = sign_in(ada)
    assert browser.post(f"{address(field)}/o1", {"act": "merge", "into": "nothing"}).status_code == 422
    before = all_tables()
    assert browser.post(f"{address(field)}/o1", {"act": "merge", "into": "music"}).status_code == 302
    assert [LeadValues.objects.get(record=lead).values[field.name] for lead in leads] == merged
    view.refresh_from_db()
    assert view.query == f"{field.name}=o2&any.{field.name}=o2&any.status=1"
    assert CustomField.objects.get().choices[0] == {"key": "o1", "name": "Maths", "retired": True}
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert all_tables() == before


@pytest.mark.parametrize("type", ["choice", "choices"])
def test_forms_with_five_thousand_choices_stay_usable(type, ada, make_field, make_lead, sign_in):
    field = make_field("Town", type, choices=[f"Town {place}" for place in range(MOST_CHOICES)])
    lead, browser = make_lead(owner=ada), sign_in(ada)
    edit(lead, ada, **{field.name: "o7" if type == "choice" else ["o7"]})
    for page in (f"/admin/leads/{lead.pk}/edit", f"/admin/leads/{lead.pk}/inline/{field.name}"):
        answer = browser.get(page)
        assert f' name="{field.name}"' in answer.text
        assert '<option value="o7" selected>Town 6</option>' in answer.text
        assert len(answer.content) < 400_000
