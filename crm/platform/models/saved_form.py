"""Forms that were saved in the last day, so that the same form that is sent again isn't saved twice."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEEP_SAVED_FORMS = timedelta(days=1)


class SavedFormQuerySet(models.QuerySet):
    def expired(self):
        return self.filter(at__lt=timezone.now() - KEEP_SAVED_FORMS)


class SavedForm(models.Model):
    """`key` is the random number of one submission, and `path` the page that its response led to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=32)
    path = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    objects = SavedFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved form")
        verbose_name_plural = _("saved forms")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="saved_form_once")]
        indexes = [models.Index(fields=["at"], name="saved_form_at")]  # removing old ones
