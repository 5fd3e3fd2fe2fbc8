"""The open invitations, and those that were revoked."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from crm.platform.web.id_parsing import parse_ids

REVOKED = "revoked"


@permission_required("accounts.add_user", raise_exception=True)
@require_safe
def invitations(request):
    shows_revoked = request.GET.get("state") == REVOKED
    invited = User.objects.visible_to(request.user).invited()
    rows = invited.inactive() if shows_revoked else invited.active()
    rows = rows.with_names().select_related("invited_by").latest_invited_first()
    page = Paginator(rows, request.user.rows_per_page).get_page(request.GET.get("page"))
    changeable = User.objects.changeable_by(request.user).filter(pk__in=[user.pk for user in page])
    context = {
        "page": page,
        "shows_revoked": shows_revoked,
        "changeable": set(changeable.values_list("pk", flat=True)),
        "sends": not is_single_sign_on_required(),
        **build_undo_context(request),
    }
    return render(request, "accounts/invitations.html", context)


def build_undo_context(request) -> dict:
    """Those of the invitations that were revoked just now that are still revoked."""
    just_revoked = parse_ids(request.GET.get(REVOKED, "").split(","))
    rows = User.objects.changeable_by(request.user).invited().inactive().filter(pk__in=just_revoked)
    return {"just_revoked": list(rows.by_name()) if just_revoked else []}
