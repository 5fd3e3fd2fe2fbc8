"""Charts on the start page of those who assign leads: the funnel, won leads, open value, and what is over its time limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)
from reports.display.report_cards import render_tile
from reports.engine.question import parse_question
from reports.engine.report_answer import ReportAnswer, get_answer
from reports.standard_reports import BY_NAME, may_view_report

OF_MANAGERS = ["leads.view_lead", "leads.assign_lead", "reports.view_report"]


@dataclass(frozen=True)
class StartChart:
    """`query` is the question of its picture, `report` the report of Leadwell that has more of it."""

    name: str
    title: str | Promise
    query: str
    report: str


FUNNEL = StartChart(
    "chart_funnel",
    _lazy("Funnel"),
    "measure=leads&measure=contacted&measure=qualified&measure=proposal&measure=won&picture=funnel&period=last90",
    "funnel",
)
WON = StartChart(
    "chart_won",
    _lazy("Won by week"),
    "measure=won&by=week&picture=line&basis=happened&period=last90",
    "conversion",
)
OPEN_VALUE = StartChart(
    "chart_open_value",
    _lazy("Open value by stage"),
    "measure=open_value&by=stage&picture=bar&period=this_year",
    "forecast",
)
STUCK = StartChart(
    "chart_stuck",
    _lazy("Leads over the time limit"),
    "measure=stuck&by=status&picture=bar&basis=happened&period=this_month",
    "stuck",
)


@register_start_part(12, FUNNEL.name, deferred=True)
def build_funnel_chart(user: User) -> DeferredPart | None:
    return _build_chart(FUNNEL, user)


@register_start_part(13, WON.name, deferred=True)
def build_won_chart(user: User) -> DeferredPart | None:
    return _build_chart(WON, user)


@register_start_part(14, OPEN_VALUE.name, deferred=True)
def build_open_value_chart(user: User) -> DeferredPart | None:
    return _build_chart(OPEN_VALUE, user)


@register_start_part(15, STUCK.name, deferred=True)
def build_stuck_chart(user: User) -> DeferredPart | None:
    return _build_chart(STUCK, user)


def _build_chart(chart: StartChart, user: User) -> DeferredPart | None:
    if not user.has_perms(OF_MANAGERS) or not may_view_report(BY_NAME[chart.report], user):
        return None
    return DeferredPart(chart.name, chart.title, partial(_build_part, chart, user))


def _build_part(chart: StartChart, user: User) -> StartPagePart:
    found = get_answer(parse_question(QueryDict(chart.query), user), user)
    return StartPagePart(
        name=chart.name,
        title=chart.title,
        draw=_render_chart,
        lines=[found] if _has_numbers(found) else [],
        empty=_("A chart appears here once there are numbers."),
        all=ListLink(_("View the report"), reverse("reports:report", args=[chart.report])),
        is_list=False,
        counted_at=found.complete_until,
    )


def _has_numbers(found: ReportAnswer) -> bool:
    return bool(found.total.get_value(found.question.measures[0]))


def _render_chart(answers: Sequence[ReportAnswer], _token: str) -> SafeString:
    """Nothing without numbers: the card then says what will appear."""
    return render_tile(answers[0]) if answers else SafeString("")
