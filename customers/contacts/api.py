"""Contacts in API v2."""

from django.urls import path

from crm.api.v2.documentation.batch_calls import build_batch_calls
from crm.api.v2.documentation.list_calls import build_list_urls
from crm.api.v2.documentation.record_calls import build_file_call, build_kind_calls, document_custom_fields
from crm.api.v2.record_page.emails import build_emails_call
from crm.api.v2.record_page.files import build_files_call
from crm.api.v2.record_page.history import build_history_call
from crm.api.v2.settings_changes.custom_field_calls import build_custom_field_urls
from customers.contacts.kind import CONTACT
from customers.employments import api as employments

Contacts, OneContact, ContactsBulk, ContactsChanges = build_kind_calls(CONTACT, resource="contacts")
ContactsBatch, ContactsBatchDelete = build_batch_calls(CONTACT, resource="contacts")
ContactFile = build_file_call(CONTACT, resource="contacts")
ContactHistory = build_history_call(CONTACT, resource="contacts")
ContactFiles = build_files_call(CONTACT, resource="contacts")
ContactEmails = build_emails_call(CONTACT)
ContactCustomFields = document_custom_fields(CONTACT, resource="contacts")

urlpatterns = [
    *build_custom_field_urls(CONTACT, ContactCustomFields),
    path("api/v2/contacts", Contacts.as_view(), name="own_contacts"),
    path("api/v2/contacts/bulk", ContactsBulk.as_view(), name="own_contacts_bulk"),
    path("api/v2/contacts/batch", ContactsBatch.as_view(), name="own_contacts_batch"),
    path("api/v2/contacts/batch/delete", ContactsBatchDelete.as_view(), name="own_contacts_batch_delete"),
    path("api/v2/contacts/changes", ContactsChanges.as_view(), name="own_contact_changes"),
    *build_list_urls(CONTACT, resource="contacts"),
    path("api/v2/contacts/<str:pk>", OneContact.as_view(), name="own_contact"),
    path("api/v2/contacts/<str:pk>/files/<slug:field>", ContactFile.as_view(), name="own_contact_file"),
    path("api/v2/contacts/<str:pk>/history", ContactHistory.as_view(), name="own_contact_history"),
    path("api/v2/contacts/<str:pk>/files", ContactFiles.as_view(), name="own_contact_files"),
    path("api/v2/contacts/<str:pk>/emails", ContactEmails.as_view(), name="own_contact_emails"),
    *employments.urlpatterns,
]
