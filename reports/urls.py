"""URLs of reports."""

from django.urls import path

from reports.views import builder, goals, pins, saved_reports, schedule_send, schedules, standard_report

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
    path("/saved/<int:pk>/schedule", schedules.schedule_saved, name="schedule_saved"),
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
    path("/<slug:name>/schedule", schedules.schedule_shipped, name="schedule_shipped"),
]
