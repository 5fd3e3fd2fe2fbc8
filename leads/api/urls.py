"""URLs of the APIs; a trailing slash makes no difference (crm/api/entrance.py)."""

from django.urls import path

from leads.api import (
    connect,
    connect_custom_list,
    connect_notes,
    connect_polling,
    connect_settings,
    documented_connect,  # noqa: F401 - adds the documentation of these views
    documented_connect_settings,  # noqa: F401
    documented_umbra,  # noqa: F401
    own,
    umbra,
)

# The older form of DELETE.
ONLY_DELETE = ["delete"]

urlpatterns = [
    # CRM Connect
    path("api/leads", connect.Leads.as_view(), name="api_leads"),
    path("api/leads/search", connect.FoundLeads.as_view(), name="api_search"),
    path("api/leads/search/<path:text>", connect.FoundByWords.as_view()),
    path("api/leads/<str:pk>", connect.OneLead.as_view(), name="api_lead"),
    path("api/delete/leads/<str:pk>", connect.OneLead.as_view(http_method_names=ONLY_DELETE)),
    path("api/lead_statuses", connect_settings.Statuses.as_view(), name="api_statuses"),
    path("api/lead_statuses/<str:pk>", connect_settings.OneStatus.as_view(), name="api_status"),
    path(
        "api/delete/lead_statuses/<str:pk>", connect_settings.OneStatus.as_view(http_method_names=ONLY_DELETE)
    ),
    path("api/lead_sources", connect_settings.Sources.as_view(), name="api_sources"),
    path("api/lead_sources/<str:pk>", connect_settings.OneSource.as_view(), name="api_source"),
    path(
        "api/delete/lead_sources/<str:pk>", connect_settings.OneSource.as_view(http_method_names=ONLY_DELETE)
    ),
    path("api/custom_fields/leads", connect_custom_list.CustomFields.as_view(), name="api_custom_fields"),
    path(
        "api/custom_fields/leads/<str:pk>",
        connect_custom_list.CustomFieldsOfLead.as_view(),
        name="api_custom_values",
    ),
    path("api/notes", connect_notes.NewNote.as_view(), name="api_notes"),
    path("api/notes/lead/<str:pk>", connect_notes.NotesOfLead.as_view(), name="api_notes_of_lead"),
    path("api/notes/<str:pk>", connect_notes.OneNote.as_view(), name="api_note"),
    path("api/zapier/resources", connect_polling.Resources.as_view(), name="api_resources"),
    path("api/zapier/poll/<str:name>", connect_polling.Poll.as_view(), name="api_poll"),
    path("api/zapier/test/<str:name>", connect_polling.Samples.as_view(), name="api_samples"),
    # Umbra ERP
    path("v1/crm/leads", umbra.Leads.as_view(), name="umbra_leads"),
    path("v1/crm/leads/<str:pk>", umbra.OneLead.as_view(), name="umbra_lead"),
    # API v2
    path("api/v2/leads", own.Leads.as_view(), name="own_leads"),
    path("api/v2/leads/bulk", own.LeadsBulk.as_view(), name="own_bulk"),
    path("api/v2/leads/<str:pk>", own.OneLead.as_view(), name="own_lead"),
    path("api/v2/lead-custom-fields", own.LeadCustomFields.as_view(), name="own_lead_custom_fields"),
    path("api/v2/statuses", own.Statuses.as_view(), name="own_statuses"),
    path("api/v2/pipelines", own.Pipelines.as_view(), name="own_pipelines"),
    path("api/v2/sources", own.Sources.as_view(), name="own_sources"),
    path("api/v2/lost-reasons", own.LostReasons.as_view(), name="own_lost_reasons"),
]
