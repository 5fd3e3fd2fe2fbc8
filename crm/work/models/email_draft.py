"""What a user has typed into the form of an email and not sent yet, so that it is found on another device."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.work.models.activity import LONGEST_SUBJECT, LONGEST_TEXT
from crm.work.models.email_envelope import LONGEST_ADDRESSES

# As long as the browser keeps its own (static/js/drafts.js).
KEEP_DRAFTS = timedelta(days=14)
LONGEST_PLACE = 40


class EmailDraftQuerySet(models.QuerySet):
    def of_form(self, user: Any, table: str, pk: int, place: str):
        """The one that this user typed into this form of this record."""
        return self.filter(user=user, of=table, record=pk, place=place)

    def of_answers_to(self, activity: int):
        """Those of answers to this email, whoever types them."""
        return self.filter(place__startswith=f"{activity}/")

    def of_records(self, table: str, ids: list[int]):
        return self.filter(of=table, record__in=ids)

    def expired(self):
        return self.filter(at__lt=timezone.now() - KEEP_DRAFTS)


class EmailDraft(models.Model):
    """`place` names the form on the page of the record `record` of the kind `of`: '' is that of a new email, "12/reply" that of an
    answer to the activity 12. `version` grows with each save, so that a tab notices that another one has saved since.

    It isn't tracked: an unfinished text belongs to no one else, and sending, discarding or two weeks end it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    of = models.CharField(max_length=40)
    record = models.BigIntegerField()
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    to = models.TextField(
        pgettext_lazy("an email", "To"), blank=True, validators=[MaxLengthValidator(LONGEST_ADDRESSES)]
    )
    cc = models.TextField(_("Cc"), blank=True, validators=[MaxLengthValidator(LONGEST_ADDRESSES)])
    bcc = models.TextField(_("Bcc"), blank=True, validators=[MaxLengthValidator(LONGEST_ADDRESSES)])
    subject = models.CharField(_("Subject"), max_length=LONGEST_SUBJECT, blank=True)
    text = models.TextField(
        pgettext_lazy("of an activity", "Text"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)]
    )
    version = models.PositiveIntegerField()
    # The random key of the page that saved it: the browser's own draft of the same page is at least as new.
    page = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(auto_now=True)

    objects = EmailDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an email")
        verbose_name_plural = _("drafts of emails")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "of", "record", "place"], name="email_draft_once")
        ]
        indexes = [
            models.Index(fields=["of", "record"], name="email_draft_of_record"),
            models.Index(fields=["at"], name="email_draft_at"),  # removing old ones
        ]

    def __str__(self) -> str:
        return self.subject
