"""The URLs of mailings in API v2."""

from django.urls import path

from leads.settings.api.row_calls import build_list_call, build_row_calls
from mailings.api.mailing_lists import LISTS
from mailings.api.suppressed_addresses import OneSuppressedAddress, SuppressedAddresses

urlpatterns = [
    path("api/v2/mailing-lists", build_list_call(LISTS).as_view(), name="own_mailing_lists"),
    path("api/v2/mailing-lists/<str:pk>", build_row_calls(LISTS).as_view(), name="own_mailing_list"),
    path("api/v2/suppressed-addresses", SuppressedAddresses.as_view(), name="own_suppressed_addresses"),
    path(
        "api/v2/suppressed-addresses/<str:pk>",
        OneSuppressedAddress.as_view(),
        name="own_suppressed_address",
    ),
]
