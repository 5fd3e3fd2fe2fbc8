"""Saved reports: a question under a name, private or shared with a role or a department."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.shareable import Shareable, ShareableQuerySet


class Report(Shareable):
    """`query` is the URL query of the builder; it is read through the same allow-lists as a URL."""

    query = models.TextField(blank=True)

    objects = ShareableQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ("view",)
