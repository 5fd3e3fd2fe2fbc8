"""Questions whose numbers took long to count, with their readers: the worker counts them before they are read again."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Counted ahead for so long after they were last read, and so often that the numbers of the morning last until the evening.
REMEMBERED, AGAIN = timedelta(days=14), timedelta(hours=6)


class ReadReportQuerySet(models.QuerySet):
    def due(self):
        old = timezone.now() - AGAIN
        return self.filter(counted_at__lte=old, user__is_active=True)

    def forgotten(self):
        return self.filter(read_at__lte=timezone.now() - REMEMBERED)


class ReadReport(models.Model):
    """`query` is the question as in the address of its page; `digest` that of the query, because queries may be long."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    query = models.TextField()
    read_at = models.DateTimeField(_("last read"), db_default=Now())
    counted_at = models.DateTimeField(_("counted"), db_default=Now())

    objects = ReadReportQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("read report")
        verbose_name_plural = _("read reports")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_read_report")]
