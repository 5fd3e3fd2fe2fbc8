"""What told won leads from lost ones in the past, counted for one user."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class ScoreProposalQuerySet(models.QuerySet):
    def of_reader(self, user):
        """Those that this user asked for: they count the leads that this user sees."""
        return self.filter(user=user)

    def newest_first(self):
        return self.order_by("-pk")


class ScoreProposal(models.Model):
    """Only counts: `won` and `lost` are the leads that were closed from `since` on and before `quarter`, a day; each of the `facts`
    has those of them that have it, as {"counts", "conditions", "won", "lost"}, the one that tells most first. `scores` are the
    leads that were closed from `quarter` on, by their points of the proposal and of the rules in use, as
    {"proposed": [[points, won, lost], …], "present": […]}."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    since = models.DateField()
    quarter = models.DateField()
    won = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    # How many facts were compared; most tell nothing.
    compared = models.PositiveSmallIntegerField(default=0)
    facts: Any = models.JSONField(default=list)
    scores: Any = models.JSONField(default=dict)

    objects = ScoreProposalQuerySet.as_manager()

    class Meta:
        default_permissions = ()
