"""All contacts of a deal, and all deals of a contact who isn't their main one."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from customers.deal_contacts.lists import (
    OF_CONTACT,
    build_contact_lines,
    build_deal_lines,
    build_deal_list,
    contact_deals_queryset,
    deal_contacts_queryset,
)
from customers.embedded_lists import PageList
from customers.models import Deal
from customers.related_items.full_list import render_full_list


@kind_view()
@require_safe
def contacts(request, kind: Kind, pk):
    deal = get_visible_record(kind, request.user, pk)
    head = build_deal_list(deal, request.user)
    if head is None:
        raise PermissionDenied
    lines = lambda found: build_deal_lines(found, deal, request.user)  # noqa: E731
    return render_full_list(request, kind, deal, head, deal_contacts_queryset(deal, request.user), lines)


@kind_view()
@require_safe
def deals(request, kind: Kind, pk):
    contact = get_visible_record(kind, request.user, pk)
    if not request.user.has_perm(Deal.get_right("view")):
        raise PermissionDenied
    head = PageList(
        "deals",
        OF_CONTACT,
        [],
        _("Deals that this person takes part in without being the main contact appear here."),
    )
    return render_full_list(
        request, kind, contact, head, contact_deals_queryset(contact, request.user), build_contact_lines
    )
