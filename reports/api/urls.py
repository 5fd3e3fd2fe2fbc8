"""The URLs of reports, dashboards and goals in API v2."""

from django.urls import path

from reports.api.dashboard_calls import Dashboards, OneDashboard, OneDashboardPart
from reports.api.goal_calls import Goals, GoalsCopy, OneGoal
from reports.api.report_calls import OneReport, Reports

ONE_DASHBOARD = "dashboards/<str:pk>"
urlpatterns = [
    path("reports", Reports.as_view(), name="own_reports"),
    path("reports/<str:name>", OneReport.as_view(), name="own_report"),
    path("dashboards", Dashboards.as_view(), name="own_dashboards"),
    path(ONE_DASHBOARD, OneDashboard.as_view(), name="own_dashboard"),
    path(f"{ONE_DASHBOARD}/parts/<str:part>", OneDashboardPart.as_view(), name="own_dashboard_part"),
    path("goals", Goals.as_view(), name="own_goals"),
    path("goals/copy", GoalsCopy.as_view(), name="own_goals_copy"),
    path("goals/<str:pk>", OneGoal.as_view(), name="own_goal"),
]
