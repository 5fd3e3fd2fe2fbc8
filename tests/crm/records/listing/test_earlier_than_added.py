"""Filters by times that seldom are before a lead was added: a list begins where leads may match, and misses none."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.models import Lead
from tests.crm.records.listing.pages import listing, walk

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUERIES = [
    "last_contacted_at.before=2026-03-05",
    "last_contacted_at.between=2026-02-01..2026-03-04",
    "first_contacted_at.before=2026-03-03",
    "converted_at.before=2026-03-06&last_contacted_at.before=2026-03-04",
    "last_contacted_at.before=2026-03-05&status=2",
    "last_contacted_at.before=2026-03-05&owner=me",
    "any.last_contacted_at.before=2026-03-03&any.country=RO",
]


@pytest.fixture
def contacted(cast, make_lead, departments):
    """Leads of ten days, contacted later, earlier, at once or never, in each scope."""
    owners = [(cast.bob, departments.sales), (cast.ann, departments.sales), (None, departments.sales)]
    owners += [(cast.dan, departments.export), (None, departments.export)]
    for number in range(40):
        owner, department = owners[number % 5]
        added = START + timedelta(days=number % 10)
        away = [timedelta(2), timedelta(-4), timedelta(0), None, timedelta(-30)][number // 5 % 5]
        contact = added + away if away is not None else None
        make_lead(
            f"Lead {number}",
            owner=owner,
            department=department,
            created_at=added,
            first_contacted_at=contact,
            last_contacted_at=contact,
            converted_at=contact if number % 2 else None,
            shared=number % 7 == 0,
            country="RO" if number % 3 else "DE",
        )


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_has_all_leads_that_match_in_order(query, cast, contacted):
    for user in (cast.ada, cast.ann, cast.bob, cast.dan):
        rows = listing(user, query).visible.order_by("-created_at", "-id")
        expected = list(rows.values_list("pk", flat=True))
        assert walk(user, query) == expected, user
        assert walk(user, f"{query}&sort=created_at") == expected[::-1], user


def test_some_of_them_were_contacted_before_they_were_added(cast, contacted):
    found = walk(cast.ada, QUERIES[0])
    added = dict(Lead.objects.filter(pk__in=found).values_list("pk", "created_at"))
    late = [pk for pk, moment in added.items() if moment > datetime(2026, 3, 5, tzinfo=UTC)]
    assert 0 < len(late) < len(found)


def test_only_the_earliest_end_of_all_filters_counts(cast):
    both = "last_contacted_at.before=2026-03-05&first_contacted_at.before=2026-03-03"
    assert (
        listing(cast.ada, both).filters.get_latest_moment()
        < listing(cast.ada, QUERIES[0]).filters.get_latest_moment()
    )


@pytest.mark.parametrize(
    "query", ["last_contacted_at.after=2026-03-05", "updated_at.before=2026-03-05", "vip=yes", ""]
)
def test_other_filters_have_no_such_end(query, cast):
    assert listing(cast.ada, query).filters.get_latest_moment() is None
