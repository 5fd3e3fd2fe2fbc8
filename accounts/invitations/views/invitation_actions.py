"""Resend open invitations, revoke them, or take that back."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.invitations.open_invitations import resend_invitations, restore_invitations, revoke_invitations
from accounts.invitations.views.chosen_users import get_chosen_users
from accounts.models import User
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.views.user_link import show_demo_mail_message
from crm.platform.web.password_confirmation import require_confirmation


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
@require_confirmation
def invitations_resend(request):
    if is_single_sign_on_required():
        messages.error(
            request, _("Everyone signs in with single sign-on, so an invitation would have no effect.")
        )
        return redirect("invitations")
    show_sent_message(request, resend_invitations(get_chosen_users(request).active(), by=request.user))
    return redirect("invitations")


@require_POST
@permission_required("accounts.delete_user", raise_exception=True)
@require_confirmation
def invitations_revoke(request):
    lock_account_changes()
    done = revoke_invitations(get_chosen_users(request).active(), by=request.user)
    for sentence in done.kept:
        messages.warning(request, sentence)
    if not done.revoked:
        if not done.kept:
            show_nothing_chosen_message(request)
        return redirect("invitations")
    return redirect(f"{reverse('invitations')}?revoked={','.join(str(user.pk) for user in done.revoked)}")


@require_POST
@permission_required("accounts.delete_user", raise_exception=True)
@require_confirmation
def invitations_restore(request):
    lock_account_changes()
    show_sent_message(request, restore_invitations(get_chosen_users(request).inactive(), by=request.user))
    return redirect("invitations")


def show_sent_message(request, users: list[User]) -> None:
    if not users:
        show_nothing_chosen_message(request)
        return
    text = ngettext(
        "A new invitation is on its way to %(name)s.",
        "New invitations are on their way to %(number)d people.",
        len(users),
    )
    messages.success(request, text % {"name": users[0].name, "number": len(users)})
    show_demo_mail_message(request)


def show_nothing_chosen_message(request) -> None:
    messages.error(request, _("Select at least one invitation that you may change."))
