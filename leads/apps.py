"""Leads: the heart of Leadwell."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.reminders import task_reminders
        from accounts.roles import initial_data as roles
        from accounts.roles import permissions
        from crm.api import token_scopes
        from crm.api.webhooks import delivery_log
        from crm.platform.server import demo
        from crm.platform.sql import trigger_installation
        from crm.records.custom_fields import usage
        from crm.records.history import rebuild
        from crm.records.kinds import kind_registry, uses
        from crm.records.listing import filter_urls, saved_view_replacement
        from crm.transfer.imports.activities import program_exports as other_activities
        from crm.transfer.imports.check import rules_by_kind as import_rules
        from crm.transfer.imports.columns import program_exports

        # All but "shipped" register themselves.
        from leads import checks, connectors, initial_data, reasons  # noqa: F401
        from leads.api.token_scopes import LEAD_RESOURCES
        from leads.assignment import rule_conditions, unusable_rules  # noqa: F401 - idle registers its step
        from leads.assignment.uses import by_field, rules_using
        from leads.contact_due import first_contact_reminders  # noqa: F401
        from leads.demo import PART
        from leads.events import LEAD_EVENTS
        from leads.imports.lead_import import LeadImport
        from leads.kind import LEAD
        from leads.permissions import LEAD_ROWS
        from leads.settings.formula_uses import formulas_using
        from leads.settings.tabs import ADDED, TABS
        from leads.settings.usage import describe_requiring_statuses
        from leads.start_page import start_page  # noqa: F401
        from leads.stuck.stuck_reminders import notify_stuck_leads
        from leads.triggers.functions import BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS
        from leads.triggers.rebuild import wrong_contacts, wrong_next_actions, wrong_stamps_and_moves

        kind_registry.register_kind(LEAD)
        import_rules.register("lead", LeadImport)
        program_exports.register_programs("lead", connectors.PROGRAMS)
        other_activities.EXPORTS += connectors.ACTIVITIES
        trigger_installation.FUNCTIONS += [BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS]
        token_scopes.RESOURCES += LEAD_RESOURCES
        permissions.ROWS += LEAD_ROWS
        delivery_log.EVENTS += LEAD_EVENTS
        roles.RECORDS.append(("leads", "lead"))
        # Reports show costs to those who may see sources.
        roles.OF_COMPANY += ["leads.view_source"]
        roles.OF_COMPANY += [f"leads.{act}_assignmentrule" for act in ("view", "add", "change", "delete")]
        navigation.RAIL.append(navigation.Tab(_("Queue"), "leads:queue", "leads.change_lead", "queue"))
        navigation.RAIL.append(navigation.Tab(_("Stuck leads"), "leads:stuck", "leads.assign_lead", "clock"))
        navigation.SALES[:0] = TABS
        navigation.ADDED += ADDED
        saved_view_replacement.OTHERS.append(rule_conditions.replace_value_in_rules)
        filter_urls.PAGES.setdefault("lead", []).append("rule_conditions")
        usage.RULES[:0] = [describe_requiring_statuses, by_field]
        uses.FINDERS += [rules_using, formulas_using]
        task_reminders.OF_THE_WEEK.append(notify_stuck_leads)
        rebuild.CHECKS += [wrong_stamps_and_moves, wrong_next_actions, wrong_contacts]
        demo.PARTS.append(PART)
        post_migrate.connect(initial_data.install_initial_data, sender=apps.get_app_config("procrastinate"))
