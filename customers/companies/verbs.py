"""Edit companies: a new parent must not make a cycle."""

from dataclasses import dataclass

from django.db.models import Q

from crm.records.history import verbs
from crm.records.history.verb_execution import Refusal
from customers.companies import parent_companies


@dataclass(frozen=True)
class Edit(verbs.Edit):
    ruled = frozenset({"parent"})

    def lock_settings(self):
        super().lock_settings()
        if self.changes.get("parent"):
            parent_companies.lock_parents()

    def get_refusals(self):
        parent = self.changes.get("parent")
        if not parent:
            return super().get_refusals()
        above = parent_companies.get_ids_with_all_above([parent.pk])
        return [*super().get_refusals(), Refusal(f"{parent_companies.REASON}:parent", Q(pk__in=above))]
