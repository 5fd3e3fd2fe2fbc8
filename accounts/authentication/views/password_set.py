"""Set a password with a link from an email; Django's own view, with our look and our links."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.authentication.guess_throttling import forget_failures
from accounts.authentication.password_links import describe_moment, get_link_lifetime, tokens
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

    def get_context_data(self, **keywords):
        """If the link is that of an invitation that is over: until when it was valid, and who sent it."""
        context = super().get_context_data(**keywords)
        user: Any = self.user
        sent_at = None if self.validlink else self.read_sent_at()
        if sent_at and user.is_invited:
            context["expired"] = describe_moment(sent_at + get_link_lifetime(user), user)
            context["sender"] = user.invited_by
        return context

    def read_sent_at(self):
        token = self.kwargs["token"]
        if token == self.reset_url_token:
            token = self.request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
        return tokens.read_sent_at(self.user, token)

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
