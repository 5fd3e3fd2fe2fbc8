"""What belongs to activities without being tracked: it goes when its activity can't come back."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from crm.platform.models.change import Change
from crm.work.models.activity import Activity


class OfActivityQuerySet(models.QuerySet):
    """There is no constraint on the activity: the undo of deleting a record permanently inserts the activities again, with
    their ids, and each finds its rows."""

    def of_activities(self, ids: list[int]):
        return self.filter(activity__in=ids).order_by("pk")

    def of_deleted_activities(self):
        """Those whose activity was permanently deleted, and not so recently that an undo could bring it back."""
        since = timezone.now() - timedelta(days=settings.UNDO_DAYS)
        activities = Activity.objects.filter(pk=OuterRef("activity_id"))
        deletions = Change.objects.deletions_since(since).of_row(Activity.table, OuterRef("activity_id"))
        return self.filter(~Exists(activities), ~Exists(deletions))
