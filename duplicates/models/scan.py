"""The last scan for duplicates: one row."""

from django.db import models


class Scan(models.Model):
    """`records` is the number of records that were compared, `large` that of phones that too many of them share."""

    ROW = 1

    started_at = models.DateTimeField()
    seconds = models.FloatField()
    records = models.PositiveIntegerField()
    large = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
