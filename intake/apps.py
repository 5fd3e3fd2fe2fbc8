"""How leads and requests come in without anyone typing them here: web forms, and webhooks of other programs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from crm.api import webhook_log
        from intake.webhooks import counting, settings_change  # noqa: F401 - they register their parts
        from intake.webhooks.parts import ADDED, EVENTS, ROW, TAB

        permissions.ROWS.append(ROW)
        navigation.PROGRAMS.append(TAB)
        navigation.ADDED.append(ADDED)
        webhook_log.EVENTS += EVENTS
