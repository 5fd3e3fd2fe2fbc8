"""Leads as a record type: the classes that make up its screens, files and APIs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.fields.conditions.field_filters import ME
from crm.fields.schemas import WHOLE_NAME
from crm.platform.record_types import RecordWords
from crm.records.editing.inline_editing import InlineEdit, build_inline_of_action, build_inline_of_fields
from crm.records.kinds.kind_registry import Kind, RowRequirements, WorkTab
from crm.records.listing.search.phone_lookup import build_phone_condition
from crm.records.listing.search.search import Search
from crm.templatetags.look import chip, number
from leads import fields
from leads.actions import ACTIONS, ASSIGN, NEXT_ACTION, STATUS
from leads.api.public_ids import parse_public_id
from leads.api.v2_lead_values import JSON, OF_LEADS
from leads.boards.board import BOARD
from leads.excel import LeadResource
from leads.filters import COMPUTED, LeadFilter
from leads.forms import LeadForm, get_default_values
from leads.models import Lead, LeadSearch, Status
from leads.page.newsletter_fact import build_newsletter_annotation
from leads.page.page import (
    count_next_actions,
    get_email_warnings,
    get_next_action_initial,
    get_page_context,
    get_page_facts,
    get_quick_days,
    get_status_options,
    parse_requested_status,
)
from leads.scores.scoring_round import get_scoring_note
from leads.sorts import SORTS
from leads.tables import LeadTable
from leads.timeline import LeadTimeline
from leads.verbs import Add, Edit, SetVip, Take

OPEN = "&".join(f"kind={kind}" for kind in Status.OPEN)
DUE = (
    "(leadwell_contact_due(l.source_id, l.department_id, l.status_id, l.created_at, l.first_contacted_at)).{}"
)
MINE = f"owner={ME}&{OPEN}"


def describe_lead_count(count: int) -> str:
    return ngettext("%(number)s lead", "%(number)s leads", count) % {"number": number(count)}


def describe_open_lead_count(count: int) -> str:
    return ngettext("%(number)s open lead", "%(number)s open leads", count) % {"number": number(count)}


LEAD = Kind(
    model=Lead,
    urls="leads",
    icon="leads",
    words=RecordWords(
        one=_("lead"),
        many=_("leads"),
        counted=describe_lead_count,
        open=describe_open_lead_count,
        new=_("New lead"),
        all=_("All leads"),
        added=_("Add a lead"),
        found_by=_("name, email, company, phone"),
    ),
    fields=fields,
    identified_by=("email", WHOLE_NAME),
    sorts=SORTS,
    filters=LeadFilter,
    computed=COMPUTED,
    table=LeadTable,
    drawing=RowRequirements(
        every=[
            "first_name",
            "last_name",
            "title",
            "company",
            "email",
            "phone",
            "mobile",
            "vip",
            "status__name",
            "status__key",
            "status__kind",
            "status__hue",
            "status__most_days",
            "client",
            "client_contact",
            "erased_at",
            "owner__name",
            "owner__hue",
        ],
        joined=["status", "owner"],
        annotated=build_newsletter_annotation,
        columns={
            "status": (),
            "owner": (),
            "vip": (),
            "time_in_status": ("status_since", "next_action_on"),
            "next_action": ("next_action", "next_action_on"),
            "contact_due_at": ("contact_due_at", "contact_warning_at", "department_id"),
            "created_at": ("created_at",),
            "id": (),
        },
    ),
    search=Search(LeadSearch, country="country", public=parse_public_id),
    form=LeadForm,
    cards={"who": _("Contact details"), "where": _("Location"), "stand": _("Status and owner")},
    first_values=get_default_values,
    add=Add,
    edit=Edit,
    take=Take,
    actions=ACTIONS,
    inline={
        "status": build_inline_of_action(
            STATUS,
            lambda lead: {
                "status": lead.status_id,
                "reason": lead.lost_reason_id,
                "remark": lead.lost_remark,
            },
            sent=lambda data: {"status": data["status"]},
            context=get_status_options,
            chosen=parse_requested_status,
        ),
        "lost_reason": build_inline_of_fields(
            *fields.SOMETIMES, applies=lambda lead: lead.status.needs_reason
        ),
        "owner": build_inline_of_action(ASSIGN, lambda lead: {"owner": str(lead.owner_id or "none")}),
        "next_action": build_inline_of_action(
            NEXT_ACTION,
            get_next_action_initial,
            context=get_quick_days,
            call_backs=True,
            sent=lambda data: {"next_action": data["text"], "next_action_on": data["day"]},
        ),
        "vip": InlineEdit("change", toggle=SetVip),
    },
    resource=LeadResource,
    timeline=LeadTimeline,
    page=get_page_context,
    facts=get_page_facts,
    email_warnings=get_email_warnings,
    own_labels={
        "name": _("name"),
        "newsletter": _("newsletter"),
        "time_in_status": _("time in status"),
        "created_by": _("added by"),
    },
    aside=lambda lead: chip(lead.status),
    split="status",
    tallies=count_next_actions,
    open_filter=OPEN,
    work=[
        WorkTab("mine", _("My open leads"), f"{MINE}&sort=next_action"),
        WorkTab("overdue", _("Overdue"), f"{MINE}&next_action=overdue&sort=next_action"),
    ],
    list_note=get_scoring_note,
    board=BOARD,
    derived={
        "contact_due_at": DUE.format("due"),
        "contact_warning_at": DUE.format("warns"),
        "base_value": "CASE WHEN l.value IS NOT NULL THEN leadwell_base_value(l.value, l.currency, l.created_at) END",
    },
    star=True,
    by_phone=build_phone_condition,
    json=JSON,
    json_joins=OF_LEADS,
)
