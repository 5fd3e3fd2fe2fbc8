"""This installation: the key that its file store is marked with."""

from typing import ClassVar

from django.db import models


class Installation(models.Model):
    """One row, since the first start. Until `sweeps_from`, no file is removed only because no row names it."""

    ROW: ClassVar[int] = 1

    key = models.CharField(max_length=32)
    sweeps_from = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
