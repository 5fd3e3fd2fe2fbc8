"""One token: what it may do, how it is used, its calls; replacing its secret or revoking it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Provisioning
from accounts.tokens.forms import describe_rights
from accounts.users.account_changes import Kind, record_account_change
from crm.api.webhooks.delivery_log import describe_remaining_webhooks
from crm.models import ApiCall, Token
from crm.platform.web.password_confirmation import require_confirmation

CALLS_SHOWN = 100


@permission_required("crm.view_token", raise_exception=True)
@require_safe
def token(request, pk):
    return render_token_page(request, get_visible_token(request.user, pk))


def get_visible_token(user, pk: int) -> Token:
    return get_object_or_404(Token.objects.visible_to(user).with_names(), pk=pk)


def get_changeable_token(user, pk: int) -> Token:
    """Raises Http404, or PermissionDenied for a token of a user with more permissions."""
    found = get_visible_token(user, pk)
    if not Token.objects.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def render_token_page(request, shown: Token, secret: str | None = None):
    context = {
        "token": shown,
        "secret": secret,
        "rights": describe_rights(shown.rights),
        "provisioning": Provisioning.objects.of_token(shown) if shown.is_scim else None,
        "site": settings.SITE_URL,
        "calls": ApiCall.objects.of_tokens([shown.pk]).newest_first()[:CALLS_SHOWN],
        "mine": Token.objects.changeable_by(request.user).filter(pk=shown.pk).exists(),
    }
    return render(request, "accounts/token.html", context)


def render_page_with_secret(request, shown: Token, secret: str):
    """The response with the secret isn't stored anywhere: no redirect, no session, no browser history."""
    answer = render_token_page(request, get_visible_token(request.user, shown.pk), secret)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@permission_required("crm.change_token", raise_exception=True)
@require_confirmation
def token_rotate(request, pk):
    """Replace the secret; the previous one stops working immediately."""
    changed = get_changeable_token(request.user, pk)
    if not changed.in_force or not changed.user.is_active or changed.is_renewed:
        raise PermissionDenied
    secret = changed.set_new_secret()
    changed.save(update_fields=["prefix", "hash"])
    record_account_change(changed.user, Kind.TOKEN_RENEWED, after=[changed.name], by=request.user)
    return render_page_with_secret(request, changed, secret)


@require_POST
@permission_required("crm.delete_token", raise_exception=True)
@require_confirmation
def token_revoke(request, pk):
    changed = get_changeable_token(request.user, pk)
    if Token.objects.filter(pk=changed.pk).revoke():
        record_account_change(changed.user, Kind.TOKEN_REVOKED, before=[changed.name], by=request.user)
    messages.success(request, _("The token %(name)s has been revoked.") % {"name": changed.name})
    if left := describe_remaining_webhooks(changed.user, request.user):
        messages.warning(request, left)
    return redirect("tokens")
