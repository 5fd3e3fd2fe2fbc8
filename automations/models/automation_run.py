"""The log: what an automation did with a record that woke it."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet

# Records that the automation left alone on purpose are of interest only while someone tries it out.
KEPT_DAYS_UNMET = 7
KEPT_DAYS = 365


class AutomationRunQuerySet(RemovableQuerySet):
    def of_automation(self, automation: int):
        return self.filter(automation=automation)

    def of_records(self, table: str, ids):
        return self.filter(automation__table_of=table, record__in=ids)

    def acted(self):
        return self.filter(outcome=AutomationRun.Outcome.ACTED)

    def woken(self):
        """Without the runs that someone asked for, whose own operation is in the place of the one that woke the automation."""
        return self.exclude(written=F("waking"))

    def since(self, moment):
        return self.filter(at__gte=moment)

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def expired(self):
        now = timezone.now()
        brief = Q(outcome__in=AutomationRun.BRIEFLY_KEPT, at__lt=now - timedelta(days=KEPT_DAYS_UNMET))
        return self.filter(brief | Q(at__lt=now - timedelta(days=KEPT_DAYS)))


class AutomationRun(models.Model):
    """One row for each record that something woke an automation for; the constraint keeps it from acting twice.

    `waking` is the operation that woke it, or 0 for the clock, and `occasion` then says for what the record was due
    (automations/running/due_records.py). `step` is the step that the run began with: 0, or the one after a wait. `written` is the
    operation in which it acted. `reasons` are pairs of the number of a step,
    from 0, and the reason code for which the step didn't change the record; of a record that doesn't meet the conditions, they are
    those that it doesn't meet, each as the query of a list. Of records that don't meet the conditions or that
    its owner doesn't see, at most 100 per operation have a row. Only ids, so nothing of a person but that their record was
    there.
    """

    class Outcome(models.TextChoices):
        ACTED = "acted", _("acted")
        UNCHANGED = "unchanged", _("already set")
        REFUSED = "refused", _("can’t be changed")
        UNMET = "unmet", _("conditions not met")
        UNSEEN = "unseen", _("not visible to the owner")
        TRASH = "trash", _("in Trash")
        MERGED = "merged", _("merged into another record")
        LIMIT = "limit", _("limit an hour reached")
        WAITING = "waiting", _("waiting for the next step")
        UNDONE = "undone", _("ended by an undo")
        DEPTH = "depth", _("too many automations in a row")
        FAULT = "fault", _("failed")

    BRIEFLY_KEPT = (Outcome.UNMET, Outcome.UNSEEN)

    automation = models.ForeignKey(
        "automations.Automation", models.CASCADE, related_name="runs", db_index=False
    )
    waking = models.BigIntegerField()
    occasion = models.CharField(max_length=60, blank=True, default="", db_default="")
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    record = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reasons = models.JSONField(default=list, db_default=[])
    written = models.BigIntegerField(null=True)

    objects = AutomationRunQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["automation", "waking", "record", "occasion", "step"], name="automation_run_once"
            )
        ]
        indexes = [
            models.Index(fields=["automation", "-id"], name="automation_run_newest"),
            models.Index(fields=["automation", "outcome", "-id"], name="automation_run_outcome"),
            models.Index(fields=["automation", "at"], name="automation_run_at"),
            models.Index(fields=["record"], name="automation_run_record"),
        ]
