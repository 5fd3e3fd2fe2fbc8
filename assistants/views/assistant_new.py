"""A new assistant: a token for it with its limits; its secret is shown once, in the response to the form."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import render

from accounts.tokens.new_tokens import save_new_token
from accounts.tokens.views.token import render_page_with_secret
from assistants.forms import AssistantForm, LimitsForm
from assistants.models import AssistantLimits
from crm.api.token_scopes import ACTION_LABELS
from crm.models import Token
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("crm.add_token", raise_exception=True)
@require_confirmation
def assistant_new(request):
    token = Token(created_by=request.user, purpose=Token.Purpose.ASSISTANT)
    data = request.POST if request.method == "POST" else None
    form = AssistantForm(data, instance=token, by=request.user)
    limits = LimitsForm(data, instance=AssistantLimits(token=token))
    if data is not None and form.is_valid() and limits.is_valid():
        secret = token.set_new_secret()
        with transaction.atomic():
            save_new_token(token, by=request.user)
            limits.instance.token = token
            limits.save()
        return render_page_with_secret(request, token, secret)
    context = {"form": form, "limits": limits, "actions": ACTION_LABELS}
    return render(request, "assistants/assistant_form.html", context, status=422 if data is not None else 200)
