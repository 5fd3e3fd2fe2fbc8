"""Requests in API v2."""

from django.urls import path

from crm.api.v2.documentation.batch_calls import build_batch_calls
from crm.api.v2.documentation.list_calls import build_list_urls
from crm.api.v2.documentation.record_calls import build_file_call, build_kind_calls, document_custom_fields
from crm.api.v2.record_page.emails import build_emails_call
from crm.api.v2.record_page.files import build_files_call
from crm.api.v2.record_page.history import build_history_call
from crm.api.v2.settings_changes.custom_field_calls import build_custom_field_urls
from customers.requests import creation_api, link_api
from customers.requests.kind import REQUEST

Requests, OneRequest, RequestsBulk, RequestsChanges = build_kind_calls(REQUEST, resource="requests")
RequestsBatch, RequestsBatchDelete = build_batch_calls(REQUEST, resource="requests")
RequestFile = build_file_call(REQUEST, resource="requests")
RequestHistory = build_history_call(REQUEST, resource="requests")
RequestFiles = build_files_call(REQUEST, resource="requests")
RequestEmails = build_emails_call(REQUEST)
RequestCustomFields = document_custom_fields(REQUEST, resource="requests")

urlpatterns = [
    *build_custom_field_urls(REQUEST, RequestCustomFields),
    path("api/v2/requests", Requests.as_view(), name="own_requests"),
    path("api/v2/requests/bulk", RequestsBulk.as_view(), name="own_requests_bulk"),
    path("api/v2/requests/batch", RequestsBatch.as_view(), name="own_requests_batch"),
    path("api/v2/requests/batch/delete", RequestsBatchDelete.as_view(), name="own_requests_batch_delete"),
    path("api/v2/requests/changes", RequestsChanges.as_view(), name="own_request_changes"),
    *build_list_urls(REQUEST, resource="requests"),
    path("api/v2/requests/<str:pk>", OneRequest.as_view(), name="own_request"),
    path("api/v2/requests/<str:pk>/files/<slug:field>", RequestFile.as_view(), name="own_request_file"),
    path("api/v2/requests/<str:pk>/history", RequestHistory.as_view(), name="own_request_history"),
    path("api/v2/requests/<str:pk>/files", RequestFiles.as_view(), name="own_request_files"),
    path("api/v2/requests/<str:pk>/emails", RequestEmails.as_view(), name="own_request_emails"),
    *creation_api.urlpatterns,
    *link_api.urlpatterns,
]
