"""Which filters of a list show other records to each user who opens it."""

import pytest
from django.http import QueryDict

from crm.records.listing.personal_filters import get_personal_filters, get_personal_reason, is_personal
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD

CASES = {
    "no filter": ("", []),
    "owner: me": ("owner=me", ["Owner"]),
    "owner: my department": ("owner=team", ["Owner"]),
    "owner: me or a colleague": ("owner={bob}&owner=me", ["Owner"]),
    "every owner but me": ("owner=me&owner_not=on", ["Owner"]),
    "owner: a colleague": ("owner={bob}", []),
    "unassigned": ("owner=none", []),
    "among alternatives": ("country=RO&any.owner=me&any.vip=yes", ["Owner"]),
    "twice": ("owner=me&any.owner=me&any.vip=yes", ["Owner"]),
    "two fields": ("owner=me&created_by=me", ["Owner", "Added by"]),
    "a search for the word": ("q=me", []),
    "a city of this name": ("city.is=me", []),
    "an order": ("sort=owner", []),
    "a field for users": ("{field}=me", ["Buddy"]),
}


@pytest.mark.parametrize(("query", "labels"), CASES.values(), ids=CASES.keys())
def test_which_filters_differ_by_user(query, labels, ada, bob, make_field):
    field = make_field("Buddy", "user")
    query = query.format(bob=bob.pk, field=field.name)
    found = get_personal_filters(RecordList(LEAD, QueryDict(query), ada).filters)
    assert sorted(found) == sorted(labels)
    assert is_personal(LEAD, query, ada) is bool(labels)


OF_READER = (
    "The records differ by user, because “me” and “my department” in {} are those of the user who opens it."
)
REASONS = {
    "every user sees the same": ("city.is=Cluj", ""),
    "one field": ("owner=me", OF_READER.format("“Owner”")),
    "two fields": ("owner=me&created_by=me", OF_READER.format("“Owner” and “Added by”")),
}


@pytest.mark.parametrize(("query", "reason"), REASONS.values(), ids=REASONS)
def test_why_a_list_differs_by_user(query, reason, ada):
    assert get_personal_reason(RecordList(LEAD, QueryDict(query), ada)) == reason
