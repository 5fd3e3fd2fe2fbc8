"""Why a lead has its owner, as a decision table."""

from typing import Any

import pytest

from crm.models import Operation
from reports.incoming.owner_reasons import (
    SENTENCES,
    OwnerChange,
    OwnerFacts,
    OwnerReason,
    decide_owner_reason,
)
from reports.incoming.ways_in import WayIn

BOB, BEN, ANN = 1, 2, 3
Channel = Operation.Channel


def facts(
    owner, way, *, added_by=None, by=None, channel=Channel.WEB, old=None, new=..., **values
) -> OwnerFacts:
    """With `by`, `channel` or others, the owner has changed."""
    changed = bool(values) or by is not None or channel != Channel.WEB or old is not None or new is not ...
    target = owner if new is ... else new
    change = OwnerChange(by=by, channel=channel, old=old, new=target, **values) if changed else None
    return OwnerFacts(owner, way, added_by, change)


Reason = OwnerReason
REASONS: dict[str, tuple[OwnerFacts, OwnerReason]] = {
    "a form with an owner": (facts(BOB, WayIn.FORM), Reason.OF_FORM),
    "a form without an owner": (facts(None, WayIn.FORM), Reason.UNASSIGNED),
    "a form, assigned by a rule": (
        facts(BOB, WayIn.FORM, channel=Channel.SYSTEM, rule="Romania"),
        Reason.RULE,
    ),
    "a webhook with an owner": (facts(BOB, WayIn.WEBHOOK), Reason.OF_WEBHOOK),
    "an import with a column of owners": (facts(BOB, WayIn.IMPORT, added_by=ANN), Reason.BY_IMPORT),
    "an import into the importer's own leads": (facts(ANN, WayIn.IMPORT, added_by=ANN), Reason.BY_IMPORT),
    "an import, assigned by a rule": (
        facts(BOB, WayIn.IMPORT, added_by=ANN, by=ANN, channel=Channel.IMPORT, rule="Fair"),
        Reason.RULE,
    ),
    "a later import with another owner": (
        facts(BEN, WayIn.FORM, by=ANN, channel=Channel.IMPORT, old=BOB),
        Reason.BY_IMPORT,
    ),
    "a request with an owner": (facts(BOB, WayIn.REQUEST, added_by=ANN), Reason.OF_REQUEST),
    "a program that named an owner": (facts(BOB, WayIn.API, added_by=ANN), Reason.BY_PROGRAM),
    "a program that gave it to another owner": (
        facts(BEN, WayIn.FORM, by=ANN, channel=Channel.API, old=BOB),
        Reason.BY_PROGRAM,
    ),
    "added by its owner": (facts(BOB, WayIn.USER, added_by=BOB), Reason.KEPT),
    "added for a colleague": (facts(BOB, WayIn.USER, added_by=ANN), Reason.CHOSEN),
    "taken by its owner": (facts(BOB, WayIn.FORM, by=BOB), Reason.TAKEN),
    "taken from a colleague": (facts(BOB, WayIn.FORM, by=BOB, old=BEN), Reason.ASSIGNED),
    "assigned by a manager": (facts(BOB, WayIn.FORM, by=ANN), Reason.ASSIGNED),
    "assigned by a manager in bulk": (facts(BOB, WayIn.FORM, by=ANN, channel=Channel.BULK), Reason.ASSIGNED),
    "assigned by a rule on request": (
        facts(BOB, WayIn.FORM, by=ANN, channel=Channel.BULK, rule="Romania"),
        Reason.RULE,
    ),
    "given back by an undo": (facts(BOB, WayIn.FORM, by=ANN, old=BEN, is_undo=True), Reason.UNDO),
    "left without an owner by an undo": (facts(None, WayIn.FORM, by=ANN, old=BOB, is_undo=True), Reason.UNDO),
    "owner removed": (facts(None, WayIn.FORM, by=ANN, old=BOB), Reason.REMOVED),
    "changed by no one": (facts(BOB, WayIn.FORM, channel=Channel.SYSTEM), Reason.AUTOMATIC),
    "an owner that no change says": (facts(BEN, WayIn.FORM, by=ANN, new=BOB), Reason.UNKNOWN),
    "added automatically with an owner": (facts(BOB, WayIn.AUTOMATIC), Reason.UNKNOWN),
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_follows_from_what_is_recorded(name):
    given, reason = REASONS[name]
    assert decide_owner_reason(given) == reason


def test_the_table_has_every_reason():
    assert {reason for _given, reason in REASONS.values()} == set(OwnerReason) == set(SENTENCES)


@pytest.mark.parametrize("reason", OwnerReason)
def test_every_reason_has_a_sentence_without_gaps(reason):
    values: dict[str, Any] = {"name": "Ann", "rule": "Romania", "time": "10:32"}
    assert "%(" not in str(SENTENCES[reason]) % values
