"""Requests in API v2."""

from crm.api.v2.documentation.record_urls import build_record_urls
from customers.requests import creation_api, link_api
from customers.requests.kind import REQUEST

urlpatterns = [
    *build_record_urls(REQUEST),
    *creation_api.urlpatterns,
    *link_api.urlpatterns,
]
