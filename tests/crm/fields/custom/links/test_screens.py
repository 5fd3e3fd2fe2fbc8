"""Links to a record on screens: chosen by name, shown on both sides, and only as far as the reader sees the records."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.custom.links.incoming_links import get_links_to_type
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.models import FrozenSet, ListSettings
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.linked_records import FIRST, get_linked_lists
from leads.models import Lead
from tests.crm.fields.custom.links.conftest import link, linked_pk

UNKNOWN = "No record is named"


def page_of(browser, record, part=""):
    return browser.get(f"{record.get_absolute_url()}{part}").content.decode()


def show_column(field, user):
    ListSettings.objects.create(user=user, columns={"lead": ["name", field.name]})


def list_of(browser) -> str:
    return b"".join(browser.get("/admin/leads?sort=-created_at")).decode()


def choose(browser, lead, field, text):
    return browser.post(
        f"{lead.get_absolute_url()}/inline/{field.name}", {field.name: text, "version": lead.version}
    )


@pytest.mark.parametrize("text", ["Omnia SRL", "omnia srl", "#{pk}", "Omnia SRL (#{pk})"])
def test_a_linked_record_is_chosen_by_its_name_or_number(field, lead, omnia, bob, sign_in, text):
    assert choose(sign_in(bob), lead, field, text.format(pk=omnia.pk)).status_code < 400
    assert linked_pk(field, lead) == omnia.pk


def test_an_empty_input_clears_the_link(field, lead, omnia, bob, sign_in):
    link(field, lead, omnia, by=bob)
    lead.refresh_from_db()
    choose(sign_in(bob), lead, field, "")
    assert linked_pk(field, lead) is None


def test_the_form_suggests_companies_and_shows_the_linked_one(field, lead, omnia, bob, sign_in):
    link(field, lead, omnia, by=bob)
    form = page_of(sign_in(bob), lead, "/edit")
    (shown,) = re.findall(rf'<input[^>]*name="{field.name}"[^>]*>', form)
    assert f'value="Omnia SRL (#{omnia.pk})"' in shown
    assert f'hx-get="/admin/companies/named?field={field.name}"' in shown


def test_a_record_out_of_sight_is_refused_like_one_that_does_not_exist(field, lead, hidden, bob, sign_in):
    browser = sign_in(bob)
    answers = [choose(browser, lead, field, f"#{pk}") for pk in (hidden.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [422, 422]
    first, second = (
        re.sub(r"#\d+", "#", re.search(rf"{UNKNOWN}[^<]*", answer.content.decode())[0]) for answer in answers
    )
    assert first == second
    assert linked_pk(field, lead) is None


def test_a_deleted_record_is_not_offered_but_stays_where_it_is_linked(
    field, lead, omnia, make_lead, ann, bob
):
    link(field, lead, omnia, by=bob)
    carry_out(Delete(), type(omnia).objects.filter(pk=omnia.pk), by=ann)
    offered = build_form_field(field, bob, None)
    assert not offered.queryset.filter(pk=omnia.pk).exists()
    assert build_form_field(field, bob, omnia.pk).clean(f"#{omnia.pk}") == omnia.pk


def test_without_permission_to_view_companies_the_link_stays_as_it_is(field, lead, omnia, bob, someone_with):
    eve = someone_with("view_lead", "change_lead")
    asked = build_form_field(field, eve, omnia.pk)
    assert asked.disabled


def test_whoever_sees_the_lead_reads_the_name_of_the_company_and_opens_it_if_they_see_it(
    field, lead, hidden, omnia, ann, carla, bob, sign_in, make_lead
):
    other = make_lead("Eva Berg", owner=bob)
    link(field, lead, omnia, by=bob)
    link(field, other, hidden, by=bob)
    show_column(field, bob)
    browser = sign_in(bob)
    assert f'href="{omnia.get_absolute_url()}"' in page_of(browser, lead)
    text = page_of(browser, other)
    assert "Hidden GmbH" in text
    assert f'href="{hidden.get_absolute_url()}"' not in text
    rows = list_of(browser)
    assert "Omnia SRL" in rows
    assert "Hidden GmbH" in rows
    assert hidden.get_absolute_url() not in rows
    assert f'href="{omnia.get_absolute_url()}"' in rows


def test_a_list_fetches_the_linked_records_at_once(field, omnia, make_company, make_lead, bob, sign_in):
    show_column(field, bob)
    browser = sign_in(bob)
    counted = []
    for company in (omnia, make_company("Vega", owner=bob), make_company("Alfa", owner=bob)):
        link(field, make_lead(f"Lead of {company}", owner=bob), company, by=bob)
        list_of(browser)
        with CaptureQueriesContext(connection) as captured:
            text = list_of(browser)
        assert str(company) in text
        counted.append(len(captured))
    assert len(set(counted)) == 1


def test_the_page_of_the_company_lists_the_leads_under_the_other_label(
    field, omnia, lead, make_lead, bob, dan, departments, sign_in, ada
):
    foreign = make_lead("Out Of-sight", owner=dan, department=departments.export)
    link(field, lead, omnia, by=bob)
    link(field, foreign, omnia, by=ada)
    text = page_of(sign_in(bob), omnia)
    assert "Introduced leads" in text
    assert "Jan Novák" in text
    assert "Of-sight" not in text
    assert f"/admin/leads/new?{field.name}={omnia.pk}" in text


def test_no_list_is_shown_without_linking_records(field, omnia, bob):
    assert field.name not in {each.link.field for each in get_linked_lists(omnia, bob)}


def test_a_retired_field_and_one_for_other_roles_are_not_shown_on_the_other_side(
    make_field, omnia, lead, bob, ada
):
    retired = make_field("Old link", "link", retired=True)
    closed = make_field("Closed link", "link", roles=[ada.groups.get().pk])
    for each in (retired, closed):
        link(each, lead, omnia, by=ada)
    assert {retired.name, closed.name}.isdisjoint(each.link.field for each in get_linked_lists(omnia, bob))
    assert closed.name in {each.link.field for each in get_linked_lists(omnia, ada)}


def test_the_whole_list_opens_with_the_filter_of_the_link(field, omnia, make_lead, bob, sign_in):
    for number in range(FIRST + 2):
        link(field, make_lead(f"Lead {number}", owner=bob), omnia, by=bob)
    (found,) = (each for each in get_linked_lists(omnia, bob) if each.link.field == field.name)
    assert len(found.records) == FIRST
    assert found.records[0].pk > found.records[-1].pk
    answer = sign_in(bob).get(found.all)
    assert answer.context["listing"].count() == FIRST + 2


def test_the_lists_of_the_other_side_take_as_many_queries_for_ten_fields_as_for_one(
    make_field, omnia, make_lead, bob, sign_in
):
    browser = sign_in(bob)

    def count_queries() -> int:
        page_of(browser, omnia)
        with CaptureQueriesContext(connection) as captured:
            page_of(browser, omnia)
        return len(captured)

    first = make_field("Link 0", "link")
    link(first, make_lead("Lead 0", owner=bob), omnia, by=bob)
    before = count_queries()
    for number in range(1, 10):
        link(make_field(f"Link {number}", "link"), make_lead(f"Lead {number}", owner=bob), omnia, by=bob)
    assert count_queries() == before
    assert len([each for each in get_linked_lists(omnia, bob) if each.link.field.startswith("c")]) >= 10


def test_a_new_lead_from_the_page_of_the_company_is_linked_to_it(field, omnia, bob, sign_in):
    text = sign_in(bob).get(f"/admin/leads/new?{field.name}={omnia.pk}").content.decode()
    assert f'value="Omnia SRL (#{omnia.pk})"' in text


CONDITIONS = [
    ("{c}.is=%23{omnia}", ["Of omnia"]),
    ("{c}.is=omnia srl", ["Of omnia"]),
    ("{c}.one_of=%23{omnia};Vega", ["Of omnia", "Of vega"]),
    ("{c}.contains=mni", ["Of omnia"]),
    ("{c}.contains=Omnia SRL (%23{omnia})", ["Of omnia"]),
    ("{c}.empty=yes", ["Of none"]),
    ("{c}.filled=yes", ["Of omnia", "Of vega"]),
    ("{c}.is=nowhere", []),
]


@pytest.mark.parametrize(("query", "found"), CONDITIONS)
def test_a_list_is_filtered_by_the_linked_record(
    field, omnia, make_company, make_lead, bob, sign_in, query, found
):
    vega = make_company("Vega", owner=bob)
    for name, company in (("Of omnia", omnia), ("Of vega", vega), ("Of none", None)):
        link(field, make_lead(name, owner=bob), company, by=bob)
    answer = sign_in(bob).get("/admin/leads?" + query.format(c=field.name, omnia=omnia.pk))
    assert sorted(str(row) for row in answer.context["listing"].visible) == found


def test_many_records_get_a_link_at_once(field, omnia, make_lead, bob, sign_in):
    leads = [make_lead(f"Lead {number}", owner=bob) for number in range(3)]
    rows = Lead.objects.filter(pk__in=[row.pk for row in leads])
    outcome = carry_out(KINDS["lead"].edit({field.name: omnia.pk}), rows, by=bob)
    assert sorted(outcome.changed) == sorted(row.pk for row in leads)
    assert {linked_pk(field, row) for row in leads} == {omnia.pk}
    assert FrozenSet.objects.count() == 0


def test_the_history_says_the_names_of_the_records(field, lead, omnia, make_company, bob, sign_in):
    link(field, lead, omnia, by=bob)
    link(field, lead, make_company("Vega", owner=bob), by=bob)
    text = page_of(sign_in(bob), lead, "?show=changes")
    assert "Omnia SRL" in text
    assert "Vega" in text


def test_links_are_found_by_the_type_they_lead_to(field, make_field):
    other = make_field("Sister company", "link", of="company", links_to="company")
    assert {each.field.name for each in get_links_to_type("company")} == {field.name, other.name}
    assert get_links_to_type("deal") == []


def test_the_form_of_a_condition_suggests_records_to_those_who_may_view_them(
    field, omnia, bob, someone_with, sign_in
):
    url = f"/admin/leads/filter/{field.name}"
    (asked,) = re.findall(r'<input[^>]*name="text"[^>]*>', sign_in(bob).get(url).content.decode())
    assert 'hx-get="/admin/companies/named?field=text"' in asked
    assert (
        f"Omnia SRL (#{omnia.pk})"
        in sign_in(bob).get("/admin/companies/named?field=text&text=omn").content.decode()
    )
    eve = someone_with("view_lead", "change_lead")
    assert "companies/named" not in sign_in(eve).get(url).content.decode()
