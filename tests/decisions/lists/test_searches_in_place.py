"""The same list with another search, all records with it, another spelling, and the record with a number."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict

from crm.models import SavedView
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing import tabs
from crm.records.listing.record_list import RecordList
from crm.records.listing.search import search_results
from crm.records.listing.search.search_results import (
    _build_query_with_search,
    build_search_elsewhere_context,
    find_record_url_by_number,
    get_matches_everywhere,
)

# The query of a list, another search, and the query with it.
QUERIES = {
    "another search": ("q=anna&city=Cluj", "ana", "city=Cluj&q=ana"),
    "no search": ("q=anna&city=Cluj", "", "city=Cluj"),
    "no search, and nothing else": ("q=anna", "", "all=1"),
    "the best matches of another search are all of them": ("q=anna&ranked=1&city=Cluj", "ana", "city=Cluj&q=ana"),
    "a list without a search": ("city=Cluj", "ana", "city=Cluj&q=ana"),
    "all records": ("", "", "all=1"),
    "all records with a search": ("", "ana", "q=ana"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "text", "found"), QUERIES.values(), ids=QUERIES)
def test_the_query_of_a_list_with_another_search(query, text, found):
    assert _build_query_with_search(SimpleNamespace(query=query), text) == found


# What was typed, of {lead} which Bob sees, {hidden} which he doesn't, and {both}: a lead that he doesn't see, and a contact
# that he sees; and the page that opens.
NUMBERS = {
    "a number": ("#{lead}", "/admin/leads/{lead}"),
    "with spaces": (" #{lead} ", "/admin/leads/{lead}"),
    "a record out of reach": ("#{hidden}", ""),
    "a record of the second type": ("#{both}", "/admin/contacts/{both}"),
    "no record": ("#999999", ""),
    "zero": ("#0", ""),
    "a name": ("Ana", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "page"), NUMBERS.values(), ids=NUMBERS)
def test_a_typed_number_opens_its_record(text, page, bob, dan, departments, make_lead, make_contact):
    numbers = {"lead": make_lead("Ana", owner=bob).pk}
    for name in ("hidden", "both"):
        numbers[name] = make_lead(owner=dan, department=departments.export).pk
    make_contact(id=numbers["both"], owner=bob)
    kinds = [KINDS["lead"], KINDS["contact"]]
    assert find_record_url_by_number(kinds, text.format_map(numbers), bob) == page.format_map(numbers)


# A list, and how many leads its search finds without the filters.
EVERYWHERE = {
    "a search under a filter": ("q=ana&city.is=Arad", 2, "2"),
    "one that finds more than are counted": ("q=ana&city.is=Arad", 2, "1+"),
    "a search under a filter that finds nothing": ("q=eva&city.is=Arad", 0, "0"),
    "a search without filters": ("q=ana", 0, None),
    "filters without a search": ("city.is=Arad", 0, None),
}


@pytest.mark.parametrize(("query", "number", "counted"), EVERYWHERE.values(), ids=EVERYWHERE)
def test_how_many_records_a_search_finds_without_the_filters(
    query, number, counted, ada, make_lead, monkeypatch
):
    if counted == "1+":
        monkeypatch.setattr(tabs, "COUNT_LIMIT", 1)
        monkeypatch.setattr(search_results, "COUNT_LIMIT", 1)
    for city in ("Cluj", "Arad"):
        make_lead("Ana", city=city)
    found = get_matches_everywhere(RecordList(KINDS["lead"], QueryDict(query), ada))
    words = {} if counted is None else {"counted": counted, "everywhere": f"all=1&q={query[2:5]}"}
    assert found == {"elsewhere": number, **words}


# A list that finds nothing, what it says of another spelling, and whether a record is asked for by its number. Zamfir is in Arad.
SPELLINGS = {
    "in the list": ("q=zamfiir&city.is=Arad", "city.is=Arad&q=zamfir&view=7", False),
    "outside of the list": ("q=zamfiir&city.is=Cluj", "all=1&q=zamfir", False),
    "nothing like it": ("q=xyzzy&city.is=Cluj", "", False),
    "a number": ("q=%23999999&city.is=Cluj", "", True),
}


@pytest.mark.parametrize(("query", "meant", "numbered"), SPELLINGS.values(), ids=SPELLINGS)
def test_another_spelling_stays_in_the_list_that_has_it(query, meant, numbered, ada, make_lead):
    make_lead("Ilie Zamfir", city="Arad")
    listing = RecordList(KINDS["lead"], QueryDict(query), ada)
    found = build_search_elsewhere_context(listing, SavedView(pk=7))
    assert (found["meant_query"], found["number_asked"]) == (meant, numbered)


def test_a_list_without_a_search_says_nothing_of_another_one(ada):
    listing = RecordList(KINDS["lead"], QueryDict("city.is=Arad"), ada)
    assert build_search_elsewhere_context(listing, None) == {}
