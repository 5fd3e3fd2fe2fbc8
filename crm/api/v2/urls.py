"""URLs of API v2 that aren't about a kind of record; each app has the URLs of its kinds."""

from django.urls import path

from crm.api.v2 import activities, operations, phone_calls, tasks
from crm.api.v2.activity_actions import moving, sending_again
from crm.api.v2.record_page import emails, files
from crm.api.v2.saved_views import view_calls
from crm.api.v2.settings_changes import templates
from crm.api.v2.undoing import job_calls, undo_call
from crm.api.v2.webhook_calls import deliveries, sending, webhooks

urlpatterns = [
    path("activities", activities.Activities.as_view(), name="own_activities"),
    path("activities/changes", activities.ActivityChanges.as_view(), name="own_activity_changes"),
    path("activities/<str:pk>", activities.OneActivity.as_view(), name="own_activity"),
    path("activities/<str:pk>/move", moving.MoveActivity.as_view(), name="own_activity_move"),
    path("activities/<str:pk>/send", sending_again.SendAgain.as_view(), name="own_activity_send"),
    path("calls", phone_calls.Calls.as_view(), name="own_calls"),
    path("emails/<str:pk>", emails.OneEmail.as_view(), name="own_email"),
    path("files/<str:pk>", files.OneFile.as_view(), name="own_file"),
    path("tasks", tasks.Tasks.as_view(), name="own_tasks"),
    path("tasks/changes", tasks.TaskChanges.as_view(), name="own_task_changes"),
    path("tasks/<str:pk>", tasks.OneTask.as_view(), name="own_task"),
    path("operations", operations.Operations.as_view(), name="own_operations"),
    path("operations/<str:pk>", operations.OneOperation.as_view(), name="own_operation"),
    path("operations/<str:pk>/undo", undo_call.UndoOperation.as_view(), name="own_undo"),
    path("jobs/<str:pk>", job_calls.OneJob.as_view(), name="own_job"),
    path("jobs/<str:pk>/cancel", job_calls.CancelJob.as_view(), name="own_job_cancel"),
    path("jobs/<str:pk>/continue", job_calls.ContinueJob.as_view(), name="own_job_continue"),
    path("saved-views", view_calls.SavedViews.as_view(), name="own_saved_views"),
    path("saved-views/<str:pk>", view_calls.OneSavedView.as_view(), name="own_saved_view"),
    path("templates", templates.Templates.as_view(), name="own_templates"),
    path("templates/<str:pk>", templates.OneTemplate.as_view(), name="own_template"),
    path("webhooks", webhooks.Webhooks.as_view(), name="own_webhooks"),
    path("webhooks/<str:pk>", webhooks.OneWebhook.as_view(), name="own_webhook"),
    path("webhooks/<str:pk>/test", sending.TestWebhook.as_view(), name="own_webhook_test"),
    path("webhooks/<str:pk>/resend", sending.ResendDelivery.as_view(), name="own_webhook_resend"),
    path("webhooks/<str:pk>/replay", sending.ReplayWebhook.as_view(), name="own_webhook_replay"),
    path("webhooks/<str:pk>/deliveries", deliveries.Deliveries.as_view(), name="own_deliveries"),
]
