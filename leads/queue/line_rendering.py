"""Draws what the page of the queue repeats, in one pass: the next leads, the outcomes and the weights."""

from django.urls import reverse
from django.utils.safestring import SafeString

from crm.platform.web.rendering.html_building import html, join_html
from crm.templatetags.look import number
from leads.models import Lead, QueueRules
from leads.queue.outcomes import QueueOutcome
from leads.queue.priority_reasons import QueuePlace


def render_next_lines(lines: list[tuple[QueuePlace, Lead]], *, is_own: bool) -> SafeString:
    """The next leads, which open in the queue if it is the reader's own."""
    queue = reverse("leads:queue")
    return join_html(
        _render_next_line(place, lead, f"{queue}?lead={lead.pk}" if is_own else lead.get_absolute_url())
        for place, lead in lines
    )


def _render_next_line(place: QueuePlace, lead: Lead, address: str) -> SafeString:
    action = html('<small class="soft">{}</small>', lead.next_action) if lead.next_action else ""
    form = '<li><span class="lead"><a href="{}">{}</a><small>{}</small>{}</span></li>'
    return html(form, address, lead, place.first_reason_text, action)


def render_outcome_buttons(outcomes: list[QueueOutcome]) -> SafeString:
    form = (
        '<button class="button" name="outcome" value="{}" data-key="{}" aria-describedby="hint-{}">'
        '<span class="grow">{}<small aria-hidden="true" id="hint-{}">{}</small></span><kbd>{}</kbd></button>'
    )
    return join_html(
        html(form, one.code, key, one.code, one.button_label, one.code, one.hint, key)
        for key, one in enumerate(outcomes, start=1)
    )


def render_weights(rules: QueueRules) -> SafeString:
    form = '<div><dt>{}</dt><dd class="number">{}</dd></div>'
    return join_html(html(form, label, number(points)) for label, points in rules.weights)
