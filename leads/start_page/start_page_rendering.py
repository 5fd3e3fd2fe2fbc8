"""Draws the lines of leads on the start page, each part in one pass."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.web.phone_links import build_dial_url
from crm.platform.web.rendering.html_building import html, join_html
from crm.templatetags.look import ago, chip, icon
from leads.models import Lead
from leads.queue.priority_reasons import QueuePlace
from leads.start_page.recent_changes import LeadNews

# How much of a new value is shown.
LONGEST = 60


def render_queue_lines(lines: Sequence[tuple[QueuePlace, Lead]], _token: str) -> SafeString:
    queue = reverse("leads:queue")
    return join_html(_render_waiting_line(place, lead, f"{queue}?lead={lead.pk}") for place, lead in lines)


def _render_waiting_line(place: QueuePlace, lead: Lead, address: str) -> SafeString:
    below = html('<p class="soft small">{}</p>', lead.subtitle) if lead.subtitle else ""
    form = (
        '<li><div class="grow"><a class="opens" href="{}">{}</a>{}</div>'
        '<span class="chip" data-tone="{}">{}</span></li>'
    )
    return html(form, address, lead, below, "negative" if place.is_urgent else "", place.first_reason_text)


def render_new_lines(lines: Sequence[Lead], _token: str) -> SafeString:
    return join_html(map(_render_new_line, lines))


def _render_new_line(lead: Lead) -> SafeString:
    page = lead.get_absolute_url()
    below = [html("<span>{}</span>", lead.subtitle)] if lead.subtitle else []
    if lead.phone:
        form = '<a href="{}" data-dial="{}">{}</a>'
        below.append(html(form, build_dial_url(lead.phone), page, lead.phone))
    below.append(html("<span>{}</span>", lead.source.label))
    form = '<li><div class="grow"><a class="opens" href="{}">{}</a><p class="soft small cluster">{}</p></div>{}</li>'
    return html(form, page, lead, join_html(below), _render_time(lead.assigned_at))


def render_changed_lines(lines: Sequence[LeadNews], _token: str) -> SafeString:
    return join_html(map(_render_changed_line, lines))


def _render_changed_line(news: LeadNews) -> SafeString:
    what: Any = news.what
    below = [html("<span>{} {}</span>", news.actor_name, what.words)]
    moved: Any = getattr(what, "moved", None)
    fields: Any = getattr(what, "fields", ())
    arrow = '{}<span class="visually-hidden">{}</span>{}'
    if moved:
        below.append(html(arrow, icon("arrow"), _("to"), chip(moved[1])))
    elif len(fields) == 1 and fields[0].new:
        new = html("<span>{}</span>", truncatechars(fields[0].new, LONGEST))
        below.append(html(arrow, icon("arrow"), _("becomes"), new))
    if news.more:
        words = ngettext("and %(number)s more", "and %(number)s more", news.more)
        below.append(html("<span>{}</span>", words % {"number": news.count_text}))
    form = (
        '<li><div class="grow"><a class="opens" href="{}">{}</a>'
        '<p class="soft small cluster" data-gap="small">{}</p></div>{}</li>'
    )
    return html(form, news.lead.get_absolute_url(), news.lead, join_html(below), _render_time(news.at))


def _render_time(moment: Any) -> SafeString:
    exact = timezone.localtime(moment).isoformat()
    return html('<time class="soft small nowrap" datetime="{}">{}</time>', exact, ago(moment))
