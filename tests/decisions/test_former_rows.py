"""Which rows a user saw as they were before some changes, by the rules about who sees what of today."""

from typing import Any

import pytest
from django.db.models import Q

from crm.api.v2.changes.changed_rows import ChangedRow
from crm.api.v2.changes.former_rows import (
    get_columns_of_statement,
    get_former_values,
    get_formerly_visible_ids,
)
from leads.models import Lead

Fields = dict[str, list[Any]]


def build(row: int, pk: int, fields: Fields, kind: str = "update") -> ChangedRow:
    return ChangedRow(pk, pk, row, "", kind, fields, "lead")


# The changes of rows: their ID, the row, its columns and the kind; and the former values by row.
VALUES: dict[str, tuple[list[tuple[int, int, Fields, str]], dict[int, dict[str, Any]]]] = {
    "no change": ([], {}),
    "one change": ([(1, 7, {"city": ["Cluj", "Arad"]}, "update")], {7: {"city": "Cluj"}}),
    "the first value of several": (
        [(1, 7, {"city": ["Cluj", "Arad"]}, "update"), (2, 7, {"city": ["Arad", "Iași"]}, "update")],
        {7: {"city": "Cluj"}},
    ),
    "in another order": (
        [(2, 7, {"city": ["Arad", "Iași"]}, "update"), (1, 7, {"city": ["Cluj", "Arad"]}, "update")],
        {7: {"city": "Cluj"}},
    ),
    "several columns": (
        [(1, 7, {"city": ["Cluj", "Arad"]}, "update"), (2, 7, {"vip": [True, False]}, "update")],
        {7: {"city": "Cluj", "vip": True}},
    ),
    "several rows": (
        [(1, 7, {"city": ["Cluj", "Arad"]}, "update"), (2, 8, {"city": [None, "Iași"]}, "update")],
        {7: {"city": "Cluj"}, 8: {"city": None}},
    ),
    "a row that was added": ([(1, 7, {}, "insert"), (2, 7, {"city": ["Cluj", "Arad"]}, "update")], {}),
    "a row that was added beside another one": (
        [(1, 7, {}, "insert"), (2, 8, {"city": ["Cluj", "Arad"]}, "update")], {8: {"city": "Cluj"}},
    ),
    "a row that was deleted": ([(1, 7, {"city": ["Cluj", None]}, "delete")], {7: {"city": "Cluj"}}),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "former"), VALUES.values(), ids=VALUES)
def test_what_rows_were_before(changes, former):
    rows = [build(row, pk, fields, kind) for pk, row, fields, kind in changes]
    assert get_former_values(iter(rows)) == former


@pytest.mark.django_db
def test_which_columns_decide():
    rows = Lead.objects.filter(Q(owner=7) | Q(department=8), deleted_at=None).order_by().values_list("pk")
    assert get_columns_of_statement(Lead, rows) == {"id", "owner_id", "department_id", "deleted_at"}
    assert get_columns_of_statement(Lead, Lead.objects.order_by().values_list("city")) == {"city"}


# What a lead is like, what it was like before, and whether Bob saw it then. "bob", "ben" and "export" become IDs.
SEEN: dict[str, tuple[dict[str, Any], Fields, bool]] = {
    "it was his": ({"owner": "ben"}, {"owner_id": ["bob", "ben"]}, True),
    "it was a colleague's": ({"owner": "bob"}, {"owner_id": ["ben", "bob"]}, False),
    "it was unassigned in his department": ({"owner": "ben"}, {"owner_id": [None, "ben"]}, True),
    "it was unassigned in another department": (
        {"owner": "bob"}, {"owner_id": [None, "bob"], "department_id": ["export", "sales"]}, False,
    ),
    "it is his still, and something else changed": ({"owner": "bob"}, {"city": ["Cluj", "Arad"]}, False),
    "it is a colleague's, and something else changed": ({"owner": "ben"}, {"city": ["Cluj", "Arad"]}, False),
    "it was in Trash": ({"owner": "bob"}, {"deleted_at": ["2026-01-05T00:00:00Z", None]}, False),
    "it was his, and is in Trash": (
        {"owner": "bob", "deleted_at": "2026-01-05T00:00Z"}, {"deleted_at": [None, "2026-01-05T00:00:00Z"]}, True,
    ),
    "it was a colleague's, and is in Trash": (
        {"owner": "ben", "deleted_at": "2026-01-05T00:00Z"}, {"deleted_at": [None, "2026-01-05T00:00:00Z"]}, False,
    ),
    "it was his in Trash": (
        {"owner": "ben"}, {"owner_id": ["bob", "ben"], "deleted_at": ["2026-01-05T00:00:00Z", None]}, False,
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "before", "seen"), SEEN.values(), ids=SEEN)
def test_which_lead_a_user_saw(values, before, seen, cast, departments, make_lead):
    owner = getattr(cast, values["owner"])
    lead, other = make_lead(**{**values, "owner": owner}), make_lead(owner=cast.bob)
    ids = {"bob": cast.bob.pk, "ben": cast.ben.pk}
    ids |= {"export": departments.export.pk, "sales": departments.sales.pk}
    fields = {
        name: [ids.get(value, value) if isinstance(value, str) else value for value in both]
        for name, both in before.items()
    }
    rows = [build(lead.pk, 1, fields), build(other.pk, 2, {"city": ["Cluj", "Arad"]})]
    assert get_formerly_visible_ids(Lead, cast.bob, rows) == ({lead.pk} if seen else set())
    assert get_formerly_visible_ids(Lead, cast.bob, []) == set()


@pytest.mark.django_db
def test_a_lead_that_was_deleted_permanently_is_read_from_its_old_values(cast, departments):
    def build_deleted(pk: int, owner: int) -> ChangedRow:
        values = {"owner_id": owner, "department_id": departments.sales.pk, "deleted_at": None}
        return build(pk, pk, {name: [value, None] for name, value in values.items()}, "delete")

    rows = [build_deleted(-1, cast.bob.pk), build_deleted(-2, cast.ben.pk)]
    assert get_formerly_visible_ids(Lead, cast.bob, rows) == {-1}
