"""Pinned reports on the start page, each a small card with its picture or its first rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
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
from reports.display.report_cards import (
    build_card_answer,
    get_card_title,
    get_card_url,
    may_view_card,
    render_tile,
)
from reports.engine.report_answer import ReportAnswer
from reports.models import Pin, Report

MOST = 6


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
    return [_build_deferred_part(one, user) for one in pins if may_view_card(one, user)]


def _visible_pins_queryset(_ids: list[int], user: Reader) -> Any:
    """The statement is kept (crm/platform/sql/compiled_querysets.py)."""
    return Pin.objects.visible_to(user).select_related("report").in_order()[:MOST]


def _build_deferred_part(one: Pin, user: User) -> DeferredPart:
    return DeferredPart(f"pin-{one.pk}", get_card_title(one), partial(_build_part, one, user))


def _build_part(one: Pin, user: User) -> StartPagePart:
    found = build_card_answer(one, user)
    return StartPagePart(
        name=f"pin-{one.pk}",
        title=get_card_title(one),
        draw=_render_answer,
        lines=[found],
        empty="",
        all=ListLink(_("View the report"), get_card_url(one)),
        is_list=False,
        counted_at=found.complete_until,
    )


def _render_answer(answers: Sequence[ReportAnswer], _token: str) -> SafeString:
    return render_tile(answers[0])
