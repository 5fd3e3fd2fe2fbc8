"""Numbers on the start page: the user's own this month, and those of the team for managers, each with the time before."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.conditions.field_filters import ME
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)
from leads.models import Lead
from reports.display.tables import TableCell, build_cell
from reports.engine.measures import MEASURES
from reports.engine.question import parse_question
from reports.engine.report_answer import ReportAnswer, ReportGroup, get_answer

OWN = ["leads", "won", "revenue"]
OF_TEAM = ["won", "leads", "revenue"]
PEOPLE = 8
THIS_MONTH = "period=this_month&basis=happened&compare=before"


@dataclass(frozen=True)
class NumberLine:
    label: str
    cells: Sequence[tuple[str, TableCell]]


@register_start_part(35, "month", deferred=True)
def build_month_part(user: User) -> DeferredPart | None:
    """Only for users who have leads."""
    if not user.has_perm("leads.view_lead") or not get_compiled_values(
        _own_lead_queryset, [], Reader.from_user(user)
    ):
        return None
    return DeferredPart("month", _("My month"), partial(_build_month, user))


def _own_lead_queryset(_ids: list[int], user: Reader) -> Any:
    """One lead of the user, in the order of the index of owners: of someone with many leads, the planner expects some among any.
    The statement is kept (crm/platform/sql/compiled_querysets.py)."""
    return Lead.objects.present().own_of(user).order_by("department_id", "created_at").values_list("pk")[:1]


def _build_month(user: User) -> StartPagePart | None:
    """None if they had no leads this month and the one before."""
    found = _get_answer_to_query(f"{THIS_MONTH}&owner={ME}", OWN, user)
    if not any(_has_leads(one.total) for one in (found, found.before) if one):
        return None
    return StartPagePart(
        name="month",
        title=_("My month"),
        draw=partial(render_numbers, found),
        lines=[NumberLine("", _build_cells(found, found.total))],
        empty="",
        is_list=False,
        counted_at=found.complete_until,
    )


@register_start_part(36, "team", deferred=True)
def build_team_part(user: User) -> DeferredPart | None:
    """What each owner won and got this month, for those who assign leads."""
    if not user.has_perms(["leads.view_lead", "leads.assign_lead", "reports.view_report"]):
        return None
    return DeferredPart("team", _("The team this month"), partial(_build_team, user))


def _build_team(user: User) -> StartPagePart:
    found = _get_answer_to_query(f"{THIS_MONTH}&by=owner", OF_TEAM, user)
    groups = [group for group in found.groups if group.keys != (None,)]
    open_leads = Lead.objects.present().visible_to(user).open()
    waiting = open_leads.filter(owner=None)[:UNASSIGNED].count()
    count = f"{waiting}+" if waiting == UNASSIGNED else str(waiting)
    return StartPagePart(
        name="team",
        title=_("The team this month"),
        draw=partial(render_numbers, found),
        is_list=False,
        counted_at=found.complete_until,
        lines=[NumberLine(group.texts[0], _build_cells(found, group)) for group in groups[:PEOPLE]],
        empty=_("What each owner gets and wins this month appears here."),
        counts=[ListLink(_("Unassigned:"), f"{reverse('leads:list')}?{OF_NO_ONE}", count, urgent=True)]
        if waiting
        else [],
        all=ListLink(
            _("View the report of owners"), f"{reverse('reports:report', args=['people'])}?period=this_month"
        ),
    )


# More are counted as "1,000+".
UNASSIGNED = 1_000
OF_NO_ONE = "owner=none&kind=new&kind=contacted&kind=qualified&kind=proposal"


def _get_answer_to_query(query: str, measures: Sequence[str], user: User) -> ReportAnswer:
    return get_answer(parse_question(QueryDict(query), user, measures=measures), user)


def _has_leads(group: ReportGroup) -> bool:
    return bool(group.get_count("leads") or group.get_count("won"))


def _build_cells(found: ReportAnswer, group: ReportGroup) -> list[tuple[str, TableCell]]:
    return [
        (str(MEASURES[measure.name].label), build_cell(found, group, measure))
        for measure in found.question.measures
    ]


def render_numbers(found: ReportAnswer, lines: Sequence[NumberLine], _token: str) -> SafeString:
    """A table with a row for each line; the only line of a user's own numbers has no name. Without lines, the page says what
    will appear."""
    if not lines:
        return SafeString("")
    context = {
        "lines": lines,
        "labels": [label for label, _cell in lines[0].cells],
        "question": found.question,
    }
    return render_to_string("reports/_numbers.html", context)
