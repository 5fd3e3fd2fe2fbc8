"""Failed sign-ins of the last day, in the health of the start page."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from crm.models import AuditEntry
from crm.platform.server.system_status import MOST, format_capped_count
from crm.platform.web.start_page.health import HealthLine, register_health_check

PASSWORDS, CODES = "sign_in_failed", "code_wrong"
# People mistype passwords. More of them may be someone who guesses.
MANY = 20


@register_health_check(70)
def describe_failed_sign_ins() -> Iterator[HealthLine]:
    """A few are only a note."""
    if count := _count_entries(PASSWORDS):
        words = ngettext(
            "%(number)s failed sign-in in the last 24 hours.",
            "%(number)s failed sign-ins in the last 24 hours.",
            count,
        )
        yield _build_health_line(words, count, PASSWORDS)


@register_health_check(71)
def check_wrong_codes() -> Iterator[HealthLine]:
    """Each follows a correct password."""
    if count := _count_entries(CODES):
        words = ngettext(
            "%(number)s wrong code after a correct password in the last 24 hours.",
            "%(number)s wrong codes after correct passwords in the last 24 hours.",
            count,
        )
        yield _build_health_line(words, count, CODES)


def _count_entries(kind: str) -> int:
    since = timezone.now() - timedelta(days=1)
    return AuditEntry.objects.of_kind(kind).since(since).order_by()[: MOST + 1].count()


def _build_health_line(words: str, count: int, kind: str) -> HealthLine:
    path = f"{reverse('audit')}?kind={kind}"
    return HealthLine(words % {"number": format_capped_count(count)}, path, is_problem=count >= MANY)
