"""Which rows that a change deleted permanently come back with its undo."""

import pytest

from crm.models import Tag
from crm.records.history.undo.row_restoration import reinsert_removed_rows
from crm.records.history.verb_execution import operation
from customers.models import Contact, DealContact
from leads.models import Source
from tests.duplicates.conftest import make_deal

__all__ = ["make_deal"]
pytestmark = pytest.mark.django_db


def test_only_what_the_change_itself_deleted_comes_back(make_tag, ada):
    """Not what others deleted, what it changed or added, nor what an earlier undo has put in again."""
    mine, other, settled, edited = (make_tag(name).pk for name in ("Hot", "Cold", "Old", "Fair"))
    with operation("test", by=None) as record:
        Tag.objects.filter(pk__in=[mine, settled]).delete()
        Tag.objects.filter(pk=edited).update(name="Warm")
        added = Tag.objects.create(name="Added").pk
        Source.objects.create(name="Fair", position=9).delete()
    with operation("test", by=None):
        Tag.objects.filter(pk__in=[other, edited, added]).delete()
    with operation("undo", by=ada, undoes=record):
        assert reinsert_removed_rows(record, "tag", Tag, ada, [settled]) == ([mine], [])
    assert [*Tag.objects.values_list("pk", "name")] == [(mine, "Hot")]


@pytest.mark.parametrize(
    ("by", "back", "away"),
    [
        ("ada", ["own", "foreign"], ["without its contact"]),
        ("bob", ["own"], ["foreign", "without its contact"]),
    ],
)
def test_a_row_comes_back_if_the_user_may_change_it_and_its_records_are_there(
    by, back, away, cast, departments, make_contact, make_deal
):
    deals = {
        "own": make_deal(owner=cast.bob),
        "foreign": make_deal("Foreign", owner=cast.dan, department=departments.export),
        "without its contact": make_deal("Alone", owner=cast.bob),
    }
    people = {name: make_contact(owner=cast.bob) for name in deals}
    with operation("test", by=None):
        rows = {
            name: DealContact.objects.create(deal=deal, contact=people[name]) for name, deal in deals.items()
        }
        gone = rows["without its contact"].contact_id
    with operation("test", by=None) as record:
        DealContact.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    with operation("test", by=None):
        Contact.objects.filter(pk=gone).delete()
    user = getattr(cast, by)
    with operation("undo", by=user, undoes=record):
        put_in, left = reinsert_removed_rows(record, "deal_contact", DealContact, user, [])
    assert sorted(put_in) == sorted(rows[name].pk for name in back)
    assert sorted(left) == sorted(rows[name].pk for name in away)
    assert DealContact.objects.count() == len(back)
