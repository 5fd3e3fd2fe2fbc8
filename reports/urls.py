"""URLs of reports."""

from django.urls import path

from reports.views import (
    add_to_dashboard,
    builder,
    dashboard,
    dashboard_parts,
    dashboard_settings,
    dashboards,
    goals,
    pins,
    saved_reports,
    schedule_send,
    schedules,
    standard_report,
)

app_name = "reports"

urlpatterns = [
    path("", standard_report.reports, name="reports"),
    path("/new", builder.build, name="build"),
    path("/new/file", builder.build_file, name="build_file"),
    path("/save", saved_reports.save, name="save"),
    path("/saved/<int:pk>", saved_reports.saved_report, name="saved"),
    path("/saved/<int:pk>/edit", saved_reports.edit, name="edit"),
    path("/saved/<int:pk>/delete", saved_reports.delete, name="delete"),
    path("/saved/<int:pk>/pin", pins.pin_saved, name="pin_saved"),
    path("/saved/<int:pk>/dashboard", add_to_dashboard.add_saved, name="add_saved"),
    path("/saved/<int:pk>/schedule", schedules.schedule_saved, name="schedule_saved"),
    path("/dashboards", dashboards.dashboards, name="dashboards"),
    path("/dashboards/new", dashboard_settings.dashboard_new, name="dashboard_new"),
    path("/dashboards/<int:pk>", dashboard.dashboard, name="dashboard"),
    path("/dashboards/<int:pk>/edit", dashboard_settings.dashboard_edit, name="dashboard_edit"),
    path("/dashboards/<int:pk>/delete", dashboard_settings.dashboard_delete, name="dashboard_delete"),
    path("/dashboards/<int:pk>/copy", dashboard_settings.dashboard_copy, name="dashboard_copy"),
    path("/dashboards/<int:pk>/schedule", schedules.schedule_dashboard, name="schedule_dashboard"),
    path("/dashboards/<int:pk>/add", dashboard_parts.dashboard_add, name="dashboard_add"),
    path("/dashboards/<int:pk>/order", dashboard_parts.dashboard_order, name="dashboard_order"),
    path("/dashboards/<int:pk>/parts/<int:part>", dashboard.dashboard_part, name="dashboard_part"),
    path(
        "/dashboards/<int:pk>/parts/<int:part>/width", dashboard_parts.dashboard_width, name="dashboard_width"
    ),
    path(
        "/dashboards/<int:pk>/parts/<int:part>/remove",
        dashboard_parts.dashboard_remove,
        name="dashboard_remove",
    ),
    path("/schedules", schedules.schedules, name="schedules"),
    path("/schedules/<int:pk>", schedules.schedule_edit, name="schedule_edit"),
    path("/schedules/<int:pk>/send", schedule_send.schedule_send, name="schedule_send"),
    path("/schedules/<int:pk>/pause", schedules.schedule_pause, name="schedule_pause"),
    path("/schedules/<int:pk>/resume", schedules.schedule_resume, name="schedule_resume"),
    path("/schedules/<int:pk>/delete", schedules.schedule_delete, name="schedule_delete"),
    path("/goals", goals.goals, name="goals"),
    path("/goals/file", goals.goals_file, name="goals_file"),
    path("/goals/copy", goals.goals_copy, name="goals_copy"),
    path("/goals/new", goals.goal_new, name="goal_new"),
    path("/goals/<int:pk>", goals.goal_edit, name="goal_edit"),
    path("/goals/<int:pk>/delete", goals.goal_delete, name="goal_delete"),
    path("/<slug:name>", standard_report.report, name="report"),
    path("/<slug:name>/file", standard_report.report_file, name="report_file"),
    path("/<slug:name>/pin", pins.pin, name="pin"),
    path("/<slug:name>/dashboard", add_to_dashboard.add_shipped, name="add_shipped"),
    path("/<slug:name>/schedule", schedules.schedule_shipped, name="schedule_shipped"),
]
