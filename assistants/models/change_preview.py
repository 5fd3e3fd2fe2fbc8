"""A preview that an assistant was shown: exactly the records it was about, to be changed once."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

from crm.models import FrozenSet, Token

MARK = "preview_"
LIFETIME = timedelta(minutes=10)


class ChangePreviewQuerySet(models.QuerySet):
    def with_code(self, code: str):
        return self.filter(code=code)

    def expired(self):
        return self.filter(at__lte=timezone.now() - LIFETIME)

    def use(self) -> int:
        """Mark them as used; how many were unused until now. Of two calls at once, the second one waits here and finds none."""
        return self.filter(used_at=None).update(used_at=timezone.now())


def build_code() -> str:
    return MARK + get_random_string(24)


class ChangePreview(models.Model):
    """`arguments` are those of the call, which have to be the same when it is applied. The undo of a change has no set: its
    records are those of the change."""

    code = models.CharField(max_length=40, unique=True, default=build_code)
    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    tool = models.CharField(max_length=40)
    arguments = models.JSONField()
    frozen_set = models.ForeignKey(FrozenSet, models.CASCADE, null=True, related_name="+")
    # By id, if the records may not have changed since.
    versions = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = ChangePreviewQuerySet.as_manager()

    @property
    def valid_until(self):
        return self.at + LIFETIME
