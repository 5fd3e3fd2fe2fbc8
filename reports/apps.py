"""Reports: figures from what was recorded."""

from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from accounts import shipped as roles
        from crm.api import webhook_log
        from crm.records import installing, rebuild, rewritten_views, uses
        from crm.web import places, reads
        from leads.demo import generate
        from reports import behind, jobs, pins, schedule, start  # noqa: F401 - the others register themselves
        from reports.bi_views import drop_before_migrations, views
        from reports.demo import enter_costs, set_goals
        from reports.deriving import current_view
        from reports.goals import start as goals_today  # noqa: F401 - it registers itself
        from reports.goals.uses import goals_using
        from reports.goals.verbs import EVENTS
        from reports.jobs import wrong_progress
        from reports.models import (
            Pin,
            Report,
            ReportSchedule,
            triggers,  # noqa: F401 - they register themselves
        )
        from reports.places import places as reports_of
        from reports.rights import OF_STEERING, ROWS
        from reports.schedule_uses import reports_of_user
        from reports.subjects import activities, deals, first_contact, imports, leads, mailings, moves, stuck  # noqa: F401 - they register themselves

        installing.FUNCTIONS += [current_view(), views()]
        pre_migrate.connect(drop_before_migrations, sender=self)
        rebuild.CHECKS.append(wrong_progress)
        generate.FOLLOWERS += [enter_costs, set_goals]
        permissions.ROWS += ROWS
        roles.OF_STEERING += OF_STEERING
        navigation.RAIL.append(
            navigation.Tab(_("Reports"), "reports:reports", "reports.view_report", "chart")
        )
        navigation.ADDED.append(navigation.Tab(_("New report"), "reports:build", "reports.view_report"))
        places.SOURCES.append(reports_of)
        navigation.ADDED.append(
            navigation.Tab(_("Scheduled emails"), "reports:schedules", "reports.view_report")
        )
        navigation.ADDED.append(navigation.Tab(_("New goal"), "reports:goal_new", "reports.add_goal"))
        webhook_log.EVENTS += EVENTS
        rewritten_views.QUERIES |= {"report": Report, "report_schedule": ReportSchedule, "pin": Pin}
        uses.FINDERS += [goals_using, reports_of_user]
        behind.register()
        reads.LONG_READS.add("reports")
