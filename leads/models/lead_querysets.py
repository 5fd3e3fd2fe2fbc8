"""Querysets of leads: only named scopes, so that every query reads as a sentence."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models.owned_record import OwnedQuerySet
from leads.models.status import Status

# Leads that became a client (customers/conversion).
CONVERTED = Q(client__isnull=False) | Q(client_contact__isnull=False)
# Whether the lead `t` of an undo became one after the operation that is being undone (leads/triggers/functions.py).
CONVERTED_SINCE_SQL = """(t.client_id IS NOT NULL OR t.client_contact_id IS NOT NULL)
    AND leadwell_converted_since(t.id, {operation}, {since})"""
# Only imports and programs know of a time before a lead was added.
SELDOM_BEFORE_ADDED = ("first_contacted_at", "last_contacted_at", "converted_at")


class LeadQuerySet(OwnedQuerySet):
    def in_statuses(self, statuses: list[int]):
        return self.filter(status__in=statuses)

    def without_junk(self):
        return self.exclude(status__in=Status.objects.of_kind(Status.Kind.DISQUALIFIED).values("pk"))

    def open(self):
        return self.filter(status__in=Status.objects.of_kind(*Status.OPEN).values("pk"))

    def won(self):
        return self.filter(status__in=Status.objects.of_kind(Status.Kind.WON).values("pk"))

    def not_won(self):
        return self.exclude(status__in=Status.objects.of_kind(Status.Kind.WON).values("pk"))

    def converted_to(self, client):
        """Those converted to this company or contact."""
        names = ("client", "client_contact")
        field: Any = self.model._meta.get_field
        links = [name for name in names if isinstance(client, field(name).related_model)]
        return self.filter(**{links[0]: client.pk}) if links else self.none()

    def get_unassigned_ids(self, ids: list[int]) -> list[int]:
        """The leads of these that have no owner."""
        return list(self.filter(pk__any=ids, owner=None).order_by("pk").values_list("pk", flat=True))

    def not_converted(self):
        return self.exclude(CONVERTED)

    def with_emails(self, keys):
        """Those with one of these main emails, given as the column stores them (crm/platform/text/text_folding.py)."""
        return self.filter(email_key__in=keys)

    def with_next_action(self):
        return self.exclude(next_action="", next_action_on=None)

    def with_overdue_next_action(self):
        """Their next action was due before today."""
        return self.filter(next_action_on__lt=timezone.localdate())

    def with_same_details(self, *, email: str = "", phone: str = "", company: str = ""):
        """Leads with the same email, phone (normalized) or company; none if all of these are unknown."""
        same = Q(pk__in=[])
        if email.strip():
            same |= Q(email_key=self._build_key_expression("email_key", email))
        if phone:
            same |= Q(phone_normal=phone)
        if company.strip():
            same |= Q(company_key=self._build_key_expression("company_key", company.strip()))
        return self.filter(same)

    def _build_key_expression(self, column: str, text: str):
        field: Any = self.model._meta.get_field(column)
        return field.build_key_expression(text)

    def with_names(self):
        """With status, source, owner and department, for screens that show their names."""
        return self.select_related("status", "source", "owner", "department")
