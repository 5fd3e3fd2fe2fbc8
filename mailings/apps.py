"""Newsletters to a set of leads, and unsubscribing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    name = "mailings"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from accounts import shipped as roles
        from crm.activities import stream
        from crm.api import webhook_log
        from leads.demo import generate
        from mailboxes import followers
        from mailings import followed, incoming, jobs, notices, timeline, transitions  # noqa: F401 - some register their parts
        from mailings.demo import deliver
        from mailings.suppression_rights import OF_STEERING, ROW

        generate.FOLLOWERS.append(deliver)
        followed.register()
        stream.OTHERS.append(timeline.lines_of)
        webhook_log.EVENTS += transitions.EVENTS
        permissions.ROWS.append(ROW)
        roles.OF_STEERING += OF_STEERING
        navigation.SALES.append(
            navigation.Tab(_("Suppression list"), "mailing_settings:suppressed", "mailings.view_suppression")
        )
        navigation.SALES.append(
            navigation.Tab(_("Mailing accounts"), "mailing_settings:accounts", "mailboxes.view_mailbox")
        )
        followers.OF_THREADS.append(incoming.of_thread)
        followers.ARRIVED.append(incoming.replied)
        followers.BOUNCED.append(incoming.bounced)
        followers.COMPLAINED.append(incoming.complained)
        roles.OF_STEERING.append("mailings.send_mailing")
