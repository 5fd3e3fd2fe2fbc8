"""The same list with another search: everything else of its query stays."""

from types import SimpleNamespace

import pytest

from crm.records.listing.search.search_results import _build_query_with_search

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
