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
        from crm.files import sweep as kept_files
        from crm.files.attaching import FOLDER
        from crm.records import rewritten_views, set_pages, uses
        from leads.demo import generate
        from mailings import (  # noqa: F401 - they register their parts
            attachments,
            checks,
            content_parts,
            content_verbs,
            opt_outs,
            own_copy,
            ready,
            rewriting,
            sending_parts,
            settings_verbs,
        )
        from mailings.changes import EVENTS
        from mailings.demo import deliver
        from mailings.rights import OF_STEERING, ROWS
        from mailings.set_page import NEW_MAILING
        from mailings.uses import mailings_of_user

        generate.FOLLOWERS.append(deliver)
        roles.OF_STEERING += OF_STEERING
        permissions.ROWS += ROWS
        webhook_log.EVENTS += EVENTS
        set_pages.SET_PAGES.append(NEW_MAILING)
        uses.FINDERS.append(mailings_of_user)
        rewritten_views.OTHERS.append(rewriting.rewrite)
        navigation.RAIL.append(
            navigation.Tab(_("Mailings"), "mailings:list", "mailings.view_mailing", "mail")
        )
        navigation.ADDED.append(navigation.Tab(_("New mailing"), "mailings:new", "mailings.add_mailing"))
        ready.CHECKS.append(checks.blockers)
        kept_files.NAMED[FOLDER].append(attachments.named)
        kept_files.EXPECTED.append(attachments.all_files)
        navigation.SETTINGS[content_parts.GROUP] = content_parts.TABS
        navigation.ADDED += content_parts.ADDED
        permissions.ROWS += content_parts.ROWS
        webhook_log.EVENTS += content_parts.EVENTS
        sending_parts.register()
