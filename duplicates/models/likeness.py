"""What the last scan found: which records have something in common, and what."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.IntegerChoices):
    """Why two records may be the same."""

    EMAIL = 1, _("Same email")
    PHONE = 2, _("Same phone")
    DOMAIN = 3, _("Same domain")
    SAME_NAME = 4, _("Same name and company")
    SIMILAR = 5, _("Similar name and company")


class LikenessQuerySet(models.QuerySet):
    def of_groups(self, groups: Any):
        return self.filter(group__in=groups)


class Likeness(models.Model):
    """A record in a set of records that are alike for one reason, such as the same email.

    The rows with the same `block` are one such set. Sets that share records have the same `group`. Whoever sees only some
    records of a group sees only the sets that have two of them. A scan replaces all rows.
    """

    Reason = Reason

    group = models.IntegerField()
    block = models.IntegerField()
    score = models.PositiveSmallIntegerField()
    reason = models.PositiveSmallIntegerField(choices=Reason)
    # The name of the record type in the history, such as "lead", and the ID of the record.
    table = models.CharField(max_length=10)
    record = models.BigIntegerField()

    objects = LikenessQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["-score", "block"], name="likeness_best"),
            models.Index(fields=["group"], name="likeness_group"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.table} {self.record}"
