"""A mailbox that sends mailings, and how much it may send."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mailboxes.models import Mailbox


class MailingAccount(models.Model):
    """A mailbox without one sends no mailings. Without any account, mailings go through the mail server of the settings."""

    mailbox = models.OneToOneField(Mailbox, models.CASCADE, related_name="mailing_account")
    most_an_hour = models.PositiveIntegerField(
        _("most emails in an hour"),
        default=500,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
    )
    most_a_day = models.PositiveIntegerField(
        _("most emails in a day"),
        default=2_000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
    )
    most_a_minute_to_domain = models.PositiveIntegerField(
        _("most emails in a minute to one domain"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Large providers refuse senders that are faster."),
    )
    for_vip = models.BooleanField(
        _("for VIP leads"),
        default=False,
        help_text=_("Mailings to VIP leads go out through this account and don’t count against the others."),
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.mailbox)
