"""The suppression list in Settings: searching, adding and deleting addresses."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.id_parsing import parse_number
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    show_change_message,
)
from mailings.models import Suppression
from mailings.settings.sending_forms import SuppressionForm
from mailings.suppression.address_erasure import count_erased_addresses
from mailings.suppression.removed_address import describe_removed_address
from mailings.suppression.suppression_list import remove_suppression

PAGE = 50


@permission_required("mailings.view_suppression", raise_exception=True)
@one_at_a_time
def suppression_list(request):
    if request.method == "POST" and not request.user.has_perm("mailings.add_suppression"):
        raise PermissionDenied
    form = SuppressionForm(get_posted_data(request), instance=Suppression(by=request.user))
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(request, record, _("Added %(address)s.") % {"address": form.instance.address})
        return redirect("mailing_settings:suppressed")
    status = 422 if form.is_bound else 200
    return render(
        request, "mailings/suppressed.html", {"form": form, **_build_page_context(request)}, status=status
    )


def _build_page_context(request) -> dict:
    """The newest rows before ?before=, with ?find= in their addresses."""
    find, before = request.GET.get("find", "").strip()[:254], parse_number(request.GET.get("before", ""))
    rows = Suppression.objects.visible_to(request.user).newest_first().with_text(find).before(before)
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return {"rows": found[:PAGE], "older": older, "find": find, "erased": count_erased_addresses()}


@require_POST
@permission_required("mailings.delete_suppression", raise_exception=True)
@one_at_a_time
def suppression_delete(request, pk):
    row = get_object_or_404(Suppression.objects.changeable_by(request.user), pk=pk)
    record = remove_suppression(row, by=request.user)
    show_change_message(request, record, describe_removed_address(row))
    return redirect("mailing_settings:suppressed")
