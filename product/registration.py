"""Reads what the apps contribute, and fills the places of the lower floors and apps that it is for. Nothing else writes to these."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TypeVar

from django.apps import apps
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from accounts import settings_pages
from accounts.free_busy import busy_times
from accounts.reminders import task_reminders
from accounts.roles import initial_data, permissions
from crm.api import existing_records, token_scopes
from crm.api.v2 import record_parts
from crm.api.webhooks import delivery_log, webhook_delivery
from crm.platform.backup import backup
from crm.platform.configuration import base_currency
from crm.platform.database import read_routing
from crm.platform.files import orphaned_files
from crm.platform.server import demo, start_preparation
from crm.platform.sql import trigger_installation
from crm.platform.web import notifications, palette_pages
from crm.platform.web.middleware import request_body
from crm.platform.web.start_page import setup_steps
from crm.records.custom_fields import usage
from crm.records.custom_fields.forms import access
from crm.records.editing import selection_pages, similar_records
from crm.records.history import history_check, merged_records, verb_execution
from crm.records.history.undo import undo_permission, undo_result, unreverted_rows
from crm.records.history.verbs import delete, edit
from crm.records.kinds import kind_registry, linked_records, page_links, reasons, record_uses
from crm.records.listing import filter_urls, saved_view_form, saved_view_replacement
from crm.records.tables import added_columns
from crm.transfer.imports.activities import program_exports as activity_exports
from crm.transfer.imports.check import rules_by_kind
from crm.transfer.imports.columns import import_options, opt_out_columns, program_exports
from crm.work.activities import combined_timeline
from crm.work.emails import email_addresses, email_sending, email_verbs, mime_messages
from crm.work.grouped_timeline import email_threads
from crm.work.invitations import invitation_emails, invitation_sending
from crm.work.tasks import call_backs, task_origins
from crm.work.tasks.calendar import people_days
from customers import converted_leads, embedded_lists
from customers.contacts import page as contact_page
from duplicates import existing_record_policies
from leads import timeline
from leads.demo import generation
from leads.imports import company_links
from leads.page import page_card
from leads.statuses import company_conversion_hook, won_leads
from mailboxes.receiving import receive_hooks, recipient_links
from mailings.sending import readiness_check
from product.contribution import Contribution, Navigation
from reports.subjects import subject

# The app of the queue has the last migrations of all.
LAST_APP = "procrastinate"

Value = TypeVar("Value")


def load_contributions() -> dict[str, Contribution]:
    """What each app contributes, lower apps first. Django must have loaded all models."""
    return {app: import_module(f"{app}.contribution").CONTRIBUTION for app in settings.PRODUCT_APPS}


def register_contributions() -> None:
    """Once, when a process starts. Record types and modules come first, because anything else may ask for them."""
    contributions = load_contributions()
    for app, one in contributions.items():
        _register_record_types(app, one)
    for one in contributions.values():
        _load_modules(one)
    for app, one in contributions.items():
        _register_record_parts(one)
        _register_changes(one)
        _register_transfer(one)
        _register_people(one)
        _register_navigation(one.navigation)
        _register_emails(one)
        _register_pages(one)
        _register_server(one)
        _connect_signals(app, one)
    for one in contributions.values():
        trigger_installation.FUNCTIONS.extend(one.database_functions())
        for start in one.at_start:
            start()


def _register_record_types(app: str, one: Contribution) -> None:
    for kind in one.record_types:
        kind_registry.register_kind(kind)
        initial_data.RECORDS.append((app, kind.name))


def get_named_modules(one: Contribution) -> list[str]:
    """The modules whose parts register themselves when they are loaded."""
    return [
        *one.jobs,
        *one.notifications,
        *one.start_page,
        *one.verbs,
        *one.checks,
        *one.triggers,
        *one.sign_in_receivers,
    ]


def _load_modules(one: Contribution) -> None:
    for module in get_named_modules(one):
        import_module(module)


def _register_record_parts(one: Contribution) -> None:
    for table, rules in one.import_rules.items():
        rules_by_kind.register_import_rules(table, rules)
    for table, programs in one.program_exports.items():
        program_exports.register_programs(table, programs)
    activity_exports.EXPORTS.extend(one.activity_exports)
    _extend_each(linked_records.LINKS, one.record_links)
    _extend_each(filter_urls.PAGES, one.filter_pages)
    for table, parts in one.record_parts.items():
        for name, part in parts.items():
            record_parts.register_record_part(table, name, part)
    for table, filters in one.list_filters.items():
        kind = kind_registry.KINDS[table]
        kind.fields.FILTER.extend(filters)
        kind.filters.base_filters.update(filters)
    for table, columns in one.list_columns.items():
        for column in columns:
            added_columns.add_column(kind_registry.KINDS[table], column)
    for table, actions in one.bulk_actions.items():
        kind_registry.KINDS[table].actions[1:1] = actions
    page_links.LINKS.extend(one.page_links)
    similar_records.WATCHERS.extend(one.form_warnings)
    selection_pages.SET_PAGES.extend(one.selection_pages)


def _extend_each(place: dict[str, list[Value]], added: Mapping[str, Sequence[Value]]) -> None:
    for name, values in added.items():
        place.setdefault(name, []).extend(values)


def _register_changes(one: Contribution) -> None:
    reasons.REASONS.update(one.reasons)
    reasons.COUNTED_REASONS.update(one.counted_reasons)
    reasons.OF_A_FIELD.extend(one.field_reasons)
    unreverted_rows.REMEDIES.update(one.undo_remedies)
    undo_permission.PASSING.extend(one.undo_remedies)
    edit.FOLLOWERS.extend(one.edit_followers)
    call_backs.OPENINGS.extend(one.work_openings)
    people_days.SOURCES.extend(one.people_days)
    busy_times.SOURCES.extend(one.busy_times)
    verb_execution.OPERATION_FOLLOWERS.extend(one.operation_followers)
    undo_result.UNDO_FOLLOWERS.extend(one.undo_followers)
    undo_result.IN_USE.update(one.used_rows)
    delete.ALSO_PURGED.extend(one.purge_followers)
    merged_records.ALSO_MERGED.extend(one.merged_references)
    merged_records.MOVED_BACK.extend(one.merge_undo_followers)
    record_uses.FINDERS.extend(one.uses)
    base_currency.AMOUNTS.extend(one.stored_amounts)
    base_currency.FOLLOWERS.extend(one.base_currency_followers)
    usage.RULES[:0] = one.field_uses
    saved_view_replacement.OTHERS.extend(one.value_replacements)
    saved_view_replacement.QUERIES.update(one.stored_queries)
    history_check.CHECKS.extend(one.rebuild_checks)


def _register_transfer(one: Contribution) -> None:
    if one.first_import_choice:
        import_options.FIRST_CHOICE.append(one.first_import_choice)
    opt_out_columns.WORDS.extend(one.opt_out_notes)
    token_scopes.TOKEN_RESOURCES.extend(one.token_resources)
    delivery_log.EVENTS.extend(one.webhook_events)
    if one.webhook_content:
        webhook_delivery.SAY.append(one.webhook_content)
    existing_records.LOOKERS.extend(one.existing_records)
    existing_record_policies.ELSEWHERE.extend(one.existing_record_settings)


def _register_people(one: Contribution) -> None:
    permissions.ROWS.extend(one.permission_rows)
    permissions.OWN_ROWS.extend(one.last_permission_rows)
    initial_data.OF_STEERING.extend(one.manager_permissions)
    initial_data.OF_COMPANY.extend(one.company_manager_permissions)
    palette_pages.SOURCES.extend(one.palette_pages)
    saved_view_form.AUDIENCES.extend(one.view_audiences)
    access.ROLES.extend(one.field_roles)
    notifications.FOLLOWERS.extend(one.notification_followers)
    task_reminders.OF_THE_WEEK.extend(one.weekly_reminders)


def _register_navigation(one: Navigation) -> None:
    settings_pages.RAIL.extend(one.rail)
    settings_pages.PROFILE.extend(one.profile)
    settings_pages.SALES[:0] = one.first_sales_settings
    settings_pages.SALES.extend(one.sales_settings)
    settings_pages.RULES.extend(one.rule_settings)
    settings_pages.PROGRAMS.extend(one.program_settings)
    settings_pages.SECURITY.extend(one.security_settings)
    settings_pages.SETTINGS.update({label: list(tabs) for label, tabs in one.settings_groups.items()})
    settings_pages.ADD_PAGES.extend(one.new_settings)


def _register_emails(one: Contribution) -> None:
    invitation_emails.READERS.extend(one.invitation_readers)
    invitation_sending.FOLLOWED.update(one.followed_meetings)
    mime_messages.ROUTES.extend(one.email_routes)
    email_addresses.OWN_ADDRESSES.extend(one.own_addresses)
    email_verbs.ALSO_WARNED.extend(one.email_warnings)
    email_sending.OBSTACLES.extend(one.email_obstacles)
    mime_messages.FOOTERS.extend(one.email_footers)
    recipient_links.PATHS.extend(one.recipient_links)
    receive_hooks.OF_THREADS.extend(one.thread_records)
    receive_hooks.ARRIVAL_HOOKS.extend(one.received_email_followers)
    receive_hooks.BOUNCE_HOOKS.extend(one.bounced_records)
    receive_hooks.COMPLAINT_HOOKS.extend(one.complaint_records)
    combined_timeline.OTHERS.extend(one.timeline_lines)
    task_origins.ORIGINS.extend(one.task_origins)
    email_threads.THREADS.extend(one.email_threads)


def _register_pages(one: Contribution) -> None:
    page_card.CARDS.extend(one.lead_cards)
    contact_page.CARDS.extend(one.contact_cards)
    timeline.OF_ACTIVITIES.update(one.lead_activity_verbs)
    won_leads.FOLLOWERS.extend(one.won_lead_followers)
    company_links.FINDERS.extend(one.company_finders)
    company_conversion_hook.CONVERTERS.extend(one.company_converters)
    embedded_lists.COMPANY_LISTS.extend(one.company_lists)
    embedded_lists.CONTACT_LISTS.extend(one.contact_lists)
    embedded_lists.DEAL_LISTS.extend(one.deal_lists)
    converted_leads.MAILING_RECIPIENTS.extend(one.mailing_recipients)
    readiness_check.CHECKS.extend(one.mailing_checks)
    setup_steps.STEPS.update({step.name: step for step in one.setup_steps})
    setup_steps.PAGES.extend(one.setup_pages)
    for measured in one.report_subjects:
        subject.register_subject(measured)


def _register_server(one: Contribution) -> None:
    for files in one.named_files:
        orphaned_files.register_files(files)
    backup.AFTER_RESTORE.extend(one.restore_followers)
    request_body.PUBLIC.extend(one.public_forms)
    read_routing.LONG_READS.update(one.long_reads)
    if one.read_ways:
        read_routing.set_read_ways(one.read_ways)
    demo.PARTS.extend(one.demo_parts)
    generation.FOLLOWERS.extend(one.demo_lead_followers)
    start_preparation.FIRST_PEOPLE.extend(one.first_users)
    start_preparation.FIRST_PEOPLE_CHECKS.extend(one.first_user_checks)


def _connect_signals(app: str, one: Contribution) -> None:
    own, last = apps.get_app_config(app), apps.get_app_config(LAST_APP)
    for receiver in one.before_migrations:
        pre_migrate.connect(receiver, sender=own)
    for receiver in one.after_migrations:
        post_migrate.connect(receiver, sender=own)
    for receiver in one.after_all_migrations:
        post_migrate.connect(receiver, sender=last)
    for receiver in one.connection_receivers:
        connection_created.connect(receiver)
