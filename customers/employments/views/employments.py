"""All employments of a contact, and all people at a company who aren't its present contacts."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from customers.embedded_lists import PageList
from customers.employments.lists import (
    PEOPLE,
    build_company_lines,
    build_contact_lines,
    build_contact_list,
    other_people_queryset,
)
from customers.models import Contact, Employment
from customers.related_items.full_list import render_full_list


@kind_view()
@require_safe
def employments(request, kind: Kind, pk):
    contact = get_visible_record(kind, request.user, pk)
    rows = Employment.objects.present().visible_to(request.user).of_record(contact)
    rows = rows.newest_first().with_names()
    lines = lambda found: build_contact_lines(found, contact, request.user)  # noqa: E731
    return render_full_list(request, kind, contact, build_contact_list(contact, request.user), rows, lines)


@kind_view()
@require_safe
def people(request, kind: Kind, pk):
    company = get_visible_record(kind, request.user, pk)
    if not request.user.has_perm(Contact.get_right("view")):
        raise PermissionDenied
    head = PageList("people", PEOPLE, [], _("People with an earlier or another position appear here."))
    return render_full_list(
        request, kind, company, head, other_people_queryset(company, request.user), build_company_lines
    )
