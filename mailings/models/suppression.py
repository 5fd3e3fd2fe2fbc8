"""The suppression list: addresses that get no mailing, whatever record has them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from leads.triggers.newsletter_state import build_newsletter_triggers

# The folded addresses on the list, for the triggers of leads (leads/triggers/newsletter_state.py).
SUPPRESSED_EMAILS = """
CREATE OR REPLACE FUNCTION leadwell_suppressed_emails() RETURNS TABLE (email_key varchar)
LANGUAGE sql STABLE AS 'SELECT s.email_key FROM mailings_suppression s';
"""


class SuppressionQuerySet(RemovableQuerySet):
    def visible_to(self, user):
        return self.all() if user.has_perm("mailings.view_suppression") else self.none()

    def changeable_by(self, user):
        return self.all() if user.has_perm("mailings.delete_suppression") else self.none()

    def newest_first(self):
        return self.order_by("-id")

    def with_text(self, text: str):
        """With this in their address, in any case."""
        return self.filter(address__icontains=text) if text else self

    def before(self, pk: int | None):
        return self.filter(pk__lt=pk) if pk else self


class Suppression(models.Model):
    """`email_key` is the folded address (leadwell_fold_email), by which it is compared.

    Changes by users are recorded and can be undone. What the worker adds after a bounce or a complaint isn't recorded.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Marked as spam")
        ADDED = "added", _("Added by a user")

    table: ClassVar[str] = "suppression"
    undo = UndoRules()

    address = models.EmailField(_("email address"), max_length=254)
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.ADDED)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        indexes = [models.Index(Lower("address"), name="suppression_address")]
        triggers = [*build_change_triggers("suppression"), *build_newsletter_triggers()]

    def __str__(self) -> str:
        return self.address

    @property
    def label(self) -> str:
        return self.address

    @classmethod
    def get_right(cls, action: str) -> str:
        return f"mailings.{action}_suppression"
