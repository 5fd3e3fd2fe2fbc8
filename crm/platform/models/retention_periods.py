"""How long Leadwell keeps what machines write: one row, until then as delivered."""

from datetime import timedelta
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

LONGEST = 730


def _build_days_field(default: int, label: Any, help_text: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        db_default=default,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=help_text,
    )


class KeptPeriods(OneRow):
    """In days, from 1 to 730. The worker deletes what is older, every hour."""

    table: ClassVar[str] = "kept_periods"
    undo = UndoRules()

    calls = _build_days_field(
        30, _("API calls"), _("The log of calls of programs, on the page of each token.")
    )
    deliveries = _build_days_field(
        30, _("webhook deliveries"), _("What was sent to webhooks, and their answers.")
    )
    notifications = _build_days_field(
        90, _("read notifications"), _("Unread ones are kept until they are read.")
    )
    import_rows = _build_days_field(
        7, _("rows of finished imports"), _("The cells of imported files, as they were read.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("retention periods")
        verbose_name_plural = _("retention periods")
        triggers = build_change_triggers("kept_periods")


def get_retention_period(name: str) -> timedelta:
    """How long this is kept: `kept("calls")`."""
    return timedelta(days=getattr(KeptPeriods.get_current(), name))
