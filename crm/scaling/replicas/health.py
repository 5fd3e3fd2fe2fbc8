"""The line of the start page about replicas that aren't read from."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from crm.platform.web.start_page.health import HealthLine, register_health_check
from crm.scaling.replicas.replica_monitor import get_watch


@register_health_check(15)
def check_replicas() -> Iterator[HealthLine]:
    if not settings.REPLICAS:
        return
    words = {
        "down": _("Replica %(number)s of the database doesn’t answer. Pages come from the primary."),
        "diverged": _(
            "Replica %(number)s of the database doesn’t follow the primary, so it isn’t read from."
        ),
        "behind": _("Replica %(number)s of the database is behind. Pages come from the primary."),
    }
    for alias, state in get_watch().wait_for_first_look().get_states().items():
        if state in words:
            yield HealthLine(words[state] % {"number": alias.removeprefix("replica")})
