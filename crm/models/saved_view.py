"""Saved views of a list: a filter, a sort and columns under a name, private or shared."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user's own views, and those for one of their departments or roles."""
        return self.visible_to_any([user.pk], user.department_ids)

    def visible_to_any(self, users: list[int], departments: Sequence[int]):
        """The same for users of these departments by their ids."""
        return self.filter(
            models.Q(owner__pk__any=users)
            | models.Q(department__in=departments)
            | models.Q(role__in=Group.objects.filter(user__pk__any=users).values("pk"))
        )

    def of(self, table: str):
        return self.filter(table=table)

    def owned_by(self, user):
        return self.filter(owner=user)

    def shared(self):
        return self.exclude(role=None, department=None)

    def in_order(self):
        return self.order_by("position", "id")

    def next_place(self) -> int:
        """The position of a new view: after all these."""
        last = self.aggregate(last=models.Max("position"))["last"]
        return 0 if last is None else last + 1


class SavedView(models.Model):
    """`query` is the list's URL query without the page; it is read through the same allow-lists as a URL."""

    table = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    role = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, verbose_name=_("role"), related_name="+"
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        permissions = [("share_view", "share saved views")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The part of the list's URL after the question mark."""
        return f"view={self.pk}&{self.query}" if self.query else f"view={self.pk}"

    @property
    def parameters(self) -> QueryDict:
        return QueryDict(self.query)

    @property
    def shared(self) -> bool:
        return bool(self.role_id or self.department_id)


class ListSettings(models.Model):
    """A user's list settings, by record type: {"lead": chosen columns}, {"lead": the view that opens first}.

    One row per user, so that it is loaded with the signed-in user.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_settings")
    columns = models.JSONField(default=dict)
    start_views = models.JSONField(default=dict)
