"""A report in the size of a card: pinned to Today, or a part of a dashboard."""

from dataclasses import replace

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from reports.charts.chart import render_picture
from reports.charts.chart_values import get_chart_type
from reports.display.panels import build_section_question
from reports.display.tables import build_table
from reports.engine.question import DEFAULT_QUESTION, ReportQuestion, parse_question
from reports.engine.report_answer import ReportAnswer, get_answer
from reports.models.shown_report import ShownReport
from reports.standard_reports import BY_NAME, may_view_report

# The bars or rows of a card, and the numbers of each row; the report has all.
ROWS, NUMBERS = 6, 3


def may_view_card(shown: ShownReport, user: User) -> bool:
    """Whether the user may see its numbers. Who a saved report is shared with is asked by its query."""
    return bool(shown.report) or (shown.shipped in BY_NAME and may_view_report(BY_NAME[shown.shipped], user))


def get_card_title(shown: ShownReport) -> str:
    """In the present language; '' of a report that Leadwell no longer has."""
    if shown.report:
        return shown.report.name
    return str(BY_NAME[shown.shipped].title) if shown.shipped in BY_NAME else ""


def get_card_url(shown: ShownReport) -> str:
    if shown.report:
        return reverse("reports:saved", args=[shown.report.pk])
    path = reverse("reports:report", args=[shown.shipped])
    return f"{path}?{shown.query}" if shown.query else path


def build_card_question(shown: ShownReport, user: User) -> ReportQuestion:
    if shown.report:
        return parse_question(QueryDict(shown.report.query), user, **DEFAULT_QUESTION)
    return build_section_question(BY_NAME[shown.shipped].sections[0], QueryDict(shown.query), user)


def build_card_answer(shown: ShownReport, user: User) -> ReportAnswer:
    """With its first numbers, those that a card has room for. Raises CountedLater."""
    question = build_card_question(shown, user)
    if question.picture != "funnel":
        question = replace(question, measures=question.measures[:NUMBERS])
    return get_answer(question, user)


def render_tile(found: ReportAnswer) -> SafeString:
    """Its picture, or its first rows."""
    question = found.question
    short = replace(found, groups=found.groups[:ROWS])
    table = build_table(short)
    is_whole = get_chart_type(found) in ("line", "funnel")
    context = {
        "question": question,
        "compared": question.compared_period if table.has_changes else None,
        "problems": found.problems,
        "is_empty": bool(question.by and not found.groups),
        "picture": render_picture(found if is_whole else short),
        "table": table,
        "costs_unknown": found.costs_unknown,
        # A line has all of its times.
        "more": 0 if is_whole else len(found.groups) - len(short.groups),
    }
    return render_to_string("reports/_tile.html", context)
