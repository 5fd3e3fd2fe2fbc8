"""Statements of searches that are compiled once for all texts: each search finds its own leads."""

from django.db.models import OuterRef, Q
from django.http import QueryDict

from crm.records.listing.record_list import RecordList
from crm.records.listing.search import search
from crm.records.paging import compiled_statements
from crm.records.paging.compiled_statements import HoldsText, SearchedText, compile_once
from leads.kind import LEAD
from leads.models import Lead, LeadSearch


def page_of(user, query: str, size: int):
    return RecordList(LEAD, QueryDict(query), user).get_page(size)


def test_a_search_for_another_text_takes_the_kept_statement_and_finds_its_own_leads(
    ada, bob, make_lead, monkeypatch
):
    monkeypatch.setattr(search, "MOST_LOOKED_UP_RECORDS", 4)
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 8)
    ana = [make_lead(f"Ana {number}", owner=bob, company="Sibiu Steel").pk for number in range(3)]
    zoe = [make_lead(f"Zoe {number}", owner=bob, company="Cluj Steel").pk for number in range(2)]
    for user in (ada, bob):
        compiled_statements.forget_compiled_statements()
        assert page_of(user, "q=ana+sibiu", 9).ids == ana[::-1]
        kept = len(compiled_statements._kept)
        assert kept
        assert page_of(user, "q=zoe+cluj", 9).ids == zoe[::-1]
        assert page_of(user, "q=zoe+sibiu", 9).ids == []
        assert page_of(user, "q=ana+sibiu", 9).ids == ana[::-1]
        assert len(compiled_statements._kept) == kept


def test_two_texts_in_one_query_are_not_taken_for_one(db):
    def holding(text: str) -> Q:
        rows = LeadSearch.objects.filter(record=OuterRef("pk"), words__hold=SearchedText(text))
        return Q(HoldsText(rows, SearchedText(text)))

    built = []

    @compile_once
    def building(rows):
        built.append(rows)
        return rows.query.sql_with_params()

    both = Lead.objects.order_by().filter(holding("ana"), holding("sibiu"))
    for _again in range(2):
        _sql, parameters = building(both)
        assert [value for value in parameters if isinstance(value, str)] == ["ana", "sibiu"]
    assert len(built) == 2
