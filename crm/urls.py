"""The table of contents of the whole site."""

from django.urls import include, path

from crm.views import errors, health, home, jobs
from leads.views import operations, webhook, webhook_form, webhooks

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
    path("admin/api/webhooks", webhooks.webhooks, name="webhooks"),
    path("admin/api/webhooks/new", webhook_form.webhook_new, name="webhook_new"),
    path("admin/api/webhooks/<int:pk>", webhook.webhook, name="webhook"),
    path("admin/api/webhooks/<int:pk>/edit", webhook_form.webhook_edit, name="webhook_edit"),
    path("admin/api/webhooks/<int:pk>/rotate", webhook.webhook_rotate, name="webhook_rotate"),
    path("admin/api/webhooks/<int:pk>/switch", webhook.webhook_switch, name="webhook_switch"),
    path("admin/api/webhooks/<int:pk>/test", webhook.webhook_test, name="webhook_test"),
    path("admin/api/webhooks/<int:pk>/again", webhook.webhook_again, name="webhook_again"),
    path("admin/api/webhooks/<int:pk>/remove", webhook.webhook_remove, name="webhook_remove"),
    path("", include("leads.api.urls")),
]

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.server_error
