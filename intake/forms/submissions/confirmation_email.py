"""The email with which a visitor confirms their address, and its link."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from intake.models import Submission, WebForm

SALT = "intake.confirm"
DAYS = 7


def build_confirmation_token(submission: Submission) -> str:
    return signing.dumps(submission.pk, salt=SALT)


def find_submission(token: str) -> Submission | None:
    """The submission that a link confirms; None if the link isn't ours or is older than a week."""
    try:
        pk: Any = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    return Submission.objects.filter(pk=pk).select_related("form").first()


def get_link_days(form: WebForm) -> int:
    """A form that deletes what was sent sooner has nothing left to confirm by then."""
    return min(DAYS, form.days_kept or DAYS)


def build_confirmation_email(submission: Submission) -> EmailMessage:
    """The email in the language of the form."""
    form = submission.form
    link = f"{settings.SITE_URL}{form.path}/confirm/{build_confirmation_token(submission)}"
    with translation.override(form.language):
        context = {"form": form, "link": link, "days": get_link_days(form)}
        text = render_to_string("intake/forms/mail/confirm.txt", context)
        subject = _("Confirm your email address: %(form)s") % {"form": form.name}
        return EmailMessage(subject, text, to=[submission.email])
