"""What follows for a meeting or a task and the event that it is linked to, from what happened on both sides since they agreed."""

from dataclasses import dataclass
from enum import StrEnum


class Ours(StrEnum):
    """Of the meeting or the task. One that is over is a meeting that has ended; one that is hidden came from the calendar, and its record
    is in Trash or out of the user's reach, or adding it was undone."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    OVER = "over"
    HIDDEN = "hidden"


class Theirs(StrEnum):
    """Of the event: gone also if it was canceled or declined."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


class Step(StrEnum):
    NOTHING = "nothing"
    # The meeting or the task gets what the event has
    APPLY = "apply"
    # The event gets what the meeting or the task has
    WRITE = "write"
    # The meeting or the task is deleted
    CANCEL = "cancel"
    # The event is deleted
    REMOVE = "remove"
    # Both have the same, or need not
    AGREE = "agree"
    # They are no longer linked: a meeting that is still planned is written as a new event
    RELEASE = "release"
    # The times of the meeting go back to those of the event, because only its organizer moves it
    PUT_BACK = "put back"


@dataclass(frozen=True)
class Pair:
    """`equal` says that both have the same now, `theirs_newer` that the event was changed later than the meeting or the task, and `ahead`
    that the event isn't over."""

    ours: Ours
    theirs: Theirs
    equal: bool = False
    theirs_newer: bool = False
    organized_elsewhere: bool = False
    ahead: bool = True


def decide(pair: Pair) -> Step:
    elsewhere = pair.organized_elsewhere
    match pair.ours, pair.theirs:
        case Ours.SAME | Ours.OVER | Ours.HIDDEN, Theirs.SAME:
            return Step.NOTHING
        case Ours.CHANGED, Theirs.SAME:
            return Step.PUT_BACK if elsewhere else Step.WRITE
        case Ours.GONE, Theirs.SAME:
            # Deleting the event of someone else would decline it.
            return Step.NOTHING if elsewhere else Step.REMOVE
        case Ours.SAME, Theirs.CHANGED:
            return Step.APPLY
        case Ours.CHANGED, Theirs.CHANGED:
            if pair.equal:
                return Step.AGREE
            return Step.APPLY if pair.theirs_newer or elsewhere else Step.WRITE
        case Ours.GONE, Theirs.CHANGED:
            if elsewhere:
                return Step.AGREE
            return Step.RELEASE if pair.theirs_newer else Step.REMOVE
        case Ours.OVER, Theirs.CHANGED:
            return Step.APPLY if pair.ahead else Step.AGREE
        case Ours.HIDDEN, Theirs.CHANGED:
            return Step.AGREE
        case Ours.SAME, Theirs.GONE:
            return Step.CANCEL
        case Ours.CHANGED, Theirs.GONE:
            return Step.CANCEL if elsewhere else Step.RELEASE
    return Step.RELEASE
