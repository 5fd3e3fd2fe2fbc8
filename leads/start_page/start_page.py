"""Leads on the start page: the first ones in the queue, those that are new for the user, and what others changed on the user's leads."""

from functools import partial

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.conditions.field_filters import ME
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    ListLink,
    StartPagePart,
    register_start_part,
)
from crm.records.listing.record_list import RecordList, get_records_for_page
from crm.templatetags.look import number
from leads.kind import LEAD
from leads.models import QueueRules, Status
from leads.queue.waiting_leads import MOST, get_waiting_leads
from leads.start_page.recent_changes import get_recent_changes, get_start_of_yesterday
from leads.start_page.start_page_rendering import render_changed_lines, render_new_lines, render_queue_lines

FIRST = 5
NEWS = 10
NEW = f"owner={ME}&kind={Status.Kind.NEW}&contacted=none&assigned_at.in=last7&sort=-assigned_at"


@register_start_part(10, "queue")
def build_queue_part(user: User) -> StartPagePart | None:
    """The first ones in the user's queue, each with its reason."""
    if not user.has_perms(["leads.view_lead", "leads.change_lead"]):
        return None
    places = get_waiting_leads(user, QueueRules.get_current())
    leads = {lead.pk: lead for lead in get_records_for_page(LEAD, [place.lead for place in places[:FIRST]])}
    path, count = reverse("leads:queue"), number(len(places))
    # Each reason gives at most so many, so more may be waiting.
    count = f"{count}+" if len(places) >= MOST else count
    return StartPagePart(
        name="queue",
        title=_("My queue"),
        draw=render_queue_lines,
        lines=[(place, leads[place.lead]) for place in places[:FIRST] if place.lead in leads],
        empty=_(
            "Leads with a task or a first contact due today, new leads and stuck ones wait here for you."
        ),
        start=ListLink(_("Start"), path, _("%(number)s waiting") % {"number": count}) if places else None,
    )


@register_start_part(30, "new", deferred=True)
def build_new_leads_part(user: User) -> DeferredPart | None:
    """The leads assigned to the user in the last 7 days that are still new: no one has contacted them."""
    if not user.has_perm("leads.view_lead"):
        return None
    return DeferredPart("new", _("New for me"), partial(_build_new, user))


def _build_new(user: User) -> StartPagePart:
    ids = RecordList(LEAD, QueryDict(NEW), user).get_page(FIRST).ids
    return StartPagePart(
        name="new",
        title=_("New for me"),
        draw=render_new_lines,
        lines=get_records_for_page(LEAD, ids, ["source", "assigned_at"]),
        empty=_("Leads assigned to you in the last 7 days appear here until they’re contacted."),
        all=ListLink(_("View all new leads"), f"{LEAD.list_url}?{NEW}"),
    )


@register_start_part(40, "changed", deferred=True)
def build_changed_by_others_part(user: User) -> DeferredPart | None:
    if not user.has_perm("leads.view_lead"):
        return None
    return DeferredPart(
        "changed", _("What changed on my leads since yesterday"), partial(_build_changed, user)
    )


def _build_changed(user: User) -> StartPagePart:
    since = get_start_of_yesterday()
    query = f"owner=me&updated_at.since={timezone.localtime(since).date().isoformat()}"
    return StartPagePart(
        name="changed",
        title=_("What changed on my leads since yesterday"),
        draw=render_changed_lines,
        lines=get_recent_changes(user, since, NEWS),
        empty=_("When a colleague or a program changes one of your leads, it appears here."),
        all=ListLink(_("View all my leads with changes"), f"{LEAD.list_url}?{query}"),
    )
