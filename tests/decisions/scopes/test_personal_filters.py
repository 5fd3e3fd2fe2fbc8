"""Which filters of a list show other records to each user who opens it."""

import pytest
from django.http import QueryDict

from crm.records.listing.personal_filters import get_personal_filters, is_personal
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
