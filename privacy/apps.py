"""Privacy: what is stored about a person, and erasing it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import permissions
        from crm.api.webhooks import delivery_log
        from leads.page.page_card import CARDS
        from privacy import events, jobs, person_erasure, person_link, repeated_erasure, verbs  # noqa: F401 - they register themselves
        from privacy.permissions import PROCESSING, RETENTION, ROWS, VIEW
        from privacy.retention import list_filter, page_card

        permissions.ROWS += ROWS
        navigation.SECURITY.append(navigation.Tab(_("Privacy"), "privacy:start", VIEW))
        navigation.SECURITY.append(navigation.Tab(_("Retention"), "privacy:retention", RETENTION))
        navigation.SECURITY.append(
            navigation.Tab(_("Record of processing"), "privacy:processing", PROCESSING)
        )
        navigation.ADDED.append(navigation.Tab(_("New retention rule"), "privacy:rule_new", RETENTION))
        delivery_log.EVENTS += [*events.EVENTS, *verbs.EVENTS]
        CARDS.append(page_card.build_retention_card)
        list_filter.register_retention_filter()
