"""The list screen: what it shows, how many queries it takes, its columns, count, Trash and palette."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, User
from crm.models import Import, ListSettings
from crm.records.history.verb_execution import carry_out, operation
from leads import fields, verbs
from leads.excel import LeadResource
from leads.filters import LeadFilter
from leads.kind import LEAD
from leads.models import Lead
from mailings.models import Mailing
from tests.examples import one_in
from tests.reading import close_up


def test_the_list_shows_the_default_columns(ann, bob, make_lead, sign_in):
    make_lead(
        "Jan Novák",
        owner=bob,
        email="jan@severostroj.cz",
        company="Severostroj",
        country="CZ",
        next_action="Call",
    )
    page = sign_in(ann).get("/admin/leads").text
    for text in ("Jan Novák", "jan@severostroj.cz", "Severostroj", "New", "Bob", "Czechia", "Call"):
        assert text in page
    assert "No newsletter received yet" in page
    heads = page[page.index("<thead>") :]
    assert heads.index("Name") < heads.index("Phone") < heads.index("Company") < heads.index("Date added")


def test_an_empty_list_says_what_to_do(ann, sign_in):
    page = sign_in(ann).get("/admin/leads").text
    assert "No leads yet" in page
    assert "Import a file" in page


def test_a_list_without_matches_offers_all_leads(ann, make_lead, sign_in):
    make_lead()
    page = sign_in(ann).get("/admin/leads?q=nobodyhasthis").text
    assert "No leads match" in page


@pytest.mark.parametrize("who", ["bob", "ann", "ada"])
@pytest.mark.parametrize(
    "query", ["all=1", "sort=owner", "sort=-country&vip=no", "q=ana", "status_not=on&owner=me&tags=1"]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(who, query, cast, make_lead, make_tag, sign_in):
    user = getattr(cast, who)
    tag = make_tag("hot")
    ListSettings.objects.create(user=user, columns={"lead": fields.LIST})
    browser = sign_in(user)
    # The first request of a process also reads the fields, some of them only when there is a row.
    make_lead("Ana First", owner=user, country="RO", tags=[tag.pk])
    browser.get(f"/admin/leads?{query}")
    numbers = []
    for _round in range(2):
        for number in range(3):
            make_lead(f"Ana {number}", owner=user, country="RO", tags=[tag.pk], value=5)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/admin/leads?{query}").status_code in (200, 400)
        numbers.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert numbers[0] == numbers[1] <= 13


@pytest.mark.parametrize("who", one_in(2, ["ada", "ann", "bob"]))
def test_no_sort_and_no_filter_takes_more_than_fifteen_queries(
    who, cast, departments, make_lead, make_tag, sign_in
):
    make_tag("hot")
    Import.objects.create(user=getattr(cast, who), table="lead", state=Import.State.DONE)
    Membership.objects.create(user=getattr(cast, who), department=departments.export, position=1)
    user = User.objects.with_rights().get(pk=getattr(cast, who).pk)
    ListSettings.objects.create(user=user, columns={"lead": fields.LIST})
    with operation("test", by=None):
        Mailing.objects.create(subject="News", by=user, state="sent", sent_at=timezone.now())
    for owner in (user, cast.dan, None):
        make_lead(owner=owner)
        make_lead(owner=owner, department=departments.export, shared=True)
    every = LeadFilter({}, Lead.objects.none(), user=user, asked=LeadFilter.base_filters)
    offered = {question["name"]: every.form.fields[question["name"]] for question in every.build_questions()}
    chosen = [f"{name}={first_choice(field)}" for name, field in offered.items()]
    browser = sign_in(user)
    for query in [*chosen, *(f"{chosen[0]}&sort={sort}" for sort in fields.LIST)]:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/admin/leads?all=1&{query}").status_code == 200
        # All columns are shown. The statement that sets the limits of the request is one of them.
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 15, query


def test_the_number_of_queries_does_not_grow_with_sources_statuses_owners_and_departments(
    cast, departments, make_lead, statuses, sources, reasons, sign_in
):
    ListSettings.objects.create(user=cast.ada, columns={"lead": fields.LIST})
    browser, numbers = sign_in(cast.ada), []
    # The first request of a process also reads the custom fields.
    browser.get("/admin/leads?all=1")
    people = [(cast.bob, departments.sales), (cast.dan, departments.export), (None, departments.sales)]
    lost = list(vars(reasons).values())
    for source, reason, status, (owner, place) in zip(
        list(vars(sources).values())[:3], lost, list(vars(statuses).values())[:3], people, strict=False
    ):
        make_lead(source=source, lost_reason=reason, status=status, owner=owner, department=place)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/admin/leads?all=1").status_code == 200
        numbers.append(len(asked))
    assert len(numbers) == 3
    assert len(set(numbers)) == 1


def first_choice(field) -> str:
    return next((str(value) for value, _label in getattr(field, "choices", []) if value), "on")


def test_the_count_is_exact_up_to_ten_thousand_and_then_on_request(ann, make_lead, sign_in, monkeypatch):
    for number in range(3):
        make_lead(f"Ana {number}")
    browser = sign_in(ann)
    assert "3 leads" in browser.get("/admin/leads/count").text
    monkeypatch.setattr("crm.records.listing.record_list.COUNT_AT_FIRST", 2)
    assert "more than 2 leads" in browser.get("/admin/leads/count").text
    assert "3 leads" in browser.get("/admin/leads/count?exact=1").text


def test_htmx_gets_only_the_table(ann, make_lead, sign_in):
    make_lead()
    response = sign_in(ann).get("/admin/leads", headers={"HX-Request": "true", "HX-Target": "records"})
    assert "<html" not in response.text
    assert "Jan Novák" in response.text
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_a_header_with_the_count_export_and_view_of_the_new_set(ann, make_lead, sign_in):
    make_lead()
    htmx = {"HX-Request": "true", "HX-Target": "records"}
    drawn = sign_in(ann).get("/admin/leads?all=1&q=jan&sort=email", headers=htmx).text
    for address in ("/admin/leads/count?", "/admin/leads/export?", "/admin/leads/views/new?"):
        assert f"{address}q=jan&amp;sort=email" in drawn
    assert 'id="list-head" hx-swap-oob="true"' in drawn
    assert "hx-swap-oob" not in sign_in(ann).get("/admin/leads?all=1&q=jan").text


def test_columns_are_chosen_and_ordered_by_each_user(ann, make_lead, sign_in):
    make_lead(city="Cluj", zip="00123")
    browser = sign_in(ann)
    browser.post(
        "/admin/leads/columns", {"column": ["city", "zip", "password"], "place_zip": "2", "place_city": "9"}
    )
    assert ListSettings.objects.get(user=ann).columns == {"lead": ["name", "zip", "city"]}
    page = browser.get("/admin/leads").text
    assert page.index("00123") < page.index("Cluj")
    assert "Country" not in page
    browser.post("/admin/leads/columns", {"reset": "1"})
    assert "Country" in browser.get("/admin/leads").text


def test_trash_is_visible_only_to_users_who_may_delete(ann, bob, make_lead, sign_in):
    make_lead("Ana Binned")
    carry_out(verbs.Delete(), Lead.objects.present().changeable_by(ann), by=ann)
    make_lead("Ana Present")
    page = sign_in(ann).get("/admin/leads/trash").text
    assert "Ana Binned" in page
    assert "Ana Present" not in page
    assert "In Trash since" in page
    assert sign_in(bob).get("/admin/leads/trash").status_code == 403


def test_a_search_without_results_in_trash_does_not_call_it_empty(ann, make_lead, sign_in):
    make_lead("Ana Binned")
    carry_out(verbs.Delete(), Lead.objects.present().changeable_by(ann), by=ann)
    page = sign_in(ann).get("/admin/leads/trash?q=zebra").text
    assert "Nothing in Trash matches “zebra”." in page
    assert "Trash is empty" not in page


def test_the_palette_finds_leads_in_scope_and_jumps_by_number(ann, carla, make_lead, sign_in):
    lead = make_lead("Jan Novák")
    browser = sign_in(ann)
    assert "Jan Novák" in browser.get("/admin/jump?q=novak").text
    assert browser.get(f"/admin/jump?q=%23{lead.pk}")["Location"] == f"/admin/leads/{lead.pk}"
    assert "Jan Novák" not in sign_in(carla).get("/admin/jump?q=novak").text


def test_long_and_hostile_values_are_shown_as_text(ann, make_lead, sign_in):
    make_lead("<script>alert(1)</script>", company='"><img src=x onerror=alert(1)>', email="a@b.ro")
    page = sign_in(ann).get("/admin/leads").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_lead_that_is_too_long_in_its_status_is_marked(ann, make_lead, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "time_in_status"]})
    make_lead("Ana Stuck", status_since="2026-01-01T00:00Z")
    page = sign_in(ann).get("/admin/leads").text
    assert "data-stale" in page
    assert "too long" in page


def test_a_value_without_a_rate_says_so_and_does_not_count_as_zero(ann, make_lead, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "value"]})
    lead = make_lead("Ana Pounds", value=10, currency="GBP")
    assert lead.base_value is None
    assert "no rate" in sign_in(ann).get("/admin/leads").text


def test_the_value_header_says_that_it_sorts_by_the_base_currency(ann, make_lead, sign_in):
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "value", "city"]})
    make_lead("Ana Pounds", value=10, currency="GBP")
    page = close_up(sign_in(ann).get("/admin/leads").text)
    assert page.count("sorted by the value in the base currency") == 2
    assert 'title="sorted by the value in the base currency">Value<' in page


def test_the_creator_and_long_texts_can_be_columns_without_a_sort(ann, bob, make_lead, reasons, sign_in):
    ListSettings.objects.create(
        user=ann, columns={"lead": ["name", "created_by", "lost_remark", "description"]}
    )
    make_lead(
        created_by=bob,
        status="lost",
        lost_reason=reasons.budget,
        lost_remark="Too dear",
        description="Tall " * 99,
    )
    make_lead("Ana Program")
    browser = sign_in(ann)
    page = browser.get("/admin/leads").text
    assert page.count("<span class=person>") >= 1
    assert "Too dear" in page
    assert page.count("Tall ") == 40
    for name in ("created_by", "lost_remark", "description"):
        assert f"sort={name}" not in page
        assert name in browser.get("/admin/leads/columns").text
    assert browser.get("/admin/leads?sort=description").status_code == 200


def test_a_file_names_the_creator_and_an_import_does_not_read_it(ann, bob, make_lead):
    make_lead(created_by=bob)
    cell = LeadResource(LEAD, ann).widget("created_by")
    assert [cell.rendering(pk) for pk in (bob.pk, None)] == ["Bob", ""]
    assert "created_by" in LeadResource.never_read
