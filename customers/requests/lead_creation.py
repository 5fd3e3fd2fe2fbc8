"""The lead that a request becomes: with everything typed, in the request's department and with its owner."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Department, User
from crm.api.v2.form_values import flatten_sent_values
from crm.api.v2.record_writing import get_proposed_values
from crm.records.history.jobs import build_query_dict
from customers.models import Request
from leads.forms import LeadForm, get_initial_values
from leads.models import Lead, Source
from leads.verbs import Add

# The shipped source that says the same as a channel.
SOURCES = {str(Request.Channel.FORM): "website"}
# The assignment rules for leads that come in as a channel does.
WAYS = {str(Request.Channel.FORM): "form", str(Request.Channel.EMAIL): "mail"}
# What has the same name in both.
SAME = ("first_name", "last_name", "email", "phone", "website", "shared", "owner", "department")


def build_lead_form(
    row: Request,
    user: User,
    sent: Mapping[str, Any] | None = None,
    *,
    named: Mapping[str, Any] | None = None,
) -> LeadForm:
    """The form of the lead, filled in. `sent` is what the user entered because the form asked for more; `named` are the values
    that a program sends, by field: all others are as proposed."""
    first = get_lead_values(row)
    if sent is None:
        proposed = restore_carried_values(row, LeadForm(initial=first, user=user))
        sent = build_query_dict(get_proposed_values(proposed) | flatten_sent_values(named or {}))
    return restore_carried_values(row, LeadForm(sent, initial=first, user=user, sent=named))


def restore_carried_values(row: Request, form: LeadForm) -> LeadForm:
    """Owner and department are carried over, even by users who may not assign."""
    form.fields["owner"].queryset |= User.objects.filter(pk=row.owner_id)
    form.fields["department"].queryset |= Department.objects.filter(pk=row.department_id)
    offered = {pk for pk, _name in form.fields["tags"].choices}
    form.initial["tags"] = [pk for pk in row.tags if pk in offered]
    return form


def build_add_verb(row: Request, values: dict[str, Any]) -> Add:
    """The verb that adds this lead. Assignment rules assign it if it has no owner."""
    return Add(Lead, [values], way="" if values.get("owner") else WAYS.get(row.channel, ""))


def get_lead_values(row: Request) -> dict[str, Any]:
    values = get_initial_values(row.department)
    source = Source.objects.active().get_shipped(SOURCES.get(row.channel, ""))
    values |= {name: getattr(row, name) for name in SAME}
    values |= {"company": row.company_name, "country": str(row.country) or values["country"]}
    values["description"] = get_lead_description(row, with_channel=source is None)
    return values | ({"source": source} if source else {})


def get_lead_description(row: Request, *, with_channel: bool) -> str:
    """Subject and message; and the channel, if no source says it."""
    channel = _("Channel: %(channel)s") % {"channel": row.get_channel_display()}
    return "\n\n".join(filter(None, [row.subject, row.text, channel if with_channel else ""]))
