"""What an assistant may do now: the table of what becomes of a change, of an action, and of a preview that is applied."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from assistants.limits import (
    EXPIRED,
    NOT_FOUND,
    OTHER_ARGUMENTS,
    OTHER_TOOL,
    PURGES,
    SENDS,
    USED,
    Decision,
    ShownPreview,
    decide_change,
    find_action_problem,
    find_preview_problem,
)


class Limits(NamedTuple):
    preview_above: int = 1
    records_per_call: int = 100
    records_per_hour: int = 500


# Name: the limits, how many records, how many were changed in this hour, whether a preview is applied, and the decision.
CHANGES = {
    "one record": (Limits(), 1, 0, False, Decision.CARRY_OUT),
    "no record": (Limits(), 0, 0, False, Decision.CARRY_OUT),
    "two records": (Limits(), 2, 0, False, Decision.PREVIEW),
    "two records that were previewed": (Limits(), 2, 0, True, Decision.CARRY_OUT),
    "one record, if everything is previewed": (Limits(preview_above=0), 1, 0, False, Decision.PREVIEW),
    "as many as need no preview": (Limits(preview_above=20), 20, 0, False, Decision.CARRY_OUT),
    "one more than need no preview": (Limits(preview_above=20), 21, 0, False, Decision.PREVIEW),
    "as many as one call may change": (Limits(), 100, 0, True, Decision.CARRY_OUT),
    "one more than one call may change": (Limits(), 101, 0, False, Decision.TOO_MANY_AT_ONCE),
    "one more, previewed before the limit was lowered": (Limits(), 101, 0, True, Decision.TOO_MANY_AT_ONCE),
    "the last ones of this hour": (Limits(), 50, 450, True, Decision.CARRY_OUT),
    "one beyond the hour": (Limits(), 51, 450, True, Decision.TOO_MANY_IN_THIS_HOUR),
    "one beyond the hour isn't even previewed": (Limits(), 51, 450, False, Decision.TOO_MANY_IN_THIS_HOUR),
    "beyond both, the call's limit is said": (Limits(), 101, 450, False, Decision.TOO_MANY_AT_ONCE),
    "a limit that was lowered in this hour": (
        Limits(records_per_hour=10),
        1,
        300,
        False,
        Decision.TOO_MANY_IN_THIS_HOUR,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_becomes_of_a_change_of_so_many_records(name):
    limits, records, changed, previewed, decision = CHANGES[name]
    assert decide_change(limits, records, changed_in_this_hour=changed, previewed=previewed) == decision


# Name: the right of the action, whether it sends, whether the assistant may send, and the sentence.
ACTIONS = {
    "a change": ("change", False, False, ""),
    "moving to Trash, which the rights of the token decide": ("delete", False, False, ""),
    "deleting permanently": ("purge", False, False, PURGES),
    "deleting permanently, though it may send": ("purge", False, True, PURGES),
    "starting a sequence": ("change", True, False, SENDS.format(action="act")),
    "starting a sequence, if it may send": ("change", True, True, ""),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_which_actions_an_assistant_may_run(name):
    right, sends, may_send, sentence = ACTIONS[name]
    assert find_action_problem("act", right=right, sends=sends, may_send=may_send) == sentence


AT = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)
SHOWN = ShownPreview(7, "change_records", {"type": "lead", "values": {"status": 3}, "ids": [1, 2]}, AT)
SAME = {"type": "lead", "values": {"status": 3}, "ids": [1, 2]}
SECOND = timedelta(seconds=1)
TEN = timedelta(minutes=10)
# Name: the preview, the token, the tool and the arguments of the call, how long after it, and the sentence.
PREVIEWS = {
    "the same call": (SHOWN, 7, "change_records", SAME, SECOND, ""),
    "in its last second": (SHOWN, 7, "change_records", SAME, TEN - SECOND, ""),
    "after ten minutes": (SHOWN, 7, "change_records", SAME, TEN, EXPIRED),
    "one that isn't known": (None, 7, "change_records", SAME, SECOND, NOT_FOUND),
    "that of another token": (SHOWN, 8, "change_records", SAME, SECOND, NOT_FOUND),
    "that of another tool": (SHOWN, 7, "undo_change", SAME, SECOND, OTHER_TOOL.format(tool="change_records")),
    "one that was applied": (
        ShownPreview(7, SHOWN.tool, SAME, AT, used=True),
        7,
        "change_records",
        SAME,
        SECOND,
        USED,
    ),
    "another value": (
        SHOWN,
        7,
        "change_records",
        {**SAME, "values": {"status": 4}},
        SECOND,
        OTHER_ARGUMENTS.format(names="values"),
    ),
    "one more record": (
        SHOWN,
        7,
        "change_records",
        {**SAME, "ids": [1, 2, 3]},
        SECOND,
        OTHER_ARGUMENTS.format(names="ids"),
    ),
    "an argument more": (
        SHOWN,
        7,
        "change_records",
        {**SAME, "note": "x"},
        SECOND,
        OTHER_ARGUMENTS.format(names="note"),
    ),
    "an argument less": (
        SHOWN,
        7,
        "change_records",
        {"type": "lead", "values": {"status": 3}},
        SECOND,
        OTHER_ARGUMENTS.format(names="ids"),
    ),
    "1.0 for 1 in a list": (
        SHOWN,
        7,
        "change_records",
        {**SAME, "ids": [1.0, 2]},
        SECOND,
        OTHER_ARGUMENTS.format(names="ids"),
    ),
    "true for 1": (
        ShownPreview(7, SHOWN.tool, {"values": {"vip": 1}}, AT),
        7,
        "change_records",
        {"values": {"vip": True}},
        SECOND,
        OTHER_ARGUMENTS.format(names="values"),
    ),
}


@pytest.mark.parametrize("name", PREVIEWS)
def test_why_a_preview_can_not_be_applied(name):
    shown, token, tool, arguments, later, sentence = PREVIEWS[name]
    assert (
        find_preview_problem(shown, token=token, tool=tool, arguments=arguments, now=AT + later) == sentence
    )
