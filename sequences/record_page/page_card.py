"""The card "Sequence" on the pages of leads and contacts, and the link that starts one."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.reference_tables import get_ordered_rows
from crm.records.kinds.page_links import RecordLink
from leads.page.page_card import PageCard
from sequences.models import Enrollment, Sequence
from sequences.models.sequence import SEQUENCED
from sequences.record_page.pause_words import describe_pause
from sequences.record_page.record_steps import RecordStep, build_record_steps


@dataclass(frozen=True)
class SequenceCard:
    """`pause` says why nothing happens at the moment, or ''."""

    enrollment: Enrollment
    steps: list[RecordStep]
    pause: str
    may_change: bool
    may_view_sequence: bool
    urls: dict[str, str]

    @property
    def end_icon(self) -> str:
        """A check where it came to its end, or to the reply or meeting that it is for."""
        reached = not self.enrollment.stop_reason or self.enrollment.stop_reason in Enrollment.GOOD_ENDS
        return "done" if reached else "cross"

    @property
    def email_url_name(self) -> str:
        return f"sequences:{self.enrollment.table_of}_email"


def find_enrollment(record: Any) -> Enrollment | None:
    """The running one of the record, or else its last one."""
    rows = Enrollment.objects.of_record(record.table, record.pk).select_related(
        "sequence", "author", "coming"
    )
    return rows.newest_first().first()


def build_sequence_card(record: Any, user: Any) -> PageCard | None:
    """None for a record that was never in a sequence; a company without any isn't asked for them."""
    found = find_enrollment(record) if get_ordered_rows(Sequence) else None
    if found is None:
        return None
    may_change = record.may_change and record.deleted_at is None
    card = SequenceCard(
        enrollment=found,
        steps=build_record_steps(found),
        pause=describe_pause(found) if found.is_running else "",
        may_change=may_change,
        may_view_sequence=not found.sequence.retired and user.has_perm(Sequence.get_right("view")),
        urls={name: get_record_url(record, name) for name in ("start", "stop")},
    )
    return PageCard("sequences/_card.html", card)


def get_record_url(record: Any, name: str) -> str:
    return reverse(f"sequences:{record.table}_{name}", args=[record.pk])


def build_start_link(record: Any, user: Any) -> RecordLink | None:
    """For those who may change the record, once a sequence for its type is turned on."""
    if record.table not in SEQUENCED or record.deleted_at is not None or not record.may_change:
        return None
    if not any(_is_offered(row, record.table) for row in get_ordered_rows(Sequence)):
        return None
    return RecordLink(_("Start a sequence"), "sequence", get_record_url(record, "start"))


def _is_offered(sequence: Sequence, table: str) -> bool:
    return sequence.turned_on and not sequence.retired and sequence.table_of == table
