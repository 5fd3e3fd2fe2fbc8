"""When a lead was first and last contacted, and by what, on its page."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm.fields.types.field_type import get_field_type
from crm.platform.web.rendering.html_building import html
from crm.work.activities.contact_triggers import Origin
from crm.work.models.activity import Activity
from leads.models import Lead

WORDS = {
    "call": _("by a call"),
    "meeting": _("by a meeting"),
    "email": _("by an email"),
}
REPLY = _("by a reply")


def build_contact_facts(lead: Lead) -> dict[str, SafeString]:
    """The times that the lead has, each with its origin."""
    times = {"first_contacted_at": lead.first_contacted_by, "last_contacted_at": lead.last_contacted_by}
    known = {name: origin for name, origin in times.items() if getattr(lead, name)}
    behind: dict[Any, Activity] = {}
    if Origin.ACTIVITY in known.values():
        moments = [getattr(lead, name) for name in known]
        rows = Activity.objects.present().of_record(Lead.table, lead.pk).contacts().at_one_of(moments)
        behind = {activity.at: activity for activity in rows.order_by("-id")}
    found = {}
    for name, origin in known.items():
        field: Any = Lead._meta.get_field(name)
        words = _describe_origin(lead, origin, behind.get(getattr(lead, name)))
        drawn = get_field_type(field).render_fact(field, lead)
        found[name] = html('<span>{} <small class="soft">{}</small></span>', drawn, words)
    return found


def _describe_origin(lead: Lead, origin: str, activity: Activity | None) -> Any:
    if origin != Origin.ACTIVITY or activity is None:
        return Origin(origin).label
    words = REPLY if activity.outcome == Activity.Delivery.RECEIVED else WORDS[activity.type]
    path = f"{lead.get_absolute_url()}/activities/{activity.pk}"
    return html('<a class="link" href="{}">{}</a>', path, words)
