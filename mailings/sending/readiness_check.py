"""What a mailing still lacks before it can be sent, in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from mailings.models import Mailing

# Each returns sentences; the content of mailings adds its own.
CHECKS: list[Callable[[Mailing], list[str]]] = []


def get_readiness_problems(mailing: Mailing) -> list[str]:
    found = []
    if not mailing.text.strip():
        found.append(_("Write the email before you send it."))
    if mailing.department is None:
        found.append(_("Choose the department that sends this mailing."))
    return [*found, *(sentence for check in CHECKS for sentence in check(mailing))]
