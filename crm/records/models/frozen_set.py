"""A frozen set: exactly the rows that a user saw when they chose "Select all that match"."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

LIFETIME = timedelta(days=1)


class FrozenSetQuerySet(models.QuerySet):
    def alive(self):
        return self.filter(at__gt=timezone.now() - LIFETIME)

    def expired(self):
        """Those that are no longer used. A change in parts may continue for as long as it can be undone."""
        return self.filter(at__lte=timezone.now() - LIFETIME).exclude(pk__in=self.to_be_continued())

    @staticmethod
    def to_be_continued():
        begun = FrozenSet.objects.filter(at__gt=timezone.now() - timedelta(days=settings.UNDO_DAYS))
        begun = begun.filter(operation__part_count__gt=0).annotate(done=Count("operation__parts"))
        return begun.filter(operation__part_count__gt=F("done")).values("pk")

    def alive_of_user(self, user, table: str):
        return self.filter(user=user, table=table).alive()


class FrozenSet(models.Model):
    """The sorted ids (400,000 take 1.4 MB) of one table, the filter that found them, and the operation that used
    them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=40)
    ids = ArrayField(models.BigIntegerField())
    count = models.PositiveIntegerField()
    query = models.TextField(blank=True)
    operation = models.OneToOneField("crm.Operation", models.SET_NULL, null=True, related_name="frozen_set")

    objects = FrozenSetQuerySet.as_manager()

    @property
    def ids_expression(self) -> Cast:
        """For `pk__any`: read within the query. As Python numbers and then a parameter, each id takes 300 bytes."""
        ids = FrozenSet.objects.filter(pk=self.pk).values("ids")
        return Cast(Subquery(ids), ArrayField(models.BigIntegerField()))
