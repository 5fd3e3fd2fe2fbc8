"""What a step does to records, as verbs: an email in the thread of those before it, and a call or a task."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Task, Template
from crm.records.history.verb_execution import Refusal, Verb
from crm.work.emails.email_sending import queue_emails
from crm.work.emails.email_verbs import EMAILS, write_letters
from crm.work.models.activity import Activity
from crm.work.tasks.verbs import AddTask
from mailings.content.rule_letters import LetterWriter, Wording, fill_template, read_records_to_fill
from mailings.suppression.rule_recipients import get_address_refusals, refuse_forgotten_and_repeated
from sequences.models import Enrollment
from sequences.verbs.run_sequence import RunSequence

# So long, in seconds, an undo takes the email back.
PAUSE = 120


def build_ended_refusal(table: str) -> Refusal:
    """Records that aren't in a sequence by the time they are locked."""
    running = Enrollment.objects.running().of_record(table, OuterRef("pk"))
    return Refusal("sequence_ended", ~Q(Exists(running)))


@dataclass(frozen=True)
class SendSequenceEmail(Verb):
    """Write the email of a step to each record. `edited` are the texts that someone kept for a record, `parents` the emails whose
    threads go on, both by record. The `template` is None if it is gone; then only records with an edited text are written to."""

    # Always a step of the worker, never an operation of its own.
    kind = RunSequence.kind
    title = _lazy("Send an email")
    icon = "mail"
    on_read_only = True

    by: Any
    table: str
    template: Template | None
    route: str
    edited: dict[int, Wording] = field(default_factory=dict)
    parents: dict[int, Activity] = field(default_factory=dict)
    # The activity of each record that it has written so far.
    added: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def lock_after_rows(self):
        # A verb that is tried again after a deadlock starts from nothing.
        self.added.clear()

    def get_refusals(self):
        gone = [] if self.template else [Refusal("template_gone", ~Q(pk__in=list(self.edited)))]
        return [build_ended_refusal(self.table), *get_address_refusals(), *gone]

    def refuse_conflicting_rows(self, outcome, by):
        refuse_forgotten_and_repeated(outcome)

    def get_values(self):
        return {}

    def write(self, rows):
        writer = LetterWriter(self.by, self.route)
        letters = []
        for record in read_records_to_fill(rows):
            wording = self.edited.get(record.pk) or self._fill_template(record)
            letters.append((record.pk, writer.write_letter(record, wording, self.parents.get(record.pk))))
        ids = write_letters(letters, rows.model.table, outcome=Activity.Delivery.SENDING)
        self.added.update(zip([pk for pk, _letter in letters], ids, strict=True))

    def _fill_template(self, record: Any) -> Wording:
        """Only of records that weren't refused because the template is gone."""
        template: Any = self.template
        return fill_template(template, record, self.by)

    def write_consequences(self, record, changed):
        queue_emails(list(self.added.values()), pause=PAUSE)
        record.parameters[EMAILS] = len(self.added)
        record.save(update_fields=["parameters"])


@dataclass(frozen=True)
class AddSequenceTask(AddTask):
    """Add the call or the task of a step to each record, for the author."""

    # The task of each record that it has added so far.
    added: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def lock_after_rows(self):
        self.added.clear()

    def get_refusals(self):
        return [build_ended_refusal(self.task["of"]), *super().get_refusals()]

    def write(self, rows):
        ids = rows.order_by("pk").values_list("pk", flat=True)
        tasks = Task.objects.bulk_create(Task(record=pk, created_by=self.by, **self.task) for pk in ids)
        self.added.update({task.record: task.pk for task in tasks})
