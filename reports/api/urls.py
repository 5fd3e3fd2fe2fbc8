"""The URLs of reports in API v2."""

from django.urls import path

from reports.api.report_calls import OneReport, Reports

urlpatterns = [
    path("api/v2/reports", Reports.as_view(), name="own_reports"),
    path("api/v2/reports/<str:name>", OneReport.as_view(), name="own_report"),
]
