"""Set a password with a link from an email; Django's own view, with our look and our links."""

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.authentication.guess_throttling import forget_failures
from accounts.authentication.password_links import tokens
from accounts.push.devices import delete_other_devices
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.account_changes import Kind, record_account_change
from accounts.users.forms import NewPasswordForm


class PasswordSet(PasswordResetConfirmView):
    """Links don't work for inactive users or those who only use single sign-on; a used or expired one returns 410."""

    form_class = NewPasswordForm
    token_generator = tokens
    template_name = "accounts/password_set.html"
    success_url = reverse_lazy("login")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        if user and self.request.method == "POST":
            # A second submission at the same time waits here and finds the link used.
            user = type(user).objects.select_for_update(no_key=True).get(pk=user.pk)
        return user if user and user.is_active and may_sign_in_without_provider(user) else None

    def form_valid(self, form):
        first = form.user.is_invited
        response = super().form_valid(form)
        forget_failures(form.user.email)
        # The new password has ended all sessions.
        delete_other_devices(form.user)
        record_account_change(form.user, Kind.PASSWORD, by=form.user, announced=not first)
        messages.success(self.request, _("Your password has been changed. Sign in with your new password."))
        return response

    def render_to_response(self, context, **keywords):
        form = context["form"]
        status = 410 if not context["validlink"] else 422 if form.is_bound else 200
        return super().render_to_response({**context, "signed_in": False}, status=status, **keywords)
