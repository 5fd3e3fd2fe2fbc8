"""A new token; its secret is shown once, in the response to the form."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render

from accounts.tokens.forms import TokenForm
from accounts.tokens.new_tokens import save_new_token
from accounts.tokens.views.token import render_page_with_secret
from crm.api.token_scopes import ACTION_LABELS
from crm.models import Token
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("crm.add_token", raise_exception=True)
@require_confirmation
def token_new(request):
    token = Token(created_by=request.user)
    form = TokenForm(request.POST if request.method == "POST" else None, instance=token, by=request.user)
    if form.is_bound and form.is_valid():
        secret = token.set_new_secret()
        save_new_token(token, by=request.user)
        return render_page_with_secret(request, token, secret)
    context = {"form": form, "actions": ACTION_LABELS}
    return render(request, "accounts/token_form.html", context, status=422 if form.is_bound else 200)
