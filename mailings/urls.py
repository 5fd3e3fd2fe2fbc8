"""The URLs of mailings."""

from django.urls import path

from mailings.views import mailing, mailings, new_mailing, recipients, send, state_changes

app_name = "mailings"
urlpatterns = [
    path("", mailings.mailings, name="list"),
    path("/new", new_mailing.mailing_new, name="new"),
    path("/<int:pk>", mailing.mailing, name="mailing"),
    path("/<int:pk>/edit", mailing.mailing_edit, name="edit"),
    path("/<int:pk>/recipients", recipients.mailing_recipients, name="recipients"),
    path("/<int:pk>/send", send.mailing_send, name="send"),
    path("/<int:pk>/decide", send.mailing_decide, name="decide"),
    path("/<int:pk>/pause", state_changes.mailing_pause, name="pause"),
    path("/<int:pk>/resume", state_changes.mailing_resume, name="resume"),
    path("/<int:pk>/cancel", state_changes.mailing_cancel, name="cancel"),
    path("/<int:pk>/delete", state_changes.mailing_delete, name="delete"),
    path("/<int:pk>/copy", state_changes.mailing_copy, name="copy"),
]
