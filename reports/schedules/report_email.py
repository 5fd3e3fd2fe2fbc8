"""The email with a report: its tables as HTML and as text, and the workbook, as its user sees them at this moment."""

import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from accounts.models import User
from crm.platform.configuration.company import get_company_language
from crm.platform.mail.message_ids import get_sender_domain
from mailings.content.email_layout import render_style
from reports.display.panels import (
    Panel,
    build_figures,
    build_panel,
    build_panels,
    get_compared,
    get_distinct_problems,
    get_period_or_today,
    get_withheld_sentence,
)
from reports.display.record_lines import LineTable, build_line_table
from reports.display.tables import Table, TableRow
from reports.engine.question import DEFAULT_QUESTION, parse_question
from reports.models import ReportEmail, ReportSchedule
from reports.standard_reports import BY_NAME
from reports.views.report_workbook import XLSX
from reports.workbooks.report_sheets import build_file_name, write_report

# Numbers are at the right in tables, unlike in mailings, and wide tables scroll.
STYLE = render_style() + SafeString(  # nosec
    "<style>.letter [align=right] { text-align: right; font-variant-numeric: tabular-nums; } .letter th { font-weight: 500; } "
    ".letter .wide { overflow-x: auto; } .letter .wide :is(th, td) { font-size: 13px; } .letter small { white-space: nowrap; }</style>"
)
# A longer table is cut in the email; the workbook has all of it.
MOST_ROWS = 200


class ReportProblem(Exception):
    """The report can't be computed. The text says why, in the language of its user."""


def build_report_email(email: ReportEmail, user: User) -> EmailMultiAlternatives:
    """In the language and the time zone of the user, with what they may see now. Raises ReportProblem."""
    schedule = email.schedule
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        panels, figures = build_contents(schedule, user)
        if problems := get_distinct_problems(panels):
            raise ReportProblem(" ".join(map(str, problems)))
        title = get_report_title(schedule)
        context = {
            "user": user,
            "title": title,
            "panels": [(panel, truncate_table(panel.table)) for panel in panels],
            "figures": figures,
            "compared": get_compared(panels, figures),
            "withheld": get_withheld_sentence(panels, figures),
            "question": panels[0].answer.question,
            "period": get_period_or_today(panels),
            "lines_of_records": (lines := _build_line_table(schedule, panels, user)),
            "rows": MOST_ROWS,
            "site": settings.SITE_URL,
            "path": get_report_path(schedule),
            "language": translation.get_language(),
            "style": STYLE,
        }
        context["lines"] = list(iterate_text_lines(panels))
        each = figures.each if figures else ()
        context["figure_lines"] = [f"{figure.label}: {_format_cell(figure.cell)}" for figure in each]
        workbook = BytesIO()
        write_report(workbook, title, panels, user.name, figures, lines)
        return build_mail(email, user, "report", context, workbook)


def build_mail(
    email: ReportEmail, user: User, template: str, context: dict[str, Any], workbook: BytesIO
) -> EmailMultiAlternatives:
    """With the text and the HTML of this template, and the workbook."""
    title = context["title"]
    mail = EmailMultiAlternatives(
        _join_lines(title),
        render_to_string(f"reports/mail/{template}.txt", context),
        to=[user.email],
        headers={"Message-ID": _build_message_id(email)},
    )
    mail.attach_alternative(render_to_string(f"reports/mail/{template}.html", context), "text/html")
    mail.attach(build_file_name(title), workbook.getvalue(), XLSX)
    return mail


def build_contents(schedule: ReportSchedule, user: User) -> tuple[list[Panel], Any]:
    """The panels of the report and its single numbers, if it has any."""
    if schedule.shipped:
        shipped, data = BY_NAME[schedule.shipped], QueryDict(schedule.query)
        panels = build_panels(shipped, data, user)
        return panels, build_figures(shipped, data, user) if not get_distinct_problems(panels) else None
    report = schedule.report
    if report is None:
        raise ValueError("A schedule of a deleted report has no contents.")
    return [
        build_panel(report.name, parse_question(QueryDict(report.query), user, **DEFAULT_QUESTION), user)
    ], None


def _build_line_table(schedule: ReportSchedule, panels: Sequence[Panel], user: User) -> LineTable | None:
    shipped = BY_NAME.get(schedule.shipped)
    return build_line_table(shipped.lines, panels[0].answer.question, user) if shipped else None


def get_report_title(schedule: ReportSchedule) -> str:
    """In the present language."""
    return str(BY_NAME[schedule.shipped].title) if schedule.shipped in BY_NAME else str(schedule)


def get_report_path(schedule: ReportSchedule) -> str:
    """The URL of the report or dashboard, or '' if it was deleted."""
    if schedule.shipped in BY_NAME:
        path = reverse("reports:report", args=[schedule.shipped])
        return f"{path}?{schedule.query}" if schedule.query else path
    if schedule.dashboard_id:
        return reverse("reports:dashboard", args=[schedule.dashboard_id])
    return reverse("reports:saved", args=[schedule.report_id]) if schedule.report_id else ""


def truncate_table(table: Table, most: int = MOST_ROWS) -> Table:
    return Table(table.heads, table.numbers, table.rows[:most], table.total)


def iterate_text_lines(panels: Sequence[Panel], most: int = MOST_ROWS) -> Iterator[tuple[str, list[str]]]:
    """For the plain text: each panel's title, and its rows with a label before each number."""
    for panel in panels:
        table = truncate_table(panel.table, most)
        rows = [*table.rows, *([table.total] if table.total else [])]
        yield str(panel.title), [_format_line(table, row) for row in rows]


def _format_line(table: Table, row: TableRow) -> str:
    numbers = zip(table.numbers, row.cells, strict=False)
    values = [f"{head} {_format_cell(cell)}" for head, cell in numbers]
    return f"{' / '.join(map(str, row.texts))}: {'; '.join(values)}"


def _format_cell(cell: Any) -> str:
    texts = [cell.text or cell.unknown or "–", f"({cell.note})" if cell.note else ""]
    return " ".join(filter(None, [*texts, cell.change.with_arrow if cell.change else ""]))


def _join_lines(text: str) -> str:
    """A header refuses line ends."""
    return " ".join(text.split())


def _build_message_id(email: ReportEmail) -> str:
    """Always the same for one email, so that mail programs recognize a repeated one."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY} report {email.pk}".encode()).hexdigest()[:24]
    return f"<report-{email.pk}-{digest}@{get_sender_domain()}>"
