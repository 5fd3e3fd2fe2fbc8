"""URLs of CRM Connect, below /api/."""

from django.urls import path

from leads.api.connect import (  # noqa: F401 - adds the documentation of these views
    automation_polling,
    connect_leads,
    custom_field_list,
    lead_documentation,
    notes,
    settings_documentation,
    statuses_and_sources,
)

# The older form of DELETE.
ONLY_DELETE = ["delete"]

urlpatterns = [
    path("leads", connect_leads.Leads.as_view(), name="api_leads"),
    path("leads/search", connect_leads.FoundLeads.as_view(), name="api_search"),
    path("leads/search/<path:text>", connect_leads.FoundByWords.as_view()),
    path("leads/<str:pk>", connect_leads.OneLead.as_view(), name="api_lead"),
    path("delete/leads/<str:pk>", connect_leads.OneLead.as_view(http_method_names=ONLY_DELETE)),
    path("lead_statuses", statuses_and_sources.Statuses.as_view(), name="api_statuses"),
    path("lead_statuses/<str:pk>", statuses_and_sources.OneStatus.as_view(), name="api_status"),
    path(
        "delete/lead_statuses/<str:pk>",
        statuses_and_sources.OneStatus.as_view(http_method_names=ONLY_DELETE),
    ),
    path("lead_sources", statuses_and_sources.Sources.as_view(), name="api_sources"),
    path("lead_sources/<str:pk>", statuses_and_sources.OneSource.as_view(), name="api_source"),
    path(
        "delete/lead_sources/<str:pk>",
        statuses_and_sources.OneSource.as_view(http_method_names=ONLY_DELETE),
    ),
    path("custom_fields/leads", custom_field_list.CustomFields.as_view(), name="api_custom_fields"),
    path(
        "custom_fields/leads/<str:pk>",
        custom_field_list.CustomFieldsOfLead.as_view(),
        name="api_custom_values",
    ),
    path("notes", notes.NewNote.as_view(), name="api_notes"),
    path("notes/lead/<str:pk>", notes.NotesOfLead.as_view(), name="api_notes_of_lead"),
    path("notes/<str:pk>", notes.OneNote.as_view(), name="api_note"),
    path("zapier/resources", automation_polling.Resources.as_view(), name="api_resources"),
    path("zapier/poll/<str:name>", automation_polling.Poll.as_view(), name="api_poll"),
    path("zapier/test/<str:name>", automation_polling.Samples.as_view(), name="api_samples"),
]
