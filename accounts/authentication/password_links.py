"""Links for setting a password: emailed to users who forgot it or are invited.

A link expires when it is used, after a day (an invitation after a week), and as soon as anything about the account changes:
email, password, sign-in, being active, being signed out everywhere.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes
from django.utils.formats import date_format
from django.utils.http import base36_to_int, urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.jobs import mail_link
from accounts.models import AccountChange, User
from accounts.models.user import INVITATION_LASTS
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.account_changes import get_notification_sentence
from crm.platform.configuration.company import get_company_language, get_company_name
from crm.platform.web.security_log import write_security_line

# Entering an address again and again sends one email, not a flood.
PAUSE = timedelta(minutes=2)
# Django counts the seconds of its tokens from here.
COUNTED_FROM = datetime(2001, 1, 1, tzinfo=UTC)


class LinkTokens(PasswordResetTokenGenerator):
    key_salt = "accounts.links"

    def check_token(self, user, token):
        """Django's own has one lifetime for all links."""
        sent_at = self.read_sent_at(user, token)
        return sent_at is not None and timezone.now() <= sent_at + get_link_lifetime(user)

    def read_sent_at(self, user: User | None, token: str | None) -> datetime | None:
        """When this token was made, however long ago; None if it isn't one for the account as it is now."""
        token = token or ""
        try:
            seconds = base36_to_int(token.partition("-")[0])
        except ValueError:
            return None
        made = user and any(
            constant_time_compare(self._make_token_with_timestamp(user, seconds, secret), token)
            for secret in (self.secret, *self.secret_fallbacks)
        )
        return COUNTED_FROM + timedelta(seconds=seconds) if made else None

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)} {user.is_active} {user.sign_out_count}"

    def _now(self):
        # On a clock that is never put forward or back, so that a link lasts as long as its email says.
        return timezone.now().astimezone(UTC).replace(tzinfo=None)


tokens = LinkTokens()


def get_link_lifetime(user: User) -> timedelta:
    """How long a link lasts: longer for someone who doesn't know of it yet, so that a weekend doesn't end it."""
    return INVITATION_LASTS if user.is_invited else timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def build_password_link(user: User) -> str:
    """The full URL where this user can set a password."""
    code = urlsafe_base64_encode(force_bytes(user.pk))
    return settings.SITE_URL + reverse("password_set", args=[code, tokens.make_token(user)])


def send_link(user: User, *, by: User | None = None) -> None:
    send_links([user], by=by)


def send_links(users: Sequence[User], *, by: User | None = None) -> None:
    """Let the worker send the emails, so that the response takes as long for unknown addresses."""
    sent = User.objects.filter(pk__in=[user.pk for user in users])
    sent.update(link_sent_at=timezone.now(), **({"invited_by": by} if by else {}))
    for user in users:
        write_security_line("password_link_sent", by=by, of=user.pk, of_email=user.email)
    arguments: list[dict[str, Any]] = [{"user_id": user.pk, "by_id": by.pk if by else None} for user in users]
    mail_link.batch_defer(*arguments)


def send_forgotten_link(email: str) -> None:
    """The user with this address; silently None for inactive users, for repeated requests, and if they only use single
    sign-on."""
    user = User.objects.active().with_email(email).first()
    if (
        user
        and may_sign_in_without_provider(user)
        and not (user.link_sent_at and user.link_sent_at > timezone.now() - PAUSE)
    ):
        send_link(user)


def build_password_email(user: User, by: User | None) -> EmailMessage:
    """The email in the user's language: an invitation if they have no password yet."""
    with translation.override(user.language or get_company_language()):
        until = describe_moment(timezone.now() + get_link_lifetime(user), user)
        link = build_password_link(user)
        context = {"user": user, "by": by, "link": link, "until": until, "site": settings.SITE_URL}
        template = "accounts/mail/invitation.txt" if user.is_invited else "accounts/mail/new_password.txt"
        subject = _("Your %(company)s account") if user.is_invited else _("Set a new %(company)s password")
        subject %= {"company": get_company_name()}
        return EmailMessage(subject, render_to_string(template, context), to=[user.email])


def describe_moment(moment: datetime, user: User) -> str:
    """Such as "Friday, 4 December 2026, 17:10 (Europe/Bucharest)": a reader's browser or program may be elsewhere."""
    local = timezone.localtime(moment, user.zone)
    return f"{date_format(local, 'l, j F Y, H:i')} ({user.zone})"


def build_account_change_email(change: AccountChange) -> EmailMessage:
    """The email about an account change, in the user's language."""
    user = change.user
    to = [*change.before, *change.after] if change.kind == AccountChange.Kind.EMAIL else [user.email]
    with translation.override(user.language or get_company_language()), timezone.override(user.zone):
        context = {"change": change, "sentence": get_notification_sentence(change), "site": settings.SITE_URL}
        text = render_to_string("accounts/mail/account_changed.txt", context)
        wrong = change.kind == AccountChange.Kind.CODES_WRONG
        subject = (
            _("Wrong codes for your %(company)s account")
            if wrong
            else _("Your %(company)s account was changed")
        )
        return EmailMessage(subject % {"company": get_company_name()}, text, to=to)
