"""Leads: the heart of Leadwell."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from accounts import navigation, permissions, reminders
        from accounts import shipped as roles
        from crm.api import rights, webhook_log
        from crm.custom import usage
        from crm.imports import programs
        from crm.imports import rules_by_kind as import_rules
        from crm.imports.activities import programs as other_activities
        from crm.records import installing, kinds, place, rebuild, rewritten_views, uses
        from crm.server import demo

        # All but "shipped" register themselves.
        from leads import checks, connectors, contact_due_reminders, reasons, shipped, start  # noqa: F401
        from leads.api.rights import LEAD_RESOURCES
        from leads.assignment import conditions, idle  # noqa: F401 - idle registers its step
        from leads.assignment.uses import by_field, rules_using
        from leads.demo import PART
        from leads.events import LEAD_EVENTS
        from leads.functions import BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS
        from leads.imports import LeadImport
        from leads.kind import LEAD
        from leads.permissions import LEAD_ROWS
        from leads.rebuild import wrong_contacts, wrong_next_actions, wrong_stamps_and_moves
        from leads.settings.formula_uses import formulas_using
        from leads.settings.tabs import ADDED, TABS
        from leads.settings.usage import required_by_statuses
        from leads.stuck_reminders import stuck_this_week

        kinds.register(LEAD)
        import_rules.register("lead", LeadImport)
        programs.register("lead", connectors.PROGRAMS)
        other_activities.EXPORTS += connectors.ACTIVITIES
        installing.FUNCTIONS += [BASE_VALUE, CONTACT_DUE, CONVERTED_SINCE, TURNS]
        rights.RESOURCES += LEAD_RESOURCES
        permissions.ROWS += LEAD_ROWS
        webhook_log.EVENTS += LEAD_EVENTS
        roles.RECORDS.append(("leads", "lead"))
        # Reports show costs to those who may see sources.
        roles.OF_COMPANY += ["leads.view_source"]
        roles.OF_COMPANY += [f"leads.{act}_assignmentrule" for act in ("view", "add", "change", "delete")]
        navigation.RAIL.append(navigation.Tab(_("Queue"), "leads:queue", "leads.change_lead", "queue"))
        navigation.RAIL.append(navigation.Tab(_("Stuck leads"), "leads:stuck", "leads.assign_lead", "clock"))
        navigation.SALES[:0] = TABS
        navigation.ADDED += ADDED
        rewritten_views.OTHERS.append(conditions.rewrite)
        place.PAGES.setdefault("lead", []).append("rule_conditions")
        usage.RULES[:0] = [required_by_statuses, by_field]
        uses.FINDERS += [rules_using, formulas_using]
        reminders.OF_THE_WEEK.append(stuck_this_week)
        rebuild.CHECKS += [wrong_stamps_and_moves, wrong_next_actions, wrong_contacts]
        demo.PARTS.append(PART)
        post_migrate.connect(shipped.install, sender=apps.get_app_config("procrastinate"))
