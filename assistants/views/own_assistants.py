"""The assistants that act for a user: what each may do, when it was last used, and ending it at once."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assistants.sign_in.connection_state import PERMISSION
from assistants.sign_in.connections import disconnect_assistant
from assistants.sign_in.listed_assistants import build_assistant_lines, own_assistants_queryset
from assistants.sign_in.server_metadata import get_resource


@require_safe
def own_assistants(request):
    context = {
        "lines": build_assistant_lines(request.user),
        "address": get_resource(),
        "may_connect": request.user.has_perm(PERMISSION),
    }
    return render(request, "assistants/own.html", context)


@require_POST
def own_assistant_disconnect(request, pk: int):
    token = get_object_or_404(own_assistants_queryset(request.user), pk=pk)
    if disconnect_assistant(token, by=request.user):
        messages.success(request, _("%(name)s is disconnected.") % {"name": token.name})
    return redirect("own_assistants")
