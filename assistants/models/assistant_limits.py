"""How much an assistant may change at most, beside the permissions of its token."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Token
from crm.records.editing.bulk_actions import ROWS_AT_ONCE


class AssistantLimits(models.Model):
    """Of one token. A change is always carried out within its call, so no call may change more than a job would take over."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="assistant_limits")
    preview_above = models.PositiveIntegerField(
        _("records changed without a preview"),
        default=1,
        db_default=1,
        validators=[MaxValueValidator(ROWS_AT_ONCE)],
        help_text=_("A bulk change of more records, or the undo of one, has to be previewed first."),
    )
    records_per_call = models.PositiveIntegerField(
        _("records per call"),
        default=100,
        db_default=100,
        validators=[MinValueValidator(1), MaxValueValidator(ROWS_AT_ONCE)],
        help_text=_("A call that would change more is refused."),
    )
    records_per_hour = models.PositiveIntegerField(
        _("records per hour"),
        default=500,
        db_default=500,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Once the assistant has changed so many, it has to wait for the next hour."),
    )

    may_send = models.BooleanField(
        _("may send emails"),
        default=False,
        db_default=False,
        help_text=_("To customers, by starting sequences and by booking, moving and canceling meetings."),
    )

    class Meta:
        verbose_name = _("limits of an assistant")
        verbose_name_plural = _("limits of assistants")
