"""The URLs of mailings in API v2."""

from django.urls import path

from leads.settings.api.row_calls import build_list_call, build_row_calls
from mailings.api.mailing_lists import LISTS
from mailings.api.reading import MailingRecipients
from mailings.api.sending import CancelMailing, PauseMailing, ResumeMailing, SendMailing
from mailings.api.suppressed_addresses import OneSuppressedAddress, SuppressedAddresses
from mailings.api.writing import MailingContent, Mailings, OneMailing

urlpatterns = [
    path("mailings", Mailings.as_view(), name="own_mailings"),
    path("mailings/<str:pk>", OneMailing.as_view(), name="own_mailing"),
    path("mailings/<str:pk>/content", MailingContent.as_view(), name="own_mailing_content"),
    path("mailings/<str:pk>/recipients", MailingRecipients.as_view(), name="own_mailing_recipients"),
    path("mailings/<str:pk>/send", SendMailing.as_view(), name="own_mailing_send"),
    path("mailings/<str:pk>/pause", PauseMailing.as_view(), name="own_mailing_pause"),
    path("mailings/<str:pk>/resume", ResumeMailing.as_view(), name="own_mailing_resume"),
    path("mailings/<str:pk>/cancel", CancelMailing.as_view(), name="own_mailing_cancel"),
    path("mailing-lists", build_list_call(LISTS).as_view(), name="own_mailing_lists"),
    path("mailing-lists/<str:pk>", build_row_calls(LISTS).as_view(), name="own_mailing_list"),
    path("suppressed-addresses", SuppressedAddresses.as_view(), name="own_suppressed_addresses"),
    path(
        "suppressed-addresses/<str:pk>",
        OneSuppressedAddress.as_view(),
        name="own_suppressed_address",
    ),
]
