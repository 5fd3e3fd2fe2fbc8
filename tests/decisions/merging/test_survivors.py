"""Where a merged record leads: the record that it was merged into at last, as far as the user sees that one."""

from collections.abc import Sequence
from typing import Any

import pytest

from crm.models import MergedRecord
from crm.records.history.merged_records import (
    MergedRecordFound,
    find_merged_records,
    find_present_survivor,
    find_present_survivors,
    get_survivor,
    get_survivors,
    get_visible_survivor,
    raise_if_merged,
)
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

pytestmark = pytest.mark.django_db

LEAD = KINDS["lead"]


def write(*pairs: tuple[int, int], table: str = "lead") -> None:
    with operation("test", by=None):
        MergedRecord.objects.bulk_create(
            MergedRecord(table=table, record=one, into=other) for one, other in pairs
        )


# Which record was merged into which one, which ones are asked about, and where they lead.
WAYS: dict[str, tuple[Sequence[tuple[int, int]], Sequence[int], dict[int, int]]] = {
    "none was merged": ([], [1], {}),
    "none is asked about": ([(1, 2)], [], {}),
    "once": ([(1, 2)], [1], {1: 2}),
    "the kept record": ([(1, 2)], [2], {}),
    "twice": ([(1, 2), (2, 3)], [1, 2], {1: 3, 2: 3}),
    "three times": ([(3, 4), (2, 3), (1, 2)], [1], {1: 4}),
    "several into one": ([(1, 3), (2, 3)], [1, 2, 3], {1: 3, 2: 3}),
    "another record": ([(1, 2)], [7], {}),
    "one of several": ([(1, 2), (4, 5)], [4, 7], {4: 5}),
    "in a circle": ([(1, 2), (2, 1)], [1, 2], {}),
    "a number that no record has": ([(1, 2)], [2**63, 1, -(2**63)], {1: 2}),
    "the largest number": ([(2**63 - 1, 2)], [2**63 - 1], {2**63 - 1: 2}),
}


@pytest.mark.parametrize(("pairs", "asked", "found"), WAYS.values(), ids=WAYS)
def test_where_merged_records_lead(pairs, asked, found):
    write(*pairs)
    write((1, 9), (2, 9), (3, 9), (7, 9), (9, 10), table="contact")
    assert get_survivors("lead", list(asked)) == found
    for pk in asked:
        assert get_survivor("lead", pk) == found.get(pk)


# Who asks, what is so of the kept record, whether they see it, and whether a program does, which sees none in Trash.
KEPT: dict[str, tuple[str, dict[str, Any], bool, bool]] = {
    "its owner": ("bob", {}, True, True),
    "the manager of its owner": ("ann", {}, True, True),
    "a colleague who doesn't see it": ("ben", {}, False, False),
    "its owner, and it is in Trash": ("bob", {"deleted_at": "2026-01-05T00:00Z"}, True, False),
    "a colleague, and it is in Trash": ("ben", {"deleted_at": "2026-01-05T00:00Z"}, False, False),
}


@pytest.mark.parametrize(("name", "values", "sees", "finds"), KEPT.values(), ids=KEPT)
def test_who_finds_the_kept_record(name, values, sees, finds, cast, make_lead):
    user, bob = getattr(cast, name), cast.bob
    other, kept, merged = (make_lead(one, owner=bob) for one in ("Eva Pop", "Ana Pop", "Ion Pop"))
    write((merged.pk, kept.pk))
    with operation("test", by=None):
        Lead.objects.filter(pk=merged.pk).update(deleted_at="2026-01-05T00:00Z")
        Lead.objects.filter(pk=kept.pk).update(**values)
    assert get_visible_survivor(LEAD, user, merged.pk) == (kept if sees else None)
    assert find_present_survivor(LEAD, user, merged.pk) == (kept.pk if finds else None)
    rows = Lead.objects.present().visible_to(user)
    assert find_present_survivors(LEAD, rows, [other.pk, merged.pk]) == (
        {merged.pk: kept.pk} if finds else {}
    )
    assert find_merged_records(LEAD, user, [other.pk, merged.pk]) == ([(merged.pk, kept)] if sees else [])
    # Those that weren't merged lead nowhere.
    assert get_visible_survivor(LEAD, user, other.pk) is None
    assert find_present_survivor(LEAD, user, other.pk) is None
    assert find_present_survivors(LEAD, rows, [other.pk]) == {}
    assert find_merged_records(LEAD, user, []) == find_merged_records(LEAD, user, [other.pk]) == []
    raise_if_merged(LEAD, user, other.pk, other)
    if not sees:
        raise_if_merged(LEAD, user, merged.pk)
        return
    with pytest.raises(MergedRecordFound) as found:
        raise_if_merged(LEAD, user, merged.pk)
    assert found.value.record == kept


def test_several_merged_records_keep_the_order_in_which_they_were_asked(cast, make_lead):
    mine, hidden = make_lead("Ana Pop", owner=cast.bob), make_lead("Ben Pop", owner=cast.ben)
    write((-1, mine.pk), (-2, hidden.pk), (-3, mine.pk))
    assert find_merged_records(LEAD, cast.bob, [-3, -2, -1]) == [(-3, mine), (-1, mine)]
    assert find_present_survivors(LEAD, Lead.objects.visible_to(cast.bob), [-1, -2, -3]) == {
        -1: mine.pk,
        -3: mine.pk,
    }
    # Those in other rows aren't among them, although the user sees them.
    rows = Lead.objects.exclude(pk=mine.pk)
    assert find_present_survivors(LEAD, rows, [-1, -2, -3]) == {-2: hidden.pk}


# The name of the merged record, or None if the user doesn't see it, and what it is called.
NAMES = {
    "another name": ("Ion Pop", "Ion Pop"),
    "the name of the kept record": ("Ana Pop", "Lead #7"),
    "a name that the user doesn't see": (None, "Lead #7"),
}


@pytest.mark.parametrize(("name", "called"), NAMES.values(), ids=NAMES)
def test_what_a_merged_record_is_called(name, called, bob, make_lead, lead_of):
    kept = make_lead("Ana Pop", owner=bob)
    write((7, kept.pk))
    with pytest.raises(MergedRecordFound) as found:
        raise_if_merged(LEAD, bob, 7, lead_of(name) if name else None)
    assert (found.value.name, found.value.record) == (called, kept)
    assert found.value.sentence == f"{called} was merged into Ana Pop."
    assert (
        found.value.text
        == f"{found.value.sentence} Nothing was changed. Open the other record and try again there."
    )
