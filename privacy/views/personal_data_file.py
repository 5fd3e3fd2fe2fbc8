"""Downloading what is stored about a person: as JSON for programs, or as a page that people read and print."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from privacy.person import Person
from privacy.personal_data import build_data_sections, render_json, render_page
from privacy.views.record_selection import parse_records


@permission_required("privacy.view_person_data", raise_exception=True)
@require_safe
@require_confirmation
def file(request):
    records = parse_records(request.GET)
    if not records:
        messages.error(request, _("Select at least one record."))
        return redirect("privacy:start")
    found = Person(records)
    parts = build_data_sections(found, request.user)
    write_security_line("person_exported", rows=sum(map(len, records.values())))
    name = slugify(pgettext("the name of a file", "person"))
    if request.GET.get("format") == "html":
        response = HttpResponse(render_page(parts, request.user), content_type="text/html; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.html"'
        return response
    response = HttpResponse(render_json(parts, found), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
