"""One record in one sequence, from the start to the end."""

from collections.abc import Sequence as Sequenced
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.model_fields import Plain
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.record_types import RECORD_TYPES
from crm.platform.sql.change_triggers import build_change_triggers
from sequences.models.sequence import SEQUENCED, Sequence

RUNNING = "running"
# Another sequence has begun for the record, or for the address, since this one ended.
IN_SEQUENCE_AGAIN = Guard(
    "in_sequence",
    """{old} = 'running' AND EXISTS (
        SELECT FROM sequences_enrollment g WHERE g.state = 'running' AND g.id <> t.id
        AND (g.email_key = t.email_key OR g.table_of = t.table_of AND g.record = t.record))""",
)
SEQUENCE_RETIRED = Guard(
    "sequence_retired",
    "{old} = 'running' AND EXISTS (SELECT FROM sequences_sequence s WHERE s.id = t.sequence_id AND s.retired)",
)


def lock_starts() -> None:
    """Let one change at a time put records into sequences: the constraints of Enrollment are then never met by surprise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leadwell.sequence_starts'))")


class FoldedAddress(Plain, models.CharField):
    """The folded address of the record (leadwell_fold_email). It follows from the record, so history doesn't record it."""

    derived = True


class EnrollmentQuerySet(models.QuerySet):
    def running(self):
        return self.filter(state=RUNNING)

    def ended(self):
        return self.exclude(state=RUNNING)

    def not_undone(self):
        """Without those whose start was undone: these never were in the sequence."""
        return self.exclude(stop_reason=Enrollment.StopReason.UNDONE)

    def of_sequence(self, sequence: int):
        return self.filter(sequence=sequence)

    def of_sequences(self, ids: list[int]):
        return self.filter(sequence__in=ids)

    def ended_for(self, reasons: Sequenced[str], *, also_finished: bool):
        """Those that stopped for one of these reasons, and those whose steps are all done."""
        stopped = Q(state=Enrollment.State.STOPPED, stop_reason__in=reasons)
        return self.filter(stopped | Q(state=Enrollment.State.FINISHED) if also_finished else stopped)

    def in_state(self, state: str):
        return self.filter(state=state)

    def of_type(self, table: str):
        return self.filter(table_of=table)

    def with_record(self, pk: int):
        """Of records of any type with this id."""
        return self.filter(record=pk)

    def of_record(self, table: str, pk: Any):
        """`pk` is an id or an expression."""
        return self.filter(table_of=table, record=pk)

    def of_records(self, table: str, ids: Any):
        """`ids` are a list or a query."""
        return self.filter(table_of=table, record__in=ids)

    def of_addresses(self, keys: Any):
        return self.filter(email_key__in=keys)

    def visible_to(self, user):
        """Those whose record the user sees and that isn't in Trash."""
        return self._of_records_of("visible_to", "view", user)

    def changeable_by(self, user):
        """Those whose record the user may change."""
        return self._of_records_of("changeable_by", "change", user)

    def _of_records_of(self, scope: str, action: str, user: Any):
        parts = []
        for name in SEQUENCED:
            found = RECORD_TYPES[name]
            if user.has_perm(found.get_right(action)):
                rows = getattr(found.model._default_manager.present(), scope)(user)
                parts.append(Q(table_of=name, record__in=rows.order_by().values("pk")))
        return self.filter(reduce(or_, parts)) if parts else self.none()

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def after(self, pk: Any):
        """`pk` is an id or an expression."""
        return self.filter(pk__gt=pk)

    # Called by undo (crm/records/history/undo/field_reversal.py)

    def remove_undone_creations(self) -> list[int]:
        """What an undone operation started ends."""
        ids = list(self.values_list("pk", flat=True))
        rows = Enrollment.objects.running().filter(pk__in=ids)
        rows.update(state=Enrollment.State.STOPPED, stop_reason=Enrollment.StopReason.UNDONE, ended_at=Now())
        return ids


class Enrollment(models.Model):
    """`author` is the user in whose name its steps are done. `started` is the operation that started it. While it's running, there
    is a ComingStep; a trigger of the database sees to that (sequences/coming_steps/coming_step_trigger.py).

    No record and no address is in two at once: the constraints say so, whoever starts them.
    """

    class State(models.TextChoices):
        RUNNING = RUNNING, pgettext_lazy("of a sequence", "running")
        FINISHED = "finished", pgettext_lazy("of a sequence", "finished")
        STOPPED = "stopped", pgettext_lazy("of a sequence", "stopped")

    class StopReason(models.TextChoices):
        """Why it ended before its last step, in the order in which they are judged (sequences/running/judgment.py)."""

        RETIRED = "retired", _("The sequence was deleted.")
        MERGED = "merged", _("The record was merged into another one.")
        DELETED = "deleted", _("The record was deleted.")
        ERASED = "erased", _("The person was erased.")
        CONVERTED = "converted", _("The lead was converted.")
        STATUS = "status", _("The record reached a status that ends the sequence.")
        REPLIED = "replied", _("They replied.")
        MEETING = "meeting", _("A meeting was arranged.")
        UNSUBSCRIBED = "unsubscribed", _("They unsubscribed.")
        BOUNCED = "bounced", _("An email couldn’t be delivered.")
        SUPPRESSED = "suppressed", _("The email address is suppressed.")
        NO_ADDRESS = "no_address", _("The record no longer has an email address.")
        ADDRESS_TAKEN = "address_taken", _("Another record with this email address is in a sequence.")
        OWNER_CHANGED = "owner_changed", _("The record has another owner.")
        AUTHOR_GONE = "author_gone", _("The sender is no longer active.")
        AUTHOR_MAY_NOT = "author_may_not", _("The sender may no longer change the record.")
        FAILED = "failed", _("A step couldn’t be done.")
        BY_HAND = "by_hand", _("A user stopped it.")
        UNDONE = "undone", _("The start was undone.")

    # A reply or a meeting is what a sequence is for.
    GOOD_ENDS = (StopReason.REPLIED, StopReason.MEETING)

    table = "enrollment"

    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="enrollments", db_index=False)
    table_of = models.CharField(max_length=40)
    record = models.BigIntegerField()
    email_key = FoldedAddress(max_length=254)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started = models.BigIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    state = models.CharField(_("state"), max_length=10, choices=State, default=RUNNING, db_default=RUNNING)
    stop_reason = models.CharField(
        _("why it stopped"), max_length=20, choices=StopReason, blank=True, default="", db_default=""
    )
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    undo = UndoRules(
        after_records=True,
        together={"stop_reason": "state", "ended_at": "state"},
        guards={"state": (IN_SEQUENCE_AGAIN, SEQUENCE_RETIRED)},
        locks={"state": lock_starts},
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("record in a sequence")
        verbose_name_plural = _("records in sequences")
        triggers = build_change_triggers("enrollment")
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], name="enrollment_of_address", condition=Q(state=RUNNING)
            ),
            models.UniqueConstraint(
                fields=["table_of", "record"], name="enrollment_of_record", condition=Q(state=RUNNING)
            ),
            models.CheckConstraint(condition=~Q(state=RUNNING, email_key=""), name="enrollment_has_address"),
        ]
        indexes = [
            # The page of a sequence, all and by state.
            models.Index(fields=["sequence", "-id"], name="enrollment_newest"),
            models.Index(fields=["sequence", "state", "-id"], name="enrollment_by_state"),
            # The page of a record.
            models.Index(fields=["record", "table_of", "-id"], name="enrollment_by_record"),
            # Erasing a person, and the retention.
            models.Index(fields=["email_key"], name="enrollment_by_address"),
            models.Index(fields=["ended_at"], name="enrollment_ended"),
        ]

    @property
    def is_running(self) -> bool:
        return self.state == RUNNING
