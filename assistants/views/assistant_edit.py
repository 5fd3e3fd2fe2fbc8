"""What an assistant may do, edited later: by its user, or by whoever may change tokens. It is in effect at once."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.tokens.views.token import get_changeable_token
from assistants.forms import AssistantForm, LimitsForm
from assistants.models import AssistantLimits
from assistants.sign_in.connection_state import PERMISSION
from assistants.sign_in.connections import save_assistant
from assistants.sign_in.listed_assistants import own_assistants_queryset
from crm.api.token_scopes import ACTION_LABELS
from crm.models import Token
from crm.platform.web.password_confirmation import require_confirmation


@permission_required(PERMISSION, raise_exception=True)
@require_confirmation
def own_assistant_edit(request, pk: int):
    token = get_object_or_404(own_assistants_queryset(request.user), pk=pk)
    return edit_assistant(request, token, crumb=_("Assistants"), back=redirect("own_assistants"))


@permission_required("crm.change_token", raise_exception=True)
@require_confirmation
def assistant_edit(request, pk: int):
    token = get_changeable_token(request.user, pk)
    if not token.is_assistant or token.revoked_at or not token.user.is_active:
        raise PermissionDenied
    return edit_assistant(request, token, crumb=token.name, back=redirect("token", pk))


def edit_assistant(request, token: Token, *, crumb: str, back):
    data = request.POST if request.method == "POST" else None
    form = AssistantForm(data, instance=token, by=request.user)
    found = AssistantLimits.objects.filter(pk=token.pk).first() or AssistantLimits(token=token)
    limits = LimitsForm(data, instance=found)
    if data is not None and form.is_valid() and limits.is_valid():
        changed = [*form.get_changed_fields(), *limits.changed_data]
        save_assistant(token, limits.instance, changed, by=request.user)
        messages.success(request, _("Saved."))
        return back
    context = {"form": form, "limits": limits, "actions": ACTION_LABELS, "crumb": crumb, "back": back.url}
    return render(request, "assistants/edit.html", context, status=422 if data is not None else 200)
