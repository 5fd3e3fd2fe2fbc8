"""Querysets of leads: only named scopes, so that every query reads as a sentence."""

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Left
from django.utils import timezone

from accounts.models.owned import OwnedQuerySet


class LeadQuerySet(OwnedQuerySet):
    def in_statuses(self, statuses: list[int]):
        return self.filter(status__in=statuses)

    def without_junk(self):
        from leads.models.status import Status

        return self.exclude(status__in=Status.objects.of_kind(Status.Kind.DISQUALIFIED).values("pk"))

    def open(self):
        from leads.models.status import Status

        return self.filter(status__in=Status.objects.of_kind(*Status.OPEN).values("pk"))

    def with_next_action(self):
        return self.exclude(next_action="", next_action_on=None)

    def overdue(self):
        """Their next action was due before today."""
        return self.filter(next_action_on__lt=timezone.localdate())

    def alike(self, *, email: str = "", phone: str = "", company: str = ""):
        """Leads with the same email, phone (normalized) or company; none if all of these are unknown."""
        same = Q(pk__in=[])
        if email.strip():
            same |= Q(email_key=Func(Value(email), function="leadwell_fold_email"))
        if phone:
            same |= Q(phone_normal=phone)
        if company.strip():
            folded = Func(Value(company.strip()), function="leadwell_fold", output_field=models.TextField())
            same |= Q(company_key=Left(folded, 100))
        return self.filter(same)

    def with_names(self):
        """With status, source, owner and department, for screens that show their names."""
        return self.select_related("status", "source", "owner", "department")
