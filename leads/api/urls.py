"""URLs of the APIs; a trailing slash makes no difference (crm/api/api_middleware.py)."""

from django.urls import path

from crm.api.v2.documentation.record_urls import build_record_urls
from leads.api.connect import (  # noqa: F401 - adds the documentation of these views
    automation_polling,
    connect_leads,
    custom_field_list,
    lead_documentation,
    notes,
    settings_documentation,
    statuses_and_sources,
)
from leads.api.umbra import documentation, umbra_leads  # noqa: F401
from leads.kind import LEAD
from leads.queue.api import urls as queue
from leads.settings.api import amounts, lists
from leads.stuck import api as stuck

# The older form of DELETE.
ONLY_DELETE = ["delete"]

urlpatterns = [
    # CRM Connect
    path("api/leads", connect_leads.Leads.as_view(), name="api_leads"),
    path("api/leads/search", connect_leads.FoundLeads.as_view(), name="api_search"),
    path("api/leads/search/<path:text>", connect_leads.FoundByWords.as_view()),
    path("api/leads/<str:pk>", connect_leads.OneLead.as_view(), name="api_lead"),
    path("api/delete/leads/<str:pk>", connect_leads.OneLead.as_view(http_method_names=ONLY_DELETE)),
    path("api/lead_statuses", statuses_and_sources.Statuses.as_view(), name="api_statuses"),
    path("api/lead_statuses/<str:pk>", statuses_and_sources.OneStatus.as_view(), name="api_status"),
    path(
        "api/delete/lead_statuses/<str:pk>",
        statuses_and_sources.OneStatus.as_view(http_method_names=ONLY_DELETE),
    ),
    path("api/lead_sources", statuses_and_sources.Sources.as_view(), name="api_sources"),
    path("api/lead_sources/<str:pk>", statuses_and_sources.OneSource.as_view(), name="api_source"),
    path(
        "api/delete/lead_sources/<str:pk>",
        statuses_and_sources.OneSource.as_view(http_method_names=ONLY_DELETE),
    ),
    path("api/custom_fields/leads", custom_field_list.CustomFields.as_view(), name="api_custom_fields"),
    path(
        "api/custom_fields/leads/<str:pk>",
        custom_field_list.CustomFieldsOfLead.as_view(),
        name="api_custom_values",
    ),
    path("api/notes", notes.NewNote.as_view(), name="api_notes"),
    path("api/notes/lead/<str:pk>", notes.NotesOfLead.as_view(), name="api_notes_of_lead"),
    path("api/notes/<str:pk>", notes.OneNote.as_view(), name="api_note"),
    path("api/zapier/resources", automation_polling.Resources.as_view(), name="api_resources"),
    path("api/zapier/poll/<str:name>", automation_polling.Poll.as_view(), name="api_poll"),
    path("api/zapier/test/<str:name>", automation_polling.Samples.as_view(), name="api_samples"),
    # Umbra ERP
    path("v1/crm/leads", umbra_leads.Leads.as_view(), name="umbra_leads"),
    path("v1/crm/leads/<str:pk>", umbra_leads.OneLead.as_view(), name="umbra_lead"),
    # API v2
    *build_record_urls(LEAD),
    *amounts.urlpatterns,
    *lists.urlpatterns,
    *queue.urlpatterns,
    *stuck.urlpatterns,
]
