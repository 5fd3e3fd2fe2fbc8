"""Custom fields and the status path as fields of reports: groups, filters, links, and who may ask for them."""

from datetime import date

import pytest
from django.http import QueryDict

from accounts.models import Role
from crm.records.history.verb_execution import carry_out
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Move
from reports.engine.dimensions import get_dimensions
from reports.engine.drill_down import build_list_url

ALL = "measure=leads&measure=won&period=all"


@pytest.fixture
def filled(make_lead, make_field, statuses, bob, ada):
    """filled("choice", [values], choices=[…]) is a custom field that some of five leads have a value of; one of them is won."""

    def made(type: str, values, **keywords):
        field = make_field("Size", type, **keywords)
        leads = [make_lead(f"Jan {n}") for n in range(5)]
        for lead, value in zip(leads, values, strict=False):
            carry_out(LEAD.edit({field.name: value}), Lead.objects.filter(pk=lead.pk), by=ada)
        carry_out(Move(status=statuses.won), Lead.objects.filter(pk=leads[0].pk), by=ada)
        return field

    return made


@pytest.fixture
def cases(bob) -> dict:
    """By type: the values of the first leads, and how many leads each group has, in the order of the table."""
    return {
        "choice": (["o2", "o2", "o2", "o1"], {"large": 3, "small": 1, "None": 1}),
        "yes_no": ([False, True, True, True], {"yes": 3, "no": 1, "None": 1}),
        "date": (
            [date(2026, 5, 1)] * 3 + [date(2025, 1, 2)],
            {"2 Jan 2025": 1, "1 May 2026": 3, "None": 1},
        ),
        "rating": ([4, 4, 1], {"1": 1, "4": 2, "None": 2}),
        "user": ([bob.pk] * 3, {"Bob": 3, "Unassigned": 2}),
    }


TYPES = ["choice", "yes_no", "date", "rating", "user"]


@pytest.mark.parametrize("type", TYPES)
def test_each_number_of_a_custom_field_leads_to_exactly_its_leads(filled, asked, listed, cases, ada, type):
    values, expected = cases[type]
    field = filled(type, values, choices=["small", "large"] if type == "choice" else ())
    found = asked(f"{ALL}&by={field.name}", ada)
    assert {group.texts[0]: group.get_count("leads") for group in found.groups} == expected
    assert [group.texts[0] for group in found.groups if group.keys[0]] == [*expected][:-1]
    both = asked(f"{ALL}&by={field.name}&by=status", ada)
    assert sum(group.get_count("leads") for group in both.groups) == 5
    for answered in (found, both):
        for group in answered.groups:
            for part in ("leads", "won"):
                assert len(listed(answered, group, part, ada)) == group.get_count(part), (group, part)


@pytest.mark.parametrize("measure", ["moves", "stuck", "stays"])
def test_moves_and_stuck_leads_are_grouped_by_custom_fields(filled, asked, listed, ada, measure):
    field = filled("yes_no", [True])
    found = asked(f"measure={measure}&by={field.name}&period=all", ada)
    for group in found.groups:
        assert len(listed(found, group, measure, ada)) == group.get_count(measure)
    if measure == "moves":
        assert [(group.texts, group.get_count("moves")) for group in found.groups] == [(("yes",), 1)]


def test_custom_fields_filter_a_report_as_the_list(filled, asked, ada):
    field = filled("choice", ["o1", "o1", "o2"], choices=["small", "large"])
    assert asked(f"{ALL}&{field.name}=o1", ada).total.parts == {"leads": 2, "won": 1}
    assert asked(f"{ALL}&{field.name}=o2&by={field.name}", ada).total.parts == {"leads": 1, "won": 0}


def test_custom_fields_of_many_values_and_formulas_are_no_groups(make_field, ada):
    number = make_field("Budget", "number")
    formula = make_field("Large", "formula", formula=f"{{{number.name}}} > 1000")
    assert {number.name, formula.name} & {*get_dimensions(ada)} == set()


def test_a_field_that_a_role_does_not_see_is_not_offered_and_cannot_be_asked_for(filled, sign_in, ann, ada):
    administrators = [Role.objects.get(key="administrator").pk]
    field = filled("choice", ["o1", "o2"], choices=["small", "large"], roles=administrators)
    assert field.name in get_dimensions(ada)
    assert field.name not in get_dimensions(ann)
    browser = sign_in(ann)
    assert "Size" not in browser.get("/admin/reports/new").content.decode()
    page = browser.get(f"/admin/reports/new?by={field.name}")
    assert page.status_code == 422
    assert "You can’t group by this field." in page.content.decode()
    assert "large" not in page.content.decode()
    # A filter by it is like any unknown parameter.
    assert (
        browser.get(f"/admin/reports/new?{field.name}=o1").context["panel"].answer.total.get_count("leads")
        == 5
    )
    assert browser.get(f"/admin/reports/new/file?by={field.name}").status_code == 422


def test_a_link_of_a_number_does_not_work_for_those_who_do_not_see_the_field(filled, asked, ann, ada):
    administrators = [Role.objects.get(key="administrator").pk]
    field = filled("choice", ["o1", "o2"], choices=["small", "large"], roles=administrators)
    found = asked(f"{ALL}&by={field.name}", ada)
    query = QueryDict(build_list_url(found.question, "leads", ("o1",)).partition("?")[2])
    assert len(RecordList(LEAD, query, ada).rows) == 1
    closed = RecordList(LEAD, query, ann)
    assert closed.errors
    assert len(closed.rows) == 5


def test_each_way_through_the_statuses_leads_to_exactly_its_leads(filled, asked, listed, statuses, ada):
    field = filled("yes_no", [True])
    found = asked(f"{ALL}&by=path&by={field.name}", ada)
    assert {", ".join(group.texts): group.get_count("leads") for group in found.groups} == {
        "New, None": 4,
        "New → Won, yes": 1,
    }
    for group in found.groups:
        assert len(listed(found, group, "leads", ada)) == group.get_count("leads")
