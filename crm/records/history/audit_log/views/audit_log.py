"""The audit log: what users did, viewed and searched for, with filters, and as an Excel file."""

from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import AuditEntry
from crm.platform.audit import stream_follower
from crm.platform.excel.writing.workbook_writer import MEDIA_TYPES
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.rendering.day_links import with_days_for_words
from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.platform.web.security_log import write_security_line
from crm.records.history.audit_log.entry_lines import build_entry_lines
from crm.records.history.audit_log.entry_pages import matching_entries_queryset, read_entry_page
from crm.records.history.audit_log.filters import AuditFilter
from crm.records.history.audit_log.workbook import stream_workbook

READ_AGAIN = timedelta(minutes=1)


@permission_required("crm.view_auditentry", raise_exception=True)
@require_safe
@with_days_for_words("first", "last")
def log(request):
    rows = AuditEntry.objects.visible_to(request.user).select_related("user")
    filters = AuditFilter(request.GET, rows, request=request)
    found, older = read_entry_page(filters, request.GET)
    record_reading(request)
    context = {
        "lines": build_entry_lines(found, request.user),
        "next": older,
        "filters": filters,
        "narrowed": any(request.GET.get(name) for name in filters.filters),
        "query": encode_filled_parameters(request.GET),
        "stream": stream_follower.get_follower_status(),
    }
    status = 400 if filters.form.errors else 200
    return render_response(
        request, "audit/log.html", context, fragments={"entries": "audit/_entries.html"}, status=status
    )


@transaction.non_atomic_requests
@permission_required("crm.view_auditentry", raise_exception=True)
@require_safe
@require_confirmation
def file(request):
    rows = AuditEntry.objects.visible_to(request.user)
    filters = AuditFilter(request.GET, rows, request=request)
    if filters.form.errors:
        return redirect(f"/admin/audit?{encode_filled_parameters(request.GET)}")
    write_security_line(
        "audit_exported",
        query=encode_filled_parameters(request.GET),
        rows=matching_entries_queryset(filters).count(),
    )
    response = StreamingHttpResponse(
        stream_workbook(matching_entries_queryset(filters), request.user.name),
        content_type=MEDIA_TYPES["xlsx"],
    )
    title = _("Audit log")
    name = f"{slugify(title)}-{timezone.localtime():%Y-%m-%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def record_reading(request) -> None:
    """Reading is recorded too, at most once a minute."""
    lately = AuditEntry.objects.of_kind("audit_read").of_user(request.user)
    if not lately.since(timezone.now() - READ_AGAIN).exists():
        write_security_line("audit_read", query=encode_filled_parameters(request.GET))
