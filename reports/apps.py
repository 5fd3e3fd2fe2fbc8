"""Reports: figures from what was recorded."""

from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import initial_data as roles
        from accounts.roles import permissions
        from crm.api.webhooks import delivery_log
        from crm.platform.database import read_routing
        from crm.platform.sql import trigger_installation
        from crm.platform.web import palette_pages
        from crm.records.history import rebuild
        from crm.records.kinds import uses
        from crm.records.listing import saved_view_replacement
        from leads.demo import generation
        from reports import jobs, pins, start_page  # noqa: F401
        from reports.bi.database_views import build_views_sql, drop_before_migrations
        from reports.demo import enter_costs, insert_goals
        from reports.engine import drill_down
        from reports.engine.progress_derivation import current_view
        from reports.goals import start_page as goals_today  # noqa: F401 - it registers itself
        from reports.goals.uses import goals_using
        from reports.goals.verbs import EVENTS
        from reports.jobs import wrong_progress
        from reports.models import (  # noqa: F401 - they register themselves
            Pin,
            Report,
            ReportSchedule,
            progress_triggers,
        )
        from reports.palette_pages import generate_report_pages as reports_of
        from reports.permissions import OF_STEERING, ROWS
        from reports.schedules import schedule  # noqa: F401 - the others register themselves
        from reports.schedules.uses import reports_of_user
        from reports.subjects import (
            activities,  # noqa: F401
            deals,  # noqa: F401
            first_contact,  # noqa: F401
            imports,  # noqa: F401
            leads,  # noqa: F401
            mailings,  # noqa: F401
            moves,  # noqa: F401
            stuck_leads,  # noqa: F401
        )

        trigger_installation.FUNCTIONS += [current_view(), build_views_sql()]
        pre_migrate.connect(drop_before_migrations, sender=self)
        rebuild.CHECKS.append(wrong_progress)
        generation.FOLLOWERS += [enter_costs, insert_goals]
        permissions.ROWS += ROWS
        roles.OF_STEERING += OF_STEERING
        navigation.RAIL.append(
            navigation.Tab(_("Reports"), "reports:reports", "reports.view_report", "chart")
        )
        navigation.ADDED.append(navigation.Tab(_("New report"), "reports:build", "reports.view_report"))
        palette_pages.SOURCES.append(reports_of)
        navigation.ADDED.append(
            navigation.Tab(_("Scheduled emails"), "reports:schedules", "reports.view_report")
        )
        navigation.ADDED.append(navigation.Tab(_("New goal"), "reports:goal_new", "reports.add_goal"))
        delivery_log.EVENTS += EVENTS
        saved_view_replacement.QUERIES |= {"report": Report, "report_schedule": ReportSchedule, "pin": Pin}
        uses.FINDERS += [goals_using, reports_of_user]
        drill_down.register_figure_filter()
        read_routing.LONG_READS.add("reports")
