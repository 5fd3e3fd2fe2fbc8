"""Requests as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.ownership.actions import ASSIGN
from accounts.ownership.record_form import get_initial_ownership
from accounts.ownership.verbs import Take
from crm.fields.conditions.field_filters import ME, NONE
from crm.platform.record_types import RecordWords
from crm.records.editing.inline_editing import build_inline_of_action
from crm.records.history.verbs import Add, Edit
from crm.records.kinds.kind_registry import Kind, RowRequirements, WorkTab
from crm.records.listing.search.phone_lookup import build_phone_condition
from crm.records.listing.search.search import Search
from crm.templatetags.look import number
from customers.models import Request, RequestSearch
from customers.requests import fields
from customers.requests.actions import ACTIONS, STATE
from customers.requests.excel import RequestResource
from customers.requests.forms import RequestForm
from customers.requests.lists import SORTS, RequestFilter, RequestTable
from customers.requests.page import get_page_context
from customers.requests.timeline import RequestTimeline

OPEN = "&".join(f"state={state}" for state in Request.OPEN)


def describe_request_count(count: int) -> str:
    return ngettext("%(number)s request", "%(number)s requests", count) % {"number": number(count)}


def describe_open_request_count(count: int) -> str:
    words = ngettext("%(number)s open request", "%(number)s open requests", count)
    return words % {"number": number(count)}


REQUEST = Kind(
    model=Request,
    urls="requests",
    icon="request",
    words=RecordWords(
        one=_("request"),
        many=_("requests"),
        counted=describe_request_count,
        open=describe_open_request_count,
        new=_("New request"),
        all=_("All requests"),
        added=_("Add a request"),
        found_by=_("subject, message, sender"),
    ),
    fields=fields,
    sorts=SORTS,
    filters=RequestFilter,
    table=RequestTable,
    drawing=RowRequirements(
        every=[
            "subject",
            "state",
            "first_name",
            "last_name",
            "company_name",
            "email",
            "phone",
            "owner__name",
            "owner__hue",
            "erased_at",
        ],
        joined=["owner"],
        columns={"owner": (), "created_at": ("created_at",), "received_at": ("received_at",), "id": ()},
    ),
    search=Search(RequestSearch, country="country"),
    form=RequestForm,
    cards={
        "what": _("Request"),
        "who": _("Sender"),
        "links": _("Linked records"),
        "stand": _("State and owner"),
    },
    first_values=get_initial_ownership,
    add=Add,
    edit=Edit,
    take=Take,
    actions=ACTIONS,
    inline={
        "owner": build_inline_of_action(ASSIGN, lambda row: {"owner": str(row.owner_id or "none")}),
        "state": build_inline_of_action(STATE, lambda row: {"state": row.state}),
    },
    resource=RequestResource,
    timeline=RequestTimeline,
    page=get_page_context,
    own_labels={"name": _("subject")},
    open_filter=OPEN,
    work=[
        WorkTab("open", pgettext_lazy("requests", "Open"), OPEN, for_all=True),
        WorkTab("mine", pgettext_lazy("requests", "My open requests"), f"owner={ME}&{OPEN}"),
        WorkTab("unassigned", pgettext_lazy("requests", "Unassigned"), f"owner={NONE}&{OPEN}"),
    ],
    by_phone=build_phone_condition,
    json={"url": f"'{settings.SITE_URL}/admin/requests/' || customers_request.id"},
)
