"""The database roles of BI tools, and whose leads each of them sees."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class BiAccessQuerySet(models.QuerySet):
    def as_seen_by(self, user):
        """The roles that see what this user sees."""
        return self.filter(user=user)

    def by_role(self):
        return self.select_related("user").order_by("role")


class BiAccess(models.Model):
    """`role` is the name of a role of the database server. It sees what `user` sees at that time, or everything.

    The views in the schema `report` read this table (reports/bi/database_views.py).
    """

    role = models.CharField(max_length=63, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    everything = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    objects = BiAccessQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="bi_access_user_or_everything",
                condition=Q(everything=True, user=None) | Q(everything=False, user__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.role
