"""Whether a person receives newsletters, in the list of leads and on the pages of leads and contacts."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.html import format_html, format_html_join

from crm.templatetags.look import icon
from crm.work.emails.email_verbs import get_further_warnings
from leads.models import Newsletter


def build_newsletter_annotation() -> dict[str, Any]:
    """The newsletter state of each lead in a list, as `newsletter_state`."""
    state = Newsletter.objects.filter(lead=OuterRef("pk")).values("state")
    return {"newsletter_state": Subquery(state)}


def build_newsletter_fact(record: Any, state: str) -> Any:
    """A record whose address is suppressed receives none, whatever its state was: the fact has the reason too."""
    blocks = get_further_warnings(record)
    state = get_newsletter_state_with_blocks(state, is_blocked=bool(blocks))
    drawn = format_html('<span class="mail" data-newsletter="{}">{}</span>', state, icon("mail"))
    words = Newsletter.State(state).label
    if state != Newsletter.State.SUPPRESSED:
        return format_html("{}{}", drawn, words)
    reasons = format_html_join("", '<small class="soft">{}</small>', ((reason,) for reason in blocks))
    return format_html(
        '{}<span class="stack" data-gap="small"><span>{}</span>{}</span>', drawn, words, reasons
    )


def get_newsletter_state_with_blocks(state: str, *, is_blocked: bool) -> str:
    """Who has unsubscribed stays so, because only that person can change it."""
    if is_blocked and state != Newsletter.State.UNSUBSCRIBED:
        return str(Newsletter.State.SUPPRESSED)
    return state or str(Newsletter.State.NONE)
