"""A mailbox that sends mailings, and how much it may send."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from mailboxes.models import Mailbox


class MailingAccount(models.Model):
    """A mailbox without one sends no mailings. Without any account, mailings go through the mail server of the settings."""

    table: ClassVar[str] = "mailing_account"
    undo = UndoRules()

    mailbox = models.OneToOneField(Mailbox, models.CASCADE, related_name="mailing_account")
    most_an_hour = models.PositiveIntegerField(
        _("hourly limit"),
        default=500,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
    )
    most_a_day = models.PositiveIntegerField(
        _("daily limit"),
        default=2_000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
    )
    most_a_minute_to_domain = models.PositiveIntegerField(
        _("limit per minute and domain"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Large providers reject faster senders."),
    )
    for_vip = models.BooleanField(
        _("for VIP leads"),
        default=False,
        help_text=_(
            "Mailings to VIP leads are sent through this account and don’t count toward the limits of the others."
        ),
    )

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        triggers = build_change_triggers("mailing_account")

    def __str__(self) -> str:
        return str(self.mailbox)

    @property
    def label(self) -> str:
        return str(self.mailbox)

    @classmethod
    def get_right(cls, action: str) -> str:
        return "mailboxes.change_mailbox"
