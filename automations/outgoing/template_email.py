"""The step that sends an email from a shared template: from whom, and until when it can be withdrawn."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from automations.verbs import RunAutomation
from crm.models import Template
from crm.records.history.verb_execution import Verb
from crm.work.emails.email_sending import queue_emails
from crm.work.emails.email_verbs import EMAILS, write_letters
from crm.work.models.activity import Activity
from mailings.content.rule_letters import LetterWriter, fill_template, read_records_to_fill
from mailings.suppression.rule_recipients import get_address_refusals, refuse_forgotten_and_repeated

# So long, in seconds, an undo of the run withdraws the email.
PAUSE = 120


@dataclass(frozen=True)
class SendTemplateEmail(Verb):
    """Write an email to each record, as its author would from the record's page. `route` is the mailbox that is asked for."""

    # Always a step of a run, never an operation of its own.
    kind = RunAutomation.kind
    title = _lazy("Send an email")
    icon = "mail"
    on_read_only = True

    by: Any
    template: Template
    route: str
    # The activities that it has added so far.
    added: list[int] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def lock_after_rows(self):
        # A verb that is tried again after a deadlock starts from nothing.
        self.added.clear()

    def get_refusals(self):
        return get_address_refusals()

    def refuse_conflicting_rows(self, outcome, by):
        refuse_forgotten_and_repeated(outcome)

    def get_values(self):
        return {}

    def write(self, rows):
        writer = LetterWriter(self.by, self.route)
        letters = [
            (record.pk, writer.write_letter(record, fill_template(self.template, record, self.by)))
            for record in read_records_to_fill(rows)
        ]
        self.added.extend(write_letters(letters, rows.model.table, outcome=Activity.Delivery.SENDING))

    def write_consequences(self, record, changed):
        queue_emails(self.added, pause=PAUSE)
        record.parameters[EMAILS] = record.parameters.get(EMAILS, 0) + len(self.added)
        record.save(update_fields=["parameters"])
