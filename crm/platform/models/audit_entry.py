"""An entry of the audit log: who did what, when, how and from where. Entries are added and never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.change_triggers import Trigger
from crm.platform.sql.expressions import After

REFUSES = "RAISE EXCEPTION 'Entries of the audit log can''t be changed or deleted';"
# Only erasing a person may replace words of theirs in what was typed, such as a search (privacy/holders/access_traces.py).
ERASES = """
    IF TG_OP = 'UPDATE' AND coalesce(current_setting('leadwell.erasing', true), '') = 'on'
        AND to_jsonb(NEW) - 'details' = to_jsonb(OLD) - 'details' THEN
        RETURN NEW;
    END IF;
"""


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All entries for users who see all records, else those about themselves and their colleagues."""
        if user.sees_everything:
            return self
        return self.filter(user__in=get_user_model()._default_manager.visible_to(user).values("pk"))

    def newest_first(self):
        return self.order_by("-at", "-id")

    def behind(self, at: datetime, pk: int):
        """Those that follow this one in the list."""
        return self.filter(After(["at", "id"], [at, pk], descending=True))

    def of_user(self, user):
        return self.filter(user=user)

    def of_kind(self, kind: str):
        return self.filter(kind=kind)

    def about(self, table: str, records: Iterable[int], *kinds: str):
        """Those of these kinds about some records of a table, the oldest first."""
        return self.filter(kind__in=kinds, table=table, record__in=records).order_by("at", "id")

    def since(self, at: datetime):
        return self.filter(at__gte=at)


class AuditEntry(models.Model):
    """`user_name` is the name at that time; `table` and `record` say which record it is about; `kind` is one of
    crm/platform/audit/event_kinds.py. The table is partitioned by month (crm/platform/database/partitioned_tables.py)."""

    class Via(models.TextChoices):
        BROWSER = "browser", _("browser")
        TOKEN = "token", _("API token")
        JOB = "job", _("job")
        SYSTEM = "system", _("system")

    at = models.DateTimeField(_("date"))
    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("user"),
    )
    user_name = models.CharField(max_length=150, blank=True)
    via = models.CharField(max_length=10, choices=Via)
    address = models.GenericIPAddressField(null=True)
    request = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=40)
    table = models.CharField(max_length=40, blank=True)
    record = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("entries of the audit log")
        default_permissions = ("view",)
        # Each is a filter of the page; without one, the primary key (at, id) has the order.
        indexes = [
            models.Index(fields=["user", "at", "id"], name="audit_user"),
            models.Index(fields=["kind", "at", "id"], name="audit_kind"),
            models.Index(fields=["record", "at", "id"], name="audit_record"),
            models.Index(fields=["address", "at", "id"], name="audit_address"),
        ]
        triggers = [
            Trigger(
                name="audit_stays",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=ERASES + REFUSES,
            ),
            Trigger(
                name="audit_stays_whole",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func=REFUSES,
            ),
        ]
