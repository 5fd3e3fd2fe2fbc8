"""A program that has registered itself, so that users can connect it as an assistant."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

# A registration that no user has agreed to is deleted after this time.
UNUSED = timedelta(days=1)


def build_public_id() -> str:
    return "lwp_" + get_random_string(32)


class AssistantProgramQuerySet(models.QuerySet):
    def with_public_id(self, public_id: str):
        # No id has a byte that no text in the database can have.
        return self.filter(public_id=public_id.replace("\0", "?"))

    def unused(self):
        return self.filter(connections=None)

    def registered_from(self, address: str | None, since):
        return self.filter(address=address, registered_at__gte=since)

    def forgotten(self):
        return self.unused().filter(registered_at__lt=timezone.now() - UNUSED)


class AssistantProgram(models.Model):
    """`name` is what the program says about itself: anyone may register, so nothing of it is known to be true. Where it may be
    sent back to is decided by `redirect_uris` alone."""

    public_id = models.CharField(max_length=40, unique=True, default=build_public_id)
    name = models.CharField(max_length=100)
    redirect_uris = ArrayField(models.CharField(max_length=500))
    registered_at = models.DateTimeField(default=timezone.now)
    # Of a registration without a connection, to limit them.
    address = models.GenericIPAddressField(null=True)

    objects = AssistantProgramQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
