"""The email with a dashboard: a table for each of its reports, and a workbook of all, as its user sees them at this moment."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from accounts.models import User
from crm.platform.configuration.company import get_company_language
from reports.dashboards.arrangement import get_viewable_parts
from reports.display.panels import (
    Panel,
    build_panel,
    get_compared,
    get_distinct_problems,
    get_period_or_today,
    get_withheld_sentence,
)
from reports.display.report_cards import build_card_question, get_card_title, get_card_url
from reports.display.tables import Table
from reports.models import Dashboard, ReportEmail
from reports.schedules.report_email import (
    STYLE,
    ReportProblem,
    build_mail,
    get_report_path,
    iterate_text_lines,
    truncate_table,
)
from reports.workbooks.report_sheets import write_dashboard

# The email is read in a minute; the workbook has all rows.
MOST_ROWS = 20


@dataclass(frozen=True)
class EmailedPart:
    """What the email has of one report: `problems` are sentences about what can't be computed, and then the table is empty."""

    panel: Panel
    path: str

    @property
    def problems(self) -> list[str]:
        return self.panel.answer.problems

    @property
    def table(self) -> Table:
        return truncate_table(self.panel.table, MOST_ROWS)

    @property
    def period(self) -> str:
        return get_period_or_today([self.panel])

    @property
    def compared(self) -> Any:
        return get_compared([self.panel], None)

    @property
    def filters(self) -> str:
        listing = self.panel.answer.question.listing
        return listing.filters.describe() if listing.is_narrowed else ""

    @property
    def text_lines(self) -> list[str]:
        ((_title, rows),) = iterate_text_lines([self.panel], MOST_ROWS)
        return rows


def build_dashboard_email(email: ReportEmail, user: User) -> EmailMultiAlternatives:
    """In the language and the time zone of the user, with the reports that they may see now. Raises ReportProblem if none of them
    can be computed."""
    dashboard = email.schedule.dashboard
    if dashboard is None:
        raise ValueError("A schedule of a deleted dashboard has no contents.")
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        parts = _build_parts(dashboard, user)
        computed = [part.panel for part in parts if not part.problems]
        if not computed:
            raise ReportProblem(" ".join(map(str, get_distinct_problems([part.panel for part in parts]))))
        workbook = BytesIO()
        write_dashboard(workbook, dashboard.name, computed, user.name)
        context = {
            "user": user,
            "title": dashboard.name,
            "parts": parts,
            "withheld": get_withheld_sentence(computed),
            "rows": MOST_ROWS,
            "site": settings.SITE_URL,
            "path": get_report_path(email.schedule),
            "language": translation.get_language(),
            "style": STYLE,
        }
        return build_mail(email, user, "dashboard", context, workbook)


def _build_parts(dashboard: Dashboard, user: User) -> list[EmailedPart]:
    return [
        EmailedPart(
            build_panel(get_card_title(part), build_card_question(part, user), user), get_card_url(part)
        )
        for part in get_viewable_parts(dashboard, user)
    ]
