"""The rows of other tables that reports count, each with the progress of its lead beside it.

They read tables that other apps own, and write nothing. Each comes twice: with the progress as it is stored, and as of now.
"""

from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import User
from reports.models.lead_progress import (
    CurrentProgress,
    LeadProgress,
    build_visible_condition,
    can_see_all_leads,
    prefix_condition,
)

PROGRESS = "progress__"


def build_seen_leads_condition(user: User, progress: Any) -> models.Q:
    """The rows of leads outside Trash that the user sees. Who sees all leads needs the progress of those in Trash only."""
    if can_see_all_leads(user):
        return ~models.Q(progress__in=progress.objects.in_trash().values("pk"))
    return prefix_condition(PROGRESS, build_visible_condition(user))


class OfLeadsQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """Those of the leads outside Trash that the user sees."""
        progress = self.model._meta.get_field("progress").related_model
        return self.filter(build_seen_leads_condition(user, progress))


def build_other_reference(to: Any, column: str) -> Any:
    """A column that refers to a row of another table, which its own app checks."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, related_name="+", db_column=column)


class Stay(models.Model):
    """A lead's stay in a status; `left` is empty while the lead is there (leads/models/status_move.py)."""

    from_status = build_other_reference("leads.Status", "from_status_id")
    to_status = build_other_reference("leads.Status", "to_status_id")
    entered = models.DateTimeField()
    left = models.DateTimeField(null=True)
    operation = build_other_reference("crm.Operation", "operation_id")
    undone = models.BooleanField()

    objects = OfLeadsQuerySet.as_manager()

    class Meta:
        abstract = True


class DoneQuerySet(models.QuerySet):
    def present(self):
        """Without those that were deleted."""
        return self.filter(deleted_at=None)


class Done(models.Model):
    """An activity on a record of any type (crm/work/models/activity.py). `progress_id` is the ID of its record,
    which is a lead only if `of` says so."""

    of = models.CharField(max_length=40)
    type = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    created_by = build_other_reference(settings.AUTH_USER_MODEL, "created_by_id")
    private_to = build_other_reference(settings.AUTH_USER_MODEL, "private_to_id")

    objects = DoneQuerySet.as_manager()

    class Meta:
        abstract = True


class Sent(models.Model):
    """A mailing's email to a record (mailings/models/delivery.py). `progress_id` is the ID of its record,
    which is a lead only if `of` says so."""

    mailing = build_other_reference("mailings.Mailing", "mailing_id")
    of = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    problem = models.CharField(max_length=300)
    at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Imported(models.Model):
    """A change of a record (crm/platform/models/change.py). `progress_id` is the ID of the record, which is a lead only if
    `table` says so."""

    operation = build_other_reference("crm.Operation", "operation_id")
    table = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=6)
    fields = models.JSONField(null=True)

    class Meta:
        abstract = True


def _build_both_models(rows: type[models.Model], table: str, column: str) -> dict[Any, Any]:
    """By the model of the progress, the rows of this table with the lead in this column."""
    found = {}
    for progress in (LeadProgress, CurrentProgress):
        meta = type("Meta", (), {"managed": False, "db_table": table, "default_permissions": ()})
        name = f"{rows.__name__}Of{progress.__name__}"
        body = {"__module__": __name__, "Meta": meta, "progress": build_other_reference(progress, column)}
        found[progress] = type(name, (rows,), body)
    return found


STAYS = _build_both_models(Stay, "leads_statusmove", "lead_id")
ACTIVITIES = _build_both_models(Done, "crm_activity", "record")
DELIVERIES = _build_both_models(Sent, "mailings_delivery", "record")
CHANGES = _build_both_models(Imported, "crm_change", "row")
