"""The emails, shared reports and dashboards, and BI roles of a user: the page that deactivates the user says what becomes of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from crm.records.kinds.record_uses import Uses, build_uses, get_visible_rows
from reports.models import BiAccess, Dashboard, Report, ReportSchedule
from reports.permissions import VIEW_PERMISSION
from reports.schedules.report_email import get_report_path, get_report_title
from reports.schedules.schedule import get_schedule_obstacle


def find_report_uses(record: Any, viewer: User) -> list[Uses]:
    if not isinstance(record, User):
        return []
    return [
        *_find_schedule_uses(record, viewer),
        *_describe_shared_reports(record, viewer),
        *_describe_shared_dashboards(record, viewer),
        *_find_bi_role_uses(record, viewer),
    ]


def _find_schedule_uses(user: User, viewer: User) -> list[Uses]:
    """With the titles of the reports that the viewer can open too."""
    rows = list(ReportSchedule.objects.visible_to(user).running().with_reports().by_next())
    words = ngettext(
        "%(number)s scheduled report is emailed to this user. It’s paused, and the user can resume it when active again",
        "%(number)s scheduled reports are emailed to this user. They’re paused, and the user can resume them when active again",
        len(rows),
    )
    seen = [row for row in rows if not get_schedule_obstacle(row, viewer)]
    return build_uses(rows, words, [(get_report_title(row), get_report_path(row)) for row in seen])


def _describe_shared_reports(user: User, viewer: User) -> list[Uses]:
    rows = list(Report.objects.shared_by(user).by_name())
    words = ngettext(
        "%(number)s report of this user is shared. It stays shared, but no one can change it until the user is active again",
        "%(number)s reports of this user are shared. They stay shared, but no one can change them until the user is active again",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, VIEW_PERMISSION)
    return build_uses(rows, words, [(row.name, reverse("reports:saved", args=[row.pk])) for row in seen])


def _describe_shared_dashboards(user: User, viewer: User) -> list[Uses]:
    rows = list(Dashboard.objects.shared_by(user).by_name())
    words = ngettext(
        "%(number)s dashboard of this user is shared. It stays shared, but no one can change it until the user is active again",
        "%(number)s dashboards of this user are shared. They stay shared, but no one can change them until the user is active again",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, VIEW_PERMISSION)
    return build_uses(rows, words, [(row.name, reverse("reports:dashboard", args=[row.pk])) for row in seen])


def _find_bi_role_uses(user: User, viewer: User) -> list[Uses]:
    rows = list(BiAccess.objects.as_seen_by(user).by_role())
    words = ngettext(
        "%(number)s database role for BI tools sees what this user sees. It sees nothing until the user is active again",
        "%(number)s database roles for BI tools see what this user sees. They see nothing until the user is active again",
        len(rows),
    )
    return build_uses(rows, words, [(row.role, "") for row in rows] if viewer.is_administrator else [])
