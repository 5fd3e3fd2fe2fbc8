"""Privacy: what is stored about a person, and erasing it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from crm.api import webhook_log
        from leads.page_cards import CARDS
        from privacy import erasing, events, jobs, links, repeating, verbs  # noqa: F401 - they register themselves
        from privacy.retention import card, filter
        from privacy.rights import PROCESSING, RETENTION, ROWS, VIEW

        permissions.ROWS += ROWS
        navigation.SECURITY.append(navigation.Tab(_("Privacy"), "privacy:start", VIEW))
        navigation.SECURITY.append(navigation.Tab(_("Retention"), "privacy:retention", RETENTION))
        navigation.SECURITY.append(
            navigation.Tab(_("Record of processing"), "privacy:processing", PROCESSING)
        )
        navigation.ADDED.append(navigation.Tab(_("New retention rule"), "privacy:rule_new", RETENTION))
        webhook_log.EVENTS += [*events.EVENTS, *verbs.EVENTS]
        CARDS.append(card.card_of)
        filter.register()
