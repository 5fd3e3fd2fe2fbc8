"""URLs of mailboxes."""

from django.urls import path

from mailboxes.views import (
    mailbox,
    mailbox_client,
    mailbox_connect,
    mailbox_form,
    mailboxes,
    own_mailbox,
    own_mailbox_form,
)

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
    path("profile/mailbox", own_mailbox.own_mailbox, name="own_mailbox"),
    path("profile/mailbox/edit", own_mailbox_form.own_mailbox_edit, name="own_mailbox_edit"),
    path("profile/mailbox/connect", own_mailbox.own_mailbox_connect, name="own_mailbox_connect"),
    path("profile/mailbox/remove", own_mailbox.own_mailbox_remove, name="own_mailbox_remove"),
    path("profile/mailbox/emails/<int:pk>/private", own_mailbox.email_private, name="email_private"),
]
