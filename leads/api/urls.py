"""The addresses of the APIs. A slash at their end makes no difference (crm/api/entrance.py)."""

from django.urls import path

from crm.views import api_docs
from leads.api import (
    connect,
    connect_polling,
    connect_settings,
    documented_connect,  # noqa: F401 - what the documentation says of these views
    documented_umbra,  # noqa: F401
    documented_v2,  # noqa: F401
    umbra,
    v2,
    v2_operations,
    webhooks,
)

# The older way to say DELETE.
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
    path("api/zapier/resources", connect_polling.Resources.as_view(), name="api_resources"),
    path("api/zapier/poll/<str:name>", connect_polling.Poll.as_view(), name="api_poll"),
    path("api/zapier/test/<str:name>", connect_polling.Samples.as_view(), name="api_samples"),
    path("api/schema", api_docs.schema, name="api_schema"),
    path("api/docs", api_docs.docs, name="api_docs"),
    # Umbra ERP
    path("v1/crm/leads", umbra.Leads.as_view(), name="umbra_leads"),
    path("v1/crm/leads/<str:pk>", umbra.OneLead.as_view(), name="umbra_lead"),
    # Our own additions
    path("api/v2/leads", v2.Leads.as_view(), name="own_leads"),
    path("api/v2/leads/bulk", v2.Bulk.as_view(), name="own_bulk"),
    path("api/v2/operations", v2_operations.Operations.as_view(), name="own_operations"),
    path("api/v2/operations/<str:pk>", v2_operations.OneOperation.as_view(), name="own_operation"),
    path("api/v2/operations/<str:pk>/undo", v2_operations.UndoOperation.as_view(), name="own_undo"),
    path("api/v2/jobs/<str:pk>", v2_operations.OneJob.as_view(), name="own_job"),
    path("api/v2/webhooks", webhooks.Webhooks.as_view(), name="own_webhooks"),
    path("api/v2/webhooks/<str:pk>", webhooks.OneWebhook.as_view(), name="own_webhook"),
    path("api/v2/webhooks/<str:pk>/deliveries", webhooks.Deliveries.as_view(), name="own_deliveries"),
]
