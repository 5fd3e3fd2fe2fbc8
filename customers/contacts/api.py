"""Contacts in API v2."""

from crm.api.v2.documentation.record_urls import build_record_urls
from customers.contacts.kind import CONTACT
from customers.employments import api as employments

urlpatterns = [
    *build_record_urls(CONTACT),
    *employments.urlpatterns,
]
