"""Saved views of a list: a filter, a sort and columns under a name, private or shared."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.http import QueryDict
from django.utils import timezone
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

    def of_table(self, table: str):
        return self.filter(table=table)

    def owned_by(self, user):
        return self.filter(owner=user)

    def shared(self):
        return self.exclude(role=None, department=None)

    def in_order(self):
        return self.order_by("position", "id")

    def with_use_today(self, user):
        """`used_today`: whether the user's use of the view today is recorded already."""
        today: Any = SavedViewUse.objects.filter(view=models.OuterRef("pk"), user=user)
        return self.annotate(used_today=models.Exists(today.filter(used_on__gte=timezone.localdate())))

    def get_next_position(self) -> int:
        """The position of a new view: after all these."""
        last = self.aggregate(last=models.Max("position"))["last"]
        return 0 if last is None else last + 1


class SavedView(models.Model):
    """`query` is the list's URL query without the page; it is read through the same allow-lists as a URL. `widths` are
    those of `columns`, by name, in the steps of crm/records/tables/column_widths.py."""

    table = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    widths = models.JSONField(default=dict, blank=True)
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
    # When it was saved; for views that are older than the recording of uses, when that began.
    uses_since = models.DateTimeField(db_default=Now(), editable=False)

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


class SavedViewUse(models.Model):
    """The last day on which a user opened a view, in their time zone (crm/records/listing/saved_view_use.py)."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="uses", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    used_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["view", "user"], name="saved_view_use_once")]


class ListSettings(models.Model):
    """A user's list settings, by record type: {"lead": chosen columns}, {"lead": the view that opens first}.

    `widths` of columns are {"lead": {"company": 24}}; a view that keeps its own columns has them under "lead 12".
    One row per user, so that it is loaded with the signed-in user.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_settings")
    columns = models.JSONField(default=dict)
    start_views = models.JSONField(default=dict)
    widths = models.JSONField(default=dict)
