"""Custom fields in filters and sorts: the same conditions as for built-in fields, with empty values last both ways."""

import datetime
from decimal import Decimal

import pytest

from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import Edit
from tests.examples import one_in

CASES = [
    # type, the values of three leads, filter, the leads it finds
    ("text", ["Maths", "Music", ""], ".contains=ma", [0]),
    ("text", ["Maths", "Music", ""], ".is=MUSIC", [1]),
    ("text", ["Maths", "Music", ""], ".is_not=maths", [1, 2]),
    ("text", ["Maths", "Music", ""], ".starts=mu", [1]),
    ("text", ["Maths", "Music", ""], ".empty=yes", [2]),
    ("text", ["Maths", "Music", ""], ".filled=yes", [0, 1]),
    ("number", [Decimal(9), Decimal(100), None], ".above=10", [1]),
    ("number", [Decimal(9), Decimal(100), None], ".between=5..20", [0]),
    ("number", [Decimal(9), Decimal(100), None], ".empty=yes", [2]),
    ("date", [datetime.date(2026, 5, 1), datetime.date(2026, 6, 1), None], ".before=2026-05-15", [0]),
    ("date", [datetime.date(2026, 5, 1), datetime.date(2026, 6, 1), None], ".between=2026-06-01..", [1]),
    ("date", [datetime.date(2026, 5, 1), datetime.date(2026, 6, 1), None], ".empty=yes", [2]),
    ("yes_no", [True, False, None], "=yes", [0]),
    ("yes_no", [True, False, None], "=no", [1]),
    ("yes_no", [True, False, None], "=none", [2]),
    ("yes_no", [True, False, None], "=yes&{name}_not=on", [1, 2]),
    ("choice", ["o1", "o2", ""], "=o1", [0]),
    ("choice", ["o1", "o2", ""], "=o1&{name}=none", [0, 2]),
    ("choice", ["o1", "o2", ""], "=o1&{name}_not=on", [1, 2]),
    ("choices", [["o1"], ["o1", "o2"], None], "=o2", [1]),
    ("choices", [["o1"], ["o1", "o2"], None], "=none", [2]),
    ("choices", [["o1"], ["o1", "o2"], None], "=o2&{name}_not=on", [0, 2]),
    ("rating", [1, 5, None], ".above=3", [1]),
    ("email", ["ana@example.com", "ion@example.org", ""], ".contains=.org", [1]),
]


def numbers(answer) -> list[int]:
    return answer.context["page"].ids


@pytest.fixture
def three(make_lead, make_field, ann):
    """three("text", values): the field and three leads with these values."""

    def make(type, values):
        field = make_field(f"Extra {type}", type, choices=["Zebra", "Apple"] if "choice" in type else ())
        leads = []
        for number, value in enumerate(values):
            lead = make_lead(f"Lead {number}", owner=ann)
            if value is not None:
                carry_out(Edit({field.name: value}), Lead.objects.filter(pk=lead.pk), by=ann)
            leads.append(lead.pk)
        return field, leads

    return make


@pytest.mark.parametrize(("type", "values", "query", "found"), one_in(3, CASES))
def test_a_custom_field_is_filtered_like_a_built_in_one(type, values, query, found, three, ann, sign_in):
    field, leads = three(type, values)
    address = f"/admin/leads?{field.name}{query.format(name=field.name)}"
    answer = sign_in(ann).get(address)
    assert answer.status_code == 200
    assert set(numbers(answer)) == {leads[place] for place in found}
    assert "Extra" in answer.content.decode()


@pytest.mark.parametrize(
    ("type", "values", "ascending"),
    [
        ("text", ["música", "Maths", ""], [1, 0, 2]),
        ("number", [Decimal(100), Decimal(9), None], [1, 0, 2]),
        ("date", [datetime.date(2026, 6, 1), datetime.date(2026, 5, 1), None], [1, 0, 2]),
        ("choice", ["o2", "o1", ""], [1, 0, 2]),
        ("rating", [5, 1, None], [1, 0, 2]),
    ],
)
def test_a_list_sorts_by_a_custom_field_with_empty_values_last_both_ways(
    type, values, ascending, three, ann, sign_in
):
    field, leads = three(type, values)
    browser = sign_in(ann)
    up, down = (numbers(browser.get(f"/admin/leads?all=1&sort={sign}{field.name}")) for sign in ("", "-"))
    assert up == [leads[place] for place in ascending]
    assert down == [leads[place] for place in (ascending[1], ascending[0], ascending[2])]


def test_an_export_says_the_filter_by_a_custom_field_in_words(three, ann, sign_in):
    field, _leads = three("text", ["Maths", "Music", ""])
    page = sign_in(ann).get(f"/admin/leads/export?{field.name}.contains=ma").content.decode()
    assert "Extra text contains “ma”" in page


@pytest.mark.parametrize("query", [".above=many", ".between=x"])
def test_a_wrong_condition_on_a_custom_field_gets_a_sentence(query, make_field, ann, sign_in):
    field = make_field("Extra", "number")
    answer = sign_in(ann).get(f"/admin/leads?{field.name}{query}")
    assert answer.status_code == 400
    assert answer.context["listing"].errors


def test_paging_through_a_list_sorted_by_a_custom_field_shows_each_lead_once(
    make_lead, make_field, ann, sign_in
):
    field = make_field("Extra", "number")
    for number in range(60):
        lead = make_lead(f"Lead {number}", owner=ann)
        if number % 3:
            changes = {field.name: Decimal(number % 7)}
            carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    answer = browser.get(f"/admin/leads?all=1&sort={field.name}")
    first = numbers(answer)
    after = answer.context["page"].next
    second = numbers(browser.get(f"/admin/leads?all=1&sort={field.name}&after={after}"))
    assert len(first) + len(second) == len({*first, *second}) == 60


def test_a_custom_field_can_be_one_of_several_alternatives(three, make_lead, ann, sign_in):
    field, leads = three("text", ["Maths", "Music", ""])
    other = make_lead("Ion Pop", owner=ann, city="Cluj")
    browser = sign_in(ann)
    answer = browser.get(f"/admin/leads?any.{field.name}.is=maths&any.city.is=cluj")
    assert set(numbers(answer)) == {leads[0], other.pk}
    choice, leads = three("choice", ["o1", "o2", ""])
    answer = browser.get(f"/admin/leads?any.{choice.name}=o2&any.city.is=cluj")
    assert set(numbers(answer)) == {leads[1], other.pk}


@pytest.mark.parametrize(
    ("type", "values"), [("text", ["Maths", "Music", ""]), ("choices", [["o1"], ["o2"], None])]
)
def test_the_column_menu_of_a_custom_field_offers_its_values(type, values, three, ann, sign_in):
    field, leads = three(type, values)
    browser = sign_in(ann)
    menu = browser.get(f"/admin/leads/columns/{field.name}?all=1").context["values"]
    first = next(value for value in menu if value.label in ("Maths", "Zebra"))
    assert numbers(browser.get(f"/admin/leads?{first.only}")) == [leads[0]]
    assert set(numbers(browser.get(f"/admin/leads?{first.without}"))) == {leads[1], leads[2]}


def test_the_column_menu_of_a_hidden_field_is_not_found(make_field, ann, bob, sign_in):
    secret = make_field("Salary", roles=[ann.groups.get().pk])
    assert sign_in(bob).get(f"/admin/leads/columns/{secret.name}").status_code == 404


def test_a_list_sorts_and_filters_by_a_custom_field_that_names_users(
    make_lead, make_field, ann, bob, sign_in
):
    field = make_field("Coach", "user")
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(3)]
    for lead, user in zip(leads, (bob, ann), strict=False):
        carry_out(Edit({field.name: user.pk}), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    by_name = numbers(browser.get(f"/admin/leads?all=1&sort={field.name}"))
    assert by_name == [leads[1].pk, leads[0].pk, leads[2].pk]
    assert numbers(browser.get(f"/admin/leads?{field.name}=me")) == [leads[1].pk]
    assert numbers(browser.get(f"/admin/leads?{field.name}=none")) == [leads[2].pk]
    assert set(numbers(browser.get(f"/admin/leads?{field.name}=me&{field.name}_not=on"))) == {
        leads[0].pk,
        leads[2].pk,
    }
