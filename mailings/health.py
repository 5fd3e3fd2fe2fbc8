"""Mailings that Leadwell paused or that wait for a mail server, in the health of the start page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.platform.web.start_page.health import HealthLine, register_health_check
from mailings.models import Mailing
from mailings.sending import waiting_reasons

# Of more, the list of mailings has the others.
SHOWN = 5


@register_health_check(40)
def check_mailings() -> Iterator[HealthLine]:
    found = list(Mailing.objects.halted_by(waiting_reasons.PROBLEMS).with_names().newest_first()[: SHOWN + 1])
    for mailing in found[:SHOWN]:
        words = _("Mailing “%(subject)s”: %(reason)s")
        values = {"subject": mailing.subject, "reason": waiting_reasons.get_reason_sentence(mailing.why)}
        yield HealthLine(words % values, mailing.get_absolute_url())
    if len(found) > SHOWN:
        yield HealthLine(_("More mailings have problems."), reverse("mailings:list"))
