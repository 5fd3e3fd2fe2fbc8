"""The URLs of incoming webhooks, in Settings."""

from django.urls import path

from intake.webhooks.views import call, delete, edit, mapping, webhook, webhooks

app_name = "incoming"
urlpatterns = [
    path("", webhooks.webhooks, name="list"),
    path("/new", edit.new, name="new"),
    path("/<int:pk>", webhook.webhook, name="webhook"),
    path("/<int:pk>/edit", edit.edit, name="edit"),
    path("/<int:pk>/secret", edit.new_secret, name="secret"),
    path("/<int:pk>/mapping", mapping.mapping, name="mapping"),
    path("/<int:pk>/repeat", call.repeat_calls, name="repeat"),
    path("/<int:pk>/calls/<int:call>", call.call_page, name="call"),
    path("/<int:pk>/delete", delete.delete, name="delete"),
]
