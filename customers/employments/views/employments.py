"""All employments of a contact, and all people at a company who aren't its present contacts."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.records.kinds import Kind
from crm.records.views.of_kind import of_kind, visible_record
from crm.web.ids import number_of
from crm.web.screens import answer
from customers.employments.lists import PEOPLE, lines_of_company, lines_of_contact, of_contact, others_at
from customers.models import Contact, Employment
from customers.page_lists import PageList

PAGE = 50


@of_kind()
@require_safe
def employments(request, kind: Kind, pk):
    contact = visible_record(kind, request.user, pk)
    rows = Employment.objects.present().visible_to(request.user).of(contact)
    rows = rows.newest_first().with_names()
    lines = lambda found: lines_of_contact(found, contact, request.user)  # noqa: E731
    return draw(request, kind, contact, of_contact(contact, request.user), rows, lines)


@of_kind()
@require_safe
def people(request, kind: Kind, pk):
    company = visible_record(kind, request.user, pk)
    if not request.user.has_perm(Contact.right("view")):
        raise PermissionDenied
    head = PageList("people", PEOPLE, [], _("People with an earlier or another position appear here."))
    return draw(request, kind, company, head, others_at(company, request.user), lines_of_company)


def draw(request, kind: Kind, record: Any, head: PageList, rows: Any, lines: Callable[[list], list]):
    """Fifty on a page; `start` is the number of those before."""
    start = number_of(request.GET.get("start", "")) or 0
    found = list(rows[start : start + PAGE + 1])
    context = {
        "kind": kind,
        "record": record,
        "head": head,
        "lines": lines(found[:PAGE]),
        "previous": max(0, start - PAGE) if start else None,
        "next": start + PAGE if len(found) > PAGE else None,
    }
    return answer(request, "employments/list.html", context)
