"""The URLs of incoming webhooks, in Settings."""

from django.urls import path

from intake.webhooks.views import (
    field_mapping,
    incoming_call,
    incoming_webhook,
    incoming_webhook_delete,
    incoming_webhook_form,
    incoming_webhooks,
)

app_name = "incoming"
urlpatterns = [
    path("", incoming_webhooks.webhooks, name="list"),
    path("/new", incoming_webhook_form.new, name="new"),
    path("/<int:pk>", incoming_webhook.webhook, name="webhook"),
    path("/<int:pk>/edit", incoming_webhook_form.edit, name="edit"),
    path("/<int:pk>/secret", incoming_webhook_form.new_secret, name="secret"),
    path("/<int:pk>/mapping", field_mapping.mapping, name="mapping"),
    path("/<int:pk>/repeat", incoming_call.repeat_calls, name="repeat"),
    path("/<int:pk>/calls/<int:call>", incoming_call.call_page, name="call"),
    path("/<int:pk>/delete", incoming_webhook_delete.delete, name="delete"),
]
