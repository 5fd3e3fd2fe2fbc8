"""Newsletters to a set of leads, and unsubscribing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    name = "mailings"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from accounts import shipped as roles
        from crm.api import webhook_log
        from crm.files import jobs as kept_files
        from leads.demo import generate
        from mailings import (  # noqa: F401 - they register their parts
            attachments,
            content_parts,
            content_verbs,
            own_copy,
            settings_verbs,
        )
        from mailings.demo import deliver

        generate.FOLLOWERS.append(deliver)
        roles.OF_STEERING += [
            f"mailings.{action}_mailing" for action in ("view", "add", "change", "delete", "send")
        ]
        kept_files.ALSO_NAMED.append(attachments.named)
        navigation.SETTINGS[content_parts.GROUP] = content_parts.TABS
        navigation.ADDED += content_parts.ADDED
        permissions.ROWS += content_parts.ROWS
        webhook_log.EVENTS += content_parts.EVENTS
