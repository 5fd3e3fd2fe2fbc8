"""Approve or decline a large export; once approved, the user who requested it downloads the file."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import Export
from crm.platform.web.password_confirmation import is_confirmed, redirect_to_confirmation
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports.approval import claim_approved_export, has_grown, request_approval_again
from crm.transfer.exports.approval import decide_approval as decide_on
from crm.transfer.exports.export_response import MOST, respond_with_export
from crm.transfer.exports.selection import Selection


@permission_required("crm.approve_export", raise_exception=True)
@require_POST
def decide(request, pk):
    rows = Export.objects.decidable_by(request.user) | Export.objects.of_user(request.user)
    export = rows.select_for_update(no_key=True, of=("self",)).select_related("user").filter(pk=pk).first()
    if export is None:
        raise Http404
    answer = request.POST.get("answer")
    if export.user_id == request.user.pk or answer not in ("approve", "decline"):
        messages.warning(
            request, _("Another user has to approve or decline this export. Nothing was changed.")
        )
    else:
        decide_on(export, approved=answer == "approve", by=request.user)
        write_security_line("export_decided", export=export.pk, of=export.user_id, answer=answer)
        said = (
            _("Approved. %(user)s has been notified.")
            if answer == "approve"
            else _("Declined. %(user)s has been notified.")
        )
        messages.success(request, said % {"user": export.user.name})
    return redirect("exports:list")


@require_POST
@transaction.non_atomic_requests
def fetch(request, pk):
    """The file of an approved export, at once or when its job has made it."""
    export = Export.objects.of_user(request.user).filter(pk=pk).first()
    if export is None:
        raise Http404
    kind, data = KINDS[export.table], QueryDict(export.query)
    if not request.user.has_perms([kind.get_right("view"), kind.get_right("export")]):
        raise PermissionDenied
    try:
        selection = Selection(kind, data, request.user)
    except Http404:
        messages.warning(request, _("Selections are kept for one day only. Select the records again."))
        return redirect("exports:list")
    if 0 < settings.EXPORT_PASSWORD_ABOVE < (export.matched or 0) and not is_confirmed(request):
        return redirect_to_confirmation(request)
    if has_grown(export, selection):
        request_approval_again(export, selection)
        words = _("The export has more records now than were approved. It’s waiting for approval again.")
        messages.warning(request, words)
        return redirect("exports:list")
    taken = claim_approved_export(pk, request.user)
    if taken is None:
        messages.warning(request, _("This export isn’t available for download."))
        return redirect("exports:list")
    return respond_with_export(request, taken, data, many=selection.has_more_than(MOST))
