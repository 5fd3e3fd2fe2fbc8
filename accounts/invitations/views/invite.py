"""Invite many users: paste them or give a file, look at what happens to each line, and invite."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from accounts.invitations.forms import InviteForm
from accounts.invitations.invitation_plan import InvitationPlan
from accounts.invitations.invite_users import invite_users
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.views.user_link import show_demo_mail_message
from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("accounts.add_user", raise_exception=True)
@require_confirmation
def invite(request):
    if request.method != "POST":
        return render_page(request, InviteForm(by=request.user))
    previewed = request.POST.get("previewed", "")
    if previewed:
        lock_account_changes()
    form = InviteForm(request.POST, request.FILES, by=request.user, dropped=get_drop_reason(request))
    if not form.is_valid():
        return render_page(request, form, status=422)
    if previewed and form.plan.invitees and form.plan.digest == previewed:
        return invite_and_redirect(request, form.plan)
    return render_page(request, form, form.plan, changed=bool(previewed), status=409 if previewed else 200)


def render_page(
    request, form: InviteForm, plan: InvitationPlan | None = None, *, changed: bool = False, status: int = 200
):
    context = {"form": form, "plan": plan, "changed": changed, "sends": not is_single_sign_on_required()}
    return render(request, "accounts/invite.html", context, status=status)


def invite_and_redirect(request, plan: InvitationPlan):
    users, sends = invite_users(plan.invitees, by=request.user), not is_single_sign_on_required()
    if not sends:
        text = ngettext(
            "Added %(number)d person, who can sign in with single sign-on now.",
            "Added %(number)d people, who can sign in with single sign-on now.",
            len(users),
        )
    else:
        text = ngettext(
            "Invited %(number)d person. The email is on its way.",
            "Invited %(number)d people. The emails are on their way.",
            len(users),
        )
        show_demo_mail_message(request)
    messages.success(request, text % {"number": len(users)})
    return redirect("invitations" if sends else "users")
