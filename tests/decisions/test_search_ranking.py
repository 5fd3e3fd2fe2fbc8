"""In which order a search lists what it finds, and what it says when it finds nothing in the open list."""

import pytest
from django.http import QueryDict

from crm.records.listing.record_list import RecordList
from crm.records.listing.search.search_results import build_search_elsewhere_context, get_best_matches
from crm.records.listing.tabs import build_list_tabs, get_open_tab_label
from leads.kind import LEAD, MINE

# From the oldest to the newest: without a rank, the last one would be first.
LEADS = {
    "Anca Ungureanu": {},
    "Ana-Maria Pop": {},
    "Țepeș Ana": {},
    "Anca Popescu": {"company": "Ungureanu Trans"},
    "Ioana Ban": {"company": "Anatol"},
    "Anamaria Rusu": {},
}
RANKS = {
    "both words start words of the name": ("anca ungur", ["Anca Ungureanu", "Anca Popescu"]),
    "in any order": ("ungur anca", ["Anca Ungureanu", "Anca Popescu"]),
    "whole words first, then starts of words, then the rest": (
        "ana", ["Țepeș Ana", "Ana-Maria Pop", "Anamaria Rusu", "Ioana Ban"],
    ),
    "a part of a hyphenated name is a word": ("maria", ["Ana-Maria Pop", "Anamaria Rusu"]),
    "without marks": ("tepes", ["Țepeș Ana"]),
    "signs of patterns are no patterns": ("ana.* (", ["Țepeș Ana", "Ana-Maria Pop", "Anamaria Rusu", "Ioana Ban"]),
}  # fmt: skip


@pytest.fixture
def leads(bob, make_lead):
    return {name: make_lead(name, owner=bob, **values) for name, values in LEADS.items()}


@pytest.mark.parametrize(("text", "names"), RANKS.values(), ids=RANKS)
def test_the_order_of_matches(text, names, leads, bob):
    assert [str(lead) for lead in get_best_matches(LEAD, text, bob, 10)] == names


def test_the_number_comes_before_words_that_contain_it(bob, make_lead):
    lead = make_lead("Old One", owner=bob)
    make_lead("New One", owner=bob, company=f"Street {lead.pk}")
    assert [str(found) for found in get_best_matches(LEAD, str(lead.pk), bob, 10)] == ["Old One", "New One"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_and_neighbours_follow_the_same_order(size, leads, bob):
    order, after = [], ""
    while True:
        listing = RecordList(LEAD, QueryDict(f"q=ana&ranked=1&sort=owner&after={after}"), bob)
        page = listing.get_page(size)
        order += page.ids
        after = page.next
        if not after:
            break
    names = {lead.pk: name for name, lead in leads.items()}
    assert [names[pk] for pk in order] == RANKS["whole words first, then starts of words, then the rest"][1]
    assert listing.find_neighbors(order[1]) == (order[0], order[2])


def test_a_chosen_order_goes_before_the_match(leads, bob):
    listing = RecordList(
        LEAD, QueryDict(RecordList(LEAD, QueryDict("q=ana&ranked=1"), bob).with_sort("name")), bob
    )
    assert not listing.is_sorted_by_match
    assert listing.get_page(1).ids == [leads["Ana-Maria Pop"].pk]


# Bob searches; "Ben" has a lead with this name too.
MATCHES = {
    "everywhere: in the tab, nothing; in all, one": (f"{MINE}&q=zamfir", "My open leads", 1, ""),
    "in an order of one's own, still in the tab": (f"{MINE}&q=zamfir&sort=-name", "My open leads", 1, ""),
    "with filters of one's own": ("country=RO&q=zamfir", "", 1, ""),
    "without filters there is nowhere else": ("q=zamfiir", "", 0, "zamfir"),
    "a spelling under filters": (f"{MINE}&q=zamfiir", "My open leads", 0, "zamfir"),
    "a spelling for one of two words": (f"{MINE}&q=zamfiir ilie", "My open leads", 0, "zamfir ilie"),
    "found nowhere, and nothing like it": (f"{MINE}&q=xyzzy", "My open leads", 0, ""),
}


@pytest.mark.parametrize(("query", "place", "elsewhere", "meant"), MATCHES.values(), ids=MATCHES)
def test_a_search_without_matches_says_where_there_are_some(query, place, elsewhere, meant, bob, make_lead):
    make_lead("Ilie Zamfir", shared=True)
    listing = RecordList(LEAD, QueryDict(query), bob)
    found = build_search_elsewhere_context(listing, None)
    assert (found["elsewhere"], found["meant"]) == (elsewhere, meant)
    assert get_open_tab_label(build_list_tabs(listing, in_view=False)) == place
    # The way out leads to a list with matches.
    way = found["everywhere"] if elsewhere else found["meant_query"]
    assert bool(way and RecordList(LEAD, QueryDict(way), bob).get_page(5).ids) == bool(elsewhere or meant)
