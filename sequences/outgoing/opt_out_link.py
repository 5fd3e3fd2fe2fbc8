"""The link to unsubscribe in the emails of sequences: its signed token, the footer, and the headers for one click (RFC 8058).

The token names the email and, by a keyed digest, its address: so the link works even after the record was deleted and the person
erased. It's only in what goes to the mail server, and in no text that users see.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Activity
from crm.platform.configuration.company import get_company_language
from crm.platform.web.rendering.html_building import html
from crm.work.emails.mime_messages import EmailFooter
from mailings.suppression.address_digests import build_digest
from mailings.suppression.suppression_list import get_email_key
from sequences.models import EnrollmentStep

WORD = re.compile(r"(\d{1,18})-([0-9a-f]{64})")
SIGNER = Signer(sep=".", salt="sequences.unsubscribe")


@dataclass(frozen=True)
class Recipient:
    """Whom a link was sent to. `email` is None and the texts are '' once the email is gone or its person was erased."""

    digest: str
    email: Activity | None = None

    @property
    def address(self) -> str:
        return self.email.address if self.email else ""

    @property
    def email_key(self) -> str:
        return get_email_key(self.address) if self.address else ""


def build_token(email: Activity) -> str:
    return SIGNER.sign(f"{email.pk}-{build_digest(get_email_key(email.address))}")


def find_recipient(token: str) -> Recipient | None:
    """None for a token that isn't ours."""
    try:
        found = WORD.fullmatch(SIGNER.unsign(token))
    except BadSignature:
        return None
    if found is None:
        return None
    email = Activity.objects.filter(pk=int(found[1])).exclude(address="").first()
    return Recipient(found[2], email)


def get_opt_out_url(email: Activity) -> str:
    return f"{settings.SITE_URL}{reverse('sequence_unsubscribe', args=[build_token(email)])}"


def build_footer(email: Activity) -> EmailFooter | None:
    """None for emails that aren't of a sequence. In the language of the company, because no one knows that of the recipient."""
    if not EnrollmentStep.objects.of_activities([email.pk]).exists():
        return None
    url = get_opt_out_url(email)
    headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with translation.override(get_company_language()):
        words, link = _("Don’t want emails like this one?"), _("Unsubscribe")
        return EmailFooter(
            f"{words} {link}: {url}",
            html('<p><small>{} <a href="{}">{}</a></small></p>', words, url, link),
            headers,
        )
