"""A new user: name, email, departments, roles; an invitation is emailed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.authentication.password_links import send_link
from accounts.models import User
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.forms import UserForm
from accounts.users.views.user_link import show_demo_mail_message
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@permission_required("accounts.add_user", raise_exception=True)
@require_confirmation
def user_new(request):
    person = User(hue=User.objects.get_next_hue())
    person.set_unusable_password()
    form = UserForm(request.POST if request.method == "POST" else None, instance=person, by=request.user)
    if form.is_bound and form.is_valid():
        form.save()
        write_security_line("user_added", of=person.pk, of_email=person.email)
        send_invitation(request, person)
        return redirect("user", person.pk)
    context = {"form": form}
    return render(request, "accounts/user_form.html", context, status=422 if form.is_bound else 200)


def send_invitation(request, person: User) -> None:
    """An invitation sets a password; with only single sign-on, there is none to set."""
    if not may_sign_in_without_provider(person):
        text = _("Added %(name)s, who can sign in with single sign-on now.")
        messages.success(request, text % {"name": person.name})
        return
    send_link(person, by=request.user)
    text = _("Added %(name)s. An invitation is on its way to %(email)s.")
    messages.success(request, text % {"name": person.name, "email": person.email})
    show_demo_mail_message(request)
