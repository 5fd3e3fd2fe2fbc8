"""When saved views were last used, and by whom.

Opening a list with a view is a use. A row per user and view keeps the last day, so a user causes at most one write per
view and day. It is written after the page has been sent and doesn't wait for the disk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber, TruncDate
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.models import SavedView, SavedViewUse
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.after_response import run_after_response

# Who uses a shared view: the people of this time. A view that was used by no one for as long may be deleted.
RECENT = timedelta(days=90)
KEEP_USES = timedelta(days=365)
# How many names a page lists.
NAMED = 5
LOCK_MILLISECONDS = "200"


def record_view_use(request: HttpRequest, response: HttpResponse, view: Any) -> None:
    """Record that the user opened the view, which comes from `with_use_today`, once a day. A page that the browser
    loads ahead, a part of a page, and a page viewed as another user are no uses."""
    ahead = "prefetch" in f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    user: Any = request.user
    is_page = request.method == "GET" and not request.headers.get("HX-Request")
    if view.used_today or ahead or not is_page or not user.sees_private:
        return
    run_after_response(response, partial(record_use, view.pk, user.pk, timezone.localdate()))


def record_use(view: int, user: Any, day: date) -> None:
    """A view that was deleted meanwhile has no more uses."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true),
                                       set_config('lock_timeout', %(lock)s, true))
               INSERT INTO crm_savedviewuse AS u (view_id, user_id, used_on)
               SELECT v.id, %(user)s, %(day)s FROM at_once, crm_savedview v WHERE v.id = %(view)s
               ON CONFLICT (view_id, user_id) DO UPDATE SET used_on = excluded.used_on
               WHERE u.used_on < excluded.used_on""",
            {"view": view, "user": user, "day": day, "lock": LOCK_MILLISECONDS},
        )


def counted_uses_queryset() -> QuerySet:
    """The uses of active users who may open the view now."""
    people: Any = get_user_model()._default_manager
    person = people.filter(pk=OuterRef("user"))
    shared = Exists(person.filter(groups=OuterRef("view__role"))) | Exists(
        person.filter(departments=OuterRef("view__department"))
    )
    return SavedViewUse.objects.filter(Q(user=F("view__owner")) | shared, user__is_active=True)


def annotate_uses(views: QuerySet) -> QuerySet:
    """`last_used`: a day or None; `people`: how many users in the last 90 days; `last_sign`: the day of its last use or
    since which there is none."""
    uses = counted_uses_queryset().filter(view=OuterRef("pk")).order_by().values("view")
    recent = uses.filter(used_on__gt=timezone.localdate() - RECENT)
    since = TruncDate("uses_since")
    last = uses.values(last=Max("used_on"))
    return views.annotate(
        last_used=last,
        people=Coalesce(recent.values(number=Count("pk")), 0),
        last_sign=Greatest(since, last, output_field=DateField()),
    )


def get_user_names_by_view(views: Collection[SavedView], reader: Any) -> dict[int, list[str]]:
    """By view, the names of those who used it in the last 90 days and whom the reader may see: the latest first, a few
    of them. In one query."""
    colleagues = get_user_model()._default_manager.visible_to(reader)
    uses = counted_uses_queryset().filter(view__in=[view.pk for view in views if view.shared])
    uses = uses.filter(user__in=colleagues.values("pk"), used_on__gt=timezone.localdate() - RECENT)
    latest = [F("used_on").desc(), F("user__name").asc()]
    ranked = uses.annotate(rank=Window(RowNumber(), partition_by="view", order_by=latest))
    found: dict[int, list[str]] = defaultdict(list)
    for view, name in ranked.filter(rank__lte=NAMED).order_by("rank").values_list("view", "user__name"):
        found[view].append(name)
    return found


@dataclass(frozen=True)
class ViewUse:
    """A view and how it is used: `people` and `names` are of the last 90 days, `others` are those without a name here.
    `unused`: no one opened it in that time. `unused_since` is the day since which no use is known."""

    view: Any
    people: int
    names: list[str]
    unused: bool
    unused_since: date

    @property
    def others(self) -> int:
        return self.people - len(self.names) if self.names else 0


def describe_view_uses(views: Iterable[Any], reader: Any) -> list[ViewUse]:
    """The uses of views from `annotate_uses`, as the reader may see them."""
    views = list(views)
    names = get_user_names_by_view(views, reader)
    today = timezone.localdate()
    return [
        ViewUse(
            view,
            view.people,
            names.get(view.pk, []),
            unused=view.last_sign <= today - RECENT,
            unused_since=max(view.last_sign, today - KEEP_USES),
        )
        for view in views
    ]


def get_view_use(view: SavedView, reader: Any) -> ViewUse:
    """That of one view, which the reader may open."""
    return describe_view_uses(annotate_uses(SavedView.objects.filter(pk=view.pk)), reader)[0]


@every_hour
def delete_old_view_uses() -> int:
    return SavedViewUse.objects.filter(used_on__lt=timezone.localdate() - KEEP_USES).delete()[0]
