"""The URLs of mailings."""

from django.urls import path

from mailings.views import list, mailing, new, recipients, send, state

app_name = "mailings"
urlpatterns = [
    path("", list.mailings, name="list"),
    path("/new", new.mailing_new, name="new"),
    path("/<int:pk>", mailing.mailing, name="mailing"),
    path("/<int:pk>/edit", mailing.mailing_edit, name="edit"),
    path("/<int:pk>/recipients", recipients.mailing_recipients, name="recipients"),
    path("/<int:pk>/send", send.mailing_send, name="send"),
    path("/<int:pk>/decide", send.mailing_decide, name="decide"),
    path("/<int:pk>/pause", state.mailing_pause, name="pause"),
    path("/<int:pk>/resume", state.mailing_resume, name="resume"),
    path("/<int:pk>/cancel", state.mailing_cancel, name="cancel"),
    path("/<int:pk>/delete", state.mailing_delete, name="delete"),
    path("/<int:pk>/copy", state.mailing_copy, name="copy"),
]
