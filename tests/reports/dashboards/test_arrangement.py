"""The order and the parts of a dashboard: what moving, adding, removing and copying leave."""

import pytest
from django.urls import reverse

from reports.dashboards.arrangement import (
    EARLIER,
    LATER,
    MOST,
    ArrangementChanged,
    TooManyParts,
    add_parts,
    copy_dashboard,
    find_part_above,
    get_viewable_parts,
    move_part,
    remove_part,
)
from reports.models import Dashboard, DashboardPart, Report
from reports.standard_reports import SHIPPED

NAMES = ["funnel", "people", "sources", "times"]
# What is moved behind what, None for the beginning, and the order afterwards.
MOVES = {
    "to the beginning": ("sources", None, "sources funnel people times"),
    "the first one to the beginning": ("funnel", None, "funnel people sources times"),
    "behind its neighbor": ("funnel", "people", "people funnel sources times"),
    "behind the one before it": ("sources", "people", "funnel people sources times"),
    "to the end": ("people", "times", "funnel sources times people"),
    "from the end": ("times", "funnel", "funnel times people sources"),
}
# The shown parts, the one that moves by a place, and behind which it comes then.
STEPS = {
    "the second one to the beginning": ([1, 2, 3], 2, EARLIER, None),
    "the last one by a place": ([1, 2, 3], 3, EARLIER, 1),
    "the first one can't be earlier": ([1, 2, 3], 1, EARLIER, None),
    "the first one later": ([1, 2, 3], 1, LATER, 2),
    "the second one to the end": ([1, 2, 3], 2, LATER, 3),
    "the last one can't be later": ([1, 2, 3], 3, LATER, 2),
    "one alone": ([1], 1, LATER, None),
}


@pytest.fixture
def board(ann):
    dashboard = Dashboard.objects.create(owner=ann, name="Monday")
    add_parts(dashboard, [DashboardPart(shipped=name) for name in NAMES])
    return dashboard


def names_of(dashboard: Dashboard) -> list[str]:
    return [
        part.shipped or part.report.name for part in DashboardPart.objects.of_dashboard(dashboard).in_order()
    ]


def part_of(dashboard: Dashboard, name: str) -> DashboardPart:
    return dashboard.parts.get(shipped=name)


@pytest.mark.parametrize("case", MOVES)
def test_a_part_moves_behind_another_one_or_to_the_beginning(case, board):
    moved, after, expected = MOVES[case]
    place = part_of(board, after).pk if after else None
    move_part(board, board.version, part_of(board, moved).pk, place)
    assert names_of(board) == expected.split()
    assert Dashboard.objects.get().version == board.version == 3


@pytest.mark.parametrize("case", STEPS)
def test_a_step_moves_a_part_by_one_place(case):
    shown, moved, step, expected = STEPS[case]
    assert find_part_above(shown, moved, step) == expected


@pytest.mark.parametrize(
    "case", ["an older version", "no version", "a removed part", "behind a removed part", "behind itself"]
)
def test_a_page_that_shows_another_dashboard_moves_nothing(case, board):
    people, times = part_of(board, "people").pk, part_of(board, "times").pk
    arguments = {
        "an older version": (board.version - 1, people, None),
        "no version": (None, people, None),
        "a removed part": (board.version, 999_999, None),
        "behind a removed part": (board.version, people, 999_999),
        "behind itself": (board.version, people, people),
    }
    with pytest.raises(ArrangementChanged):
        move_part(board, *arguments[case])
    assert names_of(board) == NAMES
    move_part(board, board.version, times, None)
    assert names_of(board)[0] == "times"


def test_a_step_passes_the_parts_that_the_owner_no_longer_sees(ann, bob, board, sign_in):
    hidden = Report.objects.create(owner=bob, name="Bob's", query="measure=leads")
    add_parts(board, [DashboardPart(report=hidden)])
    part = board.parts.get(report=hidden)
    move_part(board, board.version, part.pk, part_of(board, "funnel").pk)
    assert names_of(board) == ["funnel", "Bob's", "people", "sources", "times"]
    assert [one.shipped for one in get_viewable_parts(board, ann)] == NAMES
    data = {"version": board.version, "earlier": part_of(board, "people").pk}
    sign_in(ann).post(reverse("reports:dashboard_order", args=[board.pk]), data)
    assert names_of(board) == ["people", "funnel", "Bob's", "sources", "times"]


def test_the_same_report_is_added_once_and_with_another_period_again(board):
    assert add_parts(board, [DashboardPart(shipped="funnel")]) == []
    assert len(add_parts(board, [DashboardPart(shipped="funnel", query="period=all")])) == 1
    assert names_of(board) == [*NAMES, "funnel"]


def test_a_dashboard_has_at_most_twelve_parts(board):
    rest = [DashboardPart(shipped=one.name) for one in SHIPPED if one.name not in NAMES]
    with pytest.raises(TooManyParts):
        add_parts(board, rest[: MOST - len(NAMES) + 1])
    assert names_of(board) == NAMES
    add_parts(board, rest[: MOST - len(NAMES)])
    assert board.parts.count() == MOST == 12


def test_each_change_of_the_parts_makes_another_version(board):
    assert board.version == 2
    remove_part(part_of(board, "people"))
    assert Dashboard.objects.get().version == 3
    assert names_of(board) == ["funnel", "sources", "times"]


def test_a_copy_is_the_readers_own_with_the_parts_that_they_see(ann, carla, departments, board):
    private = Report.objects.create(owner=ann, name="Private", query="measure=leads")
    add_parts(board, [DashboardPart(report=private)])
    DashboardPart.objects.filter(shipped="people").update(wide=True)
    Dashboard.objects.filter(pk=board.pk).update(department=departments.export)
    copy = copy_dashboard(board, carla)
    assert (copy.owner, copy.name, copy.shared) == (carla, "Copy of Monday", False)
    assert names_of(copy) == NAMES
    assert [part.shipped for part in copy.parts.filter(wide=True)] == ["people"]
    assert names_of(board) == [*NAMES, "Private"]
