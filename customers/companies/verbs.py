"""Edit companies: a new parent must not make a cycle."""

from dataclasses import dataclass

from django.db.models import Q

from crm.records import verbs
from crm.records.change import Refusal
from customers.companies import parents


@dataclass(frozen=True)
class Edit(verbs.Edit):
    def hold(self):
        super().hold()
        if self.changes.get("parent"):
            parents.hold()

    def refusals(self):
        parent = self.changes.get("parent")
        if not parent:
            return super().refusals()
        above = parents.with_all_above([parent.pk])
        return [*super().refusals(), Refusal(f"{parents.REASON}:parent", Q(pk__in=above))]
