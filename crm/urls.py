"""The table of contents of the whole site."""

from django.urls import include, path

from crm.views import errors, health, home, jobs
from leads.views import operations

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.health, name="health"),
    path("", include("accounts.urls")),
    path("admin/leads", include("leads.urls")),
    path("admin/operations", operations.operations, name="operations"),
    path("admin/operations/<int:pk>", operations.operation, name="operation"),
    path("admin/operations/<int:pk>/undo", operations.undo_operation, name="operation_undo"),
    path("admin/jobs", jobs.job_list, name="jobs"),
    path("admin/jobs/<int:pk>", jobs.job, name="job"),
    path("admin/jobs/<int:pk>/cancel", jobs.cancel, name="job_cancel"),
    path("admin/imports", include("leads.imports.urls")),
    path("admin/exports", include("leads.exports.urls")),
    path("", include("leads.api.urls")),
]

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
