"""A new token for an identity provider, which manages users and groups by SCIM; its secret is shown once."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from accounts.models import Provisioning
from accounts.scim.forms import ProvisioningForm, ScimTokenForm
from accounts.tokens.new_tokens import save_new_token
from accounts.tokens.views.token import render_page_with_secret
from crm.models import Token
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("crm.add_token", raise_exception=True)
@require_confirmation
def token_new_scim(request):
    """Only for administrators, because its groups give all roles."""
    if not request.user.is_administrator:
        raise PermissionDenied
    token = Token(created_by=request.user, purpose=Token.Purpose.SCIM)
    data = request.POST if request.method == "POST" else None
    form = ScimTokenForm(data, instance=token, by=request.user)
    start = ProvisioningForm(data, instance=Provisioning(token=token), by=request.user)
    if data is not None and form.is_valid() and start.is_valid():
        secret = token.set_new_secret()
        save_new_token(token, by=request.user)
        start.instance.token = token
        start.save()
        return render_page_with_secret(request, token, secret)
    context = {"form": form, "start": start}
    return render(request, "accounts/token_form_scim.html", context, status=422 if data is not None else 200)
