"""Filters that only links set, such as that of a number in a report: lists have them, forms and rules don't."""

import pytest
from django.http import QueryDict

from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import parse_conditions
from leads.models import ScoreRule

pytestmark = pytest.mark.django_db

FIGURE = "figure=measure%3Dleads%26period%3Dall%26part%3Dleads"
QUERIES = [
    FIGURE,
    f"any.{FIGURE}&any.vip=yes",
    "had_activity=call",
    "had_activity=call&had_activity_not=on",
    "had_activity_not=on",
]
REFUSED = "A rule can’t use the filter of a number’s list."


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("page", ["score-conditions", "rule-conditions"])
def test_the_page_of_conditions_says_that_a_rule_cannot_have_it(page, query, sign_in, ada):
    answer = sign_in(ada).get(f"/admin/leads/{page}?{query}")
    assert answer.status_code == 200
    assert REFUSED in answer.text


@pytest.mark.parametrize("query", QUERIES)
def test_a_rule_with_it_is_refused_and_counts_nothing(query, sign_in, ada):
    assert parse_conditions(KINDS["lead"], QueryDict(query)).problem == REFUSED
    data = {"name": "Rule", "counts": "fact", "points": "10", "turned_on": "on", "conditions": query}
    assert sign_in(ada).post("/admin/scores/new", data).status_code == 422
    assert not ScoreRule.objects.exists()


def test_no_form_offers_it(sign_in, ada):
    text = sign_in(ada).get("/admin/leads/filter").text
    assert "figure" not in text
    assert "had_activity" not in text
