"""Putting records into a sequence."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.kinds.kind_registry import KINDS
from leads.models import Status
from mailings.suppression.rule_recipients import get_address_refusals, refuse_forgotten_and_repeated
from sequences.models import Enrollment, Sequence
from sequences.models.enrollment import lock_starts
from sequences.running.schedule import plan_first_step

# The parameter of operations: the id of the sequence.
SEQUENCE = "sequence"


def get_sequence_name(parameters: dict) -> str:
    """The current name of the sequence that an operation on records is about."""
    return str(get_labels_by_id(Sequence).get(parameters.get(SEQUENCE, 0), _("(deleted)")))


def build_stop_status_condition(sequence: Sequence) -> Q:
    """The records of its type whose status ends it. Contacts have none."""
    if sequence.table_of != "lead":
        return Q(pk__in=[])
    open_ones = Status.objects.of_kind(*Status.OPEN).values("pk")
    return ~Q(status__in=open_ones) | Q(status__in=sequence.stop_statuses)


@dataclass(frozen=True)
class StartSequence(Verb):
    """Put each of these records into the sequence. `by` is who starts it. With `again`, also those that were in it before; rules
    never ask for that, because two of them could send emails in a circle."""

    kind = "start_sequence"
    title = _lazy("Start a sequence")
    icon = "sequence"
    is_about_verdicts = True

    sequence: Sequence
    by: Any
    again: bool = False

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Start the sequence “%(name)s”") % {"name": get_sequence_name(parameters)}

    def get_parameters(self):
        return {SEQUENCE: self.sequence.pk}

    @property
    def is_in_name_of_owners(self) -> bool:
        return self.sequence.sender == Sequence.Sender.OWNER

    def lock_settings(self):
        lock_starts()

    def get_refusals(self):
        known = Sequence.objects.of_type(self.sequence.table_of).filter(pk=self.sequence.pk)
        all_rows = ~Q(pk=None)
        if not known.in_use().exists():
            return [Refusal("sequence_off", all_rows)]
        if not self.sequence.steps:
            return [Refusal("sequence_without_steps", all_rows)]
        before = Enrollment.objects.of_record(self.sequence.table_of, OuterRef("pk"))
        running = Enrollment.objects.running()
        now = Exists(before.running()) | Exists(running.filter(email_key=OuterRef("email_key")))
        found = [
            *get_address_refusals(),
            Refusal("in_sequence", Q(now)),
            Refusal("sequence_status", build_stop_status_condition(self.sequence)),
        ]
        if self.is_in_name_of_owners:
            found.append(Refusal("sequence_no_owner", Q(owner=None) | Q(owner__is_active=False)))
        if not self.again:
            been = before.of_sequence(self.sequence.pk).not_undone()
            found.append(Refusal("sequence_again", Q(Exists(been))))
        return found

    def refuse_conflicting_rows(self, outcome, by):
        refuse_forgotten_and_repeated(outcome)
        if self.is_in_name_of_owners and outcome.changed:
            model: Any = KINDS[outcome.table].model
            rows = model.objects.filter(pk__any=outcome.changed)
            owners = User.objects.with_rights().filter(pk__in=rows.order_by().values("owner"))
            unable = [owner.pk for owner in owners if not owner.has_perm(model.get_right("change"))]
            if unable:
                found = rows.filter(owner__in=unable).order_by("pk").values_list("pk", flat=True)
                outcome.refuse("sequence_owner_may_not", list(found))

    def get_values(self):
        return {}

    def write(self, rows):
        """The records stay as they are. They are put into the sequence below, where the operation is known."""

    def write_consequences(self, record, changed):
        model: Any = KINDS[self.sequence.table_of].model
        now = timezone.now()
        for chunk in split_into_chunks(changed):
            rows = model.objects.filter(pk__any=chunk).order_by("pk")
            Enrollment.objects.bulk_create(
                Enrollment(
                    sequence=self.sequence,
                    table_of=self.sequence.table_of,
                    record=pk,
                    email_key=key[:254],
                    author_id=owner if self.is_in_name_of_owners else self.by.pk,
                    started=record.pk,
                    started_at=now,
                )
                for pk, key, owner in rows.values_list("pk", "email_key", "owner")
            )
        if changed:
            plan_first_step(record.pk, self.sequence, now)
