"""URLs of the whole site."""

from django.urls import include, path

from crm.api import error_responses as api_errors
from crm.api.views import api_docs
from crm.api.webhooks.views import webhook, webhook_form, webhook_replay, webhook_trial, webhooks
from crm.platform.backup.views import backup_download, backups
from crm.platform.jobs.views import jobs
from crm.platform.web.views import errors, installed_app, logo_picture, messages, notifications, probes
from crm.records.history.audit_log.views import audit_log as audit
from crm.records.history.views import operations
from crm.records.screens.start_page.views import arrange, home, today
from crm.transfer.exports.views import task_export
from crm.work.screens.views import command_palette
from crm.work.tasks.views import calendar, calendar_entry, new_task, tasks
from crm.work.templates.views import templates

# Addresses are tried one after the other, so those of leads, which programs call most, are first.
API_V2 = [
    path("", include("leads.api.urls")),
    path("", include("crm.api.v2.urls")),
    path("", include("accounts.api")),
    path("", include("customers.conversion.api")),
    path("", include("customers.consent.purpose_api")),
    path("", include("customers.companies.api")),
    path("", include("customers.contacts.api")),
    path("", include("customers.deals.api")),
    path("", include("customers.requests.api")),
    path("", include("duplicates.api.urls")),
    path("", include("automations.api")),
    path("", include("sequences.api.urls")),
    path("", include("mailings.api.urls")),
    path("", include("bookings.api.urls")),
    path("", include("reports.api.urls")),
]

urlpatterns = [
    path("api/v2/", include(API_V2)),
    path("api/schema", api_docs.schema, name="api_schema"),
    path("api/docs", api_docs.docs, name="api_docs"),
    path("api/", include("leads.api.connect.urls")),
    path("v1/", include("leads.api.umbra.urls")),
    path("", home.home, name="home"),
    path("admin", home.home, name="admin"),
    path("admin/", home.home, name="admin_slash"),
    path("admin/today", today.today, name="today"),
    path("admin/today/deferred", today.deferred_parts, name="today_deferred"),
    path("admin/today/arrange", arrange.arrange, name="arrange"),
    path("healthz", probes.health, name="health"),
    path("readyz", probes.ready, name="ready"),
    path("manifest.webmanifest", installed_app.manifest, name="manifest"),
    path("service-worker.js", installed_app.service_worker, name="service_worker"),
    path("logo/<str:name>.webp", logo_picture.logo_picture, name="logo_picture"),
    path("offline", installed_app.offline, name="offline"),
    path("notices", messages.notices, name="notices"),
    path("notifications", notifications.notifications, name="notifications"),
    path("notifications/<int:pk>/open", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/read-up-to", notifications.read_up_to, name="notifications_read"),
    path("", include("accounts.urls")),
    path("admin/leads", include("leads.urls")),
    path("admin/leads", include("customers.conversion.urls")),
    path("admin/rules", include("leads.assignment.urls")),
    path("admin/scores", include("leads.scores.urls")),
    path("admin/", include("customers.consent.urls")),
    path("admin/companies", include("customers.companies.urls")),
    path("admin/contacts", include("customers.contacts.urls")),
    path("admin/deals", include("customers.deals.urls")),
    path("admin/requests", include("customers.requests.urls")),
    path("admin/duplicates", include("duplicates.urls")),
    path("admin/forms", include("intake.forms.urls")),
    path("admin/booking-pages", include("bookings.urls")),
    path("book", include("bookings.public_urls")),
    path("admin/mailings", include("mailings.settings_urls")),
    path("forms", include("intake.forms.public_urls")),
    path("admin/mailings", include("mailings.urls")),
    path("m", include("mailings.public_urls")),
    path("u", include("sequences.public_urls")),
    path("admin/mailings", include("mailings.content_urls")),
    path("admin/", include("sequences.urls")),
    path("admin/automations", include("automations.urls")),
    path("admin/reports", include("reports.urls")),
    path("admin/privacy", include("privacy.urls")),
    path("admin/jump", command_palette.jump, name="jump"),
    path("admin/tasks", tasks.tasks, name="tasks"),
    path("admin/tasks/calendar", calendar.calendar, name="task_calendar"),
    path("admin/tasks/calendar/new", calendar_entry.new_entry, name="new_calendar_entry"),
    path("admin/tasks/calendar/move", calendar_entry.move_entry, name="move_calendar_entry"),
    path("admin/tasks/new", new_task.new_task, name="new_task"),
    path("admin/tasks/change", tasks.change, name="change_tasks"),
    path("admin/tasks/export", task_export.export, name="export_tasks"),
    path("admin/templates", templates.templates, name="templates"),
    path("admin/templates/new", templates.template_new, name="template_new"),
    path("admin/templates/<int:pk>", templates.template_edit, name="template"),
    path("admin/templates/<int:pk>/delete", templates.template_delete, name="template_delete"),
    path("admin/operations", operations.operations, name="operations"),
    path("admin/operations/<int:pk>", operations.operation, name="operation"),
    path("admin/operations/<int:pk>/undo", operations.undo_operation, name="operation_undo"),
    path("admin/jobs", jobs.job_list, name="jobs"),
    path("admin/jobs/<int:pk>", jobs.job, name="job"),
    path("admin/jobs/<int:pk>/cancel", jobs.cancel, name="job_cancel"),
    path("admin/jobs/<int:pk>/continue", jobs.continue_job, name="job_continue"),
    path("admin/backups", backups.backups, name="backups"),
    path("admin/backups/new", backups.backup_new, name="backup_new"),
    path("admin/backups/<str:name>", backup_download.backup_download, name="backup_download"),
    path("admin/audit", audit.log, name="audit"),
    path("admin/audit/file", audit.file, name="audit_file"),
    path("admin/imports", include("crm.transfer.imports.urls")),
    path("admin/exports", include("crm.transfer.exports.urls")),
    path("admin/api/webhooks", webhooks.webhooks, name="webhooks"),
    path("admin/api/webhooks/new", webhook_form.webhook_new, name="webhook_new"),
    path("admin/api/webhooks/<int:pk>", webhook.webhook, name="webhook"),
    path("admin/api/webhooks/<int:pk>/edit", webhook_form.webhook_edit, name="webhook_edit"),
    path("admin/api/webhooks/<int:pk>/rotate", webhook.webhook_rotate, name="webhook_rotate"),
    path("admin/api/webhooks/<int:pk>/switch", webhook.webhook_switch, name="webhook_switch"),
    path("admin/api/webhooks/<int:pk>/try", webhook_trial.webhook_trial, name="webhook_trial"),
    path("admin/api/webhooks/<int:pk>/again", webhook.webhook_again, name="webhook_again"),
    path("admin/api/webhooks/<int:pk>/replay", webhook_replay.webhook_replay, name="webhook_replay"),
    path("admin/api/webhooks/<int:pk>/remove", webhook.webhook_remove, name="webhook_remove"),
    path("admin/api/incoming", include("intake.webhooks.urls")),
    path("hooks/", include("intake.webhooks.public_urls")),
    path("scim/v2/", include("accounts.scim.urls")),
    path("", include("mailboxes.urls")),
    path("", include("calendars.urls")),
    path("", include("assistants.urls")),
]

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = api_errors.not_found
handler500 = api_errors.server_error
