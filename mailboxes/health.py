"""Mailboxes that can't be read or can't send, in the health of the start page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.web.start_page.health import HealthLine, register_health_check
from crm.templatetags.look import number
from mailboxes.mailbox_problems import get_problem_sentence
from mailboxes.models import Mailbox

# Of more, the list of mailboxes has the others.
SHOWN = 5


@register_health_check(30)
def check_mailboxes() -> Iterator[HealthLine]:
    """Of personal mailboxes, only their number: whose they are and what is in them is their owner's."""
    broken = Mailbox.objects.with_problems()
    shared = list(broken.shared().by_name()[: SHOWN + 1])
    for mailbox in shared[:SHOWN]:
        words = _("Mailbox “%(name)s”: %(problem)s")
        yield HealthLine(
            words % {"name": mailbox.name, "problem": get_problem_sentence(mailbox.problem)},
            mailbox.get_absolute_url(),
        )
    if len(shared) > SHOWN:
        yield HealthLine(_("More mailboxes have problems."), reverse("mailboxes"))
    if personal := broken.personal().count():
        words = ngettext(
            "%(number)s personal mailbox can’t be read. Only its owner can fix it.",
            "%(number)s personal mailboxes can’t be read. Only their owners can fix them.",
            personal,
        )
        yield HealthLine(words % {"number": number(personal)})
