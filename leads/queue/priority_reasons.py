"""Why a lead is in a queue, and how many points each reason has: the formula of the order.

A task of today whose minute has come is a promise, such as a call-back: it comes before everything that has points.
Otherwise, a lead has the sum of the weights of its reasons, the weight of VIP if it is one, and its share of the score. The most
points come first.
Of leads with the same points, the one whose moment comes first is first; new leads are the other way around, the newest first,
because they go cold. A reason with the weight 0 puts no lead into the queue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.dateformat import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.templatetags.look import number
from leads.models import QueueRules

CONTACT_OVERDUE, CONTACT_TODAY = "contact_overdue", "contact_today"
TASK_OVERDUE, TASK_TODAY = "task_overdue", "task_today"
NEW, STUCK, VIP, NO_SHOW = "new", "stuck", "vip", "no_show"
# In the order of the delivered weights.
REASONS = (CONTACT_OVERDUE, TASK_OVERDUE, NO_SHOW, CONTACT_TODAY, TASK_TODAY, NEW, STUCK)
# These sort the newest first.
NEWEST_FIRST = {NEW}
URGENT = {CONTACT_OVERDUE, TASK_OVERDUE}
FIRST_CONTACTS = {CONTACT_OVERDUE, CONTACT_TODAY}
# After every moment.
NEVER = float("inf")


@dataclass(frozen=True)
class QueueReason:
    """`moment` is when the task or the first contact is or was due, when the meeting began, or since when the lead is in its
    status. `timed` says that a task has a time of day."""

    code: str
    moment: datetime
    timed: bool = True


# The moment of a reason in seconds since 1970, and whether a task has a time of day.
Moment = tuple[float, bool]


@dataclass
class QueuePlace:
    """A lead in the queue, by its id, with the moment of each reason that counts, the one with the highest weight first."""

    lead: int
    vip: bool
    points: int
    # What the score of the lead gives of them.
    from_score: int
    moments: list[tuple[str, Moment]]

    # Only of the few places that a page shows: a queue has up to a thousand.
    @cached_property
    def reasons(self) -> list[QueueReason]:
        return [
            QueueReason(code, datetime.fromtimestamp(seconds, UTC), timed)
            for code, (seconds, timed) in self.moments
        ]

    @property
    def first_reason(self) -> QueueReason:
        return self.reasons[0]

    @property
    def first_reason_text(self) -> str:
        return describe_reason(self.first_reason)

    @property
    def other_reason_texts(self) -> list[str]:
        """The further reasons in words. A first contact that is due says already that the lead is new."""
        known = {"new"} if FIRST_CONTACTS & {reason.code for reason in self.reasons} else set()
        return [describe_reason(reason) for reason in self.reasons[1:] if reason.code not in known]

    @property
    def is_urgent(self) -> bool:
        """Whether its time passed today. After more days, an hour more doesn't matter, and a list in red would say nothing."""
        return (
            self.first_reason.code in URGENT
            and timezone.localtime(self.first_reason.moment).date() == timezone.localdate()
        )


def build_ordered_places(
    found: Iterable[tuple[int, bool, str, Moment]],
    rules: QueueRules,
    scores: Mapping[int, int],
    *,
    midnight: float,
) -> list[QueuePlace]:
    """The places of all leads for which a reason was found, in the order of the queue. Each tuple is the lead's id, whether
    it is a VIP, the code of a reason and its moment; `scores` are those of the leads. `midnight` is when the user's day began, in seconds since 1970."""
    weights = {code: getattr(rules, code) for code in REASONS}
    ranks = {code: rank for rank, code in enumerate(sorted(REASONS, key=lambda code: -weights[code]))}
    stars: set[int] = set()
    promises: dict[int, float] = {}
    moments: dict[int, dict[str, Moment]] = {}
    for lead, vip, code, moment in found:
        if weights[code]:
            seconds, timed = moment
            if code == TASK_OVERDUE and timed and seconds >= midnight:
                promises[lead] = min(seconds, promises.get(lead, seconds))
            own = moments.get(lead)
            if own is None:
                moments[lead] = {code: moment}
            elif code not in own:
                own[code] = moment
            if vip:
                stars.add(lead)
    sorting = []
    for lead, own in moments.items():
        from_score = round(scores.get(lead, 0) * rules.score / 100)
        ranked = sorted(own.items(), key=lambda reason: ranks[reason[0]])
        points = from_score + (rules.vip if lead in stars else 0)
        for code in own:
            points += weights[code]
        code, (seconds, _timed) = ranked[0]
        promised = promises.get(lead, NEVER)
        placed_at = -seconds if code in NEWEST_FIRST else seconds
        sorting.append((promised, -points, placed_at, lead, from_score, ranked))
    sorting.sort()
    return [
        QueuePlace(lead, lead in stars, -points, from_score, ranked)
        for _at, points, _placed_at, lead, from_score, ranked in sorting
    ]


def describe_reason(reason: QueueReason) -> str:
    """ "Task 3 days overdue", "First contact due at 14:30": why the lead is in the queue."""
    local = timezone.localtime(reason.moment)
    days = (timezone.localdate() - local.date()).days
    clock = {"time": time_format(local, "H:i")}
    match reason.code:
        case "contact_overdue":
            if days > 0:
                words = ngettext(
                    "First contact %(days)s day overdue", "First contact %(days)s days overdue", days
                )
                return words % {"days": number(days)}
            return _("First contact was due at %(time)s") % clock
        case "contact_today":
            return _("First contact due at %(time)s") % clock
        case "task_overdue":
            if days > 0:
                words = ngettext("Task %(days)s day overdue", "Task %(days)s days overdue", days)
                return words % {"days": number(days)}
            return _("Task was due at %(time)s") % clock
        case "task_today":
            return _("Task due at %(time)s") % clock if reason.timed else _("Task due today")
        case "no_show":
            return describe_no_show(days, clock)
        case "new":
            return _("New, not contacted for %(time)s") % {"time": describe_duration(reason.moment)}
    return _("Stuck: %(time)s in this status") % {"time": describe_duration(reason.moment)}


def describe_no_show(days: int, clock: dict[str, str]) -> str:
    """ "Didn’t come to the meeting yesterday": of a meeting so many days ago."""
    if days <= 0:
        return _("Didn’t come to the meeting at %(time)s") % clock
    if days == 1:
        return _("Didn’t come to the meeting yesterday")
    words = ngettext(
        "Didn’t come to the meeting %(days)s day ago", "Didn’t come to the meeting %(days)s days ago", days
    )
    return words % {"days": number(days)}


def describe_duration(since: datetime) -> str:
    """ "40 minutes", "3 hours", "26 days"."""
    passed = max(timezone.now() - since, timedelta())
    minutes = passed // timedelta(minutes=1)
    if minutes < 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": number(minutes)}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": number(hours)}
    return ngettext("%(number)s day", "%(number)s days", passed.days) % {"number": number(passed.days)}
