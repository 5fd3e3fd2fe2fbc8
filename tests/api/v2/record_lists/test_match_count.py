"""API v2: records are counted as the page of the list counts them."""

import re

import pytest

from crm.models import SavedView
from crm.records.listing import record_list

pytestmark = pytest.mark.django_db

COUNT = "/api/v2/leads/count"


@pytest.fixture
def leads(make_lead, ann, carla):
    for number in range(5):
        make_lead(f"Ana {number}", owner=ann, vip=number < 2)
    make_lead("Foreign", owner=carla, department=carla.departments.get())


# The parameters of page and call, and how many leads there are then.
COUNTED = {"": 5, "vip=yes": 2, "q=ana": 5, "q=ana+3": 1, "vip=yes&q=ana+3": 0, "any.vip=yes": 2}


@pytest.mark.parametrize("query", COUNTED)
def test_a_call_counts_what_the_page_counts(query, leads, ann, umbra, sign_in):
    found = umbra(ann).get(f"{COUNT}?{query}")
    assert found == {"count": COUNTED[query], "more": False}
    page = sign_in(ann).get(f"/admin/leads/count?{query}", headers={"HX-Request": "true"}).text
    assert int(re.search(r"(\d+) leads?|No leads", page)[1] or 0) == COUNTED[query]


def test_above_a_limit_the_number_is_counted_only_if_it_is_asked_for(leads, ann, umbra, monkeypatch):
    monkeypatch.setattr(record_list, "COUNT_AT_FIRST", 3)
    program = umbra(ann)
    assert program.get(COUNT) == {"count": 3, "more": True}
    assert program.get(f"{COUNT}?exact=no") == {"count": 3, "more": True}
    assert program.get(f"{COUNT}?exact=yes") == {"count": 5, "more": False}


def test_a_saved_view_is_counted(leads, ann, umbra):
    view = SavedView.objects.create(table="lead", owner=ann, name="VIP", query="vip=yes&sort=-created_at")
    assert umbra(ann).get(f"{COUNT}?view={view.pk}")["count"] == 2


@pytest.mark.parametrize(
    "query", ["exact=1", "exact=", "sort=id", "limit=5", "after=x", "vipp=yes", "vip=perhaps", "view=999999"]
)
def test_a_count_of_something_else_than_asked_is_refused(query, leads, ann, umbra):
    umbra(ann).get(f"{COUNT}?{query}", expect=422)


def test_counting_takes_the_rights_of_the_list(leads, ann, umbra):
    umbra(ann, ["leads.post"]).get(COUNT, expect=403)
    umbra(ann, ["leads.get"]).get(f"{COUNT}?q=ana", expect=403)
    assert umbra(ann, ["leads.get", "leads.search"]).get(f"{COUNT}?q=ana")["count"] == 5


def test_a_count_that_takes_too_long_is_stopped_as_on_the_page(leads, ann, umbra, monkeypatch):
    given = {}
    monkeypatch.setattr(
        "crm.api.v2.record_lists.match_count.set_transaction_limits", lambda **limits: given.update(limits)
    )
    umbra(ann).get(COUNT)
    assert given == {"statement": 2_000, "read_only": True}
