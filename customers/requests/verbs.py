"""Create a lead: a request becomes a lead with everything typed, and is linked to it."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, Verb
from customers.models import Request
from leads.models import Lead
from leads.verbs import Add


@dataclass(frozen=True)
class CreateLead(Verb):
    """`add` adds the lead of one request for the user `by`."""

    kind = "create_lead"
    title = _lazy("Create a lead")
    icon = "leads"

    add: Add
    by: User

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Create a lead")

    def is_beyond(self, by):
        return not by.has_perm(Lead.get_right("add"))

    def lock_settings(self):
        self.add.lock_settings()

    def get_added_kinds(self) -> list[str]:
        """The record types of which it adds one."""
        return [Lead.table]

    def get_refusals(self):
        return [Refusal("has_lead", Q(lead__isnull=False))]

    def refuse_conflicting_rows(self, outcome, by):
        outcome.refuse("has_lead", outcome.changed[1:])

    def get_values(self):
        return {"state": Request.State.DONE}

    def write(self, rows):
        (lead,) = self.add.write_records(self.by)
        rows.update(lead=lead, **self.get_values())

    def write_consequences(self, record, changed):
        leads = list(Request.objects.filter(pk__in=changed).values_list("lead", flat=True))
        write_verdicts(record, Outcome(Lead.table, changed=leads))
        self.add.write_consequences(record, leads)
