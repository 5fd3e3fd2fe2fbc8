"""A new user: name, email, departments, roles; an invitation is emailed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.invitations.invite_users import invite_users
from accounts.models import User
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from accounts.users.forms import UserForm
from accounts.users.views.user_link import show_demo_mail_message
from crm.platform.web.password_confirmation import require_confirmation


@permission_required("accounts.add_user", raise_exception=True)
@require_confirmation
def user_new(request):
    form = UserForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_bound and form.is_valid():
        (person,) = invite_users([form.build_invitee()], by=request.user)
        show_invitation_message(request, person)
        return redirect("user", person.pk)
    context = {"form": form}
    return render(request, "accounts/user_form.html", context, status=422 if form.is_bound else 200)


def show_invitation_message(request, person: User) -> None:
    """An invitation sets a password; with only single sign-on, there is none to set."""
    if is_single_sign_on_required():
        text = _("Added %(name)s, who can sign in with single sign-on now.")
        messages.success(request, text % {"name": person.name})
        return
    text = _("Added %(name)s. An invitation is on its way to %(email)s.")
    messages.success(request, text % {"name": person.name, "email": person.email})
    show_demo_mail_message(request)
