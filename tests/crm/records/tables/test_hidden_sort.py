"""A list that is sorted by a column that isn't shown says so."""

import pytest
from django.http import QueryDict

from crm.models import ListSettings
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from crm.records.tables.hidden_sort import get_hidden_sort

pytestmark = pytest.mark.django_db

# The query of the list, and what it says when the name and the date added are shown.
SENTENCES = {
    "the usual order": ("", None),
    "a shown column": ("sort=name", None),
    "a hidden column": ("sort=score", ("Score", False)),
    "a hidden column, descending": ("sort=-score&country=RO", ("Score", True)),
    "an unknown order is the usual one": ("sort=unknown", None),
}


@pytest.mark.parametrize("case", SENTENCES, ids=str)
def test_the_order_by_a_hidden_column_is_named(case, ada):
    query, expected = SENTENCES[case]
    found = get_hidden_sort(RecordList(KINDS["lead"], QueryDict(query), ada), ["name", "created_at"])
    assert (found and (found.label, found.is_descending)) == expected


def test_the_usual_order_is_named_if_its_column_is_not_shown_either(ada):
    assert get_hidden_sort(RecordList(KINDS["lead"], QueryDict(""), ada), ["name"]) is None


@pytest.mark.parametrize("table", ["lead", "company", "contact", "deal", "request"])
def test_each_order_of_each_record_type_has_a_name(table, ada):
    kind = KINDS[table]
    for name in kind.sorts.get_names(ada):
        found = get_hidden_sort(RecordList(kind, QueryDict(f"sort={name}"), ada), [])
        assert found is None or found.label, name


def test_the_list_says_it_and_leads_back_to_the_usual_order(sign_in, ada, make_lead, make_field):
    make_lead(country="RO")
    grade, browser = make_field("Grade", "number"), sign_in(ada)
    ListSettings.objects.create(user=ada, columns={"lead": ["name", "country"]})
    page = browser.get(f"/admin/leads?country=RO&sort=-{grade.name}")
    assert "Sorted by a column that isn’t shown: Grade, descending." in page.text
    assert 'href="/admin/leads?country=RO&amp;sort=-created_at"' in page.text
    assert "Sorted by a column" not in browser.get("/admin/leads?sort=-country").text
    assert "Sorted by a column" not in browser.get("/admin/leads/trash?sort=-score").text
