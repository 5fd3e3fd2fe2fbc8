"""Which saved views use a value that is about to be deleted or merged."""

import pytest

from crm.models import SavedView
from crm.records.listing.saved_view_replacement import get_views_using_value

# The query of a view, and whether it uses the status with the number 3.
QUERIES = {
    "the status alone": ("status=3", True),
    "beside another one": ("status=4&status=3", True),
    "among alternatives": ("any.status=3&any.country=RO", True),
    "a status whose number begins the same": ("status=31", False),
    "the same number in another field": ("source=3", False),
    "another status": ("status=4", False),
    "a query that is written in another way": ("q=ana+albu&sort=-name", False),
    "no query": ("", False),
}


@pytest.mark.parametrize(("query", "used"), QUERIES.values(), ids=QUERIES)
def test_whether_a_view_uses_a_value(query, used, ann):
    view = SavedView.objects.create(table="lead", owner=ann, name="Mine", query=query)
    assert get_views_using_value("status", 3) == ([view] if used else [])


def test_the_views_come_in_their_order(ann):
    second, _other, first = (
        SavedView.objects.create(table="lead", owner=ann, name=f"{place}", query=query, position=place)
        for place, query in ((2, "status=3"), (3, "status=4"), (1, "any.status=3"))
    )
    assert get_views_using_value("status", 3) == [first, second]
