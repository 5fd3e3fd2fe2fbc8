"""URLs of mailboxes."""

from django.urls import path

from mailboxes.views import mailbox, mailbox_client, mailbox_connect, mailbox_form, mailboxes

urlpatterns = [
    path("admin/mailboxes", mailboxes.mailboxes, name="mailboxes"),
    path("admin/mailboxes/new", mailbox_form.mailbox_new, name="mailbox_new"),
    path("admin/mailboxes/back", mailbox_connect.mailbox_back, name="mailbox_back"),
    path("admin/mailboxes/clients", mailbox_client.mailbox_clients, name="mailbox_clients"),
    path("admin/mailboxes/clients/<slug:provider>", mailbox_client.mailbox_client, name="mailbox_client"),
    path("admin/mailboxes/<int:pk>", mailbox.mailbox, name="mailbox"),
    path("admin/mailboxes/<int:pk>/edit", mailbox_form.mailbox_edit, name="mailbox_edit"),
    path("admin/mailboxes/<int:pk>/test", mailbox.mailbox_test, name="mailbox_test"),
    path("admin/mailboxes/<int:pk>/connect", mailbox_connect.mailbox_connect, name="mailbox_connect"),
    path("admin/mailboxes/<int:pk>/remove", mailbox.mailbox_remove, name="mailbox_remove"),
]
