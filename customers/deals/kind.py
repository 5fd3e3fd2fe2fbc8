"""Deals as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.ownership.actions import ASSIGN
from accounts.ownership.verbs import Take
from crm.fields.conditions.field_filters import ME
from crm.platform.record_types import RecordWords
from crm.records.editing.inline_editing import build_inline_of_action, build_inline_of_fields
from crm.records.kinds.kind_registry import Kind, RowRequirements, WorkTab
from crm.records.listing.search.search import Search
from crm.templatetags.look import chip, number
from customers.converted_leads import get_visible_source_lead
from customers.deals import fields
from customers.deals.actions import ACTIONS, STAGE
from customers.deals.board import BOARD
from customers.deals.excel import DealResource
from customers.deals.forms import DealForm, get_initial_values
from customers.deals.lists import COMPUTED, SORTS, DealFilter, DealTable
from customers.deals.page import get_page_context, get_page_facts
from customers.deals.timeline import DealTimeline
from customers.deals.verbs import Add, Edit
from customers.models import Deal, DealSearch
from leads.models import Status
from leads.page.page import get_status_options, parse_requested_status

OPEN = "&".join(f"kind={kind}" for kind in Status.OPEN)
MINE = f"owner={ME}&{OPEN}"


def describe_deal_count(count: int) -> str:
    return ngettext("%(number)s deal", "%(number)s deals", count) % {"number": number(count)}


def describe_open_deal_count(count: int) -> str:
    return ngettext("%(number)s open deal", "%(number)s open deals", count) % {"number": number(count)}


DEAL = Kind(
    model=Deal,
    urls="deals",
    icon="deal",
    words=RecordWords(
        one=_("deal"),
        many=_("deals"),
        counted=describe_deal_count,
        open=describe_open_deal_count,
        new=_("New deal"),
        all=_("All deals"),
        added=_("Add a deal"),
        found_by=_("name, description"),
    ),
    fields=fields,
    sorts=SORTS,
    filters=DealFilter,
    computed=COMPUTED,
    table=DealTable,
    drawing=RowRequirements(
        every=[
            "name",
            "company__name",
            "probability",
            "status__name",
            "status__key",
            "status__kind",
            "status__hue",
            "status__probability",
            "owner__name",
            "owner__hue",
        ],
        joined=["company", "status", "owner"],
        columns={
            "status": (),
            "owner": (),
            "time_in_status": ("status_since",),
            "expected_close": ("expected_close",),
            "created_at": ("created_at",),
            "id": (),
        },
    ),
    search=Search(DealSearch),
    form=DealForm,
    cards={"what": _("Deal"), "stand": _("Stage and owner")},
    first_values=get_initial_values,
    add=Add,
    edit=Edit,
    take=Take,
    actions=ACTIONS,
    inline={
        "status": build_inline_of_action(
            STAGE,
            lambda deal: {
                "status": deal.status_id,
                "reason": deal.lost_reason_id,
                "remark": deal.lost_remark,
            },
            sent=lambda data: {"status": data["status"]},
            context=get_status_options,
            chosen=parse_requested_status,
        ),
        "lost_reason": build_inline_of_fields(
            *fields.SOMETIMES, applies=lambda deal: deal.status.needs_reason
        ),
        "owner": build_inline_of_action(ASSIGN, lambda deal: {"owner": str(deal.owner_id or "none")}),
    },
    resource=DealResource,
    timeline=DealTimeline,
    page=get_page_context,
    facts=get_page_facts,
    along=get_visible_source_lead,
    own_labels={"time_in_status": _("time in stage")},
    aside=lambda deal: chip(deal.status),
    split="status",
    open_filter=OPEN,
    work=[WorkTab("mine", _("My open deals"), f"{MINE}&sort=expected_close")],
    board=BOARD,
    derived={
        "base_value": "CASE WHEN l.value IS NOT NULL THEN leadwell_base_value(l.value, l.currency, l.created_at) END"
    },
    json={"kind": "s.kind", "url": f"'{settings.SITE_URL}/admin/deals/' || customers_deal.id"},
    json_joins="FROM leads_status s WHERE s.id = customers_deal.status_id",
)
