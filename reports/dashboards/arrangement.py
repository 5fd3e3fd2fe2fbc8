"""What a dashboard shows and in which order: adding, moving and removing parts, and copying a dashboard.

Each is within a transaction that has locked the dashboard's row.
"""

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from crm.records.editing.row_order import move_rows_behind
from reports.display.report_cards import may_view_card
from reports.models import Dashboard, DashboardPart
from reports.models.shown_report import ShownReport

MOST = 12
EARLIER, LATER = -1, 1


class TooManyParts(Exception):
    """The dashboard would have more than MOST parts."""


class ArrangementChanged(Exception):
    """The dashboard isn't as the page showed it."""


def get_viewable_parts(dashboard: Dashboard, user: User) -> list[DashboardPart]:
    """In order, those whose reports the user may view. One query."""
    parts = DashboardPart.objects.visible_to(user).of_dashboard(dashboard).with_reports()
    return [part for part in parts.in_order() if may_view_card(part, user)]


def add_parts(dashboard: Dashboard, reports: Iterable[ShownReport]) -> list[DashboardPart]:
    """At the end, without what is there already. Raises TooManyParts, and then adds none."""
    present = list(DashboardPart.objects.of_dashboard(dashboard).in_order())
    known = {_identify(part) for part in present}
    wanted = {_identify(one): one for one in reports if _identify(one) not in known}
    if len(present) + len(wanted) > MOST:
        raise TooManyParts
    first = present[-1].position + 1 if present else 0
    parts = [
        DashboardPart(
            dashboard=dashboard, position=place, report=one.report, shipped=one.shipped, query=one.query
        )
        for place, one in enumerate(wanted.values(), first)
    ]
    DashboardPart.objects.bulk_create(parts)
    if parts:
        _increase_version(dashboard)
    return parts


def _identify(one: ShownReport) -> tuple[int | None, str, str]:
    return one.report_id, one.shipped, one.query


def find_part_above(shown: Sequence[int], moved: int, step: int) -> int | None:
    """Behind which of the shown parts one comes that moves EARLIER or LATER by one place; None for the beginning."""
    rest = [pk for pk in shown if pk != moved]
    place = min(max(shown.index(moved) + step, 0), len(rest))
    return rest[place - 1] if place else None


def move_part(dashboard: Dashboard, version: int | None, moved: int | None, after: int | None) -> None:
    """Behind another part, or to the beginning; parts that the user doesn't see keep their places among the others. Raises
    ArrangementChanged, and then moves none."""
    order = list(DashboardPart.objects.of_dashboard(dashboard).in_order())
    named = {part.pk: part for part in order}
    if version != dashboard.version or moved not in named or moved == after:
        raise ArrangementChanged
    if after is not None and after not in named:
        raise ArrangementChanged
    move_rows_behind([named[moved]], named.get(after) if after is not None else None, order)
    _increase_version(dashboard)


def set_width(part: DashboardPart, *, wide: bool) -> None:
    part.wide = wide
    part.save(update_fields=["wide"])
    _increase_version(part.dashboard)


def remove_part(part: DashboardPart) -> None:
    part.delete()
    _increase_version(part.dashboard)


def copy_dashboard(dashboard: Dashboard, user: User) -> Dashboard:
    """As the user's own and not shared, with the parts that they may view."""
    name = _("Copy of %(name)s") % {"name": dashboard.name}
    copy = Dashboard.objects.create(owner=user, name=name[: Dashboard._meta.get_field("name").max_length])
    parts = get_viewable_parts(dashboard, user)
    for part in parts:
        part.pk, part.dashboard = None, copy
    DashboardPart.objects.bulk_create(parts)
    return copy


def _increase_version(dashboard: Dashboard) -> None:
    Dashboard.objects.filter(pk=dashboard.pk).update(version=F("version") + 1)
    dashboard.version += 1
