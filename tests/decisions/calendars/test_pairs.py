"""What follows for a meeting or a task and its event, from what happened on both sides."""

import itertools

import pytest

from calendars.syncing.pair_decision import Ours, Pair, Step, Theirs, decide

PAIRS = {
    "nothing happened": (Pair(Ours.SAME, Theirs.SAME), Step.NOTHING),
    "moved here": (Pair(Ours.CHANGED, Theirs.SAME), Step.WRITE),
    "moved here, but someone else organizes it": (
        Pair(Ours.CHANGED, Theirs.SAME, organized_elsewhere=True),
        Step.PUT_BACK,
    ),
    "deleted here": (Pair(Ours.GONE, Theirs.SAME), Step.REMOVE),
    "deleted here, but someone else organizes it": (
        Pair(Ours.GONE, Theirs.SAME, organized_elsewhere=True),
        Step.NOTHING,
    ),
    "a meeting that is over": (Pair(Ours.OVER, Theirs.SAME), Step.NOTHING),
    "its record is in Trash, and the event is the user's own": (Pair(Ours.HIDDEN, Theirs.SAME), Step.NOTHING),
    "moved there": (Pair(Ours.SAME, Theirs.CHANGED), Step.APPLY),
    "moved there by its organizer": (Pair(Ours.SAME, Theirs.CHANGED, organized_elsewhere=True), Step.APPLY),
    "moved on both sides to the same": (Pair(Ours.CHANGED, Theirs.CHANGED, equal=True), Step.AGREE),
    "moved on both sides, there later": (Pair(Ours.CHANGED, Theirs.CHANGED, theirs_newer=True), Step.APPLY),
    "moved on both sides, here later": (Pair(Ours.CHANGED, Theirs.CHANGED), Step.WRITE),
    "moved on both sides, here later, but someone else organizes it": (
        Pair(Ours.CHANGED, Theirs.CHANGED, organized_elsewhere=True),
        Step.APPLY,
    ),
    "deleted here, moved there before": (Pair(Ours.GONE, Theirs.CHANGED), Step.REMOVE),
    "deleted here, moved there later": (Pair(Ours.GONE, Theirs.CHANGED, theirs_newer=True), Step.RELEASE),
    "deleted here, moved by its organizer": (
        Pair(Ours.GONE, Theirs.CHANGED, theirs_newer=True, organized_elsewhere=True),
        Step.AGREE,
    ),
    "over, and moved there to later": (Pair(Ours.OVER, Theirs.CHANGED), Step.APPLY),
    "over, and corrected there": (Pair(Ours.OVER, Theirs.CHANGED, ahead=False), Step.AGREE),
    "hidden, and moved there": (Pair(Ours.HIDDEN, Theirs.CHANGED, theirs_newer=True), Step.AGREE),
    "deleted there": (Pair(Ours.SAME, Theirs.GONE), Step.CANCEL),
    "canceled by its organizer": (Pair(Ours.SAME, Theirs.GONE, organized_elsewhere=True), Step.CANCEL),
    "moved here, deleted there": (Pair(Ours.CHANGED, Theirs.GONE), Step.RELEASE),
    "moved here, canceled by its organizer": (
        Pair(Ours.CHANGED, Theirs.GONE, organized_elsewhere=True),
        Step.CANCEL,
    ),
    "deleted on both sides": (Pair(Ours.GONE, Theirs.GONE), Step.RELEASE),
    "over, and deleted there": (Pair(Ours.OVER, Theirs.GONE, ahead=False), Step.RELEASE),
    "hidden, and deleted there": (Pair(Ours.HIDDEN, Theirs.GONE), Step.RELEASE),
}


@pytest.mark.parametrize(("pair", "step"), PAIRS.values(), ids=PAIRS)
def test_what_follows_for_a_pair(pair, step):
    assert decide(pair) == step


def test_the_table_has_every_combination_of_what_happened():
    named = {(pair.ours, pair.theirs) for pair, _step in PAIRS.values()}
    assert named == set(itertools.product(Ours, Theirs))
