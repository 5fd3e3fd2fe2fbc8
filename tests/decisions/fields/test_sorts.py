"""The parts of a list in the order of a sort: what comes first, what comes last, and what of it an index has."""

from datetime import UTC, datetime

import pytest
from django.db.models import Q

from crm.fields.sort_segments import (
    NEWEST_FIRST,
    ColumnSort,
    PageRow,
    PartsSort,
    Segment,
    Slice,
    ValueSort,
    merge_rows_in_order,
)

EMPTY, VIP, HOT = Q(city=""), Q(vip=True), Q(hot=True)
UP, DOWN = ("city", "id"), ("-city", "-id")
OTHERS = ~VIP
# The sort, and its parts in both directions: the name, what it finds, its order, and whether the index has only these rows.
LAST = ("empty", EMPTY, NEWEST_FIRST, False)
VALUES = (("1", Q(status_id=1), NEWEST_FIRST, True), ("2", Q(status_id=2), NEWEST_FIRST, True))
PARTS = (
    ("vip", VIP, NEWEST_FIRST, True),
    ("hot", HOT, NEWEST_FIRST, False),
    ("rest", OTHERS, NEWEST_FIRST, False),
)
SORTS = {
    "a column": (ColumnSort("city"), [("all", Q(), UP, True)], [("all", Q(), DOWN, True)]),
    "a column that may be empty": (
        ColumnSort("city", empty=EMPTY),
        [("filled", ~EMPTY, UP, True), LAST],
        [("filled", ~EMPTY, DOWN, True), LAST],
    ),
    "parts": (
        PartsSort((("vip", VIP), ("hot", HOT), ("rest", OTHERS)), indexed=("vip",)), [*PARTS], [*PARTS[::-1]],
    ),
    "two parts": (
        PartsSort((("vip", VIP), ("rest", OTHERS)), indexed=("vip",)), [PARTS[0], PARTS[2]], [PARTS[2], PARTS[0]],
    ),
    "values": (ValueSort("status_id", (1, 2)), [*VALUES], [*VALUES[::-1]]),
    "values of which there may be none": (
        ValueSort("status_id", (1, 2), empty=EMPTY), [*VALUES, LAST], [*VALUES[::-1], LAST],
    ),
    "no values yet": (ValueSort("status_id", (), empty=EMPTY), [LAST], [LAST]),
}  # fmt: skip


@pytest.mark.parametrize(("sort", "up", "down"), SORTS.values(), ids=SORTS)
def test_the_parts_of_a_list(sort, up, down):
    for descending, expected in ((False, up), (True, down)):
        parts = sort.build_segments(descending=descending)
        assert [(part.name, part.condition, part.order, part.indexed) for part in parts] == expected


def test_what_a_value_is_is_known_without_its_condition():
    (part,) = ValueSort("status_id", (7,), order=("id", "id"), beside="c1").build_segments(descending=False)
    assert (part.column, part.value, part.order, part.beside) == ("status_id", 7, ("id", "id"), "c1")


def test_a_gap_and_an_index_of_a_custom_field_are_passed_on():
    (part,) = ColumnSort("id", gap=5).build_segments(descending=False)
    assert part.gap == 5
    filled, empty = ColumnSort("c1", empty=EMPTY, beside="c1").build_segments(descending=True)
    assert (filled.beside, empty.beside) == ("c1", "")


def test_a_part_can_be_walked_in_the_other_direction():
    part = Segment("all", Q(), UP).build_reversed()
    assert (part.order, part.columns, part.descending) == (DOWN, ["city", "id"], True)
    assert (part.build_reversed().order, part.build_reversed().descending) == (UP, False)


def test_what_the_index_has_is_not_asked_again():
    indexed, other = Segment("vip", VIP, UP), Segment("rest", OTHERS, UP, indexed=False)
    assert (indexed.index_condition, indexed.other_condition) == (VIP, Q())
    assert (other.index_condition, other.other_condition) == (Q(), OTHERS)


def test_a_walk_goes_around_a_gap():
    assert Segment("all", Q(), DOWN).side_conditions == [Q()]
    assert Segment("all", Q(), DOWN, gap=5).side_conditions == [Q(city__gt=5), Q(city__lt=5)]


# Whether an index gives only rows of a slice, and the whole of its condition.
SLICES = {
    "everything": (Slice(Q()), False, Q()),
    "some departments": (Slice(Q(), "department_id", (1, 2)), False, Q(department_id__in=(1, 2))),
    "a condition": (Slice(VIP), False, VIP),
    "a condition in some departments": (Slice(VIP, "department_id", (1,)), False, Q(department_id__in=(1,)) & VIP),
    "an owner beside a condition": (Slice(VIP, beside=HOT), False, HOT & VIP),
    "with an index": (Slice(Q()).with_index(HOT), True, Q()),
    "with an index, and another condition": (Slice(VIP).with_index(HOT), False, VIP),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "answered", "condition"), SLICES.values(), ids=SLICES)
def test_what_a_slice_asks(rows, answered, condition):
    assert (rows.is_answered_by_index, rows.whole_condition) == (answered, condition)


LATEST = datetime(2026, 5, 1, tzinfo=UTC)
UNTIL, LATER = Q(created_at__lte=LATEST), Q(id__gt=7) & Q(created_at__gt=LATEST)
OF_SALES = Q(department_id__in=(1,))
# Of each of two slices: the whole condition, and what its index has. In the second one are few records.
SPLIT = {
    "of everyone": (Slice(VIP), (VIP, HOT & UNTIL), (LATER & VIP, HOT)),
    "of an owner": (Slice(VIP, beside=EMPTY), (EMPTY & VIP, HOT & UNTIL), (EMPTY & LATER & VIP, HOT)),
    "of a department": (
        Slice(VIP, "department_id", (1,)), (OF_SALES & VIP, HOT & UNTIL), (OF_SALES & LATER & VIP, HOT),
    ),
    "of a department and an owner": (
        Slice(VIP, "department_id", (1,), beside=EMPTY),
        (OF_SALES & EMPTY & VIP, HOT & UNTIL),
        (OF_SALES & LATER & VIP & EMPTY, HOT),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "early", "late"), SPLIT.values(), ids=SPLIT)
def test_records_with_something_until_a_time_are_those_added_before_and_a_few_added_later(rows, early, late):
    first, second = rows.with_index(HOT).split_by_addition_time(LATEST, Q(id__gt=7), HOT)
    assert (first.whole_condition, first.index) == early
    assert (second.whole_condition, second.index) == late


@pytest.mark.parametrize(("order", "ids"), [(UP, [3, 1]), (DOWN, [4, 2])], ids=["up", "down"])
def test_a_page_has_the_first_rows_of_all_slices_and_each_once(order, ids):
    part = Segment("all", Q(), order)
    cities = {1: "Brno", 2: "Cluj", 3: "Arad", 4: "Deva"}
    rows = [PageRow(part, cities[pk], pk, pk) for pk in (1, 2, 3, 2, 4, 1)]
    assert [row.id for row in merge_rows_in_order(rows, part, 2)] == ids
