"""Duplicates: what may be the same record, within and across leads, contacts and companies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    name = "duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from accounts import shipped as roles
        from crm.api import known, webhook_log
        from crm.imports.options import FIRST_CHOICE
        from crm.records import reasons, undone
        from crm.records.alike import WATCHERS
        from crm.records.set_pages import SET_PAGES
        from duplicates import jobs, verbs  # noqa: F401 - they register their parts
        from duplicates.events import EVENTS
        from duplicates.merging import undoing
        from duplicates.merging.sentences import COUNTED, REASONS
        from duplicates.merging.set_page import MERGE
        from duplicates.policies import first_choice, known_to_program
        from duplicates.rights import OF_STEERING, ROWS, RULES, VIEW
        from duplicates.warnings import watch

        permissions.ROWS += ROWS
        roles.OF_STEERING += OF_STEERING
        webhook_log.EVENTS += EVENTS
        WATCHERS.append(watch)
        known.LOOKERS.append(known_to_program)
        FIRST_CHOICE.append(first_choice)
        SET_PAGES.append(MERGE)
        undone.FOLLOWERS.append(undoing.follow_undo)
        reasons.REASONS |= REASONS
        reasons.COUNTED |= COUNTED
        navigation.RAIL.append(navigation.Tab(_("Duplicates"), "duplicates:list", VIEW, "merge"))
        navigation.SALES.append(navigation.Tab(_("Duplicates"), "duplicates:rules", RULES))
