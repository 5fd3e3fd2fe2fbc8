"""Edit leads: a status change must meet the contract of the new status."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from crm.records.history import verbs
from leads.models import Lead
from leads.statuses import status_contract, won_leads
from leads.verbs.move import get_status_label

# Written along with a new status: an edit of only these is a move.
OF_A_MOVE = {"status", "lost_reason", "lost_remark"}


@dataclass(frozen=True)
class Edit(verbs.Edit):
    ruled = frozenset(OF_A_MOVE)
    # Of the records that it edits.
    edited: ClassVar[Any] = Lead

    def get_parameters(self):
        status = self.changes.get("status")
        return super().get_parameters() | ({"status": status.pk} if status else {})

    @classmethod
    def get_label(cls, parameters, kind):
        if "status" in parameters and set(parameters.get("fields", [])) <= OF_A_MOVE:
            return _("Move to %(status)s") % {"status": get_status_label(parameters["status"])}
        return super().get_label(parameters, kind)

    def lock_settings(self):
        status = self.changes.get("status")
        if status:
            status_contract.lock_pipelines([status.pipeline_id])
        super().lock_settings()

    def lock_after_rows(self):
        won_leads.lock_followers(self.changes.get("status"))

    def get_refusals(self):
        status = self.changes.get("status")
        rules = status_contract.get_refusals(status, self.changes, model=self.edited) if status else []
        return [*super().get_refusals(), *rules]

    def refuse_conflicting_rows(self, outcome, by):
        super().refuse_conflicting_rows(outcome, by)
        won_leads.refuse_unwinnable_leads(self.changes.get("status"), outcome, by)

    def write_consequences(self, record, changed):
        super().write_consequences(record, changed)
        won_leads.write_consequences_of_winning(self.changes.get("status"), record, changed)
