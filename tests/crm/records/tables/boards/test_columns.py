"""The board: which leads are in which column, its pages, its figures, and what it shares with the list."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Operation, SavedView
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from crm.records.tables.boards import column_figures
from crm.records.tables.boards.board import BoardLane, build_board_columns
from leads.kind import LEAD
from leads.models import Lead, Status
from tests.crm.records.tables.boards.page import BOARD, HTMX, cards, columns
from tests.crm.records.tables.test_weight import MOST, fifty  # noqa: F401 - a fixture

OPEN = ["new", "contacted", "qualified", "proposal"]


def listing(user, query: str) -> RecordList:
    return RecordList(LEAD, QueryDict(query), user)


def test_each_open_status_is_a_column_with_its_leads(ann, make_lead, statuses, sign_in):
    new, talking = make_lead("Ana Pop", company="Alfa", value=5), make_lead("Dan Ion", status="contacted")
    make_lead("Won Already", status="won")
    page = sign_in(ann).get(f"{BOARD}?all=1").text
    assert columns(page) == {
        statuses.new.pk: [new.pk],
        statuses.contacted.pk: [talking.pk],
        statuses.qualified.pk: [],
        statuses.proposal.pk: [],
    }
    for text in ("Ana Pop", "Alfa", "5\u00a0EUR", "No next action", "Unassigned"):
        assert text in page
    assert "Won Already" not in page


@pytest.mark.parametrize(
    "query",
    ["all=1", "vip=yes", "owner=me", "q=ana", "country=RO&sort=company", "any.vip=yes&any.country=DE"],
)
@pytest.mark.parametrize("who", ["ada", "ann", "bob"])
def test_the_same_query_is_the_same_leads_on_the_list_and_on_the_board(who, query, cast, leads, statuses):
    user = getattr(cast, who)
    found = listing(user, query)
    rows = Lead.objects.in_bulk(found.get_ids())
    expected = {
        status.pk: {pk for pk, lead in rows.items() if lead.status_id == status.pk}
        for status in Status.objects.filter(key__in=OPEN)
    }
    shown = {column.row.pk: set(cards(column.cards)) for column in build_board_columns(found)}
    assert shown == expected
    assert any(shown.values()) or (who, query) == ("ada", "owner=me")


def test_a_column_is_read_page_by_page_to_its_last_lead(ada, lead_of, statuses, sign_in, monkeypatch):
    monkeypatch.setattr("crm.records.tables.boards.board.CARDS", 4)
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Ana {number}") for number in range(11))
    browser, found = sign_in(ada), []
    address = f"{BOARD}?vip=no"
    for _page in range(3):
        page = browser.get(address).text
        found += columns(page)[statuses.new.pk]
        further = re.search(r'href="([^"]+)"\s+data-further', page)
        address = unescape(further[1]) if further else ""
    assert address == ""
    assert sorted(found) == sorted(Lead.objects.values_list("pk", flat=True))


def test_more_cards_come_as_a_fragment_of_their_column_only(ada, lead_of, make_lead, sign_in, monkeypatch):
    monkeypatch.setattr("crm.records.tables.boards.board.CARDS", 2)
    other = make_lead(status="contacted")
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Ana {number}") for number in range(3))
    browser = sign_in(ada)
    further = re.search(r'href="([^"]+)"\s+data-further', browser.get(f"{BOARD}?all=1").text)
    part = browser.get(unescape(further[1]), headers=HTMX | {"HX-Target": "further"}).text
    assert "<html" not in part
    assert len(cards(part)) == 1
    assert other.pk not in cards(part)


def test_a_cursor_of_one_column_means_nothing_in_another(ada, lead_of):
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(f"Ana {number}") for number in range(3))
    found = listing(ada, "all=1")
    (first, second) = Status.objects.filter(key__in=["new", "contacted"]).order_by("position")
    cursor = BoardLane(found, first.pk).get_page(1).next
    assert BoardLane(found, first.pk, cursor).get_page(5).ids != BoardLane(found, first.pk).get_page(5).ids
    assert not BoardLane(found, second.pk).is_own_cursor(cursor)


def figures(browser, query: str = "all=1") -> str:
    return " ".join(browser.get(f"{BOARD}/figures?{query}").text.replace("\u00a0", " ").split())


def test_each_column_says_how_many_leads_it_has_what_they_are_worth_and_how_many_are_stuck(
    ann, make_lead, statuses, sign_in
):
    with operation("test", by=None):
        Status.objects.filter(key="new").update(most_days=5)
    for value in (100, 250, None):
        make_lead(value=value)
    make_lead(value=7, currency="XXX")
    late = make_lead()
    with operation("test", by=None):
        Lead.objects.filter(pk=late.pk).update(status_since=timezone.now() - timedelta(days=9))
    page = figures(sign_in(ann))
    assert '<b class="number"> 5 leads </b> <span class="number">350 EUR</span>' in page
    assert "1 without an exchange rate" in page
    assert re.search(r'href="/admin/leads/board\?[^"]*over_limit=yes">1 stuck</a>', page)
    assert "data-stale" in sign_in(ann).get(f"{BOARD}?all=1").text


def test_counting_stops_above_ten_thousand_until_all_are_asked_for(ann, make_lead, sign_in, monkeypatch):
    monkeypatch.setattr(column_figures, "COUNT_AT_FIRST", 2)
    for value in (100, 200, 300):
        make_lead(value=value)
    page = figures(sign_in(ann))
    assert "more than 2 leads" in page
    assert "600 EUR" not in page
    assert "count all" in page
    assert "600 EUR" in figures(sign_in(ann), "all=1&exact=1")


def test_without_time_limits_nothing_is_stuck(ann, make_lead, sign_in):
    with operation("test", by=None):
        Status.objects.update(most_days=None)
    make_lead()
    assert "over_limit" not in figures(sign_in(ann))


def test_figures_reach_their_columns_as_a_fragment(ann, make_lead, statuses, sign_in):
    make_lead()
    part = sign_in(ann).get(f"{BOARD}/figures?all=1", headers=HTMX | {"HX-Target": "count"}).text
    assert "<html" not in part
    page = sign_in(ann).get(f"{BOARD}?all=1").text
    for target in re.findall(r'<p id="(column-\d+)" hx-swap-oob="true">', part):
        assert f'<p id="{target}"></p>' in page
    assert f'id="column-{statuses.new.pk}" hx-swap-oob' in part


def test_the_longest_in_its_status_comes_first(ann, make_lead, statuses):
    leads = [make_lead(f"Ana {number}") for number in range(3)]
    with operation("test", by=None):
        for lead, days in zip(leads, (2, 9, 5), strict=True):
            since = timezone.now() - timedelta(days=days)
            Lead.objects.filter(pk=lead.pk).update(status_since=since, created_at=since)
    for query in ("all=1", "vip=no&sort=-value"):
        (found,) = [
            column for column in build_board_columns(listing(ann, query)) if column.row == statuses.new
        ]
        assert cards(found.cards) == [leads[1].pk, leads[2].pk, leads[0].pk]


@pytest.mark.parametrize("who", ["bob", "ann", "ada"])
@pytest.mark.parametrize("query", ["all=1", "vip=no&sort=-value", "q=ana"])
def test_the_number_of_queries_does_not_grow_with_the_cards(who, query, cast, make_lead, sign_in):
    user = getattr(cast, who)
    browser, numbers = sign_in(user), []
    for _round in range(2):
        for status in ("new", "contacted", "qualified"):
            make_lead("Ana Pop", owner=user, status=status, value=5, next_action="Call")
        browser.get(f"{BOARD}?{query}")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"{BOARD}?{query}").status_code == 200
        numbers.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert numbers[0] == numbers[1] <= 24


def test_the_board_weighs_no_more_than_the_list(ann, fifty, sign_in):  # noqa: F811 - a fixture
    with operation("test", by=None):
        for number, key in enumerate(OPEN):
            status = Status.objects.get(key=key)
            ids = Lead.objects.order_by("pk").values_list("pk", flat=True)[number::4]
            Lead.objects.filter(pk__in=list(ids)).update(status=status, value=12_500)
    page = sign_in(ann).get(f"{BOARD}?all=1")
    assert len(cards(page.text)) == 50
    # With 15 cards in each of the four columns.
    of_cards = sum(len(part) / 5 for part in re.findall(r"<li class=ticket.*?</li>", page.text, re.DOTALL))
    assert len(page.content) + of_cards <= MOST


def test_list_and_board_lead_to_each_other_with_the_same_query(ann, make_lead, sign_in):
    make_lead()
    browser = sign_in(ann)
    for here, there in (("", "/board"), ("/board", "")):
        page = browser.get(f"/admin/leads{here}?vip=no&sort=company").text
        assert f'href="/admin/leads{there}?vip=no&amp;sort=company"' in page


def test_a_filter_that_is_added_on_the_board_leads_back_to_it(ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{BOARD}?vip=no").text
    add = unescape(re.search(r'href="(/admin/leads/filter/add[^"]*)"', page)[1])
    form = unescape(re.search(r'href="(/admin/leads/filter/country[^"]*)"', browser.get(add).text)[1])
    assert 'name="on" value="board"' in browser.get(form).text
    answer = browser.get(f"{form}&chosen=1&country=RO")
    assert answer["Location"].startswith(f"{BOARD}?")
    assert "country=RO" in answer["Location"]
    assert "vip=no" in answer["Location"]
    assert f'href="{BOARD}?' in page[page.index('class="filters"') :]


def test_a_saved_view_opens_as_a_board(ann, make_lead, sign_in):
    shown, hidden = make_lead(vip=True), make_lead()
    view = SavedView.objects.create(table="lead", owner=ann, name="Important", query="vip=yes")
    browser = sign_in(ann)
    assert f'href="{BOARD}?{view.address.replace("&", "&amp;")}"' in browser.get(f"{BOARD}?all=1").text
    page = browser.get(f"{BOARD}?{view.address}").text
    assert (shown.pk in cards(page), hidden.pk in cards(page)) == (True, False)
    answer = browser.post(f"/admin/leads/views/{view.pk}?vip=no&on=board", {"name": "Others", "audience": ""})
    assert answer["Location"].startswith(f"{BOARD}?view={view.pk}")


def test_the_board_opens_with_what_the_list_opens_with(bob, sign_in):
    browser = sign_in(bob)
    board, rows = browser.get(BOARD)["Location"], browser.get("/admin/leads")["Location"]
    assert board.partition("?")[2] == rows.partition("?")[2]
    assert board.startswith(BOARD)


def test_with_several_pipelines_the_board_shows_one_and_offers_the_others(
    ann, make_lead, renewals, sales, sign_in
):
    talking = Status.objects.get(pipeline=renewals, name="Talking")
    ours, theirs = make_lead(), make_lead(status=talking)
    browser = sign_in(ann)
    page = browser.get(f"{BOARD}?vip=no").text
    assert ours.pk in cards(page)
    assert theirs.pk not in cards(page)
    other = unescape(
        re.search(r'href="(/admin/leads/board\?vip=no&amp;pipeline=\d+[^"]*)"\s*>\s*Renewals', page)[1]
    )
    assert columns(browser.get(other).text)[talking.pk] == [theirs.pk]
    # A status of a pipeline means that pipeline.
    assert talking.pk in columns(browser.get(f"{BOARD}?status={talking.pk}").text)


def test_leads_in_a_retired_status_stay_on_the_board_until_it_is_empty(ann, make_lead, make_status, sign_in):
    status = make_status("Old", kind="contacted")
    lead = make_lead(status=status)
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(retired=True)
    browser = sign_in(ann)
    assert columns(browser.get(f"{BOARD}?all=1").text)[status.pk] == [lead.pk]
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).delete()
    assert status.pk not in columns(browser.get(f"{BOARD}?all=1").text)


def test_only_cards_that_the_reader_may_change_can_be_moved(bob, make_lead, sign_in):
    own, colleagues = make_lead(owner=bob), make_lead(shared=True)
    page = sign_in(bob).get(f"{BOARD}?all=1").text
    assert {own.pk, colleagues.pk} == set(cards(page))
    assert re.findall(r'href="/admin/leads/board/(\d+)/move"', page) == [str(own.pk)]


def test_selected_cards_go_to_the_same_preview_as_selected_rows(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    form = re.search(
        r'<form class="list" method="post" action="([^"]+)"', browser.get(f"{BOARD}?vip=no").text
    )
    answer = browser.post(unescape(form[1]), {"record": lead.pk, "action": "vip"})
    assert "/bulk/" in answer["Location"]


def test_values_on_cards_are_escaped(ann, make_lead, sign_in):
    make_lead('<b>&"Ana', company="<script>x</script>", next_action="a < b", next_action_on="2026-01-02")
    page = sign_in(ann).get(f"{BOARD}?all=1").text
    assert "<script>x" not in page
    assert 'aria-label="Select &lt;b&gt;&amp;&quot;Ana"' in page
    assert 'aria-label="Move &lt;b&gt;&amp;&quot;Ana to…"' in page


def test_an_invalid_filter_is_ignored_with_a_message(ann, make_lead, sign_in):
    make_lead()
    answer = sign_in(ann).get(f"{BOARD}?status=x")
    assert answer.status_code == 400
    assert "This filter was ignored." in answer.text


def test_the_palette_finds_the_board(ann, sign_in):
    assert f'href="{BOARD}?all=1">Board: leads<' in sign_in(ann).get("/admin/jump?q=board").text


def test_opening_the_board_writes_nothing(ann, make_lead, sign_in):
    make_lead()
    before = Operation.objects.count()
    sign_in(ann).get(f"{BOARD}?all=1")
    assert Operation.objects.count() == before
