"""Requests in API v2."""

from django.urls import path

from crm.api.v2.documentation.record_calls import calls_on, custom_fields_of
from customers.requests.kind import REQUEST

Requests, OneRequest, RequestsBulk = calls_on(REQUEST, resource="requests")
RequestCustomFields = custom_fields_of(REQUEST, resource="requests")

urlpatterns = [
    path(
        "api/v2/request-custom-fields",
        RequestCustomFields.as_view(),
        name="own_request_custom_fields",
    ),
    path("api/v2/requests", Requests.as_view(), name="own_requests"),
    path("api/v2/requests/bulk", RequestsBulk.as_view(), name="own_requests_bulk"),
    path("api/v2/requests/<str:pk>", OneRequest.as_view(), name="own_request"),
]
