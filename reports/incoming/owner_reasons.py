"""Why a lead has the owner that it has, from the change that gave it this owner, or from how it came in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.platform.models.operation import CHANNELS_OF_PROGRAMS
from reports.incoming.ways_in import WayIn

Channel = Operation.Channel


class OwnerReason(StrEnum):
    UNASSIGNED = "unassigned"
    REMOVED = "removed"
    RULE = "rule"
    UNDO = "undo"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    BY_IMPORT = "by_import"
    BY_PROGRAM = "by_program"
    AUTOMATIC = "automatic"
    OF_FORM = "of_form"
    OF_WEBHOOK = "of_webhook"
    OF_REQUEST = "of_request"
    KEPT = "kept"
    CHOSEN = "chosen"
    UNKNOWN = "unknown"


SENTENCES = {
    OwnerReason.UNASSIGNED: _("No owner was chosen, and no rule assigned it"),
    OwnerReason.REMOVED: _("Owner removed by %(name)s, %(time)s"),
    OwnerReason.RULE: _("Rule “%(rule)s”"),
    OwnerReason.UNDO: _("Undo by %(name)s, %(time)s"),
    OwnerReason.TAKEN: _("Taken by %(name)s, %(time)s"),
    OwnerReason.ASSIGNED: _("Assigned by %(name)s, %(time)s"),
    OwnerReason.BY_IMPORT: _("Owner set by the import"),
    OwnerReason.BY_PROGRAM: _("Owner set by the program"),
    OwnerReason.AUTOMATIC: _("Assigned automatically, %(time)s"),
    OwnerReason.OF_FORM: _("Owner of the web form"),
    OwnerReason.OF_WEBHOOK: _("Owner set by the incoming webhook"),
    OwnerReason.OF_REQUEST: _("Owner of the request"),
    OwnerReason.KEPT: _("Kept by the user who added it"),
    OwnerReason.CHOSEN: _("Chosen by %(name)s, who added it"),
    OwnerReason.UNKNOWN: _("Not recorded"),
}


@dataclass(frozen=True)
class OwnerChange:
    """The last recorded change of a lead's owner: by whom and how, from which owner to which, and the rule that decided it."""

    by: int | None
    channel: str
    old: int | None
    new: int | None
    is_undo: bool = False
    rule: str = ""


@dataclass(frozen=True)
class OwnerFacts:
    """What is recorded of a lead: its present owner, how and by whom it was added, and the last change of its owner, if any."""

    owner: int | None
    way: WayIn
    added_by: int | None
    change: OwnerChange | None = None


def decide_owner_reason(facts: OwnerFacts) -> OwnerReason:
    """A change decides before how the lead came in. One that doesn't lead to the present owner says nothing about it."""
    change = facts.change
    if change is None:
        return _decide_by_way(facts)
    if change.new != facts.owner:
        return OwnerReason.UNKNOWN
    if change.rule:
        return OwnerReason.RULE
    if change.is_undo:
        return OwnerReason.UNDO
    if change.channel == Channel.IMPORT:
        return OwnerReason.BY_IMPORT
    if change.channel in CHANNELS_OF_PROGRAMS:
        return OwnerReason.BY_PROGRAM
    if change.by is None:
        return OwnerReason.AUTOMATIC
    if facts.owner is None:
        return OwnerReason.REMOVED
    if change.by == facts.owner and change.old is None:
        return OwnerReason.TAKEN
    return OwnerReason.ASSIGNED


def _decide_by_way(facts: OwnerFacts) -> OwnerReason:
    if facts.owner is None:
        return OwnerReason.UNASSIGNED
    if facts.way == WayIn.USER:
        return OwnerReason.KEPT if facts.owner == facts.added_by else OwnerReason.CHOSEN
    return OF_WAYS.get(facts.way, OwnerReason.UNKNOWN)


OF_WAYS = {
    WayIn.FORM: OwnerReason.OF_FORM,
    WayIn.WEBHOOK: OwnerReason.OF_WEBHOOK,
    WayIn.IMPORT: OwnerReason.BY_IMPORT,
    WayIn.REQUEST: OwnerReason.OF_REQUEST,
    WayIn.API: OwnerReason.BY_PROGRAM,
}


def describe_owner_reason(reason: OwnerReason, **values: Any) -> str:
    """`values` are the name of the user, the rule and the time."""
    return str(SENTENCES[reason]) % values
