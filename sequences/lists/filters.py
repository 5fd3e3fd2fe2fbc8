"""The filters of lists by sequences: which one a record is in, and how its last one ended."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.conditions.field_filters import NONE, AnyOf
from crm.platform.sql.reference_tables import get_ordered_rows
from sequences.models import Enrollment, Sequence

# Their names in URLs, and the value for any sequence.
IN_SEQUENCE, LAST_END, ANY = "sequence", "sequence_end", "any"
FINISHED = "finished"
Reason = Enrollment.StopReason
# How a sequence ended, by values of URLs: the words, and the reasons that count as it.
ENDS: dict[str, tuple[Any, tuple[Reason, ...]]] = {
    "replied": (_("they replied"), (Reason.REPLIED,)),
    "meeting": (_("meeting arranged"), (Reason.MEETING,)),
    "unsubscribed": (_("they unsubscribed"), (Reason.UNSUBSCRIBED,)),
    "address": (
        _("address can’t be written to"),
        (Reason.BOUNCED, Reason.SUPPRESSED, Reason.NO_ADDRESS, Reason.ADDRESS_TAKEN),
    ),
    "status": (_("reached a status that ends it"), (Reason.STATUS, Reason.CONVERTED)),
    "sender": (
        _("another owner, or sender gone"),
        (Reason.OWNER_CHANGED, Reason.AUTHOR_GONE, Reason.AUTHOR_MAY_NOT),
    ),
    "stopped": (_("stopped by a user"), (Reason.BY_HAND,)),
    "failed": (_("step failed"), (Reason.FAILED,)),
    "gone": (
        _("record or sequence deleted"),
        (Reason.RETIRED, Reason.MERGED, Reason.DELETED, Reason.ERASED),
    ),
}


class SequenceFilter(AnyOf):
    """Offered once there is a sequence for such records."""

    def is_offered_to(self, user, model):
        return any(row.table_of == model.table for row in get_ordered_rows(Sequence))


def build_sequence_filters(table: str) -> dict[str, SequenceFilter]:
    """Those of one record type, by their names."""
    return {
        IN_SEQUENCE: SequenceFilter(
            label=pgettext_lazy("a filter", "in sequence"),
            choices=lambda user: _get_sequence_choices(table),
            condition=lambda values, user: _build_running_condition(table, values),
        ),
        LAST_END: SequenceFilter(
            label=_("end of last sequence"),
            choices=lambda user: _get_end_choices(),
            condition=lambda values, user: _build_end_condition(table, values),
            known=[FINISHED, *ENDS],
        ),
    }


def _get_sequence_choices(table: str) -> Iterator[tuple[str, Any]]:
    yield ANY, pgettext_lazy("sequence", "any")
    yield NONE, pgettext_lazy("sequence", "none")
    for row in get_ordered_rows(Sequence):
        if row.table_of == table and not row.retired:
            yield str(row.pk), row.name


def _get_end_choices() -> Iterator[tuple[str, Any]]:
    yield FINISHED, _("all steps done")
    for value, (words, _reasons) in ENDS.items():
        yield value, words


def _build_running_condition(table: str, values: list[str]) -> Q:
    running = Enrollment.objects.running().of_record(table, OuterRef("pk"))
    numbers = [int(value) for value in values if value not in (ANY, NONE)]
    found = Q(Exists(running.of_sequences(numbers))) if numbers else Q()
    if ANY in values:
        found = Q(Exists(running))
    return found | ~Q(Exists(running)) if NONE in values else found


def _build_end_condition(table: str, values: list[str]) -> Q:
    """That of the newest one that wasn't undone. A record that is in one now has none that ended last."""
    own = Enrollment.objects.of_record(table, OuterRef("pk")).not_undone()
    later = Enrollment.objects.of_record(table, OuterRef("record")).not_undone().after(OuterRef("pk"))
    reasons = [reason for value in values if value in ENDS for reason in ENDS[value][1]]
    ended = own.ended_for(reasons, also_finished=FINISHED in values)
    return Q(Exists(ended.exclude(Exists(later))))
