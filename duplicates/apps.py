"""Duplicates: what may be the same record, within and across leads, contacts and companies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    name = "duplicates"
    verbose_name = _("Duplicates")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import initial_data as roles
        from accounts.roles import permissions
        from crm.api import existing_records
        from crm.api.webhooks import delivery_log
        from crm.records.editing.selection_pages import SET_PAGES
        from crm.records.editing.similar_records import WATCHERS
        from crm.records.history.undo import undo_result
        from crm.records.kinds import reasons
        from crm.transfer.imports.columns.import_options import FIRST_CHOICE
        from duplicates import jobs, verbs  # noqa: F401 - they register their parts
        from duplicates.events import EVENTS
        from duplicates.existing_record_policies import first_choice, get_known_record
        from duplicates.form_warnings import get_duplicate_warning
        from duplicates.merging import undo
        from duplicates.merging.reasons import COUNTED, REASONS
        from duplicates.merging.selection_pages import MERGE
        from duplicates.permissions import OF_STEERING, ROWS, RULES, VIEW

        permissions.ROWS += ROWS
        roles.OF_STEERING += OF_STEERING
        delivery_log.EVENTS += EVENTS
        WATCHERS.append(get_duplicate_warning)
        existing_records.LOOKERS.append(get_known_record)
        FIRST_CHOICE.append(first_choice)
        SET_PAGES.append(MERGE)
        undo_result.FOLLOWERS.append(undo.follow_undo)
        reasons.REASONS |= REASONS
        reasons.COUNTED |= COUNTED
        navigation.RAIL.append(navigation.Tab(_("Duplicates"), "duplicates:list", VIEW, "merge"))
        navigation.SALES.append(navigation.Tab(_("Duplicates"), "duplicates:rules", RULES))
