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
    # Of the records that it edits.
    edited: ClassVar[Any] = Lead

    def parameters(self):
        status = self.changes.get("status")
        return super().parameters() | ({"status": status.pk} if status else {})

    @classmethod
    def words(cls, parameters, kind):
        if "status" in parameters and set(parameters.get("fields", [])) <= OF_A_MOVE:
            return _("Move to %(status)s") % {"status": get_status_label(parameters["status"])}
        return super().words(parameters, kind)

    def hold(self):
        status = self.changes.get("status")
        if status:
            status_contract.lock_pipelines([status.pipeline_id])
        super().hold()

    def hold_with_rows(self):
        won_leads.lock_followers(self.changes.get("status"))

    def refusals(self):
        status = self.changes.get("status")
        rules = status_contract.get_refusals(status, self.changes, model=self.edited) if status else []
        return [*super().refusals(), *rules]

    def settle(self, outcome, by):
        super().settle(outcome, by)
        won_leads.settle_followers(self.changes.get("status"), outcome, by)

    def follow(self, record, changed):
        super().follow(record, changed)
        won_leads.follow_winning(self.changes.get("status"), record, changed)
