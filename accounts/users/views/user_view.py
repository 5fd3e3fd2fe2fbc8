"""Opening Leadwell as another user sees it, and going back to one's own pages."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.users.page_viewing import begin_viewing, end_viewing, get_viewed_user
from accounts.users.user_access import get_changeable_user


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def user_view(request, pk):
    """It has to be asked for on the user's page first, which is recorded."""
    person = get_changeable_user(request.user, pk)
    if not request.user.is_administrator:
        raise PermissionDenied
    if get_viewed_user(request.user, pk) is None:
        raise Http404
    begin_viewing(request, person)
    return redirect("home")


@require_POST
def viewing_stop(request):
    pk = end_viewing(request)
    return redirect("user", pk) if pk else redirect("home")
