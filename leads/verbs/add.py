"""Add leads: each into a status that takes new leads."""

from dataclasses import dataclass

from crm.platform.web.transactions import Busy
from crm.records.history import verbs
from leads.assignment import new_leads
from leads.models import Lead, Status
from leads.statuses import status_contract, won_leads


@dataclass(frozen=True)
class Add(verbs.Add):
    def lock_settings(self):
        statuses = {row["status"].pk: row["status"] for row in self.rows}
        status_contract.lock_pipelines(status.pipeline_id for status in statuses.values())
        # The request is to be sent again: its form or its values were checked by other rules.
        if any(status_contract.has_changed(status) for status in statuses.values()):
            raise Busy
        super().lock_settings()

    def write_consequences(self, record, changed):
        super().write_consequences(record, changed)
        if self.way and self.model is Lead:
            unowned = [pk for place, pk in enumerate(changed) if place not in self.owned]
            new_leads.assign_new_leads(record, unowned, self.way)
        if any(row["status"].kind == Status.Kind.WON for row in self.rows):
            won_leads.run_won_followers(record, changed)
