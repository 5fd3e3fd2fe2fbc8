"""The email about a mailbox that has lost its access, in the language of its reader, because its notification may be seen late."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from accounts.jobs import MAIL_RETRIES
from accounts.models import User
from crm.platform.configuration.company import get_company_language
from mailboxes.mailbox_problems import get_problem_sentence
from mailboxes.models import Mailbox


@app.task(queue="work", name="mail_lost_access", retry=MAIL_RETRIES)
def mail_lost_access(mailbox_id: int, user_id: int) -> None:
    """Send it, unless the mailbox works again or is gone."""
    mailbox = Mailbox.objects.select_related("owner").filter(pk=mailbox_id).first()
    user = User.objects.active().filter(pk=user_id).first()
    if mailbox is not None and mailbox.has_lost_access and user is not None:
        build_lost_access_email(mailbox, user).send()


def build_lost_access_email(mailbox: Mailbox, user: User) -> EmailMessage:
    """Its owner, and for a shared one the administrators, get a link to its page."""
    is_others = mailbox.owner_id is not None and mailbox.owner_id != user.pk
    with translation.override(user.language or get_company_language()):
        context = {"user": user, "mailbox": mailbox, "problem": get_problem_sentence(mailbox.problem)}
        context |= {"is_others": is_others, "site": settings.SITE_URL}
        text = render_to_string("mailboxes/mail/lost_access.txt", context)
        return EmailMessage(_("Leadwell can’t read a mailbox any more"), text, to=[user.email])
