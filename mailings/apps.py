"""Newsletters to a set of leads, and unsubscribing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    name = "mailings"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import initial_data as roles
        from accounts.roles import permissions
        from crm.api.webhooks import delivery_log
        from crm.platform.files import orphaned_files as kept_files
        from crm.platform.files.attachment_storage import FOLDER
        from crm.records.editing import selection_pages
        from crm.records.kinds import uses
        from crm.records.listing import saved_view_replacement
        from leads.demo import generation
        from mailings import value_replacement
        from mailings.audience.selection_pages import NEW_MAILING
        from mailings.content import attachments, content_checks, content_verbs, trial_email  # noqa: F401 - they register their parts
        from mailings.demo import insert_demo_deliveries
        from mailings.mailing_changes import EVENTS
        from mailings.sending import readiness_check
        from mailings.settings import content_entries, sending_entries, settings_verbs  # noqa: F401 - they register their parts
        from mailings.settings.permissions import OF_STEERING, ROWS
        from mailings.suppression import opt_out_columns  # noqa: F401 - they register their parts
        from mailings.uses import mailings_of_user

        generation.FOLLOWERS.append(insert_demo_deliveries)
        roles.OF_STEERING += OF_STEERING
        permissions.ROWS += ROWS
        delivery_log.EVENTS += EVENTS
        selection_pages.SET_PAGES.append(NEW_MAILING)
        uses.FINDERS.append(mailings_of_user)
        saved_view_replacement.OTHERS.append(value_replacement.replace_value_in_mailings)
        navigation.RAIL.append(
            navigation.Tab(_("Mailings"), "mailings:list", "mailings.view_mailing", "mail")
        )
        navigation.ADDED.append(navigation.Tab(_("New mailing"), "mailings:new", "mailings.add_mailing"))
        readiness_check.CHECKS.append(content_checks.get_blocking_problems)
        kept_files.NAMED[FOLDER].append(attachments.get_named_files)
        kept_files.EXPECTED.append(attachments.all_files)
        navigation.SETTINGS[content_entries.GROUP] = content_entries.TABS
        navigation.ADDED += content_entries.ADDED
        permissions.ROWS += content_entries.ROWS
        delivery_log.EVENTS += content_entries.EVENTS
        sending_entries.register_sending()
