"""Goals of this month on the start page: the user's own, and those of departments and the company for managers."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.platform.web.rendering.html_building import html, join_html
from crm.platform.web.request_cache import read_cached
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)
from reports.goals.goal_lines import GoalLine, build_goal_line, get_visible_goals
from reports.goals.goal_month import get_current_month
from reports.goals.goal_results import GoalResults
from reports.goals.month_elapsed import Pace
from reports.models import Goal

MOST = 8


@register_start_part(34, "goals", deferred=True)
def build_goals_part(user: User) -> DeferredPart | None:
    """Only for users who have a goal this month."""
    if not user.has_perm("leads.view_lead") or user.pk not in _get_users_with_goals(user):
        return None
    title = _("My goals this month")
    return DeferredPart("goals", title, partial(_build_part, "goals", title, user, own=True))


@register_start_part(37, "team_goals", deferred=True)
def build_team_goals_part(user: User) -> DeferredPart | None:
    """Those of departments and the company, for those who assign leads."""
    if not user.has_perms(["leads.view_lead", "leads.assign_lead", "reports.view_report"]):
        return None
    if None not in _get_users_with_goals(user):
        return None
    title = _("Goals of the team this month")
    return DeferredPart("team_goals", title, partial(_build_part, "team_goals", title, user, own=False))


def _get_users_with_goals(user: User) -> set[int | None]:
    """Those whose goals of this month the user sees; None stands for departments and the company."""
    first = get_current_month().first
    found = read_cached(
        f"users with goals {user.pk}",
        lambda: get_compiled_values(_goal_users_queryset, [], Reader.from_user(user), first),
    )
    return {pk for (pk,) in found}


def _goal_users_queryset(_ids: list[int], user: Reader, first: date) -> Any:
    """The statement is kept (crm/platform/sql/compiled_querysets.py)."""
    return Goal.objects.visible_to(user).in_month(first).values_list("user")


def _get_goals(user: User) -> list[Goal]:
    """Both parts read them once."""
    return read_cached(f"goals of {user.pk}", lambda: get_visible_goals(get_current_month(), user))


def _build_part(name: str, title: str, user: User, *, own: bool) -> StartPagePart:
    whose = user.pk if own else None
    goals = [goal for goal in _get_goals(user) if goal.user_id == whose]
    # A user has one for each number at most.
    goals = goals if own else goals[:MOST]
    reached, pace = GoalResults(goals, "period=this_month", user, own=own), Pace(goals, get_current_month())
    return StartPagePart(
        name=name,
        title=title,
        draw=_render_goal_lines,
        lines=[build_goal_line(goal, reached, pace) for goal in goals],
        empty="",
        all=ListLink(_("View all goals"), reverse("reports:goals")),
        counted_at=reached.complete_until,
    )


def _render_goal_lines(lines: Sequence[GoalLine], _token: str) -> SafeString:
    return join_html(map(_render_line, lines))


def _render_line(line: GoalLine) -> SafeString:
    whose = html("<b>{}</b> ", line.goal.label) if line.goal.user_id is None else ""
    values = {"reached": line.reached_text, "target": line.target_text}
    text = _("%(reached)s of %(target)s") % values
    number = html('<a class="link" href="{}">{}</a>', line.cell.url, text) if line.cell.url else text
    return html(
        '<li><div class="grow"><p class="cluster"><span>{}{}</span><span>{}</span>'
        '<span class="chip push" data-tone="{}">{}</span></p>'
        '<div class="goal-progress">{}<span>{}</span></div></div></li>',
        whose,
        line.measure,
        number,
        line.tone,
        line.state_text,
        line.picture,
        line.percent_text,
    )
