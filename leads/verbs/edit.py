"""Edit leads: a change of status keeps the contract of the new one."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.records import verbs
from leads import contract
from leads.verbs.move import status_label

# What entering a status brings along: an edit of nothing else is a move.
OF_A_MOVE = {"status", "lost_reason", "lost_remark"}


@dataclass(frozen=True)
class Edit(verbs.Edit):
    def parameters(self):
        status = self.changes.get("status")
        return super().parameters() | ({"status": status.pk} if status else {})

    @classmethod
    def words(cls, parameters, kind):
        if "status" in parameters and set(parameters.get("fields", [])) <= OF_A_MOVE:
            return _("Move to %(status)s") % {"status": status_label(parameters["status"])}
        return super().words(parameters, kind)

    def refusals(self):
        status = self.changes.get("status")
        return contract.refusals(status, self.changes) if status else []
