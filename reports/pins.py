"""Pinned reports on the start page, each a small card with its picture or its first rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)
from reports.charts.chart import render_picture
from reports.charts.chart_values import get_chart_type
from reports.display.panels import build_section_question
from reports.display.tables import build_table
from reports.engine.question import DEFAULT_QUESTION, ReportQuestion, parse_question
from reports.engine.report_answer import ReportAnswer, get_answer
from reports.models import Pin, Report
from reports.standard_reports import BY_NAME, may_view_report

MOST = 6
# The bars or rows of a card, and the numbers of each row; the report has all.
ROWS, NUMBERS = 6, 3


class TooManyPins(Exception):
    """The user has MOST pinned reports already."""


@dataclass(frozen=True)
class Pinnable:
    """What the page of a report needs for its button: where it is sent, and whether the report is pinned."""

    path: str
    is_pinned: bool


def get_pin_state(
    user: User, *, report: Report | None = None, shipped: str = "", query: str = ""
) -> Pinnable:
    path = (
        reverse("reports:pin_saved", args=[report.pk]) if report else reverse("reports:pin", args=[shipped])
    )
    is_pinned = Pin.objects.changeable_by(user).of_report(report, shipped).exists()
    return Pinnable(f"{path}?{query}" if query else path, is_pinned)


def pin_report(user: User, *, report: Report | None = None, shipped: str = "", query: str = "") -> None:
    """Inside a transaction. A pinned report of Leadwell gets the new period and filters. Raises TooManyPins."""
    get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    own = Pin.objects.changeable_by(user)
    if not own.of_report(report, shipped).exists() and Pin.objects.visible_to(user).count() >= MOST:
        raise TooManyPins
    Pin.objects.update_or_create({"query": query}, user=user, report=report, shipped=shipped)


def unpin_report(user: User, *, report: Report | None = None, shipped: str = "") -> None:
    Pin.objects.changeable_by(user).of_report(report, shipped).delete()


@register_start_part(50, deferred=True)
def get_pinned_parts(user: User) -> Sequence[DeferredPart]:
    """The numbers are computed only for the parts that are shown, when they are drawn."""
    if not user.has_perms(["leads.view_lead", "reports.view_report"]):
        return []
    pins = get_records_compiled_once(_visible_pins_queryset, [], Reader.from_user(user))
    return [_build_deferred_part(one, user) for one in pins if one.report or _is_open(one.shipped, user)]


def _visible_pins_queryset(_ids: list[int], user: Reader) -> Any:
    """The statement is kept (crm/platform/sql/compiled_querysets.py)."""
    return Pin.objects.visible_to(user).select_related("report").in_order()[:MOST]


def _is_open(shipped: str, user: User) -> bool:
    return shipped in BY_NAME and may_view_report(BY_NAME[shipped], user)


def _build_deferred_part(one: Pin, user: User) -> DeferredPart:
    title = one.report.name if one.report else str(BY_NAME[one.shipped].title)
    return DeferredPart(f"pin-{one.pk}", title, partial(_build_part, one, title, user))


def _build_part(one: Pin, title: str, user: User) -> StartPagePart:
    question = _build_question(one, user)
    if question.picture != "funnel":
        question = replace(question, measures=question.measures[:NUMBERS])
    found = get_answer(question, user)
    return StartPagePart(
        name=f"pin-{one.pk}",
        title=title,
        draw=_render_answer,
        lines=[found],
        empty="",
        all=ListLink(_("View the report"), _get_report_url(one)),
        is_list=False,
        counted_at=found.complete_until,
    )


def _get_report_url(one: Pin) -> str:
    if one.report:
        return reverse("reports:saved", args=[one.report.pk])
    path = reverse("reports:report", args=[one.shipped])
    return f"{path}?{one.query}" if one.query else path


def _render_answer(answers: Sequence[ReportAnswer], _token: str) -> SafeString:
    return render_tile(answers[0])


def render_tile(found: ReportAnswer) -> SafeString:
    """A report in the size of a card: its picture, or its first rows."""
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


def _build_question(one: Pin, user: User) -> ReportQuestion:
    if one.report:
        return parse_question(QueryDict(one.report.query), user, **DEFAULT_QUESTION)
    return build_section_question(BY_NAME[one.shipped].sections[0], QueryDict(one.query), user)
